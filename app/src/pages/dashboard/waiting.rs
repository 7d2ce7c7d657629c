//! Who has waited longest for a device, since the first message; and what they stopped at.

use crate::{
    api::overview::Overview,
    text::{self, t},
    ui::flow::Erased,
};
use leptos::prelude::*;
use muster_domain::{
    Language, Timestamp,
    device::Platform,
    invitation::State,
    ports::Waits,
    time::{DAY, MINUTE},
    user::LastMessage,
};

/// What they stopped at.
fn stopped(language: Language, asks: bool, apple_ready: bool, last: &LastMessage) -> &'static str {
    if asks {
        return t::dash_wait_asks(language);
    }
    let platform = last.detail.as_deref().and_then(Platform::from_name);
    if let Some(words) = text::waits(language, last.state, platform, !apple_ready) {
        return words;
    }
    match last.state {
        State::Queued => t::dash_wait_queued(language),
        State::Sent if last.detail.is_some() => t::dash_wait_given_out(language),
        State::Sent => t::dash_wait_sent(language),
        State::Opened => t::dash_wait_opened(language),
        State::Failed => t::dash_wait_failed(language),
        State::Expired => t::dash_wait_ended(language),
        State::Revoked => t::dash_wait_revoked(language),
        _ => t::dash_stop_started(language),
    }
}

/// How long it has been.
fn long(language: Language, at: Timestamp, now: Timestamp) -> String {
    let past = u64::try_from(now.since(at).max(0)).unwrap_or(0);
    let [minute, day] = [MINUTE, DAY].map(|span| u64::try_from(span).unwrap_or(1));
    match past / minute {
        minutes @ 0..60 => t::dash_minutes(language, minutes),
        minutes @ 60..1440 => t::dash_hours(language, minutes / 60),
        _ => t::users_days(language, past / day),
    }
}

pub(super) fn view(language: Language, data: &Overview, _: [bool; 3]) -> AnyView {
    if data.longest.is_empty() {
        return view! { <p class="muted nothing">{t::dash_waiting_none(language)}</p> }.erased();
    }
    let rows = data.longest.iter().filter_map(|Waits { user: person, since, asks }| {
        let last = person.message.as_ref()?;
        Some(view! {
            <li>
                <div><a class="name" href=format!("/users/{}", person.id)>{person.name.clone()}</a>
                    <div class="sub">{stopped(language, *asks, data.apple.ready(), last)}</div></div>
                <span class="num muted">{long(language, *since, data.now)}</span>
            </li>
        })
    });
    let rows = rows.collect_view();
    view! {
        <ol class="longest">{rows}</ol>
        <p class="small"><a class="link" href="/users?message=ever&devices=0">{t::dash_waiting_all(language)}</a></p>
    }
    .erased()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_it_has_been_is_told_in_whole_units() {
        let told = |minutes: i64| long(Language::En, Timestamp(0), Timestamp(minutes * MINUTE));
        assert_eq!([3, 59, 60, 1439].map(told), ["3 min", "59 min", "1 h", "23 h"]);
        assert_eq!([1440, 9 * 1440 + 7].map(told), ["1 day", "9 days"]);
    }
}
