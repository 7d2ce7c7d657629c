//! The messages to a person: each with its state, what can be done about it, and every step of its history.

use crate::{
    api::invitations::{STORIES, Story},
    pages::invitations::{self, steps::Steps},
    text::{self, t},
    ui::{
        desk::{Acts, Desk},
        flow::{Call, Erased, For, Show, look},
        list::{Rows, merge},
        more::{More, part},
    },
};
use leptos::prelude::*;
use muster_domain::{InvitationId, invitation::State, user::UserRow};

#[component]
pub(super) fn Stories(
    user: RwSignal<Option<UserRow>>,
    stories: RwSignal<Vec<Story>>,
    desk: Desk,
) -> impl IntoView {
    let language = text::language();
    let rows: Rows<InvitationId, Story> = RwSignal::new(Vec::new());
    // Each by its id: what somebody reads or opened stays when another one changes.
    let take = move || merge(rows, stories.get(), |s| s.invitation.id);
    let newest = Memo::new(move |_| look!(stories, |s| s.first().map(|s| s.invitation.id)));
    let part = part();
    let total = Signal::derive(move || look!(stories, |s| s.len()));
    let older = move || {
        let name = look!(user, |u| u.as_ref().map(|u| u.name.clone()).unwrap_or_default());
        let name = js_sys::encode_uri_component(&name).as_string().unwrap_or_default();
        format!("{}?q={name}", invitations::PATH)
    };
    view! {
        <section aria-labelledby="stories">
            <h2 id="stories">{t::users_messages(language)}</h2>
            {Call::from(take).view()}
            <ol class="stories">
                <For each=move || look!(rows, |r| r.iter().take(part.get()).cloned().collect()) key=|(id, _)| *id let((id, row))>
                    <One id=id row=row newest=newest desk=desk/>
                </For>
            </ol>
            <More part=part total=total/>
            <Show when=move || { total.get() >= STORIES as usize }>
                <p><a class="link" href=older>{t::users_older_messages(language)}</a></p>
            </Show>
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
    desk: Desk,
) -> impl IntoView {
    let language = text::language();
    let row = RwSignal::from(row);
    let message = Signal::derive(move || look!(row, |s| Some(s.invitation.clone())));
    let class = move || {
        look!(row, |s| match s.invitation.state {
            State::Failed => "st crit",
            State::Enrolled => "st ok",
            _ => "st plain",
        })
    };
    let steps = Memo::new(move |_| look!(row, |s| s.steps.clone()));
    let open = newest.get_untracked() == Some(id);
    view! {
        <li class="card story">
            <div class="row">
                <div class="what">
                    <a class=class href=format!("{}/{id}", invitations::PATH)>{move || look!(row, |s| text::invitation(language, &s.invitation))}</a>
                    <div class="sub">{move || look!(row, |s| invitations::below(language, &s.invitation))}</div>
                </div>
                <div class="acts"><Acts desk=desk message=message quiet=true/></div>
            </div>
            <details open=open>
                <summary>{t::history(language)}</summary>
                <Steps steps=steps/>
            </details>
        </li>
    }
    .erased()
}
