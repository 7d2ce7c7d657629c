//! The real program with a folder of its own.

use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};
use tempfile::TempDir;

pub struct Muster {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// A running server; it ends with this value.
pub struct Server {
    pub child: Child,
    pub base: String,
    pub setup: Option<String>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Muster {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), variables: Vec::new() }
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let file = self.path().join(name);
        std::fs::write(&file, content).unwrap();
        file.to_str().unwrap().to_owned()
    }

    /// The program in its folder, where `data` is the default.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
        command.args(words).current_dir(self.path());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("MUSTER_") {
                command.env_remove(name);
            }
        }
        command.envs(self.variables.iter().map(|(n, v)| (n, v)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, words: &[&str], stdin: &str) -> Output {
        let mut child = self.command(words).spawn().unwrap();
        // A command that wants no words may have ended already.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// What a command prints that succeeds.
    pub fn done(&self, words: &[&str]) -> String {
        let out = self.run(words, "");
        assert!(out.status.success(), "{words:?}: {}", text(&out.stderr));
        text(&out.stdout)
    }

    pub fn json(&self, words: &[&str]) -> Value {
        serde_json::from_str(&self.done(&[words, &["--json"]].concat())).unwrap()
    }

    /// The words of a command that is refused with exit code 1 and prints nothing on stdout.
    pub fn refused(&self, words: &[&str], stdin: &str) -> String {
        let out = self.run(words, stdin);
        assert_eq!((out.status.code(), text(&out.stdout)), (Some(1), String::new()), "{words:?}");
        text(&out.stderr)
    }

    pub fn people(&self, csv: &str) {
        let file = self.file("people.csv", format!("name,email,groups\n{csv}"));
        self.done(&["users", "import", &file]);
    }

    /// A server on a free port.
    pub fn serve(&self, words: &[&str]) -> Server {
        let mut command = self.command(&[&["serve", "--listen", "127.0.0.1:0"], words].concat());
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let base = first
            .split_whitespace()
            .find(|w| w.starts_with("http"))
            .unwrap()
            .trim_end_matches(';')
            .to_owned();
        let rest = std::thread::spawn(move || lines.next().and_then(Result::ok));
        // A server with an account prints one line alone.
        for _ in 0..20 {
            if rest.is_finished() {
                let line = rest.join().unwrap().unwrap_or_default();
                let setup = line.split_whitespace().last().map(str::to_owned);
                return Server { child, base, setup };
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Server { child, base, setup: None }
    }

    /// Runs SQL on a database file with Python's own SQLite; the answers, one row a line.
    pub fn sql(&self, file: &Path, sql: &str) -> String {
        let program = "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\nfor s in sys.argv[2].split(';'):\n  for r in c.execute(s): print(*r)\nc.commit()";
        let out = Command::new("python3").args(["-c", program]).arg(file).arg(sql).output().unwrap();
        assert!(out.status.success(), "{}", text(&out.stderr));
        text(&out.stdout).trim_end().to_owned()
    }
}
