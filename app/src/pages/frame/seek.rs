//! The button of the command palette, with its keys.

use crate::{
    text::{self, t},
    ui::{
        flow::{Erased, boxed, effect},
        icon::{self, Icon},
        keys,
    },
};
use leptos::prelude::*;

/// Opens the command palette.
#[component]
pub(super) fn Seek() -> impl IntoView {
    let language = text::language();
    let keys = keys::keys();
    let apple = RwSignal::new(false);
    effect(move || apple.set(window().navigator().platform().is_ok_and(|name| name.starts_with("Mac"))));
    let open = move |_| {
        if let Some(keys) = keys {
            keys.open(keys.palette);
        }
    };
    view! {
        <button class="seek" id="seek" title=t::pal_button(language) aria-haspopup="dialog" aria-keyshortcuts="Control+K Meta+K" on:click=boxed(open)>
            <Icon path=icon::SEARCH/><span>{t::list_seek(language)}</span>
            <kbd aria-hidden="true">{move || if apple.get() { "⌘K" } else { "Ctrl K" }}</kbd>
        </button>
    }
    .erased()
}
