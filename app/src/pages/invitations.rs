//! Invitations: every message with its state, and what can be done about it.

use crate::{
    AppError,
    api::invitations::{
        invitation_extend, invitation_link, invitation_renew, invitation_resend, invitation_revoke,
        invitations_list,
    },
    text::{self, t},
    ui::{
        list::{Foot, Rows, Search, merge, query_page, query_value},
        live::live,
    },
};
use leptos::{prelude::*, task::spawn_local};
use muster_domain::{
    InvitationId,
    invitation::{Invitation, State},
    query::{InvitationQuery, Window},
};

const PATH: &str = "/invitations";
const SIZE: u32 = 50;

#[component]
pub(crate) fn Invitations() -> impl IntoView {
    let language = text::language();
    let (q, state, page) = (query_value("q"), query_value("state"), query_page());
    let query = Memo::new(move |_| InvitationQuery {
        search: q.get(),
        state: State::from_name(&state.read()),
        window: Window { page: page.get(), size: SIZE },
        ..InvitationQuery::default()
    });
    let version = live().version;
    let list = Resource::new(move || (query.get(), version.get()), |(query, _)| invitations_list(query));
    let rows: Rows<InvitationId, Invitation> = RwSignal::new(Vec::new());
    let total = RwSignal::new(0_u64);
    let problem = RwSignal::new(None::<String>);
    let take = move || match list.get() {
        Some(Ok(listed)) => {
            total.set(listed.page.total);
            merge(rows, listed.page.rows, |i| i.id);
        }
        Some(Err(error)) => problem.set(Some(text::error(language, &error))),
        None => {}
    };
    view! {
        <main class="main">
            <div class="head"><h1>{t::invitations(language)}</h1></div>
            <div class="bar"><Search path=PATH label=t::search_invitations(language)/></div>
            <Show when=move || problem.read().is_some()><p class="note warn" role="alert">{move || problem.get()}</p></Show>
            <div class="card">
                <Transition>{take} <Table rows=rows problem=problem/> <Foot path=PATH total=Signal::from(total) size=SIZE/></Transition>
            </div>
        </main>
    }
    .into_any()
}

#[component]
fn Table(rows: Rows<InvitationId, Invitation>, problem: RwSignal<Option<String>>) -> impl IntoView {
    let language = text::language();
    view! {
        <table class="invitations">
            <thead><tr>
                <th scope="col">{t::person(language)}</th>
                <th scope="col">{t::message(language)}</th>
                <th scope="col">{t::history(language)}</th>
                <th scope="col"></th>
            </tr></thead>
            <tbody>
                <For each=move || rows.get() key=|(id, _)| *id let((id, row))>
                    <Row id=id row=row problem=problem/>
                </For>
            </tbody>
        </table>
        <Show when=move || rows.with(Vec::is_empty)><div class="empty"><b>{t::empty_invitations(language)}</b></div></Show>
    }
    .into_any()
}

fn history(language: muster_domain::Language, i: &Invitation) -> String {
    let times = [(State::Sent, i.sent_at), (State::Opened, i.opened_at), (State::Enrolled, i.enrolled_at)];
    let reached = times
        .into_iter()
        .filter_map(|(s, at)| Some(format!("{} {}", text::state(language, s), text::moment(language, at?))));
    reached.collect::<Vec<_>>().join(" · ")
}

#[component]
fn Row(id: InvitationId, row: ArcRwSignal<Invitation>, problem: RwSignal<Option<String>>) -> impl IntoView {
    let language = text::language();
    let row = RwSignal::from(row);
    let version = live().version;
    let copied = RwSignal::new(false);
    let done = move |result: Result<(), AppError>| {
        problem.set(result.err().map(|e| text::error(language, &e)));
        version.update(|v| *v = v.wrapping_add(1));
    };
    let copy = move |_| {
        spawn_local(async move {
            match invitation_link(id).await {
                Ok(link) => {
                    let _ = window().navigator().clipboard().write_text(&link);
                    copied.set(true);
                }
                Err(error) => done(Err(error)),
            }
        });
    };
    let ended = move || row.with(|i| matches!(i.state, State::Revoked));
    let connected = move || row.with(|i| i.state == State::Enrolled);
    let class = move || if row.with(|i| i.state == State::Failed) { "st crit" } else { "" };
    let below = move || {
        row.with(|i| match (&i.error, i.requested_at) {
            (Some(error), _) => error.clone(),
            (None, Some(_)) => t::wants_link(language).to_owned(),
            (None, None) => text::waits(language, i.state, i.platform)
                .map_or_else(|| t::until(language, text::moment(language, i.expires_at)), str::to_owned),
        })
    };
    view! {
        <tr>
            <td><span class="name">{move || row.with(|i| i.user_name.clone())}</span>
                <div class="sub">{move || row.with(|i| i.email.clone().unwrap_or_default())}</div></td>
            <td><span class=class>{move || row.with(|i| text::state(language, i.state))}</span><div class="sub">{below}</div></td>
            <td class="muted">{move || row.with(|i| history(language, i))}</td>
            <td class="acts">
                <Show when=move || !ended()>
                    <button class="btn quiet" on:click=copy>{move || if copied.get() { t::copied(language) } else { t::copy_link(language) }}</button>
                    <Show when=move || !connected()>
                        <button class="btn quiet" on:click=move |_| spawn_local(async move { done(invitation_resend(id).await) })>{t::resend(language)}</button>
                        <button class="btn quiet" on:click=move |_| spawn_local(async move { done(invitation_renew(id).await) })>{t::renew(language)}</button>
                        <button class="btn quiet" on:click=move |_| spawn_local(async move { done(invitation_extend(id, 7).await) })>{t::extend(language)}</button>
                    </Show>
                    <button class="btn quiet" on:click=move |_| spawn_local(async move { done(invitation_revoke(id).await) })>{t::revoke(language)}</button>
                </Show>
            </td>
        </tr>
    }
    .into_any()
}
