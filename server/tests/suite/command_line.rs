//! The command line as scripts use it: the real program, its documents on stdout and its exit codes.

use serde_json::Value;
use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

struct Muster(TempDir);

impl Muster {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, words: &[&str], stdin: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_muster"))
            .args(words)
            .env("MUSTER_DATA", self.path().join("data"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// The one document of a command that succeeds.
    fn json(&self, words: &[&str]) -> Value {
        let out = self.run(&[words, &["--json"]].concat(), "");
        assert!(out.status.success(), "{words:?}: {}", String::from_utf8_lossy(&out.stderr));
        serde_json::from_slice(&out.stdout).unwrap()
    }

    /// The words of a command that is refused; it prints nothing on stdout.
    fn refused(&self, words: &[&str]) -> String {
        let out = self.run(words, "");
        assert_eq!((out.status.code(), out.stdout.as_slice()), (Some(1), b"".as_slice()), "{words:?}");
        String::from_utf8(out.stderr).unwrap()
    }

    fn import(&self, csv: &[u8]) -> Output {
        let file = self.path().join("people.csv");
        std::fs::write(&file, csv).unwrap();
        self.run(&["users", "import", file.to_str().unwrap()], "")
    }
}

const PEOPLE: &str = "\u{FEFF}name,email,groups,language\nAda Lovelace,ada@example.org,Ward 3;Nurses,\n\"Волкова, Дарья\",d@example.org,,ru\nFarah,,Ward 3,\n";

#[test]
fn people_are_imported_listed_and_exported_in_the_same_form() {
    let muster = Muster::new();
    let out = muster.import(PEOPLE.as_bytes());
    assert_eq!(String::from_utf8(out.stdout).unwrap(), "3 added, 0 updated, 0 as they were\n");
    let users = muster.json(&["users", "list"]);
    let ada = &users.as_array().unwrap()[0];
    assert_eq!(
        (&ada["name"], &ada["email"], &ada["groups"]),
        (&"Ada Lovelace".into(), &"ada@example.org".into(), &serde_json::json!(["Nurses", "Ward 3"]))
    );
    assert_eq!((&ada["devices"], &ada["status"]), (&0.into(), &Value::Null));
    assert_eq!(
        muster.json(&["groups", "list"])[1],
        serde_json::json!({ "name": "Ward 3", "users": 2, "connected": 0 })
    );
    let exported = muster.run(&["users", "export"], "").stdout;
    assert!(String::from_utf8_lossy(&exported).contains("d@example.org,,ru\n"), "{exported:?}");
    let again = Muster::new();
    assert!(again.import(&exported).status.success());
    assert_eq!(again.run(&["users", "export"], "").stdout, exported);
    // A group's name may have the separator in it, and a person's what a spreadsheet takes for a formula.
    muster.import("name,email,groups\n=1+1,f@example.org,\"\"\"Night; shift\"\";Day\"\n".as_bytes());
    let exported = muster.run(&["users", "export"], "").stdout;
    let copy = Muster::new();
    assert!(copy.import(&exported).status.success());
    let of = |muster: &Muster| {
        let users = muster.json(&["users", "list"]);
        let person = users.as_array().unwrap().iter().find(|u| u["email"] == "f@example.org").unwrap();
        (person["name"].clone(), person["groups"].clone())
    };
    assert_eq!(of(&copy), ("=1+1".into(), serde_json::json!(["Day", "Night; shift"])));
    assert_eq!(of(&copy), of(&muster));
    // A file's groups are added, or replace those that people are in.
    let csv = b"name,email,groups\nAda Lovelace,ada@example.org,Day\nFarah,,\n";
    let out = muster.import(csv);
    assert_eq!(String::from_utf8(out.stdout).unwrap(), "0 added, 1 updated, 1 as they were\n");
    let groups = || muster.json(&["users", "list"]).as_array().unwrap()[1]["groups"].clone();
    assert_eq!(groups(), serde_json::json!(["Day", "Nurses", "Ward 3"]));
    let file = muster.path().join("people.csv");
    let replaced = muster.json(&["users", "import", "--replace-groups", file.to_str().unwrap()]);
    assert_eq!(replaced, serde_json::json!({ "added": 0, "updated": 1, "same": 1 }));
    assert_eq!(groups(), serde_json::json!(["Day"]));
    let out = muster.import(b"name,email\nAda King,ADA@example.org\n");
    assert_eq!(String::from_utf8(out.stdout).unwrap(), "0 added, 1 updated, 0 as they were\n");
}

#[test]
fn a_file_with_bad_rows_imports_nothing_and_names_each() {
    let muster = Muster::new();
    let out = muster.import(b"name,email,groups\nGood,good@example.org,\n,,Ward 3\nBad,not an address,\n");
    assert_eq!(out.status.code(), Some(1));
    let words = String::from_utf8(out.stderr).unwrap();
    assert!(
        words.contains("line 3: there is no name and no address")
            && words.contains("line 4: address \"not an address\""),
        "{words}"
    );
    assert_eq!(muster.json(&["users", "list"]), serde_json::json!([]));
    let out = muster.import(b"who,where\nA,b\n");
    assert!(String::from_utf8(out.stderr).unwrap().contains("header name,email,groups"));
    assert_eq!(muster.import(b"name,email\n\xFF\xFE,x\n").status.code(), Some(1));
}

#[test]
fn a_link_is_printed_alone_and_revoked_by_its_id() {
    let muster = Muster::new();
    muster.import(PEOPLE.as_bytes());
    let out = muster.run(&["invite", "ada@example.org", "--print-link"], "");
    let link = String::from_utf8(out.stdout).unwrap();
    let token = link.strip_prefix("http://127.0.0.1:8080/").unwrap().trim_end();
    assert_eq!((token.len(), link.lines().count()), (31, 1));
    muster.run(&["settings", "set", "public_url", "https://muster.example.org/"], "");
    let made = muster.json(&["invite", "ada@example.org", "--count", "2", "--print-link"]);
    assert_eq!(made.as_array().unwrap().len(), 2);
    assert_eq!(made[0]["email"], "ada@example.org");
    assert!(made[0]["link"].as_str().unwrap().starts_with("https://muster.example.org/"));
    assert!(made[0]["expires_at"].as_str().unwrap().ends_with('Z'));
    assert_ne!(made[0]["link"], made[1]["link"]);
    let list = muster.json(&["invitations", "list"]);
    assert_eq!(list.as_array().unwrap().len(), 3);
    let named = ["invite", "ada@example.org", "ADA@example.org", "--print-link"];
    assert_eq!(muster.json(&named).as_array().unwrap().len(), 1, "who is named twice is one person");
    let list = muster.json(&["invitations", "list"]);
    assert!(!list.to_string().contains(token), "a list never holds a link");
    // No mail was sent, and the lists say so.
    for row in list.as_array().unwrap() {
        assert_eq!((&row["state"], &row["delivery"]), (&"sent".into(), &"link".into()), "{row}");
        assert_eq!(row["sent_at"], Value::Null, "{row}");
    }
    let id = list[0]["id"].as_str().unwrap();
    assert_eq!(muster.json(&["invitations", "revoke", id])["revoked"], serde_json::json!([id]));
    assert_eq!(muster.json(&["invitations", "list"])[0]["state"], "revoked");
    assert!(muster.refused(&["invitations", "revoke", id]).contains("not possible"));
}

#[test]
fn what_cannot_be_a_host_or_an_address_is_refused_with_what_to_do() {
    let muster = Muster::new();
    for host in
        ["smtp://mail.example.org", "mail.example.org:587", "mail example.org", "mail.example.org.", "a/b"]
    {
        let words = muster.refused(&["settings", "set", "smtp.host", host]);
        assert!(words.contains("a name or address alone, such as mail.example.org"), "{words}");
    }
    for address in
        ["muster.example.org", "https://muster.example.org/path", "https://a b.example", "ftp://a.example"]
    {
        let words = muster.refused(&["settings", "set", "public_url", address]);
        assert!(words.contains("must look like https://muster.example.org"), "{words}");
    }
    for port in ["0", "65536", "many", "-1", "99999999999999999999"] {
        let words = muster.refused(&["settings", "set", "--", "smtp.port", port]);
        assert!(words.contains("the SMTP port must be from 1 to 65535"), "{words}");
    }
    for days in ["x", "99999999999"] {
        let words = muster.refused(&["settings", "set", "links.days", days]);
        assert!(words.contains("links.days must be a whole number"), "{words}");
    }
    assert!(muster.json(&["settings", "get"])["smtp.host"].is_null());
    let out = muster.run(&["settings", "set", "smtp.port", "25", "--json"], "");
    let words = String::from_utf8(out.stderr).unwrap();
    assert!(words.contains("mails go to localhost now: set smtp.host too"), "{words}");
    let document: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(document["set"], "smtp.port");
}

#[test]
fn a_group_is_invited_once_each_and_those_without_an_address_are_counted() {
    let muster = Muster::new();
    muster.import(PEOPLE.as_bytes());
    let out = muster.run(&["invite", "ada@example.org", "--group", "ward 3", "--json"], "");
    let words = String::from_utf8(out.stderr).unwrap();
    assert!(words.contains("no mail server is set"), "it is said before, not after: {words}");
    let sent: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!((&sent["messages"], &sent["without_address"]), (&1.into(), &1.into()));
    let queued = &muster.json(&["invitations", "list"])[0];
    assert_eq!((&queued["state"], &queued["delivery"]), (&"queued".into(), &"mail".into()));
    assert!(muster.refused(&["invite", "--group", "Nobody"]).contains("groups list"));
    assert!(muster.refused(&["invite", "eve@example.org"]).contains("add them first"));
    assert_eq!(muster.run(&["invite"], "").status.code(), Some(2));
    assert_eq!(muster.run(&["invite", "not-an-address"], "").status.code(), Some(2));
}

#[test]
fn settings_are_checked_and_a_password_is_never_printed() {
    let muster = Muster::new();
    for (key, value) in [
        ("smtp.host", "mail.example.org"),
        ("smtp.port", "465"),
        ("smtp.tls", "implicit"),
        ("smtp.user", "muster"),
        ("smtp.from", "it@example.org"),
        ("links.days", "14"),
        ("name", "Northwind 7"),
    ] {
        assert!(muster.run(&["settings", "set", key, value], "").status.success(), "{key}");
        let out = muster.run(&["settings", "get", key], "");
        assert_eq!(String::from_utf8(out.stdout).unwrap().trim_end(), value);
    }
    assert!(muster.run(&["settings", "set", "smtp.password"], "hunter2\n").status.success());
    let removed = muster.run(&["settings", "set", "smtp.password"], "");
    assert!(String::from_utf8_lossy(&removed.stderr).contains("smtp.password is removed"), "{removed:?}");
    assert!(muster.run(&["settings", "set", "smtp.password"], "hunter2\n").status.success());
    let all = muster.json(&["settings", "get"]);
    assert_eq!((&all["smtp.password"], &all["smtp.port"]), (&"set".into(), &465.into()));
    assert!(!all.to_string().contains("hunter2"));
    assert!(muster.refused(&["settings", "set", "smtp.password", "x"]).contains("stdin"));
    for (key, value) in [
        ("public_url", "javascript:x"),
        ("smtp.port", "x"),
        ("smtp.tls", "maybe"),
        ("smtp.from", "nobody"),
        ("links.days", "0"),
        ("silence.warning_days", "40"),
    ] {
        muster.refused(&["settings", "set", key, value]);
    }
    assert!(muster.refused(&["settings", "get", "nothing"]).contains("smtp.host"));
    assert!(muster.run(&["settings", "set", "smtp.host"], "").status.success());
    assert_eq!(muster.json(&["settings", "get"])["smtp.port"], Value::Null);
}

#[test]
fn a35_an_account_is_made_with_a_one_time_link_and_no_password() {
    let muster = Muster::new();
    let made = muster.json(&["account", "create", "rosa@example.org", "--role", "owner"]);
    let link = made["link"].as_str().unwrap().to_owned();
    assert!(link.contains("/setup/") && link.len() > 60);
    assert!(muster.refused(&["account", "create", "Rosa@example.org"]).contains("already exists"));
    assert_ne!(muster.json(&["account", "reset", "rosa@example.org"])["link"], link);
    assert!(muster.refused(&["account", "reset", "eve@example.org"]).contains("no account"));
    assert_eq!(
        muster.run(&["account", "create", "x@example.org", "--role", "god"], "").status.code(),
        Some(2)
    );
}

#[test]
fn a_backup_opens_with_the_key_alone() {
    let muster = Muster::new();
    muster.import(PEOPLE.as_bytes());
    let file = muster.path().join("backup.db");
    assert!(muster.run(&["backup", file.to_str().unwrap()], "").status.success());
    assert!(muster.refused(&["backup", file.to_str().unwrap()]).contains("there already"));
    let restored = Muster::new();
    std::fs::create_dir(restored.path().join("data")).unwrap();
    std::fs::copy(&file, restored.path().join("data/muster.db")).unwrap();
    assert!(restored.refused(&["users", "list"]).contains("muster.key is missing"));
    std::fs::copy(muster.path().join("data/muster.key"), restored.path().join("data/muster.key")).unwrap();
    assert_eq!(restored.json(&["users", "list"]).as_array().unwrap().len(), 3);
}

#[test]
fn lists_without_rows_are_empty_documents() {
    let muster = Muster::new();
    for words in [["devices", "list"], ["users", "list"], ["invitations", "list"], ["groups", "list"]] {
        assert_eq!(muster.json(&words), serde_json::json!([]));
    }
    assert!(String::from_utf8(muster.run(&["completions", "bash"], "").stdout).unwrap().contains("muster"));
}

#[test]
fn the_audit_log_says_what_the_command_line_did_and_a_check_ends_with_1_when_it_is_not_whole() {
    let muster = Muster::new();
    let file = muster.path().join("people.csv");
    std::fs::write(&file, "name,email\nAnna,anna@example.org\n").unwrap();
    muster.json(&["users", "import", file.to_str().unwrap()]);
    muster.json(&["settings", "set", "links.days", "9"]);
    let out = muster.run(&["settings", "set", "smtp.password"], "hunter2\n");
    assert!(out.status.success());
    let listed = muster.json(&["audit", "list"]);
    let actions: Vec<_> = listed.as_array().unwrap().iter().map(|e| e["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["settings.secret", "settings.changed", "user.imported"]);
    assert_eq!(
        listed[1]["changes"],
        serde_json::json!([{ "field": "link_days", "before": "7", "after": "9" }])
    );
    assert!(!listed.to_string().contains("hunter2"));
    let verdict = muster.json(&["audit", "verify"]);
    let log = &verdict["logs"][0];
    assert_eq!((&log["entries"], &verdict["whole"]), (&3.into(), &true.into()));
    let hash = log["hash"].as_str().unwrap();
    assert_eq!(muster.json(&["audit", "verify", "--noted", &format!("3:{hash}")])["whole"], true);
    for (noted, code) in [(format!("4:{hash}"), 1), (format!("2:{hash}"), 1), ("3:zz".to_owned(), 2)] {
        let out = muster.run(&["audit", "verify", "--noted", &noted], "");
        assert_eq!(out.status.code(), Some(code), "{noted}");
    }
    // A second workspace has a log of its own: it is checked too, and its end is not that of the first.
    muster.json(&["account", "create", "rosa@example.org", "--role", "owner"]);
    let second = muster.json(&["workspace", "create", "Second", "--owner", "rosa@example.org"]);
    let second = second["id"].as_str().unwrap();
    assert_eq!(muster.json(&["audit", "verify"])["logs"].as_array().unwrap().len(), 2);
    let out = muster.run(&["audit", "verify", "--noted", &format!("3:{hash}")], "");
    assert!(String::from_utf8_lossy(&out.stderr).contains("--workspace"), "{out:?}");
    let program = "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\nc.execute('DROP TRIGGER audit_stays_as_it_is')\n\
        c.execute('UPDATE audit SET record = replace(record, ?, ?) WHERE workspace_id = ?', ('{', '{ ', sys.argv[2]))\nc.commit()";
    let file = muster.path().join("data/muster.db");
    let done =
        std::process::Command::new("python3").args(["-c", program]).arg(file).arg(second).status().unwrap();
    assert!(done.success());
    let out = muster.run(&["audit", "verify"], "");
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    assert_eq!(out.status.code(), Some(1), "{text}");
    assert!(
        text.contains("is whole: 5 entries") && text.contains("the audit log of Second is not whole"),
        "{text}"
    );
    let out = muster.run(&["doctor", "--json"], "");
    let doctor: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let check = doctor["checks"].as_array().unwrap().iter().find(|c| c["check"] == "audit log").unwrap();
    assert_eq!((&doctor["ok"], &check["state"]), (&false.into(), &"failed".into()));
    assert!(check["message"].as_str().unwrap().contains("that of Second is not whole"), "{check}");
}

#[test]
fn the_message_is_worded_shown_and_taken_back() {
    let muster = Muster::new();
    let usual = muster.json(&["message", "show"]);
    assert_eq!((&usual["own"], &usual["language"]), (&false.into(), &"en".into()));
    assert!(muster.run(&["message", "set", "subject", "For {{name}}"], "").status.success());
    assert!(
        muster.run(&["message", "set", "text", "--language", "ru"], "Привет, {{name}}!\n").status.success()
    );
    let own = muster.json(&["message", "show"]);
    assert_eq!((&own["own"], &own["words"]["subject"]), (&true.into(), &"For {{name}}".into()));
    assert_eq!(own["words"]["text"], usual["words"]["text"], "the rest stays");
    assert_eq!(muster.json(&["message", "show", "--language", "ru"])["words"]["text"], "Привет, {{name}}!");
    for (words, told) in [
        (["message", "set", "subject", "{{link}}"], "subject has {{link}} at character 1"),
        (["message", "set", "text", "{{nobody}}"], "text has {{nobody}} at character 1"),
        (["message", "set", "button", "a\nb"], "button has a line break"),
    ] {
        let why = muster.refused(&words);
        assert!(why.contains(told), "{why}");
    }
    assert!(muster.run(&["message", "reset"], "").status.success());
    assert_eq!(muster.json(&["message", "show"]), usual);
    assert_eq!(muster.json(&["message", "show", "--language", "ru"])["own"], true);
}

#[test]
fn accounts_and_workspaces_are_looked_after_and_the_last_owner_stays() {
    let muster = Muster::new();
    muster.json(&["account", "create", "rosa@example.org", "--role", "owner", "--name", "Rosa"]);
    muster.json(&["account", "create", "olga@example.org", "--role", "auditor"]);
    let second = muster.json(&["workspace", "create", "Second", "--owner", "olga@example.org"]);
    assert_eq!(second["name"], "Second");
    let spaces = muster.json(&["workspace", "list"]);
    let counts: Vec<_> = spaces.as_array().unwrap().iter().map(|w| w["accounts"].clone()).collect();
    assert_eq!(counts, [2, 1], "{spaces}");
    let list = |words: &[&str]| {
        let list = muster.json(&[words, &["account", "list"]].concat());
        let row = |a: &Value| format!("{} {}", a["email"].as_str().unwrap(), a["role"].as_str().unwrap());
        list.as_array().unwrap().iter().map(row).collect::<Vec<_>>()
    };
    assert_eq!(list(&[]), ["olga@example.org auditor", "rosa@example.org owner"]);
    let id = second["id"].as_str().unwrap();
    assert_eq!(list(&["--workspace", id]), ["olga@example.org owner"]);
    assert_eq!(list(&["--workspace", "Second"]), ["olga@example.org owner"]);
    let invited = muster.json(&["account", "invite", "new@example.org", "--role", "operator"]);
    assert!(invited["link"].as_str().unwrap().contains("/join/"), "{invited}");
    for (words, why) in [
        (vec!["account", "invite", "NEW@example.org"], "invited already"),
        (vec!["account", "invite", "rosa@example.org"], "has an account here"),
        (vec!["account", "role", "rosa@example.org", "auditor"], "last owner"),
        (vec!["account", "remove", "rosa@example.org"], "last owner"),
        (vec!["account", "remove", "nobody@example.org"], "there is no account"),
        (vec!["--workspace", "Second", "account", "remove", "rosa@example.org"], "not in this workspace"),
        (vec!["--workspace", "Third", "users", "list"], "there is no workspace"),
        (vec!["workspace", "create", "Third", "--owner", "nobody@example.org"], "there is no account"),
    ] {
        let said = muster.refused(&words);
        assert!(said.contains(why), "{words:?}: {said}");
    }
    assert_eq!(
        muster.json(&["account", "remove", "olga@example.org"]),
        serde_json::json!({ "removed": "olga@example.org" })
    );
    assert_eq!(list(&["--workspace", "Second"]), ["olga@example.org owner"]);
    assert_eq!(muster.run(&["--workspace", "Second", "doctor"], "").status.code(), Some(2));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_fault() {
    let muster = Muster::new();
    muster.json(&["users", "list"]);
    for words in [
        &["message", "show"][..],
        &["message", "show", "--json"],
        &["settings", "get"],
        &["users", "list"],
        &["users", "export"],
        &["audit", "verify"],
        &["completions", "bash"],
        &["account", "create", "ada@example.org"],
    ] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_muster"))
            .args(words)
            .env("MUSTER_DATA", muster.path().join("data"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // As `head` does when it has its lines.
        drop(child.stdout.take());
        let out = child.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&out.stderr);
        assert!(
            out.status.success() && !told.contains("panic") && !told.contains("pipe"),
            "{words:?}: {told}"
        );
    }
    assert_eq!(
        muster.json(&["account", "list"])[0]["email"],
        "ada@example.org",
        "what was to be done is done"
    );
}
