//! The command line: on the same use cases as the console, and safe to use while the server runs.
//!
//! Plain output is for people. With `--json` there is one document on stdout and nothing else; errors go to
//! stderr. Exit codes: 0 done, 1 refused or failed, 2 the words of the command are off.

mod account;
mod backup;
mod devices;
mod duration;
mod invitations;
mod open;
mod output;
mod serve;
mod settings;
mod users;

use clap::{CommandFactory, Parser, Subcommand};
use std::{path::PathBuf, process::ExitCode};

/// Brings a company's phones and tablets under management.
#[derive(Parser)]
#[command(name = "muster", version)]
pub struct Cli {
    /// The folder with the database and the key.
    #[arg(long, global = true, env = "MUSTER_DATA", default_value = "data", value_name = "DIR")]
    data: PathBuf,
    /// One JSON document on stdout, for scripts.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the console, the phones and the agents.
    Serve(serve::Serve),
    /// Accounts of the console.
    #[command(subcommand)]
    Account(account::Account),
    /// People whose devices are managed.
    #[command(subcommand)]
    Users(users::Users),
    /// Groups of people.
    #[command(subcommand)]
    Groups(users::Groups),
    /// Invites people to connect a device: one message, or one link, for each device.
    Invite(invitations::Invite),
    /// Invitations and their states.
    #[command(subcommand)]
    Invitations(invitations::Invitations),
    /// Connected phones and tablets.
    #[command(subcommand)]
    Devices(devices::Devices),
    /// Settings of the workspace.
    #[command(subcommand)]
    Settings(settings::SettingsCommand),
    /// Copies the database to FILE while everything goes on. The key is not in it.
    Backup(backup::Backup),
    /// Prints completions for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
}

/// Runs one command.
#[must_use]
pub fn main(cli: Cli) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return refused(&error.into()),
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refused(&error),
    }
}

fn refused(error: &anyhow::Error) -> ExitCode {
    eprintln!("muster: {error:#}");
    ExitCode::FAILURE
}

async fn run(cli: Cli) -> anyhow::Result<()> {
    if let Command::Completions { shell } = cli.command {
        clap_complete::generate(shell, &mut Cli::command(), "muster", &mut std::io::stdout());
        return Ok(());
    }
    let muster = open::Muster::open(&cli.data).await?;
    let json = cli.json;
    match cli.command {
        Command::Serve(command) => {
            crate::logging::begin()?;
            command.run(muster, &cli.data).await
        }
        Command::Account(command) => command.run(&muster, json).await,
        Command::Users(command) => command.run(&muster, json).await,
        Command::Groups(command) => command.run(&muster, json).await,
        Command::Invite(command) => command.run(&muster, json).await,
        Command::Invitations(command) => command.run(&muster, json).await,
        Command::Devices(command) => command.run(&muster, json).await,
        Command::Settings(command) => command.run(&muster, json).await,
        Command::Backup(command) => command.run(&muster, json).await,
        Command::Completions { .. } => Ok(()),
    }
}
