//! What waits in the outbox now, why, and until when.

use crate::ui::flow::{Erased, effect, look, spawn};
use crate::{
    api::settings::{Queue, settings_queue},
    text::{self, t},
    ui::live::live,
};
use leptos::prelude::*;

#[component]
pub(super) fn Queue() -> impl IntoView {
    let language = text::language();
    let version = live().version;
    let queue = RwSignal::new(None::<Queue>);
    // Asked by an effect: what is waited for within the form would keep the server from sending any of it.
    effect(move || {
        version.track();
        spawn(async move {
            if let Ok(now) = settings_queue().await {
                queue.try_set(Some(now));
            }
        });
    });
    let lines = move |queue: &Queue| {
        let mut words = match queue.waiting.messages {
            0 => t::set_queue_none(language).to_owned(),
            n => t::set_queue(language, n),
        };
        if let Some(through) = queue.through {
            words = format!("{words} {}", text::through(language, through));
        }
        if let Some(why) = &queue.waiting.reason {
            words = format!("{words}\n{}", t::set_queue_why(language, text::delay(language, why)));
        }
        words
    };
    view! {
        <p class="set-queue muted">
            <span class="lines">{move || look!(queue, |queue| queue.as_ref().map(lines))}</span>
            <a class="link" href="/mails">{t::mails(language)}</a>
        </p>
    }
    .erased()
}
