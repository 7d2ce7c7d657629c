//! A message's window: whom it is for, every step, and everything that can be done about it.

use super::{PATH, steps::Steps};
use crate::{
    AppError,
    api::invitations::{Story, invitation_get},
    pages::devices::facts::Fact,
    text::{self, t},
    ui::{
        desk::{Acts, Desk, Dialogs},
        fetch::Fetched,
        flow::{Erased, Show, Wait, look},
        help::Help,
        live::live,
        parts::{Back, Gone, address},
        problem::Problem,
        skeleton::Bones,
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use muster_domain::{
    InvitationId, Language,
    invitation::{Acted, Invitation, State},
};

type Shown = RwSignal<Option<Story>>;

#[component]
pub(crate) fn InvitationWindow() -> impl IntoView {
    let language = text::language();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").and_then(|id| id.parse::<InvitationId>().ok()));
    let version = live().version;
    let fetched = Fetched::new(
        move || (id.get(), version.get()),
        |(id, _)| async move {
            match id {
                Some(id) => invitation_get(id).await,
                None => Err(AppError::NotFound.told()),
            }
        },
    );
    let shown: Shown = RwSignal::new(None);
    let (gone, problem) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let take = move || match fetched.get() {
        Some(Ok(found)) => {
            gone.set(false);
            problem.set(None);
            if shown.with_untracked(|s| s.as_ref() != Some(&found)) {
                shown.set(Some(found));
            }
        }
        Some(Err(AppError::NotFound)) => gone.set(true),
        Some(Err(error)) => problem.set(Some(text::error(language, &error))),
        None => {}
    };
    let desk = Desk::new();
    let title = move || {
        let name = look!(shown, |s| s.as_ref().map(|s| s.invitation.user_name.clone()));
        name.map_or_else(|| t::invitations(language).to_owned(), |name| t::inv_title(language, name))
    };
    view! {
        <Title text=title/>
        <main class="main window">
            <Back to=PATH label=t::invitations(language)/>
            <Problem problem=problem/>
            <Wait take=take bones=Bones::Window>
                <Gone words=t::inv_gone(language) gone=gone stands=Signal::derive(move || shown.read().is_some())/>
                <Show when=move || shown.read().is_some()><Body shown=shown gone=gone desk=desk/></Show>
            </Wait>
            <Dialogs desk=desk/>
        </main>
    }
    .erased()
}

/// A part of the message, as a signal.
fn part(shown: Shown, get: impl Fn(&Invitation) -> String + Send + Sync + 'static) -> Signal<String> {
    Signal::derive(move || look!(shown, |s| s.as_ref().map(|s| get(&s.invitation)).unwrap_or_default()))
}

#[component]
fn Body(shown: Shown, gone: RwSignal<bool>, desk: Desk) -> impl IntoView {
    let language = text::language();
    let name = part(shown, |i| i.user_name.clone());
    let email = part(shown, move |i| i.email.clone().unwrap_or_else(|| t::no_email(language).to_owned()));
    let state = Memo::new(move |_| look!(shown, |s| s.as_ref().map(|s| s.invitation.state)));
    let class = move || match state.get() {
        Some(State::Failed) => "st crit",
        Some(State::Enrolled) => "st ok",
        _ => "st",
    };
    let steps = Memo::new(move |_| look!(shown, |s| s.as_ref().map(|s| s.steps.clone()).unwrap_or_default()));
    let asks = move || {
        look!(shown, |s| {
            s.as_ref()
                .is_some_and(|s| s.invitation.requested_at.is_some() && s.invitation.state != State::Revoked)
        })
    };
    view! {
        <div class="head">
            <h1 tabindex="-1">{move || t::inv_title(language, name.get())}</h1><Help page="invitations" about=t::invitations(language)/>
            <div class="end wrap" hidden=move || gone.get()>
                <Acts desk=desk message=Signal::derive(move || look!(shown, |s| s.as_ref().map(|s| s.invitation.clone())))/>
            </div>
        </div>
        <p class="note warn" hidden=move || !asks()>{t::inv_asks_text(language)}</p>
        <div class="panels">
            <section class="panel" aria-label=t::message(language)>
                <h2>{t::message(language)}</h2>
                <dl class="known">
                    <div class="fact">
                        <dt>{t::inv_state(language)}</dt>
                        <dd><span class=class>{part(shown, move |i| text::invitation(language, i).to_owned())}</span>
                            <div class="sub">{part(shown, move |i| super::below(language, i))}</div></dd>
                    </div>
                    <div class="fact">
                        <dt>{t::person(language)}</dt>
                        <dd><a class="link" href=part(shown, |i| format!("/users/{}", i.user))>{move || name.get()}</a>
                            <div class="sub">{move || address(&email.get())}</div></dd>
                    </div>
                    <div class="fact" hidden=move || look!(shown, |s| s.as_ref().is_none_or(no_device))>
                        <dt>{t::inv_device(language)}</dt>
                        <dd><a class="link" href=part(shown, |i| i.device.map(|d| format!("/devices/{d}")).unwrap_or_default())>{t::inv_device_show(language)}</a></dd>
                    </div>
                    <Fact label=t::inv_ends(language) value=part(shown, move |i| ends(language, i))/>
                    <Fact label=t::inv_link_number(language) value=part(shown, |i| if i.generation > 1 { i.generation.to_string() } else { String::new() })/>
                    <Fact label=t::inv_sent_by(language) value=part(shown, move |i| i.sent_by.clone().unwrap_or_else(|| t::inv_by_command(language).to_owned()))/>
                    <Fact label=t::inv_made(language) value=part(shown, move |i| text::moment(language, i.created_at))/>
                    <Fact label=t::language(language) value=part(shown, |i| tongue(i.language).to_owned())/>
                    <Fact label=t::inv_note(language) value=part(shown, |i| i.note.clone().unwrap_or_default())/>
                </dl>
            </section>
            <section class="panel" aria-label=t::history(language)>
                <h2>{t::history(language)}</h2>
                <Steps steps=steps/>
            </section>
            <super::way::Way shown=shown/>
        </div>
    }
    .erased()
}

/// A device that was deleted has no window any more.
fn no_device(story: &Story) -> bool {
    let deleted = story.steps.iter().any(|step| step.acted == Some(Acted::DeviceDeleted));
    story.invitation.device.is_none() || deleted
}

fn ends(language: Language, i: &Invitation) -> String {
    match i.state {
        State::Revoked | State::Enrolled => String::new(),
        _ => text::moment(language, i.expires_at),
    }
}

fn tongue(language: Language) -> &'static str {
    match language {
        Language::En => "English",
        Language::Ru => "Русский",
    }
}
