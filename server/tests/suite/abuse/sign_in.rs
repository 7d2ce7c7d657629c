//! Signing in, sessions, and the first set-up (ABUSE A32 to A34).

use super::streams::quiet;
use crate::world::{Server, browser, raw, status};
use futures::StreamExt;
use reqwest::StatusCode;
use serde_json::json;
use std::time::Duration;

/// The value of the session's cookie that an answer sets.
pub(super) fn session(answer: &reqwest::Response) -> String {
    let set = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"), "{set}");
    set.split(['=', ';']).nth(1).unwrap().to_owned()
}

pub(super) async fn sign_in(server: &Server, email: &str, cookie: Option<&str>) -> reqwest::Response {
    let form = [("email", email), ("password", "longenough1")];
    let mut asked = browser().post(format!("{}/login", server.base)).form(&form);
    if let Some(cookie) = cookie {
        asked = asked.header("cookie", format!("muster_session={cookie}"));
    }
    asked.send().await.unwrap()
}

/// What the session may: the status of `me`.
pub(super) async fn me(server: &Server, cookie: &str) -> StatusCode {
    let asked = browser().post(format!("{}/api/fn/me", server.base)).json(&json!({}));
    asked.header("cookie", format!("muster_session={cookie}")).send().await.unwrap().status()
}

#[tokio::test]
async fn a33_unknown_names_and_wrong_passwords_get_the_same_answer_and_then_none() {
    let server = Server::start();
    let owner = server.owner().await;
    assert_eq!(server.function(&owner, "me", json!({})).await.0, StatusCode::OK);
    let login = format!("{}/login", server.base);
    let attempt = async |email: &str, password: &str| {
        let answer =
            browser().post(&login).form(&[("email", email), ("password", password)]).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap().replace(email, "");
        // The nonce differs from page to page.
        let text =
            text.split("nonce=\"").map(|p| p.split_once('"').map_or(p, |(_, rest)| rest)).collect::<String>();
        (status, text)
    };
    let wrong = attempt("rosa@example.org", "wrong").await;
    assert_eq!(wrong.0, StatusCode::UNAUTHORIZED);
    assert_eq!(wrong, attempt("nobody@example.org", "wrong").await);
    for _ in 0..9 {
        assert_eq!(attempt("rosa@example.org", "wrong").await.0, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(attempt("rosa@example.org", "longenough1").await.0, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(server.function(&owner, "me", json!({})).await.0, StatusCode::OK, "who is in stays in");
}

#[tokio::test]
async fn a34_the_first_set_up_happens_once_by_whatever_path() {
    let server = Server::start();
    server.owner().await;
    let token = server.setup.rsplit('/').next().unwrap();
    for path in [
        format!("/setup/{token}"),
        format!("/setup/{token}/"),
        format!("/SETUP/{token}"),
        format!("/setup/..;/{token}"),
        format!("/%73etup/{token}"),
        "/setup".into(),
    ] {
        let form = [("name", "Eve"), ("email", "eve@example.org"), ("password", "longenough1")];
        let answer = browser().post(format!("{}{path}", server.base)).form(&form).send().await.unwrap();
        assert!(answer.status().is_client_error(), "{path}: {}", answer.status());
    }
    let again = Server::start();
    let form = [("name", "Rosa"), ("email", "rosa@example.org"), ("password", "short")];
    let answer = browser().post(&again.setup).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    again.owner().await;
}

#[tokio::test]
async fn a33_a_sign_in_makes_a_new_session_and_ends_the_one_before_it() {
    let server = Server::start();
    server.owner().await;
    let planted = "A".repeat(43);
    let first = session(&sign_in(&server, "rosa@example.org", Some(&planted)).await);
    assert_ne!(first, planted);
    assert_eq!(me(&server, &planted).await, StatusCode::UNAUTHORIZED);
    assert_eq!(me(&server, &first).await, StatusCode::OK);
    let second = session(&sign_in(&server, "rosa@example.org", Some(&first)).await);
    assert_eq!(
        (me(&server, &first).await, me(&server, &second).await),
        (StatusCode::UNAUTHORIZED, StatusCode::OK)
    );
    let third = session(&sign_in(&server, "rosa@example.org", None).await);
    assert_eq!(me(&server, &second).await, StatusCode::OK, "another browser stays signed in");
    let all = browser().post(format!("{}/session/end-all", server.base));
    all.header("cookie", format!("muster_session={third}")).send().await.unwrap();
    for ended in [&second, &third] {
        assert_eq!(me(&server, ended).await, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a33_a_new_password_and_another_role_end_the_sessions_and_their_streams() {
    let server = Server::start();
    server.owner().await;
    for change in ["password", "role"] {
        let email = format!("{change}@example.org");
        let browser = server.account(&email, "administrator").await;
        let mut events = browser.get(format!("{}/events", server.base)).send().await.unwrap().bytes_stream();
        events.next().await.unwrap().unwrap();
        assert_eq!(server.function(&browser, "settings_get", json!({})).await.0, StatusCode::OK);
        quiet(&mut events).await;
        if change == "role" {
            server.cli(&["account", "role", &email, "auditor"]);
        } else {
            let reset = server.json(&["account", "reset", &email]);
            assert_eq!(server.function(&browser, "me", json!({})).await.0, StatusCode::OK, "not by asking");
            server.set_password(reset["link"].as_str().unwrap()).await;
        }
        assert_eq!(server.function(&browser, "me", json!({})).await.0, StatusCode::UNAUTHORIZED, "{change}");
        let ended = async {
            while let Some(Ok(chunk)) = events.next().await {
                assert!(!String::from_utf8_lossy(&chunk).contains("change"), "{chunk:?}");
            }
        };
        tokio::time::timeout(Duration::from_secs(2), ended).await.unwrap();
    }
    let again = session(&sign_in(&server, "role@example.org", None).await);
    let asked = browser().post(format!("{}/api/fn/settings_get", server.base)).json(&json!({}));
    let asked = asked.header("cookie", format!("muster_session={again}"));
    assert_eq!(asked.send().await.unwrap().status(), StatusCode::FORBIDDEN, "an auditor now");
}

#[tokio::test]
async fn a33_an_unknown_name_takes_the_time_of_a_known_one_and_is_locked_like_it() {
    let server = Server::start();
    server.owner().await;
    let login = format!("{}/login", server.base);
    // One browser for all: making one takes longer than an answer.
    let anyone = browser();
    let attempt = async |email: &str| {
        let form = [("email", email), ("password", "wrong-password")];
        let begun = std::time::Instant::now();
        let status = anyone.post(&login).form(&form).send().await.unwrap().status();
        (status, begun.elapsed())
    };
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for _ in 0..9 {
        known.push(attempt("rosa@example.org").await.1);
        unknown.push(attempt("nobody@example.org").await.1);
    }
    known.sort();
    unknown.sort();
    // Without the hash of nobody an unknown name takes a fiftieth; the machine's noise is less than a half.
    assert!(unknown[4] * 2 > known[4] && known[4] * 2 > unknown[4], "{unknown:?} {known:?}");
    for email in ["rosa@example.org", "nobody@example.org"] {
        assert_eq!(attempt(email).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(attempt(email).await.0, StatusCode::TOO_MANY_REQUESTS, "{email}");
    }
    let right = sign_in(&server, "rosa@example.org", None).await;
    assert_eq!(right.status(), StatusCode::TOO_MANY_REQUESTS, "the right password tells nothing either");
}

#[tokio::test]
async fn a34_no_spelling_of_a_path_opens_the_set_up_again() {
    let server = Server::start();
    server.owner().await;
    let token = server.setup.rsplit('/').next().unwrap();
    let form = "name=Eve&email=eve%40example.org&password=longenough1";
    for path in [
        format!("/setup/{token}"),
        format!("/setup/{token}/"),
        format!("/setup/{token}//"),
        format!("//setup/{token}"),
        format!("/setup//{token}"),
        format!("/./setup/{token}"),
        format!("/x/../setup/{token}"),
        format!("/setup/..;/{token}"),
        format!("/setup/..;/setup/{token}"),
        format!("/setup;x=y/{token}"),
        format!("/setup/{token};x"),
        format!("/%73etup/{token}"),
        format!("/setup%2F{token}"),
        format!("/setup/%2e/{token}"),
        format!("/setup/%2e%2e/setup/{token}"),
        format!("/SETUP/{token}"),
        format!("/Setup/{token}"),
        format!("/setup/{token}%00"),
        format!("/setup/{token}%20"),
        format!("/setup/{token}.json"),
        format!("/setup\\{token}"),
        "/setup".into(),
        "/setup/".into(),
        "/setup/..".into(),
        "/setup/%2e%2e".into(),
        "/SetupWizard.aspx/".into(),
    ] {
        for (method, body) in [("POST", form), ("GET", ""), ("PUT", form)] {
            let request = format!(
                "{method} {path} HTTP/1.1\r\nHost: muster\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                 Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            let answer = raw(&server.base, &request).await;
            assert!((400..500).contains(&status(&answer)), "{method} {path}: {answer}");
            assert!(!answer.to_lowercase().contains("set-cookie"), "{method} {path}");
        }
    }
    let form = [("email", "eve@example.org"), ("password", "longenough1")];
    let eve = browser().post(format!("{}/login", server.base)).form(&form).send().await.unwrap();
    assert_eq!(eve.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a32_a_header_that_anyone_can_write_resets_no_limit() {
    for trusted in [false, true] {
        let words: &[&str] = if trusted { &["--trust-proxy", "127.0.0.1"] } else { &[] };
        let server = Server::with(words, &[]);
        server.owner().await;
        let attempt = async |n: usize, forwarded: &str| {
            let form = [("email", format!("n{n}@example.org")), ("password", "wrong".into())];
            let asked = browser().post(format!("{}/login", server.base)).form(&form);
            let asked =
                asked.header("x-forwarded-for", forwarded).header("forwarded", format!("for={forwarded}"));
            let asked = asked.header("x-real-ip", format!("203.0.113.{n}"));
            asked.header("cf-connecting-ip", format!("203.0.113.{n}")).send().await.unwrap().status()
        };
        for n in 0..50 {
            let spoofed = format!("203.0.113.{n}, 2001:db8:7:7::{n:x}");
            assert_eq!(attempt(n, &spoofed).await, StatusCode::UNAUTHORIZED, "{n}");
        }
        let next = attempt(51, "203.0.113.99, 2001:db8:7:7:ffff::1").await;
        assert_eq!(next, StatusCode::TOO_MANY_REQUESTS, "one network, whatever stands on the left");
        let other = attempt(52, "203.0.113.99, 2001:db8:7:8::1").await;
        let expected = if trusted { StatusCode::UNAUTHORIZED } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(other, expected, "believed from a trusted proxy alone");
    }
}
