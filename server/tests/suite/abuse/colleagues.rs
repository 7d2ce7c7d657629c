//! Invitations of colleagues, roles that change, several workspaces in one session (ABUSE A27, A29, A30, A32, A33, A34,
//! A44).

use super::{
    sign_in::{me, session, sign_in},
    streams::quiet,
};
use crate::world::{Server, browser, raw, status};
use futures::StreamExt;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

/// The link of an invitation, made in the console to be handed over.
async fn invite(server: &Server, by: &Client, email: &str, role: &str) -> String {
    let body = json!({ "email": email, "role": role, "language": "en", "mail": false });
    let (status, invited) = server.function(by, "account_invite", body).await;
    assert_eq!(status, StatusCode::OK, "{invited}");
    assert_eq!(invited["delivery"], "shown");
    invited["link"].as_str().unwrap().to_owned()
}

/// Takes an invitation up with a new account.
async fn join(link: &str) -> (Client, reqwest::Response) {
    let browser = browser();
    let form = [("name", "Newcomer"), ("password", "longenough1")];
    let answer = browser.post(link).form(&form).send().await.unwrap();
    (browser, answer)
}

async fn page(browser: &Client, link: &str) -> (StatusCode, String) {
    let answer = browser.get(link).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

/// The accounts as a browser sees them.
async fn team(server: &Server, browser: &Client) -> Value {
    server.function(browser, "accounts_list", json!({})).await.1
}

fn id_of(team: &Value, email: &str) -> Value {
    let members = team["members"].as_array().unwrap();
    members.iter().find(|m| m["email"] == email).unwrap_or_else(|| panic!("{team}"))["account"].clone()
}

async fn ended(events: &mut (impl StreamExt<Item = reqwest::Result<axum::body::Bytes>> + Unpin)) {
    let end = async {
        while let Some(Ok(chunk)) = events.next().await {
            assert!(!String::from_utf8_lossy(&chunk).contains("change"), "{chunk:?}");
        }
    };
    tokio::time::timeout(Duration::from_secs(2), end).await.unwrap();
}

async fn events(
    server: &Server,
    browser: &Client,
) -> impl StreamExt<Item = reqwest::Result<axum::body::Bytes>> + Unpin + use<> {
    let mut events = browser.get(format!("{}/events", server.base)).send().await.unwrap().bytes_stream();
    events.next().await.unwrap().unwrap();
    Box::pin(events)
}

#[tokio::test]
async fn a27_an_invitation_is_for_the_account_of_its_address_and_opening_it_uses_nothing_up() {
    let server = Server::start();
    let owner = server.owner().await;
    let link = invite(&server, &owner, "Nina@example.org", "operator").await;
    // Scanners, link previews, and whoever is signed in as somebody else.
    for _ in 0..3 {
        assert_eq!(page(&browser(), &link).await.0, StatusCode::OK);
        assert_eq!(browser().head(&link).send().await.unwrap().status(), StatusCode::OK);
    }
    let (_, text) = page(&owner, &link).await;
    assert!(
        text.contains("You are signed in as rosa@example.org") && text.contains("Nina@example.org"),
        "{text}"
    );
    let secret = link.rsplit('/').next().unwrap();
    assert!(!text.contains(secret), "the page does not hold its link");
    let form = [("name", "Rosa"), ("password", "longenough1"), ("email", "rosa@example.org")];
    let refused = owner.post(&link).form(&form).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    // Another address typed into the form is not looked at.
    let browser = browser();
    let form = [("name", "Eve"), ("password", "longenough1"), ("email", "eve@example.org")];
    let taken = browser.post(&link).form(&form).send().await.unwrap();
    assert_eq!(
        (taken.status(), taken.headers()["location"].to_str().unwrap()),
        (StatusCode::SEE_OTHER, "/users")
    );
    let team = team(&server, &owner).await;
    let emails: Vec<_> = team["members"].as_array().unwrap().iter().map(|m| m["email"].clone()).collect();
    assert_eq!(emails, ["Nina@example.org", "rosa@example.org"], "{team}");
    assert_eq!(team["offers"], json!([]));
    let (_, mine) = server.function(&browser, "me", json!({})).await;
    assert_eq!(mine["role"], "operator");
    assert_eq!(server.function(&browser, "settings_get", json!({})).await.0, StatusCode::FORBIDDEN);
    for link in [link.clone(), format!("{link}x"), format!("{}/join/x", server.base)] {
        assert_eq!(join(&link).await.1.status(), StatusCode::NOT_FOUND, "{link}");
    }
}

#[tokio::test]
async fn a27_an_account_that_is_there_joins_with_its_own_password_or_its_own_session() {
    let server = Server::start();
    let owner = server.owner().await;
    let nina = server.account("nina@example.org", "auditor").await;
    let second = server.json(&["workspace", "create", "Second", "--owner", "rosa@example.org"]);
    let second = second["id"].as_str().unwrap();
    let invite = |role: &str| {
        let made =
            server.json(&["--workspace", second, "account", "invite", "nina@example.org", "--role", role]);
        made["link"].as_str().unwrap().to_owned()
    };
    let link = invite("administrator");
    let wrong = browser();
    for form in [[("name", "Eve"), ("password", "another password")], [("name", "Eve"), ("password", "")]] {
        let refused = wrong.post(&link).form(&form).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
        assert!(!refused.headers().contains_key("set-cookie"));
    }
    let right = browser().post(&link).form(&[("password", "longenough1")]).send().await.unwrap();
    let cookie = session(&right);
    assert_eq!(me(&server, &cookie).await, StatusCode::OK);
    let first = server.json(&["account", "list"]);
    assert_eq!(
        first.as_array().unwrap().iter().find(|a| a["email"] == "nina@example.org").unwrap()["role"],
        "auditor"
    );
    server.cli(&["--workspace", second, "account", "remove", "nina@example.org"]);
    assert_eq!(me(&server, &cookie).await, StatusCode::UNAUTHORIZED, "a33");
    assert_eq!(
        server.function(&nina, "me", json!({})).await.0,
        StatusCode::OK,
        "her session in the other one"
    );
    let link = invite("operator");
    assert!(page(&nina, &link).await.1.contains("You are signed in with this address."));
    let joined = nina.post(&link).send().await.unwrap();
    assert_eq!(joined.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "a form alone");
    let joined = nina.post(&link).form(&[("name", "")]).send().await.unwrap();
    assert_eq!(joined.status(), StatusCode::SEE_OTHER);
    let (_, mine) = server.function(&nina, "me", json!({})).await;
    assert_eq!((mine["role"].as_str(), mine["workspace"].as_str()), (Some("operator"), Some(second)));
    drop(owner);
}

#[tokio::test]
async fn a32_a_link_is_no_way_to_guess_a_password() {
    let server = Server::start();
    let owner = server.owner().await;
    server.account("nina@example.org", "auditor").await;
    let second = server.json(&["workspace", "create", "Second", "--owner", "rosa@example.org"])["id"].clone();
    let link =
        server.json(&["--workspace", second.as_str().unwrap(), "account", "invite", "nina@example.org"]);
    let link = link["link"].as_str().unwrap();
    let guess = async |n: usize| {
        let form = [("password", format!("wrong password {n}"))];
        browser().post(link).form(&form).send().await.unwrap().status()
    };
    for n in 0..10 {
        assert_eq!(guess(n).await, StatusCode::UNAUTHORIZED, "{n}");
    }
    assert_eq!(guess(10).await, StatusCode::TOO_MANY_REQUESTS);
    let right = browser().post(link).form(&[("password", "longenough1")]).send().await.unwrap();
    assert_eq!(right.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        sign_in(&server, "nina@example.org", None).await.status(),
        StatusCode::TOO_MANY_REQUESTS,
        "one count"
    );
    // The same for the password of who is signed in: who found an open session does not find the password.
    let change = json!({ "present": "wrong password", "new": "long enough 2" });
    for n in 0..10 {
        let (status, told) = server.function(&owner, "account_password", change.clone()).await;
        assert_eq!(
            (status, told["invalid"]["code"].as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, Some("password")),
            "{n}"
        );
    }
    let right = json!({ "present": "longenough1", "new": "long enough 2" });
    let (_, told) = server.function(&owner, "account_password", right).await;
    assert_eq!(told["invalid"]["code"], "often");
}

#[tokio::test]
async fn a33_who_is_removed_or_has_another_role_loses_the_session_and_the_stream_at_once() {
    let server = Server::start();
    let owner = server.owner().await;
    for (act, email) in [("role", "nina@example.org"), ("remove", "olga@example.org")] {
        let browser = server.account(email, "administrator").await;
        let mut events = events(&server, &browser).await;
        quiet(&mut events).await;
        let id = id_of(&team(&server, &owner).await, email);
        let done = match act {
            "role" => {
                server.function(&owner, "account_role", json!({ "account": id, "role": "auditor" })).await
            }
            _ => server.function(&owner, "account_remove", json!({ "account": id })).await,
        };
        assert_eq!(done.0, StatusCode::OK, "{done:?}");
        ended(&mut events).await;
        assert_eq!(server.function(&browser, "me", json!({})).await.0, StatusCode::UNAUTHORIZED, "{act}");
    }
    let again = sign_in(&server, "nina@example.org", None).await;
    assert_eq!(again.status(), StatusCode::SEE_OTHER);
    let nowhere = sign_in(&server, "olga@example.org", None).await;
    assert_eq!(nowhere.status(), StatusCode::FORBIDDEN, "told, since the password was right");
    assert!(nowhere.text().await.unwrap().contains("in no workspace"));
    let wrong = browser().post(format!("{}/login", server.base));
    let wrong = wrong.form(&[("email", "olga@example.org"), ("password", "another")]).send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED, "and to nobody else");
}

#[tokio::test]
async fn a33_a_new_password_ends_the_other_sessions_and_keeps_this_one() {
    let server = Server::start();
    let owner = server.owner().await;
    let other = session(&sign_in(&server, "rosa@example.org", None).await);
    let third = session(&sign_in(&server, "rosa@example.org", None).await);
    let (_, mine) = server.function(&owner, "account_get", json!({})).await;
    let sessions = mine["sessions"].as_array().unwrap();
    assert_eq!(
        sessions.iter().map(|s| s["this"].as_bool().unwrap()).collect::<Vec<_>>(),
        [true, false, false]
    );
    for secret in [&other, &third] {
        assert!(!mine.to_string().contains(secret.as_str()), "a30");
    }
    let one = json!({ "id": sessions[1]["id"] });
    assert_eq!(server.function(&owner, "account_session_end", one).await.0, StatusCode::OK);
    let alive = [me(&server, &other).await, me(&server, &third).await];
    assert_eq!(alive.iter().filter(|s| **s == StatusCode::OK).count(), 1);
    let (status, told) = server
        .function(&owner, "account_password", json!({ "present": "longenough1", "new": "short" }))
        .await;
    assert_eq!(
        (status, told["invalid"]["code"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("new_password"))
    );
    let change = json!({ "present": "longenough1", "new": "long enough 2" });
    assert_eq!(server.function(&owner, "account_password", change).await.0, StatusCode::OK);
    for ended in [&other, &third] {
        assert_eq!(me(&server, ended).await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(server.function(&owner, "me", json!({})).await.0, StatusCode::OK);
    assert_eq!(sign_in(&server, "rosa@example.org", None).await.status(), StatusCode::UNAUTHORIZED);
}

/// What a page sends that shows how the message will look.
const DRAFT: &str = "language=en&what=mail&subject=S&headline=H&text=T&button=B&steps=One&footer=F";

#[tokio::test]
async fn a44_another_workspace_ends_the_stream_and_a29_an_older_page_writes_nothing_into_it() {
    let server = Server::start();
    server.people();
    let owner = server.owner().await;
    let (_, before) = server.function(&owner, "me", json!({})).await;
    let first = before["workspace"].as_str().unwrap().to_owned();
    let mut events = events(&server, &owner).await;
    quiet(&mut events).await;
    let made = owner
        .post(format!("{}/workspaces/new", server.base))
        .form(&[("name", "Second")])
        .send()
        .await
        .unwrap();
    assert_eq!(made.status(), StatusCode::SEE_OTHER);
    // That it was made is told; then the session looks elsewhere.
    let end = async { while let Some(Ok(_)) = events.next().await {} };
    tokio::time::timeout(Duration::from_secs(2), end).await.unwrap();
    let (_, now) = server.function(&owner, "me", json!({})).await;
    let second = now["workspace"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    assert_eq!(now["spaces"].as_array().unwrap().len(), 2);
    // The page in the other tab shows the first workspace still.
    let person = json!({ "details": { "name": "New", "email": null, "language": null, "groups": [] } });
    for (function, body) in
        [("user_add", person.clone()), ("users_list", json!({ "query": {} })), ("me", json!({}))]
    {
        let (status, told) = server.function(&owner, &format!("{function}?workspace={first}"), body).await;
        assert_eq!((status, &told), (StatusCode::CONFLICT, &json!("elsewhere")), "{function}");
    }
    for path in ["/users.csv", "/events", "/groups.csv"] {
        let answer = owner.get(format!("{}{path}?workspace={first}", server.base)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CONFLICT, "{path}");
    }
    for path in ["/import/file", "/message/logo", "/message/preview"] {
        let sent = owner.post(format!("{}{path}?workspace={first}", server.base));
        let sent = sent.header("content-type", "application/x-www-form-urlencoded").body(DRAFT);
        assert_eq!(sent.send().await.unwrap().status(), StatusCode::CONFLICT, "{path}");
    }
    let (_, people) =
        server.function(&owner, &format!("users_list?workspace={second}"), json!({ "query": {} })).await;
    assert_eq!(people["page"]["total"], 0, "{people}");
    let switch = async |to: &str| {
        let form = [("workspace", to)];
        let answer =
            owner.post(format!("{}/session/workspace", server.base)).form(&form).send().await.unwrap();
        assert_eq!(
            (answer.status(), answer.headers()["location"].to_str().unwrap()),
            (StatusCode::SEE_OTHER, "/users")
        );
        assert!(!answer.headers().contains_key("set-cookie"), "nothing but the workspace changes");
        server.function(&owner, "me", json!({})).await.1["workspace"].as_str().unwrap().to_owned()
    };
    assert_eq!(switch(&first).await, first);
    assert_eq!(
        server.function(&owner, &format!("user_add?workspace={first}"), person).await.0,
        StatusCode::OK
    );
    // A workspace that is not one's own, and nonsense.
    let store = server.store().await;
    let foreign = "019ab9d0-6c1e-7d43-8a55-0d3c1f3b9a10";
    muster_domain::ports::WorkspaceStore::add_workspace(
        &store,
        foreign.parse().unwrap(),
        muster_domain::Timestamp(1),
    )
    .await
    .unwrap();
    for none in [foreign, "x", ""] {
        assert_eq!(switch(none).await, first, "a29: {none}");
    }
    let leave = json!({ "workspace": foreign });
    assert_eq!(server.function(&owner, "workspace_leave", leave).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a30_no_role_is_told_a_link_and_an_administrator_makes_no_owner() {
    let server = Server::start();
    let owner = server.owner().await;
    let link = invite(&server, &owner, "boss@example.org", "owner").await;
    let secret = link.rsplit('/').next().unwrap().to_owned();
    let admin = server.account("adam@example.org", "administrator").await;
    for browser in [&owner, &admin] {
        assert!(!team(&server, browser).await.to_string().contains(&secret));
        let html =
            browser.get(format!("{}/accounts", server.base)).send().await.unwrap().text().await.unwrap();
        assert!(html.contains("boss@<wbr>example.org") || html.contains("boss@"), "{html}");
        assert!(!html.contains(&secret));
    }
    let seen = team(&server, &admin).await;
    let rosa = id_of(&seen, "rosa@example.org");
    let offer = &seen["offers"][0]["id"];
    for (function, body) in [
        (
            "account_invite",
            json!({ "email": "x@example.org", "role": "owner", "language": "en", "mail": false }),
        ),
        ("account_invite_again", json!({ "id": offer, "mail": false })),
        ("account_invite_revoke", json!({ "id": offer })),
        ("account_role", json!({ "account": rosa, "role": "auditor" })),
        ("account_role", json!({ "account": id_of(&seen, "adam@example.org"), "role": "owner" })),
        ("account_remove", json!({ "account": rosa })),
    ] {
        let (status, told) = server.function(&admin, function, body).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{function}: {told}");
    }
    for role in ["operator", "auditor"] {
        let browser = server.account(&format!("{role}@example.org"), role).await;
        assert_eq!(
            browser.get(format!("{}/workspaces/new", server.base)).send().await.unwrap().status(),
            StatusCode::FORBIDDEN
        );
        let made = browser
            .post(format!("{}/workspaces/new", server.base))
            .form(&[("name", "Mine")])
            .send()
            .await
            .unwrap();
        assert_eq!(made.status(), StatusCode::FORBIDDEN, "{role} would be an owner by it");
    }
    // The last owner, by every way.
    for (function, body) in [
        ("account_role", json!({ "account": rosa, "role": "auditor" })),
        ("account_remove", json!({ "account": rosa })),
        (
            "workspace_leave",
            json!({ "workspace": server.function(&owner, "me", json!({})).await.1["workspace"] }),
        ),
    ] {
        let (status, told) = server.function(&owner, function, body).await;
        assert_eq!((status, &told), (StatusCode::CONFLICT, &json!("conflict")), "{function}");
    }
    assert_eq!(join(&link).await.1.status(), StatusCode::SEE_OTHER, "the owner's invitation still works");
}

#[tokio::test]
async fn a34_no_spelling_of_a_path_takes_an_invitation_up_again() {
    let server = Server::start();
    let owner = server.owner().await;
    let link = invite(&server, &owner, "nina@example.org", "owner").await;
    assert_eq!(join(&link).await.1.status(), StatusCode::SEE_OTHER);
    let token = link.rsplit('/').next().unwrap();
    let form = "name=Eve&password=longenough1";
    for path in [
        format!("/join/{token}"),
        format!("/join/{token}/"),
        format!("//join/{token}"),
        format!("/join/..;/{token}"),
        format!("/%6Aoin/{token}"),
        format!("/JOIN/{token}"),
        format!("/join/{token}%00"),
        format!("/setup/{token}"),
        "/join/".into(),
        "/join".into(),
    ] {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: muster\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{form}",
            form.len()
        );
        let answer = raw(&server.base, &request).await;
        assert!((400..500).contains(&status(&answer)), "{path}: {answer}");
        assert!(!answer.to_lowercase().contains("set-cookie"), "{path}");
    }
}
