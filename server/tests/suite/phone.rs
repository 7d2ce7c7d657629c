//! The page behind a link as phones, scanners and agents ask for it, on the real program.

use reqwest::{StatusCode, header, redirect};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

const PIXEL: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36";
const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";
/// What scanners of mail call themselves.
const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";

struct Server {
    child: Child,
    base: String,
    folder: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_muster"))
            .env("MUSTER_DATA", folder.path().join("data"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let base = lines.next().unwrap().unwrap().split_whitespace().last().unwrap().to_owned();
        std::thread::spawn(move || lines.for_each(drop));
        let server = Self { child, base, folder };
        let people = server.folder.path().join("p.csv");
        std::fs::write(&people, "name,email,groups\nAnna Petrova,anna@example.org,\n").unwrap();
        server.cli(&["users", "import", people.to_str().unwrap()]);
        server.cli(&["settings", "set", "name", "Northwind Hospital"]);
        server.cli(&["settings", "set", "help_contact", "it-help@northwind.example"]);
        server
    }

    fn cli(&self, words: &[&str]) -> Vec<u8> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
        let out = command.env("MUSTER_DATA", self.folder.path().join("data")).args(words).output().unwrap();
        assert!(out.status.success(), "{words:?}: {}", String::from_utf8_lossy(&out.stderr));
        out.stdout
    }

    fn json(&self, words: &[&str]) -> Value {
        serde_json::from_slice(&self.cli(&[words, &["--json"]].concat())).unwrap()
    }

    fn link(&self) -> String {
        self.json(&["invite", "anna@example.org", "--print-link"])[0]["link"].as_str().unwrap().to_owned()
    }

    /// The newest invitation.
    fn invitation(&self) -> Value {
        self.json(&["invitations", "list"])[0].clone()
    }
}

fn browser() -> reqwest::Client {
    reqwest::Client::builder().redirect(redirect::Policy::none()).build().unwrap()
}

async fn page(link: &str, agent: &str) -> (StatusCode, String) {
    let answer = browser().get(link).header(header::USER_AGENT, agent).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

fn seen(link: &str, agent: &str) -> reqwest::RequestBuilder {
    browser().post(format!("{link}/opened")).header(header::USER_AGENT, agent).json(&json!({}))
}

#[tokio::test]
async fn a21_what_a_scanner_does_counts_neither_as_opened_nor_as_a_claim() {
    let server = Server::start();
    let link = server.link();
    let opened = format!("{link}/opened");
    for agent in [CHROME, "Googlebot/2.1 (+http://www.google.com/bot.html)", PIXEL] {
        for method in ["GET", "HEAD", "OPTIONS"] {
            let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
            let asked = browser().request(method, &link).header(header::USER_AGENT, agent);
            asked.header("sec-purpose", "prefetch;prerender").send().await.unwrap();
        }
        page(&link, agent).await;
        // Forms of the page, and of anybody else's: urlencoded, multipart, and JSON dressed up as text.
        for path in ["/opened", "/request", "/claim", "/state", ""] {
            let form = browser().post(format!("{link}{path}")).header(header::USER_AGENT, agent);
            form.form(&[("as", "android")]).send().await.unwrap();
        }
        let dressed = browser().post(&opened).header(header::USER_AGENT, agent);
        let answer = dressed.header(header::CONTENT_TYPE, "text/plain").body("{}").send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    seen(&link, "Googlebot/2.1 (+http://www.google.com/bot.html)").send().await.unwrap();
    seen(&link, PIXEL).header("sec-purpose", "prefetch").send().await.unwrap();
    seen(&link, PIXEL).header("sec-purpose", "prerender").send().await.unwrap();
    seen(&link, PIXEL).header("sec-fetch-site", "cross-site").send().await.unwrap();
    let now = server.invitation();
    assert_eq!((&now["state"], &now["opened_at"]), (&"sent".into(), &Value::Null));
    assert_eq!(seen(&link, PIXEL).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    let now = server.invitation();
    assert_eq!((&now["state"], &now["platform"]), (&"opened".into(), &"android".into()));
}

#[tokio::test]
async fn an_iphone_that_waits_is_seen_also_when_a_computer_was_first_and_an_ipad_calls_itself_a_mac() {
    let server = Server::start();
    let link = server.link();
    seen(&link, CHROME).send().await.unwrap();
    assert_eq!(server.invitation()["platform"], Value::Null);
    seen(&link, IPHONE).send().await.unwrap();
    assert_eq!(server.invitation()["platform"], "ios");
    let mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15";
    seen(&link, mac).json(&json!({ "as": "ipad" })).send().await.unwrap();
    assert_eq!(server.invitation()["platform"], "ipados");
    // A later look on a computer takes nothing back.
    seen(&link, CHROME).send().await.unwrap();
    assert_eq!(server.invitation()["platform"], "ipados");
}

#[tokio::test]
async fn a_phone_that_cannot_be_connected_is_told_so_by_the_name_of_its_system_and_uses_nothing_up() {
    let server = Server::start();
    let link = server.link();
    let kaios = "Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5";
    let (status, html) = page(&link, kaios).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        html.contains("This kind of phone cannot be connected") && html.contains("It runs KaiOS."),
        "{html}"
    );
    for part in ["<svg xmlns", "owner.png", "play.google.com", "/profile"] {
        assert!(!html.contains(part), "{part}");
    }
    seen(&link, kaios).send().await.unwrap();
    let now = server.invitation();
    assert_eq!((&now["state"], &now["platform"]), (&"opened".into(), &Value::Null));
    let fire_tv = "Mozilla/5.0 (Linux; Android 9; AFTKA) AppleWebKit/537.36 (KHTML, like Gecko) Silk/108.4.6 like Chrome/108.0.5359.160 Safari/537.36";
    assert!(page(&link, fire_tv).await.1.contains("Open this on your phone"));
    let (_, html) = page(&link, PIXEL).await;
    assert!(html.contains("Get it on Google Play"), "the link goes on");
}

#[tokio::test]
async fn the_hint_of_the_platform_goes_before_the_user_agent() {
    let server = Server::start();
    let link = server.link();
    let answer = browser()
        .get(&link)
        .header(header::USER_AGENT, CHROME)
        .header("sec-ch-ua-platform", "\"Android\"")
        .header("sec-ch-ua-mobile", "?1")
        .send()
        .await
        .unwrap();
    assert!(answer.text().await.unwrap().contains("play.google.com"));
    assert!(page(&link, CHROME).await.1.contains("Open this on your phone"));
}

#[tokio::test]
async fn pages_and_descriptors_say_what_they_depend_on_and_load_nothing_from_elsewhere() {
    let server = Server::start();
    let link = server.link();
    for accept in ["text/html", "application/json"] {
        let answer = browser().get(&link).header(header::ACCEPT, accept).send().await.unwrap();
        let headers = answer.headers().clone();
        let vary = headers[header::VARY].to_str().unwrap();
        for name in ["Accept", "Accept-Language", "User-Agent", "Sec-CH-UA-Platform"] {
            assert!(vary.split(", ").any(|v| v == name), "{accept}: {vary}");
        }
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
        assert!(headers[header::CONTENT_TYPE].to_str().unwrap().starts_with(accept));
    }
    let unknown = format!("{}/00000-00000-00000-00000-00000-0", server.base);
    let asked = browser().get(&unknown).header(header::ACCEPT, "application/json");
    let answer = asked.send().await.unwrap();
    assert!(answer.headers().contains_key(header::VARY));
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], "link_unknown");
    let answer = browser().get(&link).header(header::USER_AGENT, PIXEL).send().await.unwrap();
    let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let html = answer.text().await.unwrap();
    let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    assert!(html.contains(&format!("<script nonce=\"{nonce}\">")));
    assert_ne!(page(&link, PIXEL).await.1, html, "a nonce is used once");
}

#[tokio::test]
async fn a_link_that_nobody_knows_still_says_whose_server_it_is_and_whom_to_ask() {
    let server = Server::start();
    let (status, html) = page(&format!("{}/00000-00000-00000-00000-00000-0", server.base), IPHONE).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(html.contains("Northwind Hospital") && html.contains("it-help@northwind.example"), "{html}");
}

#[tokio::test]
async fn the_language_is_the_browsers_until_it_is_switched() {
    let server = Server::start();
    let link = server.link();
    let ask = async |query: &str, accept: &str| {
        let asked = browser().get(format!("{link}{query}")).header(header::USER_AGENT, PIXEL);
        asked.header(header::ACCEPT_LANGUAGE, accept).send().await.unwrap().text().await.unwrap()
    };
    assert!(ask("", "de, ru;q=0.8").await.contains("Подключите этот телефон"));
    assert!(ask("", "fr").await.contains("Connect this phone"));
    assert!(ask("?lang=ru", "en").await.contains("Подключите этот телефон"));
    assert!(ask("?lang=xx\"><script>", "ru").await.contains("Подключите этот телефон"));
}

#[tokio::test]
async fn a_slash_at_the_end_of_a_link_leads_to_it() {
    let server = Server::start();
    let link = server.link();
    let answer = browser().get(format!("{link}/?lang=ru")).send().await.unwrap();
    let path = link.trim_start_matches(&server.base);
    assert_eq!(answer.status(), StatusCode::PERMANENT_REDIRECT);
    assert_eq!(answer.headers()[header::LOCATION], format!("{path}?lang=ru"));
    let (status, _) = page(&format!("{}/favicon/", server.base), PIXEL).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
