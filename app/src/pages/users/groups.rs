//! Groups: the other view of people. Who is ticked here gets instructions as a member.

use super::{
    PATH as PEOPLE, PeopleViews,
    name::{Name, Named},
    send::Send,
};
use crate::{
    api::groups::{group_delete, groups_page},
    text::{self, t},
    ui::{
        announce::announcer,
        confirm::Confirm,
        dialog::rescue_focus,
        fetch::Fetched,
        flow::{Erased, For, Show, Wait, boxed, look, spawn},
        help::Help,
        icon::{self, Icon},
        list::{Foot, Rows, Search, Sorter, empty, merge, query_page, query_size, query_value, use_address},
        live::live,
        modal::about,
        problem::Problem,
        role::may,
        skeleton::Bones,
    },
};
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use muster_domain::{
    account::Permission,
    ports::GroupRow,
    query::{GroupQuery, GroupSort, Selection, UserFilter, Window},
};
use std::collections::BTreeSet;

pub(super) const PATH: &str = "/groups";

fn sort(name: &str) -> GroupSort {
    match name {
        "people" => GroupSort::Users,
        "connected" => GroupSort::Connected,
        _ => GroupSort::Name,
    }
}

/// The address of a group's people; of those without a device alone.
fn members(group: &str, without_device: bool) -> String {
    let mut query = ParamsMap::new();
    query.insert("group", group.to_owned());
    if without_device {
        query.insert("devices", "0".to_owned());
    }
    format!("{PEOPLE}{}", query.to_query_string())
}

/// The members of these groups, each once. Of no group that is nobody: a filter without groups would mean everybody.
fn everyone_in(groups: &BTreeSet<String>) -> Selection {
    if groups.is_empty() {
        return Selection::These { ids: Vec::new() };
    }
    let filter = UserFilter { groups: groups.iter().cloned().collect(), ..UserFilter::default() };
    Selection::Matching { filter, except: Vec::new() }
}

/// What the address asks for, on whichever page.
pub(crate) fn asked(query: &ParamsMap) -> GroupQuery {
    let value = |name| query.get(name).unwrap_or_default();
    GroupQuery {
        search: value("q"),
        sort: sort(&value("sort")),
        descending: value("desc") == "1",
        ..GroupQuery::default()
    }
}

#[component]
pub(crate) fn Groups() -> impl IntoView {
    let language = text::language();
    let (page, size, address) = (query_page(), query_size(), use_query_map());
    let (invite, manage) = (may(Permission::Invite), may(Permission::Manage));
    let query = Memo::new(move |_| GroupQuery {
        window: Window { page: page.get(), size: size.get() },
        ..look!(address, |query| asked(query))
    });
    let version = live().version;
    let list = Fetched::new(move || (query.get(), version.get()), |(query, _)| groups_page(query));
    let rows: Rows<String, GroupRow> = RwSignal::new(Vec::new());
    let total = RwSignal::new(0_u64);
    let problem = RwSignal::new(None::<String>);
    let take = move || match list.get() {
        Some(Ok(page)) => {
            total.set(page.total);
            problem.set(None);
            merge(rows, page.rows, |g| g.name.clone());
        }
        Some(Err(error)) => problem.set(Some(text::error(language, &error))),
        None => {}
    };
    let picked = RwSignal::new(BTreeSet::<String>::new());
    let count = Signal::derive(move || look!(picked, |p| p.len() as u64));
    let selection = Signal::derive(move || look!(picked, |p| everyone_in(p)));
    let (sending, note) = (RwSignal::new(false), RwSignal::new(String::new()));
    let named = RwSignal::new(None::<Named>);
    let deleted = RwSignal::new(None::<GroupRow>);
    let renamed = move |(old, new): (String, String)| {
        picked.update(|p| {
            if p.remove(&old) {
                p.insert(new);
            }
        });
    };
    let sent = move || {
        picked.set(BTreeSet::new());
        rescue_focus("#send");
    };
    view! {
        <main class="main">
            <div class="head">
                <h1 tabindex="-1">{t::users(language)}</h1><Help page="groups" about=t::groups(language)/>
                <PeopleViews/>
                <Show when=move || manage.get()>
                    <div class="end">
                        <button class="btn" id="add-group" data-key="n" on:click=boxed(move |_| named.set(Some(Named::New)))>
                            <Icon path=icon::PLUS/>{t::groups_add(language)}
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
                <Search path=PATH label=t::groups_search(language)/>
            </div>
            <Show when=move || invite.get()>
                <Send selection=selection count=count nothing=t::groups_nothing_selected(language) open=sending note=note sent=sent/>
            </Show>
            <Show when=move || manage.get()>
                <Name named=named renamed=renamed/>
                <Delete deleted=deleted picked=picked/>
            </Show>
            <Problem problem=problem/>
            <div class="card">
                <Show when=move || invite.get()><Strip picked=picked sending=sending/></Show>
                <Wait take=take bones=Bones::Rows> <Table rows=rows picked=picked empty=empty(total, problem) named=named deleted=deleted/>
                    <Foot path=PATH total=Signal::from(total) size=size choose=true/></Wait>
            </div>
        </main>
    }
    .erased()
}

/// How many are ticked.
#[component]
fn Strip(picked: RwSignal<BTreeSet<String>>, sending: RwSignal<bool>) -> impl IntoView {
    let language = text::language();
    let count = move || look!(picked, |p| p.len() as u64);
    let words = move || match count() {
        0 => t::groups_strip(language).to_owned(),
        n => t::groups_selected(language, n),
    };
    view! {
        <div class="strip one" class:none=move || count() == 0>
            <span role="status">{words}</span>
            <Show when=move || { count() > 0 }>
                <div class="deeds">
                    <button class="link" on:click=boxed(move |_| sending.set(true))>{t::send_instructions(language)}</button>
                </div>
                <button class="link last" on:click=boxed(move |_| picked.set(BTreeSet::new()))>{t::clear(language)}</button>
            </Show>
        </div>
    }
    .erased()
}

/// The question before a group goes.
#[component]
fn Delete(deleted: RwSignal<Option<GroupRow>>, picked: RwSignal<BTreeSet<String>>) -> impl IntoView {
    let language = text::language();
    let problem = RwSignal::new(None::<String>);
    let open = about(deleted, move |_| problem.set(None));
    let (say, version) = (announcer(), live().version);
    let delete = move |()| {
        let Some(group) = deleted.get_untracked() else { return };
        spawn(async move {
            match group_delete(group.name.clone()).await {
                Ok(()) => {
                    open.set(false);
                    picked.update(|p| _ = p.remove(&group.name));
                    say.done(t::groups_said_deleted(language, &group.name));
                    version.update(|v| *v = v.wrapping_add(1));
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
        });
    };
    let title = Signal::derive(move || {
        look!(deleted, |d| d.as_ref().map(|g| t::groups_delete_title(language, &g.name)).unwrap_or_default())
    });
    let lost = Signal::derive(move || {
        look!(deleted, |d| match d.as_ref().map_or(0, |g| g.users) {
            0 => t::groups_delete_empty(language).to_owned(),
            n => t::groups_delete_text(language, n),
        })
    });
    view! { <Confirm open=open title=title text=lost action=t::delete(language) problem=problem confirmed=delete/> }.into_any()
}

#[component]
fn Table(
    rows: Rows<String, GroupRow>,
    picked: RwSignal<BTreeSet<String>>,
    empty: Signal<bool>,
    named: RwSignal<Option<Named>>,
    deleted: RwSignal<Option<GroupRow>>,
) -> impl IntoView {
    let language = text::language();
    let (invite, manage) = (may(Permission::Invite), may(Permission::Manage));
    let on_page = move || look!(rows, |r| r.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>());
    let all = Memo::new(move |_| {
        let names = on_page();
        !names.is_empty() && look!(picked, |p| names.iter().all(|name| p.contains(name)))
    });
    let some =
        Memo::new(move |_| !all.get() && look!(picked, |p| on_page().iter().any(|name| p.contains(name))));
    let page = move |_| {
        let on = !all.get_untracked();
        picked.update(|p| {
            for name in untrack(on_page) {
                if on {
                    p.insert(name)
                } else {
                    p.remove(&name)
                };
            }
        });
    };
    view! {
        <div class="wide"><table class="groups">
            <thead><tr>
                <Show when=move || invite.get()>
                    <th class="tick"><input type="checkbox" class="check" aria-label=t::select_page(language) prop:checked=all prop:indeterminate=some on:change=boxed(page)/></th>
                </Show>
                <Sorter path=PATH column="name" default=true label=t::name(language)/>
                <Sorter path=PATH column="people" label=t::users_people(language)/>
                <Sorter path=PATH column="connected" label=t::groups_connected(language)/>
                <Show when=move || manage.get()><th scope="col"><span class="unseen">{t::inv_acts(language)}</span></th></Show>
            </tr></thead>
            <tbody>
                <For each=move || rows.get() key=|(name, _)| name.clone() let((name, row))>
                    <Row name=name row=row picked=picked named=named deleted=deleted/>
                </For>
            </tbody>
        </table></div>
        <Show when=move || empty.get()><Empty/></Show>
    }
    .erased()
}

/// There is no group yet, or none of that name.
#[component]
fn Empty() -> impl IntoView {
    let language = text::language();
    let manage = may(Permission::Manage);
    let searched = query_value("q");
    let none = move || searched.with(String::is_empty);
    let clear = StoredValue::new(use_address(PATH));
    let words = move || match (none(), manage.get()) {
        (true, true) => t::groups_empty_text(language).to_owned(),
        (true, false) => t::groups_empty_reader(language).to_owned(),
        (false, _) => look!(searched, |q| t::groups_nothing(language, q)),
    };
    view! {
        <div class="empty">
            <b>{move || if none() { t::groups_empty(language) } else { t::empty_search(language) }}</b>
            <span>{words}</span>
            <Show when=move || !none()>
                <button class="link" on:click=boxed(move |_| clear.with_value(|set| set(&[("q", String::new())])))>{t::users_clear_search(language)}</button>
            </Show>
        </div>
    }
    .erased()
}

#[component]
fn Row(
    name: String,
    row: ArcRwSignal<GroupRow>,
    picked: RwSignal<BTreeSet<String>>,
    named: RwSignal<Option<Named>>,
    deleted: RwSignal<Option<GroupRow>>,
) -> impl IntoView {
    let language = text::language();
    let (invite, manage) = (may(Permission::Invite), may(Permission::Manage));
    let row = RwSignal::from(row);
    let name = StoredValue::new(name);
    let on = Memo::new(move |_| look!(picked, |p| name.with_value(|name| p.contains(name))));
    let tick = move |_| {
        picked.update(|p| {
            let name = name.get_value();
            if !p.remove(&name) {
                p.insert(name);
            }
        });
    };
    let number = move |n| text::number(language, n);
    let without = move || look!(row, |g| g.users.saturating_sub(g.connected));
    view! {
        <tr aria-selected=move || on.get().to_string()>
            <Show when=move || invite.get()>
                <td class="tick"><input type="checkbox" class="check" aria-label=t::select_row(language, name.get_value()) prop:checked=on on:click=boxed(tick)/></td>
            </Show>
            <td class="who"><a class="name" href=members(&name.get_value(), false)>{name.get_value()}</a></td>
            <td class="num">{move || look!(row, |g| number(g.users))}</td>
            <td class="part">
                <div hidden=move || look!(row, |g| g.users == 0)>
                    <progress aria-hidden="true" max=move || look!(row, |g| g.users.to_string()) prop:value=move || look!(row, |g| g.connected.to_string()) value=row.with_untracked(|g| g.connected.to_string())></progress>
                    <span class="num">{move || look!(row, |g| t::groups_of(language, number(g.users), number(g.connected)))}</span>
                    <a class="name-2 sub" hidden=move || without() == 0 href=members(&name.get_value(), true)>{move || t::groups_without(language, without())}</a>
                </div>
            </td>
            <Show when=move || manage.get()>
                <td class="acts">
                    <button class="btn quiet" aria-label=t::groups_rename_of(language, name.get_value()) on:click=boxed(move |_| named.set(Some(Named::Old(name.get_value()))))>{t::dev_rename(language)}</button>
                    <button class="btn quiet" aria-label=t::groups_delete_of(language, name.get_value()) on:click=boxed(move |_| deleted.set(Some(row.get_untracked())))>{t::delete(language)}</button>
                </td>
            </Show>
        </tr>
    }
    .erased()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_group_means_nobody_and_not_everybody() {
        assert_eq!(everyone_in(&BTreeSet::new()), Selection::These { ids: vec![] });
        let Selection::Matching { filter, except } = everyone_in(&BTreeSet::from(["Ward 3".to_owned()]))
        else {
            panic!("a description was expected")
        };
        assert_eq!((filter.groups, except), (vec!["Ward 3".to_owned()], vec![]));
    }

    #[test]
    fn a_groups_people_are_shown_whatever_its_name_is() {
        assert_eq!(members("Ward 3", false), "/users?group=Ward%203");
        assert_eq!(members("A&B=1", true), "/users?group=A%26B%3D1&devices=0");
    }
}
