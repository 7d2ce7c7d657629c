//! The dashboard of a company with 100,000 people, as many messages and 60,000 devices.

use super::{
    load::Load,
    people::{Company, company, words},
    server::Server,
    table::{Figure, Unit},
};
use crate::{build::Mode, shell::succeed, workspace::Workspace};
use serde_json::json;
use std::{
    process::{Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

/// A copy of the company in which everybody has a message and 60,000 people a device.
pub fn fleet(workspace: &Workspace, company: &Company) -> anyhow::Result<TempDir> {
    // Not part of the release build: only the bench wants it.
    let example = ["build", "--quiet", "--release", "-p", "muster-store", "--example", "fleet"];
    succeed(&mut workspace.cargo(&example))?;
    let data = company.copy()?;
    let example = workspace.target.join(Mode::Release.folder()).join("examples/fleet");
    let database = data.path().join("muster.db");
    succeed(Command::new(example).arg(words(&database)?).stdout(Stdio::null()))?;
    Ok(data)
}

/// The page of each period, then the figures alone as the open page asks for them with each change.
pub fn measure(workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
    let company = company(workspace)?;
    let data = fleet(workspace, company)?;
    let server = Server::start(workspace, data.path())?;
    let run = |requests: &[Vec<u8>], seconds| {
        let time = Duration::from_secs(seconds);
        Load { requests, connections: 1, time, once: false }.run(&server)
    };
    let page = |days: u32| {
        let lines = format!("Cookie: {}\r\nAccept: text/html\r\n", company.cookie);
        vec![server.get(&format!("/dashboard?days={days}"), &lines)]
    };
    run(&page(14), 1)?;
    let mut figures = Vec::new();
    for days in [14, 90] {
        let outcome = run(&page(days), 5)?;
        let [p50, p99] = outcome.percentiles(&format!("Dashboard, {days} days, first byte, one visitor"));
        figures.extend([p50.below(50.0).note("100,000 people and messages, 60,000 devices"), p99]);
    }
    let body = json!({ "period": "fortnight", "zone": "60" });
    let outcome = run(&[server.function(&company.cookie, "overview", &body)], 3)?;
    let p50 = Figure::new("the figures alone, 14 days, p50", outcome.percentile(50), Unit::Millis);
    figures.push(p50.note(format!("p99 {:.1} ms", outcome.percentile(99))));
    Ok(figures)
}
