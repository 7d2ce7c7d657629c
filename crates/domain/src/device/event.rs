//! A device's history: what happened to it, worked out from how it was and how it is.

use super::{Device, Reason, Status};
use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that happened to a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceEvent {
    /// It connected for the first time.
    Connected,
    /// The same hardware connected again by its link (DESIGN, rule 3).
    ConnectedAgain {
        /// Whether another key took the place of the former one.
        new_key: bool,
    },
    /// It said good-bye.
    Left,
    /// Its name in the console was changed.
    Renamed {
        /// The former name.
        from: String,
        /// The new one.
        to: String,
    },
    /// It was given to somebody else.
    Moved {
        /// The former owner's name.
        from: String,
        /// The new owner's name.
        to: String,
    },
    /// Its status changed, or the reasons behind it.
    Status {
        /// The former status.
        from: Status,
        /// The new one.
        to: Status,
        /// The reasons behind the new one.
        reasons: Vec<Reason>,
    },
    /// Its operating system was updated.
    OsUpdated {
        /// The former version.
        from: String,
        /// The new one.
        to: String,
    },
    /// Its agent was updated.
    AgentUpdated {
        /// The former version.
        from: String,
        /// The new one.
        to: String,
    },
}

/// One line of a device's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// When.
    pub at: Timestamp,
    /// The name of the account that did it; none when the device or time did.
    pub by: Option<String>,
    /// What.
    pub event: DeviceEvent,
}

fn replaced(before: Option<&String>, after: Option<&String>) -> Option<(String, String)> {
    let (from, to) = (before?, after?);
    (from != to && !from.is_empty() && !to.is_empty()).then(|| (from.clone(), to.clone()))
}

impl DeviceEvent {
    /// What happened between two looks at the same device, the weightiest first.
    /// Silence that grows by a day is no news: only another kind of reason is.
    #[must_use]
    pub fn between(before: &Device, after: &Device) -> Vec<Self> {
        let mut events = Vec::new();
        if before.left_at.is_none() && after.left_at.is_some() {
            events.push(Self::Left);
        }
        if before.owner != after.owner {
            events.push(Self::Moved { from: before.owner_name.clone(), to: after.owner_name.clone() });
        }
        if before.name != after.name {
            events.push(Self::Renamed { from: before.name.clone(), to: after.name.clone() });
        }
        if let Some((from, to)) = replaced(before.facts.os_version.as_ref(), after.facts.os_version.as_ref())
        {
            events.push(Self::OsUpdated { from, to });
        }
        if let Some((from, to)) =
            replaced(before.facts.agent_version.as_ref(), after.facts.agent_version.as_ref())
        {
            events.push(Self::AgentUpdated { from, to });
        }
        let codes = |device: &Device| device.reasons.iter().map(Reason::code).collect::<Vec<_>>();
        // Leaving is the whole reason of its critical status.
        let told = events.contains(&Self::Left);
        if !told && (before.status != after.status || codes(before) != codes(after)) {
            events.push(Self::Status {
                from: before.status,
                to: after.status,
                reasons: after.reasons.clone(),
            });
        }
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::{Facts, Platform};

    fn device() -> Device {
        let id = |n: u8| format!("00000000-0000-7000-8000-00000000000{n}");
        Device {
            workspace: id(1).parse().unwrap(),
            id: id(2).parse().unwrap(),
            name: "Pixel 8".into(),
            owner: id(3).parse().unwrap(),
            owner_name: "Anna".into(),
            owner_email: None,
            invitation: id(4).parse().unwrap(),
            platform: Platform::Android,
            facts: Facts { os_version: Some("14".into()), ..Facts::default() },
            status: Status::Ok,
            reasons: Vec::new(),
            enrolled_at: Timestamp(0),
            last_seen: Timestamp(0),
            left_at: None,
        }
    }

    #[test]
    fn nothing_happened_when_only_the_battery_and_the_clock_went_on() {
        let before = device();
        let mut after = device();
        after.last_seen = Timestamp(5);
        after.facts.battery_percent = Some(80);
        after.facts.agent_version = Some("1.0".into());
        assert_eq!(DeviceEvent::between(&before, &after), []);
    }

    #[test]
    fn silence_is_told_once_and_not_each_day() {
        let silent = |days| Device {
            status: Status::Warning,
            reasons: vec![Reason::NotConnected { days }],
            ..device()
        };
        let told = DeviceEvent::Status {
            from: Status::Ok,
            to: Status::Warning,
            reasons: vec![Reason::NotConnected { days: 7 }],
        };
        assert_eq!(DeviceEvent::between(&device(), &silent(7)), [told]);
        assert_eq!(DeviceEvent::between(&silent(7), &silent(8)), []);
    }

    #[test]
    fn another_reason_behind_the_same_status_is_told() {
        let critical = |reasons: Vec<Reason>| Device { status: Status::Critical, reasons, ..device() };
        let (before, after) = (
            critical(vec![Reason::ProtectionOff]),
            critical(vec![Reason::ManagedBy { name: "KNOX".into() }, Reason::ProtectionOff]),
        );
        assert_eq!(
            DeviceEvent::between(&before, &after),
            [DeviceEvent::Status {
                from: Status::Critical,
                to: Status::Critical,
                reasons: after.reasons.clone()
            }]
        );
    }

    #[test]
    fn leaving_tells_the_status_by_itself() {
        let after = Device {
            left_at: Some(Timestamp(9)),
            status: Status::Critical,
            reasons: vec![Reason::Left],
            ..device()
        };
        assert_eq!(DeviceEvent::between(&device(), &after), [DeviceEvent::Left]);
    }

    #[test]
    fn a_new_name_owner_and_version_are_told_apart() {
        let mut after = device();
        after.name = "Ward phone".into();
        after.owner = after.id.to_string().parse().unwrap();
        after.owner_name = "Boris".into();
        after.facts.os_version = Some("15".into());
        let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        let [(a, b), (c, d), (e, f)] =
            [pair("Anna", "Boris"), pair("Pixel 8", "Ward phone"), pair("14", "15")];
        assert_eq!(
            DeviceEvent::between(&device(), &after),
            [
                DeviceEvent::Moved { from: a, to: b },
                DeviceEvent::Renamed { from: c, to: d },
                DeviceEvent::OsUpdated { from: e, to: f }
            ]
        );
    }
}
