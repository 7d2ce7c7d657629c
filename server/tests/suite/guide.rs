//! The guide as it is served: to everybody, in both languages, and from each page of the console.

use crate::world::{Server, browser};
use reqwest::{StatusCode, header};

async fn text(browser: &reqwest::Client, url: &str, language: &str) -> (StatusCode, String) {
    let answer = browser.get(url).header(header::ACCEPT_LANGUAGE, language).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test]
async fn the_guide_is_open_to_who_cannot_sign_in_and_speaks_their_language() {
    let server = Server::start();
    let base = &server.base;
    for (language, title) in [("en", "<h1 id=\"signing-in\">Signing in</h1>"), ("ru", "Вход</h1>")] {
        let (status, login) = text(&browser(), &format!("{base}/login"), language).await;
        assert!(status == StatusCode::OK && login.contains("href=\"/guide/sign-in\""), "{login}");
        let (status, page) = text(&browser(), &format!("{base}/guide/sign-in"), language).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains(title) && page.contains(&format!("<html lang=\"{language}\"")), "{page}");
        assert!(page.contains("aria-current=\"page\"") && !page.contains("<script"), "{page}");
    }
    let (_, other) = text(&browser(), &format!("{base}/guide/users?in=ru"), "en").await;
    assert!(other.contains("<html lang=\"ru\"") && other.contains("href=\"/guide/groups?in=ru\""), "{other}");
    for nowhere in [
        "/guide/none",
        "/guide/..%2fen%2findex",
        "/guide/pictures/..%2f..%2f..%2fCargo.toml",
        "/guide/users/x",
    ] {
        let (status, _) = text(&browser(), &format!("{base}{nowhere}"), "en").await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{nowhere}");
    }
}

#[tokio::test]
async fn each_page_of_the_console_leads_to_its_page_of_the_guide() {
    let server = Server::start();
    server.people();
    let owner = server.owner().await;
    let user = server.json(&["users", "list"])[0]["id"].as_str().unwrap().to_owned();
    for path in app::PATHS.iter().filter(|path| **path != "/") {
        // The other windows are shown only once what they are about has been read.
        let path = path.replace("/users/{id}", &format!("/users/{user}"));
        if path.contains('{') {
            continue;
        }
        let page = owner.get(format!("{}{path}", server.base)).send().await.unwrap().text().await.unwrap();
        let link = page.split("class=\"help\"").next().and_then(|p| p.rsplit('<').next()).unwrap_or_default();
        let after =
            page.split("class=\"help\"").nth(1).unwrap_or_else(|| panic!("{path} has no help: {page}"));
        let tag = format!("{link}{}", after.split('>').next().unwrap_or_default());
        let to = tag.split("href=\"").nth(1).and_then(|t| t.split('"').next()).unwrap();
        assert!(tag.contains("aria-label=\"Help: "), "{path}: {tag}");
        let (status, _) = text(&browser(), &format!("{}{to}", server.base), "en").await;
        assert_eq!(status, StatusCode::OK, "{path} leads to {to}");
    }
}
