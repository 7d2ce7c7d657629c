//! The questions of `DeviceInformation` (Apple: "DeviceInformationCommand", `Queries`) that iPhones and iPads know.

use crate::{inventory::OsVersion, rights::AccessRights};

/// One question, with what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query {
    /// Its name in `Queries`, and of its answer.
    pub name: &'static str,
    /// Without this right the device leaves the answer out.
    pub right: AccessRights,
    /// Since which version.
    pub since: OsVersion,
}

const fn about(name: &'static str, right: AccessRights, major: u16, minor: u16) -> Query {
    Query { name, right, since: OsVersion::new(major, minor) }
}

const DEVICE: AccessRights = AccessRights::QUERY_DEVICE;
const NETWORK: AccessRights = AccessRights::QUERY_NETWORK;
const ANY: AccessRights = AccessRights::NONE;

/// What is asked after enrolment and daily. `UDID` is asked for as well, so that an answer can be told from another's.
pub const INVENTORY: &[Query] = &[
    about("UDID", ANY, 4, 0),
    about("DeviceName", DEVICE, 4, 0),
    about("OSVersion", DEVICE, 4, 0),
    about("BuildVersion", DEVICE, 4, 0),
    about("ModelName", DEVICE, 4, 0),
    about("Model", DEVICE, 4, 0),
    about("ModelNumber", DEVICE, 16, 4),
    about("ProductName", DEVICE, 4, 0),
    about("SerialNumber", DEVICE, 4, 0),
    about("DeviceCapacity", DEVICE, 4, 0),
    about("AvailableDeviceCapacity", DEVICE, 4, 0),
    about("IMEI", DEVICE, 4, 0),
    about("MEID", DEVICE, 4, 0),
    about("BatteryLevel", DEVICE, 5, 0),
    about("IsSupervised", DEVICE, 6, 0),
    about("IsDeviceLocatorServiceEnabled", DEVICE, 7, 0),
    about("IsActivationLockEnabled", DEVICE, 7, 0),
    about("IsCloudBackupEnabled", DEVICE, 7, 1),
    about("LastCloudBackupDate", ANY, 8, 0),
    about("IsMDMLostModeEnabled", DEVICE, 9, 3),
    about("SupplementalBuildVersion", DEVICE, 16, 1),
    about("SupplementalOSVersionExtra", DEVICE, 16, 1),
    about("WiFiMAC", NETWORK, 4, 0),
    about("BluetoothMAC", NETWORK, 4, 0),
    about("PhoneNumber", NETWORK, 4, 0),
    about("IsRoaming", NETWORK, 4, 2),
    about("ServiceSubscriptions", NETWORK, 12, 0),
];

/// The names to ask a device with these rights and this version; an unknown version is asked everything.
#[must_use]
pub fn inventory(rights: AccessRights, version: Option<OsVersion>) -> Vec<&'static str> {
    INVENTORY
        .iter()
        .filter(|q| rights.allows(q.right) && version.is_none_or(|v| v >= q.since))
        .map(|q| q.name)
        .collect()
}
