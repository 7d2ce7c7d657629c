//! The page for phones of other systems: no code and no step, since nothing of it works there.

use super::{View, folds, parts::copy};
use app::text::t;

/// What it is, and what to open the link on instead.
pub(super) fn page(view: &View<'_>, system: Option<&str>) -> (&'static str, String) {
    let l = view.language;
    let named = system.map(|system| format!("{} ", t::phone_cannot_named(l, system))).unwrap_or_default();
    let body = format!(
        "<p class=soft>{named}{}</p>{}{}{}",
        t::phone_cannot_text(l),
        copy(view),
        folds::sees(view),
        folds::asks(view)
    );
    (t::phone_cannot(l), body)
}
