//! Every name that we write is one that the agent reads, nothing is null, and no list is ever absent.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that panics fails, as it should")]

mod full;

use full::{all_pushes, full, minimal, one, rule, some};
use muster_headwind::{
    Malformed, answer,
    configuration::{AppVersion, Application, Configuration, LEFT_OUT},
    log::items,
    provisioning::{AdminExtras, DeviceIdSource, Retries, for_agent},
    report::DeviceInfo,
    request::Enrolment,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The agent's names of a class.
fn names(class: &str) -> BTreeSet<&'static str> {
    let lines = include_str!("../fields.txt").lines().filter(|l| !l.starts_with('#'));
    let of_class = lines.filter_map(|l| l.split_once(' ')).filter(|(c, _)| *c == class);
    of_class.map(|(_, name)| name).collect()
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn data(body: &[u8]) -> Value {
    let mut value: Value = serde_json::from_slice(body).unwrap();
    assert_eq!(keys(&value), ["data", "message", "status"].into());
    value["data"].take()
}

fn no_null(value: &Value) {
    match value {
        Value::Null => panic!("null"),
        Value::Array(list) => list.iter().for_each(no_null),
        Value::Object(members) => members.values().for_each(no_null),
        _ => {}
    }
}

#[test]
fn every_field_of_a_configuration_is_written_or_left_out_for_a_reason() {
    let written = data(&answer::configuration(&full(), "").body);
    let left_out: BTreeSet<&str> = LEFT_OUT.iter().map(|(name, _)| *name).collect();
    let all: BTreeSet<&str> = keys(&written).union(&left_out).copied().collect();
    assert_eq!(all, names("ServerConfig"));
    assert!(keys(&written).is_disjoint(&left_out));
    assert!(LEFT_OUT.iter().all(|(_, reason)| !reason.is_empty()));
}

#[test]
fn every_field_of_what_stands_in_its_lists_is_written() {
    let written = data(&answer::configuration(&full(), "").body);
    for (list, class) in [
        ("applications", "Application"),
        ("applicationSettings", "ApplicationSetting"),
        ("files", "RemoteFile"),
        ("actions", "Action"),
    ] {
        assert_eq!(keys(&written[list][0]), names(class), "{list}");
    }
}

#[test]
fn nothing_is_null_and_no_list_is_absent() {
    for configuration in [minimal(), full()] {
        let written = data(&answer::configuration(&configuration, "").body);
        no_null(&written);
        for list in ["applications", "applicationSettings", "files", "actions"] {
            assert!(written[list].is_array(), "{list}");
        }
    }
    assert_ne!(data(&answer::configuration(&full(), "").body)["passwordReset"], "");
    let lists = [answer::pushes(&all_pushes()), answer::log_rules(&[rule()])];
    lists.iter().for_each(|list| no_null(&data(list)));
}

#[test]
fn what_does_harm_by_being_left_out_is_always_written_and_the_rest_never_by_itself() {
    let written = data(&answer::configuration(&minimal(), "").body);
    let always =
        ["pushOptions", "password", "runDefaultLauncher", "kioskMode", "permissive", "requestUpdates"];
    let lists = ["applications", "applicationSettings", "files", "actions", "title"];
    assert_eq!(keys(&written), always.into_iter().chain(lists).collect());
}

#[test]
fn values_that_the_agent_compares_are_its_own() {
    let written = data(&answer::configuration(&full(), "").body);
    for (name, value) in [
        ("pushOptions", Value::from("polling")),
        ("requestUpdates", "stop".into()),
        ("appPermissions", "asklocation".into()),
        ("passwordMode", "moderate".into()),
        ("downloadUpdates", "wifi".into()),
        ("systemUpdateType", 2.into()),
        ("systemUpdateFrom", "22:00".into()),
        ("appUpdateTo", "02:00".into()),
        ("autoBrightness", false.into()),
        ("brightness", 128.into()),
        ("iconSize", 140.into()),
        ("orientation", 2.into()),
        ("newServerUrl", "https://m.example/d".into()),
        ("mainApp", "a.b".into()),
    ] {
        assert_eq!(written[name], value, "{name}");
    }
    assert_eq!(
        (&written["applications"][0]["type"], &written["applicationSettings"][0]["type"]),
        (&"app".into(), &2.into())
    );
}

#[test]
fn an_app_always_has_a_version() {
    assert_eq!(AppVersion::of(" "), AppVersion::any());
    let version = |version| {
        let application = Application { version, ..Application::new("a.b".parse().unwrap()) };
        data(&answer::configuration(&Configuration { applications: vec![application], ..minimal() }, "").body)
            ["applications"][0]["version"]
            .take()
    };
    assert_eq!((version(AppVersion::any()), version(AppVersion::of("1.2"))), ("0".into(), "1.2".into()));
}

#[test]
fn every_push_is_one_that_the_agent_knows_and_so_are_the_names_in_its_payload() {
    let sent = data(&answer::pushes(&all_pushes()));
    let mut types = BTreeSet::new();
    for push in sent.as_array().unwrap() {
        assert!(keys(push).is_subset(&names("PushMessage")));
        types.insert(push["messageType"].as_str().unwrap());
        if let Some(payload) = push["payload"].as_str() {
            let payload: Value = serde_json::from_str(payload).unwrap();
            assert!(keys(&payload).is_subset(&names("payload")), "{payload}");
        }
    }
    // `configUpdating` has a name in the agent, and nothing else.
    let mut known = names("messageType");
    known.remove("configUpdating");
    assert_eq!(types, known);
}

#[test]
fn a_rule_for_the_log_has_the_names_of_the_agent() {
    let sent = data(&answer::log_rules(&[rule()]));
    assert_eq!(keys(&sent[0]), names("RemoteLogConfig"));
    assert_eq!(sent[0]["logLevel"], 5);
}

#[test]
fn what_a_qr_code_tells_the_agent_has_its_names() {
    let mut extras = AdminExtras::new("https://m.example/x".parse().unwrap());
    extras.customer = some("c");
    extras.configuration = some("k");
    extras.groups = one("g");
    extras.retries = Some(Retries { count: 1, delay: 1 });
    extras.skip_intro = true;
    let number = "h1".parse().unwrap();
    for device_id in
        [DeviceIdSource::Given(number), DeviceIdSource::Typed, DeviceIdSource::Imei, DeviceIdSource::Serial]
    {
        let text = for_agent(&AdminExtras { device_id, ..extras.clone() }).unwrap();
        let sent: Map<String, Value> = serde_json::from_str(&text).unwrap();
        let bundle = &sent["android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE"];
        assert!(keys(bundle).is_subset(&names("Extras")), "{text}");
    }
}

/// Of no kind that any field has.
fn odd(name: &str) -> Value {
    json!({ name: [[]] })
}

#[test]
fn every_field_that_the_agent_writes_is_read() {
    for name in names("DeviceInfo") {
        let read = DeviceInfo::parse(odd(name).to_string().as_bytes());
        // The agent has a name for it, and never writes it.
        let wanted = if name == "batteryCharging" { Ok(DeviceInfo::default()) } else { Err(Malformed(name)) };
        assert_eq!(read, wanted, "{name}");
    }
    for name in names("DeviceInfo.Location") {
        let read = DeviceInfo::parse(json!({"location": odd(name)}).to_string().as_bytes());
        assert_eq!(read, Err(Malformed(name)));
    }
    for name in names("DeviceEnrollOptions") {
        assert_eq!(Enrolment::parse(odd(name).to_string().as_bytes()), Err(Malformed(name)));
    }
    for name in names("RemoteLogItem") {
        assert_eq!(items(json!([odd(name)]).to_string().as_bytes()), Err(Malformed(name)));
    }
}
