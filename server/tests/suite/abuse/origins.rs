//! Where a request comes from, where it leads, and what it can make the server reach (ABUSE A38, A39, A45).

use crate::world::{Server, browser};
use reqwest::StatusCode;
use serde_json::json;

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
                (browser().get(at("/")), "/login"),
                (owner.get(at("/login")), "/users"),
                (owner.post(at("/session/workspace")).form(&[("workspace", evil), (name, evil)]), "/users"),
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
async fn a39_the_sign_in_leads_back_to_the_page_that_was_asked_for_and_to_no_other() {
    let server = Server::start();
    let owner = server.owner().await;
    let at = |path: &str| format!("{}{path}", server.base);
    let led = |answer: reqwest::Response| {
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        answer.headers()["location"].to_str().unwrap().to_owned()
    };
    let asked = "/devices?status=critical&q=%D0%90+x";
    let login = led(browser().get(at(asked)).send().await.unwrap());
    assert_eq!(login, "/login?back=%2Fdevices%3Fstatus%3Dcritical%26q%3D%25D0%2590%2Bx");
    let page = browser().get(at(&login)).send().await.unwrap().text().await.unwrap();
    let field = "name=\"back\" value=\"/devices?status=critical&amp;q=%D0%90+x\"";
    assert!(page.contains(field), "{page}");
    let typed = |password, back| [("email", "rosa@example.org"), ("password", password), ("back", back)];
    let wrong = browser().post(at("/login")).form(&typed("not this one", asked)).send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
    assert!(wrong.text().await.unwrap().contains(field));
    let done = browser().post(at("/login")).form(&typed("longenough1", asked)).send().await.unwrap();
    assert_eq!(led(done), asked);
    assert_eq!(led(owner.get(at(&login)).send().await.unwrap()), asked);
    for evil in [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%09/evil.example",
        "/users/..//evil.example",
        "/users@evil.example",
        "/users?x=\r\nLocation: //evil.example",
        "/users\0evil",
        "javascript:evil",
        "https://evil.example/users",
        "/session/end?evil",
        "/login?evil",
        "/users?q=\"><script>evil",
    ] {
        let query = serde_urlencoded::to_string([("back", evil)]).unwrap();
        let page = browser().get(at(&format!("/login?{query}"))).send().await.unwrap();
        assert!(!page.text().await.unwrap().contains("evil"), "{evil}");
        assert_eq!(led(owner.get(at(&format!("/login?{query}"))).send().await.unwrap()), "/users", "{evil}");
        let done = browser().post(at("/login")).form(&typed("longenough1", evil)).send().await.unwrap();
        assert_eq!(led(done), "/users", "{evil}");
        let wrong = browser().post(at("/login")).form(&typed("no", evil)).send().await.unwrap();
        assert!(!wrong.text().await.unwrap().contains("evil"), "{evil}");
    }
}

#[tokio::test]
async fn a45_the_plain_forms_take_nothing_from_another_origin() {
    let server = Server::start();
    let owner = server.owner().await;
    let form =
        [("email", "rosa@example.org"), ("password", "longenough1"), ("name", "x"), ("language", "ru")];
    for path in [
        "/login",
        "/setup/x",
        "/join/x",
        "/workspaces/new",
        "/session/workspace",
        "/session/end",
        "/session/end-all",
        "/session/language",
        "/session/theme",
    ] {
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
