//! What devices say in property lists and in JSON: check-in, answers to commands, reports, and APNs' answers.

use crate::{
    edit::{Tape, smashed},
    world::{WORLD, signed},
};
use muster_apple_mdm::{
    Dictionary, Value, answer, checkin,
    declarative::StatusReport,
    document::{self, Limits},
    push_answer, write,
};
use muster_pki::cms::SignedData;

/// Keys that mean something to one of the readers.
const KEYS: [&str; 24] = [
    "MessageType",
    "UDID",
    "EnrollmentID",
    "UserID",
    "Topic",
    "Token",
    "PushMagic",
    "UnlockToken",
    "Status",
    "CommandUUID",
    "ErrorChain",
    "QueryResponses",
    "SecurityInfo",
    "ProfileList",
    "InstalledApplicationList",
    "CertificateList",
    "Endpoint",
    "Data",
    "SerialNumber",
    "OSVersion",
    "Settings",
    "Latitude",
    "IMEI",
    "BuildVersion",
];

/// Texts that mean something to one of the readers.
const TEXTS: [&str; 20] = [
    "Authenticate",
    "TokenUpdate",
    "CheckOut",
    "UserAuthenticate",
    "SetBootstrapToken",
    "GetToken",
    "DeclarativeManagement",
    "Idle",
    "Acknowledged",
    "Error",
    "CommandFormatError",
    "NotNow",
    "00008120-000A1B2C3D4E5F60",
    "9F0C1B2A-3D4E-4F50-8A6B-7C8D9E0F1A2B",
    "com.apple.mgmt.External.0f1e2d3c",
    "17.4.1",
    "tokens",
    "declaration/activation/a",
    "com.apple.watch.pairing",
    "declaration-items",
];

/// A value as the tape says.
pub fn value(tape: &mut Tape<'_>, depth: usize) -> Value {
    match tape.byte() % 10 {
        0 => Value::from(String::from_utf8_lossy(tape.some()).into_owned()),
        1 | 2 => Value::from(TEXTS[usize::from(tape.byte()) % TEXTS.len()]),
        3 => Value::Data(tape.some().to_vec()),
        4 => Value::from(tape.byte() & 1 == 1),
        5 => Value::from(i64::from(tape.byte()) - 128),
        6 => Value::from(f64::from(u16::from_be_bytes([tape.byte(), tape.byte()])) / 7.0),
        _ if depth == 0 => Value::from(""),
        7 => Value::Array((0..tape.byte() % 5).map(|_| value(tape, depth - 1)).collect()),
        _ => Value::Dictionary(dictionary(tape, depth - 1, &KEYS)),
    }
}

/// A dictionary as the tape says.
pub fn dictionary(tape: &mut Tape<'_>, depth: usize, keys: &[&str]) -> Dictionary {
    let mut out = Dictionary::new();
    for _ in 0..tape.byte() % 12 {
        let key = match usize::from(tape.byte()) {
            own if own >= 240 => String::from_utf8_lossy(tape.some()).into_owned(),
            known => keys[known % keys.len()].to_owned(),
        };
        out.insert(key, value(tape, depth));
    }
    out
}

/// Whether a number in it is not finite, which no property list is written with.
fn endless(value: &Value) -> bool {
    match value {
        Value::Real(number) => !number.is_finite(),
        Value::Array(list) => list.iter().any(endless),
        Value::Dictionary(inner) => inner.values().any(endless),
        _ => false,
    }
}

/// How many keys are in it.
fn keys(value: &Value) -> usize {
    match value {
        Value::Array(list) => list.iter().map(keys).sum(),
        Value::Dictionary(inner) => inner.len() + inner.values().map(keys).sum::<usize>(),
        _ => 0,
    }
}

/// What is read is written and read the same, and no key is there twice.
pub fn same(bytes: &[u8], limits: Limits) {
    let Ok(read) = document::dictionary(bytes, limits) else { return };
    if endless(&Value::Dictionary(read.clone())) {
        return;
    }
    let text = String::from_utf8_lossy(bytes);
    // Comments may have anything in them.
    if !text.contains("<!--") {
        assert_eq!(keys(&Value::Dictionary(read.clone())), text.matches("<key").count());
    }
    let written = write::document(&read);
    // Tabs and names of tags may be more than there was, and an escaped character is six octets.
    assert!(written.len() <= 600 + bytes.len() * 80);
    let again = document::dictionary(&written, Limits::ANSWER);
    assert_eq!(again, Ok(read));
}

fn all(bytes: &[u8]) {
    same(bytes, Limits::ANSWER);
    if let Ok(message) = checkin::read(bytes) {
        // A secret is never printed.
        assert!(format!("{message:?}").len() < 4_000 + 8 * bytes.len());
    }
    let _ = answer::read(bytes);
    let _ = StatusReport::read(bytes);
    for status in [200, 400, 410, 500] {
        assert!(push_answer::judge(status, bytes).1.len() < 80);
    }
}

/// Any bytes; documents of the tape's making, also with bytes changed; and one as it comes: beside its signature.
pub fn plist(bytes: &[u8]) {
    let mut tape = Tape(bytes);
    match tape.byte() % 6 {
        0 | 1 => all(tape.rest()),
        2 => all(format!("<plist>{}</plist>", String::from_utf8_lossy(tape.rest())).as_bytes()),
        3 => {
            let document = write::document(&dictionary(&mut tape, 4, &KEYS));
            all(&smashed(&document, &mut tape));
        }
        4 => {
            let read = dictionary(&mut tape, 4, &KEYS);
            let document = write::document(&read);
            all(&document);
        }
        _ => {
            let document = write::document(&dictionary(&mut tape, 3, &KEYS));
            let message = signed(None, &document, false, WORLD.device.as_der());
            let message = SignedData::parse(&message).unwrap();
            let verified = message.verify(Some(&document), &[]).unwrap();
            assert_eq!(verified.signer, &WORLD.device);
            all(verified.content);
            let other = smashed(&document, &mut tape);
            assert_eq!(message.verify(Some(&other), &[]).is_ok(), other == document);
        }
    }
}
