//! The workspace's own certificate for signing profiles: on the command line and in the console, with a chain that OpenSSL made
//! and verifies; and Muster's own authority before it, after it, and in its place.

use super::kit::Company;
use crate::{
    certificate::{now, year},
    fake_apple::{FakeApple, TOPIC},
    world::muster,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::{process::Command, time::Duration};

/// An authority with a root and an intermediate certificate, and a server's certificate by it.
fn authority() -> FakeApple {
    let ca = FakeApple::called("Example", now());
    ca.certificate("tls", "/CN=muster.example.org", year());
    ca.put("fullchain.pem", [ca.text("tls.pem"), ca.text("authority.pem")].concat());
    ca
}

fn file(ca: &FakeApple, name: &str) -> String {
    ca.path(name).to_str().unwrap().to_owned()
}

/// Fetches the profile; whether it verifies by the root, and whom the certificates in it are of.
async fn signed(company: &Company, ca: &FakeApple, link: &str) -> (bool, Vec<String>) {
    let profile = company.fetch(link).await.ok("the profile").unwrap();
    ca.put("profile.cms", &profile.body);
    let verify = ["cms", "-verify", "-inform", "DER", "-in", &file(ca, "profile.cms"), "-purpose", "any"];
    let more = ["-CAfile", &file(ca, "root.pem"), "-out", &file(ca, "profile.plist")];
    let out = Command::new("openssl").args(verify).args(more).output().unwrap();
    let printed = ca.openssl(&["pkcs7", "-inform", "DER", "-in", "profile.cms", "-print_certs", "-noout"]);
    let subjects = printed.lines().filter_map(|line| line.strip_prefix("subject="));
    let name = |subject: &str| {
        let name = subject.rsplit_once("CN").unwrap().1.trim_start_matches([' ', '=']);
        name.split(',').next().unwrap().to_owned()
    };
    (out.status.success(), subjects.map(name).collect())
}

fn refused(company: &Company, words: &[&str]) -> String {
    let out = muster(company.server.folder.path()).args(words).output().unwrap();
    assert_eq!(out.status.code(), Some(1), "{words:?}");
    String::from_utf8(out.stderr).unwrap()
}

fn doctor(company: &Company) -> Vec<Value> {
    let out = muster(company.server.folder.path()).args(["doctor", "--json"]).output().unwrap();
    let document: Value = serde_json::from_slice(&out.stdout).unwrap();
    let all = document["checks"].as_array().unwrap().iter();
    all.filter(|c| c["message"].as_str().unwrap().contains("signs profiles")).cloned().collect()
}

#[tokio::test]
async fn on_the_command_line_the_profile_gets_a_signature_of_ones_own_which_openssl_verifies_and_loses_it() {
    let (company, ca) = (Company::start().await, authority());
    let link = company.link("Anna");
    let muster_signs = |told: &(bool, Vec<String>)| !told.0 && told.1[0].contains("Muster device authority");
    assert!(muster_signs(&signed(&company, &ca, &link).await));
    assert_eq!(company.server.json(&["apple", "signing", "status"])["certificate"], Value::Null);
    let upload = ["apple", "signing", "upload"];
    let why = refused(&company, &[&upload[..], &[&file(&ca, "tls.pem")]].concat());
    assert!(
        why.contains("key of this certificate") && why.contains("Fake Application Integration is missing"),
        "{why}"
    );
    assert!(muster_signs(&signed(&company, &ca, &link).await));

    let [full, key, root] = ["fullchain.pem", "tls.key", "root.pem"].map(|name| file(&ca, name));
    let taken = company.server.json(&[&upload[..], &[&full, &key, &root]].concat());
    assert_eq!(
        (&taken["subject"], &taken["issuer"]),
        (&json!("muster.example.org"), &json!("Fake Application Integration"))
    );
    assert!(
        taken["warnings"][0].as_str().unwrap().contains("only on devices that trust Fake Root CA"),
        "{taken}"
    );
    let whole = vec!["muster.example.org".to_owned(), "Fake Application Integration".to_owned()];
    let mut told = signed(&company, &ca, &link).await;
    told.1.sort_by_key(|name| !name.starts_with("muster"));
    assert_eq!(told, (true, whole), "the whole chain, without the root");
    let plist = ca.text("profile.plist");
    assert!(plist.contains("com.apple.mdm") && plist.contains(TOPIC));
    assert_eq!(company.server.json(&["apple", "signing", "status"])["certificate"]["valid"], true);

    // Renewed: the next profile is signed by the new one.
    ca.certificate("next", "/CN=next.example.org", year());
    ca.pkcs12("next", "geheim", true);
    ca.put("password", "geheim\n");
    let [p12, password, chain] = ["next.p12", "password", "chain.pem"].map(|name| file(&ca, name));
    assert!(refused(&company, &[&upload[..], &[&p12, &chain]].concat()).contains("password"));
    company.server.cli(&[&upload[..], &[&p12, &chain, "--password-file", &password]].concat());
    let (verifies, names) = signed(&company, &ca, &link).await;
    assert!(verifies && names.contains(&"next.example.org".to_owned()) && names.len() == 2, "{names:?}");
    // A device takes it, as it took the one before.
    company.enrolled(&link).await;

    company.server.cli(&["apple", "signing", "remove"]);
    assert!(muster_signs(&signed(&company, &ca, &company.link("Boris")).await));
    assert_eq!(company.server.json(&["apple", "signing", "remove"])["removed"], false);
    let log = company.server.json(&["audit", "list", "--about", "settings"]);
    let told = log.as_array().unwrap().iter().filter(|e| e["action"] == "settings.apple_signing");
    assert_eq!(told.count(), 3, "uploaded, renewed, removed: {log}");
}

#[tokio::test]
async fn a30_in_the_console_it_is_shown_with_what_people_know_it_by_and_its_key_never_leaves() {
    let (company, ca) = (Company::start().await, authority());
    let (server, owner) = (&company.server, company.server.owner().await);
    let upload = |names: &[&str]| {
        let files: Vec<String> = names.iter().map(|name| STANDARD.encode(ca.bytes(name))).collect();
        json!({ "upload": { "files": files, "password": null } })
    };
    ca.push("push", TOPIC, year());
    let (status, said) = server.function(&owner, "apple_signing_set", upload(&["push.pem"])).await;
    assert_eq!(status, StatusCode::OK);
    let missing = json!({ "signing_chain": { "issuer": "Fake Application Integration" } });
    assert_eq!(said["Err"], json!(["signing_key_missing", "not_for_signing", missing]), "all at once");
    let (_, said) =
        server.function(&owner, "apple_signing_set", upload(&["tls.pem", "tls.key", "chain.pem"])).await;
    assert_eq!(said, json!({ "Ok": [{ "private": { "root": "Fake Root CA" } }] }));
    let (_, there) = server.function(&owner, "apple_get", json!({})).await;
    assert_eq!(
        (&there["signing"]["subject"], &there["signing"]["issuer"], &there["signing"]["holds"]),
        (&json!("muster.example.org"), &json!("Fake Application Integration"), &json!(true))
    );
    assert!(signed(&company, &ca, &company.link("Anna")).await.0);

    ca.openssl(&["pkey", "-in", "tls.key", "-outform", "DER", "-out", "tls.key.der"]);
    let plain = ca.bytes("tls.key.der");
    let secret = STANDARD.encode(&plain);
    let secret = &secret[100..160];
    for name in ["apple_get", "settings_get", "audit_list", "overview"] {
        let body = json!({ "query": {}, "period": "week", "zone": "0" });
        let (status, answer) = server.function(&owner, name, body).await;
        assert_eq!(status, StatusCode::OK, "{name}");
        assert!(!answer.to_string().contains(secret), "{name}");
    }
    let page =
        owner.get(format!("{}/settings/apple", server.base)).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("muster.example.org") && !page.contains(secret), "the page");
    for name in ["muster.db", "muster.db-wal"] {
        let database = std::fs::read(server.folder.path().join("data").join(name)).unwrap_or_default();
        assert!(
            !database.windows(40).any(|window| window == &plain[100..140]),
            "sealed where it is kept: {name}"
        );
    }
    assert!(!server.log().contains(secret));
    let (status, _) = server.function(&owner, "apple_signing_remove", json!({})).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(server.function(&owner, "apple_get", json!({})).await.1["signing"], Value::Null);
    assert!(!signed(&company, &ca, &company.link("Boris")).await.0);
}

#[tokio::test]
async fn one_that_has_ended_signs_no_more_and_doctor_and_dashboard_say_so_before_and_after() {
    let (company, ca) = (Company::start().await, authority());
    let (server, owner, link) = (&company.server, company.server.owner().await, company.link("Anna"));
    let chain = file(&ca, "chain.pem");
    let upload = |name: &str| {
        let [pem, key] = ["pem", "key"].map(|end| file(&ca, &format!("{name}.{end}")));
        server.cli(&["apple", "signing", "upload", &pem, &key, &chain]);
    };
    assert_eq!(doctor(&company), Vec::<Value>::new(), "nothing where none is set");
    for (days, state) in [(200, "ok"), (20, "warning")] {
        let name = format!("s{days}");
        ca.certificate(&name, "/CN=muster.example.org", (year().0, now().plus_days(days).plus(60_000_000)));
        upload(&name);
        let found = doctor(&company);
        assert_eq!((found.len(), &found[0]["state"]), (1, &json!(state)), "{found:?}");
        assert!(found[0]["message"].as_str().unwrap().contains(&format!("{days} days")), "{found:?}");
    }
    // Ends in a few seconds: taken now, and over then. To make a key takes time.
    ca.key("short.key");
    let end = now().plus(25_000_000);
    ca.certificate("short", "/CN=short.example.org", (year().0, end));
    upload("short");
    assert!(signed(&company, &ca, &link).await.0);
    let overview =
        async || server.function(&owner, "overview", json!({ "period": "week", "zone": "0" })).await.1;
    assert_eq!(overview().await["apple"]["signing_holds"], true);
    let left = end.since(now()).max(0) + 1_500_000;
    tokio::time::sleep(Duration::from_micros(left.unsigned_abs())).await;
    let (verifies, names) = signed(&company, &ca, &link).await;
    assert!(!verifies && names[0].contains("Muster device authority"), "{names:?}");
    assert_eq!(overview().await["apple"]["signing_holds"], false);
    let found = doctor(&company);
    let message = found[0]["message"].as_str().unwrap();
    assert!(message.contains("ended on") && message.contains("Not Verified"), "{message}");
    let status = server.json(&["apple", "signing", "status"]);
    assert_eq!(
        (&status["certificate"]["valid"], &status["certificate"]["days_left"]),
        (&json!(false), &json!(-1))
    );
}

#[tokio::test]
async fn a_root_that_the_profile_brings_is_remarked_and_need_not_be_uploaded() {
    let ca = authority();
    let trust = file(&ca, "root.pem");
    let company = Company::with(&[], &[("MUSTER_APPLE_TRUST", &trust)]).await;
    let owner = company.server.owner().await;
    let files = ["fullchain.pem", "tls.key"].map(|name| STANDARD.encode(ca.bytes(name)));
    let body = json!({ "upload": { "files": files, "password": null } });
    let (_, said) = company.server.function(&owner, "apple_signing_set", body).await;
    assert_eq!(said, json!({ "Ok": [{ "private": { "root": "Fake Root CA" } }] }));
    assert!(signed(&company, &ca, &company.link("Anna")).await.0);
}
