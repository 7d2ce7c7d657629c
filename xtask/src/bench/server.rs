//! A server of the release build on a data folder of its own, ended with the value.

use super::{
    machine::field,
    wire::{Connection, request},
};
use crate::{build::Mode, workspace::Workspace};
use anyhow::{Context, bail};
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Ticks of the clock that `/proc/PID/stat` counts in.
const TICKS: f64 = 100.0;

/// A running `muster serve`.
pub struct Server {
    child: Child,
    program: PathBuf,
    data: PathBuf,
    /// Where it listens.
    pub address: SocketAddr,
    /// The one-time link to create the owner's account, while there is none.
    pub setup: Option<String>,
    /// From its start to its first answer.
    pub started_in: Duration,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `muster` on a data folder, with its settings from nowhere else.
pub fn muster(program: &Path, data: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("MUSTER_DATA", data).env("MUSTER_LOG", "warn").current_dir(data);
    command
}

impl Server {
    /// Starts it on a free port of the loopback and waits for its first answer.
    pub fn start(workspace: &Workspace, data: &Path) -> anyhow::Result<Self> {
        Self::with(workspace, data, &[])
    }

    /// The same with variables of its environment.
    pub fn with(workspace: &Workspace, data: &Path, variables: &[(&str, &str)]) -> anyhow::Result<Self> {
        let program = workspace.program(Mode::Release, "muster");
        let begin = Instant::now();
        let mut child = muster(&program, data)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let out = child.stdout.take().context("no output")?;
        // The value exists from here on, so that an early return ends the process.
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server =
            Self { child, program, data: data.to_owned(), address, setup: None, started_in: Duration::ZERO };
        let mut lines = BufReader::new(out).lines();
        let first = lines.next().context("muster serve ended")??;
        server.address = first
            .split("http://")
            .nth(1)
            .and_then(|rest| rest.split([';', ' ', '/']).next()?.parse().ok())
            .with_context(|| format!("no address in {first:?}"))?;
        server.until_ready()?;
        server.started_in = begin.elapsed();
        let (tell, told) = std::sync::mpsc::channel();
        // Reads to the end, so that the server never waits for a full pipe.
        thread::spawn(move || lines.map_while(Result::ok).for_each(|line| drop(tell.send(line))));
        if let Ok(line) = told.recv_timeout(Duration::from_millis(500)) {
            server.setup = line.split_whitespace().find(|word| word.contains("/setup/")).map(str::to_owned);
        }
        Ok(server)
    }

    fn until_ready(&self) -> anyhow::Result<()> {
        let until = Instant::now() + Duration::from_secs(60);
        let ask = self.get("/readyz", "");
        loop {
            if Connection::open(self.address)
                .and_then(|mut c| Ok(c.call(&ask)?.status))
                .is_ok_and(|s| s == 200)
            {
                return Ok(());
            }
            if Instant::now() > until {
                bail!("the server does not become ready");
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Ends it as an administrator would, so that the database is in one file.
    pub fn stop(mut self) -> anyhow::Result<()> {
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let until = Instant::now() + Duration::from_secs(30);
        while self.child.try_wait()?.is_none() {
            if Instant::now() > until {
                bail!("the server did not end when told to");
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// A GET for this server; `lines` are further header lines.
    pub fn get(&self, path: &str, lines: &str) -> Vec<u8> {
        request("GET", self.address, path, lines, b"")
    }

    /// A call of a server function, as the console makes it.
    pub fn function(&self, cookie: &str, name: &str, body: &Value) -> Vec<u8> {
        let lines = format!(
            "Cookie: {cookie}\r\nContent-Type: application/json\r\nAccept: application/json\r\nOrigin: http://{}\r\nSec-Fetch-Site: same-origin\r\n",
            self.address
        );
        request("POST", self.address, &format!("/api/fn/{name}"), &lines, body.to_string().as_bytes())
    }

    /// Calls a server function and reads its answer.
    pub fn ask(&self, cookie: &str, name: &str, body: &Value) -> anyhow::Result<Value> {
        let mut connection = Connection::open(self.address)?;
        let request = self.function(cookie, name, body);
        let answer = connection.call(&request)?;
        let text = answer.whole_body();
        if answer.status != 200 {
            bail!("{name} answered {}: {}", answer.status, String::from_utf8_lossy(&text));
        }
        Ok(serde_json::from_slice(&text)?)
    }

    /// A command of `muster` on the same data, while the server runs.
    pub fn cli(&self, words: &[&str]) -> anyhow::Result<Vec<u8>> {
        cli(&self.program, &self.data, words)
    }

    /// Processor time that it took so far, in seconds.
    pub fn cpu_seconds(&self) -> f64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        // The program's name in brackets may hold blanks; utime and stime are the 12th and 13th fields after it.
        let fields: Vec<_> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |at: usize| fields.get(at).and_then(|t| t.parse::<f64>().ok()).unwrap_or(0.0);
        (ticks(11) + ticks(12)) / TICKS
    }

    /// Its memory, in MB: resident now.
    pub fn resident_mb(&self) -> anyhow::Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kib = field(&status, "VmRSS").and_then(|v| v.split_whitespace().next()?.parse::<f64>().ok());
        Ok(kib.context("no VmRSS")? * 1024.0 / 1e6)
    }
}

/// Runs a command of `muster` on a data folder; its output.
pub fn cli(program: &Path, data: &Path, words: &[&str]) -> anyhow::Result<Vec<u8>> {
    let output = muster(program, data).args(words).stderr(Stdio::piped()).output()?;
    if !output.status.success() {
        bail!("muster {}: {}", words.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    Ok(output.stdout)
}
