//! Playwright's stories in a real Chromium, against the release programs.

use super::tools;
use crate::{build::Mode, shell::succeed_on_stdout, workspace::Workspace};
use anyhow::Context;
use std::{fs, path::Path, process::Command};

/// Runs the stories, or says that there are none.
pub fn run(workspace: &Workspace, filter: Option<&str>) -> anyhow::Result<()> {
    let folder = workspace.root.join("end2end");
    if !has_stories(&folder)? {
        println!("skipped: end2end/ has no test files yet");
        return Ok(());
    }
    let chromium = tools::chromium().context("there is no Chromium")?;
    let mut command = Command::new("npx");
    command
        .args(["--no-install", "playwright", "test", "--pass-with-no-tests"])
        .current_dir(&folder)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .env("MUSTER_CHROMIUM", chromium)
        .env("MUSTER_BIN", workspace.program(Mode::Release, "muster"))
        .env("MUSTER_AGENT_BIN", workspace.program(Mode::Release, "muster-agent"));
    if let Some(filter) = filter {
        command.args(["--grep", filter]);
    }
    succeed_on_stdout(&mut command)
}

/// Whether there is a file that Playwright takes for a test.
fn has_stories(folder: &Path) -> anyhow::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let found = if path.is_dir() {
            name != "node_modules" && has_stories(&path)?
        } else {
            name.ends_with(".spec.ts") || name.ends_with(".test.ts")
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}
