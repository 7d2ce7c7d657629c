//! What an agent says about its device: the same body with [`Call::Info`](crate::request::Call::Info) and with the
//! confirmations of a reset, a restart and a new password.
//!
//! It is what the phone says, not what is so: nothing in it is proof of anything. A measurement out of its range is
//! as good as none; what is of another kind, or larger than anything that the agent sends, is refused by name.

mod read;

use crate::Number;

/// Apps in a report at most.
pub const MAX_APPLICATIONS: usize = 2000;
/// Files in a report at most.
pub const MAX_FILES: usize = 2000;
/// Permissions in a report at most: the agent has four, and may learn more.
pub const MAX_PERMISSIONS: usize = 16;

/// The device as it is now. All of it may be missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeviceInfo {
    /// Which device it is (`deviceId`).
    pub number: Option<Number>,
    /// Its model.
    pub model: Option<String>,
    /// The version of Android.
    pub android_version: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
    /// Its processor's architecture.
    pub cpu: Option<String>,
    /// Its SIM cards.
    pub sims: [Sim; 2],
    /// Charge of the battery in percent (`batteryLevel`). Whether it is charged is never said.
    pub battery_percent: Option<u8>,
    /// Where it is.
    pub location: Option<Location>,
    /// Whether the agent is the device's owner (`mdmMode`).
    pub device_owner: Option<bool>,
    /// Whether one app fills the screen.
    pub kiosk_mode: Option<bool>,
    /// Whether it is about to wipe itself.
    pub factory_reset: Option<bool>,
    /// What the agent may do.
    pub permissions: Permissions,
    /// Which build of the agent it is (`launcherType`).
    pub launcher_type: Option<String>,
    /// The launcher that the phone has.
    pub launcher_package: Option<String>,
    /// Whether that is the agent.
    pub default_launcher: Option<bool>,
    /// Those of the configuration's apps that are there.
    pub applications: Vec<InstalledApplication>,
    /// Those of the configuration's files that are there.
    pub files: Vec<PresentFile>,
    /// What apps on the phone have left for the server.
    pub custom: [Option<String>; 3],
}

/// A SIM card and its slot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sim {
    /// The phone number.
    pub phone: Option<String>,
    /// The slot's IMEI.
    pub imei: Option<String>,
    /// The card's serial number.
    pub iccid: Option<String>,
    /// The subscriber's number.
    pub imsi: Option<String>,
}

/// What the agent may do. Older agents say less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions {
    /// It is a device administrator.
    pub admin: Option<bool>,
    /// It may draw over other apps.
    pub overlay: Option<bool>,
    /// It sees which apps are used.
    pub usage: Option<bool>,
    /// It is an accessibility service.
    pub accessibility: Option<bool>,
}

/// Where the phone is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Location {
    /// When, in milliseconds since the Unix epoch, by the phone's clock.
    pub timestamp: i64,
    /// Degrees north, -90 to 90.
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    pub longitude: f64,
}

/// An app that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledApplication {
    /// Its package.
    pub package: String,
    /// Its name in the configuration.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
}

/// A file that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentFile {
    /// Its path below the shared storage.
    pub path: String,
    /// Its MD5.
    pub checksum: Option<String>,
    /// When it was changed, in milliseconds since the Unix epoch.
    pub last_update: Option<i64>,
}
