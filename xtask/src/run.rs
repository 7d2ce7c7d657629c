//! `cargo xtask run`: builds, then becomes `muster serve`.

use crate::{
    build::{self, Mode},
    workspace::Workspace,
};
use anyhow::Context;
use std::process::Command;

/// Builds and starts the server in this terminal; signals go straight to it.
pub fn serve(workspace: &Workspace, mode: Mode, arguments: &[String]) -> anyhow::Result<()> {
    build::everything(workspace, mode)?;
    let program = workspace.program(mode, "muster");
    let mut command = Command::new(&program);
    command.arg("serve");
    become_it(command.args(arguments)).with_context(|| format!("cannot start {}", program.display()))
}

#[cfg(unix)]
fn become_it(command: &mut Command) -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec().into())
}

#[cfg(not(unix))]
fn become_it(command: &mut Command) -> anyhow::Result<()> {
    crate::shell::succeed(command)
}
