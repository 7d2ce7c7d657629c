//! Profiles that somebody uploads, signed or not.

use crate::{
    edit::{Tape, smashed},
    plist::{dictionary, same, value},
    world::{WORLD, signed},
};
use muster_apple_mdm::{Dictionary, Value, document::Limits, ids::PayloadIdentifier, upload, write};
use muster_pki::cms::SignedData;

const KEYS: [&str; 16] = [
    "PayloadType",
    "PayloadVersion",
    "PayloadIdentifier",
    "PayloadUUID",
    "PayloadDisplayName",
    "PayloadOrganization",
    "PayloadContent",
    "PayloadRemovalDisallowed",
    "PayloadScope",
    "ConsentText",
    "RemovalDate",
    "DurationUntilRemoval",
    "IsEncrypted",
    "EncryptedPayloadContent",
    "SSID_STR",
    "PayloadDescription",
];

fn ours(identifier: &PayloadIdentifier) -> bool {
    identifier.as_str().starts_with("org.example.muster.")
}

fn check(bytes: &[u8]) {
    same(bytes, Limits::UPLOAD);
    let Ok(summary) = upload::check(bytes, ours) else { return };
    assert!(bytes.len() <= Limits::UPLOAD.bytes);
    assert!(!ours(&summary.identifier));
    assert!((1..=200).contains(&summary.payload_types.len()));
    assert!(!summary.payload_types.iter().any(|kind| kind.eq_ignore_ascii_case("com.apple.mdm")));
}

/// As the server does: what is signed comes out of its envelope first.
fn upload(bytes: &[u8]) {
    check(bytes);
    if let Ok(signed) = SignedData::parse(bytes)
        && let Ok(verified) = signed.verify(None, &[])
    {
        check(verified.content);
    }
}

/// What every payload has, as it should be.
fn common(kind: &str, number: u8) -> Dictionary {
    let texts = [
        ("PayloadType", kind.to_owned()),
        ("PayloadIdentifier", format!("org.example.{number}")),
        ("PayloadUUID", format!("9C1F2B1E-0000-4000-8000-{number:012}")),
    ];
    let mut out: Dictionary = texts.into_iter().map(|(k, v)| (k.to_owned(), Value::from(v))).collect();
    out.insert("PayloadVersion".to_owned(), Value::from(1));
    out
}

/// A profile that is right but for what the tape puts into it.
fn profile(tape: &mut Tape<'_>) -> Vec<u8> {
    let kinds = ["com.apple.wifi.managed", "com.apple.mdm", "com.apple.MDM", "com.apple.security.scep"];
    let payload = |number: u8, tape: &mut Tape<'_>| {
        let mut payload = common(kinds[usize::from(tape.byte() & 15) % 13 % kinds.len()], number);
        payload.extend(dictionary(tape, 2, &KEYS));
        Value::Dictionary(payload)
    };
    let mut profile = common("Configuration", 0);
    let count = tape.byte() % 6;
    let payloads = (1..=count).map(|number| payload(number, tape)).collect();
    profile.insert("PayloadContent".to_owned(), Value::Array(payloads));
    for _ in 0..tape.byte() % 4 {
        let key = KEYS[usize::from(tape.byte()) % KEYS.len()].to_owned();
        profile.insert(key, value(tape, 2));
    }
    write::document(&profile)
}

/// Any bytes; profiles with changes; such as are signed.
pub fn mobileconfig(bytes: &[u8]) {
    let mut tape = Tape(bytes);
    match tape.byte() % 5 {
        0 => upload(tape.rest()),
        1 | 2 => upload(&profile(&mut tape)),
        3 => {
            let profile = profile(&mut tape);
            upload(&smashed(&profile, &mut tape));
        }
        _ => {
            let profile = profile(&mut tape);
            upload(&signed(None, &profile, true, WORLD.device.as_der()));
        }
    }
}
