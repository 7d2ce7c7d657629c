//! Secrets stay where they belong: not in logs, answers, pages of lower roles (ABUSE A26, A30, A35).

use crate::world::{IPHONE, PIXEL, Server, agent, browser, page, phone};
use futures::StreamExt;
use muster_agent::link::Link;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::{os::unix::fs::PermissionsExt, path::Path, time::Duration};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

const SCRAPE: &str = "a-token-for-the-figures-0123456789";

/// Each way in which a link's token may be written down.
fn spellings(token: &str) -> Vec<String> {
    let bare = token.replace('-', "");
    vec![token.to_owned(), token.to_uppercase(), bare.to_uppercase(), bare, token.replace('-', "%2D")]
}

/// Everything that the server keeps in its database, as bytes.
fn database(folder: &Path) -> String {
    let mut all = String::new();
    for name in ["muster.db", "muster.db-wal"] {
        let bytes = std::fs::read(folder.join("data").join(name)).unwrap_or_default();
        all.push_str(&String::from_utf8_lossy(&bytes));
    }
    all
}

/// A mail server that takes everything; what it took comes back.
async fn mail_server() -> (u16, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (read, mut write) = stream.split();
            let mut lines = BufReader::new(read).lines();
            let _ = write.write_all(b"220 test\r\n").await;
            let (mut mail, mut inside) = (String::new(), false);
            while let Ok(Some(line)) = lines.next_line().await {
                let answer = match line.as_str() {
                    "." if inside => {
                        let _ = tell.send(std::mem::take(&mut mail));
                        inside = false;
                        "250 taken\r\n"
                    }
                    line if inside => {
                        mail.push_str(line.strip_suffix('=').unwrap_or(line));
                        continue;
                    }
                    "DATA" => {
                        inside = true;
                        "354 go\r\n"
                    }
                    line if line.starts_with("EHLO") => "250-test\r\n250 AUTH PLAIN\r\n",
                    line if line.starts_with("AUTH") => "235 ok\r\n",
                    _ => "250 ok\r\n",
                };
                let _ = write.write_all(answer.as_bytes()).await;
            }
        }
    });
    (port, told)
}

#[tokio::test]
async fn a26_no_secret_of_a_whole_journey_is_in_the_log_the_database_the_events_the_figures_or_an_error() {
    for format in ["text", "json"] {
        let server = Server::with(
            &[],
            &[("MUSTER_LOG", "trace"), ("MUSTER_LOG_FORMAT", format), ("MUSTER_METRICS_TOKEN", SCRAPE)],
        );
        server.people();
        let owner = browser();
        let form = [("name", "Rosa"), ("email", "rosa@example.org"), ("password", "pass-word-of-rosa")];
        let done = owner.post(&server.setup).form(&form).send().await.unwrap();
        let cookie = done.headers()["set-cookie"].to_str().unwrap();
        let session = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
        assert_eq!(session.len(), 43, "{cookie}");
        let setup = server.setup.rsplit('/').next().unwrap().to_owned();
        let mut events = owner.get(format!("{}/events", server.base)).send().await.unwrap().bytes_stream();

        let mut errors = String::new();
        let (_, all) = server.function(&owner, "settings_get", json!({})).await;
        let password = json!({ "kind": "set", "password": "smtp-pass-word" });
        let set = json!({ "settings": all["settings"], "password": password });
        assert_eq!(server.function(&owner, "settings_set", set).await.0, StatusCode::OK);
        let link = server.link();
        let token = link.rsplit('/').next().unwrap().to_owned();
        for path in ["", "/opened", "/state", "/code.png", "/request", "/claim", "/nothing", "?as=android"] {
            for method in [reqwest::Method::GET, reqwest::Method::POST] {
                for link in spellings(&token).iter().map(|t| format!("{}/{t}{path}", server.base)) {
                    let sent = browser().request(method.clone(), link).header("user-agent", PIXEL);
                    let sent = sent.header("content-type", "application/json").body(format!("{{{token}"));
                    let answer = sent.send().await.unwrap();
                    // A form leads back to its own page, whose address whoever sent it has.
                    if !answer.status().is_success() && !answer.status().is_redirection() {
                        errors.push_str(&format!("{:?}", answer.headers()));
                        errors.push_str(&answer.text().await.unwrap());
                    }
                }
            }
        }
        let claim: Link = link.parse().unwrap();
        let connected = agent().claim(&claim, &phone("hardware-1")).await.unwrap();
        errors.push_str(&agent().claim(&claim, &phone("hardware-2")).await.unwrap_err().to_string());
        agent().check_in(&connected, None).await.unwrap();
        for (name, body) in [
            ("invitation_link", json!({ "id": token })),
            ("user_get", json!({ "id": link })),
            (
                "user_add",
                json!({ "details": { "name": "x", "email": link, "language": null, "groups": [] } }),
            ),
            (token.as_str(), json!({})),
        ] {
            let asked = owner.post(format!("{}/api/fn/{name}", server.base)).json(&body);
            let answer = asked.send().await.unwrap();
            assert!(answer.status().is_client_error(), "{name}");
            // What was typed may come back to who typed it; what was meant to be kept may not.
            errors.push_str(&answer.text().await.unwrap().replace(&link, "").replace(&token, ""));
        }
        let sign_in = [("email", "rosa@example.org"), ("password", "pass-word-of-rosa")];
        let again = browser().post(format!("{}/login", server.base)).form(&sign_in).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::SEE_OTHER);
        let figures = browser().get(format!("{}/metrics", server.base)).bearer_auth(SCRAPE);
        let figures = figures.send().await.unwrap().text().await.unwrap();
        let mut told = String::new();
        while let Ok(Some(Ok(chunk))) = tokio::time::timeout(Duration::from_millis(700), events.next()).await
        {
            told.push_str(&String::from_utf8_lossy(&chunk));
        }

        let log = server.log();
        assert!(log.contains("/{token}/claim") && log.contains("/setup/{link}"), "the journey was logged");
        assert!(log.contains("DEBUG"), "and in every detail that there is");
        assert!(told.contains("devices"), "{told}");
        assert!(figures.contains("route=\"/{token}/claim\""), "{figures}");
        let mut secrets = spellings(&token);
        for secret in [&session, &setup, "pass-word-of-rosa", "smtp-pass-word", SCRAPE] {
            secrets.push(secret.to_owned());
        }
        for secret in &secrets {
            for (place, text) in [
                ("the log", &log),
                ("the database", &database(server.folder.path())),
                ("the events", &told),
                ("the figures", &figures),
                ("an error", &errors),
            ] {
                let at = text.find(secret.as_str());
                let around = at.map(|at| text[..at].chars().rev().take(200).collect::<Vec<_>>());
                let around = around.map(|c| c.into_iter().rev().collect::<String>());
                assert!(at.is_none(), "{secret} stands in {place} after {around:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a26_no_secret_of_a_mail_that_goes_out_by_smtp_is_in_the_log_the_database_or_the_history() {
    let (port, mut told) = mail_server().await;
    let server = Server::with(&[], &[("MUSTER_LOG", "trace")]);
    server.people();
    let owner = server.owner().await;
    let (_, all) = server.function(&owner, "settings_get", json!({})).await;
    let mut settings = all["settings"].clone();
    settings["smtp"] = json!({ "host": "127.0.0.1", "port": port, "tls": "none", "user": "it" });
    settings["sender"] = json!("it@example.org");
    let password = json!({ "kind": "set", "password": "smtp-pass-word" });
    let set = json!({ "settings": settings, "password": password });
    assert_eq!(server.function(&owner, "settings_set", set).await.0, StatusCode::OK);
    server.cli(&["invite", "anna@example.org"]);
    let mail = tokio::time::timeout(Duration::from_secs(30), told.recv()).await.unwrap().unwrap();
    let id = server.json(&["invitations", "list"])[0]["id"].clone();
    let (_, link) = server.function(&owner, "invitation_link", json!({ "id": id })).await;
    let token = link.as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    assert!(mail.contains(&token), "the mail alone has it");
    let (_, history) = server.function(&owner, "invitation_steps", json!({ "id": id })).await;
    let (log, kept) = (server.log(), database(server.folder.path()));
    let signed_in =
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, "\0it\0smtp-pass-word");
    let mut secrets = spellings(&token);
    secrets.extend([signed_in, "smtp-pass-word".to_owned()]);
    for secret in &secrets {
        for (place, text) in [("log", &log), ("database", &kept), ("history", &history.to_string())] {
            assert!(!text.contains(secret.as_str()), "{secret} stands in the {place}");
        }
    }
}

#[tokio::test]
async fn a26_no_page_with_a_secret_in_its_address_tells_it_as_a_referrer_and_none_loads_from_elsewhere() {
    let server = Server::start();
    server.people();
    let link = server.link();
    for address in [&link, &server.setup, &format!("{link}/state"), &format!("{link}/nothing")] {
        let answer = browser().get(address).header("user-agent", IPHONE).send().await.unwrap();
        assert_eq!(answer.headers()["referrer-policy"], "no-referrer", "{address}");
        assert_eq!(answer.headers()["cache-control"], "no-store", "{address}");
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(!policy.contains("http"), "{policy}");
        let html = answer.text().await.unwrap();
        for loads in ["src=\"http", "src=\"//", "<link", "@import", "url(http"] {
            assert!(!html.contains(loads), "{loads} in {address}");
        }
        assert!(!html.contains("unsafe-url") && !html.contains("referrerpolicy"), "{address}");
    }
    let setup = browser().get(&server.setup).send().await.unwrap().text().await.unwrap();
    assert!(!setup.contains(server.setup.rsplit('/').next().unwrap()), "the form posts to its own address");
}

#[tokio::test]
async fn a26_a_failure_tells_a_reference_outside_and_its_cause_in_the_log_alone() {
    let server = Server::start();
    let owner = server.owner().await;
    let file = server.folder.path().join("data/muster.db");
    let damage = sqlx::SqlitePool::connect(file.to_str().unwrap()).await.unwrap();
    sqlx::query("ALTER TABLE device RENAME TO lost").execute(&damage).await.unwrap();
    let ask = |name: &str| owner.post(format!("{}/api/fn/{name}", server.base));
    let answer = ask("devices_list").json(&json!({ "query": {} })).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let told: Value = answer.json().await.unwrap();
    assert_eq!(told, json!({ "failed": { "reference": id } }));
    let log = server.log();
    let cause = log.lines().find(|line| line.contains("no such table") && line.contains("ERROR")).unwrap();
    assert!(cause.contains(&id) && cause.contains("/api/fn/devices_list"), "{cause}");
    sqlx::query("ALTER TABLE account RENAME TO gone").execute(&damage).await.unwrap();
    let form = [("email", "rosa@example.org"), ("password", "longenough1")];
    let sign_in = browser().post(format!("{}/login", server.base)).form(&form).header("accept", "text/html");
    let answer = sign_in.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let html = answer.text().await.unwrap();
    assert!(html.contains(&id) && html.contains("<html") && !html.contains("no such table"), "{html}");
    assert!(server.log().lines().any(|l| l.contains("no such table") && l.contains(&id)));
}

#[tokio::test]
async fn a30_no_page_and_no_function_gives_a_lower_role_a_link_or_a_password() {
    let server = Server::start();
    server.people();
    let owner = server.owner().await;
    let link = server.link();
    let token = link.rsplit('/').next().unwrap().to_owned();
    let (_, all) = server.function(&owner, "settings_get", json!({})).await;
    let password = json!({ "kind": "set", "password": "smtp-pass-word" });
    let set = json!({ "settings": all["settings"], "password": password });
    assert_eq!(server.function(&owner, "settings_set", set).await.0, StatusCode::OK);
    let id = server.json(&["invitations", "list"])[0]["id"].clone();
    let user = server.json(&["users", "list"])[0]["id"].as_str().unwrap().to_owned();
    for (role, links) in [("auditor", false), ("operator", true)] {
        let browser = server.account(&format!("{role}@example.org"), role).await;
        let mut seen = String::new();
        for path in ["/users", "/devices", "/invitations", &format!("/users?user={user}")] {
            let answer = browser.get(format!("{}{path}", server.base)).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            seen.push_str(&answer.text().await.unwrap());
        }
        for name in ["users_list", "invitations_list", "devices_list"] {
            let (status, answer) = server.function(&browser, name, json!({ "query": {} })).await;
            assert_eq!(status, StatusCode::OK, "{name}");
            seen.push_str(&answer.to_string());
        }
        for name in ["user_get", "invitation_steps"] {
            let body = json!({ "id": if name == "user_get" { json!(user) } else { id.clone() } });
            seen.push_str(&server.function(&browser, name, body).await.1.to_string());
        }
        assert!(seen.contains("Anna Petrova"), "there was something to see");
        for secret in spellings(&token).iter().map(String::as_str).chain(["smtp-pass-word", "argon2"]) {
            assert!(!seen.contains(secret), "{role} sees {secret}");
        }
        let (status, answer) = server.function(&browser, "invitation_link", json!({ "id": id })).await;
        assert_eq!((status == StatusCode::OK, answer == json!(link)), (links, links), "{role}: {answer}");
        assert_eq!(server.function(&browser, "settings_get", json!({})).await.0, StatusCode::FORBIDDEN);
        let preview = format!("{}/preview?user={user}&language=en&days=7", server.base);
        let preview = browser.get(preview).send().await.unwrap();
        assert_eq!(preview.status() == StatusCode::OK, links, "{role}");
        assert!(!preview.text().await.unwrap().contains(&token), "a preview holds no working link");
    }
    let (_, settings) = server.function(&owner, "settings_get", json!({})).await;
    assert!(!settings.to_string().contains("smtp-pass-word"), "not even the owner gets it back");
}

#[tokio::test]
async fn a35_two_fresh_servers_share_nothing_that_is_secret_and_have_no_account() {
    let (one, two) = (Server::start(), Server::start());
    let key = |server: &Server| {
        let file = server.folder.path().join("data/muster.key");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let folder = std::fs::metadata(server.folder.path().join("data")).unwrap();
        assert_eq!(folder.permissions().mode() & 0o777, 0o700);
        std::fs::read_to_string(file).unwrap()
    };
    assert_ne!(key(&one), key(&two));
    let secret = |server: &Server| server.setup.rsplit('/').next().unwrap().to_owned();
    assert_ne!(secret(&one), secret(&two));
    let foreign = one.setup.replace(&secret(&one), &secret(&two));
    assert_eq!(page(&foreign, PIXEL).await.0, StatusCode::NOT_FOUND);
    for (email, password) in [
        ("admin", "admin"),
        ("admin@example.org", "admin"),
        ("root@localhost", ""),
        ("muster@localhost", "muster"),
        ("", ""),
    ] {
        let form = [("email", email), ("password", password)];
        let answer = browser().post(format!("{}/login", one.base)).form(&form).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{email}");
    }
    assert_eq!(page(&format!("{}/metrics", one.base), PIXEL).await.0, StatusCode::NOT_FOUND);
}
