//! Every step of an invitation, the newest first, with the server's own words.

use crate::{
    text::{self, t},
    ui::{
        flow::{Erased, look},
        more::{More, part},
    },
};
use leptos::prelude::*;
use muster_domain::{
    Language,
    device::Platform,
    invitation::{Acted, State, Step},
};

/// A step in words, and what explains it. The first step of a link that was made without a message says so.
fn words(language: Language, step: &Step, first: bool) -> (String, String) {
    let detail = step.detail.clone().unwrap_or_default();
    let what = match (step.acted, step.state) {
        (Some(Acted::Asked), _) => t::inv_step_asked(language),
        (Some(Acted::Resent), _) => t::inv_step_resent(language),
        (Some(Acted::Renewed), _) => t::inv_step_renewed(language),
        (Some(Acted::Extended), _) => t::inv_step_extended(language),
        (Some(Acted::Unextended), _) => t::inv_step_unextended(language),
        (Some(Acted::DeviceDeleted), _) => t::inv_step_device_deleted(language),
        (None, State::Sent) if first => t::inv_step_by_hand(language),
        (None, State::Opened) => {
            let platform = Platform::from_name(&detail).map(text::platform).unwrap_or_default();
            return (text::state(language, step.state).to_owned(), platform.to_owned());
        }
        (None, state) => text::state(language, state),
    };
    (what.to_owned(), detail)
}

/// What explains a step, and who did it.
fn explained(language: Language, why: String, by: Option<&str>) -> String {
    match by.map(|name| t::dev_by(language, name)) {
        Some(by) if why.is_empty() => by,
        Some(by) => format!("{why} · {by}"),
        None => why,
    }
}

#[component]
pub(crate) fn Steps(steps: Memo<Vec<Step>>) -> impl IntoView {
    let language = text::language();
    let part = part();
    let lines = move || {
        let steps = steps.get();
        let lines = steps.iter().enumerate().rev().take(part.get()).map(|(n, step)| {
            let (what, why) = words(language, step, n == 0);
            let why = explained(language, why, step.by.as_deref());
            let at = step.at;
            let class = match (step.acted, step.state) {
                (None, State::Failed) => "crit",
                (Some(Acted::Asked), _) => "warn",
                _ => "",
            };
            view! {
                <li>
                    <time class="muted num" datetime=at.rfc3339()>{move || text::moment(language, at)}</time>
                    <div><span class=class>{what}</span><div class="sub">{why}</div></div>
                </li>
            }
        });
        lines.collect_view()
    };
    let total = Signal::derive(move || look!(steps, |s| s.len()));
    view! { <ol class="happened">{lines}</ol><More part=part total=total/> }.erased()
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_domain::Timestamp;

    #[test]
    fn a_step_names_who_did_it() {
        let of = |why: &str, by| explained(Language::En, why.to_owned(), by);
        assert_eq!(of("", Some("Anna")), "by Anna");
        assert_eq!(of("550 no", Some("Anna")), "550 no · by Anna");
        assert_eq!(of("550 no", None), "550 no");
    }

    #[test]
    fn a_request_is_told_as_one_and_the_mail_servers_words_stay() {
        let step = |state, acted, detail: Option<&str>| Step {
            state,
            at: Timestamp(0),
            detail: detail.map(str::to_owned),
            acted,
            by: None,
        };
        let say = |step: &Step| words(Language::En, step, false);
        let asked = say(&step(State::Expired, Some(Acted::Asked), None));
        assert_eq!(asked, ("The person asked for a new link".to_owned(), String::new()));
        let failed = say(&step(State::Failed, None, Some("550 no such mailbox")));
        assert_eq!(failed, ("Failed".to_owned(), "550 no such mailbox".to_owned()));
        let opened = say(&step(State::Opened, None, Some("android")));
        assert_eq!(opened, ("Opened".to_owned(), "Android".to_owned()));
        let by_hand = words(Language::En, &step(State::Sent, None, None), true).0;
        assert_ne!(by_hand, "Sent");
    }
}
