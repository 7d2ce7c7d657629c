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
    part(server, browser, file, how, json!({})).await
}

async fn part(server: &Server, browser: &Client, file: &Value, how: Value, part: Value) -> Value {
    let body = json!({ "upload": file["upload"], "how": how, "part": part });
    let (status, answer) = server.function(browser, "import_look", body).await;
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
    assert_eq!(done, json!({ "done": { "added": 1, "updated": 0, "same": 0 } }));
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
    assert_eq!(done, json!({ "done": { "added": 1, "updated": 1, "same": 0 } }));
    let users = server.json(&["users", "list"]);
    assert_eq!((&users[0]["name"], &users[0]["groups"]), (&json!("Anna Petrova"), &json!(["Ward 3"])));
    assert_eq!(users[1]["name"], "B. Ahmed");
}

/// The lines of the rows that are shown, each with what becomes of it.
fn fates(seen: &Value) -> Vec<(u64, Value)> {
    let shown = seen["shown"].as_array().unwrap().iter();
    shown.map(|shown| (shown["row"]["line"].as_u64().unwrap(), shown["fate"].clone())).collect()
}

#[tokio::test]
async fn it_is_told_who_is_renamed_joins_and_leaves_before_anything_is_written() {
    let server = Server::start();
    let owner = server.owner().await;
    let csv = b"name,email,groups\nAda Larsen,ada.larsen@example.org,Pharmacy\nAda Bauer,ada.bauer@example.org,Ward 3\n";
    let (_, file) = upload(&server, &owner, csv).await;
    write(&server, &owner, &file, json!({})).await;
    let csv = b"name,email,groups\nAda Larsen,ada.larsen@example.org,\nA. Bauer,ada.bauer@example.org,Surgery\n,noname@example.org,\nBad,no address,\nToo,too@example.org,\n";
    let (_, file) = upload(&server, &owner, csv).await;
    let changes = |people, renamed, joining, leaving| json!({ "people": people, "renamed": renamed, "joining": joining, "leaving": leaving, "language": 0 });
    let there = |name: &str, new: Option<&str>, joins: Value, leaves: Value| {
        let change =
            json!({ "name": new, "email": null, "language": null, "joins": joins, "leaves": leaves });
        json!({ "there": { "name": name, "change": change } })
    };
    // Who is taken in again is looked for, too.
    let seen = &look(&server, &owner, &file, json!({ "left_out": [3] })).await["Ok"];
    assert_eq!((&seen["new"], &seen["there"]), (&json!(2), &json!(1)));
    let seen = &look(&server, &owner, &file, json!({})).await["Ok"];
    assert_eq!((&seen["new"], &seen["there"], &seen["left"]), (&json!(2), &json!(2), &json!([])));
    assert_eq!(seen["changes"], changes(1, 1, 1, 0));
    assert_eq!(seen["kinds"], json!([5, 1, 1, 1, 0]));
    let all = fates(seen);
    assert_eq!(all[0], (2, there("Ada Larsen", None, json!([]), json!([]))));
    assert_eq!(all[1], (3, there("Ada Bauer", Some("A. Bauer"), json!(["Surgery"]), json!([]))));
    assert_eq!(all[2], (4, json!({ "new": { "made": "Noname" } })));
    assert!(all[3].1.get("bad").is_some(), "{all:?}");
    assert_eq!(all[4], (6, json!({ "new": { "made": null } })));
    // What the file's groups replace is named; who has none in it stays in theirs. What is left out is among the rows.
    // A name that was made is corrected; one that the file has is not.
    let named = json!({ "2": "Somebody Else", "4": "Noemi Name" });
    let seen = &look(&server, &owner, &file, json!({ "named": named })).await["Ok"];
    assert_eq!(fates(seen)[2], (4, json!({ "new": { "made": "Noemi Name" } })));
    assert_eq!(fates(seen)[0].1, there("Ada Larsen", None, json!([]), json!([])));
    let how =
        json!({ "groups": "replace", "left_out": [6], "without_bad": true, "named": { "4": "Noemi Name" } });
    let seen = &look(&server, &owner, &file, how.clone()).await["Ok"];
    assert_eq!((&seen["changes"], &seen["left"]), (&changes(1, 1, 1, 1), &json!(["Ward 3"])));
    assert_eq!(seen["kinds"], json!([5, 1, 1, 0, 2]));
    let all = fates(seen);
    assert_eq!(all[1].1, there("Ada Bauer", Some("A. Bauer"), json!(["Surgery"]), json!(["Ward 3"])));
    assert_eq!(all[3], (5, json!({ "left_out": { "alone": false } })));
    assert_eq!(all[4], (6, json!({ "left_out": { "alone": true } })));
    let done = write(&server, &owner, &file, how).await;
    assert_eq!(done, json!({ "done": { "added": 1, "updated": 1, "same": 1 } }));
    let users = server.json(&["users", "list"]);
    let users: Vec<_> = users.as_array().unwrap().iter().map(|u| json!([u["name"], u["groups"]])).collect();
    let expected =
        [json!(["A. Bauer", ["Surgery"]]), json!(["Ada Larsen", ["Pharmacy"]]), json!(["Noemi Name", []])];
    assert_eq!(users, expected);
}

#[tokio::test]
async fn a_file_is_looked_through_page_by_page() {
    let server = Server::start();
    let owner = server.owner().await;
    let mut csv = String::from("name,email\n");
    for n in 0..120 {
        csv.push_str(&if n % 40 == 7 {
            format!(",p{n}@example.org\n")
        } else {
            format!("Person {n},p{n}@example.org\n")
        });
    }
    let (_, file) = upload(&server, &owner, csv.as_bytes()).await;
    let shown = async |part_: Value| {
        let seen = part(&server, &owner, &file, json!({}), part_).await["Ok"].clone();
        let lines: Vec<_> = fates(&seen).into_iter().map(|(line, _)| line).collect();
        (seen["before"].as_u64().unwrap(), lines)
    };
    assert_eq!(shown(json!({})).await, (0, (2..12).collect()));
    assert_eq!(shown(json!({ "long": true, "page": 1 })).await, (50, (52..102).collect()));
    // The last one, where there are not as many.
    assert_eq!(shown(json!({ "long": true, "page": 9 })).await, (100, (102..122).collect()));
    assert_eq!(shown(json!({ "which": "made", "long": true })).await, (0, vec![9, 49, 89]));
    assert_eq!(shown(json!({ "which": "updates" })).await, (0, vec![]));
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
        let mut body = json!({ "upload": file["upload"], "how": {} });
        if function == "import_look" {
            body["part"] = json!({});
        }
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
    // With all columns that the import reads.
    assert!(exported.starts_with("\u{FEFF}name,email,groups,language,devices"), "{exported}");
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
    assert_eq!(done, json!({ "done": { "added": 60_000, "updated": 0, "same": 0 } }));
    let head =
        format!("POST /import/file HTTP/1.1\r\nHost: muster\r\nContent-Length: {}\r\n\r\n", (64 << 20) + 1);
    assert_eq!(world::status(&raw(&server.base, &head).await), 413);
}
