//! The HTTP surface as it is seen from outside: headers, limits, and how the server ends.

use crate::world::{Server, browser, raw, status};
use futures::StreamExt;
use reqwest::StatusCode;
use std::{collections::BTreeSet, process::Command, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

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

#[tokio::test]
async fn a_request_in_hand_is_answered_before_the_server_ends() {
    let mut server = Server::start();
    server.owner().await;
    let body = "email=rosa%40example.org&password=longenough1";
    let head = format!(
        "POST /login HTTP/1.1\r\nHost: muster\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut tcp = TcpStream::connect(server.base.strip_prefix("http://").unwrap()).await.unwrap();
    tcp.write_all(head.as_bytes()).await.unwrap();
    tcp.write_all(&body.as_bytes()[..10]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let pid = server.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(server.child.try_wait().unwrap().is_none(), "it waits for what is in hand");
    assert!(reqwest::get(format!("{}/healthz", server.base)).await.is_err(), "and takes nothing new");
    tcp.write_all(&body.as_bytes()[10..]).await.unwrap();
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 303") && answer.contains("set-cookie"), "{answer}");
    for _ in 0..50 {
        if let Some(status) = server.child.try_wait().unwrap() {
            assert!(status.success(), "{status}");
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("still running");
}

#[tokio::test]
async fn what_is_too_much_at_once_is_asked_to_come_again_and_who_watches_is_still_answered() {
    let server = Server::with(&["--max-requests", "2"], &[]);
    let login = format!("{}/login", server.base);
    server.owner().await;
    // Another program writes: what is to be written waits, and keeps its place.
    let options =
        sqlx::sqlite::SqliteConnectOptions::new().filename(server.folder.path().join("data/muster.db"));
    let mut other = sqlx::ConnectOptions::connect(&options).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let form = [("email", "rosa@example.org"), ("password", "longenough1")];
    let held: Vec<_> = (0..2).map(|_| tokio::spawn(browser().post(&login).form(&form).send())).collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let asked = browser().get(&login).header("accept", "text/html").header("accept-language", "ru");
    let answer = asked.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers()["retry-after"], "2");
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let html = answer.text().await.unwrap();
    assert!(html.contains("Слишком много запросов") && html.contains(&id), "{html}");
    for path in ["/healthz", "/readyz"] {
        let answer = browser().get(format!("{}{path}", server.base)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
    }
    assert!(held.iter().all(|one| !one.is_finished()), "they wait");
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    let again = async { while browser().get(&login).send().await.unwrap().status() != StatusCode::OK {} };
    tokio::time::timeout(Duration::from_secs(10), again).await.unwrap();
}

#[tokio::test]
async fn a_flood_of_sign_ins_leaves_room_for_the_others() {
    let server = Server::start();
    let login = format!("{}/login", server.base);
    let flood = (0..120).map(|n| {
        let form = [("email", format!("n{n}@example.org")), ("password", "wrong".into())];
        let asked = browser().post(&login).form(&form);
        async move { asked.send().await.unwrap().status() }
    });
    let (answers, other) = tokio::join!(futures::future::join_all(flood), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        browser().get(&login).send().await.unwrap().status()
    });
    assert_eq!(other, StatusCode::OK);
    let turned_away = answers.iter().filter(|s| **s == StatusCode::SERVICE_UNAVAILABLE).count();
    assert!(turned_away > 0, "{answers:?}");
    assert!(answers.contains(&StatusCode::UNAUTHORIZED), "{answers:?}");
}

#[tokio::test]
async fn a_head_that_is_too_long_or_a_body_that_is_too_large_is_refused_in_words() {
    let server = Server::start();
    let long = format!("GET /login HTTP/1.1\r\nHost: muster\r\nX: {}\r\n\r\n", "a".repeat(40 << 10));
    assert_eq!(status(&raw(&server.base, &long).await), 431);
    let many = format!("GET /login HTTP/1.1\r\nHost: muster\r\n{}\r\n", "X: y\r\n".repeat(200));
    assert_eq!(status(&raw(&server.base, &many).await), 431);
    let chunk = format!("{:x}\r\n{}\r\n", 2 << 20, "a".repeat(2 << 20));
    let chunked = format!(
        "POST /api/fn/me HTTP/1.1\r\nHost: muster\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n{chunk}0\r\n\r\n"
    );
    let answer = raw(&server.base, &chunked).await;
    assert!(answer.is_empty() || (400..500).contains(&status(&answer)), "{answer}");
    let told =
        "POST /login HTTP/1.1\r\nHost: muster\r\nContent-Length: 99999999\r\nConnection: close\r\n\r\n";
    let answer = raw(&server.base, told).await;
    assert_eq!(status(&answer), 413, "{answer}");
    assert!(answer.contains("Reference: "), "{answer}");
}

#[tokio::test]
async fn the_files_of_the_build_are_kept_for_ever_and_pages_are_not_kept_and_are_compressed_where_it_pays() {
    let server = Server::start();
    let file = server.folder.path().join("p.csv");
    let rows: String = (0..60).map(|n| format!("Person {n},p{n}@example.org,Ward 3\n")).collect();
    std::fs::write(&file, format!("name,email,groups\n{rows}")).unwrap();
    server.cli(&["users", "import", file.to_str().unwrap()]);
    let owner = server.owner().await;
    let get = async |path: &str, accepted: &str| {
        let asked = owner.get(format!("{}{path}", server.base)).header("accept-encoding", accepted);
        asked.send().await.unwrap()
    };
    let answer = get("/users", "gzip, br").await;
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let vary: Vec<_> = answer.headers().get_all("vary").iter().map(|v| v.to_str().unwrap()).collect();
    assert!(vary.join(",").to_lowercase().contains("accept-encoding"), "{vary:?}");
    let small = answer.bytes().await.unwrap().len();
    let answer = get("/users", "identity").await;
    assert!(answer.headers().get("content-encoding").is_none());
    let html = answer.text().await.unwrap();
    assert!(html.contains("Person 1") && small * 4 < html.len(), "{small} of {}", html.len());
    let call = owner.post(format!("{}/api/fn/users_list", server.base)).header("accept-encoding", "gzip");
    let call = call.json(&serde_json::json!({ "query": {} })).send().await.unwrap();
    assert_eq!(call.headers()["content-encoding"], "gzip");

    let link =
        server.json(&["invite", "p1@example.org", "--print-link"])[0]["link"].as_str().unwrap().to_owned();
    let setup = server.json(&["account", "create", "x@example.org"])["link"].as_str().unwrap().to_owned();
    let user = server.json(&["users", "list"])[0]["id"].as_str().unwrap().to_owned();
    let preview = format!("{}/preview?user={user}&language=en&days=7", server.base);
    for secret in [&link, &setup, &preview, &format!("{}/events", server.base)] {
        let asked =
            owner.get(secret).header("accept-encoding", "gzip, br").header("user-agent", crate::world::PIXEL);
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{secret}");
        assert!(answer.headers().get("content-encoding").is_none(), "what holds a secret is not: {secret}");
    }

    let page = html.split("/pkg/").skip(1).map(|rest| rest.split(['"', '\'', '&']).next().unwrap());
    let files: BTreeSet<&str> = page.filter(|name| !name.is_empty()).collect();
    if files.is_empty() {
        // Built without the console, as `cargo test` alone does; `cargo xtask test` builds it before.
        assert!(muster::http::assets::names().js.is_empty(), "the page names its files");
        return;
    }
    for name in files {
        let path = format!("/pkg/{name}");
        let plain = get(&path, "identity").await;
        assert_eq!(plain.status(), StatusCode::OK, "{name}");
        assert_eq!(plain.headers()["cache-control"], "public, max-age=31536000, immutable");
        assert_eq!(plain.headers()["vary"], "Accept-Encoding");
        let tag = plain.headers()["etag"].clone();
        let length = plain.bytes().await.unwrap().len();
        let asked = owner.get(format!("{}{path}", server.base)).header("if-none-match", tag);
        let same = asked.send().await.unwrap();
        assert_eq!(same.status(), StatusCode::NOT_MODIFIED, "{name}");
        assert!(same.bytes().await.unwrap().is_empty());
        if !name.ends_with(".woff2") {
            for (accepted, expected) in [("br, gzip", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip")] {
                let zipped = get(&path, accepted).await;
                assert_eq!(zipped.headers()["content-encoding"], expected, "{name}");
                assert!(zipped.bytes().await.unwrap().len() < length, "{name}");
            }
        }
    }
}

#[tokio::test]
async fn the_agent_protocol_can_be_read_by_people_and_by_programs() {
    let server = Server::start();
    let document = browser().get(format!("{}/api/openapi.json", server.base)).send().await.unwrap();
    assert_eq!(document.headers()["content-type"], "application/json");
    let document: serde_json::Value = document.json().await.unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(document["paths"]["/{token}/claim"]["post"].is_object());
    for (language, title) in [("en", "Agent protocol"), ("ru", "Протокол агента")] {
        let asked = browser().get(format!("{}/api/docs", server.base)).header("accept-language", language);
        let answer = asked.send().await.unwrap();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("http"), "{policy}");
        let html = answer.text().await.unwrap();
        assert!(html.contains(&format!("<h1>{title}</h1>")) && html.contains("link_revoked"), "{html}");
        for loads in ["<script", "src=", "href=\"http", "@import"] {
            assert!(!html.contains(loads), "{loads}");
        }
        // The console's typeface, from the server itself.
        assert_eq!(html.matches("url(").count(), html.matches("url(/pkg/inter-").count());
    }
}

#[tokio::test]
async fn where_the_address_is_https_browsers_are_told_to_stay_there_and_cookies_too() {
    let server = Server::with(&["--public-url", "https://muster.example.org"], &[]);
    let setup = server.setup.replace("https://muster.example.org", &server.base);
    let form = [("name", "Rosa"), ("email", "rosa@example.org"), ("password", "longenough1")];
    let done = browser().post(setup).form(&form).send().await.unwrap();
    assert_eq!(done.headers()["strict-transport-security"], "max-age=31536000");
    assert!(done.headers()["set-cookie"].to_str().unwrap().contains("; Secure"));
    let plain = Server::start();
    let answer = browser().get(format!("{}/login", plain.base)).send().await.unwrap();
    assert!(answer.headers().get("strict-transport-security").is_none());
}

#[tokio::test]
async fn a_public_address_that_is_set_later_decides_about_secure_cookies_too() {
    let server = Server::start();
    let browser = server.owner().await;
    let signs_in = async || {
        let form = [("email", "rosa@example.org"), ("password", "longenough1")];
        let done =
            crate::world::browser().post(format!("{}/login", server.base)).form(&form).send().await.unwrap();
        let chosen =
            crate::world::browser().post(format!("{}/session/theme", server.base)).form(&[("theme", "dark")]);
        let chosen = chosen.send().await.unwrap();
        assert_eq!((done.status(), chosen.status()), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
        let secure = |a: &reqwest::Response| a.headers()["set-cookie"].to_str().unwrap().contains("; Secure");
        let strict = done.headers().get("strict-transport-security").is_some();
        assert_eq!((secure(&done), secure(&chosen)), (strict, strict));
        strict
    };
    assert!(!signs_in().await);
    server.cli(&["settings", "set", "public_url", "https://muster.example.org"]);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(signs_in().await, "as the command line set it");
    let (_, found) = server.function(&browser, "settings_get", serde_json::json!({})).await;
    let mut settings = found["settings"].clone();
    for (address, secure) in [("http://10.0.0.5:8080", false), ("https://muster.example.org", true)] {
        settings["public_url"] = address.into();
        let body = serde_json::json!({ "settings": settings, "password": { "kind": "keep" } });
        let (status, answer) = server.function(&browser, "settings_set", body).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!(signs_in().await, secure, "as the console set it: {address}");
    }
}

/// Many pages are rendered at once, each in parts, on threads that they share.
#[tokio::test]
async fn pages_that_are_made_at_the_same_time_never_show_anything_of_each_other() {
    let server = Server::start();
    let browser = server.owner().await;
    let pages = [
        ("users", "Users"),
        ("devices", "Devices"),
        ("settings", "Settings"),
        ("invitations", "Invitations"),
        ("mails", "Kept messages"),
    ];
    let visitors = (0..20).map(|visitor| {
        let (browser, base) = (browser.clone(), server.base.clone());
        async move {
            let mut wrong = Vec::new();
            for n in 0..30 {
                let (path, title) = pages[(visitor + n) % pages.len()];
                let answer = browser.get(format!("{base}/{path}")).send().await.unwrap();
                let status = answer.status();
                let html = answer.text().await.unwrap();
                let shown = html.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next());
                if status != StatusCode::OK || shown != Some(&format!("{title} · Muster")) {
                    wrong.push((path, status, shown.map(str::to_owned)));
                }
            }
            wrong
        }
    });
    let wrong = futures::future::join_all(visitors).await.concat();
    assert!(wrong.is_empty(), "{} of 600: {wrong:?}", wrong.len());
}
