//! The card of an act on many rows: how far it is, what was refused, and what can be done about it.

use super::{
    Bulk, CARD, bulk,
    job::{Deed, Job, Left, Phase},
    words,
};
use crate::{
    text::{self, t},
    ui::{
        dialog::rescue_focus,
        flow::{Erased, For, Show, boxed, look},
        more::{More, part},
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use muster_domain::bulk::Refused;

#[component]
pub(crate) fn JobCard() -> impl IntoView {
    let bulk = bulk();
    let stands = Memo::new(move |_| bulk.job.read().is_some());
    view! { <Show when=move || stands.get()><Card bulk=bulk/></Show> }.erased()
}

#[component]
fn Card(bulk: Bulk) -> impl IntoView {
    let language = text::language();
    let of =
        move |get: fn(&Job) -> bool| Signal::derive(move || look!(bulk.job, |j| j.as_ref().is_some_and(get)));
    let (runs, stopping) = (of(Job::runs), of(|j| j.phase == Phase::Stopping));
    let can_undo = of(|j| !j.runs() && !j.changed.is_empty());
    let can_go_on = of(|j| !j.runs() && !j.ahead.is_empty());
    let can_retry = of(|j| j.phase == Phase::Done && j.may_pass());
    let title =
        move || look!(bulk.job, |j| j.as_ref().map(|j| words::title(language, &j.deed)).unwrap_or_default());
    let line = move || look!(bulk.job, |j| j.as_ref().map(|j| words::line(language, j)).unwrap_or_default());
    let figures = move || look!(bulk.job, |j| j.as_ref().map_or((0, 1), |j| (j.answered(), j.total)));
    let problem = move || {
        look!(bulk.job, |j| j.as_ref().and_then(|j| j.problem.as_ref()).map(|e| text::error(language, e)))
    };
    // It is heard when it begins and after each quarter. How it ended is told to all by the console's announcement.
    let beat = Memo::new(move |_| {
        look!(bulk.job, |j| j.as_ref().filter(|j| j.runs()).map(|j| (j.quarter(), j.phase)))
    });
    let heard = move || beat.get().map(|_| untrack(line)).unwrap_or_default();
    let rest =
        move || text::number(language, look!(bulk.job, |j| j.as_ref().map_or(0, |j| j.ahead.len() as u64)));
    let begin = move |act: fn(Bulk)| {
        boxed(move |_: leptos::ev::MouseEvent| {
            act(bulk);
            // The button that was pressed is gone; its card is not.
            rescue_focus(CARD);
        })
    };
    let close = move |_| {
        bulk.job.set(None);
        rescue_focus("");
    };
    view! {
        <section class="job" tabindex="-1" aria-label=title>
            <div class="row">
                <Title bulk=bulk/>
                <span class="line">{line}</span>
                <span class="unseen" role="status">{heard}</span>
                <Show when=move || runs.get()>
                    <button class="btn" disabled=stopping on:click=begin(Bulk::stop)>{t::bulk_stop(language)}</button>
                </Show>
                <Show when=move || can_undo.get()><button class="btn" on:click=begin(Bulk::undo)>{t::undo(language)}</button></Show>
                <Show when=move || !runs.get()>
                    <button class="btn quiet" aria-label=t::close(language) title=t::close(language) on:click=boxed(close)>"×"</button>
                </Show>
            </div>
            <Show when=move || runs.get()>
                <progress max=move || figures().1.to_string() prop:value=move || figures().0 as f64 aria-label=title></progress>
            </Show>
            <Show when=move || problem().is_some()><p class="note crit" role="alert">{problem}</p></Show>
            <LeftRows bulk=bulk/>
            <Show when=move || can_go_on.get()>
                <button class="btn" on:click=begin(Bulk::again)>{move || t::bulk_go_on(language, rest())}</button>
            </Show>
            <Show when=move || can_retry.get()>
                <button class="btn" on:click=begin(Bulk::again)>{t::bulk_again(language)}</button>
            </Show>
        </section>
    }
    .erased()
}

/// What is done; elsewhere than in its list, the way there.
#[component]
fn Title(bulk: Bulk) -> impl IntoView {
    let language = text::language();
    let title =
        move || look!(bulk.job, |j| j.as_ref().map(|j| words::title(language, &j.deed)).unwrap_or_default());
    let list = Memo::new(move |_| look!(bulk.job, |j| j.as_ref().map(|j| path(&j.deed)).unwrap_or_default()));
    let here = use_location().pathname;
    let elsewhere = Memo::new(move |_| look!(here, |here| here != list.get()));
    view! {
        <Show when=move || !elsewhere.get()><b>{title}</b></Show>
        <Show when=move || elsewhere.get()><a class="link" href=list>{title}</a></Show>
    }
    .erased()
}

/// What was left as it is, each row with the way to it and the reason.
#[component]
fn LeftRows(bulk: Bulk) -> impl IntoView {
    let language = text::language();
    let part = part();
    let total = Signal::derive(move || look!(bulk.job, |j| j.as_ref().map_or(0, |j| j.left.len())));
    let rows = move || {
        look!(bulk.job, |j| j.as_ref().map(|j| {
            let named =
                |left: &Left| (path(&j.deed), words::name(language, &j.deed, &left.item), left.clone());
            j.left.iter().take(part.get()).map(named).collect::<Vec<_>>()
        }))
        .unwrap_or_default()
    };
    view! {
        <Show when=move || { total.get() > 0 }>
            <ul class="failures">
                <For each=rows key=move |(_, _, left)| format!("{} {}", left.item.id, words::why(language, left.why)) let((path, name, left))>{left_row(path, name, left)}</For>
            </ul>
        </Show>
        <More part=part total=total/>
    }
    .erased()
}

/// The list that the rows of an act are of.
fn path(deed: &Deed) -> &'static str {
    match deed {
        Deed::Messages(..) | Deed::MessagesBack => "/invitations",
        Deed::Devices(..) | Deed::DevicesBack => "/devices",
    }
}

fn left_row(path: &'static str, name: String, left: Left) -> AnyView {
    let language = text::language();
    let named = if left.why == Refused::Gone {
        view! { <b>{name}</b> }.erased()
    } else {
        view! { <a class="link" href=format!("{path}/{}", left.item.id)>{name}</a> }.erased()
    };
    view! { <li><span>{named}": "{words::why(language, left.why)}</span></li> }.erased()
}
