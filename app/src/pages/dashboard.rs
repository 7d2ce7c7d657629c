//! The dashboard: from messages to connected devices, who waits, and what is to be done. Every number leads to its rows.

mod apple;
mod fleet;
mod funnel;
mod todo;
mod waiting;

use crate::{
    api::overview::{Overview, overview},
    text::{self, t},
    ui::{
        chart::{Point, chart},
        fetch::Fetched,
        flow::{Erased, Wait, boxed, look},
        help::Help,
        icon::{self, Icon},
        list::query_value,
        live::live,
        menu, moment,
        problem::Problem,
        role::may,
        skeleton::Bones,
    },
};
use leptos::{html, prelude::*};
use muster_domain::{
    Language, Timestamp,
    account::Permission,
    query::Period,
    time::{DAY, SECOND},
};

const PATH: &str = "/dashboard";

/// A moment as addresses have it.
fn seconds(at: Timestamp) -> i64 {
    at.0.div_euclid(SECOND)
}

#[component]
pub(crate) fn Dashboard() -> impl IntoView {
    let language = text::language();
    let days = query_value("days");
    let period = Memo::new(move |_| look!(days, |d| d.parse().ok().and_then(Period::of).unwrap_or_default()));
    let clock = moment::clock();
    let zone = Memo::new(move |_| clock.map(|clock| clock.zone.get()).unwrap_or_default().text());
    // At midnight the days are others.
    let today = Memo::new(move |_| {
        clock.map(|clock| look!(clock.zone, |zone| zone.local(clock.now.get()).0.div_euclid(DAY)))
    });
    let version = live().version;
    let fetched = Fetched::new(
        move || (period.get(), zone.get(), today.get(), version.get()),
        |(period, zone, _, _)| overview(period, zone),
    );
    let data = RwSignal::new(None::<Overview>);
    let problem = RwSignal::new(None::<String>);
    let take = move || match fetched.get() {
        Some(Ok(found)) => {
            if let Some(clock) = clock {
                clock.heard(found.now);
            }
            problem.set(None);
            data.set(Some(found));
        }
        // The last good figures stay; the reason stands above them.
        Some(Err(error)) => problem.set(Some(text::error(language, &error))),
        None => {}
    };
    let rights = [Permission::Invite, Permission::Manage, Permission::Configure].map(may);
    let rights = move || rights.map(|right| right.get());
    // What a panel shows of the figures; its nodes stay when they change.
    let part = move |show: fn(Language, &Overview, [bool; 3]) -> AnyView| {
        move || look!(data, |data| data.as_ref().map(|data| show(language, data, rights())))
    };
    view! {
        <main class="main dashboard">
            <div class="head">
                <h1 tabindex="-1">{t::dash(language)}</h1><Help page="dashboard" about=t::dash(language)/>
                <div class="end"><Periods period=period/></div>
            </div>
            <Problem problem=problem/>
            <Wait take=take bones=Bones::Panels>
                {part(todo::view)}
                <div class="grid">
                    <section class="panel c7" aria-labelledby="funnel"><h2 id="funnel">{t::dash_funnel(language)}</h2>{part(funnel::view)}</section>
                    <section class="panel c5" aria-labelledby="fleet"><h2 id="fleet">{t::devices(language)}</h2>{part(fleet::view)}</section>
                    <section class="panel c8" aria-labelledby="days"><h2 id="days">{t::dash_per_day(language)}</h2>{part(per_day)}</section>
                    <section class="panel c4" aria-labelledby="longest"><h2 id="longest">{t::dash_waiting(language)}</h2>{part(waiting::view)}</section>
                </div>
            </Wait>
        </main>
    }
    .erased()
}

/// How far back the figures look: a menu of links.
#[component]
fn Periods(period: Memo<Period>) -> impl IntoView {
    let language = text::language();
    let menu = NodeRef::<html::Details>::new();
    let key = menu::closes(menu, "#period");
    let words = move |period: Period| t::dash_last(language, u64::from(period.days()));
    let chosen = move |_| {
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    };
    let links = Period::ALL.map(|one| {
        let here = move || (period.get() == one).then_some("true");
        view! { <a href=format!("{PATH}?days={}", one.days()) aria-current=here on:click=boxed(chosen)>{words(one)}</a> }
    });
    view! {
        <details class="periods" node_ref=menu on:keydown=boxed(key)>
            <summary class="btn" id="period"><span class="unseen">{t::dash_period(language)}": "</span>{move || words(period.get())}<Icon path=icon::DOWN/></summary>
            <nav class="menu" aria-label=t::dash_period(language)>{links}</nav>
        </details>
    }
    .erased()
}

/// Devices that connected for the first time, day by day.
fn per_day(language: Language, data: &Overview, _: [bool; 3]) -> AnyView {
    let all: u64 = data.days.iter().map(|day| day.connected).sum();
    let most = data.days.iter().max_by_key(|day| day.connected);
    let (Some(first), Some(last), Some(most), true) = (data.days.first(), data.days.last(), most, all > 0)
    else {
        return view! { <p class="muted nothing">{t::dash_per_day_none(language)}</p> }.erased();
    };
    let day = |at| text::day(language, at);
    let words = t::dash_per_day_words(
        language,
        all,
        day(most.begin),
        day(first.begin),
        text::number(language, most.connected),
        day(last.begin),
    );
    let points = data.days.iter().map(|one| Point {
        day: day(one.begin),
        n: one.connected,
        href: format!("/devices?since={}&until={}", seconds(one.begin), seconds(one.end)),
    });
    chart(words, t::dash_connected(language), points.collect())
}
