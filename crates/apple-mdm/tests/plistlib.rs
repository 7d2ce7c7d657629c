//! Somebody else's reader and writer, Python's `plistlib`: it reads every document that is written here as the same
//! values, and what it writes is read here as the same values.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that panics fails, as it should")]

mod common;
#[path = "common/profiles.rs"]
mod profiles;

use base64::{Engine, engine::general_purpose::STANDARD};
use muster_apple_mdm::{
    Dictionary, Value,
    checkin::Secret,
    command::{Command, DeviceName, LostMessage, PhoneNumber, ScreenText},
    document::{Limits, dictionary},
    ids::{CommandUuid, PayloadIdentifier},
    push_request, replies, write,
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use serde_json::json;
use std::{
    io::Write,
    process::{Command as Process, Stdio},
};

/// Reads documents (base64) from a JSON array, answers their values; or the other way round.
const SCRIPT: &str = r#"
import base64, datetime, json, plistlib, struct, sys
def out(v):
    if isinstance(v, bool): return ["bool", v]
    if isinstance(v, int): return ["integer", str(v)]
    if isinstance(v, float): return ["real", struct.pack(">d", v).hex()]
    if isinstance(v, str): return ["string", v]
    if isinstance(v, bytes): return ["data", base64.b64encode(v).decode()]
    if isinstance(v, datetime.datetime): return ["date", v.strftime("%Y-%m-%dT%H:%M:%SZ")]
    if isinstance(v, list): return ["array", [out(x) for x in v]]
    return ["dict", sorted(([k, out(x)] for k, x in v.items()), key=lambda e: e[0])]
def back(v):
    kind, v = v
    if kind == "integer": return int(v)
    if kind == "data": return base64.b64decode(v)
    if kind == "date": return datetime.datetime.strptime(v, "%Y-%m-%dT%H:%M:%SZ")
    if kind == "array": return [back(x) for x in v]
    if kind == "dict": return {k: back(x) for k, x in v}
    return struct.unpack(">d", bytes.fromhex(v))[0] if kind == "real" else v
work = json.load(sys.stdin)
if sys.argv[1] == "read":
    answer = [out(plistlib.loads(base64.b64decode(d), fmt=plistlib.FMT_XML)) for d in work]
else:
    answer = [base64.b64encode(plistlib.dumps(back(v), fmt=plistlib.FMT_XML)).decode() for v in work]
json.dump(answer, sys.stdout)
"#;

fn python(what: &str, work: &serde_json::Value) -> Vec<serde_json::Value> {
    let mut child = Process::new("python3")
        .args(["-c", SCRIPT, what])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("python3 cannot be started: {e}"));
    child.stdin.take().unwrap().write_all(work.to_string().as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success());
    serde_json::from_slice::<Vec<serde_json::Value>>(&out.stdout).unwrap()
}

fn tagged(value: &Value) -> serde_json::Value {
    match value {
        Value::Boolean(v) => json!(["bool", v]),
        Value::Integer(v) => json!(["integer", v.to_string()]),
        Value::Real(v) => json!(["real", format!("{:016x}", v.to_bits())]),
        Value::String(v) => json!(["string", v]),
        Value::Data(v) => json!(["data", STANDARD.encode(v)]),
        Value::Date(v) => json!(["date", v.to_xml_format()]),
        Value::Array(v) => json!(["array", v.iter().map(tagged).collect::<Vec<_>>()]),
        Value::Dictionary(v) => tagged_dictionary(v),
        other => panic!("{other:?}"),
    }
}

fn tagged_dictionary(dictionary: &Dictionary) -> serde_json::Value {
    let mut entries: Vec<_> = dictionary.iter().collect();
    // Python sorts text by code points, which is the order of UTF-8.
    entries.sort_by_key(|(key, _)| key.as_str());
    json!(["dict", entries.iter().map(|(k, v)| json!([k, tagged(v)])).collect::<Vec<_>>()])
}

/// Both readers agree about these documents, and about what is in them.
fn both_read_the_same(documents: &[Vec<u8>]) {
    let work = json!(documents.iter().map(|d| STANDARD.encode(d)).collect::<Vec<_>>());
    for (theirs, document) in python("read", &work).iter().zip(documents) {
        let ours = tagged_dictionary(&dictionary(document, Limits::ANSWER).unwrap());
        assert_eq!(*theirs, ours, "{}", String::from_utf8_lossy(document));
    }
}

/// Values whose text is of these characters.
fn any_dictionary(text: BoxedStrategy<String>) -> impl Strategy<Value = Dictionary> {
    let date =
        (1970..2100u16, 1..=12u8, 1..=28u8, 0..24u8, 0..60u8, 0..60u8).prop_map(|(y, mo, d, h, mi, s)| {
            let date = format!("{y}-{mo:02}-{d:02}T{h:02}:{mi:02}:{s:02}Z");
            plist::Date::from_xml_format(&date).map(Value::Date).unwrap()
        });
    let leaf = prop_oneof![
        text.clone().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        (-1e12..1e12f64).prop_map(Value::from),
        proptest::collection::vec(any::<u8>(), 0..80).prop_map(Value::Data),
        date,
    ];
    let key = text.clone();
    let value = leaf.prop_recursive(4, 32, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            proptest::collection::btree_map(key.clone(), inner, 0..5)
                .prop_map(|d| Value::Dictionary(d.into_iter().collect())),
        ]
    });
    proptest::collection::btree_map(text, value, 0..8).prop_map(|d| d.into_iter().collect())
}

fn xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

fn anything() -> impl Strategy<Value = String> {
    proptest::collection::vec(any::<char>(), 0..20).prop_map(|c| c.into_iter().collect())
}

fn some(number: usize, strategy: impl Strategy<Value = Dictionary>) -> Vec<Dictionary> {
    let mut runner = TestRunner::deterministic();
    (0..number).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

#[test]
fn plistlib_reads_every_value_that_is_written_here() {
    let text = prop_oneof![anything(), "[<>&\"'a-c\\]\\[ \t\r\n]{0,12}"]
        .prop_map(|t| t.chars().filter(|c| xml(*c)).collect::<String>());
    let values = some(400, any_dictionary(text.boxed()));
    let documents: Vec<Vec<u8>> = values.iter().map(write::document).collect();
    for (value, document) in values.iter().zip(&documents) {
        assert_eq!(
            tagged_dictionary(value),
            tagged_dictionary(&dictionary(document, Limits::ANSWER).unwrap())
        );
    }
    both_read_the_same(&documents);
}

#[test]
fn what_plistlib_writes_is_read_here() {
    // It refuses control characters and turns CR into LF by itself.
    let text = anything().prop_map(|t| t.chars().filter(|c| xml(*c) && *c != '\r').collect::<String>());
    let values = some(400, any_dictionary(text.boxed()));
    let work = json!(values.iter().map(tagged_dictionary).collect::<Vec<_>>());
    for (document, value) in python("write", &work).iter().zip(&values) {
        let document = STANDARD.decode(document.as_str().unwrap()).unwrap();
        let read = dictionary(&document, Limits::ANSWER)
            .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&document)));
        assert_eq!(tagged_dictionary(&read), tagged_dictionary(value));
    }
}

#[test]
fn plistlib_reads_every_command_reply_profile_and_request() {
    let text = |t: &str| ScreenText::parse(t).unwrap();
    let identifier = || PayloadIdentifier::parse("org.example.profile").unwrap();
    let id = CommandUuid::from_random([3; 16]);
    let commands = [
        Command::DeviceInformation(vec!["UDID".into(), "OSVersion".into()]),
        Command::SecurityInfo,
        Command::ProfileList,
        Command::InstalledApplicationList,
        Command::CertificateList,
        Command::DeviceLock(Some(text("Found?\n<Call> & ask “Ада”")), PhoneNumber::parse("+1 2").ok()),
        Command::ClearPasscode(Secret(vec![0, 1, 2])),
        Command::RestartDevice,
        Command::ShutDownDevice,
        Command::Rename(DeviceName::parse("A & B").unwrap()),
        Command::EraseDevice { preserve_data_plan: true, disallow_proximity_setup: true },
        Command::EnableLostMode(LostMessage::Message(text("a")), Some(text("b"))),
        Command::DisableLostMode,
        Command::DeviceLocation,
        Command::PlayLostModeSound,
        Command::InstallProfile(profiles::profile(b"1").document().unwrap()),
        Command::RemoveProfile(identifier()),
        Command::RemoveManagement(identifier()),
        Command::DeclarativeManagement(b"{}".to_vec()),
    ];
    let mut documents: Vec<Vec<u8>> = commands.iter().map(|c| c.document(&id)).collect();
    documents.push(profiles::profile(b"1").document().unwrap());
    documents.push(replies::unrecognized_device("<b>"));
    documents.push(replies::bootstrap_token(Some(&[1])));
    documents.push(replies::bootstrap_token(None));
    documents.push(replies::token(&[1]));
    let request = push_request::encoded(&[0x30, 1], &[vec![0x30; 70], vec![0x30; 9]], &[7]).unwrap();
    documents.push(STANDARD.decode(request).unwrap());
    documents.push(common::authenticate().into_bytes());
    documents.push(common::token_update("").into_bytes());
    both_read_the_same(&documents);
}
