//! What comes from npm: `npm ci` from a lock file, done again only when the lock file changes.

use crate::{
    fresh::Inputs,
    shell::{Outcome, succeed, which},
    workspace::Workspace,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Whether npm is on this machine.
pub fn present() -> bool {
    which("npm").is_some()
}

/// Where the build's own packages are once [`build_tools`] has run.
pub fn modules(workspace: &Workspace) -> PathBuf {
    workspace.target.join("npm").join("node_modules")
}

/// Installs binaryen and the typeface into `target/npm`.
pub fn build_tools(workspace: &Workspace) -> anyhow::Result<Outcome> {
    if !present() {
        return Ok(Outcome::Skipped(
            "npm is missing: no binaryen, and the system's typeface instead of Inter",
        ));
    }
    let from = workspace.root.join("xtask/npm");
    let to = workspace.target.join("npm");
    fs::create_dir_all(&to)?;
    for file in ["package.json", "package-lock.json", ".npmrc", "optimise.mjs"] {
        fs::copy(from.join(file), to.join(file))?;
    }
    install(workspace, &to, "npm-build-tools")
}

/// `npm ci` in a folder.
pub fn install(workspace: &Workspace, folder: &Path, name: &str) -> anyhow::Result<Outcome> {
    let lock = Inputs::default().file(&folder.join("package-lock.json"))?;
    let stamp = lock.stamp(workspace.target.join("xtask").join(format!("{name}.stamp")));
    if stamp.holds(&[&folder.join("node_modules")]) {
        return Ok(Outcome::Unchanged);
    }
    succeed(
        Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .current_dir(folder),
    )?;
    stamp.set()?;
    Ok(Outcome::Done)
}
