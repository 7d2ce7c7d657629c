//! Users: the list, the selection, and Send instructions above it, always.

mod already;
mod filter;
pub(crate) mod groups;
pub(crate) mod import;
mod membership;
mod name;
mod person;
mod send;
mod story;
mod table;
pub(crate) mod window;

use crate::{
    api::users::{users_list, users_still_there},
    text::{self, t},
    ui::{
        chips::Chips,
        dialog::rescue_focus,
        fetch::Fetched,
        flow::{Erased, Show, Wait, boxed, effect, look, spawn},
        help::Help,
        icon::{self, Icon},
        list::{Foot, Rows, Search, Unknown, empty_unless, merge, query_page, query_size},
        live::live,
        moment,
        once::once,
        picked::{self, Picked},
        problem::Problem,
        role::may,
        skeleton::Bones,
        strip,
        views::Views,
    },
};
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use muster_domain::{
    UserId,
    account::Permission,
    query::{Selection, UserFilter, UserQuery, UserSort, Window},
    user::UserRow,
};
use std::collections::BTreeSet;

pub(super) const PATH: &str = "/users";

/// Whom one has ticked.
type Ticked = Picked<UserId, UserFilter>;

/// The people who are ticked, as the server takes them.
fn selection(picked: &Ticked) -> Selection {
    match picked {
        Picked::Nothing => Selection::These { ids: Vec::new() },
        Picked::These(ids) => Selection::These { ids: ids.iter().copied().collect() },
        Picked::All(filter, except) => {
            Selection::Matching { filter: filter.clone(), except: except.iter().copied().collect() }
        }
    }
}

/// Whom one has ticked, and the note typed for them. They are the console's, not the page's: they outlive a look at
/// another page, as at a person who lacks an address.
#[derive(Clone, Copy)]
struct Chosen {
    picked: RwSignal<Ticked>,
    note: RwSignal<String>,
}

impl Chosen {
    fn new() -> Self {
        Self { picked: RwSignal::new(Ticked::default()), note: RwSignal::new(String::new()) }
    }
}

/// Puts what is chosen into the context.
pub(crate) fn provide() {
    provide_context(Chosen::new());
}

fn chosen() -> Chosen {
    use_context().unwrap_or_else(Chosen::new)
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

/// What the address asks for, on whichever page; none where it filters by something that is not known.
pub(crate) fn asked(query: &ParamsMap) -> Option<UserQuery> {
    let value = |name| query.get(name).unwrap_or_default();
    Some(UserQuery {
        filter: filter::read(query)?,
        sort: sort(&value("sort")),
        descending: value("desc") == "1",
        ..UserQuery::default()
    })
}

#[component]
pub(crate) fn Users() -> impl IntoView {
    let language = text::language();
    let (page, size, address) = (query_page(), query_size(), use_query_map());
    let (invite, manage) = (may(Permission::Invite), may(Permission::Manage));
    let filter = filter::filter();
    let asked = Memo::new(move |_| look!(address, |query| asked(query)));
    let unknown = Signal::derive(move || asked.read().is_none());
    let query = Memo::new(move |_| UserQuery {
        window: Window { page: page.get(), size: size.get() },
        ..asked.get().unwrap_or_default()
    });
    let version = live().version;
    let list = Fetched::new(
        move || (query.get(), unknown.get(), version.get()),
        |(query, unknown, _)| async move { if unknown { Ok(None) } else { users_list(query).await.map(Some) } },
    );
    let rows: Rows<UserId, UserRow> = RwSignal::new(Vec::new());
    let total = RwSignal::new(0_u64);
    let problem = RwSignal::new(None::<String>);
    let Chosen { picked, note } = chosen();
    picked::ask_anew(picked, filter);
    // Whom somebody else has deleted is not ticked any more.
    effect(move || {
        version.track();
        let ids = picked.with_untracked(Picked::one_by_one);
        if ids.is_empty() {
            return;
        }
        spawn(async move {
            if let Ok(there) = users_still_there(ids.clone()).await {
                let gone = |id: &UserId| !there.contains(id);
                if ids.iter().any(gone) {
                    picked.update(|p| ids.into_iter().filter(gone).for_each(|id| p.forget(id)));
                }
            }
        });
    });
    let filtered = Signal::derive(move || filter::count(&filter.read()) > 0);
    let sending = RwSignal::new(false);
    let person = RwSignal::new(None::<person::Edited>);
    let change = RwSignal::new(None::<membership::Way>);
    once("add", Signal::stored(true), move || person.set(Some(person::Edited::default())));
    let count = Memo::new(move |_| look!(picked, |p| p.count(total.get())));
    let selection = Signal::derive(move || picked.with(selection));
    let clock = moment::clock();
    let take = move || {
        match list.get() {
            Some(Ok(listed)) => {
                if let (Some(clock), Some(listed)) = (clock, &listed) {
                    clock.heard(listed.now);
                }
                let page = listed.map(|listed| listed.page).unwrap_or_default();
                total.set(page.total);
                problem.set(None);
                merge(rows, page.rows, |r| r.id);
            }
            // The last good rows stay; the reason stands above them.
            Some(Err(error)) => problem.set(Some(text::error(language, &error))),
            None => {}
        }
    };
    // The button that was pressed may go with the ticks.
    let sent = move || {
        picked.set(Picked::Nothing);
        rescue_focus("#send");
    };
    view! {
        <main class="main">
            <div class="head">
                <h1 tabindex="-1">{t::users(language)}</h1><Help page="users" about=t::users(language)/>
                <PeopleViews/>
                <Show when=move || manage.get()>
                    <div class="end">
                        <a class="btn" href=import::PATH>{t::imp_button(language)}</a>
                        <button class="btn" data-key="n" on:click=boxed(move |_| person.set(Some(person::Edited::default())))>
                            <Icon path=icon::PLUS/>{t::add_person(language)}
                        </button>
                    </div>
                </Show>
            </div>
            <div class="bar">
                <Show when=move || invite.get()>
                    <button class="btn primary" id="send" data-key="s" on:click=boxed(move |_| sending.set(true))>
                        <Icon path=icon::MAIL/>{t::send_instructions(language)}
                        <Show when=move || { count.get() > 0 }><span class="count">{move || text::number(language, count.get())}</span></Show>
                    </button>
                </Show>
                <Search path=PATH label=t::search_users(language)/>
                <filter::Filters filter=filter/>
            </div>
            <Chips path=PATH chips=filter::chips(language, filter)/>
            <Unknown path=PATH unknown=unknown/>
            <filter::NoGroup filter=filter/>
            <Show when=move || invite.get()>
                <send::Send selection=selection count=Signal::from(count) nothing=t::nothing_selected(language) open=sending note=note sent=sent/>
            </Show>
            <Show when=move || manage.get()>
                <person::Person edited=person/>
                <membership::Change change=change selection=selection count=Signal::from(count) filter=filter/>
            </Show>
            <Problem problem=problem/>
            <div class="card">
                <Show when=move || invite.get()>
                    <Strip picked=picked filter=filter count=Signal::from(count) total=Signal::from(total) sending=sending change=change/>
                </Show>
                <Wait take=take bones=Bones::Rows> <table::Table rows=rows picked=picked empty=empty_unless(unknown, total, problem) filtered=filtered/>
                    <Foot path=PATH total=Signal::from(total) size=size choose=true/></Wait>
            </div>
        </main>
    }
    .erased()
}

/// The two views of people: one by one, and in groups.
#[component]
fn PeopleViews() -> impl IntoView {
    let language = text::language();
    let views = vec![
        (PATH, t::users_people(language), Permission::Read),
        (groups::PATH, t::groups(language), Permission::Read),
    ];
    view! { <Views label=t::users_views(language) views=views/> }
}

/// How many are ticked. It stands there also when nobody is, so that ticking the first one moves no row.
#[component]
fn Strip(
    picked: RwSignal<Ticked>,
    filter: Memo<UserFilter>,
    count: Signal<u64>,
    total: Signal<u64>,
    sending: RwSignal<bool>,
    change: RwSignal<Option<membership::Way>>,
) -> impl IntoView {
    let language = text::language();
    let manage = may(Permission::Manage);
    let words = Signal::derive(move || match count.get() {
        0 => t::users_strip(language).to_owned(),
        n => t::selected(language, n),
    });
    let all_words = Signal::derive(move || t::select_all(language, text::number(language, total.get())));
    view! {
        <strip::Strip words=words count=count total=total all_words=all_words
            all=Callback::new(move |()| picked.set(Picked::All(filter.get_untracked(), BTreeSet::new())))
            none=Callback::new(move |()| picked.set(Picked::Nothing))>
            <button class="link" on:click=boxed(move |_| sending.set(true))>{t::send_instructions(language)}</button>
            <Show when=move || manage.get()>
                <button class="link" on:click=boxed(move |_| change.set(Some(membership::Way::Join)))>{t::users_join(language)}</button>
                <button class="link" on:click=boxed(move |_| change.set(Some(membership::Way::Leave)))>{t::users_leave(language)}</button>
            </Show>
        </strip::Strip>
    }
    .erased()
}
