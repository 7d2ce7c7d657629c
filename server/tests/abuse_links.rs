//! What nobody can do with a link or a device: use it up by looking, take it twice, go on after its end, lead it
//! elsewhere, or speak for another (ABUSE A15, A18, A20–A25, A32).

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that panics fails, as it should")]

mod world;

use muster_agent::link::Link;
use muster_agent_protocol::{key::SigningKey, sign::sign};
use muster_domain::{
    Timestamp,
    ports::{DeviceStore, InvitationStore, WorkspaceStore},
    query::{DeviceQuery, InvitationQuery},
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;
use world::{PIXEL, Server, agent, browser, page, phone, raw, status};

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
async fn a21_only_a_proven_check_in_claims_and_nothing_before_it_leaves_a_trace() {
    let server = Server::start();
    server.people();
    let link = server.link();
    let (store, now) = (server.store().await, muster_agent::clock::system());
    let workspace = store.workspaces().await.unwrap()[0];
    let all = async || {
        let list = store.invitations(workspace, &InvitationQuery::default()).await.unwrap().rows;
        let steps = store.steps(workspace, list[0].id).await.unwrap();
        let devices = store.devices(workspace, &DeviceQuery::default()).await.unwrap().rows;
        (list, steps, devices)
    };
    let before = all().await;
    assert!(before.0[0].hardware_id.is_none() && before.2.is_empty());
    let (key, other) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
    let body = json!({
        "hardware_id": "hardware-1", "public_key": key.public().unwrap().to_base64url(), "report": phone("hardware-1").report,
    });
    let body = body.to_string();
    let claim = format!("{link}/claim");
    let scanner = browser();
    for method in ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        for path in ["", "/opened", "/state", "/request", "/claim", "/profile", "?as=android"] {
            let address = format!("{link}{path}");
            let asked = || scanner.request(method.clone(), &address).header("user-agent", PIXEL);
            for sent in [
                asked().form(&[("as", "android"), ("hardware_id", "hardware-1")]),
                asked().header("content-type", "multipart/form-data; boundary=x").body("--x--\r\n"),
                asked().header("accept", "application/json"),
            ] {
                assert!(!sent.send().await.unwrap().status().is_server_error(), "{method} {path}");
            }
        }
    }
    // A claim in its form, but without the proof: not signed, by another key, for another link, a minute too early.
    let call = |key, address: &str, created| Call {
        address: address.to_owned(),
        key,
        keyid: "claim",
        nonce: "nonce-0123456789-a",
        created,
        body: &body,
    };
    let bare = scanner.post(&claim).header("content-type", "application/json").body(body.clone());
    assert_eq!(code(bare).await.1, "signature_missing");
    assert_eq!(call(&other, &claim, now).send().await.1, "signature_invalid");
    assert_eq!(call(&key, &claim, now - 400).send().await.1, "signature_stale");
    assert_eq!(call(&key, &claim, now + 60).send().await.1, "clock_skew");
    let borrowed = Call { keyid: "somebody", ..call(&key, &claim, now) };
    assert_eq!(borrowed.send().await.1, "device_unknown");
    assert_eq!(all().await, before, "nothing of it is kept");
    assert_eq!(call(&key, &claim, now).send().await.0, StatusCode::OK);
    let after = all().await;
    assert_eq!((after.0[0].hardware_id.as_deref(), after.2.len()), (Some("hardware-1"), 1));
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

#[tokio::test]
async fn a22_of_thirty_two_phones_with_one_link_at_once_exactly_one_is_connected() {
    let server = Server::start();
    server.people();
    let link: Link = server.link().parse().unwrap();
    let race = (0..32).map(|n| {
        let link = link.clone();
        async move { agent().claim(&link, &phone(&format!("hardware-{n}"))).await }
    });
    let ended = futures::future::join_all(race).await;
    let won = ended.iter().filter(|r| r.is_ok()).count();
    let lost = ended.iter().filter(|r| r.as_ref().is_err_and(|e| e.code() == "link_used")).count();
    assert_eq!((won, lost), (1, 31));
    assert_eq!(server.json(&["devices", "list"]).as_array().unwrap().len(), 1);
    assert_eq!(server.json(&["users", "list"])[0]["devices"], 1);
}

#[tokio::test]
async fn a23_a_newer_link_an_end_by_time_and_a_deleted_person_each_end_a_link() {
    let server = Server::start();
    server.people();
    let owner = server.owner().await;
    let claim = async |link: &str| match agent().claim(&link.parse().unwrap(), &phone("hardware-1")).await {
        Ok(_) => "connected".to_owned(),
        Err(error) => error.code().to_owned(),
    };
    let first = server.link();
    let id = server.json(&["invitations", "list"])[0]["id"].clone();
    let renewed = server.function(&owner, "invitation_renew", json!({ "id": id })).await;
    assert_eq!(renewed.0, StatusCode::OK);
    let newer = server.function(&owner, "invitation_link", json!({ "id": id })).await.1;
    let newer = newer.as_str().unwrap();
    assert_ne!(first, newer);
    assert_eq!(claim(&first).await, "link_unknown", "the newer link replaced it");
    assert_eq!(page(&first, PIXEL).await.0, StatusCode::NOT_FOUND);

    let store = server.store().await;
    let workspace = store.workspaces().await.unwrap()[0];
    let invitation = id.as_str().unwrap().parse().unwrap();
    store.extend(workspace, invitation, Timestamp(1), Timestamp(1)).await.unwrap();
    assert_eq!(claim(newer).await, "link_expired");
    assert!(page(newer, PIXEL).await.1.contains("<form method=post action="), "a new one can be asked for");
    let extended = server.function(&owner, "invitation_extend", json!({ "id": id, "days": 1 })).await;
    assert_eq!(extended.0, StatusCode::OK);
    assert_eq!(claim(newer).await, "connected", "an administrator may give it more time");

    let second = server.link();
    let user = server.json(&["users", "list"])[0]["id"].clone();
    assert_eq!(server.function(&owner, "user_delete", json!({ "id": user })).await.0, StatusCode::OK);
    assert_eq!(claim(&second).await, "link_unknown");
    assert_eq!(claim(newer).await, "link_unknown", "also for the device that was connected by it");
    assert_eq!(page(&second, PIXEL).await.0, StatusCode::NOT_FOUND);
}

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

#[tokio::test]
async fn a25_line_breaks_and_nul_are_refused_wherever_a_name_or_an_address_comes_in() {
    let server = Server::start();
    server.people();
    let owner = server.owner().await;
    let user = server.json(&["users", "list"])[0]["id"].clone();
    let claimed = agent().claim(&server.link().parse().unwrap(), &phone("hardware-1")).await.unwrap();
    let device = json!(claimed.device_id);
    let (_, all) = server.function(&owner, "settings_get", json!({})).await;
    for evil in ["Ada\r\nBcc: eve@example.net", "Ada\nX: y", "Ada\rX", "Ada\0", "Ada\u{85}X", "Ada\u{2028}X"]
    {
        let person =
            |name: &str, email: &str| json!({ "name": name, "email": email, "language": null, "groups": [] });
        for (name, body) in [
            ("user_add", json!({ "details": person(evil, "x@example.org") })),
            ("user_edit", json!({ "id": user, "details": person(evil, "x@example.org") })),
            ("user_add", json!({ "details": person("X", &format!("x{}@example.org", &evil[3..])) })),
            (
                "user_add",
                json!({ "details": { "name": "X", "email": null, "language": null, "groups": [evil] } }),
            ),
            ("device_rename", json!({ "id": device, "name": evil })),
        ] {
            let (status, answer) = server.function(&owner, name, body).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {evil:?}: {answer}");
            assert!(answer.to_string().contains("a line break or another control character"), "{answer}");
        }
        let password = json!({ "kind": "set", "password": evil });
        let body = json!({ "settings": all["settings"], "password": password });
        let (status, answer) = server.function(&owner, "settings_set", body).await;
        if evil != "Ada\u{2028}X" {
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "password {evil:?}: {answer}");
        }
        for field in ["name", "sender", "sender_name", "help_contact", "public_url", "agent_package"] {
            let mut settings = all["settings"].clone();
            if settings.get(field).is_none() {
                continue;
            }
            settings[field] = json!(evil);
            let body = json!({ "settings": settings, "password": { "kind": "keep" } });
            let (status, answer) = server.function(&owner, "settings_set", body).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {evil:?}: {answer}");
        }
        let file = server.folder.path().join("evil.csv");
        std::fs::write(&file, format!("name,email\n\"{evil}\",x@example.org\n")).unwrap();
        let out =
            world::muster(server.folder.path()).args(["users", "import", file.to_str().unwrap()]).output();
        assert_eq!(out.unwrap().status.code(), Some(1), "{evil:?}");
    }
    assert_eq!(server.json(&["users", "list"]).as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a25_nothing_that_is_looked_for_is_a_failure() {
    let server = Server::start();
    server.people();
    let owner = server.owner().await;
    for odd in [
        "\0",
        "a\0b",
        "anna\0petrova",
        "\u{1}",
        "\"",
        "\"a",
        "a\" OR \"b",
        "AND",
        "NOT a*",
        "NEAR(a b)",
        "{a b}:c",
        "^a",
        "%",
        "_",
        "\\",
        "'",
        "--",
        ";",
        "\u{202E}",
        "\u{FEFF}",
        "\u{10FFFF}",
        "e\u{301}",
        &"long ".repeat(20_000),
        &"x".repeat(100_000),
    ] {
        let shown: String = odd.chars().take(20).collect();
        for (name, body) in [
            ("users_list", json!({ "query": { "filter": { "search": odd, "group": odd } } })),
            ("users_list", json!({ "query": { "filter": { "search": odd } } })),
            ("devices_list", json!({ "query": { "search": odd } })),
            ("invitations_list", json!({ "query": { "search": odd } })),
            (
                "send_review",
                json!({ "selection": { "kind": "matching", "filter": { "search": odd }, "except": [] } }),
            ),
        ] {
            let (status, answer) = server.function(&owner, name, body).await;
            assert_eq!(status, StatusCode::OK, "{name} {shown:?}: {answer}");
        }
        if odd.len() < 100 {
            for path in ["users", "devices", "invitations"] {
                let query = [("search", odd), ("q", odd), ("group", odd), ("page", odd), ("sort", odd)];
                let query = serde_urlencoded::to_string(query).unwrap();
                let answer = owner.get(format!("{}/{path}?{query}", server.base)).send().await.unwrap();
                assert_eq!(answer.status(), StatusCode::OK, "{path} {shown:?}");
                let html = answer.text().await.unwrap();
                assert!(!html.contains("Reference:") && html.contains("</html>"), "{path} {shown:?}");
            }
        }
    }
    let (_, found) = server
        .function(&owner, "users_list", json!({ "query": { "filter": { "search": "petrova\0anna" } } }))
        .await;
    assert_eq!(found["page"]["total"], 1, "{found}");
    // The plain forms, and what a phone's page takes.
    let odd = "a\0b\r\nc@example.org";
    let form = [("email", odd), ("password", odd)];
    let refused = browser().post(format!("{}/login", server.base)).form(&form).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    for path in
        ["/%00", "/a%00b", "/users/%00", "/mails/%00", "/setup/%00", "/devices/a%00", "/invitations/%0d%0a"]
    {
        let answer = owner.get(format!("{}{path}", server.base)).send().await.unwrap();
        assert!(!answer.status().is_server_error(), "{path}: {}", answer.status());
    }
    let link = server.link();
    for query in ["as=%00", "lang=%00", "as=a%00b&lang=ru%00", "%00=%00"] {
        let answer =
            browser().get(format!("{link}?{query}")).header("user-agent", PIXEL).send().await.unwrap();
        assert!(!answer.status().is_server_error(), "{query}");
    }
}

#[tokio::test]
async fn a15_markup_in_names_stays_text_on_every_page_in_mails_and_in_the_answers_to_agents() {
    let server = Server::start();
    let owner = server.owner().await;
    let evil = "<img src=x onerror=alert(1)>&\"'</script></textarea>";
    let (_, all) = server.function(&owner, "settings_get", json!({})).await;
    let mut settings = all["settings"].clone();
    settings["name"] = json!(evil);
    settings["help_contact"] = json!(evil);
    let set = json!({ "settings": settings, "password": { "kind": "keep" } });
    assert_eq!(server.function(&owner, "settings_set", set).await.0, StatusCode::OK);
    let details = json!({ "name": evil, "email": "anna@example.org", "language": null, "groups": [evil] });
    let (added, user) = server.function(&owner, "user_add", json!({ "details": details })).await;
    assert_eq!(added, StatusCode::OK, "{user}");
    let user = server.json(&["users", "list"])[0]["id"].as_str().unwrap().to_owned();
    let link = server.link();
    let mut state = phone("hardware-1");
    state.report.model = evil.chars().take(60).collect();
    state.report.name = Some(evil.chars().take(60).collect());
    let mut html =
        vec![page(&link, PIXEL).await.1, page(&link, world::IPHONE).await.1, page(&link, "x").await.1];
    agent().claim(&link.parse().unwrap(), &state).await.unwrap();
    html.push(page(&link, PIXEL).await.1);
    let first = |list: &str| format!("/{list}/{}", server.json(&[list, "list"])[0]["id"].as_str().unwrap());
    let windows = [format!("/users/{user}"), first("devices"), first("invitations")];
    for path in ["/users", "/devices", "/invitations"].into_iter().chain(windows.iter().map(String::as_str)) {
        html.push(owner.get(format!("{}{path}", server.base)).send().await.unwrap().text().await.unwrap());
    }
    let query = [("user", user.as_str()), ("language", "en"), ("days", "7"), ("note", evil)];
    let query = serde_urlencoded::to_string(query).unwrap();
    let preview = owner.get(format!("{}/preview?{query}", server.base)).send().await.unwrap();
    html.push(preview.text().await.unwrap());
    for page in &html {
        assert!(!page.contains("<img src=x"), "{page}");
        assert!(!page.contains("</textarea>&") && !page.contains("&\"'</script>"), "{page}");
    }
    assert!(html.iter().filter(|p| p.contains("&lt;img src=x")).count() >= 7, "it was shown, as text");
    for json in [format!("{link}/state"), link] {
        let answer = browser().get(json).header("accept", "application/json").send().await.unwrap();
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        assert!(kind.starts_with("application/json"), "{kind}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    }
}

/// A signed request as it goes over the wire.
struct Call<'c> {
    address: String,
    key: &'c SigningKey,
    keyid: &'c str,
    nonce: &'c str,
    created: i64,
    body: &'c str,
}

impl Call<'_> {
    async fn send(&self) -> (StatusCode, String) {
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

async fn code(asked: reqwest::RequestBuilder) -> (StatusCode, String) {
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
