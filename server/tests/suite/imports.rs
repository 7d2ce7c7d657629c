//! People in from files: looked at, mended or left out, and written as a whole.

use crate::world::{self, Server, raw};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

/// As Excel writes it in Russia.
const WINDOWS_1251: &[u8] =
    b"\xD4\xC8\xCE;\xCF\xEE\xF7\xF2\xE0;\xCE\xF2\xE4\xE5\xEB\r\n\xC0\xED\xED\xE0 \xCF\xE5\xF2\xF0\xEE\xE2\xE0;anna@example.org;\xD5\xE8\xF0\xF3\xF0\xE3\xE8\xFF\r\n\xC1\xEE\xF0\xE8\xF1;not an address;\r\n";

async fn upload(server: &Server, browser: &Client, bytes: &[u8]) -> (StatusCode, Value) {
    let answer =
        browser.post(format!("{}/import/file", server.base)).body(bytes.to_vec()).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap_or_default())
}

async fn look(server: &Server, browser: &Client, file: &Value, how: Value) -> Value {
    let (status, answer) =
        server.function(browser, "import_look", json!({ "upload": file["upload"], "how": how })).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer
}

async fn write(server: &Server, browser: &Client, file: &Value, how: Value) -> Value {
    let (status, answer) =
        server.function(browser, "import_write", json!({ "upload": file["upload"], "how": how })).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    loop {
        let (_, state) = server.function(browser, "import_state", json!({ "upload": file["upload"] })).await;
        if state.get("going").is_none() {
            return state;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_file_is_looked_at_as_often_as_one_likes_and_written_as_a_whole() {
    let server = Server::start();
    let owner = server.owner().await;
    let (status, file) = upload(&server, &owner, WINDOWS_1251).await;
    assert_eq!(status, StatusCode::OK);
    let seen = &look(&server, &owner, &file, json!({})).await["Ok"];
    assert_eq!(
        (&seen["encoding"], &seen["delimiter"], &seen["columns"]),
        (&json!("windows1251"), &json!("semicolon"), &json!(["name", "email", "groups"]))
    );
    assert_eq!(
        (&seen["new"], &seen["bad_total"], &seen["groups"]),
        (&json!(1), &json!(1), &json!(["Хирургия"]))
    );
    assert_eq!(seen["bad"][0]["line"], 3);
    // Nothing is written while a row has to be mended.
    let body = json!({ "upload": file["upload"], "how": {} });
    assert_eq!(server.function(&owner, "import_write", body).await.0, StatusCode::CONFLICT);
    assert_eq!(server.json(&["users", "list"]).as_array().unwrap().len(), 0);
    // Left out, by its line or with all that are like it.
    let seen = &look(&server, &owner, &file, json!({ "left_out": [3] })).await["Ok"];
    assert_eq!((&seen["bad_total"], &seen["left_out"]), (&json!(0), &json!(1)));
    let done = write(&server, &owner, &file, json!({ "without_bad": true })).await;
    assert_eq!(done, json!({ "done": { "added": 1, "updated": 0 } }));
    let users = server.json(&["users", "list"]);
    assert_eq!((&users[0]["name"], &users[0]["groups"]), (&json!("Анна Петрова"), &json!(["Хирургия"])));
    // Once is enough.
    let body = json!({ "upload": file["upload"], "how": { "without_bad": true } });
    assert_eq!(server.function(&owner, "import_write", body).await.0, StatusCode::CONFLICT);
}

#[tokio::test]
async fn who_is_there_is_updated_and_keeps_what_the_file_does_not_say() {
    let server = Server::start();
    let owner = server.owner().await;
    let (_, file) =
        upload(&server, &owner, b"name,email,groups\nAnna Petrova,anna@example.org,Ward 3\n").await;
    write(&server, &owner, &file, json!({})).await;
    // Neither a name nor groups.
    let (_, file) = upload(&server, &owner, b"mail\nANNA@example.org\nb.ahmed@example.org\n").await;
    let seen = &look(&server, &owner, &file, json!({})).await["Ok"];
    assert_eq!((&seen["new"], &seen["there"]), (&json!(1), &json!(1)));
    let done = write(&server, &owner, &file, json!({})).await;
    assert_eq!(done, json!({ "done": { "added": 1, "updated": 1 } }));
    let users = server.json(&["users", "list"]);
    assert_eq!((&users[0]["name"], &users[0]["groups"]), (&json!("Anna Petrova"), &json!(["Ward 3"])));
    assert_eq!(users[1]["name"], "B. Ahmed");
}

#[tokio::test]
async fn what_is_no_list_is_refused_with_its_reason() {
    let server = Server::start();
    let owner = server.owner().await;
    for (bytes, why) in [
        (&b"PK\x03\x04rest"[..], json!({ "Err": { "unreadable": "spreadsheet" } })),
        (b"%PDF-1.7", json!({ "Err": { "unreadable": "pdf" } })),
        (
            b"name,email\n\"Anna,a@example.org\nBoris,b@example.org\n",
            json!({ "Err": { "table": { "open_quote": { "line": 2 } } } }),
        ),
    ] {
        let (_, file) = upload(&server, &owner, bytes).await;
        assert_eq!(look(&server, &owner, &file, json!({})).await, why);
    }
}

#[tokio::test]
async fn a29_a45_a_file_is_for_who_uploaded_it_alone_and_comes_from_the_console() {
    let server = Server::start();
    let owner = server.owner().await;
    let (_, file) = upload(&server, &owner, b"name,email\nAnna,anna@example.org\n").await;
    let other = server.account("other@example.org", "administrator").await;
    for function in ["import_look", "import_write"] {
        let body = json!({ "upload": file["upload"], "how": {} });
        assert_eq!(server.function(&other, function, body).await.0, StatusCode::NOT_FOUND, "{function}");
    }
    let body = json!({ "upload": file["upload"] });
    assert_eq!(server.function(&other, "import_state", body).await.0, StatusCode::NOT_FOUND);
    let auditor = server.account("auditor@example.org", "auditor").await;
    assert_eq!(upload(&server, &auditor, b"name\nA\n").await.0, StatusCode::FORBIDDEN);
    assert_eq!(upload(&server, &world::browser(), b"name\nA\n").await.0, StatusCode::UNAUTHORIZED);
    let foreign = owner.post(format!("{}/import/file", server.base)).header("sec-fetch-site", "cross-site");
    assert_eq!(foreign.body("name\nA\n").send().await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(server.json(&["users", "list"]).as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a37_cells_that_begin_as_formulas_are_text_and_come_back_as_they_were() {
    let server = Server::start();
    let owner = server.owner().await;
    let csv = "name,email,groups\n=1+1,a@example.org,\"=cmd|' /C calc'!A0\"\n+49 Anna,b@example.org,@SUM(A1)\n'-2,c@example.org,\n";
    let (_, file) = upload(&server, &owner, csv.as_bytes()).await;
    let done = write(&server, &owner, &file, json!({})).await;
    assert_eq!(done["done"]["added"], 3);
    let answer = owner.get(format!("{}/users.csv", server.base)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let exported = answer.text().await.unwrap();
    for cell in ["'=1+1", "'+49 Anna", "'-2", "'@SUM(A1)"] {
        assert!(exported.contains(cell), "{cell}: {exported}");
    }
    assert!(!exported.split(['\n', ',']).any(|cell| cell.starts_with(['=', '+', '@'])), "{exported}");
}

#[tokio::test]
async fn a_large_file_is_taken_and_a_larger_one_refused() {
    let server = Server::start();
    let owner = server.owner().await;
    let mut csv = String::from("name,email,groups\n");
    for n in 0..60_000 {
        csv.push_str(&format!("Person {n},p{n}@example.org,Ward {}\n", n % 7));
    }
    assert!(csv.len() > 2 << 20);
    let (status, file) = upload(&server, &owner, csv.as_bytes()).await;
    assert_eq!(status, StatusCode::OK);
    let done = write(&server, &owner, &file, json!({})).await;
    assert_eq!(done, json!({ "done": { "added": 60_000, "updated": 0 } }));
    let head =
        format!("POST /import/file HTTP/1.1\r\nHost: muster\r\nContent-Length: {}\r\n\r\n", (64 << 20) + 1);
    assert_eq!(world::status(&raw(&server.base, &head).await), 413);
}
