//! The messages to a person: each with its state, what can be done about it, and every step of its history.

use crate::{
    api::invitations::Story,
    text::{self, t},
    ui::{
        flow::{Call, Erased, For, Show, look},
        list::{Rows, merge},
        message_actions::MessageActions,
    },
};
use leptos::prelude::*;
use muster_domain::{
    InvitationId, Language,
    device::Platform,
    invitation::{Invitation, State, Step},
};

#[component]
pub(super) fn Stories(stories: RwSignal<Vec<Story>>, problem: RwSignal<Option<String>>) -> impl IntoView {
    let language = text::language();
    let rows: Rows<InvitationId, Story> = RwSignal::new(Vec::new());
    // Each by its id: what somebody reads or opened stays when another one changes.
    let take = move || merge(rows, stories.get(), |s| s.invitation.id);
    let newest = Memo::new(move |_| look!(stories, |s| s.first().map(|s| s.invitation.id)));
    view! {
        <section aria-labelledby="stories">
            <h2 id="stories">{t::users_messages(language)}</h2>
            {Call::from(take).view()}
            <ol class="stories">
                <For each=move || rows.get() key=|(id, _)| *id let((id, row))>
                    <One id=id row=row newest=newest problem=problem/>
                </For>
            </ol>
            <Show when=move || stories.read().is_empty()>
                <div class="card"><div class="empty small"><b>{t::never_invited(language)}</b></div></div>
            </Show>
        </section>
    }
    .erased()
}

#[component]
fn One(
    id: InvitationId,
    row: ArcRwSignal<Story>,
    newest: Memo<Option<InvitationId>>,
    problem: RwSignal<Option<String>>,
) -> impl IntoView {
    let language = text::language();
    let row = RwSignal::from(row);
    let message = Signal::derive(move || look!(row, |s| s.invitation.clone()));
    let class = move || {
        look!(row, |s| match s.invitation.state {
            State::Failed => "st crit",
            State::Enrolled => "st ok",
            _ => "st plain",
        })
    };
    let below = move || look!(row, |s| below(language, &s.invitation));
    let steps = move || look!(row, |s| s.steps.iter().cloned().enumerate().collect::<Vec<_>>());
    let open = newest.get_untracked() == Some(id);
    view! {
        <li class="card story">
            <div class="row">
                <div><span class=class>{move || look!(row, |s| text::state(language, s.invitation.state))}</span><div class="sub">{below}</div></div>
                <MessageActions id=id message=message problem=problem/>
            </div>
            <details open=open>
                <summary>{t::history(language)}</summary>
                <ol class="steps">
                    <For each=steps key=|(n, step)| format!("{n} {}", step.at.0) let((_, step))>
                        <li>
                            <time datetime=step.at.rfc3339()>{move || text::moment(language, step.at)}</time>
                            <span>{text::state(language, step.state)}</span>
                            <span class="muted">{detail(&step)}</span>
                        </li>
                    </For>
                </ol>
            </details>
        </li>
    }
    .erased()
}

/// Why it failed, that a new link is wanted, or until when the link works.
fn below(language: Language, message: &Invitation) -> String {
    match (message.state, &message.error, message.requested_at) {
        (State::Failed, Some(why), _) => why.clone(),
        (_, _, Some(_)) => t::wants_link(language).to_owned(),
        (State::Enrolled | State::Revoked | State::Expired, ..) => text::moment(language, message.state_at),
        _ => t::users_link_until(language, text::moment(language, message.expires_at)),
    }
}

/// What else is known of a step: the server's words, the device, the platform.
fn detail(step: &Step) -> String {
    let detail = step.detail.as_deref().unwrap_or_default();
    Platform::from_name(detail).map_or(detail, |p| text::platform(p)).to_owned()
}
