//! The company's own build of the agent: its secret, and what it means that there is none.

use crate::{
    AppError,
    api::{
        android::{Android, agent_secret_set},
        settings::Password,
    },
    pages::apple::{Section, again},
    text::{self, t},
    ui::{
        announce::announcer,
        confirm::Confirm,
        flow::{Erased, Show, boxed, look, spawn},
    },
};
use leptos::prelude::*;

#[component]
pub(super) fn Agent(there: RwSignal<Option<Android>>) -> impl IntoView {
    let language = text::language();
    let signed = Signal::derive(move || look!(there, |there| there.as_ref().is_some_and(|t| t.signed)));
    let typed = RwSignal::new(String::new());
    let (wrong, say) = (RwSignal::new(None::<String>), announcer());
    // Both shut phones out, or let others in: each asks.
    let asking = RwSignal::new(None::<bool>);
    let problem = RwSignal::new(None::<String>);
    let open = crate::ui::modal::about(asking, move |_| problem.set(None));
    let sets = move || asking.get() == Some(true);
    let done = move || {
        let secret = match asking.get_untracked() {
            Some(true) => Password::Set(typed.get_untracked()),
            Some(false) => Password::Remove,
            None => return,
        };
        spawn(async move {
            match agent_secret_set(secret).await {
                Ok(()) => {
                    open.set(false);
                    typed.set(String::new());
                    say.done(t::and_saved(language));
                    again();
                }
                Err(AppError::Setting { problem }) => {
                    open.set(false);
                    wrong.set(Some(text::setting(language, problem).to_owned()));
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
        });
    };
    let ask = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        asking.set(Some(true));
    };
    let title = Signal::derive(move || {
        if sets() { t::and_secret_ask(language) } else { t::and_secret_remove_ask(language) }.to_owned()
    });
    let words = Signal::derive(move || {
        if sets() { t::and_secret_ask_text(language) } else { t::and_secret_remove_text(language) }.to_owned()
    });
    let action =
        Signal::derive(
            move || {
                if sets() { t::and_secret_set(language) } else { t::and_secret_remove(language) }
            },
        );
    view! {
        <Section title=t::and_agent(language) about=t::and_agent_about(language)>
            <p class="note" role="status">{move || if signed.get() { t::and_signed(language) } else { t::and_not_signed(language) }}</p>
            <form class="stack" novalidate on:submit=boxed(ask)>
                <div class="set-field">
                    <label for="and-secret">{t::and_secret(language)}</label>
                    <input class="input" id="and-secret" type="password" autocomplete="new-password" aria-describedby="and-secret-below"
                        aria-invalid=move || wrong.read().is_some().then_some("true") prop:value=typed
                        on:input=boxed(move |e| { wrong.set(None); typed.set(event_target_value(&e)); })/>
                    <div id="and-secret-below">
                        <Show when=move || wrong.read().is_some()><p class="set-error">{move || wrong.get()}</p></Show>
                        <p class="set-help">{t::and_secret_help(language)}</p>
                    </div>
                </div>
                <div class="end">
                    <Show when=move || signed.get()>
                        <button type="button" class="btn" on:click=boxed(move |_| asking.set(Some(false)))>{t::and_secret_remove(language)}</button>
                    </Show>
                    <button class="btn primary" disabled=move || typed.read().is_empty()>{t::and_secret_set(language)}</button>
                </div>
            </form>
            <Confirm open=open title=title text=words action=action problem=problem confirmed=done/>
        </Section>
    }
    .erased()
}
