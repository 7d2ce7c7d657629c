//! Devices: what is connected, whose it is, and how it is.

// The device's window includes it.
#[allow(dead_code)]
pub(crate) mod commands;

use crate::{
    api::devices::devices_list,
    text::{self, t},
    ui::{
        list::{Foot, Rows, Search, Sorter, merge, query_page, query_value},
        live::live,
        status::StatusView,
    },
};
use leptos::prelude::*;
use muster_domain::{
    DeviceId, Timestamp,
    device::{Device, Platform},
    query::{DeviceQuery, DeviceSort, Window},
};

const PATH: &str = "/devices";
const SIZE: u32 = 50;

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

fn platform(device: &Device) -> String {
    let name = match device.platform {
        Platform::Android => "Android",
        Platform::Ios => "iOS",
        Platform::Ipados => "iPadOS",
    };
    format!("{name} {}", device.facts.os_version.as_deref().unwrap_or_default())
}

#[component]
pub(crate) fn Devices() -> impl IntoView {
    let language = text::language();
    let (q, sorted, descending, page) =
        (query_value("q"), query_value("sort"), query_value("desc"), query_page());
    let query = Memo::new(move |_| DeviceQuery {
        search: q.get(),
        sort: sort(&sorted.read()),
        descending: descending.with(|d| d == "1"),
        window: Window { page: page.get(), size: SIZE },
        ..DeviceQuery::default()
    });
    let version = live().version;
    let list = Resource::new(move || (query.get(), version.get()), |(query, _)| devices_list(query));
    let rows: Rows<DeviceId, Device> = RwSignal::new(Vec::new());
    let (total, now) = (RwSignal::new(0_u64), RwSignal::new(Timestamp::default()));
    let problem = RwSignal::new(None::<String>);
    let take = move || match list.get() {
        Some(Ok(listed)) => {
            now.set(listed.now);
            total.set(listed.page.total);
            problem.set(None);
            merge(rows, listed.page.rows, |d| d.id);
        }
        Some(Err(error)) => problem.set(Some(text::error(language, &error))),
        None => {}
    };
    view! {
        <main class="main">
            <div class="head"><h1>{t::devices(language)}</h1></div>
            <div class="bar"><Search path=PATH label=t::search_devices(language)/></div>
            <Show when=move || problem.read().is_some()><p class="note warn" role="alert">{move || problem.get()}</p></Show>
            <div class="card">
                <Transition>{take} <Table rows=rows now=now/> <Foot path=PATH total=Signal::from(total) size=SIZE/></Transition>
            </div>
        </main>
    }
    .into_any()
}

#[component]
fn Table(rows: Rows<DeviceId, Device>, now: RwSignal<Timestamp>) -> impl IntoView {
    let language = text::language();
    view! {
        <table class="devices">
            <thead><tr>
                <Sorter path=PATH column="name" default=true label=t::name(language)/>
                <Sorter path=PATH column="owner" label=t::owner(language)/>
                <Sorter path=PATH column="platform" label=t::platform(language)/>
                <Sorter path=PATH column="status" label=t::status(language)/>
                <Sorter path=PATH column="seen" label=t::last_seen(language)/>
            </tr></thead>
            <tbody>
                <For each=move || rows.get() key=|(id, _)| *id let((_, row))>
                    {
                        let row = RwSignal::from(row);
                        view! {
                            <tr>
                                <td><span class="name">{move || row.with(|d| d.name.clone())}</span>
                                    <div class="sub">{move || row.with(|d| d.facts.model.clone().filter(|m| *m != d.name).unwrap_or_default())}</div></td>
                                <td>{move || row.with(|d| d.owner_name.clone())}
                                    <div class="sub">{move || row.with(|d| d.owner_email.clone().unwrap_or_default())}</div></td>
                                <td class="muted">{move || row.with(platform)}</td>
                                <td>{move || row.with(|d| view! { <StatusView status=Some(d.status) reasons=d.reasons.clone()/> })}</td>
                                <td class="muted num">{move || row.with(|d| text::ago(language, d.last_seen, now.get()))}</td>
                            </tr>
                        }
                    }
                </For>
            </tbody>
        </table>
        <Show when=move || rows.with(Vec::is_empty)>
            <div class="empty"><b>{t::empty_devices(language)}</b><span>{t::empty_devices_text(language)}</span></div>
        </Show>
    }
    .into_any()
}
