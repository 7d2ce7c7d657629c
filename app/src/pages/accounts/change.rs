//! Another role for a colleague, and the question before one is removed.

use super::{
    Desk,
    words::{Roles, refused},
};
use crate::{
    api::accounts::{account_remove, account_role},
    text::{self, t},
    ui::{
        announce::announcer,
        confirm::Confirm,
        flow::{Erased, boxed, look, spawn},
        live::live,
        modal::{Modal, about},
        problem::Problem,
    },
};
use leptos::prelude::*;
use muster_domain::{account::Role, ports::Member};

/// The name of whom it is about.
fn name(of: RwSignal<Option<Member>>) -> String {
    look!(of, |m| m.as_ref().map(|m| m.name.clone()).unwrap_or_default())
}

#[component]
pub(super) fn Change(desk: Desk) -> impl IntoView {
    let language = text::language();
    let (role, problem) = (RwSignal::new(Role::Auditor), RwSignal::new(None::<String>));
    let open = about(desk.changed, move |member| {
        role.set(member.role);
        problem.set(None);
    });
    let (say, version) = (announcer(), live().version);
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(member) = desk.changed.get_untracked() else { return };
        let new = role.get_untracked();
        if new == member.role {
            return open.set(false);
        }
        spawn(async move {
            match account_role(member.account, new).await {
                Ok(()) => {
                    open.set(false);
                    say.done(t::acc_said_changed(language, &member.name));
                    version.update(|v| *v = v.wrapping_add(1));
                }
                Err(error) => problem.set(Some(refused(language, &error))),
            }
        });
    };
    let title = Signal::derive(move || t::acc_change_title(language, name(desk.changed)));
    let roles = Signal::derive(move || desk.roles());
    view! {
        <Modal open=open title=title>
            <form class="stack" on:submit=boxed(save)>
                <Problem problem=problem/>
                <Roles roles=roles chosen=role about="changed-may"/>
                <p class="muted">{move || t::acc_change_text(language, name(desk.changed))}</p>
                <div class="end">
                    <button type="button" class="btn" on:click=boxed(move |_| open.set(false))>{t::cancel(language)}</button>
                    <button class="btn primary">{t::save(language)}</button>
                </div>
            </form>
        </Modal>
    }
    .erased()
}

#[component]
pub(super) fn Remove(desk: Desk) -> impl IntoView {
    let language = text::language();
    let problem = RwSignal::new(None::<String>);
    let open = about(desk.removed, move |_| problem.set(None));
    let (say, version) = (announcer(), live().version);
    let remove = move |()| {
        let Some(member) = desk.removed.get_untracked() else { return };
        spawn(async move {
            match account_remove(member.account).await {
                Ok(()) => {
                    open.set(false);
                    say.done(t::acc_said_removed(language, &member.name));
                    version.update(|v| *v = v.wrapping_add(1));
                }
                Err(error) => problem.set(Some(refused(language, &error))),
            }
        });
    };
    let title = Signal::derive(move || t::acc_remove_title(language, name(desk.removed)));
    let lost = Signal::derive(move || t::acc_remove_text(language, name(desk.removed)));
    view! { <Confirm open=open title=title text=lost action=t::acc_remove(language) problem=problem confirmed=remove/> }
        .into_any()
}
