//! `muster doctor`: each thing that can be wrong is found, named, and told how to mend.

use crate::program::{Muster, text};
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    thread,
};

/// All findings, with whether the exit code and `ok` say the same.
fn look(muster: &Muster) -> (bool, Vec<Value>) {
    let out = muster.run(&["doctor", "--json"], "");
    let document: Value = serde_json::from_slice(&out.stdout).unwrap();
    let ok = document["ok"].as_bool().unwrap();
    assert_eq!(out.status.code(), Some(if ok { 0 } else { 1 }));
    let checks = document["checks"].as_array().unwrap().clone();
    for check in &checks {
        assert_eq!(check["mend"].is_null(), check["state"] == "ok", "{check}");
    }
    (ok, checks)
}

/// The finding of a check with these words.
#[track_caller]
fn finds(muster: &Muster, check: &str, state: &str, words: &str) {
    let (ok, checks) = look(muster);
    let found = checks.iter().any(|c| {
        c["check"] == check && c["state"] == state && c["message"].as_str().unwrap().contains(words)
    });
    assert!(found, "{check} {state} {words:?}: {checks:#?}");
    assert!(!ok || state != "failed");
}

fn made() -> Muster {
    let muster = Muster::new();
    muster.people("Ada,ada@example.org,\n");
    muster
}

#[test]
fn a_new_machine_is_healthy_and_nothing_is_made() {
    let muster = Muster::new();
    finds(&muster, "data folder", "warning", "is not there");
    assert!(look(&muster).0 && !muster.data().exists());
    let plain = muster.done(&["doctor"]);
    assert!(plain.contains("-> ") && plain.contains("configuration"), "{plain}");
}

#[test]
fn a_sound_installation_is_told_so_and_is_not_changed() {
    let muster = made();
    // The write-ahead log may move into the file when the last of them closes it; what is written may not change.
    let tables = ["user", "change", "sealed", "workspace", "ticket", "_sqlx_migrations", "sqlite_schema"];
    let all = tables.map(|t| format!("SELECT * FROM {t}")).join(";");
    let content = || muster.sql(&muster.data().join("muster.db"), &all);
    let before = content();
    for check in ["configuration", "data folder", "database", "key", "clock", "audit log", "disk"] {
        finds(&muster, check, "ok", "");
    }
    finds(&muster, "address", "warning", "no public address");
    finds(&muster, "mail", "warning", "no mail server");
    assert!(content() == before, "doctor changed something");
}

#[test]
fn a_configuration_that_cannot_be_is_the_finding() {
    let muster = made();
    muster.file("muster.toml", "[servre]\n");
    finds(&muster, "configuration", "failed", "servre");
    let muster = made().with("MUSTER_LISTN", "127.0.0.1:1");
    finds(&muster, "configuration", "warning", "MUSTER_LISTN");
    let muster = made().with("MUSTER_METRICS_TOKEN", "guess");
    finds(&muster, "configuration", "failed", "at least 16 characters");
}

#[test]
fn rights_that_are_too_wide_are_found() {
    let muster = made();
    assert_eq!(fs::metadata(muster.data().join("muster.db")).unwrap().permissions().mode() & 0o777, 0o600);
    fs::set_permissions(muster.data(), fs::Permissions::from_mode(0o755)).unwrap();
    finds(&muster, "data folder", "warning", "other users");
    fs::set_permissions(muster.data().join("muster.key"), fs::Permissions::from_mode(0o644)).unwrap();
    finds(&muster, "key", "failed", "other users");
}

#[test]
fn a_key_that_is_missing_damaged_or_another_is_found() {
    let muster = made();
    let key = muster.data().join("muster.key");
    let other = made();
    fs::copy(other.data().join("muster.key"), &key).unwrap();
    finds(&muster, "key", "failed", "not the key of this database");
    fs::write(&key, "nonsense").unwrap();
    finds(&muster, "key", "failed", "is damaged");
    fs::remove_file(&key).unwrap();
    finds(&muster, "key", "failed", "No such file");
}

#[test]
fn a_database_that_is_damaged_newer_or_something_else_is_found() {
    let muster = made();
    let database = muster.data().join("muster.db");
    muster.sql(&database, "PRAGMA wal_checkpoint(TRUNCATE)");
    let good = fs::read(&database).unwrap();
    let mut bytes = good.clone();
    let quarter = bytes.len() / 4;
    bytes[quarter..quarter * 3].fill(0x55);
    fs::write(&database, &bytes).unwrap();
    finds(&muster, "database", "failed", "");
    fs::write(&database, &good).unwrap();
    muster.sql(&database, "UPDATE _sqlx_migrations SET version = 9000 WHERE version = 1");
    finds(&muster, "database", "failed", "a newer Muster");
    fs::write(&database, "nonsense, but longer than sixteen bytes").unwrap();
    finds(&muster, "database", "failed", "not an SQLite database");
}

#[test]
fn a_database_that_is_locked_or_being_restored_is_not_taken_for_a_damaged_one() {
    let muster = made();
    let database = muster.data().join("muster.db");
    let program = "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1],isolation_level=None)\nc.execute('PRAGMA locking_mode=EXCLUSIVE')\nc.execute('BEGIN EXCLUSIVE')\nprint('held',flush=True)\nsys.stdin.read()";
    let mut holder = std::process::Command::new("python3")
        .args(["-c", program])
        .arg(&database)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    BufReader::new(holder.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
    finds(&muster, "database", "failed", "another program keeps it locked");
    let (_, checks) = look(&muster);
    assert!(!serde_json::json!(checks).to_string().contains("muster restore FILE"), "{checks:#?}");
    finds(&muster, "address", "warning", "not looked at");
    finds(&muster, "mail", "warning", "not looked at");
    drop(holder.stdin.take());
    holder.wait().unwrap();
    finds(&muster, "database", "ok", "is whole");
    let restore = fs::OpenOptions::new().write(true).open(muster.data().join("lock")).unwrap();
    restore.lock().unwrap();
    finds(&muster, "database", "failed", "is being restored");
}

#[test]
fn a_database_from_before_an_upgrade_is_told_and_what_it_sets_is_not_made_up() {
    let muster = made();
    muster.done(&["settings", "set", "public_url", "https://muster.invalid"]);
    let database = muster.data().join("muster.db");
    muster.sql(
        &database,
        "DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)",
    );
    finds(&muster, "database", "warning", "is whole, of version");
    let (ok, checks) = look(&muster);
    assert!(ok && !serde_json::json!(checks).to_string().contains("no public address"), "{checks:#?}");
    finds(&muster, "address", "warning", "not looked at");
}

#[test]
fn a_clock_behind_the_newest_entry_is_found() {
    let muster = made();
    let later = "UPDATE workspace SET created_at = 1000000 * (unixepoch() + 86400)";
    muster.sql(&muster.data().join("muster.db"), later);
    finds(&muster, "clock", "failed", "written at");
}

#[test]
fn the_public_address_is_followed_to_this_very_server() {
    let muster = made();
    let server = muster.serve(&[]);
    muster.done(&["settings", "set", "public_url", &server.base]);
    finds(&muster, "address", "ok", "leads to this server");
    finds(&muster, "address", "warning", "is not protected");
    finds(&muster, "address", "warning", "this machine alone");
    let stranger = made();
    let other = stranger.serve(&[]);
    muster.done(&["settings", "set", "public_url", &other.base]);
    finds(&muster, "address", "failed", "something else than this server");
    drop(other);
    finds(&muster, "address", "failed", "cannot be reached");
    muster.done(&["settings", "set", "public_url", "https://muster.invalid"]);
    finds(&muster, "address", "failed", "not found in the DNS");
    drop(server);
    muster.done(&["settings", "set", "public_url", "http://127.0.0.1:9"]);
    finds(&muster, "address", "warning", "was not tried");
}

#[test]
fn an_address_that_sends_on_is_found() {
    let muster = made();
    let _server = muster.serve(&[]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    muster.done(&["settings", "set", "public_url", &format!("http://{}", listener.local_addr().unwrap())]);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut line = String::new();
            BufReader::new(stream.try_clone().unwrap()).read_line(&mut line).unwrap();
            stream.write_all(b"HTTP/1.1 301 Moved\r\nlocation: https://elsewhere.example/\r\ncontent-length: 0\r\n\r\n").unwrap();
        }
    });
    finds(&muster, "address", "failed", "sends on to https://elsewhere.example/");
}

/// A mail server that answers the sign-in with these words; what it was told comes back.
fn mail_server(sign_in: &'static str) -> (u16, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = std::sync::mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            stream.write_all(b"220 mx.example.org ready\r\n").unwrap();
            for line in BufReader::new(stream.try_clone().unwrap()).lines() {
                let Ok(line) = line else { break };
                let answer = match line.split(' ').next().unwrap() {
                    "EHLO" => "250-mx.example.org\r\n250-8BITMIME\r\n250 AUTH PLAIN",
                    "AUTH" => sign_in,
                    "QUIT" => "221 bye",
                    _ => "250 ok",
                };
                let _ = tell.send(line);
                if stream.write_all(format!("{answer}\r\n").as_bytes()).is_err() {
                    break;
                }
            }
        }
    });
    (port, told)
}

fn with_mail(port: u16) -> Muster {
    let muster = made();
    let port = port.to_string();
    for (key, value) in
        [("smtp.host", "127.0.0.1"), ("smtp.port", &port), ("smtp.tls", "none"), ("smtp.user", "muster")]
    {
        muster.done(&["settings", "set", key, value]);
    }
    muster
}

#[test]
fn the_conversation_with_the_mail_server_is_tried_up_to_the_sign_in() {
    let (port, told) = mail_server("535 5.7.8 Your password is of last year");
    let muster = with_mail(port);
    finds(&muster, "mail", "failed", "no sender is set");
    finds(&muster, "mail", "failed", "but no password");
    muster.run(&["settings", "set", "smtp.password"], "hunter2\n");
    muster.done(&["settings", "set", "smtp.from", "it@example.org"]);
    finds(&muster, "mail", "failed", "535 5.7.8 Your password is of last year");
    finds(&muster, "mail", "warning", "in the clear");
    assert!(!text(&muster.run(&["doctor"], "").stdout).contains("hunter2"));
    let (port, told_ok) = mail_server("235 welcome");
    muster.done(&["settings", "set", "smtp.port", &port.to_string()]);
    finds(&muster, "mail", "ok", "mx.example.org");
    muster.done(&["settings", "set", "smtp.tls", "required"]);
    finds(&muster, "mail", "failed", "offers no STARTTLS");
    muster.done(&["settings", "set", "smtp.port", "9"]);
    finds(&muster, "mail", "failed", "no connection");
    let all: Vec<String> = told.try_iter().chain(told_ok.try_iter()).collect();
    assert!(all.iter().any(|l| l.starts_with("AUTH")) && all.iter().any(|l| l == "QUIT"), "{all:?}");
    assert!(!all.iter().any(|l| l.starts_with("MAIL") || l == "DATA"), "a message was begun: {all:?}");
}

#[test]
fn a38_nothing_that_is_said_before_a_greeting_is_shown() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let muster = with_mail(listener.local_addr().unwrap().port());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = stream.unwrap().write_all(b"SSH-2.0-OpenSSH secret inside\r\n");
        }
    });
    let (_, checks) = look(&muster);
    assert!(!serde_json::json!(checks).to_string().contains("OpenSSH"), "{checks:#?}");
    finds(&muster, "mail", "failed", "no mail server answered");
}
