//! What the answers say about a device's health, for its status (DESIGN, rule 7). Unknown is not bad: a device that did
//! not answer, or may not be asked, gives no reason.

use crate::{
    inventory::OsVersion,
    results::{InstalledProfile, SecurityInfo},
};

/// One thing that is not as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// The enrolment profile is not among the installed ones.
    ProfileMissing,
    /// No passcode.
    NoPasscode,
    /// A passcode, but not one that the requirements allow.
    PasscodeNotCompliant,
    /// The storage is not protected by the passcode: hardware without both encryptions.
    NoDataProtection,
    /// An older system than the workspace wants.
    SystemTooOld {
        /// What it has.
        has: OsVersion,
        /// What is wanted.
        wants: OsVersion,
    },
}

/// Both bits of `HardwareEncryptionCaps`: block-level and file-level.
const BOTH_ENCRYPTIONS: u64 = 3;

/// From `SecurityInfo`. Without a passcode there is no data protection either, which goes without saying.
#[must_use]
pub fn security(info: &SecurityInfo) -> Vec<Fact> {
    let mut facts = Vec::new();
    if info.passcode_present == Some(false) {
        facts.push(Fact::NoPasscode);
    } else if info.passcode_compliant == Some(false) || info.passcode_compliant_with_profiles == Some(false) {
        facts.push(Fact::PasscodeNotCompliant);
    }
    if info.hardware_encryption.is_some_and(|caps| caps & BOTH_ENCRYPTIONS != BOTH_ENCRYPTIONS) {
        facts.push(Fact::NoDataProtection);
    }
    facts
}

/// Whether the device's data is protected (Apple: "SecurityInfo": both encryptions and a passcode); `None` if unknown.
#[must_use]
pub fn data_protection(info: &SecurityInfo) -> Option<bool> {
    match (info.hardware_encryption, info.passcode_present) {
        (Some(caps), _) if caps & BOTH_ENCRYPTIONS != BOTH_ENCRYPTIONS => Some(false),
        (_, Some(false)) => Some(false),
        (Some(_), Some(true)) => Some(true),
        _ => None,
    }
}

/// Compares the system with the least that the workspace wants.
#[must_use]
pub fn system(has: Option<OsVersion>, wants: Option<OsVersion>) -> Option<Fact> {
    match (has?, wants?) {
        (has, wants) if has < wants => Some(Fact::SystemTooOld { has, wants }),
        _ => None,
    }
}

/// Looks for the enrolment profile in `ProfileList`: by its identifier, and with the MDM payload in it where the device
/// names the payloads.
#[must_use]
pub fn enrolment_profile(list: &[InstalledProfile], identifier: &str) -> Option<Fact> {
    let ours = |p: &&InstalledProfile| p.identifier == identifier;
    let managing = |p: &InstalledProfile| {
        p.payload_types.is_empty() || p.payload_types.iter().any(|t| t == "com.apple.mdm")
    };
    match list.iter().find(ours) {
        Some(profile) if managing(profile) => None,
        _ => Some(Fact::ProfileMissing),
    }
}
