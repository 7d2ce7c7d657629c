//! The test mail: sent with what stands in the form, and told step by step in the server's own words.

use super::{
    Form,
    draft::{Field, Problem},
    save::{checked, refused},
};
use crate::{
    api::settings::settings_try,
    text::t,
    ui::{
        flow::{Erased, Show, boxed, look, spawn},
        icon::{self, Icon},
    },
};
use leptos::prelude::*;
use muster_domain::{
    EmailAddress, Language,
    settings::InvalidSetting,
    trial::{Fault, Outcome, Step, Stepped},
};

fn name(language: Language, step: Step) -> &'static str {
    match step {
        Step::Connect => t::set_step_connect(language),
        Step::Tls => t::set_step_tls(language),
        Step::SignIn => t::set_step_sign_in(language),
        Step::Sender => t::set_step_sender(language),
        Step::Recipient => t::set_step_recipient(language),
        Step::Message => t::set_step_message(language),
    }
}

fn fault(language: Language, fault: &Fault) -> String {
    let words = match fault {
        Fault::NoConnection(why) => return t::set_fault_no_connection(language, why),
        Fault::NotMail => t::set_fault_not_mail(language),
        Fault::BadName => t::set_fault_bad_name(language),
        Fault::NoStarttls => t::set_fault_no_starttls(language),
        Fault::UnknownAuthority => t::set_fault_unknown_authority(language),
        Fault::OtherName => t::set_fault_other_name(language),
        Fault::Expired => t::set_fault_expired(language),
        Fault::Tls => t::set_fault_tls(language),
        Fault::NoMechanism => t::set_fault_no_mechanism(language),
        Fault::StarttlsRefused => t::set_fault_starttls_refused(language),
        Fault::Injected => t::set_fault_injected(language),
        Fault::ClearPassword => t::set_fault_clear_password(language),
        Fault::Refused => t::set_fault_refused(language),
        Fault::OutOfTurn => t::set_fault_turn(language),
        Fault::Ended => t::set_fault_ended(language),
        Fault::Slow => t::set_fault_slow(language),
        Fault::Message(_) => t::set_fault_message(language),
    };
    words.to_owned()
}

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

/// A step: what it was, what became of it, and what the server said.
fn row(language: Language, stepped: &Stepped) -> impl IntoView + use<> {
    let (class, path, words) = match &stepped.outcome {
        Outcome::Done => ("st ok", icon::OK, t::set_step_done(language).to_owned()),
        Outcome::Skipped => ("st none", icon::RIGHT, t::set_step_skipped(language).to_owned()),
        Outcome::Failed(why) => ("st crit", icon::CRITICAL, fault(language, why)),
    };
    view! {
        <li>
            <span class=class><Icon path=path/>{name(language, stepped.step)}</span>
            <span class="set-words">
                <span>{words}</span>
                <code>{stepped.words.clone()}</code>
            </span>
        </li>
    }
}
