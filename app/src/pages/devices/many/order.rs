//! Tells many devices to do the same. Those that cannot do it are named afterwards, with the reason.

use crate::{
    pages::devices::orders::{Choice, Fields, Typed, explained, uploaded},
    text::{self, t},
    ui::{
        flow::{Erased, Show, boxed, effect, look, spawn},
        modal::Modal,
        problem::Problem,
    },
};
use leptos::prelude::*;
use muster_domain::{
    DeviceId,
    bulk::Chosen,
    command::{CommandKind, Order},
};

/// What many devices can be told. What names one of them, or one of its profiles, is not among them.
const KINDS: [CommandKind; 12] = [
    CommandKind::Report,
    CommandKind::Lock,
    CommandKind::Unlock,
    CommandKind::ClearPasscode,
    CommandKind::Restart,
    CommandKind::ShutDown,
    CommandKind::LostMode,
    CommandKind::EndLostMode,
    CommandKind::InstallProfile,
    CommandKind::RenewIdentity,
    CommandKind::RemoveManagement,
    CommandKind::Erase,
];

#[component]
pub(super) fn Tell(
    open: RwSignal<bool>,
    /// The devices.
    picking: RwSignal<Option<Chosen<DeviceId>>>,
    title: Signal<String>,
    /// The first of them, by name.
    text: Signal<String>,
    /// What to do with the order, and with the number that confirms it.
    #[prop(into)]
    chosen: Callback<(Order, Option<u32>)>,
) -> impl IntoView {
    let language = text::language();
    let kind = RwSignal::new(Some(CommandKind::Report));
    let (typed, problem) = (RwSignal::new(Typed::default()), RwSignal::new(None::<String>));
    let choices = RwSignal::new(Vec::<Choice>::new());
    effect(move || {
        if open.get() {
            kind.set(Some(CommandKind::Report));
            typed.set(Typed::fresh());
            problem.set(None);
        }
    });
    effect(move || {
        if kind.get() == Some(CommandKind::InstallProfile) {
            spawn(async move { choices.set(uploaded().await) });
        }
    });
    let count = move || look!(picking, |p| p.as_ref().map_or(0, |p| p.ids.len()));
    let many = move || match count() {
        1 => t::ord_one(language).to_owned(),
        n => t::ord_many(language, n as u64),
    };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(what) = kind.get_untracked() else { return };
        let typed = typed.get_untracked();
        // Who types how many they are has seen how many they are.
        let number: String = typed.named.chars().filter(char::is_ascii_digit).collect();
        if what.is_grave() && number != untrack(count).to_string() {
            problem.set(Some(t::ord_other_number(language).to_owned()));
            return;
        }
        let order = choices.with_untracked(|all| typed.order(what, all));
        match order.map(Order::checked) {
            Some(Ok(order)) => chosen.run((order, number.parse().ok().filter(|_| what.is_grave()))),
            Some(Err(why)) => problem.set(Some(text::order(language, why).to_owned())),
            None => problem.set(Some(t::ord_choose(language).to_owned())),
        }
    };
    let options =
        KINDS.map(|kind| view! { <option value=kind.name()>{text::command(language, kind)}</option> });
    let about = move || {
        kind.get().map(|kind| text::capital(&explained(language, kind, &many(), false))).unwrap_or_default()
    };
    let class = move || {
        if kind.get().is_some_and(CommandKind::is_grave) { "btn danger" } else { "btn primary" }
    };
    let confirm =
        Signal::derive(move || t::ord_type_number(language, text::number(language, count() as u64)));
    view! {
        <Modal open=open title=title>
            <form class="stack" on:submit=boxed(send)>
                <p class="muted lines">{move || text.get()}</p>
                <label>{t::ord_what(language)}
                    <select class="input" autofocus prop:value=move || kind.get().map(CommandKind::name)
                        on:change=boxed(move |e| kind.set(CommandKind::from_name(&event_target_value(&e))))>{options}</select>
                </label>
                <p class="muted">{about}</p>
                <Problem problem=problem/>
                <Fields kind=kind typed=typed choices=choices confirm=confirm android=false/>
                <Show when=move || kind.get() != Some(CommandKind::Report)><p class="muted small">{t::ord_some_cannot(language)}</p></Show>
                <div class="end">
                    <button type="button" class="btn" on:click=boxed(move |_| open.set(false))>{t::cancel(language)}</button>
                    <button class=class>{move || kind.get().map(|kind| text::command(language, kind))}</button>
                </div>
            </form>
        </Modal>
    }
    .erased()
}
