//! What nobody can do to the console: guess its way in, set it up again, outlive a session, or act from elsewhere (ABUSE A33, A34, A44, A45).

#![expect(clippy::unwrap_used, reason = "a test that panics fails, as it should")]

mod world;

use futures::StreamExt;
use reqwest::StatusCode;
use serde_json::json;
use std::time::Duration;
use world::{Server, browser};

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
async fn a44_an_event_stream_ends_with_its_session() {
    let server = Server::start();
    assert_eq!(
        browser().get(format!("{}/events", server.base)).send().await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
    let browser = server.owner().await;
    let mut events = browser.get(format!("{}/events", server.base)).send().await.unwrap().bytes_stream();
    events.next().await.unwrap().unwrap();
    browser.post(format!("{}/session/end", server.base)).send().await.unwrap();
    let ended = async {
        while let Some(Ok(chunk)) = events.next().await {
            assert!(!String::from_utf8_lossy(&chunk).contains("change"));
        }
    };
    tokio::time::timeout(Duration::from_secs(2), ended).await.unwrap();
    assert_eq!(server.function(&browser, "me", json!({})).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a45_the_console_takes_nothing_from_another_origin_or_of_another_kind() {
    let server = Server::start();
    let browser = server.owner().await;
    let own = server.base.clone();
    let cases: [(&[(&str, &str)], StatusCode); 7] = [
        (&[("origin", "https://evil.example")], StatusCode::FORBIDDEN),
        (&[("sec-fetch-site", "cross-site")], StatusCode::FORBIDDEN),
        (&[("sec-fetch-site", "same-site"), ("origin", "https://a.example")], StatusCode::FORBIDDEN),
        (&[("origin", "null")], StatusCode::FORBIDDEN),
        (&[("origin", "null"), ("sec-fetch-site", "same-origin")], StatusCode::OK),
        (&[("origin", own.as_str()), ("sec-fetch-site", "same-origin")], StatusCode::OK),
        (&[], StatusCode::OK),
    ];
    for (headers, expected) in cases {
        let mut request = browser.post(format!("{}/api/fn/me", server.base)).json(&json!({}));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        assert_eq!(request.send().await.unwrap().status(), expected, "{headers:?}");
    }
    let plain =
        browser.post(format!("{}/api/fn/me", server.base)).header("content-type", "text/plain").body("{}");
    assert_eq!(plain.send().await.unwrap().status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let get = browser.get(format!("{}/api/fn/me", server.base));
    assert_eq!(get.send().await.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);
    let redirect = browser
        .post(format!("{}/api/fn/me", server.base))
        .json(&json!({}))
        .header("accept", "text/html")
        .header("referer", "https://evil.example/");
    assert!(redirect.send().await.unwrap().headers().get("location").is_none());
    let form = browser.post(format!("{}/session/end", server.base)).header("origin", "https://evil.example");
    assert_eq!(form.send().await.unwrap().status(), StatusCode::FORBIDDEN);
}
