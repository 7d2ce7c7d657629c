//! The check of uploaded profiles.

#![expect(clippy::unwrap_used, reason = "a test that panics fails, as it should")]

mod common;
#[path = "common/profiles.rs"]
mod profiles;

use muster_apple_mdm::upload::{Refused, Remark, Summary, check};

const WIFI: &str = "<dict><key>PayloadType</key><string>com.apple.wifi.managed</string><key>PayloadVersion</key>\
<integer>1</integer><key>PayloadIdentifier</key><string>org.example.wifi.1</string><key>PayloadUUID</key>\
<string>9C1F2B1E-0000-4000-8000-000000000001</string><key>SSID_STR</key><string>Office</string></dict>";

fn with(contents: &str, more: &str) -> String {
    common::plist(&format!(
        "<key>PayloadType</key><string>Configuration</string><key>PayloadVersion</key><integer>1</integer>\
         <key>PayloadIdentifier</key><string>org.example.wifi</string><key>PayloadUUID</key>\
         <string>9C1F2B1E-0000-4000-8000-000000000000</string><key>PayloadDisplayName</key><string>Office &amp; Co</string>\
         <key>PayloadContent</key><array>{contents}</array>{more}"
    ))
}

fn checked(text: &str) -> Result<Summary, Refused> {
    check(text.as_bytes(), |id| id.as_str().starts_with("org.example.muster.enrolment."))
}

#[test]
fn a_good_profile_is_summed_up() {
    let summary = checked(&with(WIFI, "<key>PayloadOrganization</key><string>Example</string>")).unwrap();
    assert_eq!(summary.identifier.as_str(), "org.example.wifi");
    assert_eq!((summary.name.as_str(), summary.organization.as_deref()), ("Office & Co", Some("Example")));
    assert_eq!(summary.payload_types, ["com.apple.wifi.managed"]);
    assert!(summary.remarks.is_empty());
}

#[test]
fn what_the_administrator_should_know_is_remarked() {
    let more = "<key>PayloadRemovalDisallowed</key><true/><key>PayloadScope</key><string>System</string>\
                <key>ConsentText</key><dict/><key>DurationUntilRemoval</key><real>60</real>";
    assert_eq!(
        checked(&with(WIFI, more)).unwrap().remarks,
        [Remark::RemovalNeedsSupervision, Remark::Scope, Remark::Consent, Remark::RemovesItself]
    );
}

#[test]
fn a_profile_that_would_take_the_device_away_is_refused() {
    for kind in ["com.apple.mdm", "com.apple.MDM"] {
        let evil = with(&WIFI.replace("com.apple.wifi.managed", kind), "");
        assert_eq!(checked(&evil), Err(Refused::Forbidden { payload: 1, kind: kind.into() }));
    }
    let ours = profiles::profile(b"1").document().unwrap();
    assert_eq!(check(&ours, |id| id.as_str().contains(".enrolment.")), Err(Refused::Ours));
    assert!(matches!(check(&ours, |_| false), Err(Refused::Forbidden { payload: 4, .. })));
}

#[test]
fn a_signed_or_encrypted_profile_is_told_apart() {
    assert_eq!(check(&[0x30, 0x82, 1, 0], |_| false), Err(Refused::Signed));
    assert_eq!(checked(&with(WIFI, "<key>IsEncrypted</key><true/>")), Err(Refused::Encrypted));
    assert_eq!(
        checked(&with(WIFI, "<key>EncryptedPayloadContent</key><data>AA==</data>")),
        Err(Refused::Encrypted)
    );
}

#[test]
fn missing_keys_are_named_with_their_payload() {
    for key in ["PayloadVersion", "PayloadIdentifier", "PayloadUUID"] {
        let inner = with(&WIFI.replace(&format!("<key>{key}</key>"), "<key>Other</key>"), "");
        assert_eq!(checked(&inner), Err(Refused::Key { payload: 1, key }));
        let outer = with(WIFI, "").replacen(&format!("<key>{key}</key>"), "<key>Other</key>", 1);
        assert_eq!(checked(&outer), Err(Refused::Key { payload: 0, key }));
    }
    assert_eq!(
        checked(&with("<dict/>", "")).unwrap_err().to_string(),
        "PayloadType of payload 1 is missing or not in order"
    );
    assert_eq!(checked(&with("<true/>", "")), Err(Refused::Key { payload: 1, key: "PayloadContent" }));
    assert_eq!(checked(&with("", "")), Err(Refused::Empty));
    assert_eq!(checked(&common::plist("")), Err(Refused::NoProfile));
    assert_eq!(checked(&with(WIFI, "").replace(">Configuration<", ">System<")), Err(Refused::NoProfile));
}

#[test]
fn the_same_identifier_or_uuid_twice_is_refused() {
    let second = WIFI.replace("wifi.1", "wifi.2");
    let same_uuid = with(&format!("{WIFI}{second}"), "");
    assert_eq!(checked(&same_uuid), Err(Refused::Duplicate { payload: 2, key: "PayloadUUID" }));
    let third = WIFI.replace("000000000001", "000000000002");
    let same_identifier = with(&format!("{WIFI}{third}"), "");
    assert_eq!(checked(&same_identifier), Err(Refused::Duplicate { payload: 2, key: "PayloadIdentifier" }));
    let as_the_profile = with(&WIFI.replace("wifi.1", "wifi"), "");
    assert_eq!(checked(&as_the_profile), Err(Refused::Duplicate { payload: 1, key: "PayloadIdentifier" }));
}

#[test]
fn sizes_are_bounded() {
    let payload =
        |n: usize| WIFI.replace("wifi.1", &format!("wifi.{n}")).replace("000000000001", &format!("{n:012}"));
    let many = |n: usize| with(&(1..=n).map(payload).collect::<String>(), "");
    assert_eq!(checked(&many(200)).unwrap().payload_types.len(), 200);
    assert_eq!(checked(&many(201)), Err(Refused::TooMany));
    let large = with(WIFI, &format!("<key>PayloadDescription</key><string>{}</string>", "x".repeat(1 << 20)));
    assert!(matches!(checked(&large), Err(Refused::Unreadable(_))));
}
