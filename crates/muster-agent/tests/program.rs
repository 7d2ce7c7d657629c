//! The program from the outside, against a server in memory that verifies every signature.

#![expect(clippy::unwrap_used, reason = "a test that panics fails, as it should")]

mod server;

use muster_agent_protocol::{
    messages::{AckStatus, Command},
    problem::ProblemCode,
};
use serde_json::Value;
use server::{Shared, start};
use std::{path::Path, process::Output, time::Duration};

async fn agent(state: &Path, arguments: &[&str]) -> Output {
    tokio::process::Command::new(env!("CARGO_BIN_EXE_muster-agent"))
        .args(["--json", "--state", state.to_str().unwrap()])
        .args(arguments)
        .env_remove("http_proxy")
        .env_remove("HTTP_PROXY")
        .output()
        .await
        .unwrap()
}

async fn succeeds(state: &Path, arguments: &[&str]) -> Value {
    let out = agent(state, arguments).await;
    assert!(out.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

async fn fails(state: &Path, arguments: &[&str], exit_code: i32) -> String {
    let out = agent(state, arguments).await;
    let stderr = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(exit_code), "{arguments:?}: {stderr}");
    assert!(out.stdout.is_empty());
    stderr
}

fn link(server: &Shared, token: &str) -> String {
    format!("{}/{token}", server.lock().unwrap().base)
}

fn command(id: &str, kind: &str) -> Command {
    Command { id: id.into(), kind: kind.into(), created_at: "now".into(), payload: Value::Null }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_connects_reports_does_what_it_is_told_and_leaves() {
    let (server, folder) = (start().await, tempfile::tempdir().unwrap());
    let state = folder.path().join("state.json");
    // As people paste it.
    let pasted = format!(" {} \n", link(&server, "0J3XK-8M2QV"));
    let enrolled = succeeds(&state, &["enroll", &pasted, "--model", "Pixel 9"]).await;
    assert_eq!(enrolled["device_id"], "device-0j3xk-8m2qv");
    assert_eq!(enrolled["owner_name"], "Ada Example");
    assert_eq!(succeeds(&state, &["status"]).await["connected"], true);

    succeeds(&state, &["report", "--battery", "7", "--protection", "off", "--managed-by", "KNOX"]).await;
    let report: Value = serde_json::from_str(&server.lock().unwrap().reports[0]).unwrap();
    assert_eq!(report["battery_percent"], 7);
    assert_eq!((&report["protection"], &report["managed_by"]), (&"disabled".into(), &"KNOX".into()));
    assert_eq!(report["model"], "Pixel 9", "what was said before stays");

    server.lock().unwrap().commands = vec![command("c1", "report"), command("c2", "explode")];
    let done = succeeds(&state, &["run", "--once"]).await;
    assert_eq!(done["commands"], serde_json::json!(["report", "explode"]));
    let acks: Vec<_> = server.lock().unwrap().acks.iter().map(|(id, a)| (id.clone(), a.status)).collect();
    assert_eq!(acks, [("c1".to_owned(), AckStatus::Done), ("c2".to_owned(), AckStatus::Failed)]);

    succeeds(&state, &["leave"]).await;
    assert_eq!(server.lock().unwrap().left.len(), 1);
    assert_eq!(succeeds(&state, &["status"]).await["connected"], false);
    fails(&state, &["run", "--once"], 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_state_connects_again_with_a_new_key_and_another_device_is_refused() {
    let (server, folder) = (start().await, tempfile::tempdir().unwrap());
    let (mine, other) = (folder.path().join("mine.json"), folder.path().join("other.json"));
    let link = link(&server, "abc");
    let key = |server: &Shared| server.lock().unwrap().keys["device-abc"].to_base64url();
    let first = succeeds(&mine, &["enroll", &link]).await;
    let first_key = key(&server);
    let again = succeeds(&mine, &["enroll", &link]).await;
    assert_eq!(first["hardware_id"], again["hardware_id"]);
    assert_ne!(first_key, key(&server));
    let refused = fails(&other, &["enroll", &link], 1).await;
    assert!(refused.contains("link_used") && refused.contains("Another device"), "{refused}");
    assert!(refused.contains("Ask your administrator"), "the advice is there: {refused}");
    succeeds(&mine, &["run", "--once"]).await;
    let hardware_id = first["hardware_id"].as_str().unwrap();
    let recovered = succeeds(&other, &["enroll", &link, "--hardware-id", hardware_id]).await;
    assert_eq!(recovered["connected"], true);
    let old_key = fails(&mine, &["run", "--once"], 1).await;
    assert!(old_key.contains("signature_invalid"), "{old_key}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_state_is_for_its_owner_alone_and_leaves_nothing_beside_it() {
    use std::os::unix::fs::PermissionsExt;
    let (server, folder) = (start().await, tempfile::tempdir().unwrap());
    let state = folder.path().join("state.json");
    let enrolled = agent(&state, &["enroll", &link(&server, "abc")]).await;
    assert_eq!(std::fs::metadata(&state).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let kept: Value = serde_json::from_slice(&std::fs::read(&state).unwrap()).unwrap();
    let key = kept["connection"]["key"].as_str().unwrap();
    assert!(!String::from_utf8(enrolled.stdout).unwrap().contains(key), "the key is not printed");
    assert!(!kept.to_string().contains("/abc"), "the link is not kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_1_off_words_are_2_and_no_server_is_3() {
    let (server, folder) = (start().await, tempfile::tempdir().unwrap());
    let state = folder.path().join("state.json");
    let link = link(&server, "abc");
    for code in ProblemCode::ALL {
        server.lock().unwrap().refuse = Some(code);
        let said = fails(&state, &["enroll", &link], 1).await;
        let error: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(error["error"], serde_json::to_value(code).unwrap());
        assert!(!error["message"].as_str().unwrap().is_empty());
    }
    fails(&state, &["enroll", "https://"], 2).await;
    fails(&state, &["enroll"], 2).await;
    fails(&state, &["enroll", &link, "--hardware-id", "a b c d e f"], 2).await;
    let said = fails(&state, &["enroll", "http://127.0.0.1:1/s3cret"], 3).await;
    assert!(!said.contains("s3cret"), "the secret is not printed: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_connects_and_checks_in() {
    let (server, folder) = (start().await, tempfile::tempdir().unwrap());
    let (links, states) = (folder.path().join("links.txt"), folder.path().join("fleet"));
    let lines: Vec<String> = (0..20).map(|n| link(&server, &format!("t{n}"))).collect();
    std::fs::write(&links, lines.join("\n")).unwrap();
    let links = links.to_str().unwrap();
    fails(&states, &["enroll", "--links", links, "--devices", "21"], 2).await;
    let done = succeeds(&states, &["enroll", "--links", links]).await;
    assert_eq!(done["done"], 20);
    assert_eq!(server.lock().unwrap().claims.len(), 20);
    let hardware: std::collections::HashSet<_> = server.lock().unwrap().claims.values().cloned().collect();
    assert_eq!(hardware.len(), 20, "each device has a hardware id of its own");
    assert_eq!(succeeds(&states, &["run", "--once", "--devices", "20"]).await["done"], 20);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn run_goes_on_until_it_is_interrupted() {
    let (server, folder) = (start().await, tempfile::tempdir().unwrap());
    let state = folder.path().join("state.json");
    succeeds(&state, &["enroll", &link(&server, "abc")]).await;
    let before = server.lock().unwrap().nonces.len();
    let child = tokio::process::Command::new(env!("CARGO_BIN_EXE_muster-agent"))
        .args(["--state", state.to_str().unwrap(), "run"])
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut tries = 0;
    while server.lock().unwrap().nonces.len() < before + 2 {
        assert!(tries < 200, "it did not check in twice");
        tries += 1;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let process = child.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &process]).status().unwrap().success());
    let out = tokio::time::timeout(Duration::from_secs(10), child.wait_with_output()).await.unwrap().unwrap();
    assert_eq!(out.status.code(), Some(0));
    assert!(String::from_utf8(out.stdout).unwrap().ends_with("Stopped.\n"));
}
