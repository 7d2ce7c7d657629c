//! Names, addresses, groups and languages of people.

use super::room::{Case, Ids, Room, call};
use serde_json::{Value, json};

fn person(name: &str, email: Option<&str>) -> Value {
    json!({ "details": { "name": name, "email": email, "language": null, "groups": [] } })
}

fn name(what: &'static str, name: &str, says: &'static str) -> Case {
    call(what, "user_add", person(name, None), says)
}

fn address(what: &'static str, email: &str, says: &'static str) -> Case {
    call(what, "user_add", person("Eve", Some(email)), says)
}

pub fn cases(ids: &Ids) -> Vec<Case> {
    let no_address = "is not an e-mail address of the form name@example.org";
    let control = "contains a line break or another control character";
    let details = |field: &str, value: Value| {
        let mut person = person("Eve", None);
        person["details"][field] = value;
        person
    };
    vec![
        name("a name of nothing", "", "is empty"),
        name("a name of blanks", " \u{a0}\u{3000} ", "is empty"),
        name("a header in a name", "Ada\r\nBcc: eve@example.net", control),
        name("a bare return in a name", "Ada\rBcc: x", control),
        name("NUL in a name", "Ada\0", control),
        name("an escape sequence in a name", "Ada\u{1b}[2J", control),
        name("a paragraph separator in a name", "Ada\u{2029}x", control),
        name("a name that turns the line round", "Ada \u{202e}gnp.exe", control),
        name("an isolate that is left open", "Ada \u{2066}x", control),
        name("a name of a megabyte", &"A".repeat(900_000), "is too long"),
        name("a name of many marks on one letter", &"a\u{301}".repeat(2000), "is too long"),
        address("an address without an at", "eve.example.org", no_address),
        address("an address of two ats", "eve@@example.org", no_address),
        address("an address without a mailbox", "@example.org", no_address),
        address("an address without a host", "eve@", no_address),
        address("two addresses in one", "eve@example.org,mallory@example.net", no_address),
        address("a second recipient behind a blank", "eve@example.org <mallory@example.net>", no_address),
        address("a header in an address", "eve@example.org\r\nBcc: mallory@example.net", control),
        address("a header in a mailbox", "eve\nX: y@example.org", control),
        address("a host that is a path", "eve@example.org/../x", no_address),
        address("a host with a hyphen in front", "eve@-example.org", no_address),
        address("a mailbox that no server takes", "evé@example.org", "other than Latin letters"),
        address("an address of a thousand letters", &format!("{}@example.org", "e".repeat(1000)), "too long"),
        address("a host of one endless label", &format!("eve@{}.org", "e".repeat(200)), no_address),
        call("a number for a name", "user_add", details("name", json!(7)), "could not be read"),
        call("a list for a name", "user_add", details("name", json!(["Eve"])), "could not be read"),
        call("a language that is none", "user_add", details("language", json!("../en")), "could not be read"),
        call("a group of nothing", "user_add", details("groups", json!([""])), "is empty"),
        call("a header in a group", "user_add", details("groups", json!(["A\r\nB"])), control),
        call(
            "groups that are no list",
            "user_add",
            details("groups", json!({ "0": "A" })),
            "could not be read",
        ),
        call("an id that is SQL", "user_edit", with_id("' OR 1=1 --"), "could not be read"),
        call(
            "an id of another form",
            "user_delete",
            json!({ "id": format!("{}0", ids.user) }),
            "could not be read",
        ),
        call(
            "a group renamed to nothing",
            "group_rename",
            json!({ "name": "Ward 3", "to": "  " }),
            "is empty",
        ),
        call(
            "a device with a header for a name",
            "device_rename",
            json!({ "id": ids.device, "name": "a\nb" }),
            control,
        ),
    ]
}

fn with_id(id: &str) -> Value {
    let mut edit = person("Eve", None);
    edit["id"] = json!(id);
    edit
}

#[tokio::test]
async fn a25_a31_what_is_no_name_no_address_and_no_id_is_refused_in_words() {
    let room = Room::open().await;
    room.refuses(cases(&room.ids)).await;
}
