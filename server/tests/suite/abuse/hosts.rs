//! No `Host` of a request reaches a link (ABUSE A24).

use crate::world::{PIXEL, Server, browser, raw, status};
use reqwest::StatusCode;
use serde_json::json;
use std::time::Duration;

/// The text of the one mail in the folder, once it is there.
async fn mail(server: &Server) -> String {
    let folder = server.folder.path().join("data/mail");
    for _ in 0..150 {
        let found = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|f| f.path());
        if let Some(file) = found.into_iter().find(|f| f.extension().is_some_and(|e| e == "eml")) {
            return std::fs::read_to_string(file).unwrap();
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("no mail came");
}

#[tokio::test]
async fn a24_no_host_of_a_request_reaches_a_link() {
    let server = Server::start();
    server.people();
    let link = server.link();
    for (name, value) in
        [("host", "evil.example"), ("x-forwarded-host", "evil.example"), ("forwarded", "host=evil.example")]
    {
        for accept in ["text/html", "application/json"] {
            let answer = browser()
                .get(&link)
                .header(name, value)
                .header("accept", accept)
                .header("user-agent", PIXEL)
                .send()
                .await
                .unwrap();
            let text = answer.text().await.unwrap();
            assert!(!text.contains("evil.example"), "{name}");
        }
    }
}

#[tokio::test]
async fn a24_no_host_in_whatever_form_reaches_a_mail_a_page_a_descriptor_or_a_redirect() {
    let server = Server::with(&["--public-url", "http://muster.example.org"], &[]);
    server.people();
    let link = server.link();
    assert!(link.starts_with("http://muster.example.org/"), "{link}");
    let path = link.strip_prefix("http://muster.example.org").unwrap();
    let own = server.base.strip_prefix("http://").unwrap();
    let agent = format!("User-Agent: {PIXEL}\r\nConnection: close\r\n");
    for path in [path, "/login", "/users", "/api/openapi.json", "/api/docs"] {
        for accept in ["text/html", "application/json"] {
            for request in [
                format!("GET {path} HTTP/1.1\r\nHost: evil.example\r\n"),
                format!("GET http://evil.example{path} HTTP/1.1\r\nHost: {own}\r\n"),
                format!("GET http://evil.example{path} HTTP/1.1\r\nHost: evil.example\r\n"),
                format!("GET {path} HTTP/1.0\r\nX-Forwarded-Host: evil.example\r\n"),
                format!(
                    "GET {path} HTTP/1.1\r\nHost: {own}\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: ftp\r\n"
                ),
                format!("GET {path} HTTP/1.1\r\nHost: {own}\r\nForwarded: host=evil.example;proto=ftp\r\n"),
                format!(
                    "GET {path} HTTP/1.1\r\nHost: {own}\r\nX-Original-URL: http://evil.example/\r\nX-Rewrite-URL: //evil.example\r\n"
                ),
            ] {
                let answer = raw(&server.base, &format!("{request}Accept: {accept}\r\n{agent}\r\n")).await;
                assert!(matches!(status(&answer), 200 | 303), "{request}: {answer}");
                assert!(!answer.contains("evil.example") && !answer.contains("ftp:"), "{request}: {answer}");
            }
        }
    }
    for hosts in ["", "Host: a.example\r\nHost: b.example\r\n"] {
        let answer = raw(&server.base, &format!("GET /login HTTP/1.1\r\n{hosts}\r\n")).await;
        assert_eq!(status(&answer), 400, "{hosts:?}: {answer}");
    }
    let owner = server.owner_at(&server.setup.replace("http://muster.example.org", &server.base)).await;
    let user = server.json(&["users", "list"])[0]["id"].clone();
    let choices = json!({ "choices": { "selection": { "kind": "these", "ids": [user] }, "devices": 1,
        "days": null, "language": null, "note": "" } });
    let sent = owner
        .post(format!("{}/api/fn/send_now", server.base))
        .header("x-forwarded-host", "evil.example")
        .header("host", "evil.example")
        .json(&choices);
    assert_eq!(sent.send().await.unwrap().status(), StatusCode::OK);
    let mail = mail(&server).await;
    assert!(mail.contains("muster.example.org") && !mail.contains("evil.example"), "{mail}");
}
