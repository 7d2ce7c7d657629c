//! What an iPhone or iPad lists: its apps, profiles and certificates, and where it was.

use super::{window::Shown, words::bytes};
use crate::{
    api::commands::{Held, Lists, Told, device_lists},
    text::{self, t},
    ui::{
        fetch::Fetched,
        flow::{Erased, For, Show, Wait, look},
        live::live,
    },
};
use leptos::prelude::*;
use muster_domain::{Language, Timestamp, device::Platform};

/// Which of the lists.
#[derive(Clone, Copy)]
enum Which {
    Profiles,
    Apps,
    Certificates,
}

fn of(lists: &Lists, which: Which) -> &Told<Held> {
    match which {
        Which::Profiles => &lists.profiles,
        Which::Apps => &lists.apps,
        Which::Certificates => &lists.certificates,
    }
}

/// What stands beside the name.
fn beside(language: Language, which: Which, held: &Held) -> String {
    match which {
        Which::Profiles => {
            let whose = if held.managed { t::dev_from_here(language) } else { held.organization.as_str() };
            [held.id.as_str(), whose].into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" · ")
        }
        Which::Apps => {
            let size = if held.bytes > 0 { bytes(language, held.bytes) } else { String::new() };
            [held.version.as_str(), &size, &held.id]
                .into_iter()
                .filter(|w| !w.is_empty())
                .collect::<Vec<_>>()
                .join(" · ")
        }
        Which::Certificates => {
            let until = held.until.map(|s| text::day(language, Timestamp(s.saturating_mul(1_000_000))));
            until.map(|day| t::dev_until(language, day)).unwrap_or_default()
        }
    }
}

/// The lists of an Apple device; nothing for others.
#[component]
pub(super) fn Listed(shown: Shown) -> impl IntoView {
    let language = text::language();
    let device = Memo::new(move |_| {
        look!(shown, |s| s.as_ref().filter(|f| f.device.platform != Platform::Android).map(|f| f.device.id))
    });
    let version = live().version;
    let fetched = Fetched::new(
        move || (device.get(), version.get()),
        |(id, _)| async move {
            match id {
                Some(id) => device_lists(id).await,
                None => Ok(Lists::default()),
            }
        },
    );
    let lists = RwSignal::new(Lists::default());
    let take = move || {
        if let Some(Ok(found)) = fetched.get()
            && lists.with_untracked(|l| *l != found)
        {
            lists.set(found);
        }
    };
    let place = move || {
        look!(lists, |l| {
            let (at, places) = l.place.as_ref()?;
            let place = places.first()?;
            let words = format!("{:.5}, {:.5}", place.latitude, place.longitude);
            Some((words, text::moment(language, *at)))
        })
    };
    let part = move |which: Which, title: &'static str| {
        let rows = move || {
            let held =
                look!(lists, |l| of(l, which).as_ref().map(|(_, all)| all.clone()).unwrap_or_default());
            held.into_iter().enumerate().collect::<Vec<_>>()
        };
        let count = move || look!(lists, |l| of(l, which).as_ref().map_or(0, |(_, all)| all.len() as u64));
        let at = move || {
            look!(lists, |l| of(l, which)
                .as_ref()
                .map(|(at, _)| text::moment(language, *at))
                .unwrap_or_default())
        };
        view! {
            <details class="held" hidden=move || count() == 0>
                <summary>{title}" "<span class="num muted">{move || text::number(language, count())}</span></summary>
                <p class="muted">{at}</p>
                <ul>
                    <For each=rows key=|(n, h)| format!("{n} {} {}", h.id, h.version) let(row)>
                        <li><span>{row.1.name.clone()}</span><span class="sub">{beside(language, which, &row.1)}</span></li>
                    </For>
                </ul>
            </details>
        }
    };
    view! {
        <Show when=move || device.get().is_some()>
            <section class="panel wide" aria-label=t::dev_lists(language)>
                <h2>{t::dev_lists(language)}</h2>
                <Wait take=take>
                    <p class="muted" hidden=move || look!(lists, |l| *l != Lists::default())>{t::dev_lists_none(language)}</p>
                    <p hidden=move || place().is_none()>{t::dev_place(language)}": "{move || place().map(|(words, _)| words)}" "<span class="muted">{move || place().map(|(_, at)| at)}</span></p>
                    {part(Which::Profiles, t::dev_profiles(language))}
                    {part(Which::Apps, t::dev_apps(language))}
                    {part(Which::Certificates, t::dev_certificates(language))}
                </Wait>
            </section>
        </Show>
    }
    .erased()
}
