//! The certificate that signs profiles: what it is good for, where it stands, its upload, and its removal.

use super::{
    Section, There, again,
    upload::{Files, For},
};
use crate::{
    api::apple::{Signing as Certificate, apple_signing_remove},
    text::{self, t},
    ui::{
        announce::announcer,
        confirm::Confirm,
        flow::{Erased, Show, boxed, look, spawn},
        icon::{self, Icon},
    },
};
use leptos::prelude::*;
use muster_domain::{
    Language,
    apple::reminder::{Urgency, urgency},
};

/// Who signs now, and until when.
fn state(language: Language, certificate: Option<&Certificate>) -> AnyView {
    let (class, path, words) = match certificate {
        None => ("st none", icon::TODO, t::apl_sign_own(language).to_owned()),
        Some(c) if c.days_left < 0 => {
            ("st crit", icon::CRITICAL, t::apl_sign_over(language, text::exact(language, c.not_after)))
        }
        Some(c) if !c.holds => {
            ("st warn", icon::WARNING, t::apl_sign_early(language, text::exact(language, c.not_before)))
        }
        Some(c) => {
            let days = u64::try_from(c.days_left).unwrap_or_default();
            let words = t::apl_sign_holds(language, days, text::day(language, c.not_after));
            match urgency(c.days_left) {
                Urgency::Calm => ("st ok", icon::OK, words),
                Urgency::Warning | Urgency::Critical => ("st warn", icon::WARNING, words),
            }
        }
    };
    view! { <p class=class><Icon path=path/><span>{words}</span></p> }.into_any()
}

/// Whose it is, and by whom.
fn facts(language: Language, certificate: &Certificate) -> AnyView {
    view! {
        <dl class="apl-facts">
            <dt>{t::apl_sign_subject(language)}</dt><dd>{certificate.subject.clone()}</dd>
            <dt>{t::apl_sign_issuer(language)}</dt><dd>{certificate.issuer.clone()}</dd>
        </dl>
    }
    .into_any()
}

#[component]
pub(super) fn Signing(there: There) -> impl IntoView {
    let language = text::language();
    let shown = move || {
        look!(there, |there| {
            let certificate = there.as_ref().and_then(|progress| progress.signing.as_ref());
            let facts = certificate.map(|certificate| facts(language, certificate));
            view! { {state(language, certificate)}{facts} }.into_any()
        })
    };
    let is_there = move || look!(there, |there| there.as_ref().is_some_and(|p| p.signing.is_some()));
    let (asks, busy, say) = (RwSignal::new(false), RwSignal::new(false), announcer());
    let problem = RwSignal::new(None::<String>);
    let remove = move || {
        busy.set(true);
        problem.set(None);
        spawn(async move {
            match apple_signing_remove().await {
                Ok(()) => {
                    asks.set(false);
                    say.done(t::apl_sign_removed(language));
                    again();
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
            busy.set(false);
        });
    };
    view! {
        <Section title=t::apl_sign(language) about=t::apl_sign_text(language)>
            {shown}
            <Files to=For::Signing id="apl-sign" there=there/>
            <Show when=is_there>
                <div><button type="button" class="btn" on:click=boxed(move |_| asks.set(true))>{t::apl_sign_remove(language)}</button></div>
            </Show>
            <Confirm open=asks title=t::apl_sign_remove_ask(language) text=t::apl_sign_remove_text(language) action=t::apl_sign_remove(language) off=busy problem=problem confirmed=move || remove()/>
        </Section>
    }
    .erased()
}
