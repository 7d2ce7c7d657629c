//! A test to oneself: the message as it is worded, through the workspace's own way of mails.

use super::{Form, draft::At, place};
use crate::{
    api::wording::{Tried, wording_try},
    pages::settings::told::row,
    text::{self, t},
    ui::flow::{Erased, Show, boxed, look, spawn},
};
use leptos::prelude::*;
use muster_domain::trial::Outcome;

/// Where the test stands.
#[derive(Clone, Debug, Default, PartialEq)]
enum Trying {
    #[default]
    Nothing,
    Sending,
    Done(Tried),
    Failed(String),
}

#[component]
pub(super) fn Trial(form: Form) -> impl IntoView {
    let language = form.language;
    let trying = RwSignal::new(Trying::default());
    let wrong = move || {
        let tab = form.tab.get();
        look!(form.wrong, |w| w.iter().any(|w| matches!(w.at, At::Part(of, _) if of == tab)))
    };
    let send = move |_| {
        let of = form.tab.get_untracked();
        let words = form.draft.with_untracked(|d| d.words[place(of)].clone());
        trying.set(Trying::Sending);
        spawn(async move {
            trying.set(match wording_try(of, words).await {
                Ok(tried) => Trying::Done(tried),
                Err(error) => Trying::Failed(text::error(language, &error)),
            });
        });
    };
    let headline = move || {
        look!(trying, |trying| match trying {
            Trying::Nothing => String::new(),
            Trying::Sending => t::set_trying(language).to_owned(),
            Trying::Failed(why) => why.clone(),
            Trying::Done(Tried::Kept { .. }) => t::own_try_kept(language).to_owned(),
            Trying::Done(Tried::Told { steps })
                if steps.iter().any(|s| matches!(s.outcome, Outcome::Failed(_))) =>
            {
                t::set_try_failed(language).to_owned()
            }
            Trying::Done(Tried::Told { .. }) => t::set_try_done(language).to_owned(),
        })
    };
    let steps = move || {
        look!(trying, |trying| match trying {
            Trying::Done(Tried::Told { steps }) => steps.iter().map(|s| row(language, s)).collect_view(),
            _ => Vec::new(),
        })
    };
    let kept = move || {
        look!(trying, |trying| match trying {
            // In a tab of its own: what is typed stays where it is.
            Trying::Done(Tried::Kept { id }) => Some(view! {
                <a class="link" href=format!("/mails/{id}") target="_blank" rel="noopener">{t::own_try_read(language)}</a>
            }),
            _ => None,
        })
    };
    view! {
        <section class="card own-card" aria-label=t::own_try(language)>
            <div class="own-line">
                <button type="button" class="btn" on:click=boxed(send) disabled=move || wrong() || look!(trying, |t| *t == Trying::Sending)>{t::own_try(language)}</button>
                <span class="small muted">{move || t::own_try_to(language, form.my_email.get())}</span>
            </div>
            <Show when=wrong><p class="set-help">{t::own_try_wrong(language)}</p></Show>
            <div role="status" aria-live="polite">
                <Show when=move || look!(trying, |t| *t != Trying::Nothing)>
                    <p class="set-headline">{headline}" "{kept}</p>
                    <ol class="set-steps">{steps}</ol>
                </Show>
            </div>
        </section>
    }
    .erased()
}
