//! Where things are: the folders of this workspace and the programs it builds.

use crate::build::Mode;
use anyhow::Context;
use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// The folders that the commands read and write, all absolute.
pub struct Workspace {
    /// The folder with the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
}

impl Workspace {
    /// The workspace that `cargo run` says; started by itself, the one from which xtask was compiled. They differ where
    /// two checkouts share a target folder.
    pub fn find() -> anyhow::Result<Self> {
        let own = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&own).parent().context("xtask lies in no workspace")?;
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => std::path::absolute(folder)?,
            None => root.join("target"),
        };
        Ok(Self { root: root.to_owned(), target })
    }

    /// What the server embeds: `pkg/` and `manifest.json`.
    pub fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// Intermediate results and stamps of one mode.
    pub fn work(&self, mode: Mode) -> PathBuf {
        self.target.join("xtask").join(mode.folder())
    }

    /// A program that `cargo build` made.
    pub fn program(&self, mode: Mode, name: &str) -> PathBuf {
        self.target.join(mode.folder()).join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// `cargo` in this workspace. `MUSTER_SITE` is always the same, so that no two calls rebuild the
    /// server in turn because of it.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command
            .args(arguments)
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("MUSTER_SITE", self.site());
        command
    }
}
