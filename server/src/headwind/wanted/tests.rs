//! What is wanted, as the agent reads it.

use super::*;
use muster_domain::configuration::AGENT;
use muster_headwind::{answer, values::AdminPassword};
use serde_json::{Value, json};

fn written(document: &Value) -> Value {
    let wanted = ConfigurationSettings::of_document(document).unwrap();
    let mut sheet = Configuration::new(AdminPassword::of("1234").unwrap());
    sheet.applications = vec![Application::new(AGENT.parse().unwrap())];
    write(&mut sheet, &wanted).unwrap();
    let answer: Value = serde_json::from_slice(&answer::configuration(&sheet, "").body).unwrap();
    answer["data"].clone()
}

#[test]
fn what_is_not_set_stays_as_a_device_without_a_configuration_has_it() {
    let mut sheet = Configuration::new(AdminPassword::of("1234").unwrap());
    let before = sheet.clone();
    write(&mut sheet, &ConfigurationSettings::default()).unwrap();
    assert_eq!(sheet, before);
}

#[test]
fn kiosk_mode_names_its_app_lists_it_and_takes_the_home_screen() {
    let data = written(&json!({ "kiosk_app": "org.example.till", "kiosk_exit": false, "only_listed": true }));
    assert_eq!((&data["kioskMode"], &data["mainApp"]), (&json!(true), &json!("org.example.till")));
    assert_eq!((&data["runDefaultLauncher"], &data["permissive"]), (&json!(false), &json!(false)));
    assert_eq!(data["kioskExit"], false);
    let listed: Vec<_> = data["applications"].as_array().unwrap().iter().map(|a| a["pkg"].clone()).collect();
    assert_eq!(listed, [AGENT, "org.example.till"]);
}

#[test]
fn what_belongs_together_in_the_agent_goes_together() {
    let data = written(&json!({
        "volume": 30, "timeout": 60, "brightness": 100, "location": "network", "system_updates": "02:00-04:00",
        "app_updates": "22:00-05:00", "restrictions": "no_add_user, no_config_wifi", "icon_size": "large"
    }));
    for (name, value) in [
        ("manageVolume", json!(true)),
        ("volume", json!(30)),
        ("manageTimeout", json!(true)),
        ("timeout", json!(60)),
        ("autoBrightness", json!(false)),
        ("brightness", json!(255)),
        ("requestUpdates", json!("network")),
        ("systemUpdateType", json!(2)),
        ("systemUpdateFrom", json!("02:00")),
        ("appUpdateTo", json!("05:00")),
        ("restrictions", json!("no_add_user,no_config_wifi")),
        ("iconSize", json!(140)),
    ] {
        assert_eq!(data[name], value, "{name}");
    }
}

#[test]
fn apps_pages_settings_and_files_are_written_as_they_are_wanted() {
    let data = written(&json!({
        "apps": [{ "package": AGENT, "version": "6.37", "address": "https://x.example/agent.apk" },
            { "package": "a.b", "icon": true, "order": 2, "start_at_boot": true }],
        "pages": [{ "name": "Rota", "address": "https://rota.example/" }],
        "app_settings": [{ "package": "a.b", "name": "on", "value": "true" }, { "package": "a.b", "name": "n", "value": "7" },
            { "package": "a.b", "name": "t", "value": "DEVICE_NUMBER", "filled": true, "since": 5 }],
        "files": [{ "path": "a.txt", "address": "https://x.example/a", "checksum": "81dc9bdb52d04dc20036dbd8313ed055", "since": 9 }],
        "actions": [{ "does": "VIEW", "package": "a.b", "activity": "a.b.Main", "schemes": "https", "hosts": "x.example" }],
    }));
    let apps = &data["applications"];
    assert_eq!((&apps[0]["pkg"], &apps[0]["version"]), (&json!(AGENT), &json!("6.37")), "listed once");
    assert_eq!((&apps[1]["version"], &apps[1]["screenOrder"]), (&json!("0"), &json!(2)), "any version");
    assert_eq!((&apps[2]["type"], &apps[2]["iconText"]), (&json!("web"), &json!("Rota")));
    let kinds: Vec<_> = (0..3).map(|n| data["applicationSettings"][n]["type"].clone()).collect();
    assert_eq!(kinds, [3, 2, 1]);
    assert_eq!(data["applicationSettings"][2]["variable"], true);
    assert_eq!((&data["files"][0]["lastUpdate"], &data["files"][0]["path"]), (&json!(9), &json!("a.txt")));
    assert_eq!(data["actions"][0]["hosts"], "x.example");
}

#[test]
fn only_what_was_asked_for_is_taken_of_a_log() {
    let rules = json!({ "log_rules": [{ "package": "a.b", "level": "warning", "containing": "card" }] });
    let wanted = ConfigurationSettings::of_document(&rules).unwrap();
    let rules = log_rules(&wanted).unwrap();
    assert_eq!((rules[0].level, rules[0].filter.as_deref()), (Level::Warning, Some("card")));
    assert!(is_wanted(&wanted, "a.b", LogLevel::Error) && is_wanted(&wanted, "a.b", LogLevel::Warning));
    assert!(!is_wanted(&wanted, "a.b", LogLevel::Info) && !is_wanted(&wanted, "a.c", LogLevel::Error));
    for level in [Level::Error, Level::Warning, Level::Info, Level::Debug, Level::Verbose] {
        assert_eq!(named(level).number(), level as u8);
    }
}

proptest::proptest! {
    /// Else a device whose configuration was taken would be told nothing any more.
    #[test]
    fn whatever_is_taken_can_be_told_to_the_agent(text in "[ -~а-я\\n]{0,16}|[a-z/._0-9:-]{1,16}|[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}") {
        let address = "https://x.example/a";
        for document in [
            json!({ "kiosk_app": text }),
            json!({ "background": text, "title": text }),
            json!({ "restrictions": text }),
            json!({ "app_updates": text }),
            json!({ "system_updates": text }),
            json!({ "brightness": text }),
            json!({ "time_zone": text }),
            json!({ "apps": [{ "package": text }] }),
            json!({ "apps": [{ "package": "a.b", "version": text, "name": text }] }),
            json!({ "pages": [{ "name": text, "address": address }] }),
            json!({ "files": [{ "path": text, "address": address }] }),
            json!({ "files": [{ "path": "a", "address": address, "checksum": text }] }),
            json!({ "app_settings": [{ "package": "a.b", "name": "n", "value": text }] }),
            json!({ "actions": [{ "does": text, "package": "a.b", "activity": text, "schemes": text }] }),
            json!({ "log_rules": [{ "package": "a.b", "level": "info", "containing": text }] }),
        ] {
            let Ok(wanted) = ConfigurationSettings::of_document(&document) else { continue };
            let mut sheet = Configuration::new(AdminPassword::of("1234").unwrap());
            proptest::prop_assert!(write(&mut sheet, &wanted).is_ok(), "{}", document);
            proptest::prop_assert!(log_rules(&wanted).is_ok(), "{}", document);
        }
    }
}
