//! What a device says of itself: `DeviceInformation` and `SecurityInfo`.

use crate::{
    fields::Inventory,
    inventory::{OsVersion, build, imei, meid, product, serial},
};
use plist::{Date, Dictionary};

/// `QueryResponses` of `DeviceInformation`. What was not asked, not allowed or not known by the device is not there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeviceInformation {
    /// `DeviceName`.
    pub device_name: Option<String>,
    /// `OSVersion`.
    pub os_version: Option<OsVersion>,
    /// `BuildVersion`.
    pub build_version: Option<String>,
    /// `ModelName`, such as `iPhone`.
    pub model_name: Option<String>,
    /// `Model`, the part number.
    pub model: Option<String>,
    /// `ProductName`, such as `iPhone15,2`.
    pub product_name: Option<String>,
    /// `SerialNumber`.
    pub serial_number: Option<String>,
    /// `IMEI`, or the first of `ServiceSubscriptions`.
    pub imei: Option<String>,
    /// `MEID`.
    pub meid: Option<String>,
    /// `PhoneNumber`.
    pub phone_number: Option<String>,
    /// `WiFiMAC`.
    pub wifi_mac: Option<String>,
    /// `BluetoothMAC`.
    pub bluetooth_mac: Option<String>,
    /// `DeviceCapacity`, in gigabytes.
    pub capacity: Option<f64>,
    /// `AvailableDeviceCapacity`, in gigabytes.
    pub available: Option<f64>,
    /// `BatteryLevel`, 0 to 1.
    pub battery: Option<f64>,
    /// `IsSupervised`.
    pub supervised: Option<bool>,
    /// `IsDeviceLocatorServiceEnabled`: Find My.
    pub find_my: Option<bool>,
    /// `IsActivationLockEnabled`.
    pub activation_lock: Option<bool>,
    /// `IsMDMLostModeEnabled`.
    pub lost_mode: Option<bool>,
    /// `IsRoaming`.
    pub roaming: Option<bool>,
    /// `IsCloudBackupEnabled`.
    pub cloud_backup: Option<bool>,
    /// `LastCloudBackupDate`.
    pub last_cloud_backup: Option<Date>,
    /// What else it says.
    pub other: Dictionary,
}

/// `SecurityInfo`, as far as phones and tablets have it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SecurityInfo {
    /// `HardwareEncryptionCaps`: bit 1 block-level, bit 2 file-level encryption.
    pub hardware_encryption: Option<u64>,
    /// `PasscodePresent`.
    pub passcode_present: Option<bool>,
    /// `PasscodeCompliant`: with all requirements, of accounts too.
    pub passcode_compliant: Option<bool>,
    /// `PasscodeCompliantWithProfiles`.
    pub passcode_compliant_with_profiles: Option<bool>,
    /// What else it says.
    pub other: Dictionary,
}

/// A text that `parse` takes; one that it does not take stays in `other`.
fn parsed<T>(from: &mut Dictionary, key: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
    let value = parse(from.get(key)?.as_string()?)?;
    from.remove(key);
    Some(value)
}

pub(super) fn device(mut from: Dictionary) -> DeviceInformation {
    DeviceInformation {
        device_name: from.name("DeviceName"),
        os_version: parsed(&mut from, "OSVersion", |t| OsVersion::parse(t).ok()),
        build_version: parsed(&mut from, "BuildVersion", build),
        model_name: from.name("ModelName"),
        model: from.name("Model"),
        product_name: parsed(&mut from, "ProductName", product),
        serial_number: parsed(&mut from, "SerialNumber", serial),
        imei: parsed(&mut from, "IMEI", imei).or_else(|| first_imei(&from)),
        meid: parsed(&mut from, "MEID", meid),
        phone_number: from.clean("PhoneNumber"),
        wifi_mac: parsed(&mut from, "WiFiMAC", mac),
        bluetooth_mac: parsed(&mut from, "BluetoothMAC", mac),
        capacity: from.number("DeviceCapacity"),
        available: from.number("AvailableDeviceCapacity"),
        // A device that does not know says -1.
        battery: from.number("BatteryLevel").filter(|level| (0.0..=1.0).contains(level)),
        supervised: from.yes("IsSupervised"),
        find_my: from.yes("IsDeviceLocatorServiceEnabled"),
        activation_lock: from.yes("IsActivationLockEnabled"),
        lost_mode: from.yes("IsMDMLostModeEnabled"),
        roaming: from.yes("IsRoaming"),
        cloud_backup: from.yes("IsCloudBackupEnabled"),
        last_cloud_backup: from.remove("LastCloudBackupDate").and_then(|v| v.as_date()),
        other: from,
    }
}

/// Since iOS 16 the numbers of each SIM come in `ServiceSubscriptions` alone.
fn first_imei(from: &Dictionary) -> Option<String> {
    let subscriptions = from.get("ServiceSubscriptions")?.as_array()?;
    subscriptions.iter().find_map(|s| imei(s.as_dictionary()?.get("IMEI")?.as_string()?))
}

/// A hardware address (IEEE 802): six octets with colons, in lower case.
fn mac(text: &str) -> Option<String> {
    let octet = |o: &str| o.len() == 2 && o.bytes().all(|b| b.is_ascii_hexdigit());
    (text.len() == 17 && text.split(':').count() == 6 && text.split(':').all(octet))
        .then(|| text.to_ascii_lowercase())
}

pub(super) fn security(mut from: Dictionary) -> SecurityInfo {
    SecurityInfo {
        hardware_encryption: from.count("HardwareEncryptionCaps"),
        passcode_present: from.yes("PasscodePresent"),
        passcode_compliant: from.yes("PasscodeCompliant"),
        passcode_compliant_with_profiles: from.yes("PasscodeCompliantWithProfiles"),
        other: from,
    }
}
