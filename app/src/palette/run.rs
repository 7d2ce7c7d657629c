//! Does what was chosen.

use super::entry::Act;
use crate::wire::ours;
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

/// Where a list is as a file. `search` is what the address of its page says.
fn file(list: &str, search: &str) -> String {
    let of_page = |name: &str| matches!(name, "page" | "size");
    let rows = search.trim_start_matches('?').split('&');
    let rows: Vec<_> = rows.filter(|pair| !of_page(pair.split('=').next().unwrap_or_default())).collect();
    match rows.join("&") {
        rows if rows.is_empty() => format!("{list}.csv"),
        rows => format!("{list}.csv?{rows}"),
    }
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
        Act::Export(list) => {
            let here = here();
            let search = here.strip_prefix(list).filter(|search| search.starts_with('?')).unwrap_or_default();
            outside(&ours(&file(list, search)));
        }
        Act::Form(path, name, value) => form(path, name, value),
        Act::SendTo | Act::Sheet => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_leaves_as_it_is_filtered_and_whole() {
        assert_eq!(file("/users", ""), "/users.csv");
        assert_eq!(file("/users", "?page=3&size=200"), "/users.csv");
        assert_eq!(file("/users", "?page=3&sort=name"), "/users.csv?sort=name");
        assert_eq!(file("/users", "?q=a%26b&page=3&group=1&group=2"), "/users.csv?q=a%26b&group=1&group=2");
    }
}
