//! A fleet: 2,000 devices claim their links by `muster-agent`, then 1,000 of them check in as fast as they can.
//!
//! Each check-in is signed with the device's own key and sent once. Signing happens before the clock starts, so that
//! what is measured is the server; a phone has its own processor.

use super::{
    load::{self, Load},
    people::{self, company, links, words},
    server::Server,
    table::{Figure, Unit},
};
use crate::{build::Mode, shell::succeed, workspace::Workspace};
use anyhow::ensure;
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

const DEVICES: usize = 1_000;
const CHECK_INS: usize = 60_000;

/// Claims, then check-ins with the same report and without one.
pub fn measure(workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
    // Not part of the release build: only the bench wants it.
    succeed(&mut workspace.cargo(&[
        "build",
        "--quiet",
        "--release",
        "-p",
        "muster-agent",
        "--example",
        "presign",
    ]))?;
    let data = company(workspace)?.copy()?;
    let server = Server::start(workspace, data.path())?;
    let folder = tempfile::tempdir()?;
    let (list, fleet) = (folder.path().join("links"), folder.path().join("fleet"));
    fs::write(&list, links(&server, "Fleet")?.join("\n"))?;
    let (begin, cpu) = (Instant::now(), server.cpu_seconds());
    succeed(
        Command::new(workspace.program(Mode::Release, "muster-agent"))
            .args(["enroll", "--links", words(&list)?, "--state", words(&fleet)?])
            .stdout(Stdio::null()),
    )?;
    let (claims, count) = (begin.elapsed().as_secs_f64(), people::FEW as f64);
    let cpu = (server.cpu_seconds() - cpu) / count * 1e6;
    let mut figures = vec![Figure::new("claims by muster-agent", count / claims, Unit::PerSecond).note(format!(
        "2,000 devices, 64 at once, each with a description, a key, a claim and two files; server: {cpu:.0} µs of CPU each"
    ))];
    for (name, report) in [("agent check-ins, same report", "report"), ("agent check-ins, no report", "none")]
    {
        let requests = presigned(workspace, words(&fleet)?, words(&folder.path().join("requests"))?, report)?;
        let load = Load { requests: &requests, connections: 64, time: Duration::from_secs(60), once: true };
        let outcome = load.run(&server)?;
        ensure!(outcome.others.is_empty(), "check-ins were refused: {:?}", outcome.others);
        ensure!(outcome.done == CHECK_INS, "{} check-ins of {CHECK_INS}", outcome.done);
        let figure = outcome.figure(name);
        figures.push(if report == "report" { figure.at_least(10_000.0) } else { figure });
    }
    Ok(figures)
}

/// Requests as they go over the wire, signed by `examples/presign.rs`: each after its length in four bytes.
fn presigned(workspace: &Workspace, fleet: &str, file: &str, report: &str) -> anyhow::Result<Vec<Vec<u8>>> {
    let example = workspace.target.join(Mode::Release.folder()).join("examples/presign");
    let (devices, count) = (DEVICES.to_string(), CHECK_INS.to_string());
    succeed(Command::new(example).args([fleet, &devices, &count, report, file]))?;
    load::presigned(Path::new(file))
}
