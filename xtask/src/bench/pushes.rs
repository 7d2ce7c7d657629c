//! Pushes to a local HTTP/2 server that checks the client's certificate: through the adapter alone, and through the whole job
//! with its store. Client and server share this machine's cores (`server/examples/pushes.rs`).

use super::table::{Figure, Unit, grouped};
use crate::{build::Mode, shell::succeed, workspace::Workspace};
use anyhow::{Context, ensure};
use serde_json::Value;
use std::{fs, path::Path, process::Command};

const PUSHES: u64 = 200_000;
const CALLS: u64 = 10_000;
/// The best and the rest say how much the machine had else to do.
const TIMES: usize = 3;

/// rustls refuses certificates of version 1, which OpenSSL makes without extensions.
const EXTENSIONS: &str = "[req]
distinguished_name = none
[none]
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[server]
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.1
[client]
extendedKeyUsage = clientAuth
";

fn openssl(folder: &Path, words: &str) -> anyhow::Result<()> {
    let out = Command::new("openssl").args(words.split(' ')).current_dir(folder).output()?;
    ensure!(out.status.success(), "openssl {words}: {}", String::from_utf8_lossy(&out.stderr));
    Ok(())
}

fn certificates(folder: &Path) -> anyhow::Result<()> {
    fs::write(folder.join("x.cnf"), EXTENSIONS)?;
    for name in ["root", "server", "a"] {
        openssl(folder, &format!("genrsa -out {name}.key 2048"))?;
    }
    openssl(
        folder,
        "req -x509 -new -key root.key -subj /CN=Root -days 9 -config x.cnf -extensions root -out root.pem",
    )?;
    for (name, subject, extensions) in
        [("server", "/CN=api.push.example", "server"), ("a", "/UID=com.apple.mgmt.External.bench", "client")]
    {
        openssl(folder, &format!("req -new -key {name}.key -subj {subject} -config x.cnf -out {name}.csr"))?;
        openssl(
            folder,
            &format!(
                "x509 -req -in {name}.csr -CA root.pem -CAkey root.key -CAcreateserial -days 9 -extfile x.cnf \
                 -extensions {extensions} -out {name}.pem"
            ),
        )?;
    }
    Ok(())
}

/// Pushes a second in the best of a few runs, with all of them.
fn best(program: &Path, folder: &Path, what: &str, count: u64) -> anyhow::Result<(f64, String)> {
    let mut rates = Vec::new();
    for _ in 0..TIMES {
        let out = Command::new(program).args([what, &count.to_string()]).current_dir(folder).output()?;
        ensure!(out.status.success(), "{what}: {}", String::from_utf8_lossy(&out.stderr));
        let told: Value = serde_json::from_slice(&out.stdout)?;
        rates.push(count as f64 / told["seconds"].as_f64().context("no seconds")?);
    }
    rates.sort_by(f64::total_cmp);
    let all: Vec<String> = rates.iter().map(|rate| grouped(*rate as u64)).collect();
    Ok((rates.last().copied().unwrap_or_default(), all.join(", ")))
}

/// Through the adapter, and through the job.
pub fn measure(workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
    // Not part of the release build: only the bench wants it.
    succeed(&mut workspace.cargo(&["build", "--quiet", "--release", "-p", "muster", "--example", "pushes"]))?;
    let program = workspace.target.join(Mode::Release.folder()).join("examples/pushes");
    let folder = tempfile::tempdir()?;
    certificates(folder.path())?;
    let (pushes, runs) = best(&program, folder.path(), "adapter", PUSHES)?;
    let adapter =
        Figure::new("pushes through the adapter", pushes, Unit::PerSecond).at_least(20_000.0).note(format!(
            "{} over one connection with 1,000 streams, client and server on the same cores; best of {runs}",
            grouped(PUSHES)
        ));
    let (calls, runs) = best(&program, folder.path(), "job", CALLS)?;
    let job = Figure::new("calls through the job and the store", calls, Unit::PerSecond).note(format!(
        "{} devices that are due, taken, pushed to and marked with synchronous=FULL, the pause of 100 ms before included; best of {runs}",
        grouped(CALLS)
    ));
    Ok(vec![adapter, job])
}
