//! What a device with the Headwind agent tells beyond what all devices do.

use crate::{Timestamp, configuration::Lacking};
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
    /// What that said of its hardware. Meaningless without [`Self::copy`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_is: Option<Hardware>,
    /// It has confirmed that it erases itself, as it was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erased: Option<bool>,
    /// Its requests are not signed as the company's own build of the agent signs them: it is not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsigned: Option<bool>,
    /// Something asked below its link though it has an address of its own, and was refused; `false` once somebody has decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_again: Option<bool>,
    /// The launcher that the home button opens where its configuration wants the agent; empty where it is as it should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_launcher: Option<String>,
    /// Apps that are not as its configuration has them; empty when all are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub apps: Option<Vec<Lacking>>,
    /// Files that are not as its configuration has them; empty when all are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<Lacking>>,
    /// Where it was last, if its configuration asks for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Of a report alone: where it was is to be forgotten, since its configuration does not ask for it.
    #[serde(skip)]
    pub no_place: bool,
}

/// By what a device's hardware is told from others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hardware {
    /// Its serial number.
    pub serial: Option<String>,
    /// Its IMEI.
    pub imei: Option<String>,
    /// Its model.
    pub model: Option<String>,
}

/// Where a device was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Millionths of a degree north.
    pub latitude: i32,
    /// Millionths of a degree east.
    pub longitude: i32,
    /// When, by the phone's clock.
    pub at: Timestamp,
}

impl Place {
    /// As maps take it, such as `52.52001, 13.40495`: to a meter, which is more than a phone knows.
    #[must_use]
    pub fn degrees(self) -> String {
        let degrees = |millionths: i32| f64::from(millionths) / 1e6;
        format!("{:.5}, {:.5}", degrees(self.latitude), degrees(self.longitude))
    }
}

impl HeadwindFacts {
    /// What is new replaces what was known; what is not told stays.
    pub fn merge(&mut self, new: &Self) {
        macro_rules! take {
            ($($field:ident),*) => { $(if new.$field.is_some() { self.$field.clone_from(&new.$field); })* };
        }
        take!(number, owner, admin, overlay, usage, kiosk, launcher, imei, phone, cpu, locked);
        take!(copy, copy_is, asked_again, erased, unsigned);
        take!(other_launcher, apps, files, place);
        if new.no_place {
            self.place = None;
        }
        let fine = |lacking: &Option<Vec<Lacking>>| lacking.as_ref().is_some_and(Vec::is_empty);
        if fine(&self.apps) {
            self.apps = None;
        }
        if fine(&self.files) {
            self.files = None;
        }
        if self.other_launcher.as_deref() == Some("") {
            self.other_launcher = None;
        }
        if self.copy.as_deref() == Some("") {
            self.copy = None;
            self.copy_is = None;
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
    fn what_was_lacking_ends_with_a_report_of_nothing_and_a_place_that_nobody_asks_for_is_forgotten() {
        let lacking = vec![Lacking { what: "a.b".into(), how: crate::configuration::Lack::Missing }];
        let place = Place { latitude: 52_520_008, longitude: -13_404_954, at: Timestamp(1) };
        let mut known = HeadwindFacts::default();
        known.merge(&HeadwindFacts {
            apps: Some(lacking.clone()),
            files: Some(lacking.clone()),
            other_launcher: Some("x".into()),
            place: Some(place),
            ..HeadwindFacts::default()
        });
        known.merge(&HeadwindFacts::default());
        assert_eq!(
            (known.apps.as_ref(), known.place),
            (Some(&lacking), Some(place)),
            "what is not told stays"
        );
        assert_eq!(place.degrees(), "52.52001, -13.40495");
        known.merge(&HeadwindFacts {
            apps: Some(Vec::new()),
            files: Some(Vec::new()),
            other_launcher: Some(String::new()),
            no_place: true,
            ..HeadwindFacts::default()
        });
        assert_eq!(known, HeadwindFacts::default());
    }

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
