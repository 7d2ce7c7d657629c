//! The certificate that is there: until when it holds, and with which Apple account it is to be renewed; and its export.

use super::{Section, There, again};
use crate::{
    api::apple::{Certificate, apple_account_set},
    text::{self, t},
    ui::{
        announce::announcer,
        flow::{Erased, Show, boxed, look, spawn},
        icon::{self, Icon},
        problem::Problem,
    },
    wire::ours,
};
use leptos::prelude::*;
use muster_domain::{
    Language,
    apple::reminder::{Urgency, urgency},
};

/// Whether it works, and until when.
fn state(language: Language, certificate: &Certificate) -> AnyView {
    let end = text::day(language, certificate.not_after);
    let days = u64::try_from(certificate.days_left).unwrap_or_default();
    let (class, path, words) = match urgency(certificate.days_left) {
        _ if certificate.days_left < 0 => {
            ("st crit", icon::CRITICAL, t::apl_over(language, text::exact(language, certificate.not_after)))
        }
        _ if !certificate.holds => {
            ("st crit", icon::CRITICAL, t::apl_early(language, text::exact(language, certificate.not_before)))
        }
        Urgency::Calm => ("st ok", icon::OK, t::apl_holds(language, days, end)),
        Urgency::Warning => ("st warn", icon::WARNING, t::apl_holds(language, days, end)),
        Urgency::Critical => ("st crit", icon::CRITICAL, t::apl_holds(language, days, end)),
    };
    view! { <p class=class><Icon path=path/><span>{words}</span></p> }.into_any()
}

/// What is known of it.
fn facts(language: Language, certificate: &Certificate, devices: u64) -> AnyView {
    let account = certificate.account.clone();
    let account = account.unwrap_or_else(|| t::apl_account_none(language).to_owned());
    view! {
        <dl class="apl-facts">
            <dt>{t::apl_account(language)}</dt><dd>{account}</dd>
            <dt>{t::apl_serial(language)}</dt><dd><code>{certificate.serial.clone()}</code></dd>
            <dt>{t::apl_topic(language)}</dt><dd><code>{certificate.topic.clone()}</code></dd>
            <dt>{t::apl_uploaded(language)}</dt><dd>{text::moment(language, certificate.uploaded_at)}</dd>
            <dt>{t::apl_connected(language)}</dt><dd>{text::number(language, devices)}</dd>
        </dl>
    }
    .into_any()
}

#[component]
pub(super) fn Now(there: There) -> impl IntoView {
    let language = text::language();
    let shown = move || {
        look!(there, |there| there.as_ref().map(|progress| match &progress.certificate {
            Some(certificate) => {
                let (state, facts) =
                    (state(language, certificate), facts(language, certificate, progress.devices));
                view! { {state}{facts} }.into_any()
            }
            None =>
                view! { <p class="st none"><Icon path=icon::TODO/><span>{t::apl_none(language)}</span></p> }
                    .into_any(),
        }))
    };
    let waiting = move || look!(there, |there| there.as_ref().map_or(0, |progress| progress.waiting));
    let cut_off = move || look!(there, |there| there.as_ref().map_or(0, |progress| progress.cut_off));
    let unreached = move || look!(there, |there| there.as_ref().is_some_and(|progress| !progress.reached));
    let is_there = move || look!(there, |there| there.as_ref().is_some_and(|p| p.certificate.is_some()));
    view! {
        <Section title=t::apl_now(language) about=t::apl_now_text(language)>
            {shown}
            <Show when=unreached>
                <p class="note crit"><span>{t::dash_apple_address(language)}</span><a class="link" href="/settings">{t::dash_to_settings(language)}</a></p>
            </Show>
            <Show when=move || { cut_off() > 0 }>
                <p class="note crit"><span>{move || t::apl_cut_off(language, cut_off())}</span><a class="link" href="/devices?status=critical">{t::devices(language)}</a></p>
            </Show>
            <Show when=move || { waiting() > 0 }>
                <p class="note warn"><span>{move || t::apl_waiting(language, waiting())}</span><a class="link" href="/dashboard">{t::dash(language)}</a></p>
            </Show>
            <Show when=is_there><Account there=there/></Show>
        </Section>
    }
    .erased()
}

/// The note with which Apple account it was made.
#[component]
fn Account(there: There) -> impl IntoView {
    let language = text::language();
    let kept = Memo::new(move |_| {
        look!(there, |there| {
            let certificate = there.as_ref().and_then(|progress| progress.certificate.as_ref());
            certificate.and_then(|certificate| certificate.account.clone()).unwrap_or_default()
        })
    });
    // Until something is typed it is what is kept.
    let typed = RwSignal::new(None::<String>);
    let value = move || typed.get().unwrap_or_else(|| kept.get());
    let (busy, problem) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let say = announcer();
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let account = untrack(value);
        busy.set(true);
        problem.set(None);
        spawn(async move {
            match apple_account_set(account).await {
                Ok(()) => {
                    say.done(t::apl_account_saved(language));
                    again();
                    typed.set(None);
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
            busy.set(false);
        });
    };
    let same = move || typed.get().is_none_or(|typed| typed.trim() == kept.get());
    view! {
        <form class="set-field" on:submit=boxed(save)>
            <label for="apl-account">{t::apl_account(language)}</label>
            <span class="set-line">
                <input class="input" id="apl-account" type="text" inputmode="email" autocomplete="off" spellcheck="false" maxlength="200" aria-describedby="apl-account-help"
                    prop:value=value value=untrack(value) on:input=boxed(move |e| typed.set(Some(event_target_value(&e))))/>
                <button class="btn" disabled=move || busy.get() || same()>{t::apl_account_save(language)}</button>
            </span>
            <p class="set-help" id="apl-account-help">{t::apl_account_help(language)}</p>
            <Problem problem=problem/>
        </form>
    }
    .erased()
}

/// Certificate and key behind a password: a form, whose answer is the file and nothing that a script sees.
#[component]
pub(super) fn Copy() -> impl IntoView {
    let language = text::language();
    view! {
        <Section title=t::apl_copy(language) about=t::apl_copy_text(language)>
            <form class="set-field" method="post" action=ours("/settings/apple/export")>
                <label for="apl-copy">{t::apl_copy_password(language)}</label>
                <span class="set-line">
                    <input class="input" id="apl-copy" name="password" type="password" autocomplete="new-password" required minlength="8" maxlength="200" aria-describedby="apl-copy-help"/>
                    <button class="btn">{t::apl_copy_do(language)}</button>
                </span>
                <p class="set-help" id="apl-copy-help">{t::apl_copy_help(language)}</p>
            </form>
        </Section>
    }
    .erased()
}
