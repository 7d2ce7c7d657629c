//! What an address asks for once, as `?send=1` opens the Send dialog of a person's window.

use super::{flow::effect, list::query_value};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use std::{rc::Rc, time::Duration};

/// Does something when the address has this name, and takes it out of the address.
pub(crate) fn once(name: &'static str, act: impl Fn() + 'static) {
    fn one(name: &'static str, act: Rc<dyn Fn()>) {
        let (asked, place) = (query_value(name), use_location());
        let navigate = use_navigate();
        effect(move || {
            if asked.read().is_empty() {
                return;
            }
            let (act, navigate, place) = (act.clone(), navigate.clone(), place.clone());
            set_timeout(
                move || {
                    // The window of the person before is not meant; it is gone by now.
                    if asked.try_get_untracked().is_none_or(|value| value.is_empty()) {
                        return;
                    }
                    act();
                    let mut query = place.query.get_untracked();
                    query.remove(name);
                    let options =
                        NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
                    navigate(
                        &format!("{}{}", place.pathname.get_untracked(), query.to_query_string()),
                        options,
                    );
                },
                Duration::from_millis(100),
            );
        });
    }
    one(name, Rc::new(act));
}
