//! Where the program's values come from, and the shapes that every command shares.

use crate::program::{Muster, text};
use serde_json::Value;

#[test]
fn the_file_is_found_by_flag_by_variable_here_and_in_the_data_folder() {
    let muster = Muster::new();
    let people = "name,email,groups\nAda,ada@example.org,\n";
    muster.file("people.csv", people);
    muster.file("a.toml", "[data]\ndir = \"from-flag\"\n");
    for words in
        [["--config", "a.toml", "users", "list", "--json"], ["users", "list", "--json", "--config", "a.toml"]]
    {
        assert_eq!(muster.done(&words), "[]\n");
    }
    assert!(muster.path().join("from-flag/muster.db").exists());
    let muster = muster.with("MUSTER_CONFIG", "b.toml");
    muster.file("b.toml", "[data]\ndir = \"from-variable\"\n");
    muster.done(&["users", "list"]);
    assert!(muster.path().join("from-variable/muster.db").exists());
    let here = Muster::new();
    here.file("muster.toml", "[data]\ndir = \"from-here\"\n");
    here.done(&["users", "list"]);
    assert!(here.path().join("from-here/muster.db").exists());
    let inside = Muster::new();
    std::fs::create_dir(inside.data()).unwrap();
    inside.file("data/muster.toml", "[log]\nfilter = \"a=b=c\"\n");
    assert!(inside.refused(&["users", "list"], "").contains("log.filter in data/muster.toml"));
    inside.file("data/muster.toml", "[data]\ndir = \"elsewhere\"\n");
    assert!(inside.refused(&["users", "list"], "").contains("lies in the data folder"));
}

#[test]
fn what_is_not_known_or_cannot_be_is_refused_before_anything_is_made() {
    let muster = Muster::new();
    muster.file("muster.toml", "[server]\nlistne = \"127.0.0.1:1\"\n");
    let words = muster.refused(&["serve"], "");
    assert!(words.contains("server.listne") && words.contains("listen, public_url"), "{words}");
    let error: Value = serde_json::from_str(&muster.refused(&["users", "list", "--json"], "")).unwrap();
    assert!(error["error"].as_str().unwrap().contains("server.listne"), "{error}");
    assert!(!muster.data().exists());
    assert!(
        muster
            .refused(&["--config", "nothing.toml", "users", "list"], "")
            .contains("cannot read the configuration")
    );
}

#[test]
fn global_flags_stand_before_or_after_and_those_of_serve_too() {
    let muster = Muster::new();
    for words in [
        ["--json", "--data", "elsewhere", "groups", "list"],
        ["groups", "--json", "--data", "elsewhere", "list"],
        ["groups", "list", "--data", "elsewhere", "--json"],
    ] {
        assert_eq!(muster.done(&words), "[]\n");
    }
    assert!(!muster.data().exists());
    assert_eq!(muster.run(&["--listen", "127.0.0.1:1", "users", "list"], "").status.code(), Some(2));
    assert_eq!(muster.run(&["serve", "--listen", "nowhere"], "").status.code(), Some(2));
    assert_eq!(muster.run(&["serve", "--public-url", "javascript:x"], "").status.code(), Some(2));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for words in [["--listen", &address, "serve"], ["serve", "--listen", &address]] {
        let said = muster.refused(&words, "");
        assert!(said.contains(&format!("cannot listen on {address}")), "{said}");
    }
    let variable = Muster::new().with("MUSTER_LISTEN", &*address);
    variable.file("muster.toml", "[server]\nlisten = \"127.0.0.1:1\"\n");
    assert!(variable.refused(&["serve"], "").contains(&address), "the environment wins over the file");
}

#[test]
fn serve_says_one_document_and_logs_json_when_asked() {
    use std::io::Read;
    let muster = Muster::new().with("MUSTER_LOG_FORMAT", "json");
    let words = ["serve", "--json", "--listen", "127.0.0.1:0", "--public-url", "https://muster.example.org/"];
    let mut child = muster.command(&words).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut document = Vec::new();
    let document: Value = loop {
        let mut byte = [0];
        out.read_exact(&mut byte).unwrap();
        document.push(byte[0]);
        if let Ok(whole) = serde_json::from_slice(&document) {
            break whole;
        }
    };
    assert_eq!(document["public_url"], "https://muster.example.org");
    assert!(document["listen"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    assert!(document["owner_link"].as_str().unwrap().starts_with("https://muster.example.org/setup/"));
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success());
    let log = text(&ended.stderr);
    assert!(!log.is_empty());
    for line in log.lines() {
        serde_json::from_str::<Value>(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    }
}

#[test]
fn every_command_prints_one_document_with_json_and_times_are_rfc_3339() {
    let muster = Muster::new();
    muster.people("Ada,ada@example.org,Ward 3\n");
    muster.json(&["invite", "ada@example.org"]);
    let id = muster.json(&["invitations", "list"])[0]["id"].as_str().unwrap().to_owned();
    let backup = muster.path().join("b.db");
    let elsewhere = muster.path().join("copy");
    for words in [
        &["invite", "ada@example.org", "--print-link"][..],
        &["invitations", "list"],
        &["invitations", "revoke", &id],
        &["users", "list"],
        &["users", "export"],
        &["groups", "list"],
        &["devices", "list"],
        &["settings", "get"],
        &["settings", "set", "name", "Northwind/"],
        &["settings", "set", "smtp.password"],
        &["account", "create", "rosa@example.org"],
        &["account", "reset", "rosa@example.org"],
        &["backup", backup.to_str().unwrap()],
        &["restore", backup.to_str().unwrap(), "--data", elsewhere.to_str().unwrap()],
        &["doctor"],
        &["completions", "bash"],
    ] {
        let document = muster.json(words);
        assert!(document.is_object() || document.is_array(), "{words:?}");
    }
    assert_eq!(
        muster.json(&["settings", "get", "name"])["name"],
        "Northwind/",
        "a slash is cut from addresses alone"
    );
    let made = muster.json(&["invite", "ada@example.org", "--print-link"]);
    let expires = made[0]["expires_at"].as_str().unwrap();
    assert!(expires.len() == 20 && expires.as_bytes()[10] == b'T' && expires.ends_with('Z'), "{expires}");
    let error: Value =
        serde_json::from_str(&muster.refused(&["account", "reset", "eve@example.org", "--json"], ""))
            .unwrap();
    assert_eq!(error["error"], "there is no account eve@example.org");
}
