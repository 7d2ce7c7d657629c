//! Sheets of paper for people without an address: nobody gets a second link unasked, and of many none is forgotten.

use crate::world::{Server, browser};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::fmt::Write;

/// Everybody: who has an address is not meant.
fn everybody() -> String {
    json!([{ "kind": "matching", "filter": {}, "except": [] }, {}]).to_string()
}

async fn post(server: &Server, owner: &Client, fields: &[(&str, &str)]) -> (StatusCode, String, String) {
    let request = owner.post(format!("{}/sheets", server.base)).header("sec-fetch-site", "same-origin");
    let mut answer = request.form(fields).send().await.unwrap();
    let mut at = String::new();
    if answer.status().is_redirection() {
        answer.headers()["location"].to_str().unwrap().clone_into(&mut at);
        answer = owner.get(format!("{}{at}", server.base)).send().await.unwrap();
    }
    (answer.status(), at, answer.text().await.unwrap())
}

fn people(server: &Server, lines: &str) {
    let file = server.folder.path().join("people.csv");
    std::fs::write(&file, format!("name,email,groups\n{lines}")).unwrap();
    server.cli(&["users", "import", file.to_str().unwrap()]);
}

fn open(server: &Server) -> usize {
    let all = server.json(&["invitations", "list"]);
    all.as_array().unwrap().iter().filter(|i| i["state"] == "sent").count()
}

fn sheets(page: &str) -> usize {
    page.matches("<article").count()
}

#[tokio::test]
async fn a_link_is_printed_again_and_another_one_is_made_when_that_is_said() {
    let server = Server::start();
    let owner = server.owner().await;
    people(&server, "Farah <Haddad>,,\nHugo Costa,,\nAnna,anna@example.org,\n");
    let everybody = everybody();
    let (status, first, page) = post(&server, &owner, &[("people", &everybody)]).await;
    assert_eq!((status, sheets(&page), open(&server)), (StatusCode::OK, 2, 2), "{page}");
    assert!(!page.contains("Anna"), "who has an address gets a mail");

    people(&server, "Ivo,,\n");
    let (status, _, page) = post(&server, &owner, &[("people", &everybody)]).await;
    assert_eq!(
        (status, sheets(&page), open(&server)),
        (StatusCode::OK, 0, 2),
        "nothing is made before it is asked"
    );
    assert!(
        page.contains("Farah &lt;Haddad&gt;") && page.contains("Hugo Costa") && !page.contains("Ivo"),
        "{page}"
    );
    let (_, again, page) = post(&server, &owner, &[("people", &everybody), ("way", "again")]).await;
    assert_eq!((sheets(&page), open(&server)), (3, 3));
    let links =
        |at: &str| -> Vec<String> { at.split_once("of=").unwrap().1.split(',').map(str::to_owned).collect() };
    let (first, again) = (links(&first), links(&again));
    assert_eq!(again[..2], first[..], "the same links, in the order of names");
    let (_, more, page) = post(&server, &owner, &[("people", &everybody), ("way", "more")]).await;
    assert_eq!((sheets(&page), open(&server)), (3, 6));
    assert!(links(&more).iter().all(|link| !again.contains(link)));
    // Who left nobody to print for, and what is no form.
    let none = json!([{ "kind": "these", "ids": [] }, {}]).to_string();
    assert_eq!(post(&server, &owner, &[("people", &none)]).await.0, StatusCode::NOT_FOUND);
    for wrong in [("people", "x"), ("people", "[]"), ("way", "again"), ("people", "")] {
        let (status, _, page) = post(&server, &owner, &[wrong]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
        assert!(page.contains("does not say for whom"), "{page}");
    }
    assert_eq!(open(&server), 6);
}

#[tokio::test]
async fn many_are_printed_in_parts_and_none_is_forgotten() {
    let server = Server::start();
    let owner = server.owner().await;
    let lines = (1..=1001).fold(String::new(), |mut lines, n| {
        writeln!(lines, "Ward {n:04},,{}", if n <= 150 { "North" } else { "South" }).unwrap();
        lines
    });
    people(&server, &lines);
    let groups = server.function(&owner, "groups_list", json!({})).await.1;
    let north = &groups[0]["name"];
    assert_eq!(north, "North", "{groups}");
    let north =
        json!([{ "kind": "matching", "filter": { "groups": [north] }, "except": [] }, {}]).to_string();
    let (status, _, page) = post(&server, &owner, &[("people", &north)]).await;
    assert_eq!((status, open(&server)), (StatusCode::OK, 150), "{page}");
    let parts: Vec<&str> =
        page.split("<a href=\"/sheets").skip(1).map(|p| p.split('"').next().unwrap()).collect();
    assert_eq!(parts.len(), 2);
    assert!(page.contains("Ward 0001 – Ward 0100") && page.contains("Ward 0101 – Ward 0150"), "{page}");
    assert!(!page.contains("first thousand"));
    let mut seen = 0;
    for part in parts {
        let answer = owner.get(format!("{}/sheets{part}", server.base)).send().await.unwrap();
        seen += sheets(&answer.text().await.unwrap());
    }
    assert_eq!(seen, 150);
    let (_, _, page) = post(&server, &owner, &[("people", &everybody()), ("way", "again")]).await;
    assert!(page.contains("first thousand") && page.contains("901–1000"), "{page}");
    assert_eq!(open(&server), 1000);
}

#[tokio::test]
async fn a29_a_selection_of_another_workspaces_people_prints_nothing() {
    let server = Server::start();
    let owner = server.owner().await;
    people(&server, "Farah Haddad,,\n");
    let all: Value = server.json(&["users", "list"]);
    let farah = json!([{ "kind": "these", "ids": [all[0]["id"]] }, {}]).to_string();
    let (_, at, _) = post(&server, &owner, &[("people", &farah)]).await;
    let sheet = at.split_once("/sheets").unwrap().1;
    let signed_out = browser().get(format!("{}/sheets{sheet}", server.base)).send().await.unwrap();
    assert!(!signed_out.text().await.unwrap().contains("<article"));
    let request =
        owner.post(format!("{}/workspaces/new", server.base)).header("sec-fetch-site", "same-origin");
    let answer = request.form(&[("name", "Elsewhere")]).send().await.unwrap();
    assert!(answer.status().is_redirection(), "{}", answer.status());
    assert_eq!(post(&server, &owner, &[("people", &farah), ("way", "again")]).await.0, StatusCode::NOT_FOUND);
    let theirs = owner.get(format!("{}/sheets{sheet}", server.base)).send().await.unwrap();
    assert_eq!(theirs.status(), StatusCode::NOT_FOUND);
}
