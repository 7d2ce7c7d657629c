//! The page for computers and for all that is no phone: the code to point a phone at.

use super::{
    View, folds,
    parts::{copy, waiting},
};
use app::text::t;

/// The code, and the link to type.
pub(super) fn page(view: &View<'_>) -> (&'static str, String) {
    let l = view.language;
    let body = format!(
        "<p class=soft>{}</p><div class=qr>{}</div>{}{}{}{}{}{}",
        t::phone_desktop_text(l),
        (view.svg_qr)(view.link),
        copy(view),
        waiting(view),
        folds::scan(view),
        folds::owner(view),
        folds::sees(view),
        folds::asks(view)
    );
    (t::phone_desktop(l), body)
}
