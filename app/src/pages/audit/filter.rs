//! What the log is filtered by: its subject, its author, and days.

use super::{PATH, words};
use crate::{
    text::{self, t},
    ui::{
        flow::{Erased, boxed},
        list::{query_value, use_address},
    },
};
use leptos::prelude::*;
use muster_domain::{Language, audit::Area, ports::Author};

/// Who is chosen between, by name.
fn name(language: Language, author: &Author) -> String {
    match author.key.as_str() {
        "command_line" => t::audit_command_line(language).to_owned(),
        "device" => t::audit_device(language).to_owned(),
        "visitor" => t::audit_visitor(language).to_owned(),
        _ => author.name.clone(),
    }
}

#[component]
pub(super) fn Filter(authors: RwSignal<Vec<Author>>) -> impl IntoView {
    let language = text::language();
    let (about, by) = (query_value("about"), query_value("by"));
    let set = StoredValue::new(use_address(PATH));
    let change = move |name: &'static str| {
        boxed(move |event| set.with_value(|set| set(&[(name, event_target_value(&event))])))
    };
    let areas = Area::ALL.map(|area| {
        let chosen = about.with_untracked(|name| name == area.name());
        view! { <option value=area.name() selected=chosen>{words::area(language, area)}</option> }
    });
    let people = move || {
        let chosen = by.get();
        let option = |author: Author| {
            view! { <option value=author.key.clone() selected=author.key == chosen>{name(language, &author)}</option> }
        };
        authors.get().into_iter().map(option).collect_view()
    };
    let day = |name: &'static str, label: &'static str| {
        let value = query_value(name);
        view! {
            <label class="day">{label}
                <input class="input" type="date" prop:value=value value=value.get_untracked() on:change=change(name)/>
            </label>
        }
    };
    view! {
        <select class="input pick" aria-label=t::audit_about(language) prop:value=about on:change=change("about")>
            <option value="">{t::audit_about_all(language)}</option>
            {areas}
        </select>
        <select class="input pick" aria-label=t::audit_by(language) prop:value=by on:change=change("by")>
            <option value="">{t::audit_by_all(language)}</option>
            {people}
        </select>
        {day("from", t::audit_from(language))}
        {day("to", t::audit_to(language))}
    }
    .erased()
}
