//! The passphrase as a person types it: in a terminal, unseen, and with the terminal as it was afterwards.

use crate::program::{Muster, text};
use std::process::Command;

/// Runs a command in a terminal of Python's, types each line after its prompt, and answers the exit code, whether what is
/// typed is shown afterwards, and what was shown in all.
fn typed(muster: &Muster, words: &[&str], lines: &[(&str, &str)]) -> (i32, bool, String) {
    let program = r#"
import json, os, pty, subprocess, sys, termios, time
command, lines = json.loads(sys.argv[1])
ours, theirs = pty.openpty()
def begin():
    os.setsid()
    import fcntl
    fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)
child = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, preexec_fn=begin)
seen, read = b"", 0
os.set_blocking(ours, False)
def more():
    global seen
    try: seen += os.read(ours, 65536)
    except (BlockingIOError, OSError): time.sleep(0.02)
end = time.time() + 60
for prompt, line in lines:
    while prompt.encode() not in seen[read:] and time.time() < end: more()
    read = len(seen)
    os.write(ours, line.encode())
while child.poll() is None and time.time() < end: more()
more()
shows = bool(termios.tcgetattr(theirs)[3] & termios.ECHO)
print(json.dumps([child.returncode, shows, seen.decode("utf-8", "replace")]))
"#;
    let mut command = vec![env!("CARGO_BIN_EXE_muster")];
    command.extend(words);
    let argument = serde_json::json!([command, lines]).to_string();
    let out = Command::new("python3").args(["-c", program, &argument]).current_dir(muster.path()).output();
    let out = out.unwrap();
    assert!(out.status.success(), "{}", text(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

#[test]
fn a_passphrase_is_typed_twice_unseen_and_opens_the_backup() {
    let muster = Muster::new();
    muster.people("Ada,ada@example.org,\n");
    let link = muster.done(&["invite", "ada@example.org", "--print-link"]);
    let twice = [("Passphrase: ", "correct horse\n"), ("The same again: ", "correct horse\n")];
    let (code, shows, seen) = typed(&muster, &["backup", "saved", "--with-keys"], &twice);
    assert_eq!((code, shows), (0, true), "{seen}");
    assert!(seen.contains("written, with the keys") && !seen.contains("horse"), "{seen}");

    let (code, shows, seen) =
        typed(&muster, &["restore", "saved", "--data", "wrong"], &[("Passphrase: ", "guess\n")]);
    assert_eq!((code, shows), (1, true), "{seen}");
    assert!(!seen.contains("guess"), "{seen}");
    let once = [("Passphrase: ", "correct horse\n")];
    let (code, shows, seen) = typed(&muster, &["restore", "saved", "--data", "elsewhere"], &once);
    assert_eq!((code, shows), (0, true), "{seen}");
    assert!(!seen.contains("horse"), "{seen}");
    let users = muster.json(&["users", "list", "--data", "elsewhere"]);
    assert_eq!(users[0]["email"], "ada@example.org");
    assert!(!link.is_empty());
}

#[test]
fn two_that_differ_write_nothing_and_who_gives_up_has_their_terminal_back() {
    let muster = Muster::new();
    muster.people("Ada,ada@example.org,\n");
    let differ = [("Passphrase: ", "one\n"), ("The same again: ", "two\n")];
    let (code, shows, seen) = typed(&muster, &["backup", "saved", "--with-keys"], &differ);
    assert_eq!((code, shows), (1, true), "{seen}");
    assert!(seen.contains("not the same"), "{seen}");
    let none = [("Passphrase: ", "\n"), ("The same again: ", "\n")];
    let (code, _, seen) = typed(&muster, &["backup", "saved", "--with-keys"], &none);
    assert!(code == 1 && seen.contains("there is no passphrase"), "{seen}");
    let (code, shows, seen) =
        typed(&muster, &["backup", "saved", "--with-keys"], &[("Passphrase: ", "\u{3}")]);
    assert_eq!((code, shows), (130, true), "{seen}");
    assert!(!muster.path().join("saved").exists());
    let left: Vec<_> = std::fs::read_dir(muster.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("part")), "{left:?}");
}

#[test]
fn the_mail_servers_password_is_typed_unseen() {
    let muster = Muster::new();
    let once = [("SMTP password: ", "hunter2 and more\n")];
    let (code, shows, seen) = typed(&muster, &["settings", "set", "smtp.password"], &once);
    assert_eq!((code, shows), (0, true), "{seen}");
    assert!(!seen.contains("hunter2"), "{seen}");
    assert_eq!(muster.json(&["settings", "get", "smtp.password"])["smtp.password"], "set");
}
