//! Odd files, names and addresses: each once went wrong.

use super::{noticed, now, refused, upload, year};
use crate::{
    fake_apple::{FakeApple, TOPIC},
    world::{IPHONE, Server, browser, muster, page},
};
use reqwest::{StatusCode, header};
use serde_json::json;
use std::process::Output;

fn taken(server: &Server, apple: &FakeApple, pem: &str, key: &str, more: &[&str]) -> Output {
    let [pem, key] = [pem, key].map(|name| apple.path(name));
    let words = ["apple", "cert", "upload", pem.to_str().unwrap(), "--key", key.to_str().unwrap()];
    muster(server.folder.path()).args(words).args(more).output().unwrap()
}

#[test]
fn a15_a_name_in_a_warning_never_acts_on_a_terminal() {
    let (server, apple) = (Server::start(), FakeApple::new(now()));
    let words = "req -x509 -newkey rsa:2048 -nodes -days 9 -config ca.cnf -extensions authority -keyout evil.key -out evil.pem -subj";
    let words: Vec<&str> = words.split(' ').chain(["/CN=Evil\u{1b}[31mRoot"]).collect();
    apple.openssl(&words);
    let subject = format!("/UID={TOPIC}/CN=APSP:a/C=US");
    let words = "req -new -newkey rsa:2048 -nodes -config ca.cnf -keyout a.key -out a.csr -subj";
    let words: Vec<&str> = words.split(' ').chain([subject.as_str()]).collect();
    apple.openssl(&words);
    let words = "x509 -req -in a.csr -CA evil.pem -CAkey evil.key -CAcreateserial -days 9 -extfile ca.cnf -extensions leaf -out a.pem";
    apple.openssl(&words.split(' ').collect::<Vec<_>>());
    let out = taken(&server, &apple, "a.pem", "a.key", &[]);
    let words = String::from_utf8(out.stderr).unwrap();
    assert!(out.status.success() && words.contains("Evil"), "an unknown chain warns: {words}");
    let status = server.cli(&["apple", "cert", "status"]).stdout;
    for text in [words.as_bytes(), &out.stdout, &status] {
        assert!(!text.contains(&0x1b), "{}", String::from_utf8_lossy(text).escape_debug());
    }
}

#[test]
fn an_account_that_is_no_line_is_refused_and_the_former_one_stays() {
    let (server, apple) = (Server::start(), FakeApple::new(now()));
    apple.push("a", TOPIC, year());
    assert!(taken(&server, &apple, "a.pem", "a.key", &["--account", "it@example.org"]).status.success());
    for bad in ["a\nb", "\u{1b}[2J", &"x".repeat(201)] {
        let out = taken(&server, &apple, "a.pem", "a.key", &["--account", bad]);
        let words = String::from_utf8(out.stderr).unwrap();
        assert!(out.status.code() == Some(1) && words.contains("--account"), "{words}");
    }
    let status = server.json(&["apple", "cert", "status"]);
    assert_eq!(status["certificate"]["account"], "it@example.org");
}

#[test]
fn a_file_that_begins_with_a_byte_order_mark_is_read() {
    let (server, apple) = (Server::start(), FakeApple::new(now()));
    apple.push("a", TOPIC, year());
    for file in ["a.pem", "a.key"] {
        apple.put(&format!("bom-{file}"), ["\u{feff}".as_bytes(), &apple.bytes(file)].concat());
    }
    let out = taken(&server, &apple, "bom-a.pem", "bom-a.key", &[]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

#[tokio::test]
async fn a_vendor_certificate_that_has_ended_since_signs_nothing() {
    let (server, apple) = (Server::start(), FakeApple::new(now()));
    let owner = server.owner().await;
    let end = now().plus(6_000_000);
    apple.vendor("vendor", (now().plus(-1_000_000), end));
    let files = ["vendor-chain.pem", "vendor.key"].map(|name| {
        use base64::{Engine, engine::general_purpose::STANDARD};
        STANDARD.encode(apple.bytes(name))
    });
    let (_, said) =
        server.function(&owner, "apple_vendor_set", json!({ "upload": { "files": files } })).await;
    assert!(said.get("Ok").is_some(), "{said}");
    server.function(&owner, "apple_request", json!({})).await;
    tokio::time::sleep(std::time::Duration::from_micros(
        (end.since(now()) + 1_500_000).max(0).unsigned_abs(),
    ))
    .await;
    let words = refused(&server, &["apple", "cert", "sign-request"]);
    assert!(words.contains("no vendor certificate that holds now"), "{words}");
    let asked = owner.post(format!("{}/settings/apple/request.plist", server.base));
    let answer = asked.header("sec-fetch-site", "same-origin").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CONFLICT);
}

#[tokio::test]
async fn an_address_that_iphones_do_not_take_is_not_yet_and_nobody_is_told_that_it_works() {
    let (server, apple) = (Server::start(), FakeApple::new(now()));
    let owner = server.owner().await;
    server.people();
    let link = server.link();
    apple.push("a", TOPIC, year());
    upload(&server, &owner, &apple, &["a.pem", "a.key"], json!({})).await;
    let (_, ready) = page(&link, IPHONE).await;
    assert!(ready.contains("Connect this iPhone"), "on the very machine it needs no https");
    server.cli(&["settings", "set", "public_url", "http://muster.example.org"]);
    noticed().await;
    let (_, text) = page(&link, IPHONE).await;
    assert!(text.contains("An iPhone cannot be connected yet") && !text.contains("/profile"), "{text}");
    let tells = browser().post(format!("{link}/opened")).header(header::USER_AGENT, IPHONE).json(&json!({}));
    assert_eq!(tells.send().await.unwrap().status(), StatusCode::NO_CONTENT);
    let overview = server.function(&owner, "overview", json!({ "period": "week", "zone": "0" })).await.1;
    let apple = &overview["apple"];
    assert_eq!(
        (&apple["holds"], &apple["reached"], &apple["waiting"]),
        (&json!(true), &json!(false), &json!(1))
    );
    assert_eq!(server.function(&owner, "apple_get", json!({})).await.1["reached"], false);
    assert_eq!(server.function(&owner, "apple_tell", json!({})).await.0, StatusCode::CONFLICT);
    server.cli(&["settings", "set", "public_url", "https://muster.example.org"]);
    noticed().await;
    assert_eq!(server.function(&owner, "apple_tell", json!({})).await.1["told"], 1);
}
