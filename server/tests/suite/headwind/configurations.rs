//! Configurations: from the console or the command line to the agent, and what comes back: apps, files and launcher that are not as
//! they should be, where the device is, and its log.

use super::{
    agent::{Agent, of},
    phone::{Phone, the_device},
};
use crate::world::Server;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A server with a person, and a configuration's document as a file.
fn begun(document: &Value) -> Server {
    let server = Server::start();
    server.people();
    write(&server, document);
    server
}

fn write(server: &Server, document: &Value) {
    std::fs::write(server.folder.path().join("settings.json"), document.to_string()).unwrap();
}

/// Sets the configuration to what its file says.
fn set(server: &Server, more: &[&str]) -> Value {
    let file = server.folder.path().join("settings.json");
    let words = ["configurations", "set", "Tills", "--file", file.to_str().unwrap()];
    server.json(&[&words, more].concat())
}

/// A form as the console sends it.
fn form(values: &[(&str, &str)]) -> Value {
    let entry = |(field, text): &(&str, &str)| json!({ "field": field, "text": text, "rows": [] });
    json!({ "entries": values.iter().map(entry).collect::<Vec<_>>() })
}

fn all() -> Value {
    json!({ "everybody": true, "groups": [] })
}

async fn save(server: &Server, owner: &Client, id: Value, base: Value, values: &[(&str, &str)]) -> Value {
    let body = json!({ "id": id, "base": base, "name": "Tills", "audience": all(), "form": form(values), "restored": null });
    let (status, told) = server.function(owner, "configuration_save", body).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    told
}

#[tokio::test]
async fn what_is_saved_in_the_console_reaches_the_agent_within_two_seconds() {
    let server = begun(&json!({}));
    let owner = server.owner().await;
    let agent = Agent::new(&server, "one");
    assert_eq!(agent.connects(&server.link(), "anna", &["--device-owner", "--model", "Pixel 8"]).0, Some(0));
    let life = agent.lives();
    life.until("poll").await;
    let values = [("launcher", "yes"), ("volume", "30"), ("restrictions", "no_add_user no_config_wifi")];
    let preview =
        json!({ "id": null, "base": null, "name": "Tills", "audience": all(), "form": form(&values) });
    let (_, told) = server.function(&owner, "configuration_preview", preview).await;
    assert_eq!((&told["reach"]["devices"], &told["problems"]), (&json!(1), &json!([])), "{told}");
    let fields: Vec<_> = told["differences"].as_array().unwrap().iter().map(|d| d["field"].clone()).collect();
    assert_eq!(fields, ["launcher", "restrictions", "volume"]);
    let given = Instant::now();
    let told = save(&server, &owner, Value::Null, Value::Null, &values).await;
    assert_eq!(told["done"]["saved"], json!({ "saved": { "version": 1 } }));
    assert_eq!(life.until("message").await["type"], "configUpdated");
    assert!(given.elapsed() < Duration::from_secs(2), "{:?}", given.elapsed());
    let told = life.until("configuration").await;
    let config = &told["config"];
    assert_eq!((&config["volume"], &config["manageVolume"]), (&json!(30), &json!(true)), "{config}");
    assert_eq!(config["restrictions"], "no_add_user,no_config_wifi");
    assert_eq!(life.until("launcher").await["own"], true);
    drop(life);
    let row = server.json(&["configurations", "list"])[0].clone();
    assert_eq!((&row["name"], &row["version"], &row["devices"]), (&json!("Tills"), &json!(1), &json!(1)));
}

/// A document in which every field says something.
fn everything() -> Value {
    let document = r##"{
        "kiosk_app": "org.example.till", "kiosk_exit": true, "kiosk_screen_on": true, "launcher": true, "only_listed": true,
        "title": "Till deviceId", "show_status": true, "background": "#102030", "text_colour": "#ffffff",
        "picture": "https://127.0.0.1:1/a.png", "icon_size": "large", "orientation": "portrait", "foreground_at_boot": true,
        "app_permissions": "ask_location", "allowed_activities": "a.b.Main", "password": "strong", "restrictions": "no_add_user",
        "status_bar_locked": true, "no_screenshots": true, "usb_storage_locked": true, "wifi": true, "show_wifi": true,
        "bluetooth": false, "mobile_data": true, "gps": true, "location": "gps", "brightness": 80, "timeout": 60, "volume": 30,
        "volume_locked": true, "time_zone": "Europe/Berlin", "system_updates": "02:00-04:00", "app_updates": "22:00-05:00",
        "downloads": "wifi", "description": "Till 4", "custom1": "1", "custom2": "2", "custom3": "3",
        "apps": [{ "package": "only.allowed", "name": "A", "version": "1", "icon": true, "order": 2, "bottom": true,
            "any_version": true, "start_installed": true, "start_at_boot": true }],
        "pages": [{ "name": "Rota", "address": "https://rota.example/", "picture": "https://rota.example/i.png", "order": 1,
            "bottom": true, "own_browser": true }],
        "app_settings": [{ "package": "only.allowed", "name": "host", "value": "CUSTOM1", "read_only": true, "filled": true }],
        "files": [{ "path": "Download/gone.txt", "remove": true, "checksum": "81dc9bdb52d04dc20036dbd8313ed055", "filled": true }],
        "actions": [{ "does": "VIEW", "package": "a.b", "activity": "a.b.Main", "categories": "BROWSABLE", "schemes": "https",
            "hosts": "x.example", "types": "text/plain" }],
        "log_rules": [{ "package": "com.hmdm.launcher", "level": "verbose", "containing": "till" }]
    }"##;
    serde_json::from_str(document).unwrap()
}

#[tokio::test]
async fn the_strict_agent_takes_a_configuration_in_which_everything_is_set() {
    let server = begun(&everything());
    let told = set(&server, &["--everybody"]);
    assert_eq!(told["version"], 1, "{told}");
    let fields = muster_domain::configuration::Field::ALL.len();
    let document = server.json(&["configurations", "show", "tills"]);
    assert_eq!(
        document["settings"].as_object().unwrap().len(),
        fields,
        "this test says something about each"
    );
    let agent = Agent::new(&server, "one");
    let (code, events) =
        agent.connects(&server.link(), "anna", &["--device-owner", "--location", "52.52,13.4"]);
    assert_eq!(code, Some(0), "neither crash nor a field that it does not know: {events:?}");
    let config = of(&events, "configuration").last().map(|e| e["config"].clone()).unwrap();
    for (name, value) in [
        ("mainApp", json!("org.example.till")),
        ("kioskMode", json!(true)),
        ("runDefaultLauncher", json!(false)),
        ("permissive", json!(false)),
        ("requestUpdates", json!("gps")),
        ("brightness", json!(204)),
        ("passwordMode", json!("strong")),
        ("systemUpdateTo", json!("04:00")),
        ("custom3", json!("3")),
    ] {
        assert_eq!(config[name], value, "{name}");
    }
    let device = the_device(&server);
    let reasons = device["reasons"].as_array().unwrap();
    assert!(reasons.contains(&json!("apps_not_as_configured")), "the kiosk's app is not there: {device}");
    assert!(!reasons.contains(&json!("launcher_not_default")), "it has taken the home screen: {device}");
}

#[tokio::test]
async fn what_a_device_lacks_of_its_configuration_is_its_status_until_it_has_it() {
    let server = begun(&json!({
        "launcher": true,
        "apps": [{ "package": "org.example.till", "version": "2.0", "address": "https://127.0.0.1:1/till.apk" }],
        "files": [{ "path": "plan.pdf", "address": "https://127.0.0.1:1/plan.pdf" }],
    }));
    set(&server, &["--everybody"]);
    let mut phone = Phone::new(&server.link(), "anna");
    let data = phone.connects().await;
    assert_eq!(
        (&data["runDefaultLauncher"], &data["applications"][1]["pkg"]),
        (&json!(false), &json!("org.example.till"))
    );
    let reasons = |server: &Server| the_device(server)["reasons"].clone();
    assert_eq!(
        reasons(&server),
        json!(["launcher_not_default", "apps_not_as_configured", "files_not_as_configured"])
    );
    let report = |apps: Value, files: Value, own: bool| {
        let mut report = phone.report();
        report["applications"] = apps;
        report["files"] = files;
        report["defaultLauncher"] = own.into();
        report["location"] = json!({ "ts": 5, "lat": 52.52, "lon": 13.4 });
        report.to_string()
    };
    let old = json!([{ "pkg": "org.example.till", "version": "1.0" }]);
    phone
        .asks(Method::POST, "public/sync/info", Some(report(old, json!([{ "path": "/plan.pdf" }]), true)))
        .await;
    assert_eq!(reasons(&server), json!(["apps_not_as_configured"]));
    let owner = server.owner().await;
    let id = the_device(&server)["id"].clone();
    let (_, window) = server.function(&owner, "device_get", json!({ "id": id })).await;
    let lacking = &window["device"]["facts"]["headwind"]["apps"];
    assert_eq!(
        lacking,
        &json!([{ "what": "org.example.till", "how": { "version": { "has": "1.0", "wants": "2.0" } } }])
    );
    assert!(window["device"]["facts"]["headwind"].get("place").is_none(), "nobody asked where it is");
    assert_eq!(window["configuration"]["fetched"]["version"], 1);
    let new = json!([{ "pkg": "org.example.till", "version": "2.0" }]);
    phone
        .asks(Method::POST, "public/sync/info", Some(report(new, json!([{ "path": "/plan.pdf" }]), true)))
        .await;
    assert_eq!(the_device(&server)["status"], "ok");
    // Without a configuration nothing is lacking, and nothing is told but what every phone is told.
    server.json(&["configurations", "delete", "Tills"]);
    assert_eq!(phone.syncs().await.1["data"]["runDefaultLauncher"], true);
}

#[tokio::test]
async fn where_a_device_is_is_known_while_its_configuration_asks_for_it() {
    let server = begun(&json!({ "location": "network" }));
    set(&server, &["--everybody"]);
    let owner = server.owner().await;
    let agent = Agent::new(&server, "one");
    assert_eq!(agent.connects(&server.link(), "anna", &["--location", "52.520008,13.404954"]).0, Some(0));
    let place = async || {
        let id = the_device(&server)["id"].clone();
        let (_, window) = server.function(&owner, "device_get", json!({ "id": id })).await;
        window["device"]["facts"]["headwind"]["place"].clone()
    };
    let known = place().await;
    assert_eq!((&known["latitude"], &known["longitude"]), (&json!(52_520_008), &json!(13_404_954)));
    write(&server, &json!({}));
    set(&server, &[]);
    assert_eq!(agent.does(&["sync"]).0, Some(0));
    assert_eq!(place().await, Value::Null, "forgotten, and the agent still tells it");
}

#[tokio::test]
async fn a_save_based_on_a_former_version_is_refused_and_so_are_wrong_fields() {
    let server = begun(&json!({}));
    let owner = server.owner().await;
    let first = save(&server, &owner, Value::Null, Value::Null, &[("volume", "30")]).await;
    let id = first["done"]["id"].clone();
    let second = save(&server, &owner, id.clone(), json!(1), &[("volume", "40")]).await;
    assert_eq!(second["done"]["saved"], json!({ "saved": { "version": 2 } }));
    let stale = save(&server, &owner, id.clone(), json!(1), &[("volume", "90")]).await;
    assert_eq!(stale["done"]["saved"], json!({ "stale": { "version": 2 } }));
    let preview =
        json!({ "id": id, "base": 1, "name": "tills", "audience": all(), "form": form(&[("volume", "90")]) });
    let (_, told) = server.function(&owner, "configuration_preview", preview).await;
    assert_eq!(
        (&told["newer"], &told["name_taken"]),
        (&json!(2), &json!(false)),
        "told before the save, too"
    );
    let other = json!({ "id": null, "base": null, "name": "TILLS", "audience": all(), "form": form(&[]) });
    assert_eq!(server.function(&owner, "configuration_preview", other).await.1["name_taken"], true);
    let wrong =
        save(&server, &owner, id.clone(), json!(2), &[("volume", "101"), ("picture", "http://x.example/")])
            .await;
    let fields: Vec<_> =
        wrong["wrong"]["problems"].as_array().unwrap().iter().map(|p| p["field"].clone()).collect();
    assert_eq!(fields, ["picture", "volume"]);
    assert_eq!(server.json(&["configurations", "show", "Tills"])["settings"], json!({ "volume": 40 }));
    assert_eq!(
        server.json(&["configurations", "show", "Tills", "--version", "1"])["settings"],
        json!({ "volume": 30 })
    );
}

#[tokio::test]
async fn a43_a_path_that_leads_out_of_the_storage_is_refused_at_the_command_line_too() {
    let document = json!({ "files": [{ "path": "../../data/x", "address": "https://x.example/a" }] });
    let server = begun(&document);
    let file = server.folder.path().join("settings.json");
    let words = ["configurations", "set", "Tills", "--file", file.to_str().unwrap(), "--everybody"];
    let out = crate::world::muster(server.folder.path()).args(words).output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(!out.status.success() && said.contains("files[0].path") && said.contains("without .."), "{said}");
    assert_eq!(server.json(&["configurations", "list"]), json!([]));
}

#[tokio::test]
async fn the_command_line_prints_what_differs_and_a_dry_run_changes_nothing() {
    let server = begun(&json!({ "volume": 30 }));
    let told = set(&server, &["--everybody", "--dry-run"]);
    assert_eq!((&told["version"], &told["devices"]), (&Value::Null, &json!(0)));
    assert_eq!(server.json(&["configurations", "list"]), json!([]));
    set(&server, &["--everybody"]);
    write(&server, &json!({ "volume": 40 }));
    let file = server.folder.path().join("settings.json");
    let out = server.cli(&["configurations", "set", "tills", "--file", file.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert_eq!(said, "volume: 30 -> 40\nversion 2 of Tills reaches 0 devices\n");
    assert_eq!(server.json(&["configurations", "list"])[0]["everybody"], true, "it stays for whom it is");
}

#[tokio::test]
async fn a_device_logs_what_its_configuration_asks_for_and_nothing_else() {
    let server = begun(&json!({}));
    set(&server, &["--everybody"]);
    let owner = server.owner().await;
    let agent = Agent::new(&server, "one");
    assert_eq!(agent.connects(&server.link(), "anna", &[]).0, Some(0));
    let id = the_device(&server)["id"].clone();
    let log = async || server.function(&owner, "device_log", json!({ "id": id, "before": null })).await.1;
    let mut phone = Phone::new("", "anna");
    let kept = agent.does(&["show"]).1;
    let preferences = kept.iter().find_map(|e| e.get("preferences")).unwrap().clone();
    phone.address =
        format!("{}/{}", preferences["baseUrl"].as_str().unwrap(), preferences["project"].as_str().unwrap());
    phone.number = preferences["deviceId"].as_str().unwrap().to_owned();
    let path = format!("plugins/devicelog/log/list/{}", phone.number);
    let sends = async |items: Value| phone.asks(Method::POST, &path, Some(items.to_string())).await.0;
    let line = |level: u8, package: &str, message: &str| json!({ "timestamp": 5, "logLevel": level, "packageId": package, "message": message });
    assert_eq!(sends(json!([line(1, "org.example.till", "unasked")])).await, StatusCode::OK);
    assert_eq!(log().await, json!([]), "nobody asked for it");
    write(&server, &json!({ "log_rules": [{ "package": "com.hmdm.launcher", "level": "warning" }] }));
    set(&server, &[]);
    assert_eq!(agent.does(&["sync"]).0, Some(0));
    assert_eq!(agent.does(&["log", "--level", "2", "printer", "is", "away"]).0, Some(0));
    assert_eq!(agent.does(&["log", "--level", "4", "in", "detail"]).0, Some(0));
    let told = log().await;
    let rows: Vec<_> =
        told.as_array().unwrap().iter().map(|e| (e["level"].clone(), e["message"].clone())).collect();
    assert_eq!(rows, [(json!(2), json!("printer is away"))], "{told}");
    // What a device sends beside its rules is let go, and what it makes of a line cannot be.
    let odd = json!([
        line(1, "org.example.till", "x"),
        line(5, "com.hmdm.launcher", "y"),
        line(1, "com.hmdm.launcher", "a\u{1b}[31m\u{202e}b")
    ]);
    assert_eq!(sends(odd).await, StatusCode::OK);
    let told = log().await;
    assert_eq!(told.as_array().unwrap().len(), 2, "{told}");
    let newest = told[0]["message"].as_str().unwrap();
    assert!(
        newest.starts_with('a') && newest.ends_with('b') && !newest.chars().any(char::is_control),
        "{newest:?}"
    );
    // A line that names the server does not give its address away (ABUSE A26).
    let secret = phone.address.rsplit('/').next().unwrap();
    let words = format!("no answer from {}/rest", phone.address);
    assert_eq!(sends(json!([line(1, "com.hmdm.launcher", &words)])).await, StatusCode::OK);
    let told = log().await.to_string();
    assert!(told.contains("no answer from") && !told.contains(secret), "{told}");
}
