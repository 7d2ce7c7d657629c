//! Tabs above a list: links that filter it. The rest of the address stays; the page begins at the first again.

use crate::text;
use crate::ui::flow::{Erased, look};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// One tab.
#[derive(Clone, Copy)]
pub(crate) struct Tab {
    /// The value in the address; empty for all.
    pub(crate) value: &'static str,
    /// What stands on it.
    pub(crate) label: &'static str,
    /// How many rows are behind it, where that is told.
    pub(crate) count: Option<Signal<u64>>,
    /// Left out while nothing is behind it and it is not chosen.
    pub(crate) rare: bool,
}

impl Tab {
    pub(crate) fn new(value: &'static str, label: &'static str) -> Self {
        Self { value, label, count: None, rare: false }
    }
}

#[component]
pub(crate) fn Tabs(
    /// The list's path.
    path: &'static str,
    /// The name in the address.
    name: &'static str,
    /// What is chosen between, for a screen reader.
    label: &'static str,
    /// The tabs.
    tabs: Vec<Tab>,
) -> impl IntoView {
    let language = text::language();
    let query = use_query_map();
    let chosen = Memo::new(move |_| query.read().get(name).unwrap_or_default());
    let tabs = tabs.into_iter().map(|tab| {
        let href = move || {
            let mut map = query.get();
            map.remove("page");
            map.remove(name);
            if !tab.value.is_empty() {
                map.insert(name.to_owned(), tab.value.to_owned());
            }
            format!("{path}{}", map.to_query_string())
        };
        let here = move || look!(chosen, |c| c == tab.value);
        let hidden =
            move || tab.rare && !here() && tab.count.is_none_or(|count| count.get() == 0);
        let count = tab.count.map(|count| {
            view! { <span class="num">{move || text::number(language, count.get())}</span> }
        });
        view! { <a href=href aria-current=move || here().then_some("true") hidden=hidden>{tab.label}{count}</a> }
    });
    view! { <nav class="tabs filter" aria-label=label>{tabs.collect_view()}</nav> }.erased()
}
