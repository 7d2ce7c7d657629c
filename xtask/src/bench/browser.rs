//! What a person waits for, in Debian's Chromium: the console becoming alive, and a claim appearing in another browser.

use super::{
    people::{company, links, words},
    script,
    server::Server,
    table::{Figure, Unit},
};
use crate::{test::tools, workspace::Workspace};
use anyhow::{Context, bail};
use std::{fs, path::Path};

/// Times of each kind.
const TIMES: usize = 20;

/// Runs `end2end/bench/console.mjs` and reads the times that it prints.
pub fn measure(workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
    tools::install(workspace)?;
    let company = company(workspace)?;
    let data = company.copy()?;
    let server = Server::start(workspace, data.path())?;
    let folder = tempfile::tempdir()?;
    let list = folder.path().join("links");
    fs::write(&list, links(&server, "Fleet")?[..TIMES].join("\n"))?;
    let (base, times) = (format!("http://{}", server.address), TIMES.to_string());
    let told = [base.as_str(), &company.cookie, words(&list)?, words(folder.path())?, &times];
    let times = script::run(workspace, Path::new("end2end"), "bench/console.mjs", &told)?;
    let mut figures = Vec::new();
    for (key, name, note) in [
        (
            "cold",
            "HTML to hydrated, nothing cached",
            "from the document's last byte; Users with 50 rows of 100,000; 20 loads",
        ),
        ("warm", "HTML to hydrated, files cached", "the same in a browser that was there before"),
        (
            "row",
            "claim to the row in the other browser",
            "from the agent's exit to the row in the Devices list; 20 claims",
        ),
    ] {
        let mut times: Vec<f64> = serde_json::from_value(times[key].clone())?;
        times.sort_by(f64::total_cmp);
        let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len() - 1)).copied();
        let p50 = at(50).with_context(|| format!("no times of {key}"))?;
        let worst = times.last().copied().unwrap_or(p50);
        figures.push(
            Figure::new(format!("{name}, p50"), p50, Unit::Millis)
                .note(format!("longest {worst:.0} ms; {note}")),
        );
    }
    if times["alive"] != times["loads"] {
        bail!(
            "of {} pages only {} answered a click when they said that they were alive",
            times["loads"],
            times["alive"]
        );
    }
    Ok(figures)
}
