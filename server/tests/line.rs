//! The whole line with the real programs: a message is queued on the command line, goes out as a file, its link is
//! opened as a phone, the reference agent connects, and the signed-in browser's event stream tells it.

#![expect(clippy::unwrap_used, reason = "a test that panics fails, as it should")]

use futures::StreamExt;
use muster::system::SystemClock;
use muster_agent::{client::Client, link::Link, state::State};
use muster_agent_protocol::report::{Platform, Report};
use muster_domain::{
    account::{Account, Role},
    ports::{AccountStore, Clock, WorkspaceStore},
    usecase::sign_in,
};
use muster_store::Sqlite;
use reqwest::{StatusCode, header, redirect};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::Duration,
};
use tempfile::TempDir;

struct Server {
    child: Child,
    base: String,
    setup: String,
    folder: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn muster(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
    command.env("MUSTER_DATA", folder.join("data"));
    command
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = muster(folder.path())
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let base = first.split_whitespace().last().unwrap().to_owned();
        let setup = lines.next().unwrap().unwrap().split_whitespace().last().unwrap().to_owned();
        Self { child, base, setup, folder }
    }

    fn cli(&self, words: &[&str]) -> Output {
        let out = muster(self.folder.path()).args(words).output().unwrap();
        assert!(out.status.success(), "{words:?}: {}", String::from_utf8_lossy(&out.stderr));
        out
    }

    fn json(&self, words: &[&str]) -> Value {
        serde_json::from_slice(&self.cli(&[words, &["--json"]].concat()).stdout).unwrap()
    }

    fn people(&self) {
        let file = self.folder.path().join("p.csv");
        std::fs::write(&file, "name,email,groups\nAnna Petrova,anna@example.org,Ward 3\n").unwrap();
        self.cli(&["users", "import", file.to_str().unwrap()]);
    }

    fn link(&self) -> String {
        self.json(&["invite", "anna@example.org", "--print-link"])[0]["link"].as_str().unwrap().to_owned()
    }

    /// A browser that is signed in as the owner.
    async fn owner(&self) -> reqwest::Client {
        let browser = browser();
        let form = [("name", "Rosa"), ("email", "rosa@example.org"), ("password", "longenough1")];
        let done = browser.post(&self.setup).form(&form).send().await.unwrap();
        assert_eq!(done.status(), StatusCode::SEE_OTHER);
        browser
    }

    async fn function(&self, browser: &reqwest::Client, name: &str, body: Value) -> (StatusCode, Value) {
        let answer = browser.post(format!("{}/api/fn/{name}", self.base)).json(&body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or(Value::Null))
    }
}

fn browser() -> reqwest::Client {
    reqwest::Client::builder().cookie_store(true).redirect(redirect::Policy::none()).build().unwrap()
}

fn agent() -> Client {
    Client::new(muster_agent::clock::system).unwrap()
}

fn phone(hardware: &str) -> State {
    let report = Report {
        platform: Platform::Android,
        manufacturer: "Google".into(),
        model: "Pixel 8".into(),
        os_version: "14".into(),
        agent_version: "1.0".into(),
        serial: None,
        battery_percent: Some(80),
        battery_charging: None,
        storage_total_bytes: None,
        storage_free_bytes: None,
        protection: None,
        managed_by: None,
        name: None,
    };
    State::new(Some(hardware.into()), report).unwrap()
}

const PIXEL: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36";
const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";

async fn page(link: &str, agent: &str) -> (StatusCode, String) {
    let answer = browser().get(link).header(header::USER_AGENT, agent).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_message_goes_out_a_phone_connects_and_the_open_browser_is_told() {
    let server = Server::start();
    server.people();
    let browser = server.owner().await;
    let mut events = browser.get(format!("{}/events", server.base)).send().await.unwrap().bytes_stream();
    server.cli(&["invite", "anna@example.org"]);
    let folder = server.folder.path().join("data/mail");
    let file = loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        if let Some(file) = std::fs::read_dir(&folder).ok().and_then(|mut d| {
            d.find_map(|f| f.ok().filter(|f| f.path().extension().is_some_and(|e| e == "eml")))
        }) {
            break file.path();
        }
    };
    let mail = std::fs::read_to_string(file).unwrap();
    assert!(mail.contains("Auto-Submitted: auto-generated") && mail.contains("Content-ID: <qr>"));
    let list = server.json(&["invitations", "list"]);
    assert_eq!(list[0]["state"], "sent");
    let id = list[0]["id"].as_str().unwrap();
    let (_, link) = server.function(&browser, "invitation_link", json!({ "id": id })).await;
    let link = link.as_str().unwrap();
    let (status, html) = page(link, PIXEL).await;
    assert!(
        status.is_success()
            && html.contains("https://play.google.com/store/apps/details?id=com.hmdm.launcher")
    );
    assert!(
        page(link, IPHONE).await.1.contains("An iPhone cannot be connected yet"),
        "the honest page for an iPhone"
    );
    // What came before the claim is read away; then nothing but the claim can be told.
    tokio::time::sleep(Duration::from_millis(700)).await;
    while tokio::time::timeout(Duration::from_millis(100), events.next()).await.is_ok() {}
    let connected = agent().claim(&link.parse::<Link>().unwrap(), &phone("hardware-1")).await.unwrap();
    assert_eq!(connected.owner_name, "Anna Petrova");
    let told = tokio::time::timeout(Duration::from_secs(1), events.next()).await.unwrap().unwrap().unwrap();
    assert!(String::from_utf8_lossy(&told).contains("devices"), "{told:?}");
    let (_, users) = server.function(&browser, "users_list", json!({ "query": {} })).await;
    let anna = &users["page"]["rows"][0];
    assert_eq!(
        (&anna["devices"], &anna["status"], &anna["message"]["state"]),
        (&1.into(), &"ok".into(), &"enrolled".into())
    );
    let state: Value = browser.get(format!("{link}/state")).send().await.unwrap().json().await.unwrap();
    assert_eq!(state, json!({ "state": "connected", "model": "Pixel 8" }));
    assert!(page(link, PIXEL).await.1.contains("You can close this page"));
}

#[tokio::test]
async fn a_second_device_is_refused_with_words_and_the_first_may_come_back() {
    let server = Server::start();
    server.people();
    let link: Link = server.link().parse().unwrap();
    let first = agent().claim(&link, &phone("hardware-1")).await.unwrap();
    let refused = agent().claim(&link, &phone("hardware-2")).await.unwrap_err();
    assert!(refused.to_string().contains("Another device has already connected"), "{refused}");
    let again = agent().claim(&link, &phone("hardware-1")).await.unwrap();
    assert_eq!(again.device_id, first.device_id);
    let stale = agent().check_in(&first, None).await.unwrap_err();
    assert_eq!(stale.code(), "signature_invalid", "the new key replaced the old one");
    agent().check_in(&again, None).await.unwrap();
    agent().leave(&again).await.unwrap();
    assert_eq!(server.json(&["devices", "list"])[0]["reasons"], json!(["left"]));
    assert_eq!(agent().check_in(&again, None).await.unwrap_err().code(), "device_unknown");
}

#[tokio::test]
async fn a_phone_under_another_management_is_refused_with_advice() {
    let server = Server::start();
    server.people();
    let link: Link = server.link().parse().unwrap();
    let mut knox = phone("hardware-1");
    knox.report.managed_by = Some("KNOX".into());
    assert_eq!(agent().claim(&link, &knox).await.unwrap_err().code(), "other_emm");
    let connected = agent().claim(&link, &phone("hardware-1")).await.unwrap();
    agent().report(&connected, &knox.report).await.unwrap();
    assert_eq!(server.json(&["devices", "list"])[0]["reasons"], json!(["managed_by_other"]));
    agent().report(&connected, &phone("hardware-1").report).await.unwrap();
    assert_eq!(server.json(&["devices", "list"])[0]["status"], "ok");
}

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
async fn a30_a_kept_message_is_shown_to_who_may_see_links_and_to_nobody_else() {
    let server = Server::start();
    server.people();
    let owner = server.owner().await;
    server.cli(&["invite", "anna@example.org"]);
    let rows = async || {
        let window = json!({ "window": { "page": 1, "size": 50 } });
        server.function(&owner, "mails_list", window).await.1["page"]["rows"].clone()
    };
    let id = loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        if let Some(id) = rows().await[0]["id"].as_str() {
            break id.to_owned();
        }
    };
    let (html, part) = (format!("/mails/{id}/html"), format!("/mails/{id}/parts/1"));
    let answer = owner.get(format!("{}{html}", server.base)).send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && policy.ends_with("sandbox"), "{policy}");
    let text = answer.text().await.unwrap();
    assert!(text.contains("src=\"data:image/png;base64,iVBOR") && !text.contains("cid:"), "{text}");
    let answer = owner.get(format!("{}{part}", server.base)).send().await.unwrap();
    assert_eq!(answer.headers()["content-disposition"], "attachment; filename=\"qr-code.png\"");
    assert!(answer.bytes().await.unwrap().starts_with(b"\x89PNG"));

    let store = Sqlite::open(&server.folder.path().join("data/muster.db")).await.unwrap();
    let workspace = store.workspaces().await.unwrap()[0];
    let (secret, now) = ("a".repeat(43), SystemClock.now());
    let account = Account {
        id: "01935c3e-0000-7000-8000-000000000001".parse().unwrap(),
        email: "auditor@example.org".parse().unwrap(),
        name: "Auditor".parse().unwrap(),
        language: None,
    };
    store.add_account(workspace, &account, Role::Auditor, None, now).await.unwrap();
    store.add_session(sign_in::Secret::hash(&secret), account.id, now, now.plus_days(1)).await.unwrap();
    for path in [&html, &part] {
        let ask =
            |cookie: String| browser().get(format!("{}{path}", server.base)).header("cookie", cookie).send();
        assert_eq!(ask(String::new()).await.unwrap().status(), StatusCode::UNAUTHORIZED, "{path}");
        let auditor = ask(format!("muster_session={secret}")).await.unwrap();
        assert_eq!(auditor.status(), StatusCode::FORBIDDEN, "{path}");
    }
    for path in ["/mails/..%2f..%2fmuster/html", "/mails/..%2fmuster.key/parts/0", "/mails/x/html"] {
        let answer = owner.get(format!("{}{path}", server.base)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    // The console's own page tells an auditor so, and holds nothing of it.
    let page = browser().get(format!("{}/mails/{id}", server.base));
    let page = page.header("cookie", format!("muster_session={secret}")).send().await.unwrap();
    let text = page.text().await.unwrap();
    assert!(text.contains("Your role does not show links") && !text.contains("anna@example.org"), "{text}");
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
