//! Backups and what becomes of them: keys under a passphrase, restores that lose nothing, files that are refused.

use crate::program::{Muster, text};
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

const PASSPHRASE: &str = "correct horse battery";

fn with_ada() -> Muster {
    let muster = Muster::new();
    muster.people("Ada Lovelace,ada@example.org,Ward 3\n");
    muster
}

fn mode(file: &Path) -> u32 {
    fs::metadata(file).unwrap().permissions().mode() & 0o777
}

fn names(muster: &Muster) -> Vec<String> {
    let users = muster.json(&["users", "list"]);
    users.as_array().unwrap().iter().map(|u| u["name"].as_str().unwrap().to_owned()).collect()
}

fn kept(muster: &Muster) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(muster.data()).unwrap().map(|e| e.unwrap().path());
    entries.filter(|p| p.file_name().unwrap().to_string_lossy().starts_with("before-restore-")).collect()
}

#[test]
fn a_backup_with_keys_brings_everything_back_on_another_machine() {
    let old = with_ada();
    assert!(old.run(&["settings", "set", "smtp.password"], "hunter2\n").status.success());
    old.done(&["account", "create", "rosa@example.org"]);
    let link = old.done(&["invite", "ada@example.org", "--print-link"]);
    let file = old.path().join("b.db");
    let words = ["backup", file.to_str().unwrap(), "--with-keys"];
    assert!(old.refused(&words, "short\n").contains("12 characters"));
    assert!(old.refused(&words, "").contains("no passphrase"));
    assert!(!file.exists());
    let out = old.run(&words, &format!("{PASSPHRASE}\n"));
    assert!(out.status.success(), "{}", text(&out.stderr));
    assert_eq!(mode(&file), 0o600);
    let key = fs::read_to_string(old.data().join("muster.key")).unwrap();
    let content = fs::read(&file).unwrap();
    let secret = key.trim().rsplit(' ').next().unwrap().as_bytes();
    assert!(!content.windows(secret.len()).any(|w| w == secret), "the key stands in the backup");

    let new = Muster::new();
    let restore = ["restore", file.to_str().unwrap()];
    assert!(new.refused(&restore, "another passphrase\n").contains("not the one"));
    assert!(new.refused(&restore, "").contains("no passphrase"));
    assert!(!new.data().join("muster.db").exists() && !new.data().join("muster.key").exists());
    let passphrase = new.file("passphrase", PASSPHRASE);
    fs::set_permissions(&passphrase, fs::Permissions::from_mode(0o600)).unwrap();
    let done = new.json(&["restore", file.to_str().unwrap(), "--passphrase-file", &passphrase]);
    assert_eq!((&done["key"], &done["kept"]), (&"ok".into(), &serde_json::Value::Null));
    assert_eq!(names(&new), ["Ada Lovelace"]);
    assert_eq!(fs::read_to_string(new.data().join("muster.key")).unwrap(), key);
    for name in ["muster.db", "muster.key"] {
        assert_eq!(mode(&new.data().join(name)), 0o600, "{name}");
    }
    assert_eq!(new.json(&["settings", "get", "smtp.password"])["smtp.password"], "set");
    let database = new.data().join("muster.db");
    assert_eq!(new.sql(&database, "SELECT count(*) FROM ticket"), "0", "one-time links of the backup end");
    // The link of the message still works, since the key is the same.
    let server = new.serve(&[]);
    let token = link.trim().rsplit('/').next().unwrap();
    let page = reqwest_get(&format!("{}/{token}", server.base));
    assert!(page.contains("google.com"), "{page}");
    assert_eq!(new.sql(&database, "SELECT count(*) FROM sqlite_schema WHERE name = 'backup_key'"), "0");
}

#[tokio::main(flavor = "current_thread")]
async fn reqwest_get(url: &str) -> String {
    let agent = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36";
    let client = reqwest::Client::builder().user_agent(agent).build().unwrap();
    client.get(url).send().await.unwrap().text().await.unwrap()
}

#[test]
fn a_restore_keeps_what_was_there_and_needs_to_be_told_to_replace_it() {
    let muster = with_ada();
    let file = muster.path().join("b.db");
    let file = file.to_str().unwrap();
    muster.done(&["backup", file]);
    muster.people("Ben Bauer,ben@example.org,\n");
    assert!(muster.refused(&["restore", file], "").contains("--force"));
    assert_eq!(names(&muster).len(), 2, "nothing changed");
    muster.done(&["restore", file, "--force"]);
    assert_eq!(names(&muster), ["Ada Lovelace"]);
    let kept = kept(&muster);
    assert_eq!((kept.len(), mode(&kept[0])), (1, 0o700));
    // What was kept is a whole data folder.
    let words = ["users", "list", "--json", "--data", kept[0].to_str().unwrap()];
    let users: serde_json::Value = serde_json::from_str(&muster.done(&words)).unwrap();
    assert_eq!(users.as_array().unwrap().len(), 2);
    // Nothing half-done lies about.
    let left = fs::read_dir(muster.data()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    assert!(left.into_iter().all(|n| !n.starts_with("restoring-")), "a draft is left");
}

#[test]
fn what_only_stands_in_the_log_of_the_old_database_is_kept_too() {
    let muster = with_ada();
    let file = muster.path().join("b.db");
    muster.done(&["backup", file.to_str().unwrap()]);
    let mut server = muster.serve(&[]);
    muster.people("Ben Bauer,ben@example.org,\n");
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    assert!(
        fs::metadata(muster.data().join("muster.db-wal")).unwrap().len() > 0,
        "a killed server leaves its log"
    );
    muster.done(&["restore", file.to_str().unwrap(), "--force"]);
    assert_eq!(names(&muster), ["Ada Lovelace"]);
    let kept = kept(&muster);
    let words = ["users", "list", "--json", "--data", kept[0].to_str().unwrap()];
    let users: serde_json::Value = serde_json::from_str(&muster.done(&words)).unwrap();
    assert_eq!(users.as_array().unwrap().len(), 2);
}

#[test]
fn no_database_is_replaced_under_a_running_server() {
    let muster = with_ada();
    let file = muster.path().join("b.db");
    let file = file.to_str().unwrap();
    let server = muster.serve(&[]);
    muster.done(&["backup", file]);
    assert!(muster.refused(&["restore", file, "--force"], "").contains("stop it first"));
    drop(server);
    muster.done(&["restore", file, "--force"]);
}

#[test]
fn a_backup_without_the_key_says_so_and_fits_its_own_key_alone() {
    let muster = with_ada();
    let file = muster.path().join("b.db");
    let file = file.to_str().unwrap();
    muster.done(&["backup", file]);
    let other = Muster::new();
    let out = other.done(&["restore", file]);
    assert!(out.contains("put muster.key into"), "{out}");
    assert!(other.refused(&["serve", "--listen", "127.0.0.1:0"], "").contains("muster.key is missing"));
    let stranger = Muster::new();
    stranger.people("Eve,eve@example.org,\n");
    assert!(stranger.refused(&["restore", file, "--force"], "").contains("not the key"));
    assert_eq!(names(&stranger), ["Eve"]);
    fs::copy(stranger.data().join("muster.key"), other.data().join("muster.key")).unwrap();
    assert!(
        other.refused(&["serve", "--listen", "127.0.0.1:0"], "").contains("not the key of this database")
    );
    fs::copy(muster.data().join("muster.key"), other.data().join("muster.key")).unwrap();
    assert_eq!(names(&other), ["Ada Lovelace"]);
}

#[test]
fn a_file_that_is_no_whole_backup_of_this_or_an_older_version_is_refused() {
    let muster = with_ada();
    muster.done(&["backup", muster.path().join("b.db").to_str().unwrap()]);
    let good = muster.path().join("b.db");
    let refused = |name: &str, words: &str| {
        let into = Muster::new();
        fs::create_dir(into.data()).unwrap();
        fs::copy(muster.data().join("muster.key"), into.data().join("muster.key")).unwrap();
        let said = into.refused(&["restore", muster.path().join(name).to_str().unwrap()], "");
        assert!(said.contains(words), "{name}: {said}");
        assert!(!into.data().join("muster.db").exists(), "{name}");
    };
    muster.file("text", "name,email\nAda,ada@example.org\n");
    refused("text", "not an SQLite database");
    muster.file("empty", "");
    refused("empty", "not an SQLite database");
    muster.sql(&muster.path().join("other"), "CREATE TABLE workspace (id)");
    refused("other", "not one of Muster");
    fs::copy(&good, muster.path().join("newer")).unwrap();
    muster.sql(&muster.path().join("newer"), "UPDATE _sqlx_migrations SET version = 9000 WHERE version = 1");
    refused("newer", "a newer Muster wrote it");
    let mut bytes = fs::read(&good).unwrap();
    let middle = bytes.len() / 4;
    bytes[middle..middle * 3].fill(0x55);
    muster.file("damaged", &bytes);
    refused("damaged", "was not restored");
    bytes = fs::read(&good).unwrap();
    bytes.truncate(bytes.len() / 2);
    muster.file("short", &bytes);
    refused("short", "was not restored");
    refused("nothing", "cannot read");
    refused("data", "is no file");
}

#[test]
fn a43_a_backup_follows_no_link_replaces_no_file_and_takes_no_name_of_musters_own() {
    let muster = with_ada();
    let before = fs::read(muster.data().join("muster.key")).unwrap();
    let link = muster.path().join("link");
    std::os::unix::fs::symlink(muster.path().join("elsewhere"), &link).unwrap();
    assert!(muster.refused(&["backup", link.to_str().unwrap()], "").contains("there already"));
    assert!(!muster.path().join("elsewhere").exists());
    for name in ["muster.key", "muster.db", "muster.db-wal", "muster.db-journal", "address", "lock"] {
        for way in ["data", "data/../data", "./data"] {
            let words = muster.refused(&["backup", &format!("{way}/{name}")], "");
            assert!(
                words.contains("there already") || words.contains("uses itself"),
                "{way}/{name}: {words}"
            );
        }
    }
    for name in ["", "/", "..", "data"] {
        assert_ne!(muster.run(&["backup", name], "").status.code(), Some(0), "{name:?}");
    }
    assert!(muster.refused(&["backup", "no/such/folder/b.db"], "").contains("cannot write"));
    assert_eq!(fs::read(muster.data().join("muster.key")).unwrap(), before);
    assert_eq!(names(&muster), ["Ada Lovelace"]);
}

#[test]
fn a43_a_backup_of_somebody_else_cannot_ask_for_endless_work_or_slip_in_another_key() {
    let muster = with_ada();
    let file = muster.path().join("b.db");
    let words = ["backup", file.to_str().unwrap(), "--with-keys"];
    assert!(muster.run(&words, PASSPHRASE).status.success());
    let spoilt = muster.path().join("spoilt.db");
    for (sql, words) in [
        ("UPDATE backup_key SET memory_kib = 4000000000", "never writes"),
        ("UPDATE backup_key SET version = 2", "format 2"),
        ("UPDATE backup_key SET sealed = x'00'", "not the one"),
        (
            "UPDATE sealed SET value = x'00112233445566778899aabbccddeeff' WHERE name = 'key.check'",
            "not those of its database",
        ),
    ] {
        fs::copy(&file, &spoilt).unwrap();
        muster.sql(&spoilt, sql);
        let into = Muster::new();
        let said = into.refused(&["restore", spoilt.to_str().unwrap()], PASSPHRASE);
        assert!(said.contains(words), "{sql}: {said}");
        assert!(!into.data().join("muster.key").exists());
    }
}

#[test]
fn a_server_without_its_key_says_so_and_does_not_start() {
    let muster = with_ada();
    fs::remove_file(muster.data().join("muster.key")).unwrap();
    let words = muster.refused(&["serve", "--listen", "127.0.0.1:0"], "");
    assert!(words.contains("muster.key is missing") && words.contains("Put the key file back"), "{words}");
    assert!(!muster.data().join("muster.key").exists(), "no new key is made over an old database");
    muster.file("data/muster.key", "muster-key-v1 nonsense\n");
    assert!(muster.refused(&["serve", "--listen", "127.0.0.1:0"], "").contains("is damaged"));
}
