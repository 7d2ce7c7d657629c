//! Devices: what they tell about themselves, and the status that follows from it (DESIGN, rule 7).

mod event;

pub use event::{DeviceEvent, HistoryEntry};

use crate::{DeviceId, InvitationId, Timestamp, UserId, WorkspaceId, time::DAY};
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

/// How a device is. Ordered: the worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Nothing to do.
    Ok,
    /// Worth a look.
    Warning,
    /// Needs someone.
    Critical,
}

impl Status {
    /// The name in the API and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }

    /// The status of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Ok, Self::Warning, Self::Critical].into_iter().find(|s| s.name() == name)
    }

    /// The status's place in the database: 1 to 3, 0 stands for none.
    #[must_use]
    pub fn rank(self) -> i64 {
        self as i64 + 1
    }

    /// The status of that rank.
    #[must_use]
    pub fn from_rank(rank: i64) -> Option<Self> {
        [Self::Ok, Self::Warning, Self::Critical].into_iter().find(|s| s.rank() == rank)
    }
}

/// Why a status is not ok.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The device said good-bye, or its profile or agent is gone.
    Left,
    /// Another system manages it too.
    ManagedBy {
        /// Its name as the agent reports it.
        name: String,
    },
    /// The agent reports that its protection is off.
    ProtectionOff,
    /// Nothing heard for so many days.
    NotConnected {
        /// Whole days.
        days: u32,
    },
    /// Less than a twentieth of the storage is free.
    StorageLow,
}

impl Reason {
    /// A stable name for scripts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::ManagedBy { .. } => "managed_by_other",
            Self::ProtectionOff => "protection_off",
            Self::NotConnected { .. } => "not_connected",
            Self::StorageLow => "storage_low",
        }
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

/// Days without a word until a device's status changes; a setting of the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// Days until warning.
    pub warning_days: u32,
    /// Days until critical.
    pub critical_days: u32,
}

/// The status of a device and all reasons behind it, the gravest first.
#[must_use]
pub fn status(
    facts: &Facts,
    last_seen: Timestamp,
    left: bool,
    now: Timestamp,
    silence: Silence,
) -> (Status, Vec<Reason>) {
    let mut found = Vec::new();
    if left {
        found.push((Status::Critical, Reason::Left));
    }
    if let Some(name) = &facts.managed_by {
        found.push((Status::Critical, Reason::ManagedBy { name: name.clone() }));
    }
    if facts.protection == Some(false) {
        found.push((Status::Critical, Reason::ProtectionOff));
    }
    let days = u32::try_from(now.since(last_seen).max(0) / DAY).unwrap_or(u32::MAX);
    if !left && days >= silence.critical_days {
        found.push((Status::Critical, Reason::NotConnected { days }));
    } else if !left && days >= silence.warning_days {
        found.push((Status::Warning, Reason::NotConnected { days }));
    }
    if let (Some(free), Some(total)) = (facts.storage_free_bytes, facts.storage_total_bytes)
        && total > 0
        && free < total / 20
    {
        found.push((Status::Warning, Reason::StorageLow));
    }
    let worst = found.iter().map(|(s, _)| *s).max().unwrap_or(Status::Ok);
    found.sort_by_key(|(s, _)| std::cmp::Reverse(*s));
    (worst, found.into_iter().map(|(_, r)| r).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SILENCE: Silence = Silence { warning_days: 7, critical_days: 30 };

    #[test]
    fn silence_warns_then_alarms() {
        let seen = Timestamp(0);
        let at = |days| status(&Facts::default(), seen, false, seen.plus_days(days), SILENCE);
        assert_eq!(at(6), (Status::Ok, vec![]));
        assert_eq!(at(7), (Status::Warning, vec![Reason::NotConnected { days: 7 }]));
        assert_eq!(at(30), (Status::Critical, vec![Reason::NotConnected { days: 30 }]));
    }

    #[test]
    fn every_reason_is_told_and_the_gravest_first() {
        let facts = Facts {
            protection: Some(false),
            storage_total_bytes: Some(100),
            storage_free_bytes: Some(1),
            managed_by: Some("KNOX".into()),
            ..Facts::default()
        };
        let (status, reasons) = status(&facts, Timestamp(0), false, Timestamp(0), SILENCE);
        assert_eq!(status, Status::Critical);
        let codes: Vec<_> = reasons.iter().map(Reason::code).collect();
        assert_eq!(codes, ["managed_by_other", "protection_off", "storage_low"]);
    }
}
