//! Which people the list shows, beside what is searched for. All of it stands in the address.

use super::PATH;
use crate::{
    api::{
        groups::{groups_list, groups_missing},
        users::users_presets,
    },
    text::{self, t},
    ui::{
        chips::Chip,
        fetch::{Asked, Fetched},
        flow::{Erased, For, Show, Wait, boxed, look},
        icon::{self, Icon},
        list::{known, query_value, use_address, yes_or_no},
        live::live,
        menu,
    },
};
use leptos::{html, prelude::*};
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use muster_domain::{
    device::Status,
    invitation::State,
    query::{DeviceCount, Messaged, UserFilter},
};

/// The names in the address, beside `q` for what is searched for.
const GROUP: &str = "group";
const CHOICES: [&str; 4] = ["address", "devices", "status", "message"];

/// What the address says; none where it filters by something that is not known.
pub(super) fn read(query: &ParamsMap) -> Option<UserFilter> {
    Some(UserFilter {
        search: query.get("q").unwrap_or_default(),
        groups: query
            .get_all(GROUP)
            .unwrap_or_default()
            .into_iter()
            .filter(|name| !name.is_empty())
            .collect(),
        address: known(query, "address", yes_or_no)?,
        devices: known(query, "devices", |devices| match devices {
            "0" => Some(DeviceCount::None),
            "1" => Some(DeviceCount::One),
            "2" => Some(DeviceCount::More),
            _ => None,
        })?,
        status: known(query, "status", Status::from_name)?,
        message: known(query, "message", |message| match message {
            "never" => Some(Messaged::Never),
            "ever" => Some(Messaged::Ever),
            "open" => Some(Messaged::Open),
            state => State::from_name(state).map(Messaged::State),
        })?,
    })
}

/// The filter of the address; what is not known filters nothing here, and the page says so.
pub(super) fn filter() -> Memo<UserFilter> {
    let query = use_query_map();
    Memo::new(move |_| look!(query, |query| read(query)).unwrap_or_default())
}

/// By how many things people are filtered, beside what is searched for.
pub(super) fn count(filter: &UserFilter) -> usize {
    let UserFilter { search: _, groups, address, devices, status, message } = filter;
    let set = [address.is_some(), devices.is_some(), status.is_some(), message.is_some()];
    groups.len() + set.into_iter().filter(|set| *set).count()
}

/// What a choice of the filter may be, in the order of the list: its value in the address, and its words.
fn options(name: &str, language: muster_domain::Language) -> Vec<(&'static str, &'static str)> {
    match name {
        "address" => vec![("yes", t::users_has_address(language)), ("no", t::users_has_none(language))],
        "devices" => vec![
            ("0", t::no_device(language)),
            ("1", t::users_one_device(language)),
            ("2", t::users_more_devices(language)),
        ],
        "status" => [Status::Ok, Status::Warning, Status::Critical]
            .map(|status| (status.name(), text::status(language, status)))
            .to_vec(),
        _ => {
            let mut all = vec![
                ("never", t::never_invited(language)),
                ("ever", t::users_invited(language)),
                ("open", t::users_open(language)),
            ];
            all.extend(State::ALL.map(|state| (state.name(), text::state(language, state))));
            all
        }
    }
}

/// What a choice is about.
fn label(name: &str, language: muster_domain::Language) -> &'static str {
    match name {
        "address" => t::email(language),
        "devices" => t::devices(language),
        "status" => t::status(language),
        _ => t::users_last_message(language),
    }
}

/// The one-click selections with how many they are, and the button that opens the filter.
#[component]
pub(super) fn Filters(filter: Memo<UserFilter>) -> impl IntoView {
    let language = text::language();
    let version = live().version;
    // By the browser: the page does not wait for them.
    let counts = Asked::new(move || {
        version.track();
        users_presets()
    });
    let count = move |at: usize| {
        let count = counts.get().and_then(Result::ok).and_then(|counts| counts.get(at).copied());
        count.map(|n| text::number(language, n)).unwrap_or_default()
    };
    let presets = [
        (t::never_invited(language), "?message=never", UserFilter::never_invited()),
        (t::users_not_connected(language), "?message=ever&devices=0", UserFilter::not_connected()),
        (t::users_without_device(language), "?devices=0", UserFilter::without_device()),
    ];
    let preset = move |(at, (words, query, means)): (usize, (&'static str, &'static str, UserFilter))| {
        let here = Memo::new(move |_| look!(filter, |f| *f == means));
        let href = move || if here.get() { PATH.to_owned() } else { format!("{PATH}{query}") };
        view! { <a class="preset" href=href aria-current=move || here.get().then_some("true")>{words}" "<span class="num">{move || count(at)}</span></a> }
    };
    view! {
        <Panel filter=filter/>
        <nav class="presets" aria-label=t::users_presets(language)>{presets.into_iter().enumerate().map(preset).collect_view()}</nav>
    }
    .erased()
}

/// The choices, in a menu.
#[component]
fn Panel(filter: Memo<UserFilter>) -> impl IntoView {
    let language = text::language();
    let menu = NodeRef::<html::Details>::new();
    let key = menu::closes(menu, "#filter");
    let version = live().version;
    let groups = Asked::new(move || {
        version.track();
        groups_list()
    });
    let set = StoredValue::new(use_address(PATH));
    let choice = move |name: &'static str| {
        let value = query_value(name);
        let all = options(name, language);
        let options = all.into_iter().map(move |(option, words)| {
            let selected = value.with_untracked(|v| v == option);
            view! { <option value=option selected=selected>{words}</option> }
        });
        view! {
            <label>{label(name, language)}
                <select class="input" prop:value=value on:change=boxed(move |e| set.with_value(|set| set(&[(name, event_target_value(&e))])))>
                    <option value="">{t::users_any(language)}</option>
                    {options.collect_view()}
                </select>
            </label>
        }
    };
    // Those that are not chosen yet; a chosen one joins those that are.
    let others = move || {
        let all = groups.get().and_then(Result::ok).unwrap_or_default();
        let chosen = filter.read();
        let is_chosen = |name: &str| chosen.groups.iter().any(|c| c.to_lowercase() == name.to_lowercase());
        all.into_iter().map(|g| g.name).filter(|name| !is_chosen(name)).collect::<Vec<_>>()
    };
    let join = move |event| {
        let mut groups = filter.with_untracked(|f| f.groups.clone());
        groups.push(event_target_value(&event));
        set.with_value(|set| set(&chosen(groups)));
    };
    let active = move || look!(filter, |f| count(f));
    view! {
        <details class="filters" node_ref=menu on:keydown=boxed(key)>
            <summary class="btn" id="filter"><Icon path=icon::FILTER/>{t::users_filter(language)}
                <Show when=move || { active() > 0 }><span class="count">{active}</span></Show>
            </summary>
            <div class="menu">
                    <label>{t::groups(language)}
                        <select class="input" prop:value="" on:change=boxed(join)>
                            <option value="">{move || if filter.read().groups.is_empty() { t::users_any(language) } else { t::users_or_group(language) }}</option>
                            <For each=others key=String::clone let(name)><option value=name.clone()>{name.clone()}</option></For>
                        </select>
                    </label>
                {CHOICES.map(choice)}
            </div>
        </details>
    }
    .erased()
}

/// The change of the address that chooses these groups.
fn chosen(groups: Vec<String>) -> Vec<(&'static str, String)> {
    let groups: Vec<_> = groups.into_iter().map(|name| (GROUP, name)).collect();
    if groups.is_empty() { vec![(GROUP, String::new())] } else { groups }
}

/// What is filtered by.
pub(super) fn chips(language: muster_domain::Language, filter: Memo<UserFilter>) -> Signal<Vec<Chip>> {
    let values = CHOICES.map(|name| (name, query_value(name)));
    Signal::derive(move || {
        let groups = filter.with(|f| f.groups.clone());
        let without = |name: &String| groups.iter().filter(|other| *other != name).cloned().collect();
        let mut all: Vec<_> =
            groups.iter().map(|name| Chip { words: name.clone(), leave: chosen(without(name)) }).collect();
        for (name, value) in values {
            let value = value.get();
            let found = options(name, language).into_iter().find(|(option, _)| *option == value);
            all.extend(found.map(|(_, words)| Chip::of(words.to_owned(), &[name])));
        }
        all
    })
}

/// Says that a group which the address filters by is not there: it was renamed or deleted, and nobody is found by it.
#[component]
pub(super) fn NoGroup(filter: Memo<UserFilter>) -> impl IntoView {
    let language = text::language();
    let version = live().version;
    let fetched = Fetched::new(
        move || (filter.with(|f| f.groups.clone()), version.get()),
        |(groups, _)| async move {
            if groups.is_empty() { Vec::new() } else { groups_missing(groups).await.unwrap_or_default() }
        },
    );
    let missing = RwSignal::new(Vec::<String>::new());
    let take = move || missing.set(fetched.get().unwrap_or_default());
    view! {
        <Wait take=take>
            <Show when=move || look!(missing, |m| !m.is_empty())>
                <p class="note warn" role="status">{move || look!(missing, |m| t::users_no_group(language, m.join(", ")))}" "<a class="link" href=PATH>{t::users_show_all(language)}</a></p>
            </Show>
        </Wait>
    }
    .erased()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_address(address: &[(&'static str, &str)]) -> Option<UserFilter> {
        let mut map = ParamsMap::new();
        address.iter().for_each(|(name, value)| map.insert(*name, (*value).to_owned()));
        read(&map)
    }

    fn at(address: &[(&'static str, &str)]) -> UserFilter {
        in_address(address).unwrap()
    }

    #[test]
    fn the_address_says_whom_the_list_shows() {
        assert_eq!(at(&[]), UserFilter::default());
        assert_eq!(at(&[("message", "never")]), UserFilter::never_invited());
        assert_eq!(at(&[("devices", "0"), ("message", "ever")]), UserFilter::not_connected());
        let found = at(&[
            ("q", "ann"),
            ("group", "Ward 3"),
            ("group", "Night"),
            ("address", "no"),
            ("status", "critical"),
            ("message", "failed"),
        ]);
        assert_eq!((found.search.as_str(), found.groups.len(), found.address), ("ann", 2, Some(false)));
        assert_eq!(
            (found.status, found.message),
            (Some(Status::Critical), Some(Messaged::State(State::Failed)))
        );
    }

    #[test]
    fn a31_what_is_no_filter_is_not_taken_for_everybody() {
        for odd in [("devices", "-1"), ("status", "password"), ("message", "1=1"), ("address", "maybe")] {
            assert_eq!(in_address(&[("q", "ann"), odd]), None, "{odd:?}");
        }
        assert_eq!(at(&[("group", ""), ("status", "")]), UserFilter::default());
        assert_eq!(at(&[("message", "open"), ("devices", "0")]), UserFilter::waiting());
    }
}
