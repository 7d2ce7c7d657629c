//! `cargo xtask`: the commands with which Muster is built, run, tested and measured.

mod bench;
mod build;
mod fresh;
mod fuzz;
mod npm;
mod pictures;
mod run;
mod shell;
mod test;
mod workspace;

use build::{Half, Mode};
use clap::{Args, Parser, Subcommand};
use std::{path::PathBuf, process::ExitCode};
use workspace::Workspace;

/// Builds, runs, tests and measures Muster.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct How {
    /// Without optimisation: quicker to build, larger to load.
    #[arg(long)]
    debug: bool,
}

impl How {
    fn mode(&self) -> Mode {
        if self.debug { Mode::Debug } else { Mode::Release }
    }
}

#[derive(Subcommand)]
enum Command {
    /// Builds the console for the browser into target/site, then `muster` and `muster-agent`.
    ///
    /// WebAssembly by wasm-bindgen and binaryen, style sheets by lightningcss, the typeface from
    /// npm; hashed names, .br and .gz beside each file. A step whose input did not change is skipped.
    /// Without npm there is no binaryen and no typeface; the build says so and goes on.
    Build {
        #[command(flatten)]
        how: How,
        /// Only one of the two: what the programs embed, or the programs.
        #[arg(long, value_enum)]
        only: Option<Half>,
    },
    /// Builds, then starts `muster serve` in this terminal.
    ///
    /// Data is in ./data: an SQLite database, and mails as files that the console shows. The server
    /// prints its address and, until there is an account, a one-time link to create the owner's.
    /// Ctrl-C ends it. The first build takes some minutes; each step says what it does.
    Run {
        #[command(flatten)]
        how: How,
        /// Shows a made-up company (240 people, devices in every status, invitations in every
        /// state) from a data folder of its own, ./data-demo. Delete the folder for a new one.
        #[arg(long)]
        demo: bool,
        /// Passed on to `muster serve`.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Runs everything that must hold, and names the step that fails.
    ///
    /// Tools (what is missing is installed), formatting, clippy with warnings denied, the release
    /// build, unit and contract tests, doc tests, and Playwright in Chromium.
    Test {
        /// Installs no tools, and leaves out the release build and Playwright.
        #[arg(long)]
        fast: bool,
        /// Only tests whose names contain this.
        filter: Option<String>,
    },
    /// Builds the fuzzers of fuzz/ and runs them one after the other.
    ///
    /// What makes one fail is kept in fuzz/found; the corpus, minimised, in fuzz/corpus, which the tests replay. Says
    /// executions, edges of coverage, and the size of the corpus.
    Fuzz {
        /// Only these targets.
        names: Vec<String>,
        /// How long each runs.
        #[arg(long, default_value_t = 10.0)]
        minutes: f64,
    },
    /// Builds, then takes all pictures anew: of the guide, of the README, and those that pages are compared with.
    ///
    /// Of the demo company at a moment at which the clock stands, by Playwright in Chromium. Look at them before they are
    /// committed: from then on this is how the pages look. Wants pngquant and libfaketime.
    Pictures(How),
    /// Prints measured figures beside their aims. It never fails for a figure.
    ///
    /// Groups: sizes, start, users, lists, dashboard, queue, mail, links, checkins, pushes, browser, interaction, lighthouse. All run on this machine over the loopback
    /// with the programs of `cargo xtask build`, on data folders that are removed afterwards; about ten minutes.
    Bench {
        /// Only these groups.
        names: Vec<String>,
        /// Keeps the figures as JSON.
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    match dispatch(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command) -> anyhow::Result<()> {
    let workspace = Workspace::find()?;
    match command {
        Command::Build { how, only } => build::run(&workspace, how.mode(), only),
        Command::Run { how, demo, arguments } => run::serve(&workspace, how.mode(), demo, &arguments),
        Command::Test { fast, filter } => test::run(&workspace, fast, filter.as_deref()),
        Command::Fuzz { names, minutes } => fuzz::run(&workspace, minutes, &names),
        Command::Pictures(how) => pictures::take(&workspace, how.mode()),
        Command::Bench { names, json } => bench::run(&workspace, &names, json.as_deref()),
    }
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
