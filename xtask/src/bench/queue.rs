//! People in, and 50,000 instructions queued by one press: the console's own way, a server function over HTTP.

use super::{
    load::median,
    people::{self, company},
    server::Server,
    table::{Figure, Unit},
};
use crate::workspace::Workspace;
use anyhow::ensure;
use serde_json::{Value, json};
use std::time::Instant;

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
    let import = company.imported_in.as_secs_f64();
    Ok(vec![
        Figure::new("import of 100,000 people", import, Unit::Seconds)
            .note("`muster users import` of a CSV file, one transaction"),
        Figure::new("queueing of 50,000 instructions", median(queued), Unit::Seconds)
            .below(2.0)
            .note("`send_now` to its answer, committed to the disk; median of 3"),
        Figure::new("undo of 50,000 instructions", median(undone), Unit::Seconds),
    ])
}
