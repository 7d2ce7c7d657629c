//! What a device with the Headwind agent tells beyond what all devices do.

use serde::{Deserialize, Serialize};

/// What the Headwind agent tells, or is known of it. Every field may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HeadwindFacts {
    /// The number by which it calls itself; its screen shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// `mdmMode`: it is the device's owner, so that the company set the device up as its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<bool>,
    /// It may act as a device administrator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin: Option<bool>,
    /// It may draw over other apps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlay: Option<bool>,
    /// It may see which app is in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<bool>,
    /// `kioskMode`: it keeps the person within one app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kiosk: Option<bool>,
    /// The package of the launcher that the home button opens; an empty one is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launcher: Option<String>,
    /// Its IMEI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imei: Option<String>,
    /// Its telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The processor's kind, such as `arm64-v8a`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<String>,
    /// It was told to lock its screen, and not to unlock it since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locked: Option<bool>,
    /// Another piece of hardware spoke at its address: what it said otherwise. Empty once somebody has decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy: Option<String>,
}

impl HeadwindFacts {
    /// What is new replaces what was known; what is not told stays.
    pub fn merge(&mut self, new: &Self) {
        macro_rules! take {
            ($($field:ident),*) => { $(if new.$field.is_some() { self.$field.clone_from(&new.$field); })* };
        }
        take!(number, owner, admin, overlay, usage, kiosk, launcher, imei, phone, cpu, locked, copy);
        if self.copy.as_deref() == Some("") {
            self.copy = None;
        }
    }

    /// What it may not do though it needs it, in the order in which the agent asks for it.
    #[must_use]
    pub fn missing(&self) -> Vec<AgentPermission> {
        let told = [
            (self.admin, AgentPermission::Admin),
            (self.overlay, AgentPermission::Overlay),
            (self.usage, AgentPermission::Usage),
        ];
        told.into_iter().filter(|(has, _)| *has == Some(false)).map(|(_, what)| what).collect()
    }
}

/// What the Headwind agent needs a person to allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentPermission {
    /// To act as a device administrator.
    Admin,
    /// To draw over other apps.
    Overlay,
    /// To see which app is in use.
    Usage,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_told_stays_and_a_decided_copy_is_none() {
        let mut known =
            HeadwindFacts { admin: Some(true), copy: Some("serial".into()), ..HeadwindFacts::default() };
        known.merge(&HeadwindFacts { overlay: Some(false), ..HeadwindFacts::default() });
        assert_eq!(
            (known.admin, known.overlay, known.copy.as_deref()),
            (Some(true), Some(false), Some("serial"))
        );
        known.merge(&HeadwindFacts { copy: Some(String::new()), ..HeadwindFacts::default() });
        assert_eq!(known.copy, None);
    }

    #[test]
    fn only_what_is_known_to_be_refused_is_missing() {
        let known = HeadwindFacts { admin: Some(false), usage: Some(true), ..HeadwindFacts::default() };
        assert_eq!(known.missing(), [AgentPermission::Admin]);
        assert!(HeadwindFacts::default().missing().is_empty());
    }
}
