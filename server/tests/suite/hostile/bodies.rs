//! Bodies that are not what they call themselves.

use super::room::{Ask, Case, Ids, Room};
use crate::world::{raw, status};
use reqwest::Method;

fn body(name: &'static str, kind: &'static str, body: impl Into<Vec<u8>>, back: (u16, &'static str)) -> Case {
    let ask = Ask::Send(Method::POST, "/api/fn/user_add".into(), kind, body.into());
    Case { name, ask, status: back.0, says: back.1 }
}

const GOOD: &str = r#"{"details":{"name":"Eve","email":null,"language":null,"groups":[]}}"#;

pub fn cases(_: &Ids) -> Vec<Case> {
    let unread = (422, "could not be read");
    let json = |name, text: &str, back| body(name, "application/json", text, back);
    let elsewhere = |name, method: Method, path: &str, kind, text: &str, back: (u16, &'static str)| Case {
        name,
        ask: Ask::Send(method, path.into(), kind, text.as_bytes().to_vec()),
        status: back.0,
        says: back.1,
    };
    let form = "application/x-www-form-urlencoded";
    vec![
        json("a body of nothing", "", unread),
        json("a body of null", "null", unread),
        json("a body that breaks off", &GOOD[..30], unread),
        json("a body with another behind it", &format!("{GOOD}{GOOD}"), unread),
        json("a list for a body", &format!("[{GOOD}]"), unread),
        json("twenty thousand brackets", &"[".repeat(20_000), unread),
        json("twenty thousand objects in one another", &"{\"details\":".repeat(20_000), unread),
        json("a number that is no number", r#"{"details":{"name":1e999999}}"#, unread),
        json("one field twice", &GOOD.replace("\"email\":null", "\"name\":\"Ada\""), unread),
        json("half of a letter, escaped", &GOOD.replace("Eve", "\\ud800"), unread),
        body("a body that is no UTF-8", "application/json", b"{\"details\":\"\xff\xfe\"}".to_vec(), unread),
        body("JSON that calls itself a text", "text/plain", GOOD, (415, "application/json only")),
        body("JSON that calls itself a form", form, GOOD, (415, "application/json only")),
        body("JSON without a name of its kind", "", GOOD, (415, "application/json only")),
        Case {
            name: "a body over the limit",
            ask: Ask::Large("/api/fn/user_add", 2 << 20),
            status: 413,
            says: "",
        },
        elsewhere(
            "a function that is none",
            Method::POST,
            "/api/fn/drop_all",
            "application/json",
            "{}",
            (404, "There is nothing here"),
        ),
        elsewhere(
            "a function by another method",
            Method::PUT,
            "/api/fn/user_add",
            "application/json",
            GOOD,
            (405, "POST only"),
        ),
        elsewhere("a form without its fields", Method::POST, "/workspaces/new", form, "", (422, "")),
        elsewhere(
            "a form that is no form",
            Method::POST,
            "/session/workspace",
            form,
            "%%%=%ff",
            (422, "missing field"),
        ),
        elsewhere(
            "a workspace of two lines",
            Method::POST,
            "/workspaces/new",
            form,
            "name=A%0d%0aB",
            (422, ""),
        ),
        elsewhere("a preview of nothing", Method::POST, "/message/preview", form, "", (422, "")),
    ]
}

#[tokio::test]
async fn a25_a_body_that_is_something_else_is_the_callers_fault() {
    let room = Room::open().await;
    room.refuses(cases(&room.ids)).await;
}

#[tokio::test]
async fn what_no_client_would_send_is_refused_and_the_next_is_answered() {
    let room = Room::open().await;
    let head = "POST /login HTTP/1.1\r\nHost: muster\r\nConnection: close\r\n";
    for (what, bytes) in [
        ("a length that is none", format!("{head}Content-Length: -1\r\n\r\n")),
        ("two lengths", format!("{head}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab")),
        ("a chunk of no size", format!("{head}Transfer-Encoding: chunked\r\n\r\nzz\r\n")),
        ("a method of two words", "GET GET / HTTP/1.1\r\nHost: muster\r\n\r\n".into()),
        ("a version of tomorrow", "GET / HTTP/9.9\r\nHost: muster\r\n\r\n".into()),
        (
            "a head without an end",
            format!("GET / HTTP/1.1\r\nHost: muster\r\nX: {}\r\n\r\n", "a".repeat(60_000)),
        ),
        ("a field that is folded", "GET / HTTP/1.1\r\nHost: muster\r\nX: a\r\n b\r\n\r\n".into()),
        ("a field of no name", "GET / HTTP/1.1\r\nHost: muster\r\n: x\r\n\r\n".into()),
    ] {
        let told = raw(&room.server.base, &bytes).await;
        assert!(told.is_empty() || (400..500).contains(&status(&told)), "{what}: {told}");
    }
    let told =
        raw(&room.server.base, "GET /healthz HTTP/1.1\r\nHost: muster\r\nConnection: close\r\n\r\n").await;
    assert_eq!(status(&told), 200);
}
