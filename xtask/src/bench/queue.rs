//! People in, and 50,000 instructions queued by one press: the console's own way, a server function over HTTP.

use super::{
    load::median,
    people::{self, company},
    script,
    server::Server,
    table::{Figure, Unit},
};
use crate::{test::tools, workspace::Workspace};
use anyhow::ensure;
use serde_json::{Value, json};
use std::{fs, path::Path, time::Instant};

const TIMES: usize = 3;

/// What Send instructions sends for all members of a group.
pub fn choices(group: &str) -> Value {
    let filter = json!({ "search": "", "groups": [group] });
    let selection = json!({ "kind": "matching", "filter": filter, "except": [] });
    json!({ "choices": { "selection": selection, "devices": 1, "days": null, "language": null, "note": "" } })
}

/// Import, queueing and undo.
pub fn measure(workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
    let company = company(workspace)?;
    let data = company.copy()?;
    let server = Server::start(workspace, data.path())?;
    let (mut queued, mut undone) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let begin = Instant::now();
        let sent = server.ask(&company.cookie, "send_now", &choices("Half"))?;
        queued.push(begin.elapsed().as_secs_f64());
        ensure!(sent["messages"] == people::HALF, "queued {} messages", sent["messages"]);
        let begin = Instant::now();
        server.ask(&company.cookie, "send_undo", &json!({ "batch": sent["batch"] }))?;
        undone.push(begin.elapsed().as_secs_f64());
    }
    let all = everybody(&server, &company.cookie)?;
    let import = company.imported_in.as_secs_f64();
    let mut figures = imported_by_page(workspace)?;
    figures.extend([
        Figure::new("import of 100,000 people", import, Unit::Seconds)
            .note("`muster users import` of a CSV file, one transaction"),
        Figure::new("queueing of 50,000 instructions", median(queued), Unit::Seconds)
            .below(2.0)
            .note("`send_now` to its answer, committed to the disk; median of 3"),
        Figure::new("undo of 50,000 instructions", median(undone), Unit::Seconds),
        Figure::new("Select all to queued, 100,000 people", median(all), Unit::Seconds)
            .below(6.0)
            .note("a message for each of the 95,000 with an address; median of 3"),
    ]);
    Ok(figures)
}

/// Seconds of each send to everybody; each is undone.
fn everybody(server: &Server, cookie: &str) -> anyhow::Result<Vec<f64>> {
    let selection = json!({ "kind": "matching", "filter": {}, "except": [] });
    let choices = json!({ "selection": selection, "devices": 1, "days": null, "language": null, "note": "" });
    let mut seconds = Vec::new();
    for _ in 0..TIMES {
        let begin = Instant::now();
        let sent = server.ask(cookie, "send_now", &json!({ "choices": choices }))?;
        seconds.push(begin.elapsed().as_secs_f64());
        let meant = people::ALL - people::ALL / 20;
        ensure!(sent["messages"] == meant, "queued {} messages", sent["messages"]);
        server.ask(cookie, "send_undo", &json!({ "batch": sent["batch"] }))?;
    }
    Ok(seconds)
}

/// The import in the console: a file is chosen, looked at, and written.
fn imported_by_page(workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
    tools::install(workspace)?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("people.csv");
    fs::write(&file, people::csv())?;
    let server = Server::start(workspace, folder.path())?;
    let cookie = people::owner(&server)?;
    let base = format!("http://{}", server.address);
    let words = [base.as_str(), cookie.as_str(), people::words(&file)?];
    let told = script::run(workspace, Path::new("end2end"), "bench/import.mjs", &words)?;
    let seconds = |key: &str| told[key].as_f64().unwrap_or(f64::NAN) / 1000.0;
    let (look, write) = (seconds("look"), seconds("write"));
    Ok(vec![
        Figure::new("import of 100,000 people by the page", look + write, Unit::Seconds)
            .below(10.0)
            .note(format!("to the preview {look:.2} s, from the press to the end {write:.2} s")),
    ])
}
