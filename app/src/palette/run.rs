//! Does what was chosen.

use super::entry::Act;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Where one is, to come back to.
fn here() -> String {
    let place = window().location();
    place.pathname().unwrap_or_default() + &place.search().unwrap_or_default()
}

/// Leaves the console's pages for another one.
pub(super) fn outside(path: &str) {
    let _ = window().location().assign(path);
}

/// Sends a form like those of the account's menu, which lead back to where one was.
pub(super) fn form(path: &str, name: &str, value: &str) {
    let document = document();
    let Some(form) = document.create_element("form").ok() else { return };
    let _ = form.set_attribute("method", "post");
    let _ = form.set_attribute("action", path);
    for (name, value) in [(name, value), ("back", &here())] {
        if let (Ok(input), false) = (document.create_element("input"), name.is_empty()) {
            let _ = input.set_attribute("type", "hidden");
            let _ = input.set_attribute("name", name);
            let _ = input.set_attribute("value", value);
            let _ = form.append_child(&input);
        }
    }
    // By a button of its own: `submit()` would pass over what listens to forms.
    let Some(button) = document.create_element("button").ok() else { return };
    let _ = form.append_child(&button);
    if let Some(body) = document.body() {
        let _ = body.append_child(&form);
    }
    if let Some(button) = button.dyn_ref::<web_sys::HtmlElement>() {
        button.click();
    }
}

/// Does it; `go` leads to a page of the console. What stays in the palette or opens the sheet is not its business.
pub(super) fn run(act: &Act, go: impl Fn(&str)) {
    match act {
        // From the window of another person the address is not heard: that window stays, with other contents.
        Act::Go(path) if path.ends_with("?send=1") && here().starts_with("/users/") => outside(path),
        Act::Go(path) => go(path),
        Act::Outside(path) => outside(path),
        Act::Form(path, name, value) => form(path, name, value),
        Act::SendTo | Act::Sheet => {}
    }
}
