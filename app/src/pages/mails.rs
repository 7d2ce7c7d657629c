//! Messages that were kept as files while no mail server was set.

pub(crate) mod one;

use crate::{
    AppError,
    api::mails::mails_list,
    text::{self, t},
    ui::{
        fetch::Fetched,
        flow::{Erased, For, Show, Wait, look},
        help::Help,
        list::{Foot, Rows, Search, empty, merge, query_page},
        live::live,
        problem::Problem,
        skeleton::Bones,
    },
};
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use muster_domain::{
    kept::{KeptQuery, KeptRow},
    query::Window,
};

const PATH: &str = "/mails";
const SIZE: u32 = 50;

/// What the address asks for, on whichever page.
pub(crate) fn asked(query: &ParamsMap) -> KeptQuery {
    KeptQuery { search: query.get("q").unwrap_or_default(), ..KeptQuery::default() }
}

/// Says before sending that messages are kept as files, and where that is changed.
#[component]
pub(crate) fn Unset() -> impl IntoView {
    let language = text::language();
    view! {
        <p class="note warn"><span>
            {t::set_unset(language)}" "
            <a class="link" href="/settings">{t::set_open(language)}</a>" · "
            <a class="link" href=PATH>{t::set_read_kept(language)}</a>
        </span></p>
    }
    .erased()
}

#[component]
pub(crate) fn Mails() -> impl IntoView {
    let language = text::language();
    let (page, address) = (query_page(), use_query_map());
    let asked = Memo::new(move |_| look!(address, |query| asked(query)));
    let search = Memo::new(move |_| look!(asked, |query| query.search.clone()));
    let version = live().version;
    let query = move || KeptQuery { window: Window { page: page.get(), size: SIZE }, ..asked.get() };
    let list = Fetched::new(move || (query(), version.get()), |(query, _)| mails_list(query));
    let rows: Rows<String, KeptRow> = RwSignal::new(Vec::new());
    let total = RwSignal::new(0_u64);
    let problem = RwSignal::new(None::<String>);
    let forbidden = RwSignal::new(false);
    let take = move || match list.get() {
        Some(Ok(listed)) => {
            problem.set(None);
            total.set(listed.page.total);
            merge(rows, listed.page.rows, |m| m.id.clone());
        }
        Some(Err(AppError::Forbidden)) => forbidden.set(true),
        Some(Err(error)) => problem.set(Some(text::error(language, &error))),
        None => {}
    };
    view! {
        <main class="main">
            <div class="head"><h1 tabindex="-1">{t::mails(language)}</h1><Help page="mail" about=t::mails(language)/></div>
            <Wait take=take bones=Bones::Rows>
                <Problem problem=problem/>
                <Show when=move || !forbidden.get() fallback=move || view! { <p class="muted">{t::mails_forbidden(language)}</p> }>
                    <p class="muted set-intro">{t::mails_text(language)}</p>
                    <div class="bar"><Search path=PATH label=t::mails_search(language)/></div>
                    <div class="card"><Table rows=rows empty=empty(total, problem) search=search/><Foot path=PATH total=Signal::from(total) size=SIZE/></div>
                </Show>
            </Wait>
        </main>
    }
    .erased()
}

#[component]
fn Table(rows: Rows<String, KeptRow>, empty: Signal<bool>, search: Memo<String>) -> impl IntoView {
    let language = text::language();
    view! {
        <table class="mails">
            <thead><tr>
                <th scope="col">{t::mails_subject(language)}</th>
                <th scope="col">{t::person(language)}</th>
                <th scope="col">{t::mails_when(language)}</th>
            </tr></thead>
            <tbody>
                <For each=move || rows.get() key=|(id, _)| id.clone() let((id, row))>
                    {
                        let row = RwSignal::from(row);
                        view! {
                            <tr>
                                <td><a class="name" href=format!("{PATH}/{id}")>{move || look!(row, |m| m.subject.clone())}</a></td>
                                <td>{move || look!(row, |m| m.to.clone())}</td>
                                <td class="muted num">{move || look!(row, |m| text::moment(language, m.at))}</td>
                            </tr>
                        }
                    }
                </For>
            </tbody>
        </table>
        <Show when=move || empty.get()>
            <div class="empty">
                <Show when=move || search.read().trim().is_empty() fallback=move || view! { <b>{t::empty_search(language)}</b><a class="link" href=PATH>{t::mails_all(language)}</a> }>
                    <b>{t::mails_none(language)}</b><span>{t::mails_none_text(language)}</span>
                </Show>
            </div>
        </Show>
    }
    .erased()
}
