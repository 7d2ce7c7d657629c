//! `DeviceInformation` and `SecurityInfo`.

use super::answer::Answer;
use crate::apple::{
    plists::{Items, dict},
    state::{Passcode, State},
};
use plist::{Dictionary, Value};

/// Rights for questions about the device, and about its networks.
const DEVICE: u64 = 16;
const NETWORK: u64 = 32;

/// Exactly what was asked, as far as it is known and allowed.
pub fn device(state: &State, rights: u64, command: &Dictionary) -> Answer {
    let Some(queries) = command.get("Queries").and_then(Value::as_array) else {
        return Answer::malformed("Queries");
    };
    let mut responses = Dictionary::new();
    for query in queries.iter().filter_map(Value::as_string) {
        if let Some((right, value)) = known(state, query)
            && rights & right == right
        {
            responses.insert(query.to_owned(), value);
        }
    }
    Answer::with(dict([("QueryResponses", responses.into())]))
}

/// The right that a question needs, and its answer.
fn known(state: &State, query: &str) -> Option<(u64, Value)> {
    let hardware = &state.hardware;
    let text = |text: &str| Some(Value::from(text));
    let gigabytes = |part: f64| Some(Value::Real(f64::from(hardware.capacity) * part));
    let phone = hardware.imei.is_some();
    let value = match query {
        "UDID" => return Some((0, hardware.udid.as_str().into())),
        "WiFiMAC" => return Some((NETWORK, hardware.wifi_mac.as_str().into())),
        "BluetoothMAC" => return Some((NETWORK, hardware.bluetooth_mac.as_str().into())),
        "PhoneNumber" => return Some((NETWORK, hardware.phone_number.as_deref()?.into())),
        "IsRoaming" | "DataRoamingEnabled" | "VoiceRoamingEnabled" if phone => {
            return Some((NETWORK, false.into()));
        }
        "CurrentCarrierNetwork" | "SubscriberCarrierNetwork" | "SIMCarrierNetwork" if phone => {
            return Some((NETWORK, "Example Mobile".into()));
        }
        "ServiceSubscriptions" if phone => return Some((NETWORK, subscriptions(state))),
        "DeviceName" => text(&hardware.name),
        "OSVersion" => text(&hardware.os_version),
        "BuildVersion" | "SupplementalBuildVersion" => text(&hardware.build),
        "ModelName" => text(&hardware.model_name),
        "Model" => text(&hardware.model),
        "ModelNumber" => text(&hardware.model_number),
        "ProductName" => text(&hardware.product),
        "SerialNumber" => text(&hardware.serial),
        "TimeZone" => text("Europe/London"),
        "DeviceCapacity" => gigabytes(1.0),
        "AvailableDeviceCapacity" => gigabytes(0.625),
        "BatteryLevel" => Some(Value::Real(0.8125)),
        "CellularTechnology" => Some(u32::from(phone).into()),
        // Since iOS 16 a phone with two SIMs has these in ServiceSubscriptions alone; one with one has them here too.
        "IMEI" => hardware.imei.as_deref().map(Into::into),
        "MEID" => hardware.meid.as_deref().map(Into::into),
        "ModemFirmwareVersion" if phone => text("3.20.05"),
        "IsSupervised" => Some(state.supervised.into()),
        "IsMDMLostModeEnabled" => Some(state.lost_mode.into()),
        "IsDeviceLocatorServiceEnabled" | "IsCloudBackupEnabled" | "iTunesStoreAccountIsActive" => {
            Some(true.into())
        }
        "IsActivationLockEnabled" => Some((!state.supervised).into()),
        "IsMultiUser"
        | "IsNetworkTethered"
        | "IsDoNotDisturbInEffect"
        | "AwaitingConfiguration"
        | "DiagnosticSubmissionEnabled"
        | "AppAnalyticsEnabled"
        | "PersonalHotspotEnabled" => Some(false.into()),
        _ => None,
    };
    value.map(|value| (DEVICE, value))
}

fn subscriptions(state: &State) -> Value {
    let hardware = &state.hardware;
    let mut one = dict([
        ("CarrierSettingsVersion", "62.0".into()),
        ("CurrentCarrierNetwork", "Example Mobile".into()),
        ("IsDataPreferred", true.into()),
        ("IsRoaming", false.into()),
        ("IsVoicePreferred", true.into()),
        ("Label", "Primary".into()),
        ("Slot", "CTSubscriptionSlotOne".into()),
    ]);
    for (key, value) in
        [("IMEI", &hardware.imei), ("MEID", &hardware.meid), ("PhoneNumber", &hardware.phone_number)]
    {
        one.extend(value.as_deref().map(|value| (key.to_owned(), Value::from(value))));
    }
    Value::Array(vec![one.into()])
}

/// `SecurityInfo`.
pub fn security(state: &State) -> Answer {
    let compliant = state.passcode == Passcode::Compliant;
    // Who has no passcode complies as long as no profile asks for one.
    let asked = state
        .profiles
        .values()
        .any(|p| p.payloads.iter().any(|p| p.kind == "com.apple.mobiledevice.passwordpolicy"));
    let compliant = compliant || (state.passcode == Passcode::Absent && !asked);
    let status = dict([
        ("EnrolledViaDEP", false.into()),
        ("IsUserEnrollment", false.into()),
        ("UserApprovedEnrollment", true.into()),
    ]);
    let info = dict([
        // Block-level and file-level encryption.
        ("HardwareEncryptionCaps", 3_u32.into()),
        ("PasscodePresent", (state.passcode != Passcode::Absent).into()),
        ("PasscodeCompliant", compliant.into()),
        ("PasscodeCompliantWithProfiles", compliant.into()),
        ("PasscodeLockGracePeriod", 0_u32.into()),
        ("PasscodeLockGracePeriodEnforced", 0_u32.into()),
        ("AutoLockTime", 30_u32.into()),
        ("ManagementStatus", status.into()),
    ]);
    Answer::with(dict([("SecurityInfo", info.into())]))
}

/// Whether a list is to have what this server manages alone.
pub fn managed_only(command: &Dictionary) -> bool {
    command.yes("ManagedOnly") || command.yes("ManagedAppsOnly")
}
