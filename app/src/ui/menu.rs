//! Menus that open from a `<details>`: they close when one presses Escape or elsewhere.

use super::dialog;
use crate::ui::flow::effect;
use leptos::{html, prelude::*};

/// Closes the menu by a press elsewhere; answers what is to be done with a key. `summary` gets the focus back.
pub(crate) fn closes(
    menu: NodeRef<html::Details>,
    summary: &'static str,
) -> impl Fn(leptos::ev::KeyboardEvent) + 'static {
    let close = move || {
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    };
    effect(move || {
        use wasm_bindgen::JsCast;
        let listener = window_event_listener(leptos::ev::click, move |event| {
            let inside = event
                .target()
                .and_then(|t| t.dyn_into::<web_sys::Node>().ok())
                .is_some_and(|target| menu.get_untracked().is_some_and(|menu| menu.contains(Some(&target))));
            if !inside {
                close();
            }
        });
        on_cleanup(move || listener.remove());
    });
    move |event| {
        if event.key() == "Escape" {
            close();
            dialog::focus(summary);
        }
    }
}
