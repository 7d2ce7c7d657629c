//! What a command needs of a device, as data: so that a console can grey it out and say why.

use crate::{inventory::OsVersion, rights::AccessRights};

/// What a command needs (Apple's schema: `supervised`, `accessrights`, `introduced`, `userenrollment`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// The device must be supervised.
    pub supervised: bool,
    /// The profile must grant these rights.
    pub rights: AccessRights,
    /// The earliest version.
    pub since: OsVersion,
    /// Forbidden in user enrolments.
    pub device_enrolment: bool,
    /// The device must be in Lost Mode.
    pub lost_mode: bool,
    /// The server must have the device's `UnlockToken`.
    pub unlock_token: bool,
}

impl Needs {
    pub(crate) const fn of(rights: AccessRights, major: u16, minor: u16) -> Self {
        Self {
            supervised: false,
            rights,
            since: OsVersion::new(major, minor),
            device_enrolment: false,
            lost_mode: false,
            unlock_token: false,
        }
    }

    pub(crate) const fn supervised(self) -> Self {
        Self { supervised: true, ..self }
    }

    pub(crate) const fn device_enrolment(self) -> Self {
        Self { device_enrolment: true, ..self }
    }

    pub(crate) const fn lost_mode(self) -> Self {
        Self { lost_mode: true, ..self }
    }

    pub(crate) const fn unlock_token(self) -> Self {
        Self { unlock_token: true, ..self }
    }

    /// What a device lacks; empty if it can take the command. What is not known of a device is not held against it.
    #[must_use]
    pub fn unmet(&self, device: &Abilities) -> Vec<Unmet> {
        let mut unmet = Vec::new();
        if self.device_enrolment && device.user_enrolment {
            unmet.push(Unmet::UserEnrolment);
        }
        if self.supervised && device.supervised == Some(false) {
            unmet.push(Unmet::NotSupervised);
        }
        if !device.rights.allows(self.rights) {
            unmet.push(Unmet::NoRight(self.rights));
        }
        if device.version.is_some_and(|v| v < self.since) {
            unmet.push(Unmet::TooOld(self.since));
        }
        if self.lost_mode && device.lost_mode == Some(false) {
            unmet.push(Unmet::NotInLostMode);
        }
        if self.unlock_token && !device.has_unlock_token {
            unmet.push(Unmet::NoUnlockToken);
        }
        unmet
    }
}

/// What is known of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// `IsSupervised`.
    pub supervised: Option<bool>,
    /// The rights of its profile.
    pub rights: AccessRights,
    /// Its version.
    pub version: Option<OsVersion>,
    /// Whether it is a user enrolment.
    pub user_enrolment: bool,
    /// `IsMDMLostModeEnabled`.
    pub lost_mode: Option<bool>,
    /// Whether the server has its `UnlockToken`.
    pub has_unlock_token: bool,
}

/// A reason why a command cannot be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unmet {
    /// The device is not supervised.
    #[error("the device is not supervised")]
    NotSupervised,
    /// The profile does not grant a right; installing the profile again can.
    #[error("the profile does not grant the right {}", .0.bits())]
    NoRight(AccessRights),
    /// The system is too old.
    #[error("it needs iOS {0}")]
    TooOld(OsVersion),
    /// Personal devices are spared this.
    #[error("not possible on a personal device (user enrolment)")]
    UserEnrolment,
    /// The device is not in Lost Mode.
    #[error("the device is not in Lost Mode")]
    NotInLostMode,
    /// The device has not handed over its unlock token.
    #[error("the device has not handed over its unlock token")]
    NoUnlockToken,
}
