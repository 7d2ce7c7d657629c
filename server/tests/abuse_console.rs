//! What nobody can do to the console: guess its way in, set it up again, outlive a session, or act from elsewhere (ABUSE A29, A31–A34,
//! A38–A41, A43–A45).

#![expect(clippy::unwrap_used, reason = "a test that panics fails, as it should")]

mod world;

use futures::StreamExt;
use muster_domain::{
    Timestamp, UserId, WorkspaceId,
    ports::{UserStore, WorkspaceStore},
    user::UserDetails,
};
use reqwest::StatusCode;
use serde_json::json;
use std::time::Duration;
use world::{PIXEL, Server, agent, browser, page, phone, raw, status};

#[tokio::test]
async fn a33_unknown_names_and_wrong_passwords_get_the_same_answer_and_then_none() {
    let server = Server::start();
    let owner = server.owner().await;
    assert_eq!(server.function(&owner, "me", json!({})).await.0, StatusCode::OK);
    let login = format!("{}/login", server.base);
    let attempt = async |email: &str, password: &str| {
        let answer =
            browser().post(&login).form(&[("email", email), ("password", password)]).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap().replace(email, "");
        // The nonce differs from page to page.
        let text =
            text.split("nonce=\"").map(|p| p.split_once('"').map_or(p, |(_, rest)| rest)).collect::<String>();
        (status, text)
    };
    let wrong = attempt("rosa@example.org", "wrong").await;
    assert_eq!(wrong.0, StatusCode::UNAUTHORIZED);
    assert_eq!(wrong, attempt("nobody@example.org", "wrong").await);
    for _ in 0..9 {
        assert_eq!(attempt("rosa@example.org", "wrong").await.0, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(attempt("rosa@example.org", "longenough1").await.0, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(server.function(&owner, "me", json!({})).await.0, StatusCode::OK, "who is in stays in");
}

#[tokio::test]
async fn a34_the_first_set_up_happens_once_by_whatever_path() {
    let server = Server::start();
    server.owner().await;
    let token = server.setup.rsplit('/').next().unwrap();
    for path in [
        format!("/setup/{token}"),
        format!("/setup/{token}/"),
        format!("/SETUP/{token}"),
        format!("/setup/..;/{token}"),
        format!("/%73etup/{token}"),
        "/setup".into(),
    ] {
        let form = [("name", "Eve"), ("email", "eve@example.org"), ("password", "longenough1")];
        let answer = browser().post(format!("{}{path}", server.base)).form(&form).send().await.unwrap();
        assert!(answer.status().is_client_error(), "{path}: {}", answer.status());
    }
    let again = Server::start();
    let form = [("name", "Rosa"), ("email", "rosa@example.org"), ("password", "short")];
    let answer = browser().post(&again.setup).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    again.owner().await;
}

#[tokio::test]
async fn a44_an_event_stream_ends_with_its_session() {
    let server = Server::start();
    assert_eq!(
        browser().get(format!("{}/events", server.base)).send().await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
    let browser = server.owner().await;
    let mut events = browser.get(format!("{}/events", server.base)).send().await.unwrap().bytes_stream();
    events.next().await.unwrap().unwrap();
    quiet(&mut events).await;
    browser.post(format!("{}/session/end", server.base)).send().await.unwrap();
    let ended = async {
        while let Some(Ok(chunk)) = events.next().await {
            assert!(!String::from_utf8_lossy(&chunk).contains("change"));
        }
    };
    tokio::time::timeout(Duration::from_secs(2), ended).await.unwrap();
    assert_eq!(server.function(&browser, "me", json!({})).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a45_the_console_takes_nothing_from_another_origin_or_of_another_kind() {
    let server = Server::start();
    let browser = server.owner().await;
    let own = server.base.clone();
    let cases: [(&[(&str, &str)], StatusCode); 7] = [
        (&[("origin", "https://evil.example")], StatusCode::FORBIDDEN),
        (&[("sec-fetch-site", "cross-site")], StatusCode::FORBIDDEN),
        (&[("sec-fetch-site", "same-site"), ("origin", "https://a.example")], StatusCode::FORBIDDEN),
        (&[("origin", "null")], StatusCode::FORBIDDEN),
        (&[("origin", "null"), ("sec-fetch-site", "same-origin")], StatusCode::OK),
        (&[("origin", own.as_str()), ("sec-fetch-site", "same-origin")], StatusCode::OK),
        (&[], StatusCode::OK),
    ];
    for (headers, expected) in cases {
        let mut request = browser.post(format!("{}/api/fn/me", server.base)).json(&json!({}));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        assert_eq!(request.send().await.unwrap().status(), expected, "{headers:?}");
    }
    let plain =
        browser.post(format!("{}/api/fn/me", server.base)).header("content-type", "text/plain").body("{}");
    assert_eq!(plain.send().await.unwrap().status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let get = browser.get(format!("{}/api/fn/me", server.base));
    assert_eq!(get.send().await.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);
    let redirect = browser
        .post(format!("{}/api/fn/me", server.base))
        .json(&json!({}))
        .header("accept", "text/html")
        .header("referer", "https://evil.example/");
    assert!(redirect.send().await.unwrap().headers().get("location").is_none());
    let form = browser.post(format!("{}/session/end", server.base)).header("origin", "https://evil.example");
    assert_eq!(form.send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

/// Reads away what was told of the account's own making, which another process's look may be late for.
async fn quiet(events: &mut (impl futures::Stream + Unpin)) {
    while tokio::time::timeout(Duration::from_millis(700), events.next()).await.is_ok_and(|e| e.is_some()) {}
}

/// The value of the session's cookie that an answer sets.
fn session(answer: &reqwest::Response) -> String {
    let set = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"), "{set}");
    set.split(['=', ';']).nth(1).unwrap().to_owned()
}

async fn sign_in(server: &Server, email: &str, cookie: Option<&str>) -> reqwest::Response {
    let form = [("email", email), ("password", "longenough1")];
    let mut asked = browser().post(format!("{}/login", server.base)).form(&form);
    if let Some(cookie) = cookie {
        asked = asked.header("cookie", format!("muster_session={cookie}"));
    }
    asked.send().await.unwrap()
}

/// What the session may: the status of `me`.
async fn me(server: &Server, cookie: &str) -> StatusCode {
    let asked = browser().post(format!("{}/api/fn/me", server.base)).json(&json!({}));
    asked.header("cookie", format!("muster_session={cookie}")).send().await.unwrap().status()
}

#[tokio::test]
async fn a33_a_sign_in_makes_a_new_session_and_ends_the_one_before_it() {
    let server = Server::start();
    server.owner().await;
    let planted = "A".repeat(43);
    let first = session(&sign_in(&server, "rosa@example.org", Some(&planted)).await);
    assert_ne!(first, planted);
    assert_eq!(me(&server, &planted).await, StatusCode::UNAUTHORIZED);
    assert_eq!(me(&server, &first).await, StatusCode::OK);
    let second = session(&sign_in(&server, "rosa@example.org", Some(&first)).await);
    assert_eq!(
        (me(&server, &first).await, me(&server, &second).await),
        (StatusCode::UNAUTHORIZED, StatusCode::OK)
    );
    let third = session(&sign_in(&server, "rosa@example.org", None).await);
    assert_eq!(me(&server, &second).await, StatusCode::OK, "another browser stays signed in");
    let all = browser().post(format!("{}/session/end-all", server.base));
    all.header("cookie", format!("muster_session={third}")).send().await.unwrap();
    for ended in [&second, &third] {
        assert_eq!(me(&server, ended).await, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a33_a_new_password_and_another_role_end_the_sessions_and_their_streams() {
    let server = Server::start();
    server.owner().await;
    for change in ["password", "role"] {
        let email = format!("{change}@example.org");
        let browser = server.account(&email, "administrator").await;
        let mut events = browser.get(format!("{}/events", server.base)).send().await.unwrap().bytes_stream();
        events.next().await.unwrap().unwrap();
        assert_eq!(server.function(&browser, "settings_get", json!({})).await.0, StatusCode::OK);
        quiet(&mut events).await;
        if change == "role" {
            server.cli(&["account", "role", &email, "auditor"]);
        } else {
            let reset = server.json(&["account", "reset", &email]);
            assert_eq!(server.function(&browser, "me", json!({})).await.0, StatusCode::OK, "not by asking");
            server.set_password(reset["link"].as_str().unwrap()).await;
        }
        assert_eq!(server.function(&browser, "me", json!({})).await.0, StatusCode::UNAUTHORIZED, "{change}");
        let ended = async {
            while let Some(Ok(chunk)) = events.next().await {
                assert!(!String::from_utf8_lossy(&chunk).contains("change"), "{chunk:?}");
            }
        };
        tokio::time::timeout(Duration::from_secs(2), ended).await.unwrap();
    }
    let again = session(&sign_in(&server, "role@example.org", None).await);
    let asked = browser().post(format!("{}/api/fn/settings_get", server.base)).json(&json!({}));
    let asked = asked.header("cookie", format!("muster_session={again}"));
    assert_eq!(asked.send().await.unwrap().status(), StatusCode::FORBIDDEN, "an auditor now");
}

#[tokio::test]
async fn a33_an_unknown_name_takes_the_time_of_a_known_one_and_is_locked_like_it() {
    let server = Server::start();
    server.owner().await;
    let login = format!("{}/login", server.base);
    // One browser for all: making one takes longer than an answer.
    let anyone = browser();
    let attempt = async |email: &str| {
        let form = [("email", email), ("password", "wrong-password")];
        let begun = std::time::Instant::now();
        let status = anyone.post(&login).form(&form).send().await.unwrap().status();
        (status, begun.elapsed())
    };
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for _ in 0..9 {
        known.push(attempt("rosa@example.org").await.1);
        unknown.push(attempt("nobody@example.org").await.1);
    }
    known.sort();
    unknown.sort();
    // Without the hash of nobody an unknown name takes a fiftieth; the machine's noise is less than a half.
    assert!(unknown[4] * 2 > known[4] && known[4] * 2 > unknown[4], "{unknown:?} {known:?}");
    for email in ["rosa@example.org", "nobody@example.org"] {
        assert_eq!(attempt(email).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(attempt(email).await.0, StatusCode::TOO_MANY_REQUESTS, "{email}");
    }
    let right = sign_in(&server, "rosa@example.org", None).await;
    assert_eq!(right.status(), StatusCode::TOO_MANY_REQUESTS, "the right password tells nothing either");
}

#[tokio::test]
async fn a32_a_header_that_anyone_can_write_resets_no_limit() {
    for trusted in [false, true] {
        let words: &[&str] = if trusted { &["--trust-proxy", "127.0.0.1"] } else { &[] };
        let server = Server::with(words, &[]);
        server.owner().await;
        let attempt = async |n: usize, forwarded: &str| {
            let form = [("email", format!("n{n}@example.org")), ("password", "wrong".into())];
            let asked = browser().post(format!("{}/login", server.base)).form(&form);
            let asked =
                asked.header("x-forwarded-for", forwarded).header("forwarded", format!("for={forwarded}"));
            let asked = asked.header("x-real-ip", format!("203.0.113.{n}"));
            asked.header("cf-connecting-ip", format!("203.0.113.{n}")).send().await.unwrap().status()
        };
        for n in 0..50 {
            let spoofed = format!("203.0.113.{n}, 2001:db8:7:7::{n:x}");
            assert_eq!(attempt(n, &spoofed).await, StatusCode::UNAUTHORIZED, "{n}");
        }
        let next = attempt(51, "203.0.113.99, 2001:db8:7:7:ffff::1").await;
        assert_eq!(next, StatusCode::TOO_MANY_REQUESTS, "one network, whatever stands on the left");
        let other = attempt(52, "203.0.113.99, 2001:db8:7:8::1").await;
        let expected = if trusted { StatusCode::UNAUTHORIZED } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(other, expected, "believed from a trusted proxy alone");
    }
}

#[tokio::test]
async fn a34_no_spelling_of_a_path_opens_the_set_up_again() {
    let server = Server::start();
    server.owner().await;
    let token = server.setup.rsplit('/').next().unwrap();
    let form = "name=Eve&email=eve%40example.org&password=longenough1";
    for path in [
        format!("/setup/{token}"),
        format!("/setup/{token}/"),
        format!("/setup/{token}//"),
        format!("//setup/{token}"),
        format!("/setup//{token}"),
        format!("/./setup/{token}"),
        format!("/x/../setup/{token}"),
        format!("/setup/..;/{token}"),
        format!("/setup/..;/setup/{token}"),
        format!("/setup;x=y/{token}"),
        format!("/setup/{token};x"),
        format!("/%73etup/{token}"),
        format!("/setup%2F{token}"),
        format!("/setup/%2e/{token}"),
        format!("/setup/%2e%2e/setup/{token}"),
        format!("/SETUP/{token}"),
        format!("/Setup/{token}"),
        format!("/setup/{token}%00"),
        format!("/setup/{token}%20"),
        format!("/setup/{token}.json"),
        format!("/setup\\{token}"),
        "/setup".into(),
        "/setup/".into(),
        "/setup/..".into(),
        "/setup/%2e%2e".into(),
        "/SetupWizard.aspx/".into(),
    ] {
        for (method, body) in [("POST", form), ("GET", ""), ("PUT", form)] {
            let request = format!(
                "{method} {path} HTTP/1.1\r\nHost: muster\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                 Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            let answer = raw(&server.base, &request).await;
            assert!((400..500).contains(&status(&answer)), "{method} {path}: {answer}");
            assert!(!answer.to_lowercase().contains("set-cookie"), "{method} {path}");
        }
    }
    let form = [("email", "eve@example.org"), ("password", "longenough1")];
    let eve = browser().post(format!("{}/login", server.base)).form(&form).send().await.unwrap();
    assert_eq!(eve.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a39_no_address_from_a_request_decides_where_a_browser_is_led() {
    let server = Server::start();
    let owner = server.owner().await;
    let form = [("email", "rosa@example.org"), ("password", "longenough1")];
    for evil in [
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "https://evil.example/",
        "/%09/evil.example",
    ] {
        for name in ["next", "return", "redirect", "url", "continue"] {
            let query = serde_urlencoded::to_string([(name, evil)]).unwrap();
            let mut typed = form.to_vec();
            typed.push((name, evil));
            let at = |path: &str| format!("{}{path}?{query}", server.base);
            let led = [
                (browser().get(at("/users")), "/login"),
                (browser().get(at("/")), "/login"),
                (owner.get(at("/login")), "/users"),
                (owner.post(at("/session/theme")).form(&[("theme", "dark"), (name, evil)]), "/users"),
                (owner.post(at("/session/language")).form(&[("language", "en"), (name, evil)]), "/users"),
            ];
            for (asked, to) in led {
                let answer = asked.header("referer", "https://evil.example/").send().await.unwrap();
                assert_eq!(answer.status(), StatusCode::SEE_OTHER);
                assert_eq!(answer.headers()["location"], to, "{name}={evil}");
            }
        }
        let query = serde_urlencoded::to_string([("next", evil)]).unwrap();
        let page = browser().get(format!("{}/login?{query}", server.base)).send().await.unwrap();
        assert!(!page.text().await.unwrap().contains("evil"));
        let typed = [("email", "rosa@example.org"), ("password", "longenough1"), ("next", evil)];
        let done =
            browser().post(format!("{}/login?{query}", server.base)).form(&typed).send().await.unwrap();
        assert_eq!(
            (done.status(), &done.headers()["location"]),
            (StatusCode::SEE_OTHER, &"/users".parse().unwrap())
        );
    }
    let home = owner.get(format!("{}/?next=//evil.example", server.base)).send().await.unwrap();
    assert_eq!(home.headers()["location"], "/users");
}

#[tokio::test]
async fn a40_a_script_in_a_path_a_query_a_form_or_a_header_stays_out_of_every_page() {
    let server = Server::with(&["--trust-proxy", "127.0.0.1"], &[]);
    server.people();
    let owner = server.owner().await;
    let link = server.link();
    let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let query = |name: &str| serde_urlencoded::to_string([(name, evil)]).unwrap();
    let path = query("").split_off(1);
    let users = format!("/users?{}&{}&{}", query("q"), query("sort"), query("user"));
    let mut pages = Vec::new();
    for asked in [
        browser().get(format!("{link}?{}", query("as"))),
        browser().get(format!("{}/{path}", server.base)),
        browser().get(format!("{}/setup/{path}", server.base)),
        browser().get(format!("{}/pkg/{path}", server.base)),
        browser().get(format!("{}/login?{}", server.base, query("error"))),
        browser().post(format!("{}/login", server.base)).form(&[("email", evil), ("password", evil)]),
        browser().post(format!("{}/login", server.base)).form(&[("email", evil)]),
        browser().get(format!("{}/login", server.base)).header("x-request-id", evil),
        browser().get(&link).header("accept-language", evil).header("sec-ch-ua-platform", evil),
        owner.get(format!("{}{users}", server.base)),
        owner.get(format!("{}/devices?{}", server.base, query("q"))),
        owner.get(format!("{}/invitations?{}", server.base, query("q"))),
        owner.get(format!("{}/preview?{}", server.base, query("user"))),
        owner.get(format!("{}/api/docs?{}", server.base, query("q"))),
    ] {
        let asked = asked.header("user-agent", format!("{PIXEL} {evil}")).header("accept", "text/html");
        let answer = asked.header("referer", "https://evil.example/<script>").send().await.unwrap();
        let at = answer.url().to_string();
        assert!(answer.status() != StatusCode::INTERNAL_SERVER_ERROR, "{at}");
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(
            !policy.contains("script-src 'unsafe-inline'") && policy.contains("default-src 'none'"),
            "{policy}"
        );
        pages.push((at, answer.text().await.unwrap()));
    }
    for (at, page) in &pages {
        assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "{at}: {page}");
    }
    assert!(pages.iter().any(|(_, p)| p.contains("&lt;script&gt;alert")), "some show it, as text");
}

#[tokio::test]
async fn a41_what_looks_like_a_template_stays_as_typed_in_page_mail_and_error() {
    let server = Server::start();
    let owner = server.owner().await;
    let typed = "{{link}} {{7*7}} {% raw %} ${7*7} <%= 7*7 %> #{7*7} {{help}}";
    let escaped = "{{link}} {{7*7}} {% raw %} ${7*7} &lt;%= 7*7 %&gt; #{7*7} {{help}}";
    let (_, all) = server.function(&owner, "settings_get", json!({})).await;
    let mut settings = all["settings"].clone();
    settings["name"] = json!(typed);
    settings["help_contact"] = json!(typed);
    let set = json!({ "settings": settings, "password": { "kind": "keep" } });
    assert_eq!(server.function(&owner, "settings_set", set).await.0, StatusCode::OK);
    let details = json!({ "name": typed, "email": "anna@example.org", "language": null, "groups": [] });
    assert_eq!(server.function(&owner, "user_add", json!({ "details": details })).await.0, StatusCode::OK);
    let user = server.json(&["users", "list"])[0]["id"].as_str().unwrap().to_owned();
    let query = [("user", user.as_str()), ("language", "en"), ("days", "7"), ("note", typed)];
    let query = serde_urlencoded::to_string(query).unwrap();
    let mail = owner.get(format!("{}/preview?{query}", server.base)).send().await.unwrap();
    let mail = mail.text().await.unwrap();
    let phone = page(&server.link(), PIXEL).await.1;
    for (what, text, least) in [("mail", &mail, 3), ("phone", &phone, 2)] {
        assert!(text.matches(escaped).count() >= least, "{what}: {text}");
        assert!(!text.contains(" 49 "), "{what} was evaluated: {text}");
    }
    let form = [("email", typed), ("password", "wrong")];
    let error = browser().post(format!("{}/login", server.base)).form(&form).send().await.unwrap();
    assert!(error.text().await.unwrap().contains(escaped));
    let bad = json!({ "details": { "name": "x", "email": typed, "language": null, "groups": [] } });
    let (status, told) = server.function(&owner, "user_add", bad).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!told.to_string().contains(" 49 "), "{told}");
}

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
async fn a29_another_workspace_is_reached_by_no_id_in_a_path_a_body_or_a_move_and_its_events_are_not_told() {
    let server = Server::start();
    server.people();
    let owner = server.owner().await;
    let connected = agent().claim(&server.link().parse().unwrap(), &phone("hardware-1")).await.unwrap();
    let ours = server.json(&["users", "list"])[0]["id"].clone();
    let store = server.store().await;
    let [other, stranger] = ["019ab9d0-6c1e-7d43-8a55-0d3c1f3b9a10", "019ab9d0-6c1e-7d43-8a55-0d3c1f3b9a11"];
    let (workspace, user): (WorkspaceId, UserId) = (other.parse().unwrap(), stranger.parse().unwrap());
    let person = |name: &str| UserDetails {
        name: name.parse().unwrap(),
        email: Some("victim@example.net".parse().unwrap()),
        language: None,
        groups: vec!["Ward 3".parse().unwrap()],
    };
    store.add_workspace(workspace, Timestamp(1)).await.unwrap();
    let mut events = owner.get(format!("{}/events", server.base)).send().await.unwrap().bytes_stream();
    events.next().await.unwrap().unwrap();
    store.add_user(workspace, user, &person("Victim"), Timestamp(1)).await.unwrap();
    store.update_user(workspace, user, &person("Victim")).await.unwrap();
    let told = tokio::time::timeout(Duration::from_secs(1), events.next()).await;
    assert!(told.is_err(), "a44: another workspace's change was told: {told:?}");

    let moved = json!({ "id": connected.device_id, "owner": stranger });
    assert!(server.function(&owner, "device_move", moved).await.0.is_client_error(), "the target is theirs");
    let both = json!({ "kind": "these", "ids": [ours, stranger] });
    let (_, review) = server.function(&owner, "send_review", json!({ "selection": both })).await;
    assert_eq!((&review["total"], &review["with_address"]), (&json!(1), &json!(1)), "{review}");
    let choices = json!({ "selection": both, "devices": 1, "days": null, "language": null, "note": "" });
    let (status, sent) = server.function(&owner, "send_now", json!({ "choices": choices })).await;
    assert_eq!(status, StatusCode::OK, "{sent}");
    let invitations = server.json(&["invitations", "list"]);
    assert!(!invitations.to_string().contains("victim"), "{invitations}");
    for path in ["/preview?language=en&days=7&user=", "/users?user="] {
        let answer = owner.get(format!("{}{path}{stranger}", server.base)).send().await.unwrap();
        assert!(!answer.text().await.unwrap().contains("Victim"), "{path}");
    }
    let group = json!({ "query": { "filter": { "search": "Victim", "group": "Ward 3" } } });
    let (_, found) = server.function(&owner, "users_list", group).await;
    assert_eq!(found["page"]["total"], json!(0), "{found}");
    let (_, groups) = server.function(&owner, "groups_list", json!({})).await;
    assert_eq!(groups[0]["users"], json!(1), "only ours are counted: {groups}");
    let told = tokio::time::timeout(Duration::from_secs(2), events.next()).await;
    assert!(told.is_ok(), "our own changes are told");
}

#[tokio::test]
async fn a44_streams_are_bounded_and_one_too_many_is_told_to_come_later() {
    let server = Server::start();
    let owner = server.owner().await;
    let open = async || owner.get(format!("{}/events", server.base)).send().await.unwrap();
    let mut held = Vec::new();
    for _ in 0..32 {
        let mut stream = open().await.bytes_stream();
        assert!(String::from_utf8_lossy(&stream.next().await.unwrap().unwrap()).contains("hello"));
        held.push(stream);
    }
    let one_more = tokio::time::timeout(Duration::from_secs(2), open().await.text()).await.unwrap().unwrap();
    assert!(one_more.contains("retry: 30000") && one_more.contains("hello"), "{one_more}");
    held.pop();
    let again = async {
        loop {
            let first = open().await.bytes_stream().next().await.unwrap().unwrap();
            if !String::from_utf8_lossy(&first).contains("retry") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(2), again).await.unwrap();
}

#[tokio::test]
async fn a45_the_plain_forms_take_nothing_from_another_origin() {
    let server = Server::start();
    let owner = server.owner().await;
    let form =
        [("email", "rosa@example.org"), ("password", "longenough1"), ("name", "x"), ("language", "ru")];
    for path in
        ["/login", "/setup/x", "/session/end", "/session/end-all", "/session/language", "/session/theme"]
    {
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "none"),
        ] {
            let asked = owner.post(format!("{}{path}", server.base)).form(&form).header(name, value);
            let answer = asked.send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path} {name}: {value}");
            assert!(!answer.headers().contains_key("set-cookie"), "{path}");
        }
    }
    assert_eq!(server.function(&owner, "me", json!({})).await.0, StatusCode::OK, "still signed in");
}

#[tokio::test]
async fn a38_what_the_console_can_make_the_server_reach_is_set_by_administrators_alone() {
    let server = Server::start();
    let owner = server.owner().await;
    let (_, all) = server.function(&owner, "settings_get", json!({})).await;
    let mut settings = all["settings"].clone();
    settings["smtp"] = json!({ "host": "169.254.169.254", "port": 80, "tls": "none", "user": null });
    let set = json!({ "settings": settings, "password": { "kind": "keep" } });
    for role in ["operator", "auditor"] {
        let browser = server.account(&format!("{role}@example.org"), role).await;
        let (status, told) = server.function(&browser, "settings_set", set.clone()).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{role}: {told}");
    }
    assert_eq!(server.function(&owner, "settings_get", json!({})).await.1, all, "nothing was changed");
    // The public address is only ever written down: nothing is fetched from it.
    for address in
        ["file:///etc/passwd", "gopher://127.0.0.1", "http://user:pw@127.0.0.1", "http://127.0.0.1/path?x"]
    {
        let mut settings = all["settings"].clone();
        settings["public_url"] = json!(address);
        let set = json!({ "settings": settings, "password": { "kind": "keep" } });
        let (status, told) = server.function(&owner, "settings_set", set).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{address}: {told}");
    }
}
