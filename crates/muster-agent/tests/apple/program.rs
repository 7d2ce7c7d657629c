//! The program `muster-agent apple`, run as a person does.

use serde_json::Value;
use std::{path::Path, process::Output};

pub async fn run(state: &Path, arguments: &[&str]) -> Output {
    tokio::process::Command::new(env!("CARGO_BIN_EXE_muster-agent"))
        .args(["--json", "--state", state.to_str().unwrap(), "apple", "--allow-http"])
        .args(arguments)
        .env_remove("http_proxy")
        .env_remove("HTTP_PROXY")
        .output()
        .await
        .unwrap()
}

pub async fn succeeds(state: &Path, arguments: &[&str]) -> Value {
    let out = run(state, arguments).await;
    assert!(out.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

/// The error's code and its words.
pub async fn fails(state: &Path, arguments: &[&str], exit_code: i32) -> (String, String) {
    let out = run(state, arguments).await;
    let stderr = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(exit_code), "{arguments:?}: {stderr}");
    let error: Value = serde_json::from_str(stderr.lines().last().unwrap()).unwrap();
    let text = |key: &str| error[key].as_str().unwrap().to_owned();
    (text("error"), text("message"))
}
