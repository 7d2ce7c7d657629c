//! Clippy, with warnings denied. What runs here is compiled by it at once, for the tests and with its lints: a pass of its own would look
//! at every dependency a second time. For the browser it has to be one, since what it compiles is less optimised.

use crate::{shell::succeed, workspace::Workspace};
use anyhow::{Context, bail};
use std::{path::PathBuf, process::Command, str};

/// What [`browser`] is called.
pub const BROWSER: &str = "Clippy for the browser, warnings denied";
/// What stands between the arguments that clippy's driver takes from its environment, as `cargo clippy` hands them over.
const BETWEEN: &str = "__CLIPPY_HACKERY__";

/// Lints what is compiled to WebAssembly. The domain by itself too: it must not lean on what the frontend happens to switch on.
pub fn browser(workspace: &Workspace) -> anyhow::Result<()> {
    for package in ["muster-domain", "frontend"] {
        let line = ["clippy", "--locked", "-p", package, "--target", "wasm32-unknown-unknown"];
        succeed(workspace.cargo(&line).args(["--", "-D", "warnings"]))?;
    }
    Ok(())
}

/// Lets a cargo command compile the members of the workspace by clippy. All that are to share what they compile have to.
pub fn deny(command: &mut Command) -> anyhow::Result<()> {
    command.env("RUSTC_WORKSPACE_WRAPPER", driver()?);
    command.env("CLIPPY_ARGS", format!("-D{BETWEEN}warnings{BETWEEN}"));
    Ok(())
}

/// Clippy's compiler, beside that of the toolchain.
fn driver() -> anyhow::Result<PathBuf> {
    let told = Command::new("rustc").args(["--print", "sysroot"]).output().context("cannot start rustc")?;
    let root = PathBuf::from(str::from_utf8(&told.stdout)?.trim());
    let driver = root.join("bin").join(format!("clippy-driver{}", std::env::consts::EXE_SUFFIX));
    if !driver.is_file() {
        bail!("clippy is missing: rustup component add clippy");
    }
    Ok(driver)
}
