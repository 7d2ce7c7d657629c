//! The APNs certificate from nothing to its renewal: on the command line and in the console, with a fake Apple made by OpenSSL.

mod mended;
mod reminders;
mod waiting;

use crate::{
    fake_apple::{FakeApple, OTHER, TOPIC},
    world::{IPHONE, Server, browser},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use muster::system::SystemClock;
use muster_domain::{Timestamp, ports::Clock};
use reqwest::{Client, StatusCode, header};
use serde_json::{Value, json};
use std::{
    io::Write,
    process::{Command, Stdio},
    time::Duration,
};

pub fn now() -> Timestamp {
    SystemClock.now()
}

/// From a moment ago for a year.
pub fn year() -> (Timestamp, Timestamp) {
    (now().plus(-1_000_000), now().plus_days(365))
}

/// What another process wrote is noticed within half a second.
pub async fn noticed() {
    tokio::time::sleep(Duration::from_millis(500)).await;
}

/// The words of a command that is refused.
fn refused(server: &Server, words: &[&str]) -> String {
    let out = crate::world::muster(server.folder.path()).args(words).output().unwrap();
    assert_eq!((out.status.code(), out.stdout.as_slice()), (Some(1), b"".as_slice()), "{words:?}");
    String::from_utf8(out.stderr).unwrap()
}

/// A property list as Python reads it: its values, of which data are in base64.
fn plist(bytes: &[u8]) -> Value {
    const READ: &str = "import sys, json, base64, plistlib
value = plistlib.loads(sys.stdin.buffer.read())
print(json.dumps({k: v if isinstance(v, str) else repr(v) for k, v in value.items()}))";
    let mut child = Command::new("python3")
        .args(["-c", READ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success());
    serde_json::from_slice(&out.stdout).unwrap()
}

/// Whether the request is what Apple's portal takes, as others' programs see it.
fn assert_signed(apple: &FakeApple, encoded: &str, csr: &str, vendor: &str) {
    let request = plist(&STANDARD.decode(encoded.trim()).unwrap());
    apple.put("said.csr", request["PushCertRequestCSR"].as_str().unwrap());
    let der = STANDARD.decode(request["PushCertRequestCSR"].as_str().unwrap()).unwrap();
    apple.put("said.der", der);
    apple.openssl(&["req", "-in", csr, "-outform", "DER", "-out", "mine.der"]);
    assert_eq!(apple.bytes("said.der"), apple.bytes("mine.der"), "the very request");
    apple.put("said.sig", STANDARD.decode(request["PushCertSignature"].as_str().unwrap()).unwrap());
    apple.put("said.pem", request["PushCertCertificateChain"].as_str().unwrap());
    apple.openssl(&["x509", "-in", vendor, "-noout", "-pubkey", "-out", "vendor.pub"]);
    let verified =
        apple.openssl(&["dgst", "-sha256", "-verify", "vendor.pub", "-signature", "said.sig", "said.der"]);
    assert_eq!(verified.trim(), "Verified OK");
    assert_eq!(apple.text("said.pem").matches("BEGIN CERTIFICATE").count(), 3, "the whole chain");
    apple.openssl(&["verify", "-CAfile", "root.pem", "-untrusted", "said.pem", "said.pem"]);
}

#[test]
fn on_the_command_line_a_certificate_is_asked_for_signed_uploaded_renewed_and_exported() {
    let (server, apple) = (Server::start(), FakeApple::new(now()));
    let file = |name: &str| apple.path(name).to_str().unwrap().to_owned();
    assert_eq!(server.json(&["apple", "cert", "status"])["certificate"], Value::Null);
    assert!(refused(&server, &["apple", "cert", "sign-request"]).contains("muster apple cert csr"));

    server.cli(&["apple", "cert", "csr", "--out", &file("muster.csr")]);
    let checked = apple.openssl(&["req", "-in", "muster.csr", "-verify", "-noout", "-text"]);
    assert!(checked.contains("2048 bit") && checked.contains("sha256WithRSA"), "{checked}");
    let again = server.json(&["apple", "cert", "csr"]);
    assert_eq!(again["csr"], apple.text("muster.csr"), "the same request as long as it waits");

    apple.vendor("vendor", year());
    assert!(refused(&server, &["apple", "cert", "sign-request"]).contains("--vendor"));
    let vendor = ["apple", "cert", "sign-request", "--vendor"];
    let why =
        refused(&server, &[&vendor[..], &[&file("vendor.pem"), "--vendor", &file("vendor.key")]].concat());
    assert!(why.contains("Fake Application Integration"), "{why}");
    let signed =
        server.json(&[&vendor[..], &[&file("vendor-chain.pem"), "--vendor", &file("vendor.key")]].concat());
    assert_signed(&apple, signed["request"].as_str().unwrap(), "muster.csr", "vendor.pem");

    apple.push("muster", TOPIC, year());
    apple.push("foreign", TOPIC, year());
    let upload = ["apple", "cert", "upload"];
    assert!(
        refused(&server, &[&upload[..], &[&file("foreign.pem")]].concat())
            .contains("key of this certificate is not here")
    );
    let account = ["--account", "it@example.org"];
    let taken = server.json(&[&upload[..], &[&file("muster.pem")], &account].concat());
    assert_eq!(
        (&taken["topic"], &taken["valid"], &taken["warnings"]),
        (&json!(TOPIC), &json!(true), &json!([]))
    );
    let status = server.json(&["apple", "cert", "status"]);
    assert_eq!(status["certificate"]["days_left"], 364);
    assert_eq!(
        (&status["certificate"]["account"], &status["request"]),
        (&json!("it@example.org"), &Value::Null)
    );

    // Another topic: refused, and taken with the number alone.
    apple.push("other", OTHER, year());
    let (pem, key) = (file("other.pem"), file("other.key"));
    let other = [&upload[..], &[&pem, "--key", &key]].concat();
    let why = refused(&server, &other);
    assert!(why.contains(OTHER) && why.contains(TOPIC) && why.contains("--cut-off 0"), "{why}");
    refused(&server, &[&other[..], &["--cut-off", "1"]].concat());
    assert_eq!(server.json(&["apple", "cert", "status"])["certificate"]["topic"], TOPIC);
    let cut = server.json(&[&other[..], &["--cut-off", "0"]].concat());
    assert_eq!((&cut["topic"], cut["warnings"].as_array().unwrap().len()), (&json!(OTHER), 0));

    // As it comes from another system: PKCS#12 of twenty years ago.
    apple.put("password", "geheim\n");
    apple.push("moved", OTHER, (year().0, now().plus_days(380)));
    apple.pkcs12("moved", "geheim", true);
    assert!(refused(&server, &[&upload[..], &[&file("moved.p12")]].concat()).contains("password"));
    let (p12, password) = (file("moved.p12"), file("password"));
    let moved = [&upload[..], &[&p12, "--password-file", &password]].concat();
    assert_eq!(server.json(&moved)["days_left"], 379);

    refused(&server, &["apple", "cert", "export", &file("out.p12"), "--password-file", &file("password")]);
    apple.put("longer", "geheim genug\n");
    server.cli(&["apple", "cert", "export", &file("out.p12"), "--password-file", &file("longer")]);
    apple.openssl(&[
        "pkcs12",
        "-in",
        "out.p12",
        "-passin",
        "pass:geheim genug",
        "-nodes",
        "-out",
        "back.pem",
    ]);
    apple.openssl(&["pkey", "-in", "back.pem", "-out", "back.key"]);
    apple.openssl(&["pkey", "-in", "moved.key", "-out", "moved.plain.key"]);
    assert_eq!(apple.text("back.key"), apple.text("moved.plain.key"), "the key that was uploaded");

    let log = server.json(&["audit", "list", "--about", "settings"]);
    let actions: Vec<&str> = log.as_array().unwrap().iter().map(|e| e["action"].as_str().unwrap()).collect();
    let told = [
        "apple_export",
        "apple_certificate",
        "apple_certificate",
        "apple_certificate",
        "apple_signed",
        "apple_request",
    ];
    assert_eq!(actions, told.map(|name| format!("settings.{name}")));
    assert!(!log.to_string().contains("PRIVATE") && !log.to_string().contains("geheim"));
}

async fn upload(server: &Server, owner: &Client, apple: &FakeApple, names: &[&str], more: Value) -> Value {
    let files: Vec<String> = names.iter().map(|name| STANDARD.encode(apple.bytes(name))).collect();
    let mut body = json!({ "upload": { "files": files, "password": null }, "account": "", "cut_off": null });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let (status, answer) = server.function(owner, "apple_upload", body).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer
}

#[tokio::test]
async fn in_the_console_the_wizard_leads_from_nothing_to_a_certificate_and_the_phones_page_follows() {
    let (server, apple) = (Server::start(), FakeApple::new(now()));
    server.people();
    let (owner, link) = (server.owner().await, server.link());
    let page = async || crate::world::page(&link, IPHONE).await.1;
    assert!(page().await.contains("not possible yet") || page().await.contains("cannot be connected yet"));
    let get = |path: &str| owner.get(format!("{}{path}", server.base)).send();
    assert_eq!(get("/settings/apple").await.unwrap().status(), StatusCode::OK);
    assert_eq!(get("/settings/apple/request.csr").await.unwrap().status(), StatusCode::NOT_FOUND);

    let (status, _) = server.function(&owner, "apple_request", json!({})).await;
    assert_eq!(status, StatusCode::OK);
    let csr = get("/settings/apple/request.csr").await.unwrap();
    let named = csr.headers()[header::CONTENT_DISPOSITION].to_str().unwrap().to_owned();
    assert!(named.contains("muster-push.csr"), "{named}");
    apple.put("muster.csr", csr.text().await.unwrap());

    // Its own vendor certificate, in PKCS#12 with the chain beside it.
    apple.vendor("vendor", year());
    apple.pkcs12("vendor", "geheim", true);
    let files = ["vendor.p12", "chain.pem"].map(|name| STANDARD.encode(apple.bytes(name)));
    let wrong = json!({ "upload": { "files": files, "password": "x" } });
    let (_, answer) = server.function(&owner, "apple_vendor_set", wrong).await;
    assert_eq!(answer["Err"], json!(["password_wrong"]));
    let post = |path: &str| owner.post(format!("{}{path}", server.base)).send();
    assert_eq!(post("/settings/apple/request.plist").await.unwrap().status(), StatusCode::CONFLICT);
    let right = json!({ "upload": { "files": files, "password": "geheim" } });
    let (_, answer) = server.function(&owner, "apple_vendor_set", right).await;
    assert_eq!(answer["Ok"].as_array().unwrap().len(), 1, "{answer}");
    assert!(answer["Ok"][0]["chain"]["issuer"].is_string(), "its root is none of Apple's: {answer}");
    let signed = post("/settings/apple/request.plist").await.unwrap().text().await.unwrap();
    assert_signed(&apple, &signed, "muster.csr", "vendor.pem");

    apple.push("muster", TOPIC, year());
    let request = upload(&server, &owner, &apple, &["muster.csr"], json!({})).await;
    assert_eq!(request["Err"], json!(["request"]));
    let taken =
        upload(&server, &owner, &apple, &["muster.pem"], json!({ "account": "it@example.org" })).await;
    assert_eq!(taken, json!({ "Ok": [] }));
    assert!(!page().await.contains("not possible yet"));
    assert!(page().await.contains("Profile Downloaded"), "what to do on the phone");
    let (_, progress) = server.function(&owner, "apple_get", json!({})).await;
    assert_eq!(
        (&progress["certificate"]["account"], &progress["request"]),
        (&json!("it@example.org"), &Value::Null)
    );

    apple.push("other", OTHER, year());
    let other = ["other.pem", "other.key"];
    let refused = upload(&server, &owner, &apple, &other, json!({})).await;
    assert_eq!(refused["Err"][0]["other_topic"]["devices"], 0);
    let taken = upload(&server, &owner, &apple, &other, json!({ "cut_off": 0 })).await;
    assert_eq!(taken["Ok"], json!([]), "nobody was cut off");
}

#[tokio::test]
async fn a30_certificate_and_key_leave_the_server_only_as_a_file_behind_a_password_for_who_may_change_settings()
 {
    let (server, apple) = (Server::start(), FakeApple::new(now()));
    let owner = server.owner().await;
    apple.push("a", TOPIC, year());
    upload(&server, &owner, &apple, &["a.pem", "a.key"], json!({})).await;
    server.function(&owner, "apple_request", json!({})).await;
    let export = |browser: &Client, password: &str| {
        browser.post(format!("{}/settings/apple/export", server.base)).form(&[("password", password)])
    };
    assert_eq!(export(&owner, "short").send().await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
    let elsewhere = export(&owner, "long enough").header("origin", "https://evil.example").send().await;
    assert_eq!(elsewhere.unwrap().status(), StatusCode::FORBIDDEN);
    let get = owner.get(format!("{}/settings/apple/export", server.base)).send().await.unwrap();
    assert_ne!(get.status(), StatusCode::OK);
    for (email, role) in [("op@example.org", "operator"), ("au@example.org", "auditor")] {
        let browser = server.account(email, role).await;
        assert_eq!(
            export(&browser, "long enough").send().await.unwrap().status(),
            StatusCode::FORBIDDEN,
            "{role}"
        );
        for path in ["/settings/apple/request.csr", "/settings/apple/request.plist"] {
            let asked = browser.request(
                if path.ends_with("csr") { reqwest::Method::GET } else { reqwest::Method::POST },
                format!("{}{path}", server.base),
            );
            assert_eq!(asked.send().await.unwrap().status(), StatusCode::FORBIDDEN, "{role} {path}");
        }
        let page = browser
            .get(format!("{}/settings/apple", server.base))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        assert!(!page.contains(TOPIC), "{role}");
    }
    assert_ne!(export(&browser(), "long enough").send().await.unwrap().status(), StatusCode::OK, "nobody");

    let answer = export(&owner, "long enough").send().await.unwrap();
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/x-pkcs12");
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    apple.put("out.p12", answer.bytes().await.unwrap());
    apple.openssl(&["pkcs12", "-in", "out.p12", "-passin", "pass:long enough", "-nodes", "-out", "back.pem"]);
    apple.openssl(&["pkey", "-in", "back.pem", "-out", "back.key"]);
    apple.openssl(&["pkey", "-in", "a.key", "-out", "a.plain.key"]);
    assert_eq!(apple.text("back.key"), apple.text("a.plain.key"));

    // No answer that a page is made of has a private key, in whichever form.
    apple.openssl(&["pkey", "-in", "a.key", "-outform", "DER", "-out", "a.der"]);
    let secret = STANDARD.encode(apple.bytes("a.der"));
    let secret = &secret[100..160];
    for name in ["apple_get", "settings_get", "audit_list", "overview"] {
        let body = json!({ "query": {}, "period": "week", "zone": "0" });
        let (status, answer) = server.function(&owner, name, body).await;
        assert_eq!(status, StatusCode::OK, "{name}");
        assert!(
            !answer.to_string().contains(secret) && !answer.to_string().contains("PRIVATE KEY"),
            "{name}"
        );
    }
    let page =
        owner.get(format!("{}/settings/apple", server.base)).send().await.unwrap().text().await.unwrap();
    assert!(page.contains(TOPIC) && !page.contains(secret), "the page");
    let database = std::fs::read(server.folder.path().join("data/muster.db")).unwrap();
    let plain = apple.bytes("a.der");
    assert!(!database.windows(40).any(|window| window == &plain[100..140]), "sealed where it is kept");
    assert!(!server.log().contains(secret) && !server.log().contains("long enough"));
}

#[tokio::test]
async fn a15_a_name_in_a_certificate_stays_text_and_never_acts_on_a_terminal() {
    let (server, apple) = (Server::start(), FakeApple::new(now()));
    let owner = server.owner().await;
    apple.certificate("evil", "/CN=<script>alert(1)<\\/script>/O=Example", year());
    let said = upload(&server, &owner, &apple, &["evil.pem", "evil.key"], json!({})).await;
    let subject = said["Err"][0]["not_for_mdm"]["subject"].as_str().unwrap();
    assert!(subject.contains("script"), "{subject}");
    let taken = server.function(&owner, "apple_account_set", json!({ "account": "a\nb" })).await;
    assert_eq!(taken.0, StatusCode::UNPROCESSABLE_ENTITY, "{}", taken.1);
    apple.push("a", TOPIC, year());
    let account = "<b>it</b>@example.org";
    upload(&server, &owner, &apple, &["a.pem", "a.key"], json!({ "account": account })).await;
    let page =
        owner.get(format!("{}/settings/apple", server.base)).send().await.unwrap().text().await.unwrap();
    assert!(!page.contains("<b>it</b>") && page.contains("&lt;b&gt;it"), "the account is text");
}

#[test]
fn doctor_tells_the_days_that_are_left_and_a_key_that_cannot_be_opened() {
    let (server, apple) = (Server::start(), FakeApple::new(now()));
    let looked = || -> Vec<Value> {
        let out = crate::world::muster(server.folder.path()).args(["doctor", "--json"]).output().unwrap();
        let document: Value = serde_json::from_slice(&out.stdout).unwrap();
        document["checks"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|check| check["check"] == "apple")
            .cloned()
            .collect()
    };
    assert_eq!(looked(), Vec::<Value>::new(), "nothing where no Apple device is wanted");
    for (days, state) in [(20, "warning"), (200, "ok")] {
        let name = format!("a{days}");
        apple.push(&name, TOPIC, (year().0, now().plus_days(days).plus(60_000_000)));
        let [pem, key] = ["pem", "key"].map(|end| apple.path(&format!("{name}.{end}")));
        server.cli(&["apple", "cert", "upload", pem.to_str().unwrap(), "--key", key.to_str().unwrap()]);
        let found = looked();
        assert_eq!((found.len(), &found[0]["state"]), (1, &json!(state)), "{found:?}");
        assert!(found[0]["message"].as_str().unwrap().contains(&format!("{days} days")), "{found:?}");
    }
    // With another muster.key than it was sealed with, nobody can say that it works.
    let file = server.folder.path().join("data/muster.key");
    let own = std::fs::read(&file).unwrap();
    let other = Server::start();
    std::fs::copy(other.folder.path().join("data/muster.key"), &file).unwrap();
    let found = looked();
    assert_eq!((found.len(), &found[0]["state"]), (1, &json!("warning")), "{found:?}");
    assert!(found[0]["message"].as_str().unwrap().contains("cannot be said"), "{found:?}");
    std::fs::write(&file, own).unwrap();
    let database = server.folder.path().join("data/muster.db");
    let damaged = std::process::Command::new("python3")
        .args(["-c", "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute(\"UPDATE push_certificate SET key = x'00'\"); d.commit()"])
        .arg(&database)
        .status();
    assert!(damaged.unwrap().success());
    let found = looked();
    assert_eq!((found.len(), &found[0]["state"]), (1, &json!("failed")), "{found:?}");
    assert!(found[0]["message"].as_str().unwrap().contains("cannot be opened"), "{found:?}");
}
