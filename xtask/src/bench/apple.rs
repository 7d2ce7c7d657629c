//! iPhones: simulated ones enrol by their links, answer all that the server asks, and say `Idle` as fast as they can.
//!
//! The keys of the devices are made, and the `Idle` requests are signed, before the clock starts; the signatures of an enrolment
//! cannot be, since each answers what the server has just said. So its figure says how much processor time the server took.

use super::{
    load::{self, Load},
    people::{company, words},
    server::{Server, cli},
    table::{Figure, Unit, grouped},
};
use crate::{build::Mode, shell::succeed, workspace::Workspace};
use anyhow::{Context, ensure};
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

/// Groups of 2,500 people each: 10,000 devices.
const WARDS: [&str; 4] = ["Ward 0", "Ward 1", "Ward 2", "Ward 3"];
const KEYS: &str = "64";
const IDLES: usize = 100_000;
/// After so long without a request a server counts as idle.
const REST: Duration = Duration::from_secs(10);

/// An APNs certificate as Apple makes them, by OpenSSL. Nothing is pushed.
fn certificate(folder: &Path) -> anyhow::Result<()> {
    let subject = "/UID=com.apple.mgmt.External.11111111-2222-3333-4444-555555555555/CN=APSP:bench/C=US";
    let out = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9", "-subj", subject])
        .args(["-keyout", "push.key", "-out", "push.pem"])
        .current_dir(folder)
        .output()
        .context("openssl")?;
    ensure!(out.status.success(), "openssl: {}", String::from_utf8_lossy(&out.stderr));
    Ok(())
}

fn links(server: &Server) -> anyhow::Result<Vec<String>> {
    let mut all = Vec::new();
    for ward in WARDS {
        all.extend(super::people::links(server, ward)?);
    }
    Ok(all)
}

/// Enrolments, answers, `Idle`, memory.
pub fn measure(workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
    // Not part of the release build: only the bench wants it.
    let example = ["build", "--quiet", "--release", "-p", "muster-agent", "--example", "apple"];
    succeed(&mut workspace.cargo(&example))?;
    let program = workspace.target.join(Mode::Release.folder()).join("examples/apple");
    let (data, folder) = (company(workspace)?.copy()?, tempfile::tempdir()?);
    certificate(folder.path())?;
    let (pem, key) = (folder.path().join("push.pem"), folder.path().join("push.key"));
    let muster = workspace.program(Mode::Release, "muster");
    cli(&muster, data.path(), &["apple", "cert", "upload", words(&pem)?, "--key", words(&key)?])?;
    let server = Server::start(workspace, data.path())?;
    let (list, idles) = (folder.path().join("links"), folder.path().join("idles"));
    let links = links(&server)?;
    fs::write(&list, links.join("\n"))?;

    // Each part ends with a line, at which the server's processor time is read.
    let mut fleet = Command::new(program)
        .args([words(&list)?, KEYS, &IDLES.to_string(), words(&idles)?])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("the simulated iPhones")?;
    let mut said = BufReader::new(fleet.stdout.take().context("stdout")?).lines();
    let mut part = |name: &str| -> anyhow::Result<(f64, f64)> {
        let line = said.next().context("the simulated iPhones ended")??;
        let told: Value = serde_json::from_str(&line)?;
        let number = |name: &str| told[name].as_f64().with_context(|| format!("no {name}: {line}"));
        Ok((number("seconds")?, number(name)?))
    };
    // The keys are made by now.
    part("keys")?;
    let before = server.cpu_seconds();
    fleet.stdin.take().context("stdin")?.write_all(b"\n")?;
    let (enrolling, devices) = part("devices")?;
    let each = (server.cpu_seconds() - before) / devices * 1000.0;
    let (answering, answers) = part("answers")?;
    ensure!(fleet.wait()?.success(), "the simulated iPhones");
    ensure!(devices as usize == links.len(), "{devices} devices of {}", links.len());

    let requests = load::presigned(&idles)?;
    let load = Load { requests: &requests, connections: 64, time: Duration::from_secs(120), once: true };
    let outcome = load.run(&server)?;
    ensure!(outcome.others.is_empty(), "Idle was refused: {:?}", outcome.others);
    ensure!(outcome.done == IDLES, "{} of {IDLES}", outcome.done);
    let idle = outcome.figure("signed Idle, nothing to do").at_least(10_000.0);
    thread::sleep(REST);
    let memory = server.resident_mb()?;
    Ok(vec![
        Figure::new("enrolments of iPhones", devices / enrolling, Unit::PerSecond).at_least(500.0).note(format!(
            "{} devices: page, profile, SCEP, Authenticate, TokenUpdate; the devices' own signatures on the same cores; \
             server: {each:.1} ms of CPU each, so two cores of its own do {:.0}/s",
            grouped(devices as u64),
            2000.0 / each
        )),
        Figure::new("answers to commands", answers / answering, Unit::PerSecond).note(format!(
            "{} answers, each signed while the clock runs, and a status report for each device",
            grouped(answers as u64)
        )),
        idle,
        Figure::new("memory with 10,000 iPhones", memory, Unit::Megabytes)
            .below(200.0)
            .note("resident, 10 s after all of it; 100,000 people"),
    ])
}
