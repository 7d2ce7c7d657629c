//! What waits in the outbox now, why, and until when.

use crate::ui::flow::Erased;
use crate::{
    api::settings::{Queue, settings_queue},
    text::{self, t},
    ui::{fetch::Asked, live::live},
};
use leptos::prelude::*;

#[component]
pub(super) fn Queue() -> impl IntoView {
    let language = text::language();
    let version = live().version;
    let queue = Asked::new(move || {
        let _ = version.get();
        settings_queue()
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
            <span class="lines">{move || queue.get().and_then(Result::ok).map(|q| lines(&q))}</span>
            <a class="link" href="/mails">{t::mails(language)}</a>
        </p>
    }
    .erased()
}
