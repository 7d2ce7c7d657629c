//! The process `muster`: reads the command line and runs one command.

use clap::Parser;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    muster::commands::main(muster::commands::Cli::parse())
}
