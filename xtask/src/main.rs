//! `cargo xtask`: the commands with which Muster is tested.

mod test;

use clap::{Parser, Subcommand};

/// The commands of this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs everything that must hold: formatting, clippy with warnings denied, the domain for
    /// WebAssembly, and all tests.
    Test,
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Test => test::run(),
    }
}
