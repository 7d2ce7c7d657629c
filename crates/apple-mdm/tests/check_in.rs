//! Check-in messages: each kind, with its fields and their bounds.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that panics fails, as it should")]

mod common;

use common::{UDID, authenticate, check_in, token_update};
use muster_apple_mdm::{
    checkin::{CheckIn, Endpoint, Enrolled, InvalidMessage, TokenService, read},
    document::{Limits, dictionary},
    inventory::OsVersion,
    replies,
};

fn ok(text: &str) -> CheckIn {
    read(text.as_bytes()).unwrap_or_else(|e| panic!("{e}: {text}"))
}

fn refused(text: &str) -> InvalidMessage {
    read(text.as_bytes()).unwrap_err()
}

#[test]
fn authenticate_says_which_device_it_is() {
    let CheckIn::Authenticate(message) = ok(&authenticate()) else { panic!() };
    assert!(matches!(&message.sender.enrolled, Enrolled::Device(udid) if udid.as_str() == UDID));
    assert!(message.sender.user.is_none());
    assert_eq!(message.topic.as_str(), common::TOPIC);
    assert_eq!(message.device.serial_number.as_deref(), Some("H4XX9Q7F2K"));
    assert_eq!(message.device.product_name.as_deref(), Some("iPhone15,2"));
    assert_eq!(message.device.os_version, OsVersion::parse("17.4.1").ok());
    assert_eq!(message.device.build_version.as_deref(), Some("21E236"));
    assert_eq!(message.device.imei.as_deref(), Some("356982021234567"));
    assert_eq!(message.device.meid.as_deref(), Some("35698202123456"));
}

#[test]
fn authenticate_without_the_right_to_query_has_the_udid_alone() {
    let bare = check_in("Authenticate", &format!("<key>Topic</key><string>{}</string>", common::TOPIC));
    let CheckIn::Authenticate(message) = ok(&bare) else { panic!() };
    assert_eq!(message.device, Default::default());
}

#[test]
fn a_user_enrolment_has_an_enrollment_id_instead_of_a_udid() {
    let text =
        authenticate().replace("UDID", "EnrollmentID").replace(UDID, "d2a7c6b5-1f2e-4d3c-8b9a-0f1e2d3c4b5a");
    let CheckIn::Authenticate(message) = ok(&text) else { panic!() };
    assert!(
        matches!(&message.sender.enrolled, Enrolled::UserEnrolment(id) if id.as_str() == "D2A7C6B5-1F2E-4D3C-8B9A-0F1E2D3C4B5A")
    );
    let neither = authenticate().replace("UDID", "Udid");
    assert_eq!(refused(&neither), InvalidMessage::Missing("UDID"));
}

#[test]
fn token_update_brings_what_pushes_need() {
    let CheckIn::TokenUpdate(message) = ok(&token_update("")) else { panic!() };
    assert_eq!(message.token.0, (1..=32).collect::<Vec<u8>>());
    assert_eq!(message.push_magic.as_str(), "5C2A41B7-0D5E-4B6E-9D0F-2F1D8A7C6B5E");
    assert!(
        !message.awaiting_configuration && message.unlock_token.is_none() && message.sender.user.is_none()
    );
}

#[test]
fn token_update_with_an_unlock_token_and_awaiting_configuration() {
    let more = "<key>UnlockToken</key><data>AAEC</data><key>AwaitingConfiguration</key><true/>";
    let CheckIn::TokenUpdate(message) = ok(&token_update(more)) else { panic!() };
    assert_eq!(message.unlock_token.as_ref().unwrap().0, [0, 1, 2]);
    assert!(message.awaiting_configuration);
    let shown = format!("{message:?}");
    assert!(!shown.contains("[0, 1, 2]") && shown.contains("Secret(3 bytes)"), "{shown}");
}

#[test]
fn a_user_channel_is_told_apart_by_its_user_id() {
    let more = "<key>UserID</key><string>FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF</string>\
                <key>UserShortName</key><string>ada@example.org</string><key>NotOnConsole</key><false/>";
    let CheckIn::TokenUpdate(message) = ok(&token_update(more)) else { panic!() };
    assert_eq!(message.sender.user.unwrap().short_name.as_deref(), Some("ada@example.org"));
    let more = "<key>EnrollmentUserID</key><string>0A0B0C0D-FFFF-FFFF-FFFF-FFFFFFFFFFFF</string>";
    let CheckIn::TokenUpdate(message) = ok(&token_update(more)) else { panic!() };
    assert!(message.sender.user.is_some());
}

#[test]
fn check_out_and_user_authenticate() {
    assert!(matches!(ok(&check_in("CheckOut", "")), CheckIn::CheckOut(_)));
    let user = check_in(
        "UserAuthenticate",
        "<key>UserID</key><string>0A0B0C0D-0001-0002-0003-000400050006</string>",
    );
    assert!(matches!(ok(&user), CheckIn::UserAuthenticate(s) if s.user.is_some()));
    assert_eq!(replies::DECLINED, 410);
}

#[test]
fn bootstrap_tokens_are_set_forgotten_and_given_back() {
    let set = check_in("SetBootstrapToken", "<key>BootstrapToken</key><data>AAEC</data>");
    assert!(matches!(ok(&set), CheckIn::SetBootstrapToken(_, Some(t)) if t.0 == [0, 1, 2]));
    for forget in ["", "<key>BootstrapToken</key><data></data>"] {
        assert!(matches!(ok(&check_in("SetBootstrapToken", forget)), CheckIn::SetBootstrapToken(_, None)));
    }
    assert!(matches!(ok(&check_in("GetBootstrapToken", "")), CheckIn::GetBootstrapToken(_)));
    let given = dictionary(&replies::bootstrap_token(Some(&[0, 1, 2])), Limits::ANSWER).unwrap();
    assert_eq!(given["BootstrapToken"].as_data(), Some(&[0, 1, 2][..]));
    assert!(dictionary(&replies::bootstrap_token(None), Limits::ANSWER).unwrap().is_empty());
}

#[test]
fn get_token_names_its_service() {
    let of = |service: &str, more: &str| {
        check_in("GetToken", &format!("<key>TokenServiceType</key><string>{service}</string>{more}"))
    };
    assert!(matches!(ok(&of("com.apple.maid", "")), CheckIn::GetToken(_, TokenService::ManagedAppleAccount)));
    assert!(
        matches!(ok(&of("com.example.x", "")), CheckIn::GetToken(_, TokenService::Other(s)) if s == "com.example.x")
    );
    assert_eq!(refused(&of("com.apple.watch.pairing", "")), InvalidMessage::Missing("TokenParameters"));
    let pairing = format!(
        "<key>TokenParameters</key><dict><key>SecurityToken</key><string>s</string><key>PhoneUDID</key>\
         <string>{UDID}</string><key>WatchUDID</key><string>{UDID}</string></dict>"
    );
    assert!(matches!(
        ok(&of("com.apple.watch.pairing", &pairing)),
        CheckIn::GetToken(_, TokenService::WatchPairing { .. })
    ));
    let token = dictionary(&replies::token(b"abc"), Limits::ANSWER).unwrap();
    assert_eq!(token["TokenData"].as_data(), Some(&b"abc"[..]));
}

#[test]
fn declarative_management_has_four_endpoints() {
    let of = |endpoint: &str, more: &str| {
        check_in("DeclarativeManagement", &format!("<key>Endpoint</key><string>{endpoint}</string>{more}"))
    };
    let endpoint = |text: String| match ok(&text) {
        CheckIn::DeclarativeManagement(_, endpoint) => endpoint,
        other => panic!("{other:?}"),
    };
    assert_eq!(endpoint(of("tokens", "")), Endpoint::Tokens);
    assert_eq!(endpoint(of("declaration-items", "")), Endpoint::DeclarationItems);
    assert_eq!(endpoint(of("status", "<key>Data</key><data>e30=</data>")), Endpoint::Status(b"{}".to_vec()));
    assert_eq!(refused(&of("status", "")), InvalidMessage::Missing("Data"));
    assert_eq!(
        endpoint(of("declaration/configuration/muster.status", "")),
        Endpoint::Declaration { kind: "configuration".into(), identifier: "muster.status".into() }
    );
    for bad in
        ["", "x", "declaration/", "declaration/x/y", "declaration/asset/", "declaration/asset/a/b", "tokens/"]
    {
        assert_eq!(refused(&of(bad, "")), InvalidMessage::Field("Endpoint"), "{bad}");
    }
}

#[test]
fn an_unknown_message_is_named() {
    assert_eq!(refused(&check_in("Hello", "")), InvalidMessage::UnknownMessage("Hello".into()));
    let long = "x".repeat(5000);
    assert_eq!(refused(&check_in(&long, "")), InvalidMessage::UnknownMessage("x".repeat(64)));
    assert_eq!(refused(&common::plist("")), InvalidMessage::Missing("MessageType"));
}

#[test]
fn a13_fields_outside_their_bounds_are_named() {
    for (field, good, bad) in [
        ("UDID", UDID, "../../etc/passwd/00000000"),
        ("Topic", common::TOPIC, "com.example"),
        ("SerialNumber", "H4XX9Q7F2K", "a;rm -rf /"),
        ("ProductName", "iPhone15,2", "<b>"),
        ("OSVersion", "17.4.1", "17.4.1; x"),
        ("BuildVersion", "21E236", "a b"),
        ("IMEI", "35 698202 123456 7", "356982"),
        ("MEID", "35698202123456", "xyz"),
    ] {
        let bad = bad.replace('<', "&lt;").replace('>', "&gt;");
        let text =
            authenticate().replace(&format!("<string>{good}</string>"), &format!("<string>{bad}</string>"));
        assert_eq!(refused(&text), InvalidMessage::Field(field), "{field}");
    }
    let number = authenticate().replace(&format!("<string>{UDID}</string>"), "<integer>1</integer>");
    assert_eq!(refused(&number), InvalidMessage::Field("UDID"));
}

#[test]
fn push_fields_have_to_be_there_and_bounded() {
    for field in ["Token", "PushMagic", "Topic"] {
        let text = token_update("").replace(&format!("<key>{field}</key>"), "<key>Other</key>");
        assert_eq!(refused(&text), InvalidMessage::Missing(field));
    }
    let empty = token_update("").replace("AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=", "");
    assert_eq!(refused(&empty), InvalidMessage::Missing("Token"));
    let long = token_update("").replace("AQID", &"AQID".repeat(100));
    assert_eq!(refused(&long), InvalidMessage::Field("Token"));
    let unlock = token_update(&format!("<key>UnlockToken</key><data>{}</data>", "AAAA".repeat(30_000)));
    assert_eq!(refused(&unlock), InvalidMessage::Field("UnlockToken"));
    let magic = token_update("").replace("5C2A41B7-", "5C2A41B7&#10;");
    assert_eq!(refused(&magic), InvalidMessage::Field("PushMagic"));
}

#[test]
fn a_device_that_is_not_known_any_more_is_told_so() {
    let body = dictionary(&replies::unrecognized_device("Ask <your> administrator & smile"), Limits::ANSWER)
        .unwrap();
    assert_eq!(body["code"].as_string(), Some("com.apple.unrecognized.device"));
    assert_eq!(body["message"].as_string(), Some("Ask <your> administrator & smile"));
    assert_eq!((replies::UNRECOGNIZED, replies::NOT_KNOWN), (403, 401));
}
