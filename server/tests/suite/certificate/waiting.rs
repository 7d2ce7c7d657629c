//! Who opens the link on an iPhone before there is a certificate: the console counts them, and tells them when it works.

use super::{noticed, upload, year};
use crate::{
    fake_apple::{FakeApple, TOPIC},
    world::{IPHONE, PIXEL, Server, browser, page},
};
use reqwest::{StatusCode, header};
use serde_json::{Value, json};

const IPAD: &str = "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1";

/// As the page's script does after two visible seconds.
async fn looked_at(link: &str, agent: &str) {
    let tells = browser().post(format!("{link}/opened")).header(header::USER_AGENT, agent).json(&json!({}));
    assert_eq!(tells.send().await.unwrap().status(), StatusCode::NO_CONTENT);
}

fn people(server: &Server) -> Vec<String> {
    let file = server.folder.path().join("people.csv");
    let names = ["Anna", "Boris", "Clara", "Dora"];
    let rows: String = names.iter().map(|n| format!("{n},{}@example.org\n", n.to_lowercase())).collect();
    std::fs::write(&file, format!("name,email\n{rows}")).unwrap();
    server.cli(&["users", "import", file.to_str().unwrap()]);
    let link = |name: &&str| {
        let address = format!("{}@example.org", name.to_lowercase());
        server.json(&["invite", &address, "--print-link"])[0]["link"].as_str().unwrap().to_owned()
    };
    names.iter().map(link).collect()
}

#[tokio::test]
async fn who_waits_with_an_iphone_is_counted_and_told_once_when_it_works() {
    let (server, apple) = (Server::start(), FakeApple::new(super::now()));
    let owner = server.owner().await;
    let links = people(&server);
    noticed().await;
    let overview =
        async || server.function(&owner, "overview", json!({ "period": "week", "zone": "0" })).await.1;
    let waiting = async || overview().await["apple"]["waiting"].clone();
    // A visit alone is nobody who waits; an Android phone has nothing to wait for.
    page(&links[0], IPHONE).await;
    looked_at(&links[3], PIXEL).await;
    assert_eq!(waiting().await, 0);
    looked_at(&links[0], IPHONE).await;
    looked_at(&links[0], IPHONE).await;
    looked_at(&links[1], IPAD).await;
    assert_eq!(waiting().await, 2);
    assert_eq!(server.json(&["apple", "cert", "status"])["waiting"], 2);
    let list = json!({ "query": { "apple": true } });
    let listed = server.function(&owner, "invitations_list", list.clone()).await.1;
    assert_eq!(listed["page"]["total"], 2, "the list has just those who are counted");
    let exported = owner.get(format!("{}/invitations.csv?state=apple", server.base)).send().await.unwrap();
    assert_eq!(exported.text().await.unwrap().lines().count(), 3);
    let doctor = crate::world::muster(server.folder.path()).args(["doctor", "--json"]).output().unwrap();
    assert!(String::from_utf8_lossy(&doctor.stdout).contains("2 people wait"));

    // Not before it works.
    let (status, _) = server.function(&owner, "apple_tell", json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    apple.push("a", TOPIC, year());
    upload(&server, &owner, &apple, &["a.pem", "a.key"], json!({})).await;
    assert_eq!(overview().await["apple"]["holds"], true);
    looked_at(&links[2], IPHONE).await;
    assert_eq!(waiting().await, 2, "who comes now does not wait");
    let auditor = server.account("au@example.org", "auditor").await;
    assert_eq!(server.function(&auditor, "apple_tell", json!({})).await.0, StatusCode::FORBIDDEN);

    let (status, told) = server.function(&owner, "apple_tell", json!({})).await;
    assert_eq!((status, told), (StatusCode::OK, json!({ "told": 2, "without_address": 0 })));
    assert_eq!(waiting().await, 0);
    let messages = server.json(&["invitations", "list"]);
    let state = |name: &str| {
        let address = format!("{name}@example.org");
        let row = messages.as_array().unwrap().iter().find(|row| row["email"] == *address).unwrap();
        row["state"].as_str().unwrap().to_owned()
    };
    for name in ["anna", "boris"] {
        assert!(["queued", "sent"].contains(&state(name).as_str()), "{name}: {}", state(name));
    }
    assert_eq!(
        (state("clara").as_str(), state("dora").as_str()),
        ("opened", "opened"),
        "nobody else is written to"
    );
    // The mails are kept as files while no mail server is set; they have the same links.
    let mut mails = String::new();
    for _ in 0..100 {
        mails = kept(&server);
        if mails.matches("Message-ID").count() >= 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    for link in &links[..2] {
        let token = link.rsplit('/').next().unwrap();
        assert!(mails.replace("=\r\n", "").contains(token), "the same link");
    }
    assert_eq!(server.function(&owner, "apple_tell", json!({})).await.1["told"], 0, "once");
}

/// All messages that were kept.
fn kept(server: &Server) -> String {
    let folder = std::fs::read_dir(server.folder.path().join("data/mail"));
    let files = folder.into_iter().flatten().flatten().map(|file| file.path());
    let files = files.filter(|file| file.extension().is_some_and(|end| end == "eml"));
    files.map(|file| String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned()).collect()
}

#[tokio::test]
async fn a_certificate_that_has_ended_is_none_on_the_phones_page() {
    let (server, apple) = (Server::start(), FakeApple::new(super::now()));
    server.people();
    let link = server.link();
    // Ends in a few seconds: taken now, and over then. To make a key takes time.
    apple.key("a.key");
    let end = super::now().plus(12_000_000);
    apple.push("a", TOPIC, (year().0, end));
    let [pem, key] = ["a.pem", "a.key"].map(|name| apple.path(name));
    server.cli(&["apple", "cert", "upload", pem.to_str().unwrap(), "--key", key.to_str().unwrap()]);
    noticed().await;
    assert!(page(&link, IPHONE).await.1.contains("Profile Downloaded"));
    let left = end.since(super::now()).max(0) + 1_500_000;
    tokio::time::sleep(std::time::Duration::from_micros(left.unsigned_abs())).await;
    assert!(!page(&link, IPHONE).await.1.contains("Profile Downloaded"));
    looked_at(&link, IPHONE).await;
    assert_eq!(server.json(&["apple", "cert", "status"])["waiting"], 1);
    let status: Value = server.json(&["apple", "cert", "status"]);
    assert_eq!(
        (&status["certificate"]["valid"], &status["certificate"]["days_left"]),
        (&json!(false), &json!(-1))
    );
}
