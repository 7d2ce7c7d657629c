//! The command palette and the sheet of keys: a part of its own, which `ui/keys.rs` fetches when it is first wanted.

mod entry;
mod list;
mod press;
mod recent;
mod run;
mod sheet;
mod state;

use crate::ui::keys::keys;
use leptos::prelude::*;

/// Both dialogs, and what single keys do.
#[component]
pub(crate) fn Desk() -> impl IntoView {
    let keys = keys();
    if let Some(keys) = keys {
        keys.hand_over(press::hearer(keys));
    }
    keys.map(|keys| {
        view! { <list::Palette open=keys.palette sheet=keys.sheet/> <sheet::Sheet open=keys.sheet/> }
            .into_any()
    })
}
