//! Commands on the whole way, with the real server and the reference agent; and the race for a link over HTTP.

use crate::{
    served::Served,
    world::{agent, phone},
};
use futures::future::join_all;
use muster_agent::{link::Link, session};
use muster_agent_protocol::messages::{AckRequest, AckStatus};
use reqwest::{StatusCode, redirect};
use serde_json::{Value, json};

fn link(served: &Served, person: usize) -> Link {
    let made = served.json(&["invite", &format!("person{person}@example.org"), "--print-link"]);
    made[0]["link"].as_str().unwrap().parse().unwrap()
}

async fn owner(served: &Served) -> reqwest::Client {
    let browser =
        reqwest::Client::builder().cookie_store(true).redirect(redirect::Policy::none()).build().unwrap();
    let form = [("name", "Rosa"), ("email", "rosa@example.org"), ("password", "longenough1")];
    let done = browser.post(served.setup.as_ref().unwrap()).form(&form).send().await.unwrap();
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    browser
}

async fn function(
    served: &Served,
    browser: &reqwest::Client,
    name: &str,
    body: Value,
) -> (StatusCode, Value) {
    let answer = browser.post(format!("{}/api/fn/{name}", served.base)).json(&body).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap_or(Value::Null))
}

fn done() -> AckRequest {
    AckRequest { status: AckStatus::Done, detail: None }
}

#[tokio::test]
async fn a_device_that_is_asked_for_a_report_reports_and_the_console_sees_it_done() {
    let served = Served::start();
    served.people("all", 1);
    let browser = owner(&served).await;
    let file = served.path("phone.json");
    let state = session::enroll(&agent(), &link(&served, 0), phone("hardware-1"), &file).await.unwrap();
    let id = state.connection.unwrap().device_id;
    let body = json!({ "id": id });
    for _ in 0..2 {
        assert_eq!(function(&served, &browser, "device_ask_report", body.clone()).await.0, StatusCode::OK);
    }
    let (_, asked) = function(&served, &browser, "device_commands", body.clone()).await;
    assert_eq!((asked["rows"].as_array().unwrap().len(), &asked["rows"][0]["state"]), (1, &"queued".into()));
    // What is told in the report comes with it: the battery has changed since.
    let mut kept: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    kept["report"]["battery_percent"] = 7.into();
    std::fs::write(&file, kept.to_string()).unwrap();
    assert_eq!(session::check_in(&agent(), &file).await.unwrap().commands, ["report"]);
    let (_, after) = function(&served, &browser, "device_commands", body.clone()).await;
    let row = &after["rows"][0];
    assert_eq!((&row["state"], &row["id"]), (&"done".into(), &asked["rows"][0]["id"]));
    assert!(row["delivered_at"].is_i64() && row["ended_at"].is_i64());
    let (_, device) = function(&served, &browser, "device_get", body).await;
    assert_eq!(device["device"]["facts"]["battery_percent"], 7);
    assert!(session::check_in(&agent(), &file).await.unwrap().commands.is_empty(), "done is done");
}

#[tokio::test]
async fn a12_an_answer_is_taken_once_from_the_right_device_and_for_a_command_it_was_given() {
    let served = Served::start();
    served.people("all", 2);
    let browser = owner(&served).await;
    let mine = agent().claim(&link(&served, 0), &phone("hardware-1")).await.unwrap();
    let other = agent().claim(&link(&served, 1), &phone("hardware-2")).await.unwrap();
    function(&served, &browser, "device_ask_report", json!({ "id": mine.device_id })).await;
    let state = async || {
        let (_, list) = function(&served, &browser, "device_commands", json!({ "id": mine.device_id })).await;
        list["rows"][0]["state"].as_str().unwrap().to_owned()
    };
    assert!(agent().check_in(&other, None).await.unwrap().commands.is_empty(), "each gets its own");
    let fetched = agent().check_in(&mine, None).await.unwrap().commands;
    assert_eq!((fetched.len(), fetched[0].kind.as_str()), (1, "report"));
    let again = agent().check_in(&mine, None).await.unwrap().commands;
    assert_eq!(again, fetched, "it comes until it is acknowledged");
    let command = &fetched[0].id;
    let refused = agent().ack(&other, command, &done()).await.unwrap_err();
    assert_eq!(refused.code(), "command_unknown");
    let mut forged = mine.clone();
    forged.key.clone_from(&other.key);
    assert_eq!(agent().ack(&forged, command, &done()).await.unwrap_err().code(), "signature_invalid");
    let invented = agent().ack(&mine, "019ab9d1-0000-7000-8000-000000000001", &done()).await.unwrap_err();
    assert_eq!(invented.code(), "command_unknown");
    assert_eq!(agent().ack(&mine, "1", &done()).await.unwrap_err().code(), "command_unknown");
    assert_eq!(state().await, "delivered");
    let failed = AckRequest { status: AckStatus::Failed, detail: Some("no battery".into()) };
    agent().ack(&mine, command, &failed).await.unwrap();
    agent().ack(&mine, command, &done()).await.unwrap();
    assert_eq!(state().await, "failed", "the first answer stays");
    agent().leave(&mine).await.unwrap();
    assert_eq!(agent().ack(&mine, command, &done()).await.unwrap_err().code(), "device_left");
    let (status, _) = function(&served, &browser, "device_ask_report", json!({ "id": mine.device_id })).await;
    assert_eq!(status, StatusCode::CONFLICT);
}

#[tokio::test(flavor = "multi_thread")]
async fn a22_of_thirty_two_phones_that_claim_one_link_over_http_exactly_one_connects() {
    let served = Served::start();
    served.people("all", 1);
    let link = link(&served, 0);
    let phones: Vec<_> = (0..32).map(|n| phone(&format!("hardware-{n}"))).collect();
    let agent = agent();
    let claims = join_all(phones.iter().map(|phone| agent.claim(&link, phone))).await;
    let refusals: Vec<_> =
        claims.iter().filter_map(|c| c.as_ref().err()).map(|e| e.code().to_owned()).collect();
    assert_eq!(refusals, vec!["link_used"; 31]);
    let winner = claims.into_iter().find_map(Result::ok).unwrap();
    agent.check_in(&winner, None).await.unwrap();
    assert_eq!(served.json(&["devices", "list"]).as_array().unwrap().len(), 1);
}
