//! Declarative management.

use crate::{
    program::succeeds,
    server::{command, link, start},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use plist::Value;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn declarations_are_fetched_once_and_status_is_reported_when_it_changes() {
    let (server, folder) = (start().await, tempfile::tempdir().unwrap());
    let state = folder.path().join("phone.json");
    succeeds(&state, &["enroll", &link(&server)]).await;
    let names = ["device.model.family", "passcode.is-present", "no.such-item"];
    let items: Vec<_> = names.iter().map(|name| json!({ "Name": name })).collect();
    {
        let mut known = server.lock().unwrap();
        let mut say = |endpoint: &str, json: serde_json::Value| {
            known.declarations.insert(endpoint.into(), json.to_string());
        };
        say(
            "tokens",
            json!({ "SyncTokens": { "DeclarationsToken": "t1", "Timestamp": "2026-11-27T00:00:00Z" } }),
        );
        let item = |identifier: &str| json!([{ "Identifier": identifier, "ServerToken": "s1" }]);
        say(
            "declaration-items",
            json!({
                "DeclarationsToken": "t1",
                "Declarations": {
                    "Activations": item("a"), "Configurations": item("c"), "Assets": [], "Management": [],
                },
            }),
        );
        say(
            "declaration/activation/a",
            json!({
                "Type": "com.apple.activation.simple", "Identifier": "a", "ServerToken": "s1",
                "Payload": { "StandardConfigurations": ["c"] },
            }),
        );
        say(
            "declaration/configuration/c",
            json!({
                "Type": "com.apple.configuration.management.status-subscriptions", "Identifier": "c",
                "ServerToken": "s1", "Payload": { "StatusItems": items },
            }),
        );
        known.commands.push_back(command("d", "DeclarativeManagement", ""));
    }
    let asked = || -> Vec<(String, Option<serde_json::Value>)> {
        let mut known = server.lock().unwrap();
        let all = std::mem::take(&mut known.check_ins);
        let all = all.iter().filter(|m| m["MessageType"].as_string() == Some("DeclarativeManagement"));
        let read = |m: &plist::Dictionary| {
            let data = m.get("Data").and_then(Value::as_data);
            let data = data.map(|data| serde_json::from_slice(data).unwrap());
            (m["Endpoint"].as_string().unwrap().to_owned(), data)
        };
        all.map(read).collect()
    };
    succeeds(&state, &["run", "--once"]).await;
    let first = asked();
    let endpoints: Vec<_> = first.iter().map(|(endpoint, _)| endpoint.as_str()).collect();
    let wanted =
        ["tokens", "declaration-items", "declaration/activation/a", "declaration/configuration/c", "status"];
    assert_eq!(endpoints, wanted);
    let report = first[4].1.as_ref().unwrap();
    assert_eq!(report["StatusItems"]["device"]["model"]["family"], "iPhone");
    assert_eq!(report["StatusItems"]["passcode"], json!({ "is-present": true }));
    let active = &report["StatusItems"]["management"]["declarations"]["configurations"][0];
    assert_eq!((&active["identifier"], &active["valid"]), (&json!("c"), &json!("valid")));
    assert_eq!(
        (&report["Errors"][0]["StatusItem"], &report["FullReport"]),
        (&json!("no.such-item"), &json!(true))
    );

    succeeds(&state, &["run", "--once"]).await;
    assert!(asked().is_empty(), "nothing changed");
    succeeds(&state, &["run", "--once", "--no-passcode"]).await;
    let changed = asked();
    assert_eq!(changed.len(), 1);
    let report = changed[0].1.as_ref().unwrap();
    assert_eq!(report["StatusItems"], json!({ "passcode": { "is-present": false } }));
    assert_eq!((&report["FullReport"], &report["Errors"]), (&json!(false), &json!([])));

    // The same tokens with the command: nothing is fetched.
    let tokens = STANDARD.encode(server.lock().unwrap().declarations["tokens"].clone());
    let data = format!("<key>Data</key><data>{tokens}</data>");
    server.lock().unwrap().commands.push_back(command("e", "DeclarativeManagement", &data));
    succeeds(&state, &["run", "--once"]).await;
    assert!(asked().is_empty());
    let status = succeeds(&state, &["status"]).await;
    assert_eq!(status["declarations"], json!(["activation/a", "configuration/c"]));
}
