//! The enrolment profile: the keys that Apple requires, stable identifiers, and text that stays text.

#![expect(clippy::unwrap_used, reason = "a test that panics fails, as it should")]

mod common;
#[path = "common/profiles.rs"]
mod profiles;

use muster_apple_mdm::{
    Dictionary, Value,
    document::{Limits, dictionary},
    profile::{EnrolmentProfile, HttpsUrl, InvalidProfile, TrustCertificate},
    stable::StableIds,
};
use profiles::profile;
use proptest::prelude::*;

fn parsed(profile: &EnrolmentProfile) -> Dictionary {
    dictionary(&profile.document().unwrap(), Limits::UPLOAD).unwrap()
}

fn payloads(profile: &Dictionary) -> Vec<Dictionary> {
    let contents = profile["PayloadContent"].as_array().unwrap();
    contents.iter().map(|v| v.as_dictionary().unwrap().clone()).collect()
}

fn of_type(profile: &Dictionary, kind: &str) -> Dictionary {
    payloads(profile).into_iter().find(|p| p["PayloadType"].as_string() == Some(kind)).unwrap()
}

#[test]
fn the_profile_has_what_every_profile_must_have() {
    let profile = parsed(&profile(b"1"));
    assert_eq!(profile["PayloadType"].as_string(), Some("Configuration"));
    assert_eq!(profile["PayloadVersion"].as_unsigned_integer(), Some(1));
    assert_eq!(profile["PayloadDisplayName"].as_string(), Some("Example Ltd & <friends>: Verwaltung"));
    assert_eq!(profile["PayloadOrganization"].as_string(), Some("Example Ltd"));
    assert_eq!(profile["PayloadDescription"].as_string(), Some("Connects this device."));
    assert_eq!(profile["PayloadRemovalDisallowed"].as_boolean(), Some(false));
    assert_eq!(
        profile["ConsentText"].as_dictionary().unwrap()["ru"].as_string(),
        Some("Мы видим приложения.")
    );
    assert!(!profile.contains_key("PayloadScope"), "for Macs");
    let types: Vec<_> =
        payloads(&profile).iter().map(|p| p["PayloadType"].as_string().unwrap().to_owned()).collect();
    assert_eq!(
        types,
        ["com.apple.security.root", "com.apple.security.pkcs1", "com.apple.security.scep", "com.apple.mdm"]
    );
}

#[test]
fn the_mdm_payload_has_all_that_apple_requires() {
    let profile = parsed(&profile(b"1"));
    let mdm = of_type(&profile, "com.apple.mdm");
    assert_eq!(mdm["Topic"].as_string(), Some(common::TOPIC));
    assert_eq!(mdm["ServerURL"].as_string(), Some("https://mdm.example.org/apple/command"));
    assert_eq!(mdm["CheckInURL"].as_string(), Some("https://mdm.example.org/apple/check-in"));
    assert_eq!(mdm["SignMessage"].as_boolean(), Some(true));
    assert_eq!(mdm["CheckOutWhenRemoved"].as_boolean(), Some(true));
    assert_eq!(mdm["AccessRights"].as_unsigned_integer(), Some(8191));
    let scep = of_type(&profile, "com.apple.security.scep");
    assert_eq!(mdm["IdentityCertificateUUID"], scep["PayloadUUID"]);
    assert!(!mdm.contains_key("ServerCapabilities") && !mdm.contains_key("UseDevelopmentAPNS"));
}

#[test]
fn optional_mdm_keys_are_there_only_when_they_are_set() {
    let mut wanted = profile(b"1");
    wanted.mdm.check_in_url = None;
    wanted.mdm.tokens = true;
    wanted.mdm.development_apns = true;
    let mdm = of_type(&parsed(&wanted), "com.apple.mdm");
    assert!(!mdm.contains_key("CheckInURL"));
    assert_eq!(mdm["UseDevelopmentAPNS"].as_boolean(), Some(true));
    assert_eq!(mdm["ServerCapabilities"], Value::Array(vec!["com.apple.mdm.token".into()]));
}

#[test]
fn the_scep_payload_asks_for_an_rsa_key_that_signs_and_encrypts() {
    let scep = of_type(&parsed(&profile(b"1")), "com.apple.security.scep");
    let content = scep["PayloadContent"].as_dictionary().unwrap();
    assert_eq!(content["URL"].as_string(), Some("https://mdm.example.org/scep/abc"));
    assert_eq!(content["Name"].as_string(), Some("Example"));
    assert_eq!(content["Challenge"].as_string(), Some("one-time-secret"));
    assert_eq!(content["Keysize"].as_unsigned_integer(), Some(2048));
    assert_eq!(content["Key Type"].as_string(), Some("RSA"));
    assert_eq!(content["Key Usage"].as_unsigned_integer(), Some(5));
    assert_eq!(content["Retries"].as_unsigned_integer(), Some(3));
    assert_eq!(content["CAFingerprint"].as_data(), Some(&[0xAB; 20][..]));
    let pair = |a: &str, b: &str| Value::Array(vec![Value::Array(vec![a.into(), b.into()])]);
    assert_eq!(content["Subject"], Value::Array(vec![pair("O", "Example Ltd"), pair("CN", "0193-abc")]));
}

#[test]
fn the_same_invitation_is_the_same_profile_and_another_is_another() {
    let bytes = profile(b"invitation 1").document().unwrap();
    assert_eq!(bytes, profile(b"invitation 1").document().unwrap());
    let (one, two) = (parsed(&profile(b"invitation 1")), parsed(&profile(b"invitation 2")));
    for key in ["PayloadUUID", "PayloadIdentifier"] {
        assert_ne!(one[key], two[key]);
    }
    let mut renewed = profile(b"invitation 1");
    renewed.scep.challenge = "another".into();
    renewed.shown.description = "Another".into();
    for (before, after) in payloads(&one).iter().zip(payloads(&parsed(&renewed))) {
        assert_eq!(before["PayloadUUID"], after["PayloadUUID"]);
        assert_eq!(before["PayloadIdentifier"], after["PayloadIdentifier"]);
    }
}

#[test]
fn identifiers_and_uuids_are_unique_inside_a_profile_and_of_the_form_that_apple_wants() {
    let profile = parsed(&profile(b"1"));
    let mut all: Vec<Dictionary> = payloads(&profile);
    all.push(profile.clone());
    for key in ["PayloadUUID", "PayloadIdentifier"] {
        let mut values: Vec<_> = all.iter().map(|p| p[key].as_string().unwrap().to_owned()).collect();
        values.sort();
        values.dedup();
        assert_eq!(values.len(), 5, "{key}");
    }
    let uuid = profile["PayloadUUID"].as_string().unwrap();
    let lengths: Vec<usize> = uuid.split('-').map(str::len).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12]);
    assert_eq!(uuid, uuid.to_ascii_uppercase());
    let prefix = profile["PayloadIdentifier"].as_string().unwrap();
    assert!(prefix.starts_with("org.example.muster.enrolment."));
    assert!(
        payloads(&profile).iter().all(|p| p["PayloadIdentifier"].as_string().unwrap().starts_with(prefix))
    );
    let ids = StableIds::new("org.example.muster", b"1").unwrap();
    assert_eq!(ids.identifier("").unwrap().as_str(), prefix, "RemoveProfile finds it again");
}

#[test]
fn the_identifiers_are_the_same_for_ever() {
    // As Python's uuid.uuid5 makes them. Another value here would double every profile that is installed.
    let ids = StableIds::new("org.example.muster", b"1").unwrap();
    assert_eq!(
        ids.identifier("").unwrap().as_str(),
        "org.example.muster.enrolment.45d6dd36cc125b659f71ce66681f86e5"
    );
    assert_eq!(ids.uuid("mdm"), "C0A1BA06-4C9A-5A58-A943-469D3235114F");
}

#[test]
fn parts_that_a_device_would_refuse_are_named() {
    for bad in [
        "http://mdm.example.org/",
        "https://",
        "https:///x",
        "https://a b/",
        "https://a/\n",
        "https://u:p@a/",
        "https://a/#x",
        "https://a/<x>",
        "https://пример.example/",
    ] {
        assert_eq!(HttpsUrl::parse(bad), Err(InvalidProfile::Url), "{bad}");
    }
    let refused = |change: fn(&mut EnrolmentProfile)| {
        let mut wrong = profile(b"1");
        change(&mut wrong);
        wrong.document().unwrap_err()
    };
    assert_eq!(refused(|p| p.scep.key_size = 1024), InvalidProfile::KeySize(1024));
    assert_eq!(refused(|p| p.scep.subject.clear()), InvalidProfile::Subject);
    assert_eq!(refused(|p| p.scep.subject[0].0 = "EVIL".into()), InvalidProfile::Subject);
    assert_eq!(refused(|p| p.scep.subject[0].1 = "x".repeat(65)), InvalidProfile::Subject);
    assert_eq!(
        refused(|p| p.certificates[0] = TrustCertificate::Root(b"-----BEGIN".to_vec())),
        InvalidProfile::Certificate
    );
    let language = refused(|p| drop(p.shown.consent.insert("en_US".into(), "x".into())));
    assert_eq!(language, InvalidProfile::Language("en_US".into()));
    assert!(StableIds::new("not a prefix", b"1").is_err() && StableIds::new("a..b", b"1").is_err());
}

#[test]
fn a_challenge_is_not_printed() {
    assert!(!format!("{:?}", profile(b"1")).contains("one-time-secret"));
}

/// Text of any characters, those that XML cannot carry too.
fn anything() -> impl Strategy<Value = String> {
    let odd = prop_oneof![
        Just('\0'),
        Just('\u{b}'),
        Just('\u{1b}'),
        Just('\u{FFFE}'),
        Just('<'),
        Just('&'),
        Just('\r')
    ];
    proptest::collection::vec(prop_oneof![any::<char>(), odd], 0..40).prop_map(|c| c.into_iter().collect())
}

#[test]
fn a15_characters_that_would_make_a_device_refuse_the_profile_are_left_out() {
    let mut odd = profile(b"1");
    odd.shown.consent.insert("de".into(), "a\0b\u{b}c\u{FFFE}d\r\n<e>".into());
    odd.shown.name = "a\0\nb".into();
    let read = parsed(&odd);
    assert_eq!(read["ConsentText"].as_dictionary().unwrap()["de"].as_string(), Some("abcd\r\n<e>"));
    assert_eq!(read["PayloadDisplayName"].as_string(), Some("ab"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a15_markup_and_control_characters_in_names_never_break_the_profile(name in anything(), consent in anything()) {
        let mut odd = profile(b"1");
        odd.shown.name = format!("x</string><key>PayloadRemovalDisallowed</key><true/>{name}");
        odd.shown.organization = name.clone();
        odd.shown.consent.insert("de".into(), consent);
        let read = parsed(&odd);
        prop_assert_eq!(read["PayloadRemovalDisallowed"].as_boolean(), Some(false));
        prop_assert!(read["PayloadDisplayName"].as_string().unwrap().starts_with("x</string>"));
        prop_assert_eq!(payloads(&read).len(), 4);
    }
}

#[test]
fn pins_are_the_uuids_of_the_certificates_and_only_where_there_are_some() {
    let keys = ["ServerURLPinningCertificateUUIDs", "CheckInURLPinningCertificateUUIDs"];
    let told = |wanted: &EnrolmentProfile| {
        let profile = parsed(wanted);
        let payloads = profile["PayloadContent"].as_array().unwrap().clone();
        let text = |payload: &Value, key: &str| {
            payload.as_dictionary().unwrap()[key].as_string().unwrap().to_owned()
        };
        let trusts = payloads.iter().filter(|p| text(p, "PayloadType").starts_with("com.apple.security."));
        let trusts = trusts.filter(|p| text(p, "PayloadType") != "com.apple.security.scep");
        let trusts: Vec<String> = trusts.map(|p| text(p, "PayloadUUID")).collect();
        let mdm = payloads.iter().find(|p| text(p, "PayloadType") == "com.apple.mdm").unwrap();
        let mdm = mdm.as_dictionary().unwrap().clone();
        let pins = keys.map(|key| {
            let pins = mdm.get(key)?.as_array().unwrap().iter();
            Some(pins.map(|uuid| uuid.as_string().unwrap().to_owned()).collect::<Vec<_>>())
        });
        (trusts, pins)
    };
    let mut wanted = profile(b"1");
    assert_eq!(told(&wanted).1, [None, None], "not unless it is wanted");
    wanted.mdm.pin = true;
    let (trusts, pins) = told(&wanted);
    assert!(!trusts.is_empty());
    assert_eq!(pins, [Some(trusts.clone()), Some(trusts)]);
    wanted.certificates.clear();
    assert_eq!(told(&wanted).1, [None, None], "nothing to pin to");
}
