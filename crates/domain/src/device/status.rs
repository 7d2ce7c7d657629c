//! How a device is, and why: worked out from what it told, when it was heard of, and what its workspace wants.

use super::{AgentPermission, AppleFacts, Facts, HeadwindFacts, is_older};
use crate::{Timestamp, configuration::Lacking, time::DAY};
use serde::{Deserialize, Serialize};

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
    /// The profile by which it is managed was removed.
    ProfileRemoved,
    /// It has no passcode.
    NoPasscode,
    /// It has a passcode that the requirements do not allow.
    PasscodeNotCompliant,
    /// Its data is not protected.
    DataProtectionOff,
    /// Its system is older than the workspace wants.
    SystemTooOld {
        /// What it has.
        has: String,
        /// What is wanted.
        wants: String,
    },
    /// Its identity certificate ends in so many days, and with it its management.
    IdentityEnds {
        /// Whole days; 0 when it has ended.
        days: u32,
    },
    /// It is in Lost Mode: locked, for whoever finds it.
    LostMode,
    /// Apple says that it cannot be called any more.
    PushGone,
    /// The workspace has an APNs certificate for another topic: it cannot be called, and has to connect anew.
    CutOff,
    /// The workspace's APNs certificate ends in so many days, and then no Apple device can be called.
    PushCertificateEnds {
        /// Whole days; 0 when it has ended.
        days: u32,
    },
    /// Another piece of hardware spoke at the device's address: nothing is told to either until somebody decides.
    PossibleCopy,
    /// Something asked below its link though it has an address of its own, and was refused until somebody decides.
    LinkUsedAgain,
    /// It erased itself, as it was told from here.
    Erased,
    /// Its agent is not the company's own build, which alone is answered.
    OtherBuild,
    /// Its agent was not allowed what it needs.
    PermissionsMissing {
        /// What.
        which: Vec<AgentPermission>,
    },
    /// The company wants to own its devices, and the agent is not this one's owner.
    NotOwned,
    /// The battery is nearly empty.
    BatteryLow {
        /// Charge, 0 to 100.
        percent: u8,
    },
    /// Its agent is older than the workspace wants.
    AgentTooOld {
        /// What it has.
        has: String,
        /// What is wanted.
        wants: String,
    },
    /// The screen was locked from here.
    Locked,
    /// The home button opens another launcher, where the configuration wants the agent.
    LauncherNotDefault {
        /// Which it opens.
        has: String,
    },
    /// Apps are not as the configuration has them.
    AppsNotAsConfigured {
        /// Which, and how they are.
        which: Vec<Lacking>,
    },
    /// Files are not as the configuration has them.
    FilesNotAsConfigured {
        /// Which, and how they are.
        which: Vec<Lacking>,
    },
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
            Self::ProfileRemoved => "profile_removed",
            Self::NoPasscode => "no_passcode",
            Self::PasscodeNotCompliant => "passcode_not_compliant",
            Self::DataProtectionOff => "data_protection_off",
            Self::SystemTooOld { .. } => "system_too_old",
            Self::IdentityEnds { .. } => "identity_ends",
            Self::LostMode => "lost_mode",
            Self::PushGone => "push_gone",
            Self::CutOff => "cut_off",
            Self::PushCertificateEnds { .. } => "push_certificate_ends",
            Self::PossibleCopy => "possible_copy",
            Self::LinkUsedAgain => "link_used_again",
            Self::Erased => "erased",
            Self::OtherBuild => "other_build",
            Self::PermissionsMissing { .. } => "permissions_missing",
            Self::NotOwned => "not_owned",
            Self::BatteryLow { .. } => "battery_low",
            Self::AgentTooOld { .. } => "agent_too_old",
            Self::Locked => "locked",
            Self::LauncherNotDefault { .. } => "launcher_not_default",
            Self::AppsNotAsConfigured { .. } => "apps_not_as_configured",
            Self::FilesNotAsConfigured { .. } => "files_not_as_configured",
        }
    }
}

/// Days without a word until a device's status changes; a setting of the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// Days until warning.
    pub warning_days: u32,
    /// Days until critical.
    pub critical_days: u32,
}

/// By what a workspace judges its devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// When silence alarms.
    pub silence: Silence,
    /// The least version of iOS and iPadOS.
    pub apple_minimum_os: Option<String>,
    /// Until when the APNs certificate holds, if there is one.
    pub push_ends: Option<Timestamp>,
    /// Its topic.
    pub push_topic: Option<String>,
    /// What is wanted of devices with the Headwind agent.
    pub headwind: HeadwindRules,
}

/// What a workspace wants of its devices with the Headwind agent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeadwindRules {
    /// They are to be the company's own.
    pub owned: bool,
    /// The least version of the agent.
    pub minimum_agent: Option<String>,
}

/// An identity is renewed in its last so many days, so that one which is not renewed is seen before it ends.
pub const IDENTITY_WARNS: u32 = 21;
/// What ends within so many days is critical.
const ENDS_SOON: u32 = 7;
/// The APNs certificate is to be renewed in its last so many days.
pub const PUSH_WARNS: u32 = 30;

/// Whole days until a moment; 0 once it is over.
fn days_until(end: Timestamp, now: Timestamp) -> u32 {
    u32::try_from(end.since(now).max(0) / DAY).unwrap_or(u32::MAX)
}

/// What is gathered about a device: the statuses with their reasons.
type Found = Vec<(Status, Reason)>;

fn end(found: &mut Found, end: Option<Timestamp>, warns: u32, now: Timestamp, reason: fn(u32) -> Reason) {
    match end.map(|end| days_until(end, now)) {
        Some(days) if days <= ENDS_SOON => found.push((Status::Critical, reason(days))),
        Some(days) if days <= warns => found.push((Status::Warning, reason(days))),
        _ => {}
    }
}

fn apple(found: &mut Found, facts: &Facts, apple: &AppleFacts, rules: &Rules, now: Timestamp) {
    if apple.profile_installed == Some(false) {
        found.push((Status::Critical, Reason::ProfileRemoved));
    }
    if apple.push_gone == Some(true) {
        found.push((Status::Critical, Reason::PushGone));
    }
    if apple.lost_mode == Some(true) {
        found.push((Status::Warning, Reason::LostMode));
    }
    if let (Some(its), Some(ours)) = (&apple.topic, &rules.push_topic)
        && its != ours
    {
        found.push((Status::Critical, Reason::CutOff));
    }
    // Without a passcode there is no data protection, which goes without saying.
    if apple.passcode == Some(false) {
        found.push((Status::Critical, Reason::NoPasscode));
    } else if apple.data_protection == Some(false) {
        found.push((Status::Critical, Reason::DataProtectionOff));
    }
    if apple.passcode != Some(false) && apple.passcode_compliant == Some(false) {
        found.push((Status::Warning, Reason::PasscodeNotCompliant));
    }
    if let (Some(has), Some(wants)) = (&facts.os_version, &rules.apple_minimum_os)
        && is_older(has, wants)
    {
        let (has, wants) = (has.clone(), wants.clone());
        found.push((Status::Warning, Reason::SystemTooOld { has, wants }));
    }
    end(found, apple.identity_ends, IDENTITY_WARNS, now, |days| Reason::IdentityEnds { days });
    end(found, rules.push_ends, PUSH_WARNS, now, |days| Reason::PushCertificateEnds { days });
}

/// A battery with so little charge is worth a look while nothing charges it.
const BATTERY_WARNS: u8 = 10;

fn headwind(found: &mut Found, facts: &Facts, told: &HeadwindFacts, wants: &HeadwindRules) {
    if told.copy.is_some() {
        found.push((Status::Critical, Reason::PossibleCopy));
    }
    if told.unsigned == Some(true) {
        found.push((Status::Critical, Reason::OtherBuild));
    }
    if told.asked_again == Some(true) {
        found.push((Status::Warning, Reason::LinkUsedAgain));
    }
    let which = told.missing();
    if !which.is_empty() {
        found.push((Status::Warning, Reason::PermissionsMissing { which }));
    }
    if wants.owned && told.owner == Some(false) {
        found.push((Status::Warning, Reason::NotOwned));
    }
    if let Some(percent) = facts.battery_percent.filter(|p| *p <= BATTERY_WARNS)
        && facts.battery_charging != Some(true)
    {
        found.push((Status::Warning, Reason::BatteryLow { percent }));
    }
    if let (Some(has), Some(wants)) = (&facts.agent_version, &wants.minimum_agent)
        && is_older(has, wants)
    {
        found.push((Status::Warning, Reason::AgentTooOld { has: has.clone(), wants: wants.clone() }));
    }
    if told.locked == Some(true) {
        found.push((Status::Warning, Reason::Locked));
    }
    if let Some(has) = told.other_launcher.clone() {
        found.push((Status::Warning, Reason::LauncherNotDefault { has }));
    }
    if let Some(which) = told.apps.clone() {
        found.push((Status::Warning, Reason::AppsNotAsConfigured { which }));
    }
    if let Some(which) = told.files.clone() {
        found.push((Status::Warning, Reason::FilesNotAsConfigured { which }));
    }
}

/// The status of a device and all reasons behind it, the gravest first. What has left is told of no more than that.
#[must_use]
pub fn status(
    facts: &Facts,
    last_seen: Timestamp,
    left: bool,
    now: Timestamp,
    rules: &Rules,
) -> (Status, Vec<Reason>) {
    let mut found = Found::new();
    if left {
        let erased = facts.headwind.as_ref().is_some_and(|told| told.erased == Some(true));
        found.push(match (facts.apple.is_some(), erased) {
            (true, _) => (Status::Critical, Reason::ProfileRemoved),
            // That was wanted, and is no alarm.
            (false, true) => (Status::Warning, Reason::Erased),
            (false, false) => (Status::Critical, Reason::Left),
        });
    }
    if let Some(name) = &facts.managed_by {
        found.push((Status::Critical, Reason::ManagedBy { name: name.clone() }));
    }
    if facts.protection == Some(false) {
        found.push((Status::Critical, Reason::ProtectionOff));
    }
    let days = u32::try_from(now.since(last_seen).max(0) / DAY).unwrap_or(u32::MAX);
    if !left && days >= rules.silence.critical_days {
        found.push((Status::Critical, Reason::NotConnected { days }));
    } else if !left && days >= rules.silence.warning_days {
        found.push((Status::Warning, Reason::NotConnected { days }));
    }
    if let (Some(free), Some(total)) = (facts.storage_free_bytes, facts.storage_total_bytes)
        && total > 0
        && free < total / 20
    {
        found.push((Status::Warning, Reason::StorageLow));
    }
    if let Some(told) = facts.apple.as_deref().filter(|_| !left) {
        apple(&mut found, facts, told, rules, now);
    }
    if let Some(told) = facts.headwind.as_deref().filter(|_| !left) {
        headwind(&mut found, facts, told, &rules.headwind);
    }
    let worst = found.iter().map(|(s, _)| *s).max().unwrap_or(Status::Ok);
    found.sort_by_key(|(s, _)| std::cmp::Reverse(*s));
    (worst, found.into_iter().map(|(_, r)| r).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        let silence = Silence { warning_days: 7, critical_days: 30 };
        let headwind = HeadwindRules::default();
        Rules { silence, apple_minimum_os: None, push_ends: None, push_topic: None, headwind }
    }

    #[test]
    fn silence_warns_then_alarms() {
        let seen = Timestamp(0);
        let at = |days| status(&Facts::default(), seen, false, seen.plus_days(days), &rules());
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
        let (status, reasons) = status(&facts, Timestamp(0), false, Timestamp(0), &rules());
        assert_eq!(status, Status::Critical);
        let codes: Vec<_> = reasons.iter().map(Reason::code).collect();
        assert_eq!(codes, ["managed_by_other", "protection_off", "storage_low"]);
    }

    fn phone(apple: AppleFacts, os: &str) -> Facts {
        Facts { os_version: Some(os.into()), apple: Some(Box::new(apple)), ..Facts::default() }
    }

    fn lacking() -> Vec<Lacking> {
        vec![Lacking { what: "a.b".into(), how: crate::configuration::Lack::Missing }]
    }

    fn told(facts: &Facts, rules: &Rules) -> (Status, Vec<&'static str>) {
        let (status, reasons) = status(facts, Timestamp(0), false, Timestamp(0), rules);
        (status, reasons.iter().map(Reason::code).collect())
    }

    #[test]
    fn an_iphone_is_judged_by_its_passcode_its_data_and_its_system() {
        let none = AppleFacts::default;
        let wants = Rules { apple_minimum_os: Some("17.0".into()), push_topic: Some("a".into()), ..rules() };
        for (apple, os, status, code) in [
            (AppleFacts { passcode: Some(false), ..none() }, "17.4", Status::Critical, "no_passcode"),
            (
                AppleFacts { data_protection: Some(false), ..none() },
                "17.4",
                Status::Critical,
                "data_protection_off",
            ),
            (
                AppleFacts { passcode_compliant: Some(false), ..none() },
                "17.4",
                Status::Warning,
                "passcode_not_compliant",
            ),
            (
                AppleFacts { profile_installed: Some(false), ..none() },
                "17.4",
                Status::Critical,
                "profile_removed",
            ),
            (AppleFacts { push_gone: Some(true), ..none() }, "17.4", Status::Critical, "push_gone"),
            (AppleFacts { lost_mode: Some(true), ..none() }, "17.4", Status::Warning, "lost_mode"),
            (AppleFacts { topic: Some("b".into()), ..none() }, "17.4", Status::Critical, "cut_off"),
            (none(), "16.7.2", Status::Warning, "system_too_old"),
        ] {
            assert_eq!(told(&phone(apple, os), &wants), (status, vec![code]));
        }
        let topic = Some("a".into());
        let fine = AppleFacts { passcode: Some(true), data_protection: Some(true), topic, ..none() };
        assert_eq!(told(&phone(fine, "17.0"), &wants), (Status::Ok, vec![]));
        assert_eq!(told(&phone(none(), "9.0"), &rules()), (Status::Ok, vec![]), "nothing is wanted");
    }

    #[test]
    fn what_ends_is_told_before_and_after() {
        let ends = |days| {
            let apple =
                AppleFacts { identity_ends: Some(Timestamp(0).plus_days(days)), ..AppleFacts::default() };
            told(&phone(apple, "17.4"), &rules())
        };
        assert_eq!(ends(22), (Status::Ok, vec![]));
        assert_eq!(ends(21), (Status::Warning, vec!["identity_ends"]));
        assert_eq!(ends(7), (Status::Critical, vec!["identity_ends"]));
        assert_eq!(ends(0), (Status::Critical, vec!["identity_ends"]));
        let push = |days| Rules { push_ends: Some(Timestamp(0).plus_days(days)), ..rules() };
        let phone = phone(AppleFacts::default(), "17.4");
        assert_eq!(told(&phone, &push(31)), (Status::Ok, vec![]));
        assert_eq!(told(&phone, &push(30)), (Status::Warning, vec!["push_certificate_ends"]));
        assert_eq!(told(&Facts::default(), &push(0)), (Status::Ok, vec![]), "an Android does not mind");
    }

    #[test]
    fn an_agents_device_is_judged_by_what_it_may_do_by_its_owner_battery_and_version() {
        let none = HeadwindFacts::default;
        let agent = |told: HeadwindFacts, battery, version: &str| Facts {
            battery_percent: battery,
            agent_version: Some(version.into()),
            headwind: Some(Box::new(told)),
            ..Facts::default()
        };
        let wants = HeadwindRules { owned: true, minimum_agent: Some("6.30".into()) };
        let wants = Rules { headwind: wants, ..rules() };
        for (facts, status, code) in [
            (
                agent(HeadwindFacts { copy: Some("serial".into()), ..none() }, None, "6.36"),
                Status::Critical,
                "possible_copy",
            ),
            (
                agent(HeadwindFacts { overlay: Some(false), ..none() }, None, "6.36"),
                Status::Warning,
                "permissions_missing",
            ),
            (
                agent(HeadwindFacts { owner: Some(false), ..none() }, None, "6.36"),
                Status::Warning,
                "not_owned",
            ),
            (agent(HeadwindFacts { locked: Some(true), ..none() }, None, "6.36"), Status::Warning, "locked"),
            (
                agent(HeadwindFacts { other_launcher: Some("x".into()), ..none() }, None, "6.36"),
                Status::Warning,
                "launcher_not_default",
            ),
            (
                agent(HeadwindFacts { apps: Some(lacking()), ..none() }, None, "6.36"),
                Status::Warning,
                "apps_not_as_configured",
            ),
            (
                agent(HeadwindFacts { files: Some(lacking()), ..none() }, None, "6.36"),
                Status::Warning,
                "files_not_as_configured",
            ),
            (agent(none(), Some(10), "6.36"), Status::Warning, "battery_low"),
            (agent(none(), None, "6.9"), Status::Warning, "agent_too_old"),
        ] {
            assert_eq!(told(&facts, &wants), (status, vec![code]));
        }
        let fine = HeadwindFacts { owner: Some(true), admin: Some(true), locked: Some(false), ..none() };
        assert_eq!(told(&agent(fine, Some(11), "6.30"), &wants), (Status::Ok, vec![]));
        let unwanted = agent(HeadwindFacts { owner: Some(false), ..none() }, None, "1.0");
        assert_eq!(told(&unwanted, &rules()), (Status::Ok, vec![]), "nothing is wanted");
        let charging = Facts { battery_charging: Some(true), ..agent(none(), Some(3), "6.36") };
        assert_eq!(told(&charging, &rules()), (Status::Ok, vec![]));
    }

    #[test]
    fn an_iphone_that_left_has_lost_its_profile_and_nothing_else_is_held_against_it() {
        let facts = phone(AppleFacts { passcode: Some(false), ..AppleFacts::default() }, "9.0");
        let (status, reasons) = status(&facts, Timestamp(0), true, Timestamp(0), &rules());
        assert_eq!((status, reasons), (Status::Critical, vec![Reason::ProfileRemoved]));
    }
}
