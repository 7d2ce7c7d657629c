//! `cargo xtask test`: each step under its heading; the first that fails ends it and is named.

mod beside;
mod browser;
mod headwind;
mod lints;
pub mod tools;

use crate::{
    shell::{succeed, succeed_on_stdout, succeeds},
    workspace::Workspace,
};
use anyhow::anyhow;
use beside::Beside;
use std::{fs, process::Command, thread, time::Instant};

const COMPILING: &str = "Compiling the tests with clippy, warnings denied";

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
        heading(lints::BROWSER, || lints::browser(workspace))?;
        heading(COMPILING, || compile_tests(workspace))?;
    } else {
        compile(workspace)?;
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

/// The release build and the tests' programs, two at a time. No test runs before both are there: some wait for something that has
/// its time. The tests' programs read the console where it is built, so they need not wait for it.
fn compile(workspace: &Workspace) -> anyhow::Result<()> {
    let release = Beside::begin("Release build", &["build"])?;
    heading(lints::BROWSER, || lints::browser(workspace))?;
    heading(COMPILING, || compile_tests(workspace))?;
    release.end()
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

fn unit_tests(workspace: &Workspace, filter: Option<&str>) -> anyhow::Result<()> {
    let mut command = runner(workspace)?;
    if has_nextest(workspace) {
        command.arg("--no-tests=pass");
        // Most start a server and wait for it longer than they compute.
        let cores = thread::available_parallelism()?.get();
        command.args(["--test-threads", &(cores + cores.div_ceil(2)).to_string()]);
        // As in Chromium: a machine that is busy for a moment is no fault of a test. nextest names it as flaky; one that fails
        // twice has failed.
        command.args(["--retries", "1"]);
    }
    succeed_on_stdout(command.args(filter))
}

fn compile_tests(workspace: &Workspace) -> anyhow::Result<()> {
    succeed(runner(workspace)?.arg("--no-run"))
}

/// What runs the tests: nextest where it is there.
fn runner(workspace: &Workspace) -> anyhow::Result<Command> {
    if has_nextest(workspace) {
        linted(workspace, &["nextest", "run", "--locked"])
    } else {
        linted(workspace, &["test", "--locked", "--all-targets"])
    }
}

fn linted(workspace: &Workspace, line: &[&str]) -> anyhow::Result<Command> {
    let mut command = workspace.cargo(line);
    lints::deny(&mut command)?;
    Ok(command)
}

fn has_nextest(workspace: &Workspace) -> bool {
    succeeds(&mut workspace.cargo(&["nextest", "--version"]))
}

fn doc_tests(workspace: &Workspace, filter: Option<&str>) -> anyhow::Result<()> {
    succeed_on_stdout(linted(workspace, &["test", "--locked", "--doc"])?.args(filter))
}
