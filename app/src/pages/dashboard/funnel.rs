//! The funnel: how far the period's messages came, and where people stop.

use super::seconds;
use crate::{
    api::overview::Overview,
    text::{self, t},
    ui::flow::Erased,
};
use leptos::prelude::*;
use muster_domain::{
    Language,
    invitation::{Reach, State},
};

/// What somebody stopped at whose message is in this state.
fn stopped(language: Language, state: State) -> Option<&'static str> {
    Some(match state {
        State::Queued => t::dash_stop_queued(language),
        State::Sent => t::dash_stop_sent(language),
        State::Opened => t::dash_stop_opened(language),
        State::Enrolling => t::dash_stop_started(language),
        State::Failed => t::dash_stop_failed(language),
        State::Expired => t::state_expired(language),
        State::Revoked => t::state_revoked(language),
        State::Enrolled => return None,
    })
}

/// A part in per cent. Little is not nothing, and not quite all is not all.
pub(super) fn percent(part: u64, all: u64) -> String {
    if part == 0 || all == 0 {
        return "0 %".to_owned();
    }
    let whole = (u128::from(part) * 200 / u128::from(all)).div_ceil(2);
    match whole {
        _ if part >= all => "100 %".to_owned(),
        _ if u128::from(part) * 100 < u128::from(all) => "<1 %".to_owned(),
        whole => format!("{} %", whole.min(99)),
    }
}

/// A part of a width, as SVG takes it.
pub(super) fn width(part: u64, all: u64) -> String {
    format!("{:.1}%", part as f64 * 100.0 / all.max(1) as f64)
}

/// A step of the funnel.
fn step(language: Language, data: &Overview, reach: Reach) -> AnyView {
    let (n, all) = (data.reached.of(reach), data.reached.sent);
    let href = format!("/invitations?since={}&reached={}", seconds(data.since), reach.name());
    view! {
        <li><a class="step" href=href>
            <span class="muted">{text::reach(language, reach)}</span>
            <svg class="part" width="100%" height="22" aria-hidden="true">
                <rect class="track" width="100%" height="22" rx="4"></rect>
                <rect class=format!("fill {}", reach.name()) width=width(n, all) height="22" rx="4"></rect>
            </svg>
            <span class="num"><b>{text::number(language, n)}</b>" "<span class="muted">{percent(n, all)}</span></span>
        </a></li>
    }
    .erased()
}

pub(super) fn view(language: Language, data: &Overview, [invite, ..]: [bool; 3]) -> AnyView {
    let since = seconds(data.since);
    let messages = data.states.all();
    let steps = (messages > 0).then(|| {
        let steps = Reach::ALL.map(|reach| step(language, data, reach));
        view! { <ul class="funnel">{steps}</ul> }
    });
    let none = (messages == 0).then(|| view! { <p class="muted nothing">{t::dash_no_message(language)}</p> });
    let stops: Vec<_> = State::ALL
        .into_iter()
        .filter_map(|state| {
            let (n, words) = (data.states.of(state), stopped(language, state)?);
            let href = format!("/invitations?since={since}&state={}", state.name());
            (n > 0).then(|| {
                view! { <li><a href=href>{words}" "<b class="num">{text::number(language, n)}</b></a></li> }
            })
        })
        .collect();
    let stops = (!stops.is_empty()).then(|| {
        view! {
            <h3>{t::dash_stops(language)}</h3>
            <ul class="stops">{stops}</ul>
        }
    });
    let remind = (data.waiting > 0).then(|| {
        let words = if invite { t::dash_remind(language) } else { t::dash_show_them(language) };
        view! {
            <p class="small muted">
                {t::dash_waits(language, data.waiting)}" "<a class="link" href="/invitations?waiting=1">{words}</a>
            </p>
        }
    });
    view! { {steps}{none}{stops}{remind} }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn per_cent_are_rounded_but_little_is_not_nothing_and_nearly_all_not_all() {
        let cases = [(0, 0, "0 %"), (0, 9, "0 %"), (9, 9, "100 %"), (1058, 1240, "85 %"), (1, 500, "<1 %")];
        for (part, all, text) in
            cases.into_iter().chain([(999, 1000, "99 %"), (1, 2, "50 %"), (2, 3, "67 %")])
        {
            assert_eq!(percent(part, all), text, "{part} of {all}");
        }
        assert_eq!((width(1, 3), width(0, 0)), ("33.3%".to_owned(), "0.0%".to_owned()));
    }

    #[test]
    fn whoever_is_not_connected_stopped_somewhere() {
        for state in State::ALL {
            assert_eq!(stopped(Language::En, state).is_none(), state == State::Enrolled);
        }
    }
}
