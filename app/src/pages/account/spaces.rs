//! The workspaces that one is in: switching to another one, making one, leaving one.

use super::Account;
use crate::{
    AppError,
    api::account::workspace_leave,
    pages::accounts::role,
    text::{self, t},
    ui::{
        confirm::Confirm,
        flow::{Erased, For, Show, boxed, look, spawn},
        modal::about,
        role::may,
    },
};
use leptos::prelude::*;
use muster_domain::{Language, WorkspaceId, account::Permission, ports::Space};

#[component]
pub(super) fn Spaces(account: Account) -> impl IntoView {
    let language = text::language();
    let found = may(Permission::Accounts);
    let left = RwSignal::new(None::<Space>);
    let all = move || {
        let rows = |a: &crate::api::account::Mine| {
            a.spaces.iter().map(|s| (s.workspace == a.workspace, s.clone())).collect::<Vec<_>>()
        };
        look!(account, |a| a.as_ref().map(rows).unwrap_or_default())
    };
    let key = |(here, s): &(bool, Space)| {
        format!("{} {here} {} {} {}", s.workspace, s.role.name(), s.only_owner, s.name)
    };
    view! {
        <p class="muted">{t::acc_spaces_text(language)}</p>
        <ul class="lines">
            <For each=all key=key let((here, space))>{line(here, space, left)}</For>
        </ul>
        <Show when=move || found.get()>
            <a class="btn" href="/workspaces/new" rel="external">{t::acc_new_space(language)}</a>
        </Show>
        <Leave account=account left=left/>
    }
    .erased()
}

fn line(here: bool, space: Space, left: RwSignal<Option<Space>>) -> AnyView {
    let language = text::language();
    let below = if space.only_owner {
        format!("{} · {}", role(language, space.role), t::acc_only_owner(language))
    } else {
        role(language, space.role).to_owned()
    };
    let (id, name, only) = (space.workspace.to_string(), space.name.clone(), space.only_owner);
    let (to, of) = (t::acc_switch_to(language, &name), t::acc_leave_of(language, &name));
    view! {
        <li>
            <div>
                <b>{name}</b>
                {here.then(|| view! { " "<span class="tag">{t::acc_here(language)}</span> })}
                <div class="sub">{below}</div>
            </div>
            <div class="acts">
                {(!here).then(|| view! {
                    <form method="post" action="/session/workspace">
                        <button class="btn quiet" name="workspace" value=id aria-label=to>{t::acc_switch(language)}</button>
                    </form>
                })}
                {(!only).then(|| view! {
                    <button class="btn quiet danger" aria-label=of on:click=boxed(move |_| left.set(Some(space.clone())))>{t::acc_leave(language)}</button>
                })}
            </div>
        </li>
    }
    .erased()
}

/// The question before one leaves, with what is lost.
#[component]
fn Leave(account: Account, left: RwSignal<Option<Space>>) -> impl IntoView {
    let language = text::language();
    let problem = RwSignal::new(None::<String>);
    let open = about(left, move |_| problem.set(None));
    let leave = move |()| {
        let Some(id) = left.with_untracked(|s| s.as_ref().map(|s| s.workspace)) else { return };
        spawn(gone(language, id, problem));
    };
    let title = Signal::derive(move || {
        look!(left, |s| s.as_ref().map(|s| t::acc_leave_title(language, &s.name)).unwrap_or_default())
    });
    let lost = Signal::derive(move || {
        let only = look!(account, |a| a.as_ref().is_some_and(|a| a.spaces.len() == 1));
        let Some(its) = look!(left, |s| s.as_ref().map(|s| s.role)) else { return String::new() };
        let text = t::acc_leave_text(language, role(language, its));
        if only { format!("{text}\n{}", t::acc_leave_last(language)) } else { text }
    });
    view! { <Confirm open=open title=title text=lost action=t::acc_leave(language) problem=problem confirmed=leave/> }
        .into_any()
}

async fn gone(language: Language, id: WorkspaceId, problem: RwSignal<Option<String>>) {
    match workspace_leave(id).await {
        // The page shows what is no longer one's own: the server says where one is now.
        Ok(()) | Err(AppError::SignedOut) => _ = window().location().assign("/account"),
        Err(AppError::Conflict) => problem.set(Some(t::acc_only_owner(language).to_owned())),
        Err(error) => problem.set(Some(text::error(language, &error))),
    }
}
