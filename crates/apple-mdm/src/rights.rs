//! `AccessRights` of the MDM payload: what the server may do at all.

/// A set of rights (Apple: "MDM", `AccessRights`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccessRights(u16);

/// The set is none that devices take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRights {
    /// No right at all.
    #[error("AccessRights must not be 0")]
    None,
    /// A bit that does not exist.
    #[error("AccessRights has no bit above 4096")]
    Unknown,
    /// Installing profiles without inspecting them.
    #[error("AccessRights with 2 need 1")]
    InstallWithoutInspect,
    /// Installing provisioning profiles without inspecting them.
    #[error("AccessRights with 128 need 64")]
    ProvisionWithoutInspect,
}

impl AccessRights {
    /// Nothing; what a command needs that needs no right.
    pub const NONE: Self = Self(0);
    /// Inspection of installed configuration profiles.
    pub const INSPECT_PROFILES: Self = Self(1);
    /// Installation and removal of configuration profiles.
    pub const INSTALL_PROFILES: Self = Self(2);
    /// Device lock and passcode removal.
    pub const LOCK: Self = Self(4);
    /// Device erase.
    pub const ERASE: Self = Self(8);
    /// Query of device information.
    pub const QUERY_DEVICE: Self = Self(16);
    /// Query of network information.
    pub const QUERY_NETWORK: Self = Self(32);
    /// Inspection of provisioning profiles.
    pub const INSPECT_PROVISIONING: Self = Self(64);
    /// Installation and removal of provisioning profiles.
    pub const INSTALL_PROVISIONING: Self = Self(128);
    /// Inspection of installed applications.
    pub const INSPECT_APPLICATIONS: Self = Self(256);
    /// Restriction-related queries.
    pub const QUERY_RESTRICTIONS: Self = Self(512);
    /// Security-related queries.
    pub const QUERY_SECURITY: Self = Self(1024);
    /// Manipulation of settings.
    pub const SETTINGS: Self = Self(2048);
    /// App management.
    pub const MANAGE_APPLICATIONS: Self = Self(4096);
    /// All of them.
    pub const ALL: Self = Self(8191);

    /// A set from its number, checked as a device checks it.
    ///
    /// # Errors
    /// [`InvalidRights`].
    pub fn new(bits: u16) -> Result<Self, InvalidRights> {
        let rights = Self(bits);
        if bits == 0 {
            Err(InvalidRights::None)
        } else if !Self::ALL.allows(rights) {
            Err(InvalidRights::Unknown)
        } else if rights.allows(Self::INSTALL_PROFILES) && !rights.allows(Self::INSPECT_PROFILES) {
            Err(InvalidRights::InstallWithoutInspect)
        } else if rights.allows(Self::INSTALL_PROVISIONING) && !rights.allows(Self::INSPECT_PROVISIONING) {
            Err(InvalidRights::ProvisionWithoutInspect)
        } else {
            Ok(rights)
        }
    }

    /// As the profile writes it.
    #[must_use]
    pub fn bits(self) -> u16 {
        self.0
    }

    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `wanted` are in it.
    #[must_use]
    pub const fn allows(self, wanted: Self) -> bool {
        self.0 & wanted.0 == wanted.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_that_a_device_refuses_are_not_made() {
        assert_eq!(AccessRights::new(0), Err(InvalidRights::None));
        assert_eq!(AccessRights::new(2), Err(InvalidRights::InstallWithoutInspect));
        assert_eq!(AccessRights::new(128), Err(InvalidRights::ProvisionWithoutInspect));
        assert_eq!(AccessRights::new(8192), Err(InvalidRights::Unknown));
        assert_eq!(AccessRights::new(8191), Ok(AccessRights::ALL));
        assert!(!AccessRights::new(3).unwrap().allows(AccessRights::LOCK));
    }
}
