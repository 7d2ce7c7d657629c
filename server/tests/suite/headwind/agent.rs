//! The whole life of the real agent, as `end2end/headwind-agent` has it from its source: strict about fields that the agent
//! does not know, and dead where the agent would crash or a phone be harmed.

use super::phone::{last, orders, the_device};
use crate::world::{Server, browser};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

/// The agent's program; `cargo xtask test` installs what it needs.
fn program() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../end2end/headwind-agent/headwind-agent")
}

/// A phone with the agent, its state in the server's folder.
pub struct Agent {
    state: PathBuf,
}

impl Agent {
    pub fn new(server: &Server, name: &str) -> Self {
        Self { state: server.folder.path().join(name) }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.arg("--state").arg(&self.state).args(["--events", "-", "--speed", "20"]).args(words);
        command
    }

    /// Runs a command; its exit code, and what happened.
    pub fn does(&self, words: &[&str]) -> (Option<i32>, Vec<Value>) {
        let out = self.command(words).output().unwrap();
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        let events: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        // What would harm a phone, and a field that the agent does not know, end it so.
        assert!(!matches!(out.status.code(), Some(70 | 71)), "{text}");
        (out.status.code(), events)
    }

    /// Set up with a link typed in, and one round.
    fn connects(&self, link: &str, number: &str, more: &[&str]) -> (Option<i32>, Vec<Value>) {
        let set_up = [&["set-up", "--server", link, "--number", number, "--serial", "R5CT1"], more].concat();
        assert_eq!(self.does(&set_up).0, Some(0));
        self.does(&["sync"])
    }

    /// Its life goes on until the value is dropped.
    fn lives(&self) -> Life {
        let mut child = self.command(&["run"]).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (tell, events) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let Ok(event) = serde_json::from_str::<Value>(&line) else { continue };
                if tell.send(event).is_err() {
                    break;
                }
            }
        });
        Life { child, events }
    }
}

struct Life {
    child: Child,
    events: Receiver<Value>,
}

impl Drop for Life {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Life {
    /// Waits for an event; what would harm a phone is none that it waits for.
    async fn until(&self, name: &str) -> Value {
        let late = Instant::now() + Duration::from_secs(30);
        while Instant::now() < late {
            while let Ok(event) = self.events.try_recv() {
                let what = event["event"].as_str().unwrap_or_default().to_owned();
                assert!(!matches!(what.as_str(), "crash" | "unknown-field"), "{event}");
                if what == name {
                    return event;
                }
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no {name} within half a minute")
    }
}

fn of<'e>(events: &'e [Value], name: &str) -> Vec<&'e Value> {
    events.iter().filter(|event| event["event"] == name).collect()
}

#[tokio::test]
async fn the_agent_connects_with_a_link_typed_in_and_moves_to_its_own_address() {
    let server = Server::start();
    server.people();
    let (agent, link) = (Agent::new(&server, "one"), server.link());
    let (code, events) = agent.connects(&link, "anna", &["--model", "Pixel 8"]);
    assert_eq!(code, Some(0), "{events:?}");
    assert_eq!((of(&events, "migrated").len(), of(&events, "number").len()), (1, 1), "{events:?}");
    let token = link.rsplit('/').next().unwrap();
    let kept = agent.does(&["show"]).1;
    assert!(!json!(kept).to_string().contains(token), "the token has left the phone: {kept:?}");
    let device = the_device(&server);
    assert_eq!((&device["model"], &device["status"]), (&json!("Pixel 8"), &json!("ok")));
    // It lives on: round after round changes nothing.
    let (code, events) = agent.does(&["sync"]);
    assert_eq!((code, of(&events, "migrated").len()), (Some(0), 0), "{events:?}");
    // A second phone with that link is told, and asked for another number; nothing of it is kept.
    let (code, events) = Agent::new(&server, "two").connects(&link, "boris", &[]);
    assert_eq!((code, of(&events, "server-error").len()), (Some(2), 1), "{events:?}");
    assert_eq!(server.json(&["devices", "list"]).as_array().unwrap().len(), 1);
    // The first one was reset, and is set up again as it was: the same device.
    agent.does(&["reinstall"]);
    assert_eq!(agent.connects(&link, "anna", &["--model", "Pixel 8"]).0, Some(0));
    assert_eq!(the_device(&server)["id"], device["id"]);
}

#[tokio::test]
async fn the_agent_scans_the_code_of_a_link_and_nothing_is_typed() {
    let server = Server::start();
    server.people();
    let link = server.link();
    let code = async || browser().get(format!("{link}/code.png")).send().await.unwrap();
    let png = code().await;
    assert_eq!(png.headers()["content-type"], "image/png");
    let file = server.folder.path().join("code.png");
    std::fs::write(&file, png.bytes().await.unwrap()).unwrap();
    // Read by another program.
    let read = Command::new("zbarimg").args(["--raw", "-q"]).arg(&file).output().unwrap();
    let text = String::from_utf8(read.stdout).unwrap();
    let extras: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        extras.as_object().unwrap().len(),
        1,
        "for an agent that is there, and no phone fresh from its box: {extras}"
    );
    std::fs::write(server.folder.path().join("code.json"), &text).unwrap();
    let agent = Agent::new(&server, "one");
    let scanned = server.folder.path().join("code.json");
    assert_eq!(
        agent.does(&["set-up", "--qr", scanned.to_str().unwrap(), "--model", "Galaxy A54"]).0,
        Some(0)
    );
    let (code_of, events) = agent.does(&["sync"]);
    assert_eq!(
        (code_of, of(&events, "number").len()),
        (Some(0), 0),
        "it calls itself so already: {events:?}"
    );
    assert_eq!(the_device(&server)["model"], "Galaxy A54");
    assert_eq!(code().await.status(), reqwest::StatusCode::NOT_FOUND, "the link is used up");
}

#[tokio::test]
async fn the_agent_does_each_command_once() {
    let server = Server::start();
    server.people();
    let owner = server.owner().await;
    let agent = Agent::new(&server, "one");
    assert_eq!(agent.connects(&server.link(), "anna", &["--device-owner"]).0, Some(0));
    let life = agent.lives();
    life.until("poll").await;
    let given = Instant::now();
    let lock = json!({ "kind": "lock", "message": "Bring it back", "phone": null });
    assert!(orders(&server, &owner, lock).await.0.is_success());
    assert_eq!(life.until("message").await["type"], "configUpdated");
    assert!(given.elapsed() < Duration::from_secs(2), "{:?}", given.elapsed());
    assert_eq!(life.until("lock").await["message"], "Bring it back");
    orders(&server, &owner, json!({ "kind": "plain", "what": "unlock" })).await;
    life.until("unlock").await;
    orders(&server, &owner, json!({ "kind": "reset_password", "password": "4711abc" })).await;
    life.until("password-reset").await;
    life.until("password-confirmed").await;
    orders(&server, &owner, json!({ "kind": "plain", "what": "restart" })).await;
    life.until("reboot").await;
    life.until("booted").await;
    life.until("info").await;
    assert_eq!(last(&server, &owner).await, "done");
    orders(&server, &owner, json!({ "kind": "erase", "keep_data_plan": false })).await;
    life.until("wiped").await;
    assert_eq!(last(&server, &owner).await, "presumed");
    drop(life);
}

#[tokio::test]
async fn a19_a_build_with_a_secret_of_the_company_is_believed_and_the_usual_one_refused() {
    use std::io::Write;
    let server = Server::start();
    server.people();
    let mut set = crate::world::muster(server.folder.path())
        .args(["settings", "set", "headwind.secret"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    set.stdin.take().unwrap().write_all(b"ours-4711\n").unwrap();
    assert!(set.wait().unwrap().success());
    let link = server.link();
    let (code, events) = Agent::new(&server, "usual").connects(&link, "anna", &[]);
    assert!(code == Some(3) && !of(&events, "network-error").is_empty(), "{code:?} {events:?}");
    assert_eq!(server.json(&["devices", "list"]).as_array().unwrap().len(), 0);
    let ours = Agent::new(&server, "ours");
    let (code, events) = ours.connects(&link, "anna", &["--secret", "ours-4711", "--check-signature"]);
    assert_eq!(code, Some(0), "{events:?}");
    // Its polls are signed, too, and another's are not taken.
    let life = ours.lives();
    life.until("poll").await;
    drop(life);
    ours.does(&["info", "--secret", "another"]);
    assert_eq!(ours.does(&["sync"]).0, Some(3));
}
