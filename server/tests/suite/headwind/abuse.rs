//! What is refused of a Headwind agent (ABUSE A19, A20, A21, A26, A43).

use super::phone::{Phone, orders, the_device};
use crate::world::{Server, raw, status};
use reqwest::{Method, StatusCode};
use serde_json::json;

/// Two phones of two people, each at its own address.
async fn two() -> (Server, Phone, Phone) {
    let server = Server::start();
    server.people();
    let mut phones = [Phone::new(&server.link(), "anna"), Phone::new(&server.link(), "boris")];
    for phone in &mut phones {
        phone.connects().await;
    }
    let [one, two] = phones;
    (server, one, two)
}

#[tokio::test]
async fn a19_a_number_opens_nothing_without_its_own_address() {
    let (server, one, two) = two().await;
    let as_other = Phone { number: two.number.clone(), ..Phone::new(&one.address, "") };
    for told in [as_other.syncs().await, as_other.first().await] {
        assert_eq!((told.0, told.1["message"].as_str()), (StatusCode::OK, Some("error.notfound.device")));
    }
    assert_eq!(as_other.polls().await.0, StatusCode::NOT_FOUND);
    assert_eq!(as_other.reports().await.1["message"], "error.notfound.device");
    assert_eq!(
        as_other.confirms("reboot/", true).await,
        StatusCode::OK,
        "an answer without an order is none"
    );
    // Nor does what can be guessed: no address at all, an IMEI or serial number, an address of one's own making.
    let made_up = format!("{}/u{}", server.base, "0".repeat(26));
    for address in [
        server.base.clone(),
        made_up,
        format!("{}/e/x", server.base),
        format!("{}/{}", server.base, one.serial),
    ] {
        let phone = Phone::new(&address, &one.number);
        let (status, told) = phone.syncs().await;
        assert!(
            status == StatusCode::NOT_FOUND || told["message"] == "error.notfound.device",
            "{address}: {status} {told}"
        );
    }
    let devices = server.json(&["devices", "list"]);
    assert_eq!(devices.as_array().unwrap().len(), 2, "nothing is made on demand");
}

#[tokio::test]
async fn a21_a_get_takes_no_link_and_a_link_that_is_taken_serves_its_own_phone_alone() {
    let server = Server::start();
    server.people();
    let link = server.link();
    let phone = Phone::new(&link, "anna");
    assert_eq!(phone.syncs().await.1["message"], "error.notfound.device");
    assert_eq!(phone.reports().await.1["message"], "error.notfound.device");
    let bad = phone.asks(Method::POST, "public/sync/configuration/anna", Some("no JSON".into())).await;
    assert_eq!(bad.0, StatusCode::BAD_REQUEST);
    assert_eq!(server.json(&["devices", "list"]).as_array().unwrap().len(), 0);
    assert_eq!(phone.first().await.1["status"], "OK");
    let (_, told) = phone.syncs().await;
    assert_eq!(told["status"], "OK", "before it has moved");
    let mut moved = Phone::new(&link, "anna");
    moved.moves(&told["data"]);
    assert_eq!(
        (moved.syncs().await.1["status"].as_str(), phone.syncs().await.1["status"].as_str()),
        (Some("OK"), Some("OK")),
        "that answer was lost"
    );
    moved.reports().await;
    assert_eq!(moved.syncs().await.1["status"], "OK");
    assert_eq!(phone.syncs().await.1["message"], "error.notfound.device", "it has an address of its own");
    assert_eq!(phone.reports().await.1["message"], "error.notfound.device");
    assert_eq!(phone.first().await.1["status"], "OK", "reset at once, and set up anew");
    assert_eq!(Phone::new(&link, "boris").syncs().await.1["message"], "error.notfound.device");
}

#[tokio::test]
async fn a19_who_finds_the_link_of_a_phone_that_has_moved_is_refused_until_somebody_says_yes() {
    let server = Server::start();
    server.people();
    let owner = server.owner().await;
    let (link, mut phone) = (server.link(), Phone::new("", "anna"));
    phone.address.clone_from(&link);
    phone.connects().await;
    let url = format!("sqlite://{}", server.folder.path().join("data/muster.db").display());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    let earlier = "UPDATE headwind_device SET claimed_at = claimed_at - 3600000000";
    sqlx::query(earlier).execute(&pool).await.unwrap();
    pool.close().await;
    for number in ["anna", &phone.number] {
        let (status, told) = Phone::new(&link, number).first().await;
        assert_eq!((status, told["message"].as_str()), (StatusCode::OK, Some("error.notfound.device")));
        assert!(told["data"].is_null(), "{told}");
    }
    let device = the_device(&server);
    assert!(device["reasons"].to_string().contains("link_used_again"), "{device}");
    let asked = json!({ "id": device["id"] });
    assert_eq!(server.function(&owner, "device_commands", asked.clone()).await.1["asked_again"], true);
    assert_eq!(phone.syncs().await.1["status"], "OK", "who has moved goes on");
    let id = device["id"].as_str().unwrap();
    server.json(&["devices", "decide", id, "not-this"]);
    assert_eq!(the_device(&server)["status"], "ok");
    // Asked once more on the next day.
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    sqlx::query("UPDATE headwind_device SET asked_again_at = NULL").execute(&pool).await.unwrap();
    pool.close().await;
    assert_eq!(Phone::new(&link, "anna").first().await.1["message"], "error.notfound.device");
    let yes = json!({ "id": device["id"], "yes": true });
    assert_eq!(server.function(&owner, "device_asked_again", yes.clone()).await.0, StatusCode::OK);
    assert_eq!(server.function(&owner, "device_asked_again", yes).await.0, StatusCode::CONFLICT);
    let mut anew = Phone::new(&link, "anna");
    anew.connects().await;
    assert_eq!(anew.address, phone.address);
    let log = server.json(&["audit", "list"]).to_string();
    for (what, times) in [
        ("device.link_used_again", 2),
        ("device.link_use_dismissed", 1),
        ("device.may_connect_again", 1),
        ("device.reconnected", 1),
    ] {
        assert_eq!(log.matches(what).count(), times, "{what}: {log}");
    }
}

#[tokio::test]
async fn a23_an_ended_link_connects_nothing_and_a_deleted_device_is_known_no_more() {
    let server = Server::start();
    server.people();
    let link = server.link();
    let id = server.json(&["invitations", "list"])[0]["id"].as_str().unwrap().to_owned();
    server.cli(&["invitations", "revoke", &id]);
    assert_eq!(Phone::new(&link, "anna").first().await.1["message"], "error.notfound.device");
    let mut phone = Phone::new(&server.link(), "anna");
    phone.connects().await;
    let owner = server.owner().await;
    let device = the_device(&server)["id"].clone();
    assert_eq!(server.function(&owner, "device_delete", json!({ "id": device })).await.0, StatusCode::OK);
    assert_eq!(phone.syncs().await.1["message"], "error.notfound.device");
    assert_eq!(phone.first().await.1["message"], "error.notfound.device");
}

#[tokio::test]
async fn a20_what_is_missing_or_odd_is_an_answer_and_never_a_panic() {
    let (server, one, _) = two().await;
    for body in [
        "",
        "null",
        "[]",
        "{}",
        "\"x\"",
        r#"{"deviceId":7}"#,
        r#"{"deviceId":null}"#,
        "{\"deviceId\":\"\\u0000\"}",
    ] {
        for path in ["public/sync/info".to_owned(), format!("plugins/devicereset/public/{}", one.number)] {
            let (status, _) = one.asks(Method::POST, &path, Some(body.into())).await;
            assert!(status.is_client_error() || status.is_success(), "{path} {body}: {status}");
        }
        let path = format!("plugins/devicelog/log/list/{}", one.number);
        assert!(!one.asks(Method::POST, &path, Some(body.into())).await.0.is_server_error());
    }
    let large = format!(r#"{{"deviceId":"{}"}}"#, "x".repeat(1 << 20));
    let (status, _) = one.asks(Method::POST, "public/sync/info", Some(large)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(!server.log().contains("panicked"));
    assert_eq!(one.syncs().await.1["status"], "OK");
}

#[tokio::test]
async fn a43_tricks_with_paths_lead_nowhere() {
    let (server, one, _) = two().await;
    let project = one.address.rsplit('/').next().unwrap();
    for path in [
        format!("/{project}/rest/public/sync/configuration/.."),
        format!("/{project}/rest/public/sync/configuration/%2e%2e"),
        format!("/{project}/rest/public/sync/configuration/%2e%2e%2f{}", one.number),
        format!("/{project}/rest/public/sync/configuration/{}%00", one.number),
        format!("/{project}/rest/../rest/public/sync/configuration/{}", one.number),
        format!("/{project}//rest/public/sync/configuration/{}", one.number),
        format!("/%2e%2e%2f{project}/rest/public/sync/configuration/{}", one.number),
        format!("/{}/rest/public/sync/configuration/{}", project.to_uppercase(), one.number),
        format!("/x%2F{project}/rest/public/sync/configuration/{}", one.number),
    ] {
        let host = server.base.strip_prefix("http://").unwrap();
        let answer =
            raw(&server.base, &format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"))
                .await;
        let refused = matches!(status(&answer), 400 | 404) || answer.contains("error.notfound.device");
        assert!(refused && !answer.contains("pushOptions"), "{path}: {answer}");
    }
}

#[tokio::test]
async fn a26_neither_token_nor_address_stands_in_the_log() {
    let (server, one, _) = two().await;
    orders(&server, &server.owner().await, json!({ "kind": "plain", "what": "report" })).await;
    one.polls().await;
    let log = server.log();
    let secret = one.address.rsplit('/').next().unwrap();
    assert!(log.contains("/rest/") && !log.contains(secret), "{log}");
}

#[tokio::test]
async fn a_second_phone_at_an_address_stops_commands_until_somebody_decides() {
    let server = Server::start();
    server.people();
    let owner = server.owner().await;
    let mut phone = Phone::new(&server.link(), "anna");
    phone.connects().await;
    let copy = Phone { serial: "R5CT2", address: phone.address.clone(), number: phone.number.clone() };
    assert_eq!(copy.reports().await.0, StatusCode::OK);
    let device = the_device(&server);
    assert_eq!(device["status"], "critical");
    assert!(device["reasons"].to_string().contains("possible_copy"), "{device}");
    let restart = json!({ "kind": "plain", "what": "restart" });
    assert_eq!(orders(&server, &owner, restart.clone()).await.0, StatusCode::CONFLICT);
    let id = device["id"].clone();
    let (_, shown) = server.function(&owner, "device_commands", json!({ "id": id })).await;
    assert_eq!(shown["copy"], "serial number R5CT2, not R5CT1");
    assert_eq!(server.function(&owner, "device_is_the_same", json!({ "id": id })).await.0, StatusCode::OK);
    assert_eq!(copy.reports().await.0, StatusCode::OK);
    assert_eq!(the_device(&server)["status"], "ok");
    assert_eq!(orders(&server, &owner, restart).await.0, StatusCode::OK);
}
