//! A device's window: how it is, what it told, what happened to it, and what can be done about it.

use super::{PATH, facts::Facts, history::History, owner::ChangeOwner, rename::Rename};
use crate::{
    AppError,
    api::devices::{DeviceWindow as Found, device_delete, device_get},
    text::{self, t},
    ui::{
        announce::announcer,
        confirm::Confirm,
        fetch::Fetched,
        flow::{Erased, Show, Wait, boxed, effect, look, spawn},
        help::Help,
        live::live,
        parts::{Back, Gone},
        problem::Problem,
        role::may,
        skeleton::Bones,
        status::StatusView,
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map},
};
use muster_domain::{DeviceId, account::Permission, command::CommandKind};

/// What the window shows; none before it is known.
pub(super) type Shown = RwSignal<Option<Found>>;

#[component]
pub(crate) fn DeviceWindow() -> impl IntoView {
    let language = text::language();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").and_then(|id| id.parse::<DeviceId>().ok()));
    let open = Open::new();
    let version = live().version_unless(open.deleting);
    let fetched = Fetched::new(
        move || (id.get(), version.get()),
        |(id, _)| async move {
            match id {
                Some(id) => device_get(id).await,
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
    let named = name(shown);
    let title = move || {
        Some(named.get()).filter(|n| !n.is_empty()).unwrap_or_else(|| t::devices(language).to_owned())
    };
    view! {
        <Title text=title/>
        <main class="main window">
            <Back to=PATH label=t::devices(language)/>
            <Problem problem=problem/>
            <Wait take=take bones=Bones::Window>
                <Gone words=t::dev_gone(language) gone=gone stands=Signal::derive(move || shown.read().is_some())/>
                <Show when=move || shown.read().is_some()><Body shown=shown gone=gone open=open/></Show>
            </Wait>
            // Outside: the server's page would wait for what a dialog fetches, and is never told.
            <Dialogs shown=shown open=open/>
        </main>
    }
    .erased()
}

#[component]
fn Body(shown: Shown, gone: RwSignal<bool>, open: Open) -> impl IntoView {
    let language = text::language();
    let name = name(shown);
    let status = move || {
        look!(shown, |s| {
            s.as_ref().map(
                |f| view! { <StatusView status=Some(f.device.status) reasons=f.device.reasons.clone()/> },
            )
        })
    };
    let manage = may(Permission::Manage);
    view! {
        <div class="head">
            <h1 tabindex="-1">{move || name.get()}</h1><Help page="devices" about=t::devices(language)/>
            <div class="end">
                <Show when=move || manage.get() && !gone.get()><Acts open=open/></Show>
            </div>
        </div>
        <div class="panels">
            <section class="panel" aria-label=t::status(language)>
                <h2>{t::status(language)}</h2>
                <div class="status">{status}</div>
                <super::facts::Health shown=shown/>
            </section>
            <section class="panel tall" aria-label=t::dev_facts(language)>
                <h2>{t::dev_facts(language)}</h2>
                <Facts shown=shown/>
            </section>
            <div class="panel"><super::commands::Commands shown=shown chosen=open.ordering/></div>
            <super::lists::Listed shown=shown/>
            <super::log::Log shown=shown/>
            <section class="panel wide" aria-label=t::history(language)>
                <h2>{t::history(language)}</h2>
                <History shown=shown/>
            </section>
        </div>
    }
    .erased()
}

/// Which dialogs stand open.
#[derive(Clone, Copy)]
struct Open {
    renaming: RwSignal<bool>,
    moving: RwSignal<bool>,
    deleting: RwSignal<bool>,
    ordering: RwSignal<Option<CommandKind>>,
}

impl Open {
    fn new() -> Self {
        let closed = || RwSignal::new(false);
        Self { renaming: closed(), moving: closed(), deleting: closed(), ordering: RwSignal::new(None) }
    }
}

fn name(shown: Shown) -> Signal<String> {
    Signal::derive(move || look!(shown, |s| s.as_ref().map(|f| f.device.name.clone()).unwrap_or_default()))
}

#[component]
fn Acts(open: Open) -> impl IntoView {
    let language = text::language();
    view! {
        <button class="btn" on:click=boxed(move |_| open.renaming.set(true))>{t::dev_rename(language)}</button>
        <button class="btn" on:click=boxed(move |_| open.moving.set(true))>{t::dev_move(language)}</button>
        <button class="btn danger" on:click=boxed(move |_| open.deleting.set(true))>{t::delete(language)}</button>
    }
    .erased()
}

#[component]
fn Dialogs(shown: Shown, open: Open) -> impl IntoView {
    let language = text::language();
    let name = name(shown);
    let Open { renaming, moving, deleting, ordering } = open;
    let problem = RwSignal::new(None::<String>);
    let say = announcer();
    let navigate = StoredValue::new(use_navigate());
    let delete = move || {
        let Some((id, name)) =
            shown.with_untracked(|s| s.as_ref().map(|f| (f.device.id, f.device.name.clone())))
        else {
            return;
        };
        spawn(async move {
            match device_delete(id).await {
                // The question goes with the page: closed before, it would let the page ask for what is gone.
                Ok(()) => {
                    say.done(t::dev_said_deleted(language, name));
                    navigate.with_value(|go| go(PATH, NavigateOptions::default()));
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
        });
    };
    let title = Signal::derive(move || t::dev_delete_title(language, name.get()));
    let lost = Signal::derive(move || {
        let owner = look!(shown, |s| s.as_ref().map(|f| f.device.owner_name.clone()).unwrap_or_default());
        t::dev_delete_text(language, owner)
    });
    // What went wrong the last time is not said again.
    effect(move || {
        if deleting.get() {
            problem.set(None);
        }
    });
    view! {
        <Rename shown=shown open=renaming/>
        <ChangeOwner shown=shown open=moving/>
        <super::orders::Ask shown=shown chosen=ordering/>
        <Confirm open=deleting title=title text=lost action=t::delete(language) problem=problem confirmed=delete/>
    }
    .erased()
}
