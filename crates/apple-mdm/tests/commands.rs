//! Commands: their documents, what they need, and which may be repeated.

#![expect(clippy::unwrap_used, reason = "a test that panics fails, as it should")]

use muster_apple_mdm::{
    Dictionary, Value,
    checkin::Secret,
    command::{Command, DeviceName, InvalidText, LostMessage, PhoneNumber, ScreenText},
    document::{Limits, dictionary},
    ids::{CommandUuid, PayloadIdentifier},
    inventory::OsVersion,
    needs::{Abilities, Unmet},
    queries,
    rights::AccessRights,
};

fn inside(command: &Command) -> Dictionary {
    let id = CommandUuid::from_random([7; 16]);
    let document = dictionary(&command.document(&id), Limits::ANSWER).unwrap();
    assert_eq!(document.len(), 2);
    assert_eq!(document["CommandUUID"].as_string(), Some(id.as_str()));
    let command_inside = document["Command"].as_dictionary().unwrap().clone();
    assert_eq!(command_inside["RequestType"].as_string(), Some(command.request_type()));
    command_inside
}

fn keys(command: &Command) -> Vec<String> {
    inside(command).keys().filter(|k| *k != "RequestType").cloned().collect()
}

fn text(text: &str) -> ScreenText {
    ScreenText::parse(text).unwrap()
}

fn identifier() -> PayloadIdentifier {
    PayloadIdentifier::parse("org.example.profile").unwrap()
}

#[test]
fn commands_without_parameters_have_their_request_type_alone() {
    for (command, name) in [
        (Command::SecurityInfo, "SecurityInfo"),
        (Command::ProfileList, "ProfileList"),
        (Command::InstalledApplicationList, "InstalledApplicationList"),
        (Command::CertificateList, "CertificateList"),
        (Command::DeviceLock(None, None), "DeviceLock"),
        (Command::RestartDevice, "RestartDevice"),
        (Command::ShutDownDevice, "ShutDownDevice"),
        (Command::EraseDevice { preserve_data_plan: false, disallow_proximity_setup: false }, "EraseDevice"),
        (Command::DisableLostMode, "DisableLostMode"),
        (Command::DeviceLocation, "DeviceLocation"),
        (Command::PlayLostModeSound, "PlayLostModeSound"),
        (Command::DeclarativeManagement(Vec::new()), "DeclarativeManagement"),
    ] {
        assert_eq!(command.request_type(), name);
        assert!(keys(&command).is_empty(), "{name}");
    }
}

#[test]
fn commands_with_parameters_carry_them_under_apples_names() {
    let queries = Command::DeviceInformation(vec!["UDID".into(), "OSVersion".into()]);
    assert_eq!(inside(&queries)["Queries"], Value::Array(vec!["UDID".into(), "OSVersion".into()]));

    let lock =
        Command::DeviceLock(Some(text("Found <me> & more?\nCall")), PhoneNumber::parse("+49 (30) 1").ok());
    assert_eq!(inside(&lock)["Message"].as_string(), Some("Found <me> & more?\nCall"));
    assert_eq!(inside(&lock)["PhoneNumber"].as_string(), Some("+49 (30) 1"));

    let clear = Command::ClearPasscode(Secret(vec![1, 2]));
    assert_eq!(inside(&clear)["UnlockToken"].as_data(), Some(&[1, 2][..]));

    let rename = inside(&Command::Rename(DeviceName::parse("Ada's iPhone").unwrap()));
    let setting = rename["Settings"].as_array().unwrap()[0].as_dictionary().unwrap();
    assert_eq!(setting["Item"].as_string(), Some("DeviceName"));
    assert_eq!(setting["DeviceName"].as_string(), Some("Ada's iPhone"));

    let erase = Command::EraseDevice { preserve_data_plan: true, disallow_proximity_setup: true };
    assert_eq!(inside(&erase)["PreserveDataPlan"].as_boolean(), Some(true));
    assert_eq!(inside(&erase)["DisallowProximitySetup"].as_boolean(), Some(true));

    let profile = Command::InstallProfile(b"<plist/>".to_vec());
    assert_eq!(inside(&profile)["Payload"].as_data(), Some(&b"<plist/>"[..]));
    for remove in [Command::RemoveProfile(identifier()), Command::RemoveManagement(identifier())] {
        assert_eq!(remove.request_type(), "RemoveProfile");
        assert_eq!(inside(&remove)["Identifier"].as_string(), Some("org.example.profile"));
    }
    let declare = Command::DeclarativeManagement(b"{}".to_vec());
    assert_eq!(inside(&declare)["Data"].as_data(), Some(&b"{}"[..]));
}

#[test]
fn lost_mode_always_has_a_message_or_a_number() {
    let number = PhoneNumber::parse("112").unwrap();
    for (shown, expected) in [
        (LostMessage::Message(text("a")), vec!["Footnote", "Message"]),
        (LostMessage::Number(number.clone()), vec!["Footnote", "PhoneNumber"]),
        (LostMessage::Both(text("a"), number), vec!["Footnote", "Message", "PhoneNumber"]),
    ] {
        assert_eq!(keys(&Command::EnableLostMode(shown, Some(text("f")))), expected);
    }
}

#[test]
fn the_same_command_is_always_the_same_bytes() {
    let command = Command::DeviceLock(Some(text("a")), PhoneNumber::parse("1").ok());
    let id = CommandUuid::from_random([1; 16]);
    assert_eq!(command.document(&id), command.clone().document(&id));
    assert_ne!(command.document(&id), command.document(&CommandUuid::from_random([2; 16])));
}

#[test]
fn a25_what_people_type_is_bounded_and_has_no_control_characters() {
    assert_eq!(ScreenText::parse(" "), Err(InvalidText::Empty));
    assert_eq!(ScreenText::parse("a\0"), Err(InvalidText::Characters));
    assert_eq!(ScreenText::parse(&"ы".repeat(501)), Err(InvalidText::TooLong(500)));
    assert_eq!(DeviceName::parse("a\nb"), Err(InvalidText::Characters));
    assert_eq!(DeviceName::parse(&"a".repeat(64)), Err(InvalidText::TooLong(63)));
    assert_eq!(PhoneNumber::parse("call me"), Err(InvalidText::Characters));
}

#[test]
fn an_unlock_token_is_not_printed() {
    let shown = format!("{:?}", Command::ClearPasscode(Secret(vec![171, 205])));
    assert!(!shown.contains("171"), "{shown}");
}

fn phone() -> Abilities {
    Abilities {
        supervised: Some(false),
        rights: AccessRights::ALL,
        version: OsVersion::parse("17.4").ok(),
        user_enrolment: false,
        lost_mode: Some(false),
        has_unlock_token: true,
    }
}

#[test]
fn what_an_unsupervised_phone_cannot_do_has_its_reason() {
    let unmet = |command: &Command| command.needs().unmet(&phone());
    for possible in [
        Command::SecurityInfo,
        Command::DeviceLock(None, None),
        Command::ClearPasscode(Secret(vec![1])),
        Command::EraseDevice { preserve_data_plan: true, disallow_proximity_setup: false },
        Command::InstallProfile(Vec::new()),
        Command::RemoveManagement(identifier()),
        Command::DeclarativeManagement(Vec::new()),
        Command::DeviceInformation(Vec::new()),
    ] {
        assert!(unmet(&possible).is_empty(), "{possible:?}");
    }
    for supervised in [
        Command::RestartDevice,
        Command::ShutDownDevice,
        Command::Rename(DeviceName::parse("a").unwrap()),
        Command::EnableLostMode(LostMessage::Message(text("a")), None),
    ] {
        assert_eq!(unmet(&supervised), [Unmet::NotSupervised], "{supervised:?}");
    }
    for lost in [Command::DisableLostMode, Command::DeviceLocation, Command::PlayLostModeSound] {
        assert_eq!(unmet(&lost), [Unmet::NotSupervised, Unmet::NotInLostMode], "{lost:?}");
    }
}

#[test]
fn rights_versions_and_kinds_of_enrolment_are_reasons_too() {
    let erase = Command::EraseDevice { preserve_data_plan: false, disallow_proximity_setup: false };
    let personal = Abilities { user_enrolment: true, ..phone() };
    assert_eq!(erase.needs().unmet(&personal), [Unmet::UserEnrolment]);
    let few = Abilities { rights: AccessRights::INSPECT_PROFILES, ..phone() };
    assert_eq!(erase.needs().unmet(&few), [Unmet::NoRight(AccessRights::ERASE)]);
    let old = Abilities { version: OsVersion::parse("9.3.5").ok(), supervised: Some(true), ..phone() };
    assert_eq!(Command::RestartDevice.needs().unmet(&old), [Unmet::TooOld(OsVersion::new(10, 3))]);
    assert!(Command::EnableLostMode(LostMessage::Message(text("a")), None).needs().unmet(&old).is_empty());
    let no_token = Abilities { has_unlock_token: false, ..phone() };
    assert_eq!(Command::ClearPasscode(Secret(vec![1])).needs().unmet(&no_token), [Unmet::NoUnlockToken]);
    assert_eq!(Unmet::TooOld(OsVersion::new(10, 3)).to_string(), "it needs iOS 10.3");
    let unknown =
        Abilities { supervised: None, version: None, lost_mode: None, rights: AccessRights::ALL, ..phone() };
    assert!(Command::DeviceLocation.needs().unmet(&unknown).is_empty());
}

#[test]
fn questions_follow_rights_and_version() {
    let all = queries::inventory(AccessRights::ALL, OsVersion::parse("17.0").ok());
    assert!(all.contains(&"DeviceName") && all.contains(&"WiFiMAC") && all.contains(&"ServiceSubscriptions"));
    let few = queries::inventory(AccessRights::QUERY_DEVICE, OsVersion::parse("9.0").ok());
    assert!(
        few.contains(&"DeviceName") && !few.contains(&"WiFiMAC") && !few.contains(&"IsMDMLostModeEnabled")
    );
    assert_eq!(queries::inventory(AccessRights::NONE, None), ["UDID", "LastCloudBackupDate"]);
    let mut once = all.clone();
    once.dedup();
    assert_eq!(once, all);
}
