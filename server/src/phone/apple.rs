//! Pages for iPhones and iPads.

use super::{
    View, folds,
    parts::{button, copy, help, steps, waiting},
};
use app::text::t;

/// The profile, or the honest "not possible yet".
pub(super) fn page(view: &View<'_>, ipad: bool, in_app: bool) -> (&'static str, String) {
    if !view.apple_ready {
        return not_yet(view, ipad);
    }
    let l = view.language;
    if in_app {
        let body = format!(
            "<p class=soft>{}</p>{}{}{}",
            t::phone_safari_text(l),
            copy(view),
            folds::sees(view),
            folds::asks(view)
        );
        return (t::phone_safari(l), body);
    }
    let list = [
        (t::phone_profile(l), t::phone_profile_text(l)),
        (t::phone_settings(l), t::phone_settings_text(l)),
        (t::phone_step_back(l), t::phone_step_back_text(l)),
    ];
    let body = format!(
        "<p class=soft>{}</p>{}{}{}{}{}",
        t::phone_passcode(l),
        steps(&list),
        button(&format!("{}/profile", view.link_path), t::phone_profile(l)),
        waiting(view),
        folds::sees(view),
        folds::asks(view)
    );
    (if ipad { t::phone_ipad(l) } else { t::phone_iphone(l) }, body)
}

/// The script shows the second paragraph once the server knows.
fn not_yet(view: &View<'_>, ipad: bool) -> (&'static str, String) {
    let l = view.language;
    let body = format!(
        "<p class=soft>{}</p><p id=told class=wait role=status hidden>{}</p>{}{}",
        t::phone_not_yet_text(l, view.company(), view.until()),
        t::phone_not_yet_told(l, view.company()),
        help(view),
        folds::sees(view)
    );
    (if ipad { t::phone_ipad_not_yet(l) } else { t::phone_iphone_not_yet(l) }, body)
}
