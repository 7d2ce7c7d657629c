//! `cargo xtask bench`: measured figures beside their aims. Each group is a file of `bench/`.
//!
//! Everything runs on this machine over the loopback with the release programs, each group on a data folder of its own
//! that is removed afterwards. The load generator shares the cores with the server, so figures of throughput also say
//! how much processor time the server itself took.

mod agents;
mod apple;
mod browser;
mod checkins;
mod dashboard;
mod detect;
mod interaction;
mod lighthouse;
mod links;
mod lists;
mod load;
mod machine;
mod mail;
mod people;
mod pushes;
mod queue;
mod script;
mod server;
mod sink;
mod sizes;
mod start;
pub mod table;
mod users;
mod wire;

use crate::{
    build::{self, Mode},
    workspace::Workspace,
};
use anyhow::{Context, bail};
use machine::Machine;
use serde_json::json;
use std::{fs, path::Path, time::Instant};
use table::Figure;

type Measure = fn(&Workspace) -> anyhow::Result<Vec<Figure>>;

/// Name and function of each group, in the order of printing.
const GROUPS: &[(&str, Measure)] = &[
    ("sizes", sizes::measure),
    ("start", start::measure),
    ("users", users::measure),
    ("lists", lists::measure),
    ("dashboard", dashboard::measure),
    ("queue", queue::measure),
    ("mail", mail::measure),
    ("links", links::measure),
    ("checkins", checkins::measure),
    ("apple", apple::measure),
    ("agents", agents::measure),
    ("pushes", pushes::measure),
    ("browser", browser::measure),
    ("interaction", interaction::measure),
    ("lighthouse", lighthouse::measure),
    ("detect", detect::measure),
];
/// Groups that build what they need themselves.
const WITHOUT_BUILD: &[&str] = &["detect"];

/// Measures every group, or those named, and keeps the figures in `file`.
///
/// A group that fails is named at the end; the others are measured all the same.
pub fn run(workspace: &Workspace, names: &[String], file: Option<&Path>) -> anyhow::Result<()> {
    let known: Vec<_> = GROUPS.iter().map(|(group, _)| *group).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
        bail!("there is no group {unknown:?}; there is: {}", known.join(", "));
    }
    let needs_build = names.is_empty() || names.iter().any(|name| !WITHOUT_BUILD.contains(&name.as_str()));
    if needs_build && build::built_mode(workspace) != Some(Mode::Release) {
        bail!("these are figures of a release build: cargo xtask build");
    }
    let machine = Machine::here();
    println!("{machine}");
    println!("The load generator, the mail sink and the browser share the cores with the server.");
    let mut groups = serde_json::Map::new();
    let mut failed = Vec::new();
    let wanted =
        GROUPS.iter().filter(|(group, _)| names.is_empty() || names.iter().any(|name| name == group));
    for (group, measure) in wanted {
        println!("\n{group}");
        let begin = Instant::now();
        match measure(workspace) {
            Ok(figures) => {
                table::print(&figures);
                groups.insert((*group).to_owned(), figures.iter().map(Figure::json).collect());
            }
            Err(error) => {
                println!("  not measured: {error:#}");
                failed.push(*group);
            }
        }
        println!("  ({:.0} s)", begin.elapsed().as_secs_f64());
    }
    if let Some(file) = file {
        let document = json!({ "machine": machine.json(), "figures": groups });
        fs::write(file, format!("{document:#}\n"))
            .with_context(|| format!("cannot write {}", file.display()))?;
        println!("\nkept in {}", file.display());
    }
    if failed.is_empty() { Ok(()) } else { bail!("not measured: {}", failed.join(", ")) }
}
