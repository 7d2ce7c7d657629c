//! `cargo xtask test`: each step under its heading; the first that fails ends it and is named.

mod beside;
mod browser;
mod headwind;
pub mod tools;

use crate::{
    build::{self, Mode},
    shell::{succeed, succeed_on_stdout, succeeds},
    workspace::Workspace,
};
use anyhow::anyhow;
use beside::Beside;
use std::{fs, process::Command, time::Instant};

const LINTS: &[&str] = &["--", "-D", "warnings"];

/// Runs all steps; `fast` leaves out the tools, the release build, the Headwind client and Playwright.
pub fn run(workspace: &Workspace, fast: bool, filter: Option<&str>) -> anyhow::Result<()> {
    let begin = Instant::now();
    // The server embeds this folder: it has to be there before anything is built.
    fs::create_dir_all(workspace.site())?;
    if !fast {
        heading("Tools", || tools::install(workspace))?;
    }
    heading("Formatting", || succeed(&mut workspace.cargo(&["fmt", "--all", "--check"])))?;
    if fast {
        heading("Clippy, warnings denied", || clippy(workspace))?;
    } else {
        compile(workspace)?;
    }
    if !fast {
        heading("The Headwind client", || headwind::run(workspace, filter))?;
    }
    heading("Unit and contract tests", || unit_tests(workspace, filter))?;
    heading("Doc tests", || doc_tests(workspace, filter))?;
    if !fast {
        heading("Playwright in Chromium", || browser::run(workspace, filter))?;
    }
    let seconds = begin.elapsed().as_secs_f64();
    let what =
        if fast { "everything holds, without release build and Playwright" } else { "everything holds" };
    println!("\n== {what}, {seconds:.0} s in all");
    Ok(())
}

/// Clippy, the release build and the tests' programs, two at a time. The programs embed the console, also those of the tests,
/// so both wait for it; and no test runs before all is compiled: some wait for something that has its time.
fn compile(workspace: &Workspace) -> anyhow::Result<()> {
    let console = Beside::begin("Release build: the console", &["build", "--only", "console"])?;
    heading("Clippy, warnings denied", || clippy(workspace))?;
    console.end()?;
    let programs = Beside::begin("Release build: the programs", &["build", "--only", "programs"])?;
    heading("Compiling the tests", || succeed(&mut compiling(workspace)))?;
    programs.end()?;
    heading("Sizes", || build::print_sizes(workspace, Mode::Release))
}

fn heading(name: &str, work: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    println!("\n== {name}");
    let begin = Instant::now();
    work().map_err(|error| {
        println!("\n== failed: {name}");
        anyhow!("failed: {name}: {error:#}")
    })?;
    println!("== done in {:.0} s", begin.elapsed().as_secs_f64());
    Ok(())
}

fn clippy(workspace: &Workspace) -> anyhow::Result<()> {
    succeed(workspace.cargo(&["clippy", "--locked", "--all-targets"]).args(LINTS))?;
    // The domain by itself too: it must not lean on what the frontend happens to switch on.
    for package in ["muster-domain", "frontend"] {
        let target = ["clippy", "--locked", "-p", package, "--target", "wasm32-unknown-unknown"];
        succeed(workspace.cargo(&target).args(LINTS))?;
    }
    Ok(())
}

fn unit_tests(workspace: &Workspace, filter: Option<&str>) -> anyhow::Result<()> {
    let mut command = runner(workspace);
    if has_nextest(workspace) {
        command.arg("--no-tests=pass");
    }
    succeed_on_stdout(command.args(filter))
}

fn compiling(workspace: &Workspace) -> Command {
    let mut command = runner(workspace);
    command.arg("--no-run");
    command
}

/// What runs the tests: nextest where it is there.
fn runner(workspace: &Workspace) -> Command {
    if has_nextest(workspace) {
        workspace.cargo(&["nextest", "run", "--locked"])
    } else {
        workspace.cargo(&["test", "--locked", "--all-targets"])
    }
}

fn has_nextest(workspace: &Workspace) -> bool {
    succeeds(&mut workspace.cargo(&["nextest", "--version"]))
}

fn doc_tests(workspace: &Workspace, filter: Option<&str>) -> anyhow::Result<()> {
    succeed_on_stdout(workspace.cargo(&["test", "--locked", "--doc"]).args(filter))
}
