//! The sheet of keys: all there are, by where they work, and the switch for those that are single letters.

use super::press::PLACES;
use crate::{
    text::{self, t},
    ui::{
        flow::{Erased, boxed, effect},
        keys::{are_on, switch},
        modal::Modal,
    },
};
use leptos::prelude::*;
use muster_domain::Language;

/// Keys and what they do; several keys are pressed one after the other.
type Keys = Vec<(Vec<&'static str>, String)>;

fn everywhere(language: Language) -> Keys {
    vec![
        (vec!["Ctrl K", "⌘ K"], t::pal_title(language).to_owned()),
        (vec!["?"], t::keys_title(language).to_owned()),
        (vec!["Esc"], t::keys_escape(language).to_owned()),
    ]
}

fn places(language: Language) -> Keys {
    let name = |path| match path {
        "/dashboard" => t::dash(language),
        "/users" => t::users(language),
        "/groups" => t::groups(language),
        "/invitations" => t::invitations(language),
        "/devices" => t::devices(language),
        "/settings" => t::settings(language),
        "/audit" => t::audit(language),
        _ => t::acc_mine(language),
    };
    PLACES.map(|(key, path)| (vec!["g", key], name(path).to_owned())).into()
}

fn lists(language: Language) -> Keys {
    let one = |key, words: &str| (vec![key], words.to_owned());
    vec![
        one("/", t::keys_search(language)),
        (vec!["j", "k"], t::keys_rows(language).to_owned()),
        (vec!["↓", "↑"], t::keys_arrows(language).to_owned()),
        one("↵", t::keys_enter(language)),
        (vec!["[", "]"], t::keys_pages(language).to_owned()),
        (vec!["x"], t::keys_tick(language).to_owned()),
        (vec!["Shift Space"], t::keys_range(language).to_owned()),
    ]
}

fn people(language: Language) -> Keys {
    vec![
        (vec!["s"], t::send_instructions(language).to_owned()),
        (vec!["n"], t::keys_new(language).to_owned()),
        (vec!["e"], t::users_edit(language).to_owned()),
    ]
}

fn table(title: &'static str, keys: Keys) -> AnyView {
    let rows: Vec<_> = keys
        .into_iter()
        .map(|(keys, words)| {
            let keys: Vec<_> = keys.into_iter().map(|key| view! { <kbd>{key}</kbd> }).collect();
            view! { <div><dt>{keys}</dt><dd>{words}</dd></div> }
        })
        .collect();
    view! { <section><h3>{title}</h3><dl>{rows}</dl></section> }.into_any()
}

#[component]
pub(super) fn Sheet(open: RwSignal<bool>) -> impl IntoView {
    let language = text::language();
    let on = RwSignal::new(are_on());
    effect(move || {
        if open.get() {
            on.set(are_on());
        }
    });
    let turn = move |event| {
        let is_on = event_target_checked(&event);
        switch(is_on);
        on.set(is_on);
    };
    let title = Signal::derive(move || t::keys_title(language).to_owned());
    view! {
        <Modal open=open title=title>
            <div class="keys">
                {table(t::keys_everywhere(language), everywhere(language))}
                {table(t::keys_go(language), places(language))}
                {table(t::keys_lists(language), lists(language))}
                {table(t::keys_people(language), people(language))}
            </div>
            <label class="keys-switch"><input type="checkbox" class="check" prop:checked=on on:change=boxed(turn)/>{t::keys_single(language)}</label>
            <p class="small muted">{t::keys_single_text(language)}</p>
            <div class="end">
                <a class="link" href="/guide/keyboard" rel="external">{t::keys_guide(language)}</a>
                <button class="btn" on:click=boxed(move |_| open.set(false))>{t::close(language)}</button>
            </div>
        </Modal>
    }
    .erased()
}
