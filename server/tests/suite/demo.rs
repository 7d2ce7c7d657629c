//! `serve --demo`: what the made-up company shows, and what it leaves alone.

use crate::program::{Muster, text};
use serde_json::Value;
use std::collections::BTreeSet;

fn all(rows: &Value, field: &str) -> BTreeSet<String> {
    rows.as_array().unwrap().iter().filter_map(|r| r[field].as_str().map(str::to_owned)).collect()
}

fn names(set: &[&str]) -> BTreeSet<String> {
    set.iter().map(|s| (*s).to_owned()).collect()
}

/// Everything of the people that does not hang on the time.
fn people(muster: &Muster) -> Vec<Value> {
    let rows = muster.json(&["users", "list"]);
    rows.as_array()
        .unwrap()
        .iter()
        .map(|u| serde_json::json!([u["name"], u["email"], u["groups"], u["devices"]]))
        .collect()
}

#[tokio::test]
async fn the_company_is_realistic_and_the_owners_link_still_works() {
    let muster = Muster::new();
    let server = muster.serve(&["--demo"]);
    let users = muster.json(&["users", "list"]);
    let users = users.as_array().unwrap();
    assert_eq!(users.len(), 240);
    let cyrillic =
        users.iter().filter(|u| u["name"].as_str().unwrap().contains(|c| ('а'..='я').contains(&c))).count();
    assert_eq!(cyrillic, 80);
    assert_eq!(users.iter().filter(|u| u["email"].is_null()).count(), 12);
    assert!(users.iter().all(|u| u["email"].as_str().is_none_or(|e| e.ends_with("@northwind.example"))));
    assert_eq!(muster.json(&["groups", "list"]).as_array().unwrap().len(), 12);
    let devices = muster.json(&["devices", "list"]);
    assert_eq!(all(&devices, "status"), names(&["ok", "warning", "critical"]));
    let reasons: BTreeSet<_> = devices
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|d| d["reasons"].as_array().unwrap())
        .map(|r| r.as_str().unwrap())
        .collect();
    assert_eq!(
        reasons,
        BTreeSet::from(["left", "managed_by_other", "not_connected", "protection_off", "storage_low"])
    );
    assert!(all(&devices, "model").len() > 8);
    let invitations = muster.json(&["invitations", "list"]);
    let states = ["queued", "sent", "opened", "enrolling", "enrolled", "failed", "expired", "revoked"];
    assert_eq!(all(&invitations, "state"), names(&states));
    let months: BTreeSet<_> = all(&invitations, "sent_at").into_iter().map(|t| t[..7].to_owned()).collect();
    assert!(months.len() >= 5, "{months:?}");
    let database = muster.data().join("muster.db");
    let asked = muster.sql(&database, "SELECT count(*) FROM invitation WHERE requested_at IS NOT NULL");
    assert!(asked.parse::<u32>().unwrap() > 0);
    // No step lies after the present, and none before the one that it follows.
    let wrong = "SELECT count(*) FROM invitation_step a JOIN invitation_step b ON a.invitation_id = b.invitation_id AND b.seq = a.seq + 1 WHERE b.at < a.at";
    assert_eq!(muster.sql(&database, wrong), "0");
    let future = "SELECT (SELECT count(*) FROM invitation_step WHERE at > 1000000 * (unixepoch() + 1)) + (SELECT count(*) FROM device WHERE last_seen > 1000000 * (unixepoch() + 1))";
    assert_eq!(muster.sql(&database, future), "0");
    assert!(muster.json(&["doctor"])["ok"].as_bool().unwrap(), "the database is whole");
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let form = [("name", "Rosa"), ("email", "rosa@example.org"), ("password", "longenough1")];
    let done = browser.post(server.setup.clone().unwrap()).form(&form).send().await.unwrap();
    assert_eq!(done.status(), 303);
    // The mail job has had its turns by now.
    assert!(!muster.data().join("mail").exists(), "no mail was written");
}

#[test]
fn the_company_is_the_same_each_time() {
    let (one, other) = (Muster::new(), Muster::new());
    drop((one.serve(&["--demo"]), other.serve(&["--demo"])));
    let people = (people(&one), people(&other));
    assert_eq!(people.0, people.1);
}

#[test]
fn nothing_is_added_where_somebody_is_or_where_mail_would_go_out() {
    let stop = |muster: &Muster| {
        let mut child = muster.command(&["serve", "--demo", "--listen", "127.0.0.1:0"]).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_secs(2));
        let pid = child.id().to_string();
        std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        let _ = child.stdin.take();
        text(&child.wait_with_output().unwrap().stderr)
    };
    let muster = Muster::new();
    muster.people("Ada,ada@example.org,\n");
    assert!(stop(&muster).contains("people here already"));
    assert_eq!(muster.json(&["users", "list"]).as_array().unwrap().len(), 1);
    let muster = Muster::new();
    muster.done(&["settings", "set", "smtp.host", "mail.example.org"]);
    assert!(stop(&muster).contains("a mail server is set"));
    assert_eq!(muster.json(&["users", "list"]), serde_json::json!([]));
}
