//! What single keys do. Those that press a button press whatever on the page says that it is theirs (`data-key`).

use crate::ui::{
    dialog::focus,
    keys::{Keys, are_on},
};
use leptos::{ev::KeyboardEvent, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use std::time::Duration;
use wasm_bindgen::JsCast;

/// After `g`, another key is waited for so long.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Where `g` and another key lead.
pub(super) const PLACES: [(&str, &str); 8] = [
    ("h", "/dashboard"),
    ("u", "/users"),
    ("g", "/groups"),
    ("i", "/invitations"),
    ("d", "/devices"),
    ("s", "/settings"),
    ("l", "/audit"),
    ("a", "/account"),
];

/// Hears a key.
pub(super) fn hearer(keys: Keys) -> impl Fn(&str, &KeyboardEvent) + 'static {
    let navigate = use_navigate();
    let going = StoredValue::new(false);
    move |key, event| {
        // The arrows are no letters, and stay.
        if matches!(key, "ArrowDown" | "ArrowUp") {
            if row_of_focus().is_some() && step(key == "ArrowDown") {
                event.prevent_default();
            }
            return;
        }
        if !are_on() {
            return;
        }
        if going.get_value() {
            going.set_value(false);
            if let Some((_, path)) = PLACES.iter().find(|(place, _)| *place == key) {
                navigate(path, NavigateOptions::default());
            }
            return;
        }
        if key == "g" {
            going.set_value(true);
            set_timeout(move || going.set_value(false), PATIENCE);
            return;
        }
        alone(keys, key, event);
    }
}

fn alone(keys: Keys, key: &str, event: &KeyboardEvent) {
    let done = match key {
        "?" => {
            keys.sheet.set(true);
            true
        }
        "/" => focus("main input[type=search]"),
        "j" => step(true),
        "k" => step(false),
        "x" => tick(),
        _ if key.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'[' | b']')) => {
            click(&format!("main [data-key='{key}']:not([disabled], [aria-disabled])"))
        }
        _ => false,
    };
    if done {
        event.prevent_default();
    }
}

/// Presses the first that is there; whether one is.
fn click(selector: &str) -> bool {
    let found = document().query_selector(selector).ok().flatten();
    let button = found.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(button) = &button {
        button.click();
    }
    button.is_some()
}

/// The row of a list in which the focus is.
fn row_of_focus() -> Option<web_sys::Element> {
    document().active_element()?.closest("main tbody tr").ok().flatten()
}

/// Moves the focus a row on or back, to the link that opens it; whether there is one.
fn step(on: bool) -> bool {
    let to = match row_of_focus() {
        Some(row) if on => row.next_element_sibling(),
        Some(row) => row.previous_element_sibling(),
        None => document().query_selector("main tbody tr").ok().flatten(),
    };
    let link = to.and_then(|row| row.query_selector("a.name, a, button").ok().flatten());
    let link = link.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok());
    link.is_some_and(|link| link.focus().is_ok())
}

/// Ticks the row in which the focus is.
fn tick() -> bool {
    let Some(row) = row_of_focus() else { return false };
    let check = row.query_selector("input[type=checkbox]").ok().flatten();
    let check = check.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(check) = &check {
        check.click();
    }
    check.is_some()
}
