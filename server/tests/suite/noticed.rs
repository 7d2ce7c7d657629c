//! What the command line does while a server runs: the open browser is told within half a second, and settings hold.

use crate::program::Muster;
use futures::StreamExt;
use std::time::{Duration, Instant};

const PIXEL: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36";

fn client() -> reqwest::Client {
    let builder = reqwest::Client::builder().cookie_store(true).user_agent(PIXEL);
    builder.redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_by_the_command_line_reaches_an_open_browser_within_half_a_second() {
    let muster = Muster::new();
    let server = muster.serve(&[]);
    let browser = client();
    let form = [("name", "Rosa"), ("email", "rosa@example.org"), ("password", "longenough1")];
    browser.post(server.setup.clone().unwrap()).form(&form).send().await.unwrap();
    let mut events = browser.get(format!("{}/events", server.base)).send().await.unwrap().bytes_stream();
    let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(Ok(chunk)) = events.next().await {
            let _ = told.send((Instant::now(), String::from_utf8_lossy(&chunk).into_owned()));
        }
    });
    let mut waits = Vec::new();
    for n in 0..9 {
        let topic = if n % 3 == 2 { "settings" } else { "users" };
        // What came before is told before.
        tokio::time::sleep(Duration::from_millis(450)).await;
        while heard.try_recv().is_ok() {}
        if topic == "settings" {
            muster.done(&["settings", "set", "name", &format!("Company {n}")]);
        } else {
            muster.people(&format!("Person {n},p{n}@example.org,\n"));
        }
        // The command ends after its commit.
        let done = Instant::now();
        let at = loop {
            let next = tokio::time::timeout(Duration::from_secs(3), heard.recv()).await;
            let (at, text) = next.expect("told within three seconds").unwrap();
            if text.contains(topic) {
                break at;
            }
        };
        waits.push(at.saturating_duration_since(done));
    }
    waits.sort();
    println!("from the end of the command to the browser: {waits:?}");
    assert!(waits[waits.len() / 2] < Duration::from_millis(500), "{waits:?}");
}

#[test]
fn a_second_server_on_the_same_folder_is_refused_and_commands_are_not() {
    let muster = Muster::new();
    let server = muster.serve(&[]);
    let words = muster.refused(&["serve", "--listen", "127.0.0.1:0", "--demo"], "");
    assert!(
        words.contains("a server already runs on the data folder") && words.contains("--data"),
        "{words}"
    );
    let words = muster.refused(&["serve", "--listen", "127.0.0.1:0", "--json"], "");
    let error: serde_json::Value = serde_json::from_str(&words).unwrap();
    assert!(error["error"].as_str().unwrap().contains("already runs"), "{error}");
    // The first one is what commands know, and all of them work.
    muster.people("Ada,ada@example.org,\n");
    assert!(muster.done(&["invite", "ada@example.org", "--print-link"]).starts_with(&server.base));
    drop(server);
    let next = muster.serve(&[]);
    assert!(muster.done(&["invite", "ada@example.org", "--print-link"]).starts_with(&next.base));
}

#[tokio::test]
async fn settings_of_the_command_line_are_used_by_the_running_server() {
    let muster = Muster::new();
    let server = muster.serve(&[]);
    muster.people("Ada,ada@example.org,\n");
    let link = muster.done(&["invite", "ada@example.org", "--print-link"]);
    let (link, token) = (link.trim(), link.trim().rsplit('/').next().unwrap().to_owned());
    assert!(link.starts_with(&server.base), "the command line knows where the server listens");
    muster.done(&["settings", "set", "name", "Northwind Clinics"]);
    muster.done(&["settings", "set", "help_contact", "extension 4400"]);
    muster.done(&["settings", "set", "agent.package", "org.example.agent"]);
    muster.done(&["settings", "set", "public_url", "https://muster.example.org"]);
    let page = client().get(link).send().await.unwrap().text().await.unwrap();
    for what in ["Northwind Clinics", "extension 4400", "org.example.agent"] {
        assert!(page.contains(what), "{what}");
    }
    // A link of a former address is claimed there; any other `Host` is told the address of now.
    for (host, base) in
        [("muster.example.org", "https://muster.example.org/"), ("a.example", "https://muster.example.org/")]
    {
        let asked = client().get(link).header("accept", "application/json").header("host", host);
        let described = asked.send().await.unwrap().text().await.unwrap();
        assert!(described.contains(&format!("\"claim_url\":\"{base}")), "{described}");
    }
    assert!(
        muster
            .done(&["invite", "ada@example.org", "--print-link"])
            .starts_with("https://muster.example.org/")
    );
    let id = muster.json(&["invitations", "list"]);
    let first = id.as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned();
    muster.done(&["invitations", "revoke", &first]);
    let page = client().get(format!("{}/{token}", server.base)).send().await.unwrap().text().await.unwrap();
    assert!(
        !page.contains("org.example.agent"),
        "a link that was revoked by the command line is dead at once"
    );
}
