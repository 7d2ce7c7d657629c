//! What an address asks for once, as `?send=1` opens the Send dialog of a person's window.

use super::{flow::effect, list::query_value};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

/// Does something when the address has this name and the page is `ready`, and takes the name out of the address.
pub(crate) fn once(name: &'static str, ready: Signal<bool>, act: impl Fn() + 'static) {
    fn one(name: &'static str, ready: Signal<bool>, act: Box<dyn Fn()>) {
        let (asked, place, navigate) = (query_value(name), use_location(), use_navigate());
        effect(move || {
            if asked.read().is_empty() || !ready.get() {
                return;
            }
            untrack(&act);
            let mut query = place.query.get_untracked();
            query.remove(name);
            let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
            navigate(&format!("{}{}", place.pathname.get_untracked(), query.to_query_string()), options);
        });
    }
    one(name, ready, Box::new(act));
}
