//! Pasted lists. What is no person is told with the rest, so the answer's status is 200.

use super::room::{Ask, Case, Ids, Room, call};
use serde_json::json;

fn paste(name: &'static str, text: &str, says: &'static str) -> Case {
    Case { name, ask: Ask::Call("pasted_look", json!({ "text": text })), status: 200, says }
}

pub fn cases(ids: &Ids) -> Vec<Case> {
    let person =
        |name: &str, email: &str| json!({ "name": name, "email": email, "language": null, "groups": [] });
    vec![
        paste("a text of separators", ";;,, \n\t;", "\"people\":[]"),
        paste("a text without an address", "Dear all, hello", "\"people\":[]"),
        paste("brackets without an address", "<<<>>> <@> <>", "\"people\":[]"),
        paste("a quoted name that never ends", "\"Ada <a@example.org", ""),
        paste("a header that was copied along", "a@example.org\r\nBcc: b@example.org", ""),
        paste("NUL in a list", "a@example.org\0b@example.org", ""),
        paste("markup round an address", "<script>alert(1)</script> <a@example.org>", ""),
        paste("an address for a program", "mailto:a@example.org?bcc=b@example.net", ""),
        paste("one address a hundred times", &"a@b.c,".repeat(100), ""),
        paste("one word of half a megabyte", &"a".repeat(500_000), "\"people\":[]"),
        call(
            "people who are no list",
            "people_add",
            json!({ "people": "all", "groups": [] }),
            "could not be read",
        ),
        call(
            "one of many with a header in the name",
            "people_add",
            json!({ "people": [person("Ada", "ada@example.org"), person("B\r\nX: y", "b@example.org")], "groups": [] }),
            "control character",
        ),
        call(
            "one of many with half an address",
            "people_add",
            json!({ "people": [person("Ada", "ada@example.org"), person("Bob", "bob@")], "groups": ["Ward 3"] }),
            "is not an e-mail address",
        ),
        call(
            "a selection of all and nothing",
            "group_join",
            json!({ "group": "Ward 3", "selection": { "kind": "all" } }),
            "could not be read",
        ),
        call(
            "a selection by a filter that is none",
            "group_join",
            json!({ "group": "Ward 3", "selection": { "kind": "matching", "filter": { "sql": "1=1" }, "except": [ids.user] } }),
            "could not be read",
        ),
    ]
}

#[tokio::test]
async fn a25_a41_a_list_that_is_pasted_is_taken_apart_and_writes_nothing_by_itself() {
    let room = Room::open().await;
    room.refuses(cases(&room.ids)).await;
}
