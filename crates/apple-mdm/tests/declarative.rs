//! Declarative management: the three answers, and the status report.

#![expect(clippy::unwrap_used, reason = "a test that panics fails, as it should")]

use muster_apple_mdm::{
    declarative::{Declarations, InvalidReport, STATUS_ITEMS, StatusReport},
    inventory::OsVersion,
};
use serde_json::{Value, json};

fn json_of(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn a_device_that_follows_the_answers_ends_with_the_subscription() {
    let declared = Declarations::status_subscription();
    let tokens = json_of(&declared.tokens("2026-11-27T03:00:00Z"));
    let items = json_of(&declared.items());
    assert_eq!(tokens["SyncTokens"]["DeclarationsToken"], items["DeclarationsToken"]);
    assert_eq!(tokens["SyncTokens"]["Timestamp"], "2026-11-27T03:00:00Z");
    for list in ["Activations", "Configurations", "Assets", "Management"] {
        assert!(items["Declarations"][list].is_array(), "{list} is required");
    }
    let fetch = |kind: &str, item: &Value| {
        let identifier = item["Identifier"].as_str().unwrap();
        let body = json_of(&declared.declaration(kind, identifier).unwrap());
        assert_eq!(body["Identifier"], item["Identifier"]);
        assert_eq!(body["ServerToken"], item["ServerToken"]);
        assert!(identifier.len() <= 64 && item["ServerToken"].as_str().unwrap().len() <= 64);
        body
    };
    let activation = fetch("activation", &items["Declarations"]["Activations"][0]);
    let configuration = fetch("configuration", &items["Declarations"]["Configurations"][0]);
    assert_eq!(activation["Type"], "com.apple.activation.simple");
    assert_eq!(activation["Payload"]["StandardConfigurations"], json!([configuration["Identifier"]]));
    assert_eq!(configuration["Type"], "com.apple.configuration.management.status-subscriptions");
    let names = configuration["Payload"]["StatusItems"].as_array().unwrap();
    assert_eq!(names.len(), STATUS_ITEMS.len());
    assert!(names.contains(&json!({ "Name": "device.operating-system.version" })));
}

#[test]
fn tokens_change_only_with_what_is_declared() {
    let declared = Declarations::status_subscription();
    assert_eq!(declared.token(), Declarations::status_subscription().token());
    assert_ne!(declared.token(), Declarations::default().token());
}

#[test]
fn a_declaration_that_is_not_there_is_none() {
    let declared = Declarations::status_subscription();
    assert!(declared.declaration("configuration", "muster.other").is_none());
    assert!(declared.declaration("asset", "muster.status").is_none());
}

#[test]
fn a_status_report_becomes_fields() {
    let report = json!({
        "StatusItems": {
            "device": {
                "model": { "identifier": "iPhone15,2", "marketing-name": "iPhone 14 Pro\u{0}", "family": "iPhone" },
                "operating-system": { "version": "17.4.1", "build-version": "21E236", "family": "iOS" },
                "identifier": { "serial-number": "H4XX9Q7F2K" }
            },
            "passcode": { "is-compliant": true, "is-present": false }
        },
        "Errors": [{ "StatusItem": "passcode.is-present", "Reasons": [] }, 7],
        "FullReport": true
    });
    let read = StatusReport::read(report.to_string().as_bytes()).unwrap();
    assert_eq!(read.product_name.as_deref(), Some("iPhone15,2"));
    assert_eq!(read.marketing_name.as_deref(), Some("iPhone 14 Pro"));
    assert_eq!(read.os_version, OsVersion::parse("17.4.1").ok());
    assert_eq!((read.os_family.as_deref(), read.build_version.as_deref()), (Some("iOS"), Some("21E236")));
    assert_eq!(read.serial_number.as_deref(), Some("H4XX9Q7F2K"));
    assert_eq!((read.passcode_compliant, read.passcode_present), (Some(true), Some(false)));
    assert!(read.full);
    assert_eq!(read.errors, ["passcode.is-present"]);
}

#[test]
fn a_report_may_say_little_but_must_be_one() {
    let little = StatusReport::read(br#"{"StatusItems":{"device":"x"},"Errors":[]}"#).unwrap();
    assert_eq!(little, StatusReport::default());
    for bad in ["", "[]", "{}", r#"{"StatusItems":7}"#, "{"] {
        assert_eq!(StatusReport::read(bad.as_bytes()), Err(InvalidReport), "{bad}");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(StatusReport::read(deep.as_bytes()), Err(InvalidReport));
}
