//! `cargo xtask build`: the console for the browser into `target/site`, then the programs.

mod css;
mod optimise;
mod pack;
mod short;
mod site;
mod snip;
mod wasm;

use crate::{
    bench::table,
    npm,
    shell::{Outcome, step, succeed},
    workspace::Workspace,
};
use std::fs;

/// How a build is made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Small and fast to run.
    Release,
    /// Quick to build.
    Debug,
}

impl Mode {
    /// Cargo's folder for the native programs of this mode.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Debug => "debug",
        }
    }

    /// The cargo profile of the WebAssembly.
    pub fn wasm_profile(self) -> &'static str {
        match self {
            Self::Release => "wasm-release",
            Self::Debug => "wasm-dev",
        }
    }

    /// Brotli's quality, and gzip's level.
    fn compression(self) -> (i32, u32) {
        match self {
            Self::Release => (11, 9),
            Self::Debug => (4, 6),
        }
    }
}

/// A half of the build.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Half {
    /// The console for the browser: target/site.
    Console,
    /// `muster`, which embeds it, and `muster-agent`.
    Programs,
}

/// Builds all of it, or a half.
pub fn run(workspace: &Workspace, mode: Mode, only: Option<Half>) -> anyhow::Result<()> {
    match only {
        Some(Half::Console) => console(workspace, mode),
        Some(Half::Programs) => programs(workspace, mode),
        None => everything(workspace, mode),
    }
}

/// Builds the site and the two programs, and prints how large everything became.
pub fn everything(workspace: &Workspace, mode: Mode) -> anyhow::Result<()> {
    console(workspace, mode)?;
    programs(workspace, mode)?;
    println!();
    print_sizes(workspace, mode)
}

/// Prints how large everything became.
fn print_sizes(workspace: &Workspace, mode: Mode) -> anyhow::Result<()> {
    table::print_sizes(&sizes(workspace, mode)?);
    Ok(())
}

/// Builds `target/site`.
fn console(workspace: &Workspace, mode: Mode) -> anyhow::Result<()> {
    step("target wasm32-unknown-unknown", || wasm::target(workspace))?;
    step("packages from npm", || npm::build_tools(workspace))?;
    let profile = mode.wasm_profile();
    step(&format!("frontend, profile {profile}"), || wasm::compile(workspace, mode))?;
    step("in parts", || wasm::split(workspace, mode))?;
    step("wasm-bindgen", || wasm::bind(workspace, mode))?;
    step("without what never runs", || wasm::snip(workspace, mode))?;
    step("made smaller by binaryen", || optimise::optimise(workspace, mode))?;
    let mut files = Vec::new();
    step("style sheets and typeface", || {
        files = css::files(workspace)?;
        Ok(Outcome::Done)
    })?;
    step("names and compression", || site::write(workspace, mode, files))
}

/// Builds `muster`, which embeds the site, and `muster-agent`.
fn programs(workspace: &Workspace, mode: Mode) -> anyhow::Result<()> {
    step(&format!("muster and muster-agent, {}", mode.folder()), || {
        let mut command = workspace.cargo(&["build", "-p", "muster", "-p", "muster-agent"]);
        if mode == Mode::Release {
            command.arg("--release");
        }
        succeed(&mut command)?;
        Ok(Outcome::Done)
    })
}

fn sizes(workspace: &Workspace, mode: Mode) -> anyhow::Result<Vec<table::Size>> {
    let mut sizes = site::sizes(workspace)?;
    for name in ["muster", "muster-agent"] {
        let raw = fs::metadata(workspace.program(mode, name))?.len();
        sizes.push(table::Size { name: name.to_owned(), raw, br: None, gz: None });
    }
    Ok(sizes)
}

pub use site::{built_mode, file_sizes, part_sizes, text_sizes};
