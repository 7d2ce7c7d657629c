//! Mails that are kept as files: who is shown them, and that no name leads out of their folder (ABUSE A30, A43).

use crate::world::{Server, browser};
use muster::system::SystemClock;
use muster_domain::{
    account::{Account, Role},
    ports::{AccountStore, Clock, NewSession, SessionStore, WorkspaceStore},
    usecase::sign_in,
};
use muster_store::Sqlite;
use reqwest::StatusCode;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a30_a_kept_message_is_shown_to_who_may_see_links_and_to_nobody_else() {
    let server = Server::start();
    server.people();
    let owner = server.owner().await;
    server.cli(&["invite", "anna@example.org"]);
    let rows = async || {
        let query = json!({ "query": { "search": "ANNA", "window": { "page": 1, "size": 50 } } });
        server.function(&owner, "mails_list", query).await.1["page"]["rows"].clone()
    };
    let id = loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        if let Some(id) = rows().await[0]["id"].as_str() {
            break id.to_owned();
        }
    };
    // Behind the code in the message and the one that the agent scans: the attachment.
    let (html, part) = (format!("/mails/{id}/html"), format!("/mails/{id}/parts/2"));
    let answer = owner.get(format!("{}{html}", server.base)).send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && policy.ends_with("sandbox"), "{policy}");
    let text = answer.text().await.unwrap();
    assert!(text.contains("src=\"data:image/png;base64,iVBOR") && !text.contains("cid:"), "{text}");
    let answer = owner.get(format!("{}{part}", server.base)).send().await.unwrap();
    assert_eq!(answer.headers()["content-disposition"], "attachment; filename=\"qr-code.png\"");
    assert!(answer.bytes().await.unwrap().starts_with(b"\x89PNG"));
    // Its link was seen: the log says so, once for all pieces of the page.
    let (status, _) = server.function(&owner, "mail_get", json!({ "id": id })).await;
    assert_eq!(status, StatusCode::OK);
    let log = server.json(&["audit", "list"]);
    let seen = |entry: &&serde_json::Value| entry["action"] == "invitation.link_shown";
    let seen: Vec<_> = log.as_array().unwrap().iter().filter(seen).collect();
    assert_eq!(seen.len(), 1, "{log}");
    assert!(seen[0].to_string().contains("anna@example.org"), "{log}");

    let store = Sqlite::open(&server.folder.path().join("data/muster.db")).await.unwrap();
    let workspace = store.workspaces().await.unwrap()[0];
    let (secret, now) = ("a".repeat(43), SystemClock.now());
    let account = Account {
        id: "01935c3e-0000-7000-8000-000000000001".parse().unwrap(),
        email: "auditor@example.org".parse().unwrap(),
        name: "Auditor".parse().unwrap(),
        language: None,
    };
    store.add_account(workspace, &account, Role::Auditor, None, now).await.unwrap();
    let session = NewSession {
        id: "019ab9d0-6c1e-7d43-8a55-0d3c1f3b9a12".parse().unwrap(),
        account: account.id,
        workspace: None,
        agent: String::new(),
        address: String::new(),
        now,
        expires_at: now.plus_days(1),
    };
    store.add_session(sign_in::Secret::hash(&secret), session).await.unwrap();
    for path in [&html, &part] {
        let ask =
            |cookie: String| browser().get(format!("{}{path}", server.base)).header("cookie", cookie).send();
        assert_eq!(ask(String::new()).await.unwrap().status(), StatusCode::UNAUTHORIZED, "{path}");
        let auditor = ask(format!("muster_session={secret}")).await.unwrap();
        assert_eq!(auditor.status(), StatusCode::FORBIDDEN, "{path}");
    }
    for path in ["/mails/..%2f..%2fmuster/html", "/mails/..%2fmuster.key/parts/0", "/mails/x/html"] {
        let answer = owner.get(format!("{}{path}", server.base)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    // The console's own page tells an auditor so, and holds nothing of it.
    let page = browser().get(format!("{}/mails/{id}", server.base));
    let page = page.header("cookie", format!("muster_session={secret}")).send().await.unwrap();
    let text = page.text().await.unwrap();
    assert!(text.contains("Your role does not show links") && !text.contains("anna@example.org"), "{text}");
}
