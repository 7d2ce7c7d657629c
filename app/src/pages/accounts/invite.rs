//! Inviting a colleague: by mail, or with a link that is shown this once.

use super::{Desk, words::Roles};
use crate::{
    AppError,
    api::accounts::{Invited, account_invite},
    text::{self, t},
    ui::{
        desk::link::copy,
        dialog::focus,
        flow::{Erased, Show, boxed, effect, look, spawn},
        live::live,
        modal::{Modal, about},
        problem::Problem,
    },
};
use leptos::{html, prelude::*};
use muster_domain::{EmailAddress, Language, account::Role, ports::Delivery};

/// Where the address is typed.
const FIELD: &str = "#invited-email";

/// A link to be handed over.
#[derive(Clone, PartialEq)]
pub(super) struct Handed {
    /// For whom.
    email: String,
    /// The link.
    link: String,
}

/// Tells what became of an invitation: its link, or that its mail is sent, or why it is not.
pub(super) fn tell(desk: Desk, email: String, invited: Invited, problem: RwSignal<Option<String>>) -> bool {
    let language = desk.language;
    match (invited.link, invited.delivery) {
        (Some(link), _) => desk.handed.set(Some(Handed { email, link })),
        (None, Delivery::Failed(reason)) => {
            problem.set(Some(t::acc_said_failed(language, reason)));
            return false;
        }
        (None, _) => desk.say.done(t::acc_said_sent(language, email)),
    }
    true
}

#[component]
pub(super) fn Invite(desk: Desk, open: RwSignal<bool>) -> impl IntoView {
    let language = text::language();
    let (email, role) = (RwSignal::new(String::new()), RwSignal::new(Role::Operator));
    let (theirs, by_mail) = (RwSignal::new(language), RwSignal::new(true));
    let (problem, busy) = (RwSignal::new(None::<String>), RwSignal::new(false));
    effect(move || {
        if open.get() {
            email.set(String::new());
            role.set(Role::Operator);
            problem.set(None);
        }
    });
    let version = live().version;
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Ok(to) = email.get_untracked().parse::<EmailAddress>() else {
            focus(FIELD);
            return problem.set(Some(t::invalid_email(language).to_owned()));
        };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        spawn(async move {
            let mail = desk.mails.get_untracked() && by_mail.get_untracked();
            let done = account_invite(to.clone(), role.get_untracked(), theirs.get_untracked(), mail).await;
            busy.set(false);
            match done {
                Ok(invited) => {
                    if tell(desk, to.to_string(), invited, problem) {
                        open.set(false);
                    }
                }
                Err(AppError::Conflict) => {
                    problem.set(Some(t::acc_taken(language).to_owned()));
                    focus(FIELD);
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
            version.update(|v| *v = v.wrapping_add(1));
        });
    };
    let title = Signal::derive(move || t::acc_invite(language).to_owned());
    let roles = Signal::derive(move || desk.roles());
    let mail = move || desk.mails.get() && by_mail.get();
    let languages = Language::ALL.map(|l| {
        let word = if l == Language::En { "English" } else { "Русский" };
        view! { <option value=l.tag() selected=l == language>{word}</option> }
    });
    let way = move |event| by_mail.set(event_target_value(&event) == "mail");
    view! {
        <Modal open=open title=title>
            <form class="stack" novalidate on:submit=boxed(send)>
                <p class="muted">{t::acc_invite_text(language)}</p>
                <Problem problem=problem id="invited-wrong"/>
                <label>{t::email(language)}
                    <input class="input" id="invited-email" type="email" autocomplete="off" autofocus aria-describedby="invited-wrong" aria-invalid=move || problem.read().is_some().to_string() prop:value=email on:input=boxed(move |e| email.set(event_target_value(&e)))/>
                </label>
                <Roles roles=roles chosen=role about="invited-may"/>
                <label>{t::language(language)}
                    <select class="input" on:change=boxed(move |e| theirs.set(Language::from_tag(&event_target_value(&e)).unwrap_or_default()))>{languages}</select>
                </label>
                <Show when=move || desk.mails.get() fallback=move || view! { <p class="muted small">{t::acc_no_mail(language)}</p> }>
                    <label>{t::acc_way(language)}
                        <select class="input" on:change=boxed(way)>
                            <option value="mail">{t::acc_way_mail(language)}</option>
                            <option value="link">{t::acc_way_link(language)}</option>
                        </select>
                    </label>
                </Show>
                <div class="end">
                    <button type="button" class="btn" on:click=boxed(move |_| open.set(false))>{t::cancel(language)}</button>
                    <button class="btn primary" disabled=busy>{move || if mail() { t::acc_send(language) } else { t::acc_make(language) }}</button>
                </div>
            </form>
        </Modal>
        <Link handed=desk.handed/>
    }
    .erased()
}

/// The link, this once.
#[component]
fn Link(handed: RwSignal<Option<Handed>>) -> impl IntoView {
    let language = text::language();
    let said = RwSignal::new("");
    let field = NodeRef::<html::Input>::new();
    let open = about(handed, move |_| said.set(""));
    let link = move || look!(handed, |h| h.as_ref().map(|h| h.link.clone()).unwrap_or_default());
    let title = Signal::derive(move || {
        look!(handed, |h| h.as_ref().map(|h| t::acc_link_title(language, &h.email)).unwrap_or_default())
    });
    let select = move || {
        if let Some(field) = field.get_untracked() {
            let _ = field.focus();
            field.select();
        }
    };
    let press = move |_| {
        let refused = move || {
            select();
            said.set(t::acc_no_copy(language));
        };
        copy(&untrack(link), move || said.set(t::acc_copied(language)), refused);
    };
    view! {
        <Modal open=open title=title>
            <p class="muted">{t::acc_link_text(language)}</p>
            <label>{t::acc_link_label(language)}
                <input class="input" id="handed" readonly node_ref=field prop:value=link on:focus=boxed(move |_| if let Some(field) = field.get_untracked() { field.select() })/>
            </label>
            <p class="muted small" role="status">{move || said.get()}</p>
            <div class="end">
                <button class="btn" on:click=boxed(move |_| open.set(false))>{t::close(language)}</button>
                <button class="btn primary" on:click=boxed(press)>{t::copy_link(language)}</button>
            </div>
        </Modal>
    }
    .erased()
}
