//! What nobody can do with a link: use it up by looking, go on after its end, or lead it elsewhere (ABUSE A21, A23, A24).

#![expect(clippy::unwrap_used, reason = "a test that panics fails, as it should")]

mod world;

use reqwest::StatusCode;
use world::{PIXEL, Server, agent, browser, page, phone};

#[tokio::test]
async fn a21_nothing_that_a_scanner_does_uses_a_link_up() {
    let server = Server::start();
    server.people();
    let link = server.link();
    let scanner = browser();
    for method in ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"] {
        for path in ["", "/opened", "/state", "/request", "/claim", "?as=android"] {
            let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
            let sent =
                scanner.request(method, format!("{link}{path}")).form(&[("a", "b")]).send().await.unwrap();
            assert!(!sent.status().is_server_error(), "{path}");
        }
    }
    let state = server.json(&["invitations", "list"])[0]["state"].clone();
    assert!(state == "sent" || state == "opened", "{state}");
    agent().claim(&link.parse().unwrap(), &phone("hardware-1")).await.unwrap();
}

#[tokio::test]
async fn a21_a_bot_or_a_prefetch_does_not_count_as_opened() {
    let server = Server::start();
    server.people();
    let link = server.link();
    let opened = format!("{link}/opened");
    browser()
        .post(&opened)
        .header("user-agent", "Googlebot/2.1 (+http://www.google.com/bot.html)")
        .send()
        .await
        .unwrap();
    browser()
        .post(&opened)
        .header("user-agent", PIXEL)
        .header("sec-purpose", "prefetch")
        .send()
        .await
        .unwrap();
    page(&link, PIXEL).await;
    assert_eq!(server.json(&["invitations", "list"])[0]["state"], "sent");
    browser().post(&opened).header("user-agent", PIXEL).send().await.unwrap();
    let now = server.json(&["invitations", "list"]);
    assert_eq!((&now[0]["state"], &now[0]["platform"]), (&"opened".into(), &"android".into()));
}

#[tokio::test]
async fn a23_a_link_that_ended_says_why_and_what_to_do() {
    let server = Server::start();
    server.people();
    let link = server.link();
    let id = server.json(&["invitations", "list"])[0]["id"].as_str().unwrap().to_owned();
    server.cli(&["invitations", "revoke", &id]);
    let (status, html) = page(&link, PIXEL).await;
    assert!(status.is_success() && !html.contains("play.google.com"));
    let refused = agent().claim(&link.parse().unwrap(), &phone("hardware-1")).await.unwrap_err();
    assert_eq!(refused.code(), "link_revoked");
    let unknown = format!("{}/00000-00000-00000-00000-00000-0", server.base);
    assert_eq!(page(&unknown, PIXEL).await.0, StatusCode::NOT_FOUND);
    for plain in ["/wp-login.php", "/users/x/y", "/%2e%2e/etc/passwd"] {
        let (status, html) = page(&format!("{}{plain}", server.base), PIXEL).await;
        assert!(status == StatusCode::NOT_FOUND && !html.contains("<html"), "{plain}");
    }
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
