//! A script of Node whose last word is a JSON document of figures.

use crate::{test::tools, workspace::Workspace};
use anyhow::{Context, bail};
use serde_json::Value;
use std::{
    path::Path,
    process::{Command, Stdio},
};

/// Runs a script in a folder of `end2end`, and reads what it prints.
pub fn run(workspace: &Workspace, folder: &Path, script: &str, words: &[&str]) -> anyhow::Result<Value> {
    let mut command = Command::new("node");
    command
        .arg(script)
        .args(words)
        .env("MUSTER_CHROMIUM", tools::chromium().context("there is no Chromium")?)
        .env("MUSTER_AGENT_BIN", workspace.program(crate::build::Mode::Release, "muster-agent"))
        .current_dir(workspace.root.join(folder))
        .stderr(Stdio::inherit());
    let output = command.output().context("cannot start node")?;
    if !output.status.success() {
        bail!("{script}: {}", output.status);
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}
