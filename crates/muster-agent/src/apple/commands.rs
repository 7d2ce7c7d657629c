//! What a device does when it is told: each command of Apple's that Muster knows, with the results that iOS gives
//! (Apple: "Commands and queries"; errors by "MDM Protocol Reference", "Error Codes").

mod action;
pub mod answer;
mod information;
mod lists;
mod profiles;

use super::{device::Device, state::Passcode};
use answer::Answer;
use plist::Dictionary;

/// A locked screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locked {
    /// Not locked.
    #[default]
    No,
    /// Locked by its owner.
    Yes,
    /// Started, and never unlocked since: even less can be read.
    SinceStart,
}

impl Locked {
    /// Whether a command is put off. The old reference guarantees that `DeviceInformation`, `ProfileList`, `DeviceLock`,
    /// `EraseDevice`, `ClearPasscode`, `CertificateList` and `InstalledApplicationList` never are; devices that were
    /// never unlocked have been seen to put off the lists too, and locked ones `SecurityInfo`.
    fn puts_off(self, request_type: &str) -> bool {
        let changing =
            matches!(request_type, "InstallProfile" | "RemoveProfile" | "SecurityInfo" | "Settings");
        let reading = matches!(request_type, "ProfileList" | "CertificateList" | "InstalledApplicationList");
        match self {
            Self::No => false,
            Self::Yes => changing,
            Self::SinceStart => changing || reading,
        }
    }
}

/// The access right that a command needs; 0 for none.
fn right(request_type: &str) -> u64 {
    match request_type {
        "ProfileList" | "CertificateList" => 1,
        "InstallProfile" | "RemoveProfile" => 2,
        "DeviceLock" | "ClearPasscode" | "RestartDevice" | "ShutDownDevice" => 4,
        "EraseDevice" => 8,
        "InstalledApplicationList" => 256,
        "SecurityInfo" => 1024,
        "Settings" => 2048,
        _ => 0,
    }
}

/// Whether a device has to be supervised for it.
fn needs_supervision(request_type: &str) -> bool {
    matches!(
        request_type,
        "RestartDevice"
            | "ShutDownDevice"
            | "EnableLostMode"
            | "DisableLostMode"
            | "DeviceLocation"
            | "PlayLostModeSound"
    )
}

/// Does a command, and says how it went. `now` is in seconds since the Unix epoch.
pub fn execute(device: &mut Device, request_type: &str, command: &Dictionary, now: i64) -> Answer {
    // Without a passcode there is no Data Protection that a lock would bring.
    let locked = device.state.passcode != Passcode::Absent;
    if locked && device.options.locked.puts_off(request_type) {
        return Answer::not_now();
    }
    let rights = device.state.enrolment.as_ref().map(|e| e.mdm.rights).unwrap_or_default();
    let needed = right(request_type);
    if rights & needed != needed {
        return Answer::error(answer::MDM, 12007, "The MDM server is not authorized to do that.");
    }
    if needs_supervision(request_type) && !device.state.supervised {
        return answer::invalid_request(request_type);
    }
    match request_type {
        "DeviceInformation" => information::device(&device.state, rights, command),
        "SecurityInfo" => information::security(&device.state),
        "ProfileList" => lists::profiles(&device.state, command),
        "InstalledApplicationList" => lists::applications(command),
        "CertificateList" => lists::certificates(device),
        "InstallProfile" => profiles::install(&mut device.state, command),
        "RemoveProfile" => profiles::remove(&mut device.state, command),
        "DeviceLock" => action::lock(&device.state, command),
        "ClearPasscode" => action::clear_passcode(&mut device.state, command),
        "RestartDevice" | "ShutDownDevice" => Answer::done(),
        "EraseDevice" => action::erase(),
        "Settings" => action::settings(&mut device.state, command),
        "EnableLostMode" => action::enable_lost_mode(&mut device.state, command),
        "DisableLostMode" => action::disable_lost_mode(&mut device.state),
        "DeviceLocation" => action::location(&device.state, now),
        "PlayLostModeSound" => action::sound(&device.state),
        "DeclarativeManagement" => action::declarative(&mut device.state, command),
        other => answer::invalid_request(other).as_format_error(),
    }
}
