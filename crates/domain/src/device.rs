//! Devices: what they tell about themselves, and the status that follows from it (DESIGN, rule 7).

mod apple;
mod event;
mod headwind;
mod status;

pub use apple::{AppleFacts, is_older, is_version};
pub use event::{DeviceEvent, HistoryEntry};
pub use headwind::{AgentPermission, Hardware, HeadwindFacts, Place};
pub use status::{HeadwindRules, IDENTITY_WARNS, PUSH_WARNS, Reason, Rules, Silence, Status, status};

use crate::{DeviceId, InvitationId, Timestamp, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};

/// What runs on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// Android.
    Android,
    /// iPhone.
    Ios,
    /// iPad.
    Ipados,
}

impl Platform {
    /// The name in the database, the API and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Android => "android",
            Self::Ios => "ios",
            Self::Ipados => "ipados",
        }
    }

    /// The platform of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Android, Self::Ios, Self::Ipados].into_iter().find(|p| p.name() == name)
    }
}

/// What a device tells about itself. Every field may be missing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// The name the person gave it.
    pub name: Option<String>,
    /// The maker.
    pub manufacturer: Option<String>,
    /// The model, such as `Pixel 8`.
    pub model: Option<String>,
    /// The version of the operating system.
    pub os_version: Option<String>,
    /// The version of the agent.
    pub agent_version: Option<String>,
    /// The serial number.
    pub serial: Option<String>,
    /// Charge, 0 to 100.
    pub battery_percent: Option<u8>,
    /// Whether it is charging.
    pub battery_charging: Option<bool>,
    /// Bytes in all.
    pub storage_total_bytes: Option<u64>,
    /// Bytes free.
    pub storage_free_bytes: Option<u64>,
    /// Whether the agent's protection is on.
    pub protection: Option<bool>,
    /// The other system that manages it.
    pub managed_by: Option<String>,
    /// What an iPhone or iPad tells beyond that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub apple: Option<Box<AppleFacts>>,
    /// What the Headwind agent tells beyond that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headwind: Option<Box<HeadwindFacts>>,
}

impl Facts {
    /// What is new replaces what was known; what is not told stays.
    pub fn merge(&mut self, new: &Self) {
        macro_rules! take {
            ($($field:ident),*) => { $(if new.$field.is_some() { self.$field.clone_from(&new.$field); })* };
        }
        if !self.model.as_deref().zip(new.model.as_deref()).is_some_and(|(known, new)| says_less(new, known))
        {
            take!(model);
        }
        take!(name, manufacturer, os_version, agent_version, serial, battery_percent, battery_charging);
        take!(storage_total_bytes, storage_free_bytes, protection, managed_by);
        // An empty name says that the other system is gone.
        if self.managed_by.as_deref() == Some("") {
            self.managed_by = None;
        }
        if let Some(new) = &new.apple {
            self.apple.get_or_insert_default().merge(new);
        }
        if let Some(new) = &new.headwind {
            self.headwind.get_or_insert_default().merge(new);
        }
    }
}

/// Whether a model is just the product whose name in words is known: `iPhone15,2` after `iPhone 14 Pro (iPhone15,2)`. Apple's
/// devices tell the words once, and the product with every report.
fn says_less(new: &str, known: &str) -> bool {
    known.strip_suffix(')').and_then(|k| k.strip_suffix(new)).is_some_and(|words| words.ends_with(" ("))
}

/// A device as lists and windows show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Device {
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its id.
    pub id: DeviceId,
    /// What it is called in the console.
    pub name: String,
    /// Its owner.
    pub owner: UserId,
    /// The owner's name.
    pub owner_name: String,
    /// The owner's address.
    pub owner_email: Option<String>,
    /// The invitation that connected it.
    pub invitation: InvitationId,
    /// What runs on it.
    pub platform: Platform,
    /// What it told last.
    pub facts: Facts,
    /// How it is.
    pub status: Status,
    /// Why.
    pub reasons: Vec<Reason>,
    /// When it connected.
    pub enrolled_at: Timestamp,
    /// When it was last heard of.
    pub last_seen: Timestamp,
    /// When it left.
    pub left_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_models_name_in_words_stays_when_the_product_alone_is_told() {
        let told = |model: &str| Facts { model: Some(model.into()), ..Facts::default() };
        let mut known = told("iPhone15,2");
        for (next, then) in [
            ("iPhone 14 Pro (iPhone15,2)", "iPhone 14 Pro (iPhone15,2)"),
            ("iPhone15,2", "iPhone 14 Pro (iPhone15,2)"),
            ("iPhone16,1", "iPhone16,1"),
            ("iPhone 15 Pro (iPhone16,1)", "iPhone 15 Pro (iPhone16,1)"),
            ("iPhone15,1", "iPhone15,1"),
        ] {
            known.merge(&told(next));
            assert_eq!(known.model.as_deref(), Some(then), "{next}");
        }
    }
}
