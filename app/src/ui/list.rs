//! Parts of every list: rows that keep their place, the search field, the foot with pages, and the address bar.

use super::{
    dialog::{HEADING, focus},
    icon::{self, Icon},
    live::live,
};
use crate::text::{self, t};
use crate::ui::flow::{Erased, Show, boxed, effect, look};
use crate::wire::ours;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
    params::ParamsMap,
};
use muster_domain::{Timestamp, time::SECOND};
use std::time::Duration;

/// Rows by id, each a signal of its own: a refetch changes what changed and leaves nodes, focus and scroll alone.
pub(crate) type Rows<K, R> = RwSignal<Vec<(K, ArcRwSignal<R>)>>;

/// Brings `rows` to what was fetched.
pub(crate) fn merge<K, R>(rows: Rows<K, R>, fetched: Vec<R>, id: fn(&R) -> K)
where
    K: Clone + PartialEq + Send + Sync + 'static,
    R: Clone + PartialEq + Send + Sync + 'static,
{
    let old = rows.get_untracked();
    let new: Vec<(K, ArcRwSignal<R>)> = fetched
        .into_iter()
        .map(|row| {
            let key = id(&row);
            match old.iter().find(|(k, _)| *k == key) {
                Some((_, signal)) => {
                    if signal.with_untracked(|r| *r != row) {
                        signal.set(row);
                    }
                    (key, signal.clone())
                }
                None => (key, ArcRwSignal::new(row)),
            }
        })
        .collect();
    let same = old.len() == new.len() && old.iter().zip(&new).all(|(a, b)| a.0 == b.0);
    if !same {
        rows.set(new);
    }
}

/// A way to change the address's query, with a new entry in the history: "Back" takes it back. A name may have several
/// values; an empty one removes it. Whatever changes, the list begins at its first page again, unless `page` itself is set.
pub(crate) fn use_address(path: &'static str) -> impl Fn(&[(&'static str, String)]) + Clone + 'static {
    address(path, false)
}

/// The same in place of the entry that there is: for what is typed, and for what the address should have said.
fn mend_address(path: &'static str) -> impl Fn(&[(&'static str, String)]) + Clone + 'static {
    address(path, true)
}

fn address(path: &'static str, replace: bool) -> impl Fn(&[(&'static str, String)]) + Clone + 'static {
    let query = use_query_map();
    let navigate = use_navigate();
    move |changes| {
        let options = NavigateOptions { replace, scroll: false, ..NavigateOptions::default() };
        navigate(&changed(path, query.get_untracked(), changes), options);
    }
}

/// A list's address with these changes, as [`use_address`] describes them.
fn changed(path: &str, mut query: ParamsMap, changes: &[(&'static str, String)]) -> String {
    query.remove("page");
    for (name, _) in changes {
        query.remove(name);
    }
    for (name, value) in changes.iter().filter(|(_, value)| !value.is_empty()) {
        query.insert((*name).to_owned(), value.clone());
    }
    format!("{path}{}", query.to_query_string())
}

/// The value of a name in the address's query.
pub(crate) fn query_value(name: &'static str) -> Memo<String> {
    let query = use_query_map();
    Memo::new(move |_| query.read().get(name).unwrap_or_default())
}

/// What a name in an address says: `Some(None)` where it is not there, `None` where it says what `read` does not know.
pub(crate) fn known<T>(
    query: &ParamsMap,
    name: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Option<Option<T>> {
    match query.get(name).filter(|value| !value.is_empty()) {
        Some(value) => read(&value).map(Some),
        None => Some(None),
    }
}

/// A yes or a no in an address.
pub(crate) fn yes_or_no(text: &str) -> Option<bool> {
    match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// A moment in an address, in seconds since 1970.
pub(crate) fn seconds(text: &str) -> Option<Timestamp> {
    let seconds: i64 = text.parse().ok()?;
    (0..100_000_000_000).contains(&seconds).then(|| Timestamp(seconds * SECOND))
}

/// Says that the address filters by something that is not known, and leads to all rows.
#[component]
pub(crate) fn Unknown(
    /// The list's path.
    path: &'static str,
    /// Whether it does.
    unknown: Signal<bool>,
) -> impl IntoView {
    let language = text::language();
    view! {
        <Show when=move || unknown.get()>
            <p class="note warn" role="status">{t::list_unknown(language)}" "<a class="link" href=path>{t::list_show_all(language)}</a></p>
        </Show>
    }
    .erased()
}

/// The page of the address's query, from 1.
pub(crate) fn query_page() -> Memo<u32> {
    let page = query_value("page");
    Memo::new(move |_| page.read().parse().unwrap_or(1).max(1))
}

/// Rows a page, as one may choose.
pub(crate) const SIZES: [u32; 4] = [25, 50, 100, 200];
/// Rows a page, while one chose nothing.
pub(crate) const SIZE: u32 = 50;

fn size_of(text: &str) -> u32 {
    text.parse().ok().filter(|size| SIZES.contains(size)).unwrap_or(SIZE)
}

/// The rows a page of the address's query.
pub(crate) fn query_size() -> Memo<u32> {
    let size = query_value("size");
    Memo::new(move |_| look!(size, |text| size_of(text)))
}

/// The last page of a list.
fn last_page(total: u64, size: u32) -> u32 {
    u32::try_from(total.div_ceil(u64::from(size.max(1)))).unwrap_or(u32::MAX).max(1)
}

/// The search field: the address follows a moment after the last key. Without scripts it is a form, which keeps what else
/// the address says.
#[component]
pub(crate) fn Search(
    /// The list's path.
    path: &'static str,
    /// What can be searched.
    label: &'static str,
) -> impl IntoView {
    let value = query_value("q");
    let set = mend_address(path);
    let latest = StoredValue::new(0_u32);
    let typed = move |event| {
        let text = event_target_value(&event);
        latest.update_value(|n| *n = n.wrapping_add(1));
        let mine = latest.get_value();
        let set = set.clone();
        set_timeout(
            move || {
                if latest.try_get_value() == Some(mine) {
                    set(&[("q", text.clone())]);
                }
            },
            Duration::from_millis(200),
        );
    };
    let others = use_query_map().get_untracked();
    let others = others.into_iter().filter(|(name, _)| !matches!(&**name, "q" | "page"));
    let others: Vec<_> = others
        .map(|(name, value)| view! { <input type="hidden" name=name.into_owned() value=value/> })
        .collect();
    view! {
        <form class="seeking" action=path on:submit=boxed(|event: leptos::ev::SubmitEvent| event.prevent_default())>
            <label class="field search">
                <Icon path=icon::SEARCH/>
                <input type="search" name="q" placeholder=label aria-label=label prop:value=value value=value.get_untracked() on:input=boxed(typed)/>
            </label>
            {others}
            <button class="btn" hidden>{t::list_seek(text::language())}</button>
        </form>
    }
    .erased()
}

/// The way to the list as a file, with the rows that it shows on all its pages.
#[component]
pub(crate) fn Export(
    /// The list's path.
    path: &'static str,
) -> impl IntoView {
    let language = text::language();
    let query = use_query_map();
    let href = move || {
        let mut map = query.get();
        map.remove("page");
        map.remove("size");
        ours(&format!("{path}.csv{}", map.to_query_string()))
    };
    view! { <a class="link export" href=href download="" rel="external">{t::export(language)}</a> }.erased()
}

/// A column's head that sorts.
#[component]
pub(crate) fn Sorter(
    /// The list's path.
    path: &'static str,
    /// The value in the address.
    column: &'static str,
    /// Whether the list is sorted by this when the address says nothing.
    #[prop(optional)]
    default: bool,
    /// The column's name.
    label: &'static str,
) -> impl IntoView {
    let (sort, descending, query) = (query_value("sort"), query_value("desc"), use_query_map());
    let here = Memo::new(move |_| look!(sort, |s| s == column || (s.is_empty() && default)));
    let down = Memo::new(move |_| look!(descending, |d| d == "1"));
    let order = move || match (here.get(), down.get()) {
        (false, _) => "none",
        (true, false) => "ascending",
        (true, true) => "descending",
    };
    let arrow = move || match (here.get(), down.get()) {
        (false, _) => "",
        (true, false) => "↑",
        (true, true) => "↓",
    };
    let href = move || {
        let turn = if here.get() && !down.get() { "1" } else { "" };
        changed(path, query.get(), &[("sort", column.to_owned()), ("desc", turn.to_owned())])
    };
    // It is a button that leads somewhere without scripts as well, so the key of buttons presses it.
    let key = |event: leptos::ev::KeyboardEvent| {
        if event.key() == " " {
            event.prevent_default();
            event_target::<web_sys::HtmlElement>(&event).click();
        }
    };
    view! {
        <th aria-sort=order scope="col"><a class="sorter" role="button" href=href data-noscroll="" on:keydown=boxed(key)>{label}<span aria-hidden="true">{arrow}</span></a></th>
    }
    .erased()
}

/// Whether a list has no rows, as far as one knows: without its server nobody knows.
pub(crate) fn empty(total: RwSignal<u64>, problem: RwSignal<Option<String>>) -> Signal<bool> {
    Signal::derive(move || total.get() == 0 && problem.read().is_none())
}

/// [`empty`] of a list whose address may filter by what is [`Unknown`]: that is said instead.
pub(crate) fn empty_unless(
    unknown: Signal<bool>,
    total: RwSignal<u64>,
    problem: RwSignal<Option<String>>,
) -> Signal<bool> {
    let empty = empty(total, problem);
    Signal::derive(move || empty.get() && !unknown.get())
}

/// The foot: which rows these are, whether they are live, and the pages.
#[component]
pub(crate) fn Foot(
    /// The list's path.
    path: &'static str,
    /// Rows in all.
    total: Signal<u64>,
    /// Rows a page.
    #[prop(into)]
    size: Signal<u32>,
    /// Whether one may choose the rows a page; the list takes them from [`query_size`].
    #[prop(optional)]
    choose: bool,
) -> impl IntoView {
    let language = text::language();
    let (page, query) = (query_page(), use_query_map());
    let set = use_address(path);
    let end = move || last_page(total.get(), size.get());
    // A page that is no more, since rows went or pages are longer: the last one there is.
    let mend = mend_address(path);
    effect(move || {
        let end = end();
        if total.get() > 0 && page.get() > end {
            mend(&[("page", if end > 1 { end.to_string() } else { String::new() })]);
        }
    });
    // The link to a page, unless one is there at its end.
    let way = move |to: Option<u32>| {
        to.map(|to| {
            changed(path, query.get(), &[("page", if to > 1 { to.to_string() } else { String::new() })])
        })
    };
    let before = Memo::new(move |_| way(page.get().checked_sub(1).filter(|to| *to > 0)));
    let after = Memo::new(move |_| way(Some(page.get() + 1).filter(|to| *to <= end())));
    let sized = move |event| {
        let text = event_target_value(&event);
        set(&[("size", if size_of(&text) == SIZE { String::new() } else { text })]);
    };
    let range = move || {
        let from = u64::from(page.get() - 1) * u64::from(size.get()) + 1;
        let to = (from + u64::from(size.get()) - 1).min(total.get());
        let n = |n| text::number(language, n);
        if total.get() == 0 { String::from("0") } else { t::range(language, n(from), n(to), n(total.get())) }
    };
    let connected = live().connected;
    view! {
        <div class="foot">
            <span class="num">{range}</span>
            <span class="st none" role="status">
                <span class="dot" class:off=move || !connected.get()></span>
                {move || if connected.get() { t::live(language) } else { t::reconnecting(language) }}
            </span>
            <Export path=path/>
            <span class="end">
                {choose.then(|| view! {
                    <select class="sizes" aria-label=t::users_per_page_label(language) prop:value=move || size.get().to_string() on:change=boxed(sized)>
                        {SIZES.map(|n| view! {
                            <option value=n.to_string() selected=size.get_untracked() == n>{t::users_per_page(language, n)}</option>
                        })}
                    </select>
                })}
                <Turn way=before key="[" label=t::previous(language) path=icon::LEFT/>
                <Turn way=after key="]" label=t::next(language) path=icon::RIGHT/>
            </span>
        </div>
    }
    .erased()
}

/// A link to the page before or after; at the end it leads nowhere, and says so. The router follows it, and the page is
/// read from its top.
#[component]
fn Turn(
    /// Where it leads.
    way: Memo<Option<String>>,
    /// Its key.
    key: &'static str,
    /// What it is called.
    label: &'static str,
    /// Its picture.
    path: &'static str,
) -> impl IntoView {
    let ends = move || way.read().is_none();
    let go = move |event: leptos::ev::MouseEvent| {
        let aside = event.ctrl_key() || event.meta_key() || event.shift_key();
        if !aside && way.with_untracked(Option::is_some) {
            focus(HEADING);
        }
    };
    view! {
        <a class="btn" data-key=key aria-label=label href=move || way.get() role=move || ends().then_some("link")
            aria-disabled=move || ends().then_some("true") on:click=boxed(go)>
            <Icon path=path/>
        </a>
    }
    .erased()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_end_where_the_rows_end() {
        for (total, size, last) in [(0, 50, 1), (1, 50, 1), (50, 50, 1), (51, 50, 2), (12_431, 200, 63)] {
            assert_eq!(last_page(total, size), last, "{total} by {size}");
        }
    }

    #[test]
    fn a31_what_an_address_says_is_known_or_refused() {
        let mut query = ParamsMap::new();
        for (name, value) in
            [("since", "1795497120"), ("until", "tomorrow"), ("connected", ""), ("left", "no")]
        {
            query.insert(name, value.to_owned());
        }
        assert_eq!(known(&query, "since", seconds), Some(Some(Timestamp(1_795_497_120_000_000))));
        assert_eq!(known(&query, "until", seconds), None);
        assert_eq!(known(&query, "connected", yes_or_no), Some(None));
        assert_eq!(known(&query, "left", yes_or_no), Some(Some(false)));
        assert_eq!(known(&query, "right", yes_or_no), Some(None));
        assert_eq!(["-1", "1e9", "99999999999999"].map(seconds), [None; 3]);
    }

    #[test]
    fn a_link_keeps_the_filters_and_begins_at_the_first_page() {
        let query = || {
            let mut query = ParamsMap::new();
            for (name, value) in [("q", "ann"), ("group", "Ward 3"), ("group", "Night"), ("page", "4")] {
                query.insert(name, value.to_owned());
            }
            query
        };
        let to = |changes: &[(&'static str, String)]| changed("/users", query(), changes);
        assert_eq!(to(&[("page", "5".to_owned())]), "/users?q=ann&group=Ward%203&group=Night&page=5");
        assert_eq!(
            to(&[("sort", "name".to_owned()), ("desc", String::new())]),
            "/users?q=ann&group=Ward%203&group=Night&sort=name"
        );
        assert_eq!(to(&[("q", String::new()), ("group", String::new())]), "/users");
    }

    #[test]
    fn only_the_offered_sizes_are_taken_from_the_address() {
        for (text, size) in [("25", 25), ("200", 200), ("", 50), ("0", 50), ("1000", 50), ("x", 50)] {
            assert_eq!(size_of(text), size, "{text}");
        }
    }
}
