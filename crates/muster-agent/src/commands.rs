//! What each command does, and what it prints.

mod apple;

use crate::args::{Cli, Command, Device};
use muster_agent::{
    client::Client,
    clock,
    error::AgentError,
    fleet::{self, Summary},
    link::Link,
    session,
    state::State,
};
use serde_json::{Value, json};
use std::{fs, path::Path, time::Duration};

/// What a command prints when it is done.
pub struct Output {
    /// For people.
    pub text: String,
    /// For programs.
    pub json: Value,
}

fn output(text: impl Into<String>, json: Value) -> Output {
    Output { text: text.into(), json }
}

/// Runs a command.
pub async fn run(cli: &Cli) -> Result<Output, AgentError> {
    let path = cli.state.as_path();
    match &cli.command {
        Command::Enroll { links: Some(links), devices, device, .. } => {
            enroll_fleet(path, links, *devices, device).await
        }
        Command::Enroll { link, hardware_id, device, .. } => {
            enroll(path, link.as_deref().unwrap_or_default(), hardware_id.clone(), device).await
        }
        Command::Run { once, devices } => {
            let work = async {
                match devices {
                    Some(count) => run_fleet(path, *count, *once, cli.json).await,
                    None => run_one(path, *once, cli.json).await,
                }
            };
            tokio::select! {
                result = work => result,
                _ = tokio::signal::ctrl_c() => Ok(output("Stopped.", json!({ "stopped": true }))),
            }
        }
        Command::Report { device } => report(path, device).await,
        Command::Status => status(path),
        Command::Leave => {
            let state = session::leave(&client()?, path).await?;
            Ok(output("This device is no longer managed.", summary(&state)))
        }
        Command::Apple(apple) => apple::run(path, apple, cli.json).await,
    }
}

fn client() -> Result<Client, AgentError> {
    Client::new(clock::system)
}

async fn enroll(
    path: &Path,
    link: &str,
    hardware_id: Option<String>,
    device: &Device,
) -> Result<Output, AgentError> {
    let state = enroll_at(&client()?, path, link, hardware_id, device).await?;
    let owner =
        state.connection.as_ref().map(|c| format!("Connected to {} for {}.", c.organisation, c.owner_name));
    Ok(output(owner.unwrap_or_default(), summary(&state)))
}

async fn enroll_at(
    client: &Client,
    path: &Path,
    link: &str,
    hardware_id: Option<String>,
    device: &Device,
) -> Result<State, AgentError> {
    let link: Link = link.parse()?;
    let state = match State::load(path)? {
        Some(mut state) => {
            device.apply(&mut state.report);
            state.hardware_id = hardware_id.unwrap_or(state.hardware_id);
            state
        }
        None => State::new(hardware_id, device.new_report())?,
    };
    session::enroll(client, &link, state, path).await
}

async fn enroll_fleet(
    path: &Path,
    links: &Path,
    devices: Option<usize>,
    device: &Device,
) -> Result<Output, AgentError> {
    let (text, count) = read_links(links, devices)?;
    let links: Vec<&str> = lines(&text).collect();
    fs::create_dir_all(path).map_err(|e| AgentError::Local(format!("{}: {e}", path.display())))?;
    let client = client()?;
    let (client, links) = (&client, &links);
    let one = |n| async move { enroll_at(client, &fleet::state_file(path, n), links[n], None, device).await };
    finish(fleet::each(count, one).await)
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|l| !l.is_empty())
}

/// The links of a fleet, and how many devices it has.
fn read_links(links: &Path, devices: Option<usize>) -> Result<(String, usize), AgentError> {
    let text =
        fs::read_to_string(links).map_err(|e| AgentError::Usage(format!("{}: {e}", links.display())))?;
    let there = lines(&text).count();
    match devices.unwrap_or(there) {
        count if count > there => {
            Err(AgentError::Usage(format!("{count} devices need {count} links, the file has {there}")))
        }
        count => Ok((text, count)),
    }
}

async fn run_one(path: &Path, once: bool, json: bool) -> Result<Output, AgentError> {
    let client = client()?;
    loop {
        let wait = match session::check_in(&client, path).await {
            Ok(done) => {
                let text = format!("Checked in; {} commands.", done.commands.len());
                let document = json!(done);
                if once {
                    return Ok(output(text, document));
                }
                // One document a line, since there is no end.
                println!("{}", if json { document.to_string() } else { text });
                done.check_in_seconds
            }
            Err(error) if error.is_transient() && !once => {
                eprintln!("{error}");
                RETRY_SECONDS
            }
            Err(error) => return Err(error),
        };
        tokio::time::sleep(Duration::from_secs(wait.into())).await;
    }
}

/// Seconds until the next try when the server cannot be reached.
const RETRY_SECONDS: u32 = 15;

async fn run_fleet(path: &Path, count: usize, once: bool, json: bool) -> Result<Output, AgentError> {
    let client = client()?;
    let client = &client;
    loop {
        let mut wait = RETRY_SECONDS;
        for n in 0..count {
            let (_, connection) = State::connected(&fleet::state_file(path, n))?;
            wait = if n == 0 { connection.check_in_seconds } else { wait.min(connection.check_in_seconds) };
        }
        let one = |n| async move { session::check_in(client, &fleet::state_file(path, n)).await };
        let round = fleet::each(count, one).await;
        if once {
            return finish(round);
        }
        println!("{}", if json { json!(round.0).to_string() } else { words(&round.0) });
        if let Some(error) = round.1.filter(|_| round.0.done == 0).filter(|e| !e.is_transient()) {
            return Err(error);
        }
        tokio::time::sleep(Duration::from_secs(wait.max(1).into())).await;
    }
}

fn words(summary: &Summary) -> String {
    let failed = summary.failed.iter().map(|(reason, n)| format!(", {n} {reason}"));
    failed.fold(format!("{} done", summary.done), |text, f| text + &f)
}

fn finish((summary, error): (Summary, Option<AgentError>)) -> Result<Output, AgentError> {
    let done = output(words(&summary), json!(summary));
    match error {
        None => Ok(done),
        Some(error) => {
            eprintln!("{}", done.text);
            Err(error)
        }
    }
}

async fn report(path: &Path, device: &Device) -> Result<Output, AgentError> {
    let (mut state, connection) = State::connected(path)?;
    device.apply(&mut state.report);
    client()?.report(&connection, &state.report).await?;
    state.save(path)?;
    Ok(output("Reported.", json!(state.report)))
}

fn status(path: &Path) -> Result<Output, AgentError> {
    let state = State::load(path)?;
    let state =
        state.ok_or_else(|| AgentError::Local(format!("{}: there is no state yet", path.display())))?;
    let text = match &state.connection {
        Some(c) => format!(
            "Connected to {} ({}) for {}.\nDevice {}, hardware id {}, check-in every {} s.",
            c.organisation, c.api_base, c.owner_name, c.device_id, state.hardware_id, c.check_in_seconds
        ),
        None => format!("Not connected. Hardware id {}.", state.hardware_id),
    };
    Ok(output(text, summary(&state)))
}

/// The state without its key.
fn summary(state: &State) -> Value {
    let connection = state.connection.as_ref();
    json!({
        "connected": connection.is_some(),
        "hardware_id": state.hardware_id,
        "device_id": connection.map(|c| &c.device_id),
        "api_base": connection.map(|c| &c.api_base),
        "owner_name": connection.map(|c| &c.owner_name),
        "organisation": connection.map(|c| &c.organisation),
        "check_in_seconds": connection.map(|c| c.check_in_seconds),
        "report": state.report,
    })
}
