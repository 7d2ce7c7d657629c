//! What a hand waits for: from a key or a click to the next frame, in Chromium with the processor slowed four times.

use super::{
    people::company,
    script,
    server::Server,
    table::{Figure, Unit},
};
use crate::{test::tools, workspace::Workspace};
use anyhow::Context;
use std::path::Path;

/// Milliseconds to the next frame.
const AIM: f64 = 100.0;

/// Runs `end2end/bench/interaction.mjs` on the list of 100,000 people.
pub fn measure(workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
    tools::install(workspace)?;
    let company = company(workspace)?;
    let data = company.copy()?;
    let server = Server::start(workspace, data.path())?;
    let base = format!("http://{}", server.address);
    let words = [base.as_str(), company.cookie.as_str()];
    let told = script::run(workspace, Path::new("end2end"), "bench/interaction.mjs", &words)?;
    let mut figures = Vec::new();
    for (key, name) in
        [("tick", "tick a row"), ("sort", "sort by a column"), ("search", "a key in the search")]
    {
        let mut times: Vec<f64> = serde_json::from_value(told[key].clone())?;
        times.sort_by(f64::total_cmp);
        // As Interaction to Next Paint is defined: the 98th percentile, here the longest of twenty.
        let worst = times.last().copied().with_context(|| format!("no times of {key}"))?;
        let p50 = times[times.len() / 2];
        figures.push(
            Figure::new(format!("{name}, to the next frame, longest of 20"), worst, Unit::Millis)
                .below(AIM)
                .note(format!("p50 {p50:.0} ms; in steps of 8 ms, 16 at least; processor slowed four times")),
        );
    }
    Ok(figures)
}
