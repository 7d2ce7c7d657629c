//! How far a phone came on its way, and what most likely stopped it.

use crate::{Timestamp, time::MINUTE};
use serde::{Deserialize, Serialize};

/// A step on the way to a connected iPhone or iPad. Ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Safari has fetched the profile.
    Profile,
    /// The person pressed "Install" in Settings: the phone has asked for its identity.
    Scep,
    /// It has got one.
    Identity,
    /// It began (`Authenticate`).
    Authenticate,
    /// It is connected (`TokenUpdate`).
    Connected,
    /// It was refused, with the reason in words.
    Refused,
}

impl Step {
    /// All of them, in their order.
    pub const ALL: [Self; 6] =
        [Self::Profile, Self::Scep, Self::Identity, Self::Authenticate, Self::Connected, Self::Refused];

    /// The name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Scep => "scep",
            Self::Identity => "identity",
            Self::Authenticate => "authenticate",
            Self::Connected => "connected",
            Self::Refused => "refused",
        }
    }

    /// The step of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

/// A step that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Which.
    pub step: Step,
    /// When, the last time.
    pub at: Timestamp,
    /// What else is known.
    pub detail: Option<String>,
}

/// What most likely stopped a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stopped {
    /// The profile was fetched, and Settings never asked for the identity: the person did not install it there, or the
    /// phone does not trust the server's TLS certificate.
    NotInstalled,
    /// It asked for an identity and got none: the challenge was spent or too old, or the clock is wrong.
    NoIdentity,
    /// It has an identity and did not begin.
    NotBegun,
    /// It began and did not say how it can be called: it could not reach Apple's push service.
    NoToken,
    /// It was refused; the words say why.
    Refused,
}

/// iOS needs no longer for any of the steps that it makes by itself; a person may take this long in Settings.
const PATIENCE: i64 = 5 * MINUTE;

/// Where a phone has stopped; `None` while it may still be on its way, and once it is connected.
#[must_use]
pub fn stopped(steps: &[Progress], now: Timestamp) -> Option<Stopped> {
    let at = |step: Step| steps.iter().find(|p| p.step == step).map(|p| p.at);
    // A profile that was fetched anew begins the way anew.
    let begun = at(Step::Profile).unwrap_or_default();
    let made = |step: Step| at(step).is_some_and(|at| at >= begun);
    // Who is refused after that is another phone, and not stopped but kept away.
    if made(Step::Connected) {
        return None;
    }
    let latest = steps.iter().filter(|p| p.step != Step::Refused).map(|p| p.at).max();
    if at(Step::Refused).is_some_and(|refused| latest.is_none_or(|latest| refused >= latest)) {
        return Some(Stopped::Refused);
    }
    // The server knows at once that it gave no identity; also if another key has got one before.
    let asked = steps.iter().find(|p| p.step == Step::Scep);
    if asked.is_some_and(|p| p.detail.is_some() && Some(p.at) == latest) {
        return Some(Stopped::NoIdentity);
    }
    if now.since(latest?) < PATIENCE {
        return None;
    }
    match () {
        () if made(Step::Authenticate) => Some(Stopped::NoToken),
        () if made(Step::Identity) => Some(Stopped::NotBegun),
        () if made(Step::Scep) => Some(Stopped::NoIdentity),
        () => Some(Stopped::NotInstalled),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(steps: &[(Step, i64)]) -> Vec<Progress> {
        let step = |(step, at): &(Step, i64)| Progress { step: *step, at: Timestamp(*at), detail: None };
        steps.iter().map(step).collect()
    }

    #[test]
    fn the_likeliest_cause_is_told_from_the_last_step() {
        use Step::{Authenticate, Connected, Identity, Profile, Scep};
        let late = Timestamp(10 + PATIENCE);
        let all = [(Profile, 1), (Scep, 2), (Identity, 3), (Authenticate, 4), (Connected, 5)];
        let expected = [
            Some(Stopped::NotInstalled),
            Some(Stopped::NoIdentity),
            Some(Stopped::NotBegun),
            Some(Stopped::NoToken),
            None,
        ];
        for (n, expected) in expected.into_iter().enumerate() {
            assert_eq!(stopped(&way(&all[..=n]), late), expected, "{n}");
            assert_eq!(stopped(&way(&all[..=n]), Timestamp(6)), None, "it may still come");
        }
        assert_eq!(stopped(&[], late), None);
    }

    #[test]
    fn an_identity_that_was_refused_is_told_at_once_until_the_profile_is_fetched_again() {
        use Step::{Identity, Profile, Scep};
        let mut steps = way(&[(Profile, 1), (Scep, 5), (Identity, 3)]);
        assert_eq!(stopped(&steps, Timestamp(6)), None);
        steps[1].detail = Some("the challenge was spent with another key".into());
        assert_eq!(stopped(&steps, Timestamp(6)), Some(Stopped::NoIdentity), "whatever another key has got");
        steps[0].at = Timestamp(7);
        assert_eq!(stopped(&steps, Timestamp(8)), None);
    }

    #[test]
    fn a_profile_that_is_fetched_again_begins_anew_and_a_refusal_is_told_at_once() {
        use Step::{Authenticate, Connected, Identity, Profile, Refused, Scep};
        let late = Timestamp(20 + PATIENCE);
        let again = [(Profile, 9), (Scep, 2), (Identity, 3), (Authenticate, 4), (Connected, 5)];
        assert_eq!(stopped(&way(&again), late), Some(Stopped::NotInstalled));
        let refused = [(Profile, 1), (Scep, 2), (Identity, 3), (Refused, 4)];
        assert_eq!(stopped(&way(&refused), Timestamp(5)), Some(Stopped::Refused));
        let other = [(Profile, 1), (Scep, 2), (Identity, 3), (Authenticate, 4), (Connected, 5), (Refused, 9)];
        assert_eq!(stopped(&way(&other), late), None, "another phone: the right one is connected");
        let anew = [(Profile, 8), (Scep, 2), (Identity, 3), (Authenticate, 4), (Connected, 5), (Refused, 9)];
        assert_eq!(stopped(&way(&anew), Timestamp(10)), Some(Stopped::Refused));
        let after = [(Profile, 6), (Refused, 4)];
        assert_eq!(stopped(&way(&after), Timestamp(7)), None);
    }
}
