//! What Lighthouse says of five pages, in Debian's Chromium.

use super::{
    people::{company, links},
    script,
    server::Server,
    table::{Figure, Unit},
};
use crate::{npm, test::tools, workspace::Workspace};
use anyhow::Context;
use std::path::Path;

/// Scores are from 0 to 100.
const AIM: f64 = 95.0;

/// Runs `end2end/lighthouse/run.mjs`; its packages are installed for it alone.
pub fn measure(workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
    tools::install(workspace)?;
    let folder = Path::new("end2end/lighthouse");
    npm::install(workspace, &workspace.root.join(folder), "npm-lighthouse")?;
    let company = company(workspace)?;
    let data = company.copy()?;
    let server = Server::start(workspace, data.path())?;
    let link = links(&server, "Links")?.into_iter().next().context("no link")?;
    let phone = format!("/{}", link.rsplit('/').next().unwrap_or_default());
    let base = format!("http://{}", server.address);
    let pages = [
        ("sign-in", "/login"),
        ("Users", "/users"),
        ("Devices", "/devices"),
        ("Dashboard", "/dashboard"),
        ("the phone's page", phone.as_str()),
    ];
    let mut words = vec![base.as_str(), company.cookie.as_str(), "3"];
    words.extend(pages.map(|(_, path)| path));
    let told = script::run(workspace, folder, "run.mjs", &words)?;
    let mut figures = Vec::new();
    for (name, path) in pages {
        for (category, what) in [
            ("performance", "performance"),
            ("accessibility", "accessibility"),
            ("best-practices", "best practices"),
        ] {
            let score = told[path][category].as_f64().with_context(|| format!("no score of {path}"))?;
            figures.push(Figure::new(format!("{name}: {what}"), score, Unit::Points).at_least(AIM));
        }
    }
    Ok(figures)
}
