//! Event streams, and what another workspace is told of (ABUSE A29, A44).

use crate::world::{Server, agent, browser, phone};
use futures::StreamExt;
use muster_domain::{
    Timestamp, UserId, WorkspaceId,
    ports::{UserStore, WorkspaceStore},
    user::UserDetails,
};
use reqwest::StatusCode;
use serde_json::json;
use std::time::Duration;

/// Reads away what was told of the account's own making, which another process's look may be late for.
pub(super) async fn quiet(events: &mut (impl futures::Stream + Unpin)) {
    while tokio::time::timeout(Duration::from_millis(700), events.next()).await.is_ok_and(|e| e.is_some()) {}
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
    quiet(&mut events).await;
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
async fn a29_another_workspace_is_reached_by_no_id_in_a_path_a_body_or_a_move_and_its_events_are_not_told() {
    let server = Server::start();
    server.people();
    let owner = server.owner().await;
    let connected = agent().claim(&server.link().parse().unwrap(), &phone("hardware-1")).await.unwrap();
    let ours = server.json(&["users", "list"])[0]["id"].clone();
    let store = server.store().await;
    let [other, stranger] = ["019ab9d0-6c1e-7d43-8a55-0d3c1f3b9a10", "019ab9d0-6c1e-7d43-8a55-0d3c1f3b9a11"];
    let (workspace, user): (WorkspaceId, UserId) = (other.parse().unwrap(), stranger.parse().unwrap());
    let person = |name: &str| UserDetails {
        name: name.parse().unwrap(),
        email: Some("victim@example.net".parse().unwrap()),
        language: None,
        groups: vec!["Ward 3".parse().unwrap()],
    };
    store.add_workspace(workspace, Timestamp(1)).await.unwrap();
    let mut events = owner.get(format!("{}/events", server.base)).send().await.unwrap().bytes_stream();
    events.next().await.unwrap().unwrap();
    store.add_user(workspace, user, &person("Victim"), Timestamp(1)).await.unwrap();
    store.update_user(workspace, user, &person("Victim"), None).await.unwrap();
    let told = tokio::time::timeout(Duration::from_secs(1), events.next()).await;
    assert!(told.is_err(), "a44: another workspace's change was told: {told:?}");

    let moved = json!({ "id": connected.device_id, "owner": stranger });
    assert!(server.function(&owner, "device_move", moved).await.0.is_client_error(), "the target is theirs");
    let both = json!({ "kind": "these", "ids": [ours, stranger] });
    let (_, review) = server.function(&owner, "send_review", json!({ "selection": both })).await;
    assert_eq!((&review["total"], &review["with_address"]), (&json!(1), &json!(1)), "{review}");
    let choices = json!({ "selection": both, "devices": 1, "days": null, "language": null, "note": "" });
    let (status, sent) = server.function(&owner, "send_now", json!({ "choices": choices })).await;
    assert_eq!(status, StatusCode::OK, "{sent}");
    let invitations = server.json(&["invitations", "list"]);
    assert!(!invitations.to_string().contains("victim"), "{invitations}");
    for path in ["/preview?language=en&days=7&user=", "/users?user="] {
        let answer = owner.get(format!("{}{path}{stranger}", server.base)).send().await.unwrap();
        assert!(!answer.text().await.unwrap().contains("Victim"), "{path}");
    }
    let group = json!({ "query": { "filter": { "search": "Victim", "groups": ["Ward 3"] } } });
    let (_, found) = server.function(&owner, "users_list", group).await;
    assert_eq!(found["page"]["total"], json!(0), "{found}");
    let (_, groups) = server.function(&owner, "groups_list", json!({})).await;
    assert_eq!(groups[0]["users"], json!(1), "only ours are counted: {groups}");
    let told = tokio::time::timeout(Duration::from_secs(2), events.next()).await;
    assert!(told.is_ok(), "our own changes are told");
}

#[tokio::test]
async fn a44_streams_are_bounded_and_one_too_many_is_told_to_come_later() {
    let server = Server::start();
    let owner = server.owner().await;
    let open = async || owner.get(format!("{}/events", server.base)).send().await.unwrap();
    let mut held = Vec::new();
    for _ in 0..32 {
        let mut stream = open().await.bytes_stream();
        assert!(String::from_utf8_lossy(&stream.next().await.unwrap().unwrap()).contains("hello"));
        held.push(stream);
    }
    let one_more = tokio::time::timeout(Duration::from_secs(2), open().await.text()).await.unwrap().unwrap();
    assert!(one_more.contains("retry: 30000") && one_more.contains("hello"), "{one_more}");
    held.pop();
    let again = async {
        loop {
            let first = open().await.bytes_stream().next().await.unwrap().unwrap();
            if !String::from_utf8_lossy(&first).contains("retry") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(2), again).await.unwrap();
}
