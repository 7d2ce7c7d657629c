//! `InstallProfile` and `RemoveProfile`.

use super::answer::{Answer, MDM};
use crate::apple::{
    cms::verify,
    plists::Items,
    profile,
    state::{Afterwards, State},
};
use plist::Dictionary;

/// Installs a profile, or replaces the one with the same identifier.
pub fn install(state: &mut State, command: &Dictionary) -> Answer {
    let Some(payload) = command.data("Payload") else { return Answer::malformed("Payload") };
    let failed = |code, why: &str| {
        Answer::errors(&[
            ("MCInstallationErrorDomain", 4001, "Profile Installation Failed"),
            ("MCProfileErrorDomain", code, why),
        ])
    };
    let (content, signer) = if payload.first() == Some(&0x30) {
        match verify::verify(payload, &[]) {
            Ok(signed) => (signed.content, signed.signer.der().to_vec()),
            Err(error) => return failed(1004, &error.to_string()),
        }
    } else {
        (payload.to_vec(), Vec::new())
    };
    let mut profile = match profile::read(&content) {
        Ok((profile, _)) => profile,
        Err(why) => return failed(1000, &why),
    };
    if profile.payloads.iter().any(|p| p.kind == "com.apple.mdm") {
        return Answer::errors(&[
            ("MCInstallationErrorDomain", 4001, "Profile Installation Failed"),
            (MDM, 12001, "Only one MDM payload can be installed."),
        ]);
    }
    profile.signer = signer;
    profile.managed = true;
    state.profiles.insert(profile.identifier.clone(), profile);
    Answer::done()
}

/// Removes a profile that this server installed, or the enrolment.
pub fn remove(state: &mut State, command: &Dictionary) -> Answer {
    let Some(identifier) = command.text("Identifier") else { return Answer::malformed("Identifier") };
    if state.enrolment.as_ref().is_some_and(|e| e.profile.identifier == identifier) {
        return Answer { afterwards: Afterwards::Remove, ..Answer::done() };
    }
    match state.profiles.remove(identifier) {
        Some(_) => Answer::done(),
        None => {
            Answer::error("MDMErrorDomain", 12075, &format!("The profile “{identifier}” is not installed."))
        }
    }
}
