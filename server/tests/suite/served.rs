//! The real program in a folder of its own, to be stopped in the hardest way and started again.

use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Lines},
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
};
use tempfile::TempDir;

/// A data folder, and the program that serves it.
pub struct Served {
    pub folder: TempDir,
    pub base: String,
    /// The one-time link for the owner's account, printed at the first start.
    pub setup: Option<String>,
    /// Further variables of its environment.
    pub variables: Vec<(String, String)>,
    child: Option<Child>,
    /// Kept open: a program that cannot print what it says fails.
    lines: Option<Lines<BufReader<ChildStdout>>>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Served {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut served = Self {
            folder,
            base: String::new(),
            setup: None,
            variables: Vec::new(),
            child: None,
            lines: None,
        };
        served.run();
        served
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn muster(&self) -> Command {
        // A release build may stand in for long runs: it does ten times as much.
        let other = std::env::var_os("MUSTER_TEST_PROGRAM");
        let mut command = Command::new(other.unwrap_or_else(|| env!("CARGO_BIN_EXE_muster").into()));
        command.env("MUSTER_DATA", self.path("data"));
        command
    }

    /// Serves until it is killed; after that at the same address again.
    pub fn run(&mut self) {
        let at = self.base.strip_prefix("http://").unwrap_or("127.0.0.1:0").to_owned();
        let mut child = self
            .muster()
            .args(["serve", "--listen", &at])
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        self.base = first.split_whitespace().last().unwrap().to_owned();
        if self.setup.is_none() {
            self.setup = lines.next().map(|l| l.unwrap().split_whitespace().last().unwrap().to_owned());
        }
        self.child = Some(child);
        self.lines = Some(lines);
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    pub fn cli(&self, words: &[&str]) -> Vec<u8> {
        let out = self.muster().args(words).output().unwrap();
        assert!(out.status.success(), "{words:?}: {}", String::from_utf8_lossy(&out.stderr));
        out.stdout
    }

    pub fn json(&self, words: &[&str]) -> Value {
        serde_json::from_slice(&self.cli(&[words, &["--json"]].concat())).unwrap()
    }

    /// People of a group, with addresses at example.org.
    pub fn people(&self, group: &str, count: usize) {
        let mut csv = String::from("name,email,groups\n");
        for n in 0..count {
            csv.push_str(&format!("Person {n},person{n}@example.org,{group}\n"));
        }
        let file = self.path("people.csv");
        std::fs::write(&file, csv).unwrap();
        self.cli(&["users", "import", file.to_str().unwrap()]);
    }
}
