//! Pages for iPhones and iPads: what to tap, in the words that iOS itself shows, so that nobody stops at a warning.

use super::{
    View, folds,
    parts::{button, copy, help, waiting},
};
use app::text::t;
use muster_domain::apple::{Stopped, progress::Step};

/// What these pages look like beyond what all do.
pub(super) const STYLE: &str = include_str!("../../templates/phone/apple.css");

/// The profile, or the honest "not possible yet".
pub(super) fn page(view: &View<'_>, ipad: bool, in_app: bool) -> (&'static str, String) {
    if !view.apple_ready {
        return not_yet(view, ipad);
    }
    let l = view.language;
    if in_app {
        let body = format!(
            "<p class=soft>{}</p>{}{}{}",
            t::phone_safari_text(l),
            copy(view),
            folds::sees(view),
            folds::asks(view)
        );
        return (t::phone_safari(l), body);
    }
    let body = format!(
        "<p class=soft>{}</p>{}{}{}{}{}{}{}",
        t::phone_passcode(l),
        button(&profile(view), t::phone_profile(l)),
        stuck(view),
        steps(view, ipad),
        waiting(view),
        fails(view),
        folds::sees(view),
        folds::asks(view)
    );
    (if ipad { t::phone_ipad(l) } else { t::phone_iphone(l) }, body)
}

/// Where the profile is.
pub(super) fn profile(view: &View<'_>) -> String {
    format!("{}/profile", view.link_path)
}

/// A step: `rank` is the one of [`Step`] with which it is made, so that the script can tick it.
fn step(rank: u8, head: &str, text: &str, picture: &str) -> String {
    format!("<li data-s={rank}><b>{head}</b><span class=soft>{text}</span>{picture}</li>")
}

/// A question as iOS asks it, with the answer to give last.
fn question(no: &str, yes: &str) -> String {
    format!("<span class=ios aria-hidden=true><i>{no}</i><b>{yes}</b></span>")
}

/// A row of Settings.
fn row(words: &str) -> String {
    format!("<span class=ios aria-hidden=true><b>{words}</b><i>›</i></span>")
}

/// Since iOS 12.2 a profile waits in Settings; before, it opened there by itself.
const WAITS: (u32, u32) = (12, 2);

/// Where profiles are, in the words of this version.
fn place(view: &View<'_>) -> &'static str {
    let l = view.language;
    match view.ios {
        Some((..=12, _)) => t::phone_ios_place_12(l),
        Some((13 | 14, _)) => t::phone_ios_place_14(l),
        _ => t::phone_ios_place(l),
    }
}

fn steps(view: &View<'_>, ipad: bool) -> String {
    let l = view.language;
    let waits = view.ios.is_none_or(|version| version >= WAITS);
    let settings = if waits {
        let text = t::phone_settings_find(l, view.company(), place(view));
        step(2, t::phone_settings(l), &text, &row(t::phone_ios_downloaded(l)))
    } else {
        step(2, t::phone_settings_opens(l), t::phone_settings_opens_text(l), "")
    };
    let list = [
        step(
            1,
            t::phone_allow(l),
            t::phone_allow_text(l),
            &question(t::phone_ios_ignore(l), t::phone_ios_allow(l)),
        ),
        settings,
        step(
            3,
            t::phone_install(l),
            t::phone_install_text(l),
            &question(t::phone_ios_cancel(l), t::phone_ios_install(l)),
        ),
        step(
            4,
            t::phone_trust(l),
            &t::phone_trust_text(l, if ipad { "iPad" } else { "iPhone" }),
            &question(t::phone_ios_cancel(l), t::phone_ios_trust(l)),
        ),
        step(5, t::phone_step_back(l), t::phone_step_back_text(l), ""),
    ];
    format!("<ol>{}</ol>", list.concat())
}

/// How far a phone came, as the script ticks the steps.
#[must_use]
pub fn rank(step: Step) -> u8 {
    match step {
        Step::Refused => 0,
        Step::Profile => 1,
        // Settings asks for the identity once "Install" was pressed.
        Step::Scep | Step::Identity => 3,
        Step::Authenticate => 4,
        Step::Connected => 5,
    }
}

/// The name by which the script finds what to say of a phone that stopped.
#[must_use]
pub fn stop(stopped: Stopped) -> &'static str {
    match stopped {
        Stopped::NotInstalled => "settings",
        Stopped::NoIdentity | Stopped::NotBegun => "again",
        Stopped::NoToken => "network",
        Stopped::Refused => "refused",
    }
}

/// What went wrong, hidden until the server knows.
fn stuck(view: &View<'_>) -> String {
    let l = view.language;
    let words = [
        ("settings", t::phone_stuck_settings(l)),
        ("again", t::phone_stuck_again(l)),
        ("network", t::phone_stuck_network(l)),
        ("refused", t::phone_stuck_refused(l)),
    ];
    let one = |(name, words): &(&str, &str)| {
        format!("<p class=warn role=status data-stop={name} hidden>{words}</p>")
    };
    words.iter().map(one).collect()
}

fn fails(view: &View<'_>) -> String {
    let l = view.language;
    let body = format!(
        "<p><b>{}</b> {}</p><p><b>{}</b> {}</p><p><b>{}</b> {}</p><p><b>{}</b> {}</p>",
        t::phone_fails_row(l),
        t::phone_fails_row_text(l, place(view)),
        t::phone_fails_profile(l),
        t::phone_fails_profile_text(l),
        t::phone_fails_other(l),
        t::phone_fails_other_text(l, place(view)),
        t::phone_fails_lockdown(l),
        t::phone_fails_lockdown_text(l),
    );
    folds::fold(t::phone_fails(l), &body)
}

/// The script shows the second paragraph once the server knows.
fn not_yet(view: &View<'_>, ipad: bool) -> (&'static str, String) {
    let l = view.language;
    let body = format!(
        "<p class=soft>{}</p><p id=told class=wait role=status hidden>{}</p>{}{}",
        t::phone_not_yet_text(l, view.company(), view.until()),
        t::phone_not_yet_told(l, view.company()),
        help(view),
        folds::sees(view)
    );
    (if ipad { t::phone_ipad_not_yet(l) } else { t::phone_iphone_not_yet(l) }, body)
}
