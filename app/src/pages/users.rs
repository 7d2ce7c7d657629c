//! Users: the list, the selection, and Send instructions above it, always.

mod person;
mod send;
mod table;

use crate::{
    api::users::users_list,
    text::{self, t},
    ui::{
        icon::{self, Icon},
        list::{Foot, Rows, Search, merge, query_page, query_value},
        live::live,
    },
};
use leptos::prelude::*;
use muster_domain::{
    Timestamp, UserId,
    query::{Selection, UserFilter, UserQuery, UserSort, Window},
    user::UserRow,
};
use std::collections::BTreeSet;

pub(super) const PATH: &str = "/users";
const SIZE: u32 = 50;

/// What is ticked: people one by one, or all that match but for a few.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Picked {
    /// Nobody.
    #[default]
    Nobody,
    /// These.
    These(BTreeSet<UserId>),
    /// All that match the filter, without these.
    All(UserFilter, BTreeSet<UserId>),
}

impl Picked {
    fn has(&self, id: UserId) -> bool {
        match self {
            Self::Nobody => false,
            Self::These(ids) => ids.contains(&id),
            Self::All(_, except) => !except.contains(&id),
        }
    }

    fn put(&mut self, id: UserId, on: bool) {
        match self {
            Self::All(_, except) if on => {
                except.remove(&id);
            }
            Self::All(_, except) => {
                except.insert(id);
            }
            Self::Nobody if on => *self = Self::These(BTreeSet::from([id])),
            Self::Nobody => {}
            Self::These(ids) => {
                if on {
                    ids.insert(id);
                } else {
                    ids.remove(&id);
                }
                if ids.is_empty() {
                    *self = Self::Nobody;
                }
            }
        }
    }

    fn count(&self, total: u64) -> u64 {
        match self {
            Self::Nobody => 0,
            Self::These(ids) => ids.len() as u64,
            Self::All(_, except) => total.saturating_sub(except.len() as u64),
        }
    }

    pub(super) fn selection(&self) -> Selection {
        match self {
            Self::Nobody => Selection::These { ids: Vec::new() },
            Self::These(ids) => Selection::These { ids: ids.iter().copied().collect() },
            Self::All(filter, except) => {
                Selection::Matching { filter: filter.clone(), except: except.iter().copied().collect() }
            }
        }
    }
}

fn sort(name: &str) -> UserSort {
    match name {
        "email" => UserSort::Email,
        "devices" => UserSort::Devices,
        "status" => UserSort::Status,
        "message" => UserSort::Message,
        "seen" => UserSort::LastSeen,
        _ => UserSort::Name,
    }
}

#[component]
pub(crate) fn Users() -> impl IntoView {
    let language = text::language();
    let (q, sorted, descending, page) =
        (query_value("q"), query_value("sort"), query_value("desc"), query_page());
    let filter = Memo::new(move |_| UserFilter { search: q.get(), group: None });
    let query = Memo::new(move |_| UserQuery {
        filter: filter.get(),
        sort: sort(&sorted.read()),
        descending: descending.with(|d| d == "1"),
        window: Window { page: page.get(), size: SIZE },
    });
    let version = live().version;
    let list = Resource::new(move || (query.get(), version.get()), |(query, _)| users_list(query));
    let rows: Rows<UserId, UserRow> = RwSignal::new(Vec::new());
    let total = RwSignal::new(0_u64);
    let now = RwSignal::new(Timestamp::default());
    let problem = RwSignal::new(None::<String>);
    let picked = RwSignal::new(Picked::default());
    // Another search is another question: what was ticked "of all that match" no longer means anything.
    Effect::new(move |before: Option<UserFilter>| {
        let filter = filter.get();
        if before.is_some_and(|b| b != filter) && picked.with_untracked(|p| matches!(p, Picked::All(..))) {
            picked.set(Picked::Nobody);
        }
        filter
    });
    let sending = RwSignal::new(false);
    let person = RwSignal::new(None::<person::Edited>);
    let count = Memo::new(move |_| picked.with(|p| p.count(total.get())));
    let take = move || {
        match list.get() {
            Some(Ok(listed)) => {
                now.set(listed.now);
                total.set(listed.page.total);
                problem.set(None);
                merge(rows, listed.page.rows, |r| r.id);
            }
            // The last good rows stay; the reason stands above them.
            Some(Err(error)) => problem.set(Some(text::error(language, &error))),
            None => {}
        }
    };
    view! {
        <main class="main">
            <div class="head">
                <h1>{t::users(language)}</h1>
                <div class="end">
                    <button class="btn" on:click=move |_| person.set(Some(person::Edited::default()))>
                        <Icon path=icon::PLUS/>{t::add_person(language)}
                    </button>
                </div>
            </div>
            <div class="bar">
                <button class="btn primary" id="send" on:click=move |_| sending.set(true)>
                    <Icon path=icon::MAIL/>{t::send_instructions(language)}
                    <Show when=move || { count.get() > 0 }><span class="count">{move || text::number(language, count.get())}</span></Show>
                </button>
                <Search path=PATH label=t::search_users(language)/>
            </div>
            <send::Send picked=picked count=Signal::from(count) open=sending/>
            <person::Person edited=person/>
            <Show when=move || problem.read().is_some()>
                <p class="note warn" role="alert">{move || problem.get()}</p>
            </Show>
            <div class="card">
                <Show when=move || { count.get() > 0 }>
                    <div class="strip" role="status">
                        <span>{move || t::selected(language, count.get())}</span>
                        <Show when=move || { count.get() < total.get() }>
                            <button class="link" on:click=move |_| picked.set(Picked::All(filter.get_untracked(), BTreeSet::new()))>
                                {move || t::select_all(language, text::number(language, total.get()))}
                            </button>
                        </Show>
                        <button class="link last" on:click=move |_| picked.set(Picked::Nobody)>{t::clear(language)}</button>
                    </div>
                </Show>
                <Transition>{take} <table::Table rows=rows picked=picked now=now person=person/> <Foot path=PATH total=Signal::from(total) size=SIZE/></Transition>
            </div>
        </main>
    }
    .into_any()
}
