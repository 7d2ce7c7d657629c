//! What a device with the Headwind agent has logged, the newest first, in parts.

use super::window::Shown;
use crate::{
    api::configurations::device_log,
    text::{self, t},
    ui::{
        fetch::Fetched,
        flow::{Erased, For, Show, Wait, boxed, look, spawn},
        live::live,
        problem::Problem,
        role::may,
    },
};
use leptos::prelude::*;
use muster_domain::{Language, account::Permission, ports::LogEntry};

/// Entries that come at once.
const PART: usize = 100;

fn level(language: Language, level: u8) -> &'static str {
    match level {
        1 => t::log_error(language),
        2 => t::log_warning(language),
        3 => t::log_info(language),
        4 => t::log_debug(language),
        _ => t::log_verbose(language),
    }
}

/// The log; nothing for devices without the agent, and for who may not see it.
#[component]
pub(super) fn Log(shown: Shown) -> impl IntoView {
    let language = text::language();
    let manage = may(Permission::Manage);
    let device = Memo::new(move |_| {
        let agent =
            look!(shown, |s| s.as_ref().filter(|f| f.device.facts.headwind.is_some()).map(|f| f.device.id));
        agent.filter(|_| manage.get())
    });
    let version = live().version;
    let fetched = Fetched::new(
        move || (device.get(), version.get()),
        |(id, _)| async move {
            match id {
                Some(id) => device_log(id, None).await,
                None => Ok(Vec::new()),
            }
        },
    );
    let rows = RwSignal::new(Vec::<LogEntry>::new());
    // Whether there may be more before the last one.
    let more = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let take = move || {
        if let Some(Ok(found)) = fetched.get() {
            let last = found.last().map_or(0, |entry| entry.number);
            let was = rows
                .with_untracked(|rows| rows.iter().filter(|e| e.number < last).cloned().collect::<Vec<_>>());
            if was.is_empty() {
                more.set(found.len() >= PART);
            }
            let all: Vec<_> = found.into_iter().chain(was).collect();
            if rows.with_untracked(|rows| *rows != all) {
                rows.set(all);
            }
        }
    };
    let earlier = move |_| {
        let (Some(id), Some(before)) =
            (device.get_untracked(), rows.with_untracked(|rows| rows.last().map(|entry| entry.number)))
        else {
            return;
        };
        spawn(async move {
            match device_log(id, Some(before)).await {
                Ok(found) => {
                    more.set(found.len() >= PART);
                    rows.update(|rows| rows.extend(found));
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
        });
    };
    let row = move |entry: LogEntry| {
        let LogEntry { at, package, message, .. } = entry;
        let grave = entry.level <= 2;
        view! {
            <li>
                <span class="log-level" class:grave=grave>{level(language, entry.level)}</span>
                <span class="sub num">{move || text::moment(language, at)}" · "{package}</span>
                <span class="log-words">{message}</span>
            </li>
        }
    };
    view! {
        <Show when=move || device.get().is_some()>
            <section class="panel wide" aria-label=t::dev_log(language)>
                <h2>{t::dev_log(language)}</h2>
                <Wait take=take>
                    <p class="muted" hidden=move || !rows.read().is_empty()>{t::dev_log_none(language)}</p>
                    <ol class="agent-log" hidden=move || rows.read().is_empty()>
                        <For each=move || rows.get() key=|entry| entry.number children=row/>
                    </ol>
                    <Problem problem=problem/>
                    <Show when=move || more.get()><button type="button" class="btn more" on:click=boxed(earlier)>{t::dev_log_more(language)}</button></Show>
                </Wait>
            </section>
        </Show>
    }
    .erased()
}
