//! What a device can be asked to do, and why not: for a console that greys it out with the reason.
//!
//! The table of what Apple's commands need is `crates/apple-mdm`'s; a test there holds the two together.

use super::CommandKind;
use crate::device::{AppleFacts, Facts, HeadwindFacts, Platform, is_older};
use serde::{Deserialize, Serialize};

/// Apple's access rights ("MDM", `AccessRights`), as far as commands need them.
mod right {
    pub(super) const INSPECT_PROFILES: u32 = 1;
    pub(super) const INSTALL_PROFILES: u32 = 2;
    pub(super) const LOCK: u32 = 4;
    pub(super) const ERASE: u32 = 8;
    pub(super) const INSPECT_APPS: u32 = 256;
    pub(super) const SECURITY: u32 = 1024;
    pub(super) const SETTINGS: u32 = 2048;
}

/// Why a device cannot be asked for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Impossible {
    /// This kind of device does not know it.
    #[error("this kind of device does not know it")]
    Platform,
    /// It is not managed any more.
    #[error("the device is not managed any more")]
    Left,
    /// Only devices that the company set up as its own (supervised) do it.
    #[error("the device is not supervised")]
    NotSupervised,
    /// The workspace's profile does not ask for the right; it counts when the profile is installed anew.
    #[error("the device's profile does not grant the right to it")]
    NoRight,
    /// Its system is too old.
    #[error("its system is too old for it")]
    TooOld,
    /// It is not in Lost Mode.
    #[error("the device is not in Lost Mode")]
    NotLost,
    /// It is in Lost Mode already.
    #[error("the device is in Lost Mode already")]
    Lost,
    /// The screen was not locked from here.
    #[error("the screen was not locked from here")]
    NotLocked,
    /// Only devices that the company set up as its own do it: the agent must be their owner.
    #[error("the agent is not the device's owner")]
    NotOwned,
    /// The person has not allowed the agent to act as a device administrator.
    #[error("the agent is not allowed to act as a device administrator")]
    NoAdmin,
    /// The person has not allowed the agent to draw over other apps.
    #[error("the agent is not allowed to draw over other apps")]
    NoOverlay,
    /// Another piece of hardware spoke at its address.
    #[error("another device may use its address: decide that first")]
    PossibleCopy,
    /// It has not handed over what unlocks it.
    #[error("the device has not handed over its unlock token")]
    NoUnlockToken,
}

/// What is known of a device's abilities.
#[derive(Clone, Copy, Debug)]
pub struct Abilities<'d> {
    /// What runs on it.
    pub platform: Platform,
    /// It has left.
    pub left: bool,
    /// What it told.
    pub facts: &'d Facts,
}

/// Whether a device can be asked for this. What is not known of it is not held against it.
///
/// # Errors
/// [`Impossible`] says why not.
pub fn possible(kind: CommandKind, device: Abilities<'_>) -> Result<(), Impossible> {
    use CommandKind::*;
    if device.left {
        return Err(Impossible::Left);
    }
    if device.platform == Platform::Android {
        return match device.facts.headwind.as_deref() {
            Some(told) => headwind(kind, device.facts, told),
            None if kind == Report => Ok(()),
            None => Err(Impossible::Platform),
        };
    }
    let none = AppleFacts::default();
    let apple = device.facts.apple.as_deref().unwrap_or(&none);
    let (right, since, supervised) = match kind {
        Unlock | ResetPassword | RunApp => return Err(Impossible::Platform),
        Report | DeviceInformation => (0, "4.0", false),
        SecurityInfo => (right::SECURITY, "4.0", false),
        ProfileList | CertificateList => (right::INSPECT_PROFILES, "4.0", false),
        ApplicationList => (right::INSPECT_APPS, "5.0", false),
        Declarations => (0, "15.0", false),
        Lock | ClearPasscode => (right::LOCK, "4.0", false),
        Restart | ShutDown => (right::LOCK, "10.3", true),
        Rename => (right::SETTINGS, "5.0", true),
        Erase => (right::ERASE, "4.0", false),
        LostMode | EndLostMode | Locate => (0, "9.3", true),
        PlaySound => (0, "10.3", true),
        InstallProfile | RemoveProfile | RenewIdentity | RemoveManagement => {
            (right::INSTALL_PROFILES, "4.0", false)
        }
    };
    if supervised && apple.supervised != Some(true) {
        return Err(Impossible::NotSupervised);
    }
    if apple.rights.is_some_and(|has| has & right != right) {
        return Err(Impossible::NoRight);
    }
    if device.facts.os_version.as_deref().is_some_and(|has| is_older(has, since)) {
        return Err(Impossible::TooOld);
    }
    match (kind, apple.lost_mode) {
        (EndLostMode | Locate | PlaySound, Some(false)) => Err(Impossible::NotLost),
        (LostMode, Some(true)) => Err(Impossible::Lost),
        (ClearPasscode, _) if apple.can_unlock == Some(false) => Err(Impossible::NoUnlockToken),
        _ => Ok(()),
    }
}

/// What the Headwind agent can do: its `ConfigUpdater` and `Utils` ask Android for it, which wants the agent to be the device's
/// owner or its administrator (Android: `DevicePolicyManager`).
fn headwind(kind: CommandKind, facts: &Facts, told: &HeadwindFacts) -> Result<(), Impossible> {
    use CommandKind::*;
    let owner = told.owner == Some(true);
    let no = |why: Impossible, it_is: bool| if it_is { Err(why) } else { Ok(()) };
    match kind {
        Report => return Ok(()),
        Lock | Unlock | Restart | Erase | ResetPassword | RunApp => {}
        _ => return Err(Impossible::Platform),
    }
    no(Impossible::PossibleCopy, told.copy.is_some())?;
    match kind {
        Lock => no(Impossible::NoOverlay, told.overlay == Some(false)),
        Unlock => no(Impossible::NotLocked, told.locked != Some(true)),
        Restart | ResetPassword => no(Impossible::NotOwned, !owner),
        Erase => {
            no(Impossible::NoAdmin, told.admin == Some(false) && !owner)?;
            // Since Android 14 an administrator that is no owner wipes nothing.
            let new = facts.os_version.as_deref().is_some_and(|has| !is_older(has, "14"));
            no(Impossible::NotOwned, new && !owner)
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(apple: AppleFacts, os: &str) -> Facts {
        Facts { os_version: Some(os.into()), apple: Some(Box::new(apple)), ..Facts::default() }
    }

    fn of(facts: &Facts) -> impl Fn(CommandKind) -> Result<(), Impossible> {
        |kind| possible(kind, Abilities { platform: Platform::Ios, left: false, facts })
    }

    #[test]
    fn what_an_unsupervised_phone_cannot_do_has_its_reason() {
        let known = facts(AppleFacts { supervised: Some(false), ..AppleFacts::default() }, "17.4");
        for kind in CommandKind::ALL.iter().copied() {
            use CommandKind::*;
            let expected = match kind {
                Restart | ShutDown | Rename | LostMode | EndLostMode | Locate | PlaySound => {
                    Err(Impossible::NotSupervised)
                }
                Unlock | ResetPassword | RunApp => Err(Impossible::Platform),
                _ => Ok(()),
            };
            assert_eq!(of(&known)(kind), expected, "{kind:?}");
        }
    }

    #[test]
    fn rights_versions_lost_mode_and_unlock_tokens_are_reasons_too() {
        let apple = AppleFacts { supervised: Some(true), lost_mode: Some(false), ..AppleFacts::default() };
        let known = facts(apple.clone(), "17.4");
        assert_eq!(of(&known)(CommandKind::Restart), Ok(()));
        assert_eq!(of(&known)(CommandKind::Locate), Err(Impossible::NotLost));
        let lost = facts(AppleFacts { lost_mode: Some(true), ..apple.clone() }, "17.4");
        assert_eq!(of(&lost)(CommandKind::Locate), Ok(()));
        assert_eq!(of(&lost)(CommandKind::LostMode), Err(Impossible::Lost));
        let old = facts(apple.clone(), "9.1");
        assert_eq!(of(&old)(CommandKind::Restart), Err(Impossible::TooOld));
        assert_eq!(of(&old)(CommandKind::Declarations), Err(Impossible::TooOld));
        let few = facts(AppleFacts { rights: Some(right::INSPECT_PROFILES), ..apple.clone() }, "17.4");
        assert_eq!(of(&few)(CommandKind::Erase), Err(Impossible::NoRight));
        assert_eq!(of(&few)(CommandKind::ProfileList), Ok(()));
        let mute = facts(AppleFacts { can_unlock: Some(false), ..apple }, "17.4");
        assert_eq!(of(&mute)(CommandKind::ClearPasscode), Err(Impossible::NoUnlockToken));
    }

    #[test]
    fn a_headwind_agent_does_what_android_lets_it() {
        use CommandKind::{Erase, Locate, Lock, Report, ResetPassword, Restart, RunApp, Unlock};
        let of = |told: HeadwindFacts, os: &str, kind| {
            let facts =
                Facts { os_version: Some(os.into()), headwind: Some(Box::new(told)), ..Facts::default() };
            possible(kind, Abilities { platform: Platform::Android, left: false, facts: &facts })
        };
        let none = HeadwindFacts::default;
        let owner = || HeadwindFacts { owner: Some(true), ..none() };
        for kind in [Report, Lock, RunApp, Restart, ResetPassword, Erase] {
            assert_eq!(of(owner(), "14", kind), Ok(()), "{kind:?}");
        }
        for kind in [Restart, ResetPassword] {
            assert_eq!(of(none(), "13", kind), Err(Impossible::NotOwned), "{kind:?}");
        }
        assert_eq!(of(none(), "13", Erase), Ok(()));
        assert_eq!(of(HeadwindFacts { admin: Some(false), ..none() }, "13", Erase), Err(Impossible::NoAdmin));
        assert_eq!(of(HeadwindFacts { admin: Some(true), ..none() }, "14", Erase), Err(Impossible::NotOwned));
        assert_eq!(
            of(HeadwindFacts { overlay: Some(false), ..none() }, "13", Lock),
            Err(Impossible::NoOverlay)
        );
        assert_eq!(of(none(), "13", Unlock), Err(Impossible::NotLocked));
        assert_eq!(of(HeadwindFacts { locked: Some(true), ..none() }, "13", Unlock), Ok(()));
        assert_eq!(of(owner(), "14", Locate), Err(Impossible::Platform));
        let copy = HeadwindFacts { copy: Some("serial".into()), ..owner() };
        assert_eq!(of(copy.clone(), "14", Restart), Err(Impossible::PossibleCopy));
        assert_eq!(of(copy, "14", Report), Ok(()));
    }

    #[test]
    fn an_android_reports_and_what_has_left_does_nothing() {
        let facts = Facts::default();
        let android = Abilities { platform: Platform::Android, left: false, facts: &facts };
        assert_eq!(possible(CommandKind::Report, android), Ok(()));
        assert_eq!(possible(CommandKind::Erase, android), Err(Impossible::Platform));
        let left = Abilities { platform: Platform::Ios, left: true, facts: &facts };
        assert_eq!(possible(CommandKind::Report, left), Err(Impossible::Left));
    }
}
