//! What comes in is of the form that it should have: lines, columns, paths (ABUSE A25, A31, A43).

use super::sign_in::{session, sign_in};
use crate::world::{PIXEL, Server, agent, browser, phone, raw, status};
use reqwest::StatusCode;
use serde_json::json;

#[tokio::test]
async fn a43_no_path_leads_out_of_the_builds_files_or_into_the_data() {
    let server = Server::start();
    let owner = server.owner().await;
    let cookie = session(&sign_in(&server, "rosa@example.org", None).await);
    drop(owner);
    let data = server.folder.path().join("data");
    let absolute = data.join("muster.key").to_str().unwrap().replace('/', "%2f");
    for name in [
        "../manifest.json",
        "..%2fmanifest.json",
        "%2e%2e%2fmanifest.json",
        "..%5cmanifest.json",
        "....//manifest.json",
        "..%252fmanifest.json",
        "../../../../etc/passwd",
        "..%2f..%2f..%2f..%2fetc%2fpasswd",
        "%2fetc%2fpasswd",
        "..%2f..%2fdata%2fmuster.key",
        "..;/muster.db",
        "muster.db%00.js",
        &absolute,
        "",
        ".",
        "..",
        "%c0%ae%c0%ae%2fmanifest.json",
    ] {
        for root in ["/pkg/", "/preview/", "/api/", "/"] {
            let request = format!(
                "GET {root}{name} HTTP/1.1\r\nHost: muster\r\nCookie: muster_session={cookie}\r\nConnection: close\r\n\r\n"
            );
            let answer = raw(&server.base, &request).await;
            // `/` and `/.` are the console's own page.
            let home = root == "/" && name.is_empty();
            assert!(home || (400..500).contains(&status(&answer)), "{root}{name}: {answer}");
            for inside in ["root:x:0", "muster-key-v1", "SQLite format", "\"wasm\""] {
                assert!(!answer.contains(inside), "{root}{name} has {inside}");
            }
        }
    }
    let user = "/preview?user=..%2f..%2fmuster.key&language=..%2f..%2f&days=7";
    let request = format!(
        "GET {user} HTTP/1.1\r\nHost: muster\r\nCookie: muster_session={cookie}\r\nConnection: close\r\n\r\n"
    );
    let answer = raw(&server.base, &request).await;
    assert_eq!(status(&answer), 400, "{answer}");
}

#[tokio::test]
async fn a31_what_is_no_column_no_filter_and_no_page_is_refused_or_left_aside() {
    let server = Server::start();
    server.people();
    let owner = server.owner().await;
    for name in ["users_list", "devices_list", "invitations_list"] {
        for query in [
            json!({ "sort": "password" }),
            json!({ "sort": "name; DROP TABLE user" }),
            json!({ "sort": "1" }),
            json!({ "sort": ["name"] }),
            json!({ "window": { "page": -1, "size": 50 } }),
            json!({ "window": { "page": "1 OR 1=1", "size": 50 } }),
            json!({ "filter": { "search": { "like": "%" } }, "search": { "like": "%" } }),
            json!({ "filter": "1=1", "status": "1=1", "state": "1=1" }),
            json!({ "descending": "DESC, password" }),
        ] {
            // Invitations have an order of their own, and take no sort.
            if name == "invitations_list" && (query.get("sort").or(query.get("descending"))).is_some() {
                continue;
            }
            let (status, told) = server.function(&owner, name, json!({ "query": query })).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {query}: {told}");
        }
        let huge = json!({ "query": { "window": { "page": u32::MAX, "size": u32::MAX } } });
        let (status, page) = server.function(&owner, name, huge).await;
        assert_eq!(status, StatusCode::OK, "{name}: {page}");
    }
    for search in
        ["' OR 1=1 --", "\"", "%", "_", "*", "NEAR(a b)", "name:x", "(", "a OR b", "'; DROP TABLE user; --"]
    {
        let body = json!({ "query": { "filter": { "search": search } } });
        let (status, page) = server.function(&owner, "users_list", body).await;
        assert_eq!((status, &page["page"]["total"]), (StatusCode::OK, &json!(0)), "{search}");
    }
    let html = owner.get(format!("{}/users?sort=password&page=-1&size=x", server.base)).send().await.unwrap();
    assert_eq!(html.status(), StatusCode::OK);
    assert!(html.text().await.unwrap().contains("Anna Petrova"), "the list as it is by itself");
}

#[tokio::test]
async fn a25_line_breaks_and_nul_are_refused_wherever_a_name_or_an_address_comes_in() {
    let server = Server::start();
    server.people();
    let owner = server.owner().await;
    let user = server.json(&["users", "list"])[0]["id"].clone();
    let claimed = agent().claim(&server.link().parse().unwrap(), &phone("hardware-1")).await.unwrap();
    let device = json!(claimed.device_id);
    let (_, all) = server.function(&owner, "settings_get", json!({})).await;
    for evil in ["Ada\r\nBcc: eve@example.net", "Ada\nX: y", "Ada\rX", "Ada\0", "Ada\u{85}X", "Ada\u{2028}X"]
    {
        let person =
            |name: &str, email: &str| json!({ "name": name, "email": email, "language": null, "groups": [] });
        for (name, body) in [
            ("user_add", json!({ "details": person(evil, "x@example.org") })),
            ("user_edit", json!({ "id": user, "details": person(evil, "x@example.org") })),
            ("user_add", json!({ "details": person("X", &format!("x{}@example.org", &evil[3..])) })),
            (
                "user_add",
                json!({ "details": { "name": "X", "email": null, "language": null, "groups": [evil] } }),
            ),
            ("device_rename", json!({ "id": device, "name": evil })),
        ] {
            let (status, answer) = server.function(&owner, name, body).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {evil:?}: {answer}");
            assert!(answer.to_string().contains("a line break or another control character"), "{answer}");
        }
        let password = json!({ "kind": "set", "password": evil });
        let body = json!({ "settings": all["settings"], "password": password });
        let (status, answer) = server.function(&owner, "settings_set", body).await;
        if evil != "Ada\u{2028}X" {
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "password {evil:?}: {answer}");
        }
        for field in ["name", "sender", "sender_name", "help_contact", "public_url", "agent_package"] {
            let mut settings = all["settings"].clone();
            if settings.get(field).is_none() {
                continue;
            }
            settings[field] = json!(evil);
            let body = json!({ "settings": settings, "password": { "kind": "keep" } });
            let (status, answer) = server.function(&owner, "settings_set", body).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {evil:?}: {answer}");
        }
        let file = server.folder.path().join("evil.csv");
        std::fs::write(&file, format!("name,email\n\"{evil}\",x@example.org\n")).unwrap();
        let out = crate::world::muster(server.folder.path())
            .args(["users", "import", file.to_str().unwrap()])
            .output();
        assert_eq!(out.unwrap().status.code(), Some(1), "{evil:?}");
    }
    assert_eq!(server.json(&["users", "list"]).as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a25_nothing_that_is_looked_for_is_a_failure() {
    let server = Server::start();
    server.people();
    let owner = server.owner().await;
    for odd in [
        "\0",
        "a\0b",
        "anna\0petrova",
        "\u{1}",
        "\"",
        "\"a",
        "a\" OR \"b",
        "AND",
        "NOT a*",
        "NEAR(a b)",
        "{a b}:c",
        "^a",
        "%",
        "_",
        "\\",
        "'",
        "--",
        ";",
        "\u{202E}",
        "\u{FEFF}",
        "\u{10FFFF}",
        "e\u{301}",
        &"long ".repeat(20_000),
        &"x".repeat(100_000),
    ] {
        let shown: String = odd.chars().take(20).collect();
        for (name, body) in [
            ("users_list", json!({ "query": { "filter": { "search": odd, "groups": [odd] } } })),
            ("users_list", json!({ "query": { "filter": { "search": odd } } })),
            ("devices_list", json!({ "query": { "search": odd } })),
            ("invitations_list", json!({ "query": { "search": odd } })),
            (
                "send_review",
                json!({ "selection": { "kind": "matching", "filter": { "search": odd }, "except": [] } }),
            ),
        ] {
            let (status, answer) = server.function(&owner, name, body).await;
            assert_eq!(status, StatusCode::OK, "{name} {shown:?}: {answer}");
        }
        if odd.len() < 100 {
            for path in ["users", "devices", "invitations"] {
                let query = [("search", odd), ("q", odd), ("group", odd), ("page", odd), ("sort", odd)];
                let query = serde_urlencoded::to_string(query).unwrap();
                let answer = owner.get(format!("{}/{path}?{query}", server.base)).send().await.unwrap();
                assert_eq!(answer.status(), StatusCode::OK, "{path} {shown:?}");
                let html = answer.text().await.unwrap();
                assert!(!html.contains("Reference:") && html.contains("</html>"), "{path} {shown:?}");
            }
        }
    }
    let (_, found) = server
        .function(&owner, "users_list", json!({ "query": { "filter": { "search": "petrova\0anna" } } }))
        .await;
    assert_eq!(found["page"]["total"], 1, "{found}");
    // The plain forms, and what a phone's page takes.
    let odd = "a\0b\r\nc@example.org";
    let form = [("email", odd), ("password", odd)];
    let refused = browser().post(format!("{}/login", server.base)).form(&form).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    for path in
        ["/%00", "/a%00b", "/users/%00", "/mails/%00", "/setup/%00", "/devices/a%00", "/invitations/%0d%0a"]
    {
        let answer = owner.get(format!("{}{path}", server.base)).send().await.unwrap();
        assert!(!answer.status().is_server_error(), "{path}: {}", answer.status());
    }
    let link = server.link();
    for query in ["as=%00", "lang=%00", "as=a%00b&lang=ru%00", "%00=%00"] {
        let answer =
            browser().get(format!("{link}?{query}")).header("user-agent", PIXEL).send().await.unwrap();
        assert!(!answer.status().is_server_error(), "{query}");
    }
}
