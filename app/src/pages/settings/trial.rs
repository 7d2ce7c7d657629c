//! The test mail: sent with what stands in the form, and told step by step in the server's own words.

use super::{
    Form,
    draft::{Field, Problem},
    save::{checked, refused},
    told::row,
};
use crate::{
    api::settings::settings_try,
    text::t,
    ui::flow::{Erased, Show, boxed, look, spawn},
};
use leptos::prelude::*;
use muster_domain::{
    EmailAddress,
    settings::InvalidSetting,
    trial::{Outcome, Stepped},
};

/// Where the test stands.
#[derive(Clone, Debug, Default, PartialEq)]
enum Trying {
    #[default]
    Nothing,
    Talking,
    Told(Vec<Stepped>),
    Failed(String),
}

#[component]
pub(super) fn Trial(form: Form) -> impl IntoView {
    let language = form.language;
    let trying = RwSignal::new(Trying::default());
    // Until something is typed it goes to who asks.
    let typed = RwSignal::new(None::<String>);
    let to = move || typed.get().unwrap_or_else(|| form.my_email.get());
    let bad_address = RwSignal::new(false);
    let send = move |_| {
        let Some(settings) = checked(form) else { return };
        if settings.smtp.is_none() {
            return form.refused.set(Some((Field::Host, Problem::Setting(InvalidSetting::SmtpHost))));
        }
        let address = untrack(to).parse::<EmailAddress>();
        bad_address.set(address.is_err());
        let Ok(address) = address else { return };
        let password = form.password();
        trying.set(Trying::Talking);
        spawn(async move {
            trying.set(match settings_try(settings, password, address).await {
                Ok(steps) => Trying::Told(steps),
                Err(error) => refused(form, &error).map_or(Trying::Nothing, Trying::Failed),
            });
        });
    };
    let headline = move || {
        look!(trying, |trying| match trying {
            Trying::Nothing => String::new(),
            Trying::Talking => t::set_trying(language).to_owned(),
            Trying::Failed(why) => why.clone(),
            Trying::Told(steps) if steps.iter().any(|s| matches!(s.outcome, Outcome::Failed(_))) => {
                t::set_try_failed(language).to_owned()
            }
            Trying::Told(_) => t::set_try_done(language).to_owned(),
        })
    };
    let steps = move || {
        look!(trying, |trying| match trying {
            Trying::Told(steps) => steps.iter().map(|s| row(language, s)).collect_view(),
            _ => Vec::new(),
        })
    };
    view! {
        <div class="set-try">
            <div class="set-field">
                <label for="set-try-to">{t::set_try_to(language)}</label>
                <span class="set-line">
                    <input class="input" id="set-try-to" type="text" inputmode="email" autocomplete="off" aria-describedby="set-try-help"
                        aria-invalid=move || bad_address.get().then_some("true")
                        prop:value=to value=untrack(to) on:input=boxed(move |e| typed.set(Some(event_target_value(&e))))/>
                    <button type="button" class="btn" on:click=boxed(send) disabled=move || look!(trying, |t| *t == Trying::Talking)>{t::set_try(language)}</button>
                </span>
                <div id="set-try-help">
                    <Show when=move || bad_address.get()><p class="set-error">{t::invalid_email(language)}</p></Show>
                    <p class="set-help">{t::set_try_help(language)}</p>
                </div>
            </div>
            <div role="status" aria-live="polite">
                <p class="set-headline">{headline}</p>
                <ol class="set-steps">{steps}</ol>
            </div>
        </div>
    }
    .erased()
}
