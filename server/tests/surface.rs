//! The HTTP surface as it is seen from outside: headers, limits, and how the server ends.

#![expect(clippy::unwrap_used, reason = "a test that panics fails, as it should")]

mod world;

use futures::StreamExt;
use reqwest::StatusCode;
use std::{process::Command, time::Duration};
use world::{Server, browser};

#[tokio::test]
async fn every_answer_carries_the_security_headers_and_a_large_body_is_refused() {
    let server = Server::start();
    for path in ["/login", "/healthz", "/readyz", "/nothing", "/api/fn/me"] {
        let answer = browser().get(format!("{}{path}", server.base)).send().await.unwrap();
        let csp = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(csp.contains("default-src 'none'") && csp.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
    }
    let large = browser()
        .post(format!("{}/login", server.base))
        .body(vec![b'a'; 2 << 20])
        .header("content-type", "application/x-www-form-urlencoded");
    let status = large.send().await.map(|a| a.status());
    assert!(status.is_err() || status.is_ok_and(|s| s == StatusCode::PAYLOAD_TOO_LARGE));
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_ends_soon_also_with_an_open_stream() {
    let mut server = Server::start();
    let browser = server.owner().await;
    let mut events = browser.get(format!("{}/events", server.base)).send().await.unwrap().bytes_stream();
    events.next().await.unwrap().unwrap();
    let pid = server.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    for _ in 0..50 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if let Some(status) = server.child.try_wait().unwrap() {
            assert!(status.success(), "{status}");
            return;
        }
    }
    panic!("still running after five seconds");
}
