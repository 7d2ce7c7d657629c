//! A link connects one device, and ends (ABUSE A21 to A23).

use super::agents::{Call, code};
use crate::world::{PIXEL, Server, agent, browser, page, phone};
use muster_agent::link::Link;
use muster_agent_protocol::key::SigningKey;
use muster_domain::{
    Timestamp,
    bulk::Change,
    ports::{BulkStore, DeviceStore, InvitationStore, WorkspaceStore},
    query::{DeviceQuery, InvitationQuery},
};
use reqwest::StatusCode;
use serde_json::json;

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
    // Its end is put to where it is over.
    let set = store.invitation(workspace, invitation).await.unwrap().unwrap().expires_at;
    let end = Change::End { was: Timestamp(1), set };
    let put = store.put_messages_back(workspace, vec![(invitation, end)], Timestamp(1)).await.unwrap();
    assert_eq!(put[0].became, Ok(None));
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
