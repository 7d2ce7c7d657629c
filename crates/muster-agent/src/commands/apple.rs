//! `muster-agent apple …`.

mod fleet;
mod words;

use super::{Output, finish, lines, output, read_links};
use crate::args::apple::{Apple, Command, Kind, Look};
use fleet::Fleet;
use muster_agent::{
    apple::{
        device::{Device, Options},
        hardware::Hardware,
        http::Client,
        keys::Pool,
        state::{Phase, State},
    },
    clock,
    error::AgentError,
    link::Link,
};
use serde_json::json;
use std::{fs, path::Path, time::Duration};
use words::{session_words, summary, words};

/// Runs a command.
pub async fn run(path: &Path, apple: &Apple, json: bool) -> Result<Output, AgentError> {
    let roots = apple
        .ca_file
        .as_ref()
        .map(|file| fs::read(file).map_err(|e| AgentError::Usage(format!("{}: {e}", file.display()))));
    let client = Client::new(clock::system, apple.allow_http, roots.transpose()?.as_deref())?;
    let options = apple.options();
    match &apple.command {
        Command::Enroll { links: Some(links), devices, key_pool, kind, look, .. } => {
            let (text, count) = read_links(links, *devices)?;
            fs::create_dir_all(path).map_err(|e| AgentError::Local(format!("{}: {e}", path.display())))?;
            let fleet = Fleet::open(client, path, options, key_pool.map(usize::from)).await?;
            let links = lines(&text).map(str::to_owned).collect();
            finish(fleet.enroll(count, links, *kind, look).await)
        }
        Command::Enroll { link, kind, look, .. } => {
            let link = link.as_deref().unwrap_or_default();
            let device =
                enroll(&client, path, keys_beside(path).await?, options, (link, *kind, look)).await?;
            let organization =
                device.state.enrolment.as_ref().and_then(|e| e.profile.organization.as_deref());
            let by = organization.map(|o| format!(" Managed by {o}.")).unwrap_or_default();
            Ok(output(format!("Enrolled.{by}"), summary(&device)))
        }
        Command::Renew { devices: Some(count) } => {
            finish(Fleet::open(client, path, options, None).await?.renew(*count).await)
        }
        Command::Renew { devices: None } => {
            let mut device = open(path, keys_beside(path).await?, options)?;
            device.renew(&client).await?;
            Ok(output("Its identity has a new certificate.", summary(&device)))
        }
        Command::Status => {
            let device = open(path, keys_beside(path).await?, options)?;
            Ok(output(words(&device), summary(&device)))
        }
        Command::RemoveProfile { offline } => {
            let mut device = open(path, keys_beside(path).await?, options)?;
            let told = device.remove_profile(&client, *offline).await?;
            let text =
                if told { "The profile is gone; the server was told." } else { "The profile is gone." };
            Ok(output(text, summary(&device)))
        }
        Command::Run { once, devices, interval, look, .. } => {
            let work = async {
                let every = Duration::from_secs(*interval);
                match devices {
                    Some(count) => {
                        let fleet = Fleet::open(client, path, options, None).await?;
                        fleet.run(*count, (*once, every, json, look)).await
                    }
                    None => run_one(&client, path, options, (*once, every, json, look)).await,
                }
            };
            tokio::select! {
                result = work => result,
                _ = tokio::signal::ctrl_c() => Ok(output("Stopped.", json!({ "stopped": true }))),
            }
        }
    }
}

/// The pool of the fleet whose device this is, if it is of one that has a pool.
async fn keys_beside(path: &Path) -> Result<Pool, AgentError> {
    Pool::open(path.parent().unwrap_or(path), None).await
}

/// A device that is there.
fn open(path: &Path, keys: Pool, options: Options) -> Result<Device, AgentError> {
    Device::open(path, keys, options, || {
        Err(AgentError::Local(format!("{}: there is no state yet", path.display())))
    })
}

async fn enroll(
    client: &Client,
    path: &Path,
    keys: Pool,
    options: Options,
    (link, kind, look): (&str, Kind, &Look),
) -> Result<Device, AgentError> {
    let link: Link = link.parse()?;
    let mut device = Device::open(path, keys, options, || {
        let mut state = State::new(if kind.ipad { Hardware::ipad() } else { Hardware::iphone() }?);
        state.supervised = kind.supervised;
        Ok(state)
    })?;
    apply(look, &mut device.state);
    device.enrol(client, &link).await?;
    Ok(device)
}

/// Once or for ever, how often, as JSON or not, and how the devices are set up.
type Manner<'a> = (bool, Duration, bool, &'a Look);

async fn run_one(
    client: &Client,
    path: &Path,
    options: Options,
    (once, every, json, look): Manner<'_>,
) -> Result<Output, AgentError> {
    let mut device = open(path, keys_beside(path).await?, options)?;
    apply(look, &mut device.state);
    device.save()?;
    loop {
        match device.session(client).await {
            Ok(steps) => {
                let document = json!({ "udid": device.state.hardware.udid, "steps": steps });
                let text = session_words(&steps);
                if once || device.state.phase != Phase::Enrolled {
                    return Ok(output(text, document));
                }
                // One document a line, since there is no end.
                println!("{}", if json { document.to_string() } else { text });
            }
            Err(error) if error.is_transient() && !once => eprintln!("{error}"),
            Err(error) => return Err(error),
        }
        tokio::time::sleep(every).await;
    }
}

fn apply(look: &Look, state: &mut State) {
    let set = |target: &mut String, value: &Option<String>| {
        if let Some(value) = value {
            target.clone_from(value);
        }
    };
    set(&mut state.hardware.name, &look.name);
    set(&mut state.hardware.os_version, &look.os_version);
    set(&mut state.hardware.serial, &look.serial);
    state.passcode = look.passcode().unwrap_or(state.passcode);
}
