//! From the link to commands.

use super::phone::{Phone, last, orders, the_device};
use crate::world::Server;
use reqwest::StatusCode;
use serde_json::json;
use std::time::{Duration, Instant};

fn connected() -> Server {
    let server = Server::start();
    server.people();
    server
}

#[tokio::test]
async fn a_phone_connects_by_its_link_and_goes_on_at_an_address_of_its_own() {
    let server = connected();
    let link = server.link();
    let mut phone = Phone::new(&link, "anna");
    let (status, told) = phone.first().await;
    assert_eq!(status, StatusCode::OK);
    let data = &told["data"];
    // What would hurt a phone is never left to chance.
    assert_eq!((&data["pushOptions"], &data["kioskMode"]), (&json!("polling"), &json!(false)));
    assert_eq!((&data["runDefaultLauncher"], &data["permissive"]), (&json!(true), &json!(true)));
    assert!(data["password"].as_str().unwrap().len() == 32 && data.get("passwordReset").is_none(), "{data}");
    for list in ["applications", "files", "applicationSettings", "actions"] {
        assert!(data[list].is_array(), "{list}");
    }
    let number = data["newNumber"].as_str().unwrap().to_owned();
    let address = data["newServerUrl"].as_str().unwrap().to_owned();
    assert!(number.starts_with("m-") && address.starts_with(&server.base) && address != link, "{data}");
    assert!(!told.to_string().contains(link.rsplit('/').next().unwrap()), "the token leaves the phone");
    // Its answer was lost, and it asks again; then it moves.
    assert_eq!(phone.first().await.1["data"]["newServerUrl"], json!(address));
    phone.moves(data);
    let (_, again) = phone.syncs().await;
    assert!(again["data"].get("newNumber").is_none(), "it calls itself so already");
    assert_eq!(phone.reports().await.0, StatusCode::OK);
    let device = the_device(&server);
    assert_eq!((&device["model"], &device["platform"]), (&json!("Pixel 8"), &json!("android")));
    assert_eq!((&device["status"], &device["name"]), (&json!("ok"), &json!("Pixel 8")));
    // The link is used up for everybody else, and works for it no longer than it is revoked.
    assert_eq!(Phone::new(&link, "boris").first().await.1["message"], "error.notfound.device");
    assert_eq!(phone.syncs().await.1["status"], "OK");
}

#[tokio::test]
async fn news_reaches_a_phone_whose_question_is_held_within_two_seconds() {
    let server = connected();
    let owner = server.owner().await;
    let mut phone = Phone::new(&server.link(), "anna");
    phone.connects().await;
    let held = async {
        let begun = Instant::now();
        (phone.polls().await, begun.elapsed())
    };
    let gives = async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        let given = Instant::now();
        let lock = json!({ "kind": "lock", "message": "Bring it back", "phone": null });
        assert_eq!(orders(&server, &owner, lock).await.0, StatusCode::OK);
        given
    };
    let (((status, told), took), _) = tokio::join!(held, gives);
    assert_eq!(status, StatusCode::OK);
    assert_eq!(told["data"], json!([{ "messageType": "configUpdated" }]));
    assert!(took > Duration::from_millis(600) && took < Duration::from_secs(3), "{took:?}");
    let (_, told) = phone.syncs().await;
    assert_eq!(
        (&told["data"]["lock"], &told["data"]["lockMessage"]),
        (&json!(true), &json!("Bring it back"))
    );
    assert_eq!(last(&server, &owner).await, "told");
    // The same from the command line, which is another process: its question is answered at once when it comes.
    orders(&server, &owner, json!({ "kind": "run_app", "package": "org.example.ward" })).await;
    let (_, told) = phone.polls().await;
    let run = json!({ "messageType": "runApp", "payload": r#"{"pkg":"org.example.ward"}"# });
    assert_eq!(told["data"], json!([{ "messageType": "configUpdated" }, run]), "a payload is a text");
}

#[tokio::test]
async fn a_second_question_of_a_phone_ends_its_first() {
    let server = connected();
    let mut phone = Phone::new(&server.link(), "anna");
    phone.connects().await;
    let second = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        tokio::time::timeout(Duration::from_millis(500), phone.polls()).await
    };
    let ((status, told), second) = tokio::join!(phone.polls(), second);
    assert_eq!((status, &told["data"]), (StatusCode::OK, &json!([])), "always with a list");
    assert!(second.is_err(), "it is held now");
}

#[tokio::test]
async fn what_cannot_be_undone_is_confirmed_and_nothing_is_done_twice() {
    let server = connected();
    let owner = server.owner().await;
    let mut phone = Phone::new(&server.link(), "anna");
    phone.connects().await;
    assert_eq!(phone.confirms("reboot/", true).await, StatusCode::CONFLICT, "nobody asked for it");
    orders(&server, &owner, json!({ "kind": "plain", "what": "restart" })).await;
    assert_eq!(phone.syncs().await.1["data"]["reboot"], true);
    assert_eq!(phone.confirms("reboot/", true).await, StatusCode::OK);
    assert_eq!(phone.confirms("reboot/", true).await, StatusCode::CONFLICT, "an old configuration");
    assert_eq!(last(&server, &owner).await, "done");
    // A new password goes to the phone, and stands nowhere else.
    let reset = json!({ "kind": "reset_password", "password": "secret4711" });
    assert_eq!(orders(&server, &owner, reset).await.0, StatusCode::OK);
    let id = the_device(&server)["id"].clone();
    let (_, shown) = server.function(&owner, "device_commands", json!({ "id": id })).await;
    assert!(!shown.to_string().contains("secret4711"), "a30");
    assert_eq!(shown["rows"][0]["order"], json!({ "kind": "reset_password", "password": "" }), "nor sealed");
    assert_eq!(phone.syncs().await.1["data"]["passwordReset"], "secret4711");
    assert_eq!(phone.confirms("password/", true).await, StatusCode::OK);
    assert!(phone.syncs().await.1["data"].get("passwordReset").is_none());
    let audit = String::from_utf8(server.cli(&["audit", "list", "--json"]).stdout).unwrap();
    assert!(!audit.contains("secret4711") && !server.log().contains("secret4711"));
    let database = std::fs::read(server.folder.path().join("data/muster.db-wal")).unwrap();
    assert!(!database.windows(10).any(|w| w == b"secret4711"), "sealed where it is kept");
    // One that says that it cannot is not taken for erased.
    let erase = json!({ "kind": "erase", "keep_data_plan": false });
    orders(&server, &owner, erase.clone()).await;
    assert_eq!(phone.syncs().await.1["data"]["factoryReset"], true);
    assert_eq!(phone.confirms("", false).await, StatusCode::OK);
    assert_eq!(last(&server, &owner).await, "failed");
    orders(&server, &owner, erase).await;
    phone.syncs().await;
    assert_eq!(phone.confirms("", true).await, StatusCode::OK);
    assert_eq!(last(&server, &owner).await, "presumed");
    let device = the_device(&server);
    assert_eq!((&device["status"], &device["reasons"]), (&json!("warning"), &json!(["erased"])));
    let (_, told) = phone.syncs().await;
    assert_eq!(told["status"], "OK", "one that has yet to erase itself is not asked for a number");
    assert_eq!(told["data"].get("factoryReset"), None, "and not told twice");
    assert_eq!(phone.polls().await.0, StatusCode::NOT_FOUND, "so that it asks once a minute and no more");
}
