//! `cargo xtask run`: builds, then becomes `muster serve`.

use crate::{
    build::{self, Mode},
    workspace::Workspace,
};
use anyhow::Context;
use std::process::Command;

/// Builds and starts the server in this terminal; signals go straight to it.
pub fn serve(workspace: &Workspace, mode: Mode, demo: bool, arguments: &[String]) -> anyhow::Result<()> {
    println!("Building Muster; the first time takes some minutes. Then it starts here.");
    build::everything(workspace, mode)?;
    let program = workspace.program(mode, "muster");
    let mut command = Command::new(&program);
    command.arg("serve");
    if demo {
        command.arg("--demo");
        // What the person names wins.
        if !arguments.iter().any(|a| a == "--data" || a.starts_with("--data=")) {
            command.args(["--data", "data-demo"]);
        }
    }
    println!("\nStarting {}; Ctrl-C ends it", program.display());
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
