//! Gives a device another name.

use super::window::Shown;
use crate::{
    api::devices::device_rename,
    text::{self, t},
    ui::{
        announce::announcer,
        flow::{Erased, boxed, effect, spawn},
        live::live,
        modal::Modal,
        problem::Problem,
    },
};
use leptos::prelude::*;
use muster_domain::PersonName;

#[component]
pub(super) fn Rename(shown: Shown, open: RwSignal<bool>) -> impl IntoView {
    let language = text::language();
    let (name, problem) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    // What one types stays when the device changes meanwhile.
    effect(move || {
        if open.get() {
            name.set(shown.with_untracked(|s| s.as_ref().map(|f| f.device.name.clone()).unwrap_or_default()));
            problem.set(None);
        }
    });
    let (say, version) = (announcer(), live().version);
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(id) = shown.with_untracked(|s| s.as_ref().map(|f| f.device.id)) else { return };
        let Ok(new) = name.get_untracked().parse::<PersonName>() else {
            problem.set(Some(t::invalid_name(language).to_owned()));
            return;
        };
        spawn(async move {
            let text = t::dev_said_renamed(language, &new);
            match device_rename(id, new).await {
                Ok(()) => {
                    open.set(false);
                    say.done(text);
                    version.update(|v| *v = v.wrapping_add(1));
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
        });
    };
    let title = Signal::derive(move || t::dev_rename(language).to_owned());
    view! {
        <Modal open=open title=title>
            <form class="stack" on:submit=boxed(save)>
                <Problem problem=problem/>
                <label>{t::name(language)}
                    <input class="input" required maxlength="120" autocomplete="off" autofocus prop:value=name on:input=boxed(move |e| name.set(event_target_value(&e)))/>
                </label>
                <div class="end">
                    <button type="button" class="btn" on:click=boxed(move |_| open.set(false))>{t::cancel(language)}</button>
                    <button class="btn primary">{t::save(language)}</button>
                </div>
            </form>
        </Modal>
    }
    .erased()
}
