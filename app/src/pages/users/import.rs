//! People in: from a file, or from addresses that are pasted.

mod bad;
mod file;
mod mapping;
mod paste;
mod rows;
mod words;

use super::PATH as PEOPLE;
use crate::{
    text::{self, t},
    ui::{
        flow::{Erased, Show, boxed},
        help::Help,
        list::query_value,
        parts::Back,
        role::may,
        tabs::{Tab, Tabs},
    },
};
use leptos::prelude::*;
use muster_domain::{account::Permission, ports::Imported};

pub(crate) const PATH: &str = "/import";
const PASTE: &str = "paste";
/// The line that says what was added.
const DONE: &str = "#import-done";

#[component]
pub(crate) fn Import() -> impl IntoView {
    let language = text::language();
    let from = query_value("from");
    let is_pasted = move || from.with(|from| from == PASTE);
    let done = RwSignal::new(None::<Imported>);
    let manage = may(Permission::Manage);
    let tabs = vec![Tab::new("", t::imp_file(language)), Tab::new(PASTE, t::imp_paste(language))];
    view! {
        <main class="main import">
            <Back to=PEOPLE label=t::users_back(language)/>
            <div class="head">
                <h1 tabindex="-1">{t::imp_title(language)}</h1><Help page="import" about=t::imp_title(language)/>
                <Tabs path=PATH name="from" label=t::imp_ways(language) tabs=tabs/>
            </div>
            <Show when=move || manage.get() fallback=move || view! { <p class="note warn">{t::imp_reader(language)}</p> }.into_any()>
            <Show when=move || done.read().is_some() fallback=move || view! {
                <Show when=is_pasted fallback=move || view! { <file::File done=done/> }.into_any()><paste::Paste done=done/></Show>
            }.into_any()>
                <Done done=done/>
            </Show>
            </Show>
        </main>
    }
    .erased()
}

/// What was done, and where one goes from there.
#[component]
fn Done(done: RwSignal<Option<Imported>>) -> impl IntoView {
    let language = text::language();
    let count = move |of: fn(&Imported) -> u64| done.with(|done| done.as_ref().map_or(0, of));
    view! {
        <div class="card done" role="status">
            <b id="import-done" tabindex="-1">{move || t::imp_done(language, count(|d| d.added))}</b>
            <span class="muted">{move || Some(count(|d| d.updated)).filter(|n| *n > 0).map(|n| t::imp_updated(language, n))}</span>
            <span class="muted">{move || Some(count(|d| d.same)).filter(|n| *n > 0).map(|n| t::imp_same(language, n))}</span>
            <div class="row">
                <a class="btn primary" href="/users?message=never">{t::imp_to_new(language)}</a>
                <a class="btn" href=PEOPLE>{t::imp_to_list(language)}</a>
                <button class="btn quiet" on:click=boxed(move |_| done.set(None))>{t::imp_more(language)}</button>
            </div>
        </div>
    }
    .erased()
}
