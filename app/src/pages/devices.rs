//! Devices: what is connected, whose it is, and how it is.

pub(super) mod commands;
pub(super) mod facts;
mod history;
mod lists;
mod log;
pub(crate) mod many;
mod orders;
mod owner;
mod rename;
pub(crate) mod window;
mod words;

use crate::{
    api::{
        devices::{devices_counts, devices_list},
        users::user_get,
    },
    text::{self, t},
    ui::{
        chips::{Chip, Chips},
        fetch::Fetched,
        flow::{Erased, For, Show, Wait, boxed, look},
        help::Help,
        list::{
            Foot, Rows, Search, Sorter, Unknown, empty_unless, known, merge, query_page, query_size,
            query_value, seconds, use_address, yes_or_no,
        },
        live::live,
        moment,
        parts::{First, address},
        picked::{self, Picked},
        problem::Problem,
        role::may,
        skeleton::Bones,
        status::StatusView,
        tabs::{Tab, Tabs},
        ticks::{Tick, ticks},
    },
};
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use muster_domain::{
    DeviceId, Language, Timestamp, UserId,
    account::Permission,
    device::{Device, Platform, Status},
    ports::Fleet,
    query::{DeviceQuery, DeviceSort, Window},
    time::{DAY, MINUTE},
};

pub(crate) const PATH: &str = "/devices";

/// What is ticked.
pub(crate) type Ticked = Picked<DeviceId, DeviceQuery>;

fn sort(name: &str) -> DeviceSort {
    match name {
        "owner" => DeviceSort::Owner,
        "platform" => DeviceSort::Platform,
        "model" => DeviceSort::Model,
        "status" => DeviceSort::Status,
        "seen" => DeviceSort::LastSeen,
        _ => DeviceSort::Name,
    }
}

/// What the address asks for, on whichever page; none where it filters by something that is not known.
pub(crate) fn asked(query: &ParamsMap) -> Option<DeviceQuery> {
    let value = |name| query.get(name).unwrap_or_default();
    Some(DeviceQuery {
        search: value("q"),
        owner: known(query, "owner", |id| id.parse().ok())?,
        status: known(query, "status", Status::from_name)?,
        platform: known(query, "platform", Platform::from_name)?,
        connected: known(query, "connected", yes_or_no)?,
        since: known(query, "since", seconds)?,
        until: known(query, "until", seconds)?,
        sort: sort(&value("sort")),
        descending: value("desc") == "1",
        ..DeviceQuery::default()
    })
}

/// What the list is filtered by that has no control of its own.
fn chips(language: Language, query: &DeviceQuery) -> Vec<Chip> {
    let connected = query.connected.map(|yes| {
        let words = if yes { t::dev_connected(language) } else { t::dev_only_left(language) };
        Chip::of(words.to_owned(), &["connected"])
    });
    // The dashboard leads to single days, of which some have 25 hours.
    let one_day = |since: Timestamp, until: Timestamp| until.since(since) <= DAY + 60 * MINUTE;
    let day = |at| text::day(language, at);
    let first = match (query.since, query.until) {
        (None, None) => None,
        (Some(since), Some(until)) if one_day(since, until) => {
            Some(t::dev_connected_on(language, day(since)))
        }
        (Some(since), Some(until)) => {
            Some(t::dev_connected_between(language, day(since), day(until.plus(-MINUTE))))
        }
        (Some(since), None) => Some(t::dev_connected_since(language, day(since))),
        (None, Some(until)) => Some(t::dev_connected_until(language, day(until.plus(-MINUTE)))),
    };
    let first = first.map(|words| Chip::of(words, &["since", "until"]));
    connected.into_iter().chain(first).collect()
}

/// The tabs, each with how many devices are behind it: those that left are critical until they are deleted.
#[component]
fn StatusTabs() -> impl IntoView {
    let language = text::language();
    let version = live().version;
    let fetched = Fetched::new(move || version.get(), |_| devices_counts());
    let counts = RwSignal::new(Fleet::default());
    let take = move || {
        if let Some(Ok(new)) = fetched.get() {
            counts.set(new);
        }
    };
    let tab = |status: Status, label: &'static str, left: fn(&Fleet) -> u64| Tab {
        count: Some(Signal::derive(move || look!(counts, |fleet| fleet.with(status) + left(fleet)))),
        ..Tab::new(status.name(), label)
    };
    let tabs = vec![
        Tab {
            count: Some(Signal::derive(move || look!(counts, |fleet| fleet.all() + fleet.left))),
            ..Tab::new("", t::dev_all(language))
        },
        tab(Status::Ok, t::ok(language), |_| 0),
        tab(Status::Warning, t::warning(language), |_| 0),
        tab(Status::Critical, t::critical(language), |fleet| fleet.left),
    ];
    view! {
        <Wait take=take bones=Bones::Tabs> <Tabs path=PATH name="status" label=t::status(language) tabs=tabs.clone()/></Wait>
    }
    .erased()
}

#[component]
pub(crate) fn Devices() -> impl IntoView {
    let language = text::language();
    let (page, size, platform) = (query_page(), query_size(), query_value("platform"));
    let address = use_query_map();
    let asked = Memo::new(move |_| look!(address, |query| asked(query)));
    let unknown = Signal::derive(move || asked.read().is_none());
    let query = Memo::new(move |_| DeviceQuery {
        window: Window { page: page.get(), size: size.get() },
        ..asked.get().unwrap_or_default()
    });
    let shown = Signal::derive(move || look!(query, |q| chips(language, q)));
    let owner = Memo::new(move |_| look!(query, |q| q.owner));
    // What the list is filtered by, however it is sorted and on whichever page.
    let filter = Memo::new(move |_| {
        let DeviceQuery { sort, descending, window, .. } = DeviceQuery::default();
        DeviceQuery { sort, descending, window, ..query.get() }
    });
    let filtered = Memo::new(move |_| look!(filter, |f| *f != DeviceQuery::default()));
    let (picked, manage) = (RwSignal::new(Ticked::default()), may(Permission::Manage));
    picked::ask_anew(picked, filter);
    let version = live().version;
    let list = Fetched::new(
        move || (query.get(), unknown.get(), version.get()),
        |(query, unknown, _)| async move { if unknown { Ok(None) } else { devices_list(query).await.map(Some) } },
    );
    let rows: Rows<DeviceId, Device> = RwSignal::new(Vec::new());
    let total = RwSignal::new(0_u64);
    let problem = RwSignal::new(None::<String>);
    let take = move || match list.get() {
        Some(Ok(listed)) => {
            let page = listed.map(|listed| listed.page).unwrap_or_default();
            total.set(page.total);
            problem.set(None);
            merge(rows, page.rows, |d| d.id);
        }
        Some(Err(error)) => problem.set(Some(text::error(language, &error))),
        None => {}
    };
    view! {
        <main class="main">
            <div class="head"><h1 tabindex="-1">{t::devices(language)}</h1><Help page="devices" about=t::devices(language)/></div>
            <div class="bar">
                <Search path=PATH label=t::search_devices(language)/>
                <StatusTabs/>
                <PlatformFilter chosen=platform/>
                <OwnerFilter owner=owner/>
            </div>
            <Chips path=PATH chips=shown/>
            <Unknown path=PATH unknown=unknown/>
            <Problem problem=problem/>
            <div class="card">
                <Show when=move || manage.get()><many::Many picked=picked filter=filter list=query total=total/></Show>
                <Wait take=take bones=Bones::Rows> <Table rows=rows picked=picked empty=empty_unless(unknown, total, problem) filtered=filtered/> <Foot path=PATH total=Signal::from(total) size=size choose=true/></Wait>
            </div>
        </main>
    }
    .erased()
}

#[component]
fn PlatformFilter(chosen: Memo<String>) -> impl IntoView {
    let language = text::language();
    let set = use_address(PATH);
    let change = move |event| set(&[("platform", event_target_value(&event))]);
    let options = [Platform::Android, Platform::Ios, Platform::Ipados].map(|platform| {
        let name = platform.name();
        let selected = chosen.with_untracked(|c| c == name);
        view! { <option value=name selected=selected>{text::devices_of(platform)}</option> }
    });
    view! {
        <select class="input pick" aria-label=t::platform(language) prop:value=chosen on:change=boxed(change)>
            <option value="">{t::dev_all_platforms(language)}</option>
            {options}
        </select>
    }
    .erased()
}

/// Whose devices alone are shown, and the way back to all.
#[component]
fn OwnerFilter(owner: Memo<Option<UserId>>) -> impl IntoView {
    let language = text::language();
    let person = Fetched::new(
        move || owner.get(),
        |owner| async move {
            match owner {
                Some(id) => user_get(id).await.ok().map(|user| user.name),
                None => None,
            }
        },
    );
    let set = use_address(PATH);
    let name = move || t::dev_of(language, person.get().flatten().unwrap_or_default());
    view! {
        <Wait>
            <span class="chip" hidden=move || owner.read().is_none()>
                <span>{name}</span>
                <button class="plain" aria-label=t::dev_of_all(language) on:click=boxed({
                    let set = set.clone();
                    move |_| set(&[("owner", String::new())])
                })>"×"</button>
            </span>
        </Wait>
    }
    .erased()
}

#[component]
fn Table(
    rows: Rows<DeviceId, Device>,
    picked: RwSignal<Ticked>,
    empty: Signal<bool>,
    filtered: Memo<bool>,
) -> impl IntoView {
    let language = text::language();
    let manage = may(Permission::Manage);
    let ticks = ticks(rows, picked);
    view! {
        <div class="wide"><table class="device-list">
            <thead><tr>
                {ticks.head(manage)}
                <Sorter path=PATH column="name" default=true label=t::name(language)/>
                <Sorter path=PATH column="owner" label=t::owner(language)/>
                <Sorter path=PATH column="platform" label=t::platform(language)/>
                <Sorter path=PATH column="model" label=t::model(language)/>
                <Sorter path=PATH column="status" label=t::status(language)/>
                <th scope="col">{t::dev_agent(language)}</th>
                <Sorter path=PATH column="seen" label=t::last_seen(language)/>
            </tr></thead>
            <tbody>
                <For each=move || rows.get() key=|(id, _)| *id let((id, row))><Row id=id row=row picked=picked tick=ticks.row/></For>
            </tbody>
        </table></div>
        <Show when=move || empty.get() && !filtered.get()>
            <div class="empty"><b>{t::empty_devices(language)}</b><First text=t::empty_devices_text(language) reader=t::empty_devices_reader(language)/></div>
        </Show>
        <Show when=move || empty.get() && filtered.get()>
            <div class="empty"><b>{t::empty_search(language)}</b><a class="link" href=PATH>{t::dev_show_all(language)}</a></div>
        </Show>
    }
    .erased()
}

#[component]
fn Row(
    id: DeviceId,
    row: ArcRwSignal<Device>,
    picked: RwSignal<Ticked>,
    tick: Callback<(DeviceId, bool)>,
) -> impl IntoView {
    let language = text::language();
    let row = RwSignal::from(row);
    let on = Memo::new(move |_| look!(picked, |p| p.has(id)));
    let name = Signal::derive(move || look!(row, |d| d.name.clone()));
    let fact = move |get: fn(&Device) -> Option<&String>| {
        move || look!(row, |d| get(d).filter(|f| !f.is_empty()).cloned().unwrap_or_else(|| "—".to_owned()))
    };
    view! {
        <tr aria-selected=move || on.get().to_string()>
            <Tick may=may(Permission::Manage) on=on name=name pressed=move |shift| tick.run((id, shift))/>
            <td class="c-name"><a class="name" href=format!("{PATH}/{id}")>{move || look!(row, |d| d.name.clone())}</a></td>
            <td class="c-owner">
                <a class="name-2" href=move || look!(row, |d| format!("/users/{}", d.owner))>{move || look!(row, |d| d.owner_name.clone())}</a>
                <div class="sub">{move || look!(row, |d| address(d.owner_email.as_deref().unwrap_or_default()))}</div>
            </td>
            <td class="c-platform muted">{move || row.with(words::platform)}</td>
            <td class="c-model muted" class:same=move || look!(row, |d| d.facts.model.as_ref() == Some(&d.name))>{fact(|d| d.facts.model.as_ref())}</td>
            <td class="c-status">{move || look!(row, |d| view! { <StatusView status=Some(d.status) reasons=d.reasons.clone()/> })}</td>
            <td class="c-agent muted num">{fact(|d| d.facts.agent_version.as_ref())}</td>
            <td class="c-seen muted num" title=move || look!(row, |d| text::exact(language, d.last_seen))>{move || look!(row, |d| text::ago(language, d.last_seen, moment::now()))}</td>
        </tr>
    }
    .erased()
}
