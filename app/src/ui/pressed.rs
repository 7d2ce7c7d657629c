//! The focus after a press. A button that cannot be pressed while its form is being saved loses it, as does one that goes
//! with its row; the next key would begin at the page's top.

use super::{dialog::rescue_focus, flow::effect};
use leptos::{ev, prelude::*};
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget, HtmlElement};

/// How often it is looked, one after the other: as long as an answer may take.
const LOOKS: u16 = 600;
const PAUSE: Duration = Duration::from_millis(60);

/// Gives the focus back to what was pressed, once it can be pressed again and nothing else has the focus; to the heading if
/// it has gone.
#[component]
pub(crate) fn Pressed() -> impl IntoView {
    effect(move || {
        let pressed = window_event_listener(ev::click, |event| tend(event.target()));
        // A file is chosen, and an Enter may come, without a click on the page.
        let chosen = window_event_listener(ev::change, |event| tend(event.target()));
        on_cleanup(move || {
            pressed.remove();
            chosen.remove();
        });
    });
}

fn tend(target: Option<EventTarget>) {
    let pressed = target.and_then(|target| target.dyn_into::<Element>().ok());
    let pressed = pressed.and_then(|element| element.closest("button, input, select").ok().flatten());
    if let Some(element) = pressed.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        look(element, LOOKS, false);
    }
}

fn look(element: HtmlElement, left: u16, waited: bool) {
    let again = move || {
        let lost = document().active_element().is_none_or(|e| e.tag_name() == "BODY");
        if !lost {
            return;
        }
        if !element.is_connected() {
            rescue_focus("");
        } else if element.matches(":disabled").unwrap_or_default() {
            if left > 0 {
                look(element, left - 1, true);
            }
        } else if waited {
            let _ = element.focus();
        }
    };
    set_timeout(again, PAUSE);
}
