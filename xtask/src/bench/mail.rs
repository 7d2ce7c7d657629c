//! Mail to a sink on the loopback. What counts is the mark in the database, not the sink's 250.

use super::{
    people::{self, company},
    queue::choices,
    server::Server,
    sink::Sink,
    table::{Figure, Unit, grouped},
};
use crate::workspace::Workspace;
use anyhow::{Context, bail, ensure};
use serde_json::json;
use std::{
    thread,
    time::{Duration, Instant},
};

const LONGEST: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(100);

/// Sends to 20,000 people.
pub fn measure(workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
    let company = company(workspace)?;
    let data = company.copy()?;
    let server = Server::start(workspace, data.path())?;
    let sink = Sink::start()?;
    let port = sink.address.port().to_string();
    for (key, value) in [
        ("smtp.host", "127.0.0.1"),
        ("smtp.port", &port),
        ("smtp.tls", "none"),
        ("smtp.from", "it@bench.example"),
    ] {
        server.cli(&["settings", "set", key, value])?;
    }
    let sent = server.ask(&company.cookie, "send_now", &choices("Mail"))?;
    let batch = json!({ "batch": sent["batch"] });
    let until = Instant::now() + LONGEST;
    let mut before = server.cpu_seconds();
    let end = loop {
        if sink.taken() == 0 {
            before = server.cpu_seconds();
        } else {
            let progress = server.ask(&company.cookie, "send_progress", &batch)?;
            ensure!(progress["failed"] == 0, "{} mails failed", progress["failed"]);
            if progress["sent"] == people::MAIL {
                break Instant::now();
            }
        }
        if Instant::now() > until {
            bail!("{} of {} mails in {} s", sink.taken(), people::MAIL, LONGEST.as_secs());
        }
        thread::sleep(LOOK);
    };
    let seconds = end.duration_since(sink.first().context("no mail")?).as_secs_f64();
    let (count, cpu) = (people::MAIL as f64, server.cpu_seconds() - before);
    ensure!(sink.taken() == people::MAIL as u64, "the sink took {} mails", sink.taken());
    Ok(vec![
        Figure::new("mail throughput", count / seconds, Unit::PerSecond).at_least(1500.0).note(format!(
            "{} mails of {:.1} kB, from the first to the last mark, each mark committed with synchronous=FULL; server: {:.0} µs of CPU each, {:.2} cores busy",
            grouped(people::MAIL as u64),
            sink.bytes() as f64 / count / 1000.0,
            cpu / count * 1e6,
            cpu / seconds
        )),
    ])
}
