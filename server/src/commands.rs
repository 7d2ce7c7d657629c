//! The command line: on the same use cases as the console, and safe to use while the server runs.
//!
//! Plain output is for people. With `--json` there is one document on stdout and nothing else; errors go to
//! stderr, as a document too. Exit codes: 0 done, 1 refused or failed, 2 the words of the command are off.

mod account;
mod apple;
mod audit;
mod backup;
mod configurations;
mod devices;
mod doctor;
mod duration;
mod invitations;
mod message;
mod open;
mod output;
mod packages;
mod passphrase;
mod restore;
mod serve;
mod settings;
mod users;
mod workspace;

use crate::config::{Config, Flags};
use anyhow::bail;
use clap::{CommandFactory, Parser, Subcommand};
use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

/// Brings a company's phones and tablets under management.
///
/// Settings of the process come from flags, the environment (MUSTER_…) and muster.toml, in this order.
#[derive(Parser)]
#[command(name = "muster", version)]
pub struct Cli {
    /// The folder with the database and the key (MUSTER_DATA; `data` if unset).
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The configuration (MUSTER_CONFIG; muster.toml here or in the data folder if unset).
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Which workspace, by id or name; the first one if left out.
    #[arg(long, global = true, value_name = "ID|NAME")]
    workspace: Option<String>,
    /// One JSON document on stdout, for scripts.
    #[arg(long, global = true)]
    json: bool,
    // `serve` takes these two behind its name as well, where its help shows them.
    #[arg(long, hide = true, value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,
    #[arg(long, hide = true, value_name = "URL")]
    public_url: Option<String>,
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
    /// Workspaces: companies that are apart from each other.
    #[command(subcommand)]
    Workspace(workspace::Workspace),
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
    /// Configurations of Android devices with the Headwind agent.
    #[command(subcommand)]
    Configurations(configurations::Configurations),
    /// Android packages that phones fetch from here: the agent, for phones without Google Play and for new ones.
    #[command(subcommand)]
    Packages(packages::Packages),
    /// Settings of the workspace.
    #[command(subcommand)]
    Settings(settings::SettingsCommand),
    /// iPhones and iPads: the APNs certificate.
    #[command(subcommand)]
    Apple(apple::Apple),
    /// The audit log: who did what to whom, when and from where.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// The message in the company's own words.
    #[command(subcommand)]
    Message(message::Message),
    /// Checks configuration, database, key, addresses, clock, mail and disk, and says how to mend what it finds.
    Doctor,
    /// Copies the database to FILE while everything goes on. Without --with-keys the key is not in it.
    Backup(backup::Backup),
    /// Puts a backup in the place of the database, which is kept aside.
    Restore(restore::Restore),
    /// Prints completions for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
}

/// Runs one command.
#[must_use]
pub fn main(cli: Cli) -> ExitCode {
    let json = cli.json;
    if !matches!(cli.command, Command::Serve(_)) && (cli.listen.is_some() || cli.public_url.is_some()) {
        let words = "--listen and --public-url are for `serve` alone";
        Cli::command().error(clap::error::ErrorKind::ArgumentConflict, words).exit();
    }
    let of_all = matches!(
        cli.command,
        Command::Serve(_)
            | Command::Doctor
            | Command::Backup(_)
            | Command::Restore(_)
            | Command::Completions { .. }
    );
    if of_all && cli.workspace.is_some() {
        let words = "--workspace is not for this command, which is about all of them";
        Cli::command().error(clap::error::ErrorKind::ArgumentConflict, words).exit();
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return refused(&error.into(), json),
    };
    runtime.block_on(run(cli)).unwrap_or_else(|error| refused(&error, json))
}

fn refused(error: &anyhow::Error, json: bool) -> ExitCode {
    // Whoever reads the output has seen enough, as `| head` has.
    let pipe = |e: &std::io::Error| e.kind() == std::io::ErrorKind::BrokenPipe;
    if error.chain().any(|e| e.downcast_ref().is_some_and(pipe)) {
        return ExitCode::SUCCESS;
    }
    if json {
        eprintln!("{}", serde_json::json!({ "error": format!("{error:#}") }));
    } else {
        format!("{error:#}").lines().for_each(|line| eprintln!("muster: {line}"));
    }
    ExitCode::FAILURE
}

fn flags(cli: &Cli) -> anyhow::Result<Flags> {
    let mut flags = Flags::default();
    if let Some(data) = &cli.data {
        let Some(text) = data.to_str() else { bail!("the data folder's name is not UTF-8") };
        flags.set("data.dir", Some(text));
    }
    flags.set("server.listen", cli.listen.map(|a| a.to_string()));
    flags.set("server.public_url", cli.public_url.clone());
    if let Command::Serve(serve) = &cli.command {
        serve.flags(&mut flags);
    }
    Ok(flags)
}

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let (json, flags) = (cli.json, flags(&cli)?);
    let loaded = Config::load(cli.config.as_deref(), flags);
    match cli.command {
        Command::Completions { shell } => return completions(shell, json),
        Command::Doctor => return doctor::run(loaded, json).await,
        Command::Restore(command) => {
            command.run(&loaded?.data.dir, json).await?;
            return Ok(ExitCode::SUCCESS);
        }
        _ => {}
    }
    let config = loaded?;
    // Before anything is opened, and as long as the process lives.
    let _alone =
        if matches!(cli.command, Command::Serve(_)) { Some(open::alone(&config.data.dir)?) } else { None };
    let mut muster = open::Muster::open(&config.data.dir).await?;
    if let Some(workspace) = &cli.workspace {
        muster.workspace = workspace::named(&muster, workspace).await?;
    }
    if !matches!(cli.command, Command::Serve(_)) {
        muster.by_hand();
    }
    let sqlite = muster.sqlite.clone();
    match cli.command {
        Command::Serve(command) => {
            crate::logging::begin(&config.log)?;
            command.run(muster, config, json).await
        }
        Command::Account(command) => command.run(&muster, json).await,
        Command::Workspace(command) => command.run(&muster, json).await,
        Command::Users(command) => command.run(&muster, json).await,
        Command::Groups(command) => command.run(&muster, json).await,
        Command::Invite(command) => command.run(&muster, json).await,
        Command::Invitations(command) => command.run(&muster, json).await,
        Command::Devices(command) => command.run(&muster, json).await,
        Command::Configurations(command) => command.run(&muster, json).await,
        Command::Packages(command) => command.run(&muster, json).await,
        Command::Settings(command) => command.run(&muster, json).await,
        Command::Apple(command) => command.run(&muster, &config.apple.trust, json).await,
        Command::Audit(command) => return command.run(&muster, cli.workspace.is_some(), json).await,
        Command::Message(command) => command.run(&muster, json).await,
        Command::Backup(command) => command.run(&muster, json).await,
        Command::Doctor | Command::Restore(_) | Command::Completions { .. } => Ok(()),
    }?;
    sqlite.settled().await;
    Ok(ExitCode::SUCCESS)
}

fn completions(shell: clap_complete::Shell, json: bool) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "muster", &mut script);
    let script = String::from_utf8(script)?;
    if json {
        output::document(&serde_json::json!({ "shell": shell.to_string(), "script": script }))?;
    } else {
        output::print(format_args!("{script}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
