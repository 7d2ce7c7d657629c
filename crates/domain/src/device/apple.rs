//! What iPhones and iPads tell beyond what all devices do, and what Apple's system versions are worth.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// What an iPhone or iPad tells, or is known of its management. Every field may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AppleFacts {
    /// `ProductName`, such as `iPhone15,2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// `BuildVersion`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
    /// `IMEI`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imei: Option<String>,
    /// `IsSupervised`: set up by the company as its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supervised: Option<bool>,
    /// It has a passcode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passcode: Option<bool>,
    /// The passcode is one that the requirements allow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passcode_compliant: Option<bool>,
    /// Its storage is encrypted with the passcode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_protection: Option<bool>,
    /// The enrolment profile is among the installed ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_installed: Option<bool>,
    /// `IsMDMLostModeEnabled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost_mode: Option<bool>,
    /// The rights that its profile grants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rights: Option<u32>,
    /// Until when its identity holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_ends: Option<Timestamp>,
    /// The topic of the APNs certificate for which it is enrolled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// Apple says that its push token is no more: it cannot be called, and comes by itself at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push_gone: Option<bool>,
    /// It has handed over what clears its passcode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_unlock: Option<bool>,
}

impl AppleFacts {
    /// What is new replaces what was known; what is not told stays.
    pub fn merge(&mut self, new: &Self) {
        macro_rules! take {
            ($($field:ident),*) => { $(if new.$field.is_some() { self.$field.clone_from(&new.$field); })* };
        }
        take!(
            product,
            build,
            imei,
            supervised,
            passcode,
            passcode_compliant,
            data_protection,
            profile_installed
        );
        take!(lost_mode, rights, identity_ends, topic, push_gone, can_unlock);
    }
}

/// The numbers of a version such as `17.4.1`; what is no number counts as 0.
fn numbers(version: &str) -> impl Iterator<Item = u32> {
    version.split('.').map(|part| part.trim().parse().unwrap_or(0))
}

/// Whether a version is older than another: compared number by number, and what is missing is 0.
#[must_use]
pub fn is_older(has: &str, wants: &str) -> bool {
    let (mut has, mut wants) = (numbers(has), numbers(wants));
    loop {
        match (has.next(), wants.next()) {
            (None, None) => return false,
            (a, b) => match a.unwrap_or(0).cmp(&b.unwrap_or(0)) {
                std::cmp::Ordering::Equal => {}
                order => return order.is_lt(),
            },
        }
    }
}

/// Whether a text is a version of an operating system: one to four numbers with dots between them.
#[must_use]
pub fn is_version(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let number = |p: &&str| (1..=4).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit());
    parts.len() <= 4 && parts.iter().all(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        for (older, newer) in [("9.3.5", "10.0"), ("17.4", "17.4.1"), ("17.4.1", "17.10"), ("16", "17.0")] {
            assert!(is_older(older, newer), "{older} {newer}");
            assert!(!is_older(newer, older), "{newer} {older}");
        }
        assert!(!is_older("17", "17.0.0") && !is_older("17.0", "17"));
    }

    #[test]
    fn a_version_has_one_to_four_numbers() {
        for good in ["17", "17.4", "17.4.1", "9.3.5.2"] {
            assert!(is_version(good), "{good}");
        }
        for bad in ["", ".", "17.", "iOS 17", "1.2.3.4.5", "17,4", "-1"] {
            assert!(!is_version(bad), "{bad}");
        }
    }

    #[test]
    fn what_is_not_told_stays() {
        let mut known = AppleFacts { passcode: Some(true), supervised: Some(false), ..AppleFacts::default() };
        known.merge(&AppleFacts { passcode: Some(false), ..AppleFacts::default() });
        assert_eq!((known.passcode, known.supervised), (Some(false), Some(false)));
    }
}
