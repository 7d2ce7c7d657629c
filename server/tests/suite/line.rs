//! The whole line with the real programs: a message is queued on the command line, goes out as a file, its link is
//! opened as a phone, the reference agent connects, and the signed-in browser's event stream tells it.

use crate::world::{IPHONE, PIXEL, Server, agent, page, phone};
use futures::StreamExt;
use muster_agent::link::Link;
use serde_json::{Value, json};
use std::time::Duration;

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
    let address = server.link();
    let link: Link = address.parse().unwrap();
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
    for left in [
        agent().check_in(&again, None).await.map(drop),
        agent().report(&again, &phone("hardware-1").report).await,
        agent().leave(&again).await,
    ] {
        let left = left.unwrap_err();
        assert_eq!((left.code().as_str(), left.exit_code()), ("device_left", 1));
        assert!(left.to_string().contains("open the link in its message once more"), "{left}");
    }
    let (_, html) = page(&address, PIXEL).await;
    assert!(html.contains("This phone is no longer connected"), "{html}");
    let stranger = agent().check_in(&first, None).await.unwrap_err();
    assert_eq!(stranger.code(), "signature_invalid", "who has not the key is not told that it left");
    let back = agent().claim(&link, &phone("hardware-1")).await.unwrap();
    assert_eq!(back.device_id, first.device_id);
    agent().check_in(&back, None).await.unwrap();
}

#[tokio::test]
async fn links_and_agents_of_a_former_address_go_on_when_the_workspace_gets_another() {
    let server = Server::start();
    server.people();
    let former = server.base.replace("127.0.0.1", "localhost");
    server.cli(&["settings", "set", "public_url", &former]);
    let link: Link = server.link().parse().unwrap();
    assert!(link.as_str().starts_with(&former));
    let before = agent().claim(&link, &phone("hardware-1")).await.unwrap();
    assert_eq!(before.api_base, former);
    server.cli(&["settings", "set", "public_url", "https://muster.example.org"]);
    agent().check_in(&before, None).await.unwrap();
    let mut again = agent().claim(&link, &phone("hardware-1")).await.unwrap();
    // What another process writes is heard of a moment later.
    for _ in 0..50 {
        if again.api_base != former {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        again = agent().claim(&link, &phone("hardware-1")).await.unwrap();
    }
    assert_eq!(again.api_base, "https://muster.example.org", "from now on it comes by the new one");
    // An address that was never Muster's own proves nothing, wherever it leads (ABUSE A24).
    let foreign = link.as_str().replace("localhost", "0.0.0.0");
    let refused = agent().claim(&foreign.parse().unwrap(), &phone("hardware-1")).await.unwrap_err();
    assert!(refused.to_string().contains("another server than the link"), "{refused}");
}

#[tokio::test]
async fn a_phone_under_another_management_is_refused_with_advice() {
    let server = Server::start();
    server.people();
    let link: Link = server.link().parse().unwrap();
    let mut knox = phone("hardware-1");
    knox.report.managed_by = Some("KNOX".into());
    let refused = agent().claim(&link, &knox).await.unwrap_err();
    assert_eq!((refused.code().as_str(), refused.exit_code()), ("other_emm", 1));
    let advice = refused.to_string();
    // The page gives the same advice.
    let page = page(link.as_str(), PIXEL).await.1;
    for words in ["KNOX", "install it again with the button", "open it from Google Play", "ask"] {
        assert!(advice.contains(words) && page.contains(words), "{words}: {advice}");
    }
    let connected = agent().claim(&link, &phone("hardware-1")).await.unwrap();
    agent().report(&connected, &knox.report).await.unwrap();
    assert_eq!(server.json(&["devices", "list"])[0]["reasons"], json!(["managed_by_other"]));
    agent().report(&connected, &phone("hardware-1").report).await.unwrap();
    assert_eq!(server.json(&["devices", "list"])[0]["status"], "ok");
}
