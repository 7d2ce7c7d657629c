//! The stories of the client that stands in for Headwind's agent: what other tests lean on is tested first.

use crate::{shell::succeed_on_stdout, workspace::Workspace};
use std::process::Command;

/// Compiles the client where it has changed, and runs its stories.
pub fn run(workspace: &Workspace, filter: Option<&str>) -> anyhow::Result<()> {
    let mut command = Command::new("python3");
    command.arg(workspace.root.join("end2end/headwind-agent/check")).args(filter);
    succeed_on_stdout(&mut command)
}
