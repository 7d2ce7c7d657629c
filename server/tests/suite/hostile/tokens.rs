//! Links, one-time links, sessions and agents' proofs that are none.

use super::room::{Case, Ids, Room, send};
use crate::world::{browser, raw, status};
use reqwest::{Method, StatusCode};

const NOTHING: (u16, &str) = (404, "There is nothing here");

pub fn cases(ids: &Ids) -> Vec<Case> {
    let token = ids.link.rsplit('/').next().unwrap_or_default().to_owned();
    let without_last = token.get(..token.len().saturating_sub(1)).unwrap_or_default().to_owned();
    let get = |name, path: String, back| send(name, Method::GET, path, b"", back);
    let post = |name, path: String, body: &'static [u8], back| send(name, Method::POST, path, body, back);
    let no_claim = (400, "");
    vec![
        get("a link without its last letter", format!("/{without_last}"), NOTHING),
        get("a link with a letter more", format!("/{token}a"), NOTHING),
        get("a link with NUL at its end", format!("/{token}%00"), NOTHING),
        get(
            "a link of letters that look alike",
            "/oooo-oooo-oooo-oooo-oooo-oooo-ll".into(),
            (404, "This link is not known"),
        ),
        get("a link in another script", "/%D0%B0%D0%B0%D0%B0%D0%B0".into(), NOTHING),
        get("a link of thirty thousand letters", format!("/{}", "a".repeat(20_000)), NOTHING),
        get("the state of a link that is none", "/0000/state".into(), (404, "")),
        post("opened, by a link that is none", "/0000/opened".into(), b"{}", (404, "")),
        post("a claim by a link that is none", "/0000/claim".into(), b"{}", (404, "")),
        post("a claim without a proof", format!("/{token}/claim"), b"{}", no_claim),
        post("a claim that is no JSON", format!("/{token}/claim"), b"{\"a\":", no_claim),
        post(
            "a report without a proof",
            format!("/agent/v1/devices/{}/report", ids.device),
            b"{}",
            (400, "could not be read"),
        ),
        post("leaving without a proof", format!("/agent/v1/devices/{}/leave", ids.device), b"{}", (401, "")),
        post(
            "a check-in of a device that is none",
            "/agent/v1/devices/1/check-in".into(),
            b"{}",
            (404, "not known here"),
        ),
        get("an invitation of a colleague that is none", "/join/x".into(), (404, "")),
        post(
            "an invitation that is a path",
            "/join/..%2f..%2fsetup".into(),
            b"name=Eve&password=longenough1",
            (404, ""),
        ),
        post(
            "the first run once more",
            "/setup/x".into(),
            b"name=Eve&email=e@example.org&password=longenough1",
            (404, ""),
        ),
        get("a kept mail that is a path", "/mails/..%2f..%2fmuster.key/html".into(), (404, "")),
        get("a part of a mail below nothing", "/mails/x/parts/-1".into(), (400, "")),
        get("a logo that is a path", "/logo/..%2f..%2fmuster.key.png".into(), NOTHING),
        get("a file of the build that is a path", "/pkg/..%2f..%2fmuster.key".into(), (404, "")),
        get("a way to another place with the sign-in", "/%2f%2fevil.example/".into(), (404, "")),
    ]
}

#[tokio::test]
async fn a27_a43_a_link_that_is_none_opens_nothing_and_says_so() {
    let room = Room::open().await;
    room.refuses(cases(&room.ids)).await;
}

#[tokio::test]
async fn a_session_that_is_none_is_nobodys() {
    let room = Room::open().await;
    let base = &room.server.base;
    for cookie in [
        "".to_owned(),
        "x".into(),
        "null".into(),
        "' OR 1=1 --".into(),
        "%00".into(),
        "..%2f..%2fmuster.key".into(),
        "a".repeat(16_000),
        "0".repeat(43),
        "x; muster_session=y".into(),
    ] {
        let asked = format!(
            "GET /users HTTP/1.1\r\nHost: muster\r\nCookie: muster_session={cookie}\r\nConnection: close\r\n\r\n"
        );
        let told = raw(base, &asked).await;
        let short: String = cookie.chars().take(40).collect();
        assert!(status(&told) == 303 && told.contains("location: /login"), "{short}: {told}");
    }
    let answer = browser().get(format!("{base}/users.csv")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(!room.server.log().contains("ERROR"));
}
