//! ABUSE A10, A11 and A22: a certificate is one device's, and a device is enrolled once, until somebody lets it move.

use super::{
    kit::{CHECK_IN, Card, Company},
    proof::messages,
};
use serde_json::{Value, json};

/// All that a forger might change.
async fn rows(company: &Company) -> Vec<String> {
    let database = company.database().await;
    let mut all = Vec::new();
    for sql in [
        "SELECT json_group_array(json_array(id, user_id, invitation_id, name, model, os_version, facts, left_at)) FROM device",
        "SELECT json_group_array(json_array(invitation_id, udid, hex(identity), device_id, topic, hex(push_token), push_magic, connected_at, ended_at, may_move)) FROM apple_enrolment",
        "SELECT json_group_array(json_array(invitation_id, number, hex(fingerprint), ended_at, ended)) FROM apple_identity",
        "SELECT json_group_array(json_array(id, kind, state, sends)) FROM device_command",
        "SELECT json_group_array(json_array(id, hardware_id, device_id)) FROM invitation",
    ] {
        all.push(sqlx::query_scalar(sql).fetch_one(&database).await.unwrap());
    }
    all
}

#[tokio::test]
async fn a10_a_certificate_with_anothers_udid_is_refused_in_every_message_and_changes_nothing() {
    let company = Company::start().await;
    let a = company.connected(&company.link("Anna")).await;
    let b = company.connected(&company.link("Boris")).await;
    let stranger = muster_agent::apple::hardware::Hardware::iphone().unwrap();
    let before = rows(&company).await;
    for claimed in [&b.hardware, &stranger] {
        let forged = a.claiming(claimed);
        for (path, body) in messages(&forged) {
            let answer = forged.says(&company, path, body.clone()).await;
            assert_eq!(answer.status, 403, "{}", String::from_utf8_lossy(&body));
        }
    }
    assert_eq!(rows(&company).await, before);
    assert_eq!((a.idles(&company).await, b.idles(&company).await), (200, 200));
}

async fn device_of(company: &Company, owner: &reqwest::Client, name: &str) -> Value {
    let devices = company.devices(owner).await;
    devices.iter().find(|d| d["owner_name"] == *name).cloned().unwrap_or(Value::Null)
}

/// Whether the card may begin, and may not do anything else before.
async fn begins(company: &Company, card: &Card) -> u16 {
    card.says(company, CHECK_IN, card.authenticate()).await.status
}

#[tokio::test]
async fn a11_a_fresh_certificate_takes_no_enrolled_udid_until_somebody_lets_it_move() {
    let company = Company::start().await;
    let owner = company.server.owner().await;
    let a = company.connected(&company.link("Anna")).await;
    let anna = device_of(&company, &owner, "Anna").await;
    let fresh = company.card(&company.link("Boris")).await.claiming(&a.hardware);
    let before = rows(&company).await;
    assert_eq!(begins(&company, &fresh).await, 403);
    for (path, body) in messages(&fresh) {
        assert_eq!(fresh.says(&company, path, body).await.status, 403);
    }
    assert_eq!(rows(&company).await, before);
    // In another spelling it is the same device.
    let mut spelled = fresh.hardware.clone();
    spelled.udid = spelled.udid.to_lowercase();
    assert_eq!(begins(&company, &fresh.claiming(&spelled)).await, 403);
    let commands = company.server.function(&owner, "device_commands", json!({ "id": anna["id"] })).await.1;
    assert!(commands["reach"]["wants_to_move_at"].is_i64(), "the console tells: {commands}");
    assert_eq!(a.idles(&company).await, 200, "the one that is enrolled stays it");

    let auditor = company.server.account("au@example.org", "auditor").await;
    let lets =
        async |who| company.server.function(who, "device_let_move", json!({ "id": anna["id"] })).await.0;
    assert_eq!(lets(&auditor).await, 403);
    assert_eq!(lets(&owner).await, 200);
    assert_eq!(a.idles(&company).await, 200, "until it moves");
    assert_eq!(begins(&company, &fresh).await, 200);
    assert_eq!(fresh.says(&company, CHECK_IN, fresh.token_update()).await.status, 200);
    assert_eq!(fresh.idles(&company).await, 200);
    assert_eq!(a.idles(&company).await, 401, "it has left");
    let moved = device_of(&company, &owner, "Boris").await;
    assert_eq!((&moved["id"], company.devices(&owner).await.len()), (&anna["id"], 1), "the same row");
    // Once: the next one has to be let again.
    let third = company.card(&company.link("Clara")).await.claiming(&a.hardware);
    assert_eq!(begins(&company, &third).await, 403);
}

#[tokio::test]
async fn a11_a_device_of_another_workspace_stays_there_until_it_is_let_go() {
    let company = Company::start().await;
    let owner = company.server.owner().await;
    let theirs = company.another().await;
    let theirs = ["--workspace", theirs.as_str()];
    let a = company.connected(&company.link("Anna")).await;
    let fresh = company.card(&company.link_in(&theirs, "Boris")).await.claiming(&a.hardware);
    assert_eq!(begins(&company, &fresh).await, 403);
    assert_eq!(a.idles(&company).await, 200);
    assert_eq!(company.server.json(&[&theirs[..], &["devices", "list"]].concat()), json!([]));
    let anna = device_of(&company, &owner, "Anna").await;
    let told = company.server.function(&owner, "device_let_move", json!({ "id": anna["id"] })).await;
    assert_eq!(told.0, 200, "{}", told.1);
    assert_eq!(begins(&company, &fresh).await, 200);
    assert_eq!(fresh.says(&company, CHECK_IN, fresh.token_update()).await.status, 200);
    assert_eq!((fresh.idles(&company).await, a.idles(&company).await), (200, 401));
    let there = company.server.json(&[&theirs[..], &["devices", "list"]].concat());
    assert_eq!(there.as_array().unwrap().len(), 1);
    assert!(device_of(&company, &owner, "Anna").await["left_at"].is_i64(), "listed here as having left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a22_two_phones_by_one_link_in_the_same_moment_are_one_device() {
    let company = Company::start().await;
    for round in 0..5 {
        let link = company.link(&format!("Person{round}"));
        let (one, profile) = (company.card(&link).await, company.profile(&link).await);
        assert_ne!(one.enrolment.scep.challenge, profile.scep.challenge);
        let other = company.card_of(&link, super::kit::key(1)).await;
        let both = tokio::join!(begins(&company, &one), begins(&company, &other));
        assert!(matches!(both, (200, 403) | (403, 200)), "{both:?}");
        let (winner, loser) = if both.0 == 200 { (one, other) } else { (other, one) };
        assert_eq!(loser.says(&company, CHECK_IN, loser.token_update()).await.status, 403);
        assert_eq!(winner.says(&company, CHECK_IN, winner.token_update()).await.status, 200);
        assert_eq!((winner.idles(&company).await, loser.idles(&company).await), (200, 403));
        let devices = company.server.json(&["devices", "list"]);
        assert_eq!(devices.as_array().unwrap().len(), round + 1);
    }
}
