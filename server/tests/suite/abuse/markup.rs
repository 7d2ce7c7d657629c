//! What people type stays text: markup, scripts, templates (ABUSE A15, A40, A41).

use crate::world::{PIXEL, Server, agent, browser, page, phone};
use reqwest::StatusCode;
use serde_json::json;

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
async fn a15_markup_in_names_stays_text_on_every_page_in_mails_and_in_the_answers_to_agents() {
    let server = Server::start();
    let owner = server.owner().await;
    let evil = "<img src=x onerror=alert(1)>&\"'</script></textarea>";
    let (_, all) = server.function(&owner, "settings_get", json!({})).await;
    let mut settings = all["settings"].clone();
    settings["name"] = json!(evil);
    settings["help_contact"] = json!(evil);
    let set = json!({ "settings": settings, "password": { "kind": "keep" } });
    assert_eq!(server.function(&owner, "settings_set", set).await.0, StatusCode::OK);
    let details = json!({ "name": evil, "email": "anna@example.org", "language": null, "groups": [evil] });
    let (added, user) = server.function(&owner, "user_add", json!({ "details": details })).await;
    assert_eq!(added, StatusCode::OK, "{user}");
    let user = server.json(&["users", "list"])[0]["id"].as_str().unwrap().to_owned();
    let link = server.link();
    let mut state = phone("hardware-1");
    state.report.model = evil.chars().take(60).collect();
    state.report.name = Some(evil.chars().take(60).collect());
    let mut html =
        vec![page(&link, PIXEL).await.1, page(&link, crate::world::IPHONE).await.1, page(&link, "x").await.1];
    agent().claim(&link.parse().unwrap(), &state).await.unwrap();
    html.push(page(&link, PIXEL).await.1);
    let first = |list: &str| format!("/{list}/{}", server.json(&[list, "list"])[0]["id"].as_str().unwrap());
    let windows = [format!("/users/{user}"), first("devices"), first("invitations")];
    for path in ["/users", "/devices", "/invitations"].into_iter().chain(windows.iter().map(String::as_str)) {
        html.push(owner.get(format!("{}{path}", server.base)).send().await.unwrap().text().await.unwrap());
    }
    let query = [("user", user.as_str()), ("language", "en"), ("days", "7"), ("note", evil)];
    let query = serde_urlencoded::to_string(query).unwrap();
    let preview = owner.get(format!("{}/preview?{query}", server.base)).send().await.unwrap();
    html.push(preview.text().await.unwrap());
    for page in &html {
        assert!(!page.contains("<img src=x"), "{page}");
        assert!(!page.contains("</textarea>&") && !page.contains("&\"'</script>"), "{page}");
    }
    assert!(html.iter().filter(|p| p.contains("&lt;img src=x")).count() >= 7, "it was shown, as text");
    for json in [format!("{link}/state"), link] {
        let answer = browser().get(json).header("accept", "application/json").send().await.unwrap();
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        assert!(kind.starts_with("application/json"), "{kind}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    }
}
