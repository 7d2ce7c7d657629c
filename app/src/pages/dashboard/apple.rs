//! What the dashboard says of the APNs certificate, and of who waits for it: nothing where no Apple device is wanted.

use super::todo::Line;
use crate::{
    api::{apple::apple_tell, overview::Overview},
    text::{self, t},
    ui::{
        announce::announcer,
        flow::{Erased, boxed, spawn},
        live::live,
    },
};
use leptos::prelude::*;
use muster_domain::{
    Language, Timestamp,
    apple::{
        reminder::{Urgency, urgency},
        validity::days_left,
    },
};

const PATH: &str = "/settings/apple";
const ADDRESS: &str = "/settings";
const WAITING: &str = "/invitations?state=apple";

/// That it ends soon, or has ended.
fn ending(language: Language, end: Timestamp, now: Timestamp, ready: bool) -> Option<(bool, String)> {
    let left = days_left(end, now);
    let days = u64::try_from(left).unwrap_or_default();
    match (left, urgency(left)) {
        (..0, _) => Some((true, t::dash_apple_over(language).to_owned())),
        _ if !ready => Some((true, t::dash_apple_early(language).to_owned())),
        (0, _) => Some((true, t::dash_apple_today(language).to_owned())),
        (_, Urgency::Critical) => Some((true, t::dash_apple_ending(language, days))),
        (_, Urgency::Warning) => Some((false, t::dash_apple_ending(language, days))),
        (_, Urgency::Calm) => None,
    }
}

/// That the certificate which signs profiles ends soon, or that Muster's own signs in its place. Nobody is cut off by it.
fn unsigned(language: Language, end: Timestamp, now: Timestamp, holds: bool) -> Option<String> {
    let left = days_left(end, now);
    match u64::try_from(left) {
        Err(_) => Some(t::dash_signing_over(language).to_owned()),
        Ok(_) if !holds => Some(t::dash_signing_early(language).to_owned()),
        Ok(_) if urgency(left) == Urgency::Calm => None,
        Ok(days) => Some(t::dash_signing_ending(language, days)),
    }
}

/// What somebody should look at: who may change the settings is led there.
pub(super) fn lines(language: Language, data: &Overview, [invite, _, configure]: [bool; 3]) -> Vec<Line> {
    let apple = &data.apple;
    // Whoever may not change it is led nowhere.
    let (href, link) = (if configure { PATH } else { "" }, t::dash_to_apple(language));
    let mut lines = Vec::new();
    if let Some((grave, words)) = apple.ends.and_then(|end| ending(language, end, data.now, apple.holds)) {
        lines.push(Line { grave, words, href: href.to_owned(), link, more: None });
    }
    let signing = apple.signing_ends.and_then(|end| unsigned(language, end, data.now, apple.signing_holds));
    if let Some(words) = signing {
        lines.push(Line { grave: false, words, href: href.to_owned(), link, more: None });
    }
    if apple.holds && !apple.reached {
        let (href, link) = (if configure { ADDRESS } else { "" }, t::dash_to_settings(language));
        let words = t::dash_apple_address(language).to_owned();
        lines.push(Line { grave: true, words, href: href.to_owned(), link, more: None });
    }
    if apple.waiting > 0 {
        let words = if apple.ready() {
            t::dash_apple_works(language, apple.waiting)
        } else {
            t::dash_apple_waiting(language, apple.waiting)
        };
        let more = match (apple.ready(), invite, configure) {
            (true, true, _) => Some(view! { <Tell/> }.into_any()),
            (false, _, true) if !apple.holds => {
                Some(view! { <a class="link" href=PATH>{t::dash_to_apple(language)}</a> }.into_any())
            }
            _ => None,
        };
        let link = t::dash_show_them(language);
        lines.push(Line { grave: false, words, href: WAITING.to_owned(), link, more });
    }
    lines
}

/// How long it still holds, where that is no worry.
pub(super) fn calm(language: Language, data: &Overview) -> Option<AnyView> {
    let end = data.apple.ends.filter(|_| data.apple.holds)?;
    let left = days_left(end, data.now);
    let days = u64::try_from(left).ok().filter(|_| urgency(left) == Urgency::Calm)?;
    Some(view! { <p class="small muted">{t::dash_apple_left(language, days)}</p> }.into_any())
}

/// Sends those who waited their instructions again.
#[component]
fn Tell() -> impl IntoView {
    let language = text::language();
    let (busy, say, version) = (RwSignal::new(false), announcer(), live().version);
    let tell = move |_| {
        busy.set(true);
        spawn(async move {
            match apple_tell().await {
                Ok(told) => {
                    let mut words = t::dash_apple_told(language, told.told);
                    if told.without_address > 0 {
                        words = format!("{words} {}", t::dash_apple_by_hand(language, told.without_address));
                        say.partly(words);
                    } else {
                        say.done(words);
                    }
                    version.update(|version| *version = version.wrapping_add(1));
                }
                Err(error) => say.failed(&error),
            }
            busy.try_set(false);
        });
    };
    view! { <button class="link" disabled=move || busy.get() on:click=boxed(tell)>{t::dash_apple_tell(language)}</button> }
        .erased()
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_domain::time::DAY;

    #[test]
    fn of_the_signature_it_is_said_from_thirty_days_before_the_end_and_after_it() {
        let now = Timestamp(1_790_000_000_000_000);
        let told = |days: i64| unsigned(Language::En, now.plus(days * DAY), now, days >= 0);
        assert_eq!(told(31), None);
        assert!(
            told(30).unwrap().contains("30 days") && told(1).unwrap().contains("1 day,"),
            "{:?}",
            told(1)
        );
        assert!(told(0).unwrap().contains("0 days") && told(-1).unwrap().contains("has ended"));
        let early = unsigned(Language::En, now.plus(300 * DAY), now, false).unwrap();
        assert!(early.contains("does not hold yet"), "{early}");
    }

    #[test]
    fn it_is_said_from_thirty_days_before_the_end_and_gravely_from_seven() {
        let now = Timestamp(1_790_000_000_000_000);
        let told = |days: i64| ending(Language::En, now.plus(days * DAY), now, days >= 0);
        assert_eq!(told(31), None);
        for (days, grave, part) in
            [(30, false, "30 days"), (8, false, "8 days"), (7, true, "7 days"), (1, true, "1 day.")]
        {
            let (is_grave, words) = told(days).unwrap();
            assert!(is_grave == grave && words.contains(part), "{days}: {words}");
        }
        assert!(told(0).unwrap().1.contains("within a day"));
        assert!(told(-1).unwrap().0);
        assert!(
            ending(Language::En, now.plus(300 * DAY), now, false).unwrap().1.contains("does not hold yet")
        );
    }
}
