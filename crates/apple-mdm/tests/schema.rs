//! Apple's own machine-readable schema against what is written and read here: names of keys, kinds of values, what is
//! required, rights, supervision and versions. `apple/schema.json` says where it comes from.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that panics fails, as it should")]

mod common;
#[path = "common/profiles.rs"]
mod profiles;

use muster_apple_mdm::{
    Dictionary, Value,
    checkin::Secret,
    command::{Command, DeviceName, LostMessage, PhoneNumber, ScreenText},
    declarative::STATUS_ITEMS,
    document::{Limits, dictionary},
    ids::{CommandUuid, PayloadIdentifier},
    inventory::OsVersion,
    queries,
    rights::AccessRights,
};
use serde_json::Value as Json;
use std::sync::LazyLock;

static SCHEMA: LazyLock<Json> =
    LazyLock::new(|| serde_json::from_str(include_str!("apple/schema.json")).unwrap());

fn rights(name: &Json) -> AccessRights {
    match name.as_str().unwrap_or("None") {
        "AllowInspection" => AccessRights::INSPECT_PROFILES,
        "AllowInstallationRemoval" => AccessRights::INSTALL_PROFILES,
        "AllowPasscodeRemovalAndLock" => AccessRights::LOCK,
        "AllowDeviceErase" => AccessRights::ERASE,
        "AllowQueryDeviceInformation" => AccessRights::QUERY_DEVICE,
        "AllowQueryNetworkInformation" => AccessRights::QUERY_NETWORK,
        "AllowQueryApplications" => AccessRights::INSPECT_APPLICATIONS,
        "AllowQuerySecurity" => AccessRights::QUERY_SECURITY,
        "AllowSettings" => AccessRights::SETTINGS,
        // Each question of `DeviceInformation` has its own.
        "None" | "Special Case" => AccessRights::NONE,
        other => panic!("{other}"),
    }
}

fn since(key: &Json) -> OsVersion {
    OsVersion::parse(key["introduced"].as_str().unwrap_or("4.0")).unwrap()
}

/// Every key is known, of its kind and one of its values, and every required one is there.
fn conforms(dictionary: &Dictionary, schema: &Json, place: &str) {
    for (key, value) in dictionary {
        let known = &schema[key];
        assert!(known.is_object(), "{place}: {key} is not in the schema");
        let kind = match value {
            Value::String(_) => "string",
            Value::Integer(_) => "integer",
            Value::Boolean(_) => "boolean",
            Value::Data(_) => "data",
            Value::Array(_) => "array",
            Value::Dictionary(_) => "dictionary",
            other => panic!("{place}: {other:?}"),
        };
        assert_eq!(known["type"], kind, "{place}: {key}");
        if let (Some(values), Some(text)) = (known["values"].as_array(), value.as_string()) {
            assert!(values.contains(&Json::from(text)), "{place}: {key} is {text}");
        }
        if let (Some(values), Some(number)) = (known["values"].as_array(), value.as_unsigned_integer()) {
            assert!(values.contains(&Json::from(number)), "{place}: {key} is {number}");
        }
    }
    for (key, known) in schema.as_object().unwrap() {
        assert!(known["required"] != true || dictionary.contains_key(key), "{place}: {key} is required");
    }
}

fn commands() -> Vec<Command> {
    let text = |t: &str| ScreenText::parse(t).unwrap();
    let identifier = || PayloadIdentifier::parse("org.example.profile").unwrap();
    let all = queries::inventory(AccessRights::ALL, None).into_iter().map(str::to_owned).collect();
    vec![
        Command::DeviceInformation(all),
        Command::SecurityInfo,
        Command::ProfileList,
        Command::InstalledApplicationList,
        Command::CertificateList,
        Command::DeviceLock(None, None),
        Command::DeviceLock(Some(text("a")), PhoneNumber::parse("+1 2").ok()),
        Command::ClearPasscode(Secret(vec![0, 1, 2])),
        Command::RestartDevice,
        Command::ShutDownDevice,
        Command::Rename(DeviceName::parse("a").unwrap()),
        Command::EraseDevice { preserve_data_plan: false, disallow_proximity_setup: false },
        Command::EraseDevice { preserve_data_plan: true, disallow_proximity_setup: false },
        Command::EraseDevice { preserve_data_plan: true, disallow_proximity_setup: true },
        Command::EnableLostMode(LostMessage::Message(text("a")), Some(text("b"))),
        Command::DisableLostMode,
        Command::DeviceLocation,
        Command::PlayLostModeSound,
        Command::InstallProfile(vec![1]),
        Command::RemoveProfile(identifier()),
        Command::RemoveManagement(identifier()),
        Command::DeclarativeManagement(b"{}".to_vec()),
    ]
}

fn parameters(command: &Command) -> Dictionary {
    let document = command.document(&CommandUuid::from_random([1; 16]));
    let document = dictionary(&document, Limits::ANSWER).unwrap();
    let mut parameters = document["Command"].as_dictionary().unwrap().clone();
    parameters.remove("RequestType");
    parameters
}

#[test]
fn commands_conform_to_apples_schema() {
    for command in commands() {
        let name = command.request_type();
        let schema = &SCHEMA["commands"][name];
        assert!(schema.is_object(), "{name} is no command");
        conforms(&parameters(&command), &schema["keys"], name);
    }
    let rename = parameters(&Command::Rename(DeviceName::parse("a").unwrap()));
    let setting = rename["Settings"].as_array().unwrap()[0].as_dictionary().unwrap().clone();
    conforms(&setting, &SCHEMA["commands"]["Settings"]["DeviceName"]["keys"], "DeviceName");
}

#[test]
fn what_commands_need_is_what_apples_schema_says() {
    for command in commands() {
        let schema = &SCHEMA["commands"][command.request_type()];
        let part = &schema["DeviceName"];
        let needs = command.needs();
        let supervised = schema["supervised"] == true || part["supervised"] == true;
        assert_eq!(needs.supervised, supervised, "{command:?}");
        assert_eq!(needs.rights, rights(&schema["accessrights"]), "{command:?}");
        let spared = schema["userenrollment"] == "forbidden" || part["userenrollment"] == "forbidden";
        assert_eq!(needs.device_enrolment, spared, "{command:?}");
        let youngest = parameters(&command).keys().map(|k| since(&schema["keys"][k])).max();
        assert_eq!(needs.since, since(schema).max(youngest.unwrap_or(since(schema))), "{command:?}");
    }
}

#[test]
fn questions_are_apples_with_their_rights_and_versions() {
    let schema = &SCHEMA["commands"]["DeviceInformation"]["queries"];
    for query in queries::INVENTORY {
        let known = &schema[query.name];
        assert!(known.is_object(), "{} is no question", query.name);
        assert_eq!(query.right, rights(&known["accessrights"]), "{}", query.name);
        assert_eq!(query.since, since(known), "{}", query.name);
        assert!(known["supervised"] != true, "{}", query.name);
    }
}

#[test]
fn the_enrolment_profile_conforms_to_apples_schema() {
    let mut wanted = profiles::profile(b"1");
    wanted.mdm.tokens = true;
    wanted.mdm.pin = true;
    wanted.mdm.development_apns = true;
    let profile = dictionary(&wanted.document().unwrap(), Limits::UPLOAD).unwrap();
    conforms(&profile, &SCHEMA["profiles"]["TopLevel"], "TopLevel");
    for payload in profile["PayloadContent"].as_array().unwrap() {
        let payload = payload.as_dictionary().unwrap();
        let kind = payload["PayloadType"].as_string().unwrap();
        let mut schema = SCHEMA["profiles"]["CommonPayloadKeys"].clone();
        let own = SCHEMA["profiles"][kind].as_object().unwrap().clone();
        schema.as_object_mut().unwrap().extend(own);
        conforms(payload, &schema, kind);
        if kind == "com.apple.security.scep" {
            let content = payload["PayloadContent"].as_dictionary().unwrap();
            conforms(content, &SCHEMA["profiles"]["com.apple.security.scep/PayloadContent"], kind);
        }
    }
}

#[test]
fn every_check_in_message_of_apples_schema_is_known() {
    for kind in SCHEMA["checkin"].as_object().unwrap().keys() {
        let message = common::check_in(kind, "");
        let refused = muster_apple_mdm::checkin::read(message.as_bytes()).err().map(|e| e.to_string());
        assert!(!refused.as_ref().is_some_and(|e| e.contains("unknown")), "{kind}: {refused:?}");
    }
}

#[test]
fn status_items_are_apples() {
    for item in STATUS_ITEMS {
        assert!(SCHEMA["status"][item].is_string(), "{item} is no status item");
    }
}

#[test]
fn what_is_read_from_answers_has_apples_names() {
    let read = [
        (
            "DeviceInformation",
            "QueryResponses",
            "DeviceName OSVersion BuildVersion ModelName Model ProductName SerialNumber \
          IMEI MEID PhoneNumber WiFiMAC BluetoothMAC DeviceCapacity AvailableDeviceCapacity BatteryLevel IsSupervised \
          IsDeviceLocatorServiceEnabled IsActivationLockEnabled IsMDMLostModeEnabled IsRoaming IsCloudBackupEnabled \
          LastCloudBackupDate ServiceSubscriptions",
        ),
        (
            "SecurityInfo",
            "SecurityInfo",
            "HardwareEncryptionCaps PasscodePresent PasscodeCompliant PasscodeCompliantWithProfiles",
        ),
        (
            "ProfileList",
            "ProfileList",
            "PayloadIdentifier PayloadUUID PayloadDisplayName PayloadOrganization IsManaged \
          PayloadRemovalDisallowed IsEncrypted PayloadContent",
        ),
        (
            "InstalledApplicationList",
            "InstalledApplicationList",
            "Identifier Name Version ShortVersion BundleSize DynamicSize",
        ),
        ("CertificateList", "CertificateList", "CommonName IsIdentity Data"),
    ];
    for (command, part, names) in read {
        let known = SCHEMA["commands"][command]["answer"][part]["keys"].as_array().unwrap();
        for name in names.split_whitespace() {
            assert!(known.contains(&name.into()), "{command} has no {name}");
        }
    }
    for (command, names) in [
        ("DeviceLocation", "Latitude Longitude HorizontalAccuracy Timestamp"),
        ("DeviceLock", "MessageResult"),
    ] {
        for name in names.split_whitespace() {
            assert!(SCHEMA["commands"][command]["answer"][name].is_object(), "{command} has no {name}");
        }
    }
}
