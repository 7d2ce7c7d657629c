//! The reference agent of Muster: a command-line program on the agent protocol.

mod args;
mod commands;

use clap::Parser;
use serde_json::json;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = args::Cli::parse();
    match commands::run(&cli).await {
        Ok(output) if cli.json => println!("{}", output.json),
        Ok(output) => println!("{}", output.text),
        Err(error) => {
            if cli.json {
                eprintln!("{}", json!({ "error": error.code(), "message": error.to_string() }));
            } else {
                eprintln!("{error}");
            }
            return ExitCode::from(error.exit_code());
        }
    }
    ExitCode::SUCCESS
}
