//! `muster doctor`: looks at everything that a server needs, changes nothing, and says how to mend what it finds.

mod address;
mod apns;
mod apple;
mod clock;
mod database;
mod files;
mod log;
mod mail;
mod packages;

use super::{open, output};
use crate::{
    apple::trusted,
    config::{self, Config},
    system::{SystemClock, keys::Keys, lock::Lock},
};
use muster_domain::{
    WorkspaceId,
    ports::{Clock, WorkspaceStore},
    settings::Settings,
};
use muster_store::{Inspection, Sqlite};
use serde::Serialize;
use serde_json::json;
use std::{path::Path, process::ExitCode, sync::Arc};

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    Warning,
    Failed,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    state: State,
    message: String,
    /// What to do.
    mend: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self { check, state: State::Ok, message: message.into(), mend: None }
    }

    fn warning(check: &'static str, message: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { check, state: State::Warning, message: message.into(), mend: Some(mend.into()) }
    }

    fn failed(check: &'static str, message: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { state: State::Failed, ..Self::warning(check, message, mend) }
    }
}

/// What the workspace sets, as far as the database can be opened.
struct Opened {
    store: Arc<Sqlite>,
    workspace: WorkspaceId,
    settings: Settings,
}

impl Opened {
    async fn open(data: &Path) -> Option<Self> {
        let store = Arc::new(Sqlite::open(&open::database(data)).await.ok()?);
        let workspace = *store.workspaces().await.ok()?.first()?;
        let settings = store.settings(workspace).await.ok()?;
        Some(Self { store, workspace, settings })
    }
}

fn configuration(config: &Config) -> Vec<Finding> {
    let from = config.file.as_ref().map_or_else(
        || "no muster.toml: flags, the environment and defaults".to_owned(),
        |file| format!("{} is valid", file.display()),
    );
    let mut found = vec![Finding::ok("configuration", from)];
    for name in config::unknown_variables() {
        found.push(Finding::warning(
            "configuration",
            format!("the variable {name} means nothing to Muster"),
            "look for a slip of the pen: docs/configuration.md has all names",
        ));
    }
    found
}

/// Everything from the data folder on.
async fn look(config: &Config) -> Vec<Finding> {
    let data = &config.data.dir;
    let running = Lock::served(data);
    let mut found = files::folder(data);
    let inspected: Option<Inspection> = database::look(data, &mut found).await;
    let keys: Option<Arc<Keys>> = files::key(data, inspected.as_ref(), &mut found);
    let sound = inspected.as_ref().is_some_and(|i| i.damage.is_empty() && i.version == i.known);
    let opened = if sound { Opened::open(data).await } else { None };
    // A database that is there and cannot be used hides what it sets.
    let hidden = opened.is_none()
        && found.iter().any(|f| f.check == database::CHECK && f.state != State::Ok)
        && std::fs::metadata(open::database(data)).is_ok_and(|m| m.len() > 0);
    if hidden {
        for check in [address::CHECK, mail::CHECK] {
            let words = "not looked at: what is set stands in the database";
            found.push(Finding::warning(check, words, "mend the database first, then run doctor again"));
        }
    } else {
        let settings = opened.as_ref().map(|o| &o.settings);
        found.extend(
            address::look(data, &config.server, &trusted(&config.apple.trust), settings, running).await,
        );
    }
    found.extend(clock::look(&SystemClock, inspected.as_ref().and_then(|i| i.newest)).await);
    if let Some(opened) = &opened {
        found.extend(log::look(&opened.store).await);
        found.extend(packages::look(&opened.store, data).await);
        found.extend(apple::look(&opened.store, keys.as_deref(), SystemClock.now()).await);
    }
    if let (Some(opened), Some(keys)) = (&opened, &keys) {
        found.extend(apns::look(opened, keys, config.apple.clone()).await);
        found.extend(mail::look(opened, keys).await);
    }
    found.extend(files::disk(data));
    found
}

/// Looks, and prints what it found. The exit code is 1 if something failed.
pub(super) async fn run(loaded: anyhow::Result<Config>, json: bool) -> anyhow::Result<ExitCode> {
    let found = match loaded {
        Ok(config) => {
            let mut found = configuration(&config);
            found.extend(look(&config).await);
            found
        }
        Err(error) => vec![Finding::failed(
            "configuration",
            format!("{error:#}"),
            "mend it first, then run doctor again: nothing else was looked at",
        )],
    };
    let healthy = found.iter().all(|f| f.state != State::Failed);
    if json {
        output::document(&json!({ "ok": healthy, "checks": found }))?;
    } else {
        for finding in &found {
            let state = match finding.state {
                State::Ok => "ok     ",
                State::Warning => "warning",
                State::Failed => "FAILED ",
            };
            output::say!("{state}  {:13}  {}", finding.check, output::plain(&finding.message));
            if let Some(mend) = &finding.mend {
                output::say!("                        -> {mend}");
            }
        }
    }
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
