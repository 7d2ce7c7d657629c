//! What the stories share: the real server in a folder of its own, a browser, a phone and its agent.

use muster_agent::{client::Client, state::State};
use muster_agent_protocol::report::{Platform, Report};
use reqwest::{StatusCode, header, redirect};
use serde_json::Value;
use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
};
use tempfile::TempDir;

/// A running `muster serve`.
pub struct Server {
    pub child: Child,
    /// Where it listens.
    pub base: String,
    /// The link to create the owner's account.
    pub setup: String,
    /// Its folder; the data are in `data`.
    pub folder: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program, with the data in `folder`.
pub fn muster(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
    command.env("MUSTER_DATA", folder.join("data"));
    command
}

impl Server {
    /// A fresh server.
    pub fn start() -> Self {
        Self::with(&[], &[])
    }

    /// A fresh server with further words and environment.
    pub fn with(words: &[&str], environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = File::create(folder.path().join("log")).unwrap();
        let mut child = muster(folder.path())
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(words)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let at = first.split_whitespace().find(|word| word.starts_with("http://")).unwrap();
        let base = at.trim_end_matches(';').to_owned();
        let setup = lines.next().unwrap().unwrap().split_whitespace().last().unwrap().to_owned();
        Self { child, base, setup, folder }
    }

    /// What it wrote to stderr so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// Runs a command that succeeds.
    pub fn cli(&self, words: &[&str]) -> Output {
        let out = muster(self.folder.path()).args(words).output().unwrap();
        assert!(out.status.success(), "{words:?}: {}", String::from_utf8_lossy(&out.stderr));
        out
    }

    /// The document of a command.
    pub fn json(&self, words: &[&str]) -> Value {
        serde_json::from_slice(&self.cli(&[words, &["--json"]].concat()).stdout).unwrap()
    }

    /// Adds Anna Petrova.
    pub fn people(&self) {
        let file = self.folder.path().join("p.csv");
        std::fs::write(&file, "name,email,groups\nAnna Petrova,anna@example.org,Ward 3\n").unwrap();
        self.cli(&["users", "import", file.to_str().unwrap()]);
    }

    /// A link for Anna.
    pub fn link(&self) -> String {
        self.json(&["invite", "anna@example.org", "--print-link"])[0]["link"].as_str().unwrap().to_owned()
    }

    /// A browser that is signed in as the owner.
    pub async fn owner(&self) -> reqwest::Client {
        self.owner_at(&self.setup).await
    }

    /// The same by another address of the link.
    pub async fn owner_at(&self, setup: &str) -> reqwest::Client {
        let browser = browser();
        let form = [("name", "Rosa"), ("email", "rosa@example.org"), ("password", "longenough1")];
        let done = browser.post(setup).form(&form).send().await.unwrap();
        assert_eq!(done.status(), StatusCode::SEE_OTHER);
        browser
    }

    /// Calls a server function.
    pub async fn function(&self, browser: &reqwest::Client, name: &str, body: Value) -> (StatusCode, Value) {
        let answer = browser.post(format!("{}/api/fn/{name}", self.base)).json(&body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or(Value::Null))
    }
}

/// A browser with cookies that follows no redirect.
pub fn browser() -> reqwest::Client {
    reqwest::Client::builder().cookie_store(true).redirect(redirect::Policy::none()).build().unwrap()
}

/// The reference agent's calls.
pub fn agent() -> Client {
    Client::new(muster_agent::clock::system).unwrap()
}

/// A Pixel with this hardware id and a key of its own.
pub fn phone(hardware: &str) -> State {
    let report = Report {
        platform: Platform::Android,
        manufacturer: "Google".into(),
        model: "Pixel 8".into(),
        os_version: "14".into(),
        agent_version: "1.0".into(),
        serial: None,
        battery_percent: Some(80),
        battery_charging: None,
        storage_total_bytes: None,
        storage_free_bytes: None,
        protection: None,
        managed_by: None,
        name: None,
    };
    State::new(Some(hardware.into()), report).unwrap()
}

/// The browser of a Pixel.
pub const PIXEL: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36";
/// The browser of an iPhone.
pub const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";

/// What a page answers to a browser.
pub async fn page(link: &str, agent: &str) -> (StatusCode, String) {
    let answer = browser().get(link).header(header::USER_AGENT, agent).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

/// Sends bytes as they are and reads until the server closes; for what no client would send.
pub async fn raw(base: &str, request: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let address = base.strip_prefix("http://").unwrap();
    let mut tcp = tokio::net::TcpStream::connect(address).await.unwrap();
    tcp.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = tcp.read_to_end(&mut answer);
    // A connection that is reset has said what it had to say.
    let _ = tokio::time::timeout(std::time::Duration::from_secs(20), read).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status of a raw answer.
pub fn status(answer: &str) -> u16 {
    answer.split_whitespace().nth(1).unwrap().parse().unwrap()
}

impl Server {
    /// A browser signed in with an account of this role, made on the command line.
    pub async fn account(&self, email: &str, role: &str) -> reqwest::Client {
        let made = self.json(&["account", "create", email, "--role", role]);
        self.set_password(made["link"].as_str().unwrap()).await
    }

    /// A browser that used a one-time link to set a password, and is signed in.
    pub async fn set_password(&self, link: &str) -> reqwest::Client {
        let browser = browser();
        let done = browser.post(link).form(&[("password", "longenough1")]).send().await.unwrap();
        assert_eq!(done.status(), StatusCode::SEE_OTHER);
        browser
    }

    /// The store that the server works on, opened by another process as the command line does.
    pub async fn store(&self) -> muster_store::Sqlite {
        muster_store::Sqlite::open(&self.folder.path().join("data/muster.db")).await.unwrap()
    }
}
