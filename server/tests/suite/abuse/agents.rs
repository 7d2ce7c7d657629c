//! Agents prove who they are, and are slowed down when they hammer (ABUSE A18, A20, A32).

use crate::world::{PIXEL, Server, agent, browser, phone, raw, status};
use muster_agent::link::Link;
use muster_agent_protocol::{key::SigningKey, sign::sign};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// A signed request as it goes over the wire.
pub(super) struct Call<'c> {
    pub(super) address: String,
    pub(super) key: &'c SigningKey,
    pub(super) keyid: &'c str,
    pub(super) nonce: &'c str,
    pub(super) created: i64,
    pub(super) body: &'c str,
}

impl Call<'_> {
    pub(super) async fn send(&self) -> (StatusCode, String) {
        let body = self.body.as_bytes();
        let signed =
            sign(self.key, "POST", &self.address, body, self.created, self.nonce, self.keyid).unwrap();
        let mut asked = browser()
            .post(&self.address)
            .header("signature-input", signed.signature_input)
            .header("signature", signed.signature);
        if let Some(digest) = signed.content_digest {
            asked = asked.header("content-digest", digest).header("content-type", "application/json");
        }
        code(asked.body(self.body.to_owned())).await
    }
}

pub(super) async fn code(asked: reqwest::RequestBuilder) -> (StatusCode, String) {
    let answer = asked.send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    let problem: Value = serde_json::from_str(&text).unwrap_or_default();
    (status, problem["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a18_unsigned_foreign_repeated_stale_and_borrowed_signatures_are_refused_by_the_server() {
    let server = Server::start();
    server.people();
    let now = muster_agent::clock::system();
    let one = agent().claim(&server.link().parse().unwrap(), &phone("hardware-1")).await.unwrap();
    let two = agent().claim(&server.link().parse().unwrap(), &phone("hardware-2")).await.unwrap();
    let (first, second) = (one.signing_key().unwrap(), two.signing_key().unwrap());
    let check_in = format!("{}/agent/v1/devices/{}/check-in", server.base, one.device_id);
    let bare = browser().post(&check_in).header("content-type", "application/json").body("{}");
    assert_eq!(code(bare).await, (StatusCode::UNAUTHORIZED, "signature_missing".into()));
    let good = || Call {
        address: check_in.clone(),
        key: &first,
        keyid: &one.device_id,
        nonce: "nonce-0123456789-a",
        created: now,
        body: "{}",
    };
    assert_eq!(good().send().await.0, StatusCode::OK);
    assert_eq!(good().send().await, (StatusCode::CONFLICT, "replayed".into()));
    let fresh = "nonce-0123456789-b";
    let foreign = Call { key: &second, nonce: fresh, ..good() };
    assert_eq!(foreign.send().await, (StatusCode::UNAUTHORIZED, "signature_invalid".into()));
    let borrowed = Call { key: &second, keyid: &two.device_id, nonce: fresh, ..good() };
    assert_eq!(borrowed.send().await, (StatusCode::NOT_FOUND, "device_unknown".into()));
    let stale = Call { created: now - 301, nonce: fresh, ..good() };
    assert_eq!(stale.send().await, (StatusCode::UNAUTHORIZED, "signature_stale".into()));
    let early = Call { created: now + 120, nonce: fresh, ..good() };
    assert_eq!(early.send().await, (StatusCode::UNAUTHORIZED, "clock_skew".into()));
    let elsewhere = Call { address: check_in.replace("/check-in", "/leave"), nonce: fresh, ..good() };
    assert_eq!(elsewhere.send().await.0, StatusCode::NO_CONTENT, "what is signed for leaving does leave");
    assert_eq!(Call { nonce: fresh, ..good() }.send().await.1, "device_left", "and it is gone then");
}

#[tokio::test]
async fn a20_leaving_and_reports_want_a_proof_and_a_missing_field_is_an_answer() {
    let server = Server::start();
    server.people();
    let connected = agent().claim(&server.link().parse().unwrap(), &phone("hardware-1")).await.unwrap();
    let at = |what: &str| format!("{}/agent/v1/devices/{}/{what}", server.base, connected.device_id);
    for what in ["leave", "report", "check-in", "commands/1/ack"] {
        let body = if what == "commands/1/ack" { r#"{"status":"done"}"# } else { "{}" };
        let asked = browser().post(at(what)).header("content-type", "application/json").body(body);
        let (status, code) = code(asked).await;
        assert!(status.is_client_error() && !code.is_empty(), "{what}: {status} {code}");
    }
    assert_eq!(server.json(&["devices", "list"])[0]["reasons"], json!([]), "nothing of it was believed");
    let key = connected.signing_key().unwrap();
    let bodies = [
        "",
        "{}",
        "[]",
        "null",
        "{\"report\":null}",
        "{\"report\":{}}",
        "{\"report\":{\"platform\":7}}",
        "\"",
        "{\"a\":{\"a\":{}}}",
    ];
    for (n, body) in bodies.iter().enumerate() {
        for what in ["report", "check-in", "commands/1/ack", "commands/%00/ack"] {
            let nonce = format!("nonce-{n}-{}-0123456789", what.len());
            let call = Call {
                address: at(what),
                key: &key,
                keyid: &connected.device_id,
                nonce: &nonce,
                created: muster_agent::clock::system(),
                body,
            };
            let (status, code) = call.send().await;
            assert!(
                status.is_success() || (status.is_client_error() && !code.is_empty()),
                "{what} {body}: {status}"
            );
        }
    }
    for id in ["..", "x", "%2e%2e", "019ab9d0-6c1e-7d43-8a55-0d3c1f3b9a10", "%F0%9F%98%80"] {
        let answer = raw(&server.base, &format!("POST /agent/v1/devices/{id}/leave HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")).await;
        assert!((400..500).contains(&status(&answer)), "{id}: {answer}");
    }
    agent().check_in(&connected, None).await.unwrap();
}

#[tokio::test]
async fn a32_a_link_that_is_hammered_is_closed_for_the_hammerer_and_guessing_is_slowed_down() {
    let server = Server::with(&["--trust-proxy", "127.0.0.1"], &[]);
    server.people();
    let link = server.link();
    let from = |request: reqwest::RequestBuilder, address: &str| {
        request.header("x-forwarded-for", format!("203.0.113.77, {address}")).header("user-agent", PIXEL)
    };
    let guess = format!("{}/00000-00000-00000-00000-00000-0", server.base);
    for n in 0..300 {
        let answer = from(browser().get(&guess), "198.51.100.1").send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{n}");
    }
    let answer = from(browser().get(&guess), "198.51.100.1").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.headers().contains_key("retry-after"));
    assert_eq!(
        from(browser().get(&guess), "198.51.100.2").send().await.unwrap().status(),
        StatusCode::NOT_FOUND
    );
    let known = from(browser().get(&link), "198.51.100.1").send().await.unwrap();
    assert_eq!(known.status(), StatusCode::OK, "who has a link is not shut out with the neighbours");

    let parsed: Link = link.parse().unwrap();
    agent().claim(&parsed, &phone("hardware-1")).await.unwrap();
    let mut codes = Vec::new();
    for _ in 0..31 {
        codes.push(agent().claim(&parsed, &phone("hardware-2")).await.unwrap_err().code().to_owned());
    }
    assert!(codes[..30].iter().all(|c| c == "link_used"), "{codes:?}");
    assert_eq!(codes[30], "unavailable");
    agent().claim(&server.link().parse().unwrap(), &phone("hardware-2")).await.unwrap();
}
