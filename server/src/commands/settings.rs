//! `muster settings get KEY` and `muster settings set KEY [VALUE]`.

use super::{open::Muster, output, passphrase};
use anyhow::{Context, anyhow, bail, ensure};
use clap::Subcommand;
use muster_domain::settings::{InvalidSetting, Settings, Smtp, SmtpTls, is_smtp_password, is_wifi_password};
use serde_json::{Value, json};
use std::io::{IsTerminal, Read};

/// The keys, and where each stands in the settings' JSON.
const KEYS: &[(&str, &str)] = &[
    ("name", "/name"),
    ("public_url", "/public_url"),
    ("help_contact", "/help_contact"),
    ("language", "/language"),
    ("links.days", "/link_days"),
    ("agent.package", "/agent_package"),
    ("silence.warning_days", "/silence/warning_days"),
    ("silence.critical_days", "/silence/critical_days"),
    ("apple.minimum_os", "/apple/minimum_os"),
    ("apple.rights", "/apple/rights"),
    ("headwind.owned", "/headwind/owned"),
    ("headwind.minimum_agent", "/headwind/minimum_agent"),
    ("headwind.set_up.offered", "/headwind/set_up/offered"),
    ("headwind.set_up.mailed", "/headwind/set_up/mailed"),
    ("headwind.set_up.package", "/headwind/set_up/package"),
    ("headwind.set_up.wifi", NETWORK),
    ("headwind.set_up.keep_apps", "/headwind/set_up/keep_apps"),
    ("headwind.set_up.locale", "/headwind/set_up/locale"),
    ("headwind.set_up.time_zone", "/headwind/set_up/time_zone"),
    ("mail.per_minute", "/mail_per_minute"),
    ("mail.per_day", "/mail_per_day"),
    ("smtp.host", "/smtp/host"),
    ("smtp.port", "/smtp/port"),
    ("smtp.tls", "/smtp/tls"),
    ("smtp.user", "/smtp/user"),
    ("smtp.from", "/sender"),
];
const PASSWORD: &str = "smtp.password";
/// Read from stdin, too: the secret that the company's own build of the Headwind agent has.
const AGENT_SECRET: &str = crate::http::headwind::SECRET;
/// The password of new phones' network, likewise.
const WIFI: &str = crate::headwind::owner::WIFI;
/// Where the name of that network stands.
const NETWORK: &str = "/headwind/set_up/wifi";
/// What is never printed, with what it is asked for.
const SECRETS: [(&str, &str); 3] = [
    (PASSWORD, "SMTP password"),
    (AGENT_SECRET, "Secret of the agent's build"),
    (WIFI, "Wi-Fi password of new phones"),
];

#[derive(Subcommand)]
pub(super) enum SettingsCommand {
    /// Prints a setting. Secrets are never printed, only whether one is set.
    Get {
        /// Which; all if left out.
        key: Option<String>,
    },
    /// Changes a setting; without a value it goes back to unset. `smtp.password`, `headwind.secret` and `headwind.wifi` are
    /// read from stdin.
    Set {
        /// Which.
        key: String,
        /// The value.
        value: Option<String>,
    },
}

fn pointer(key: &str) -> anyhow::Result<&'static str> {
    let known =
        || KEYS.iter().map(|(k, _)| *k).chain(SECRETS.map(|(name, _)| name)).collect::<Vec<_>>().join(", ");
    KEYS.iter()
        .find(|(k, _)| *k == key)
        .map(|(_, p)| *p)
        .with_context(|| format!("no setting {key:?}. There are: {}", known()))
}

/// The settings with one value changed, checked.
fn changed(mut settings: Settings, key: &str, value: Option<&str>) -> anyhow::Result<Settings> {
    let pointer = pointer(key)?;
    // Nothing as a value is no value, as scripts have it: `settings set smtp.host ""`.
    let value = value.filter(|text| !text.is_empty());
    if key == "smtp.host" && value.is_none() {
        settings.smtp = None;
        return Ok(settings);
    }
    if pointer.starts_with("/smtp/") && settings.smtp.is_none() {
        settings.smtp =
            Some(Smtp { host: "localhost".into(), port: 587, tls: SmtpTls::default(), user: None });
    }
    let mut document = serde_json::to_value(&settings)?;
    let defaults = serde_json::to_value(Settings::default())?;
    let place = document.pointer_mut(pointer).context("the setting is not there")?;
    *place = match value {
        None => defaults.pointer(pointer).cloned().unwrap_or(Value::Null),
        // Numbers stand as numbers; a name that looks like one stays text where text is wanted.
        Some(text) if key == "smtp.port" => {
            json!(text.parse::<u16>().map_err(|_| InvalidSetting::SmtpPort)?)
        }
        Some(text) if place.is_number() => {
            json!(
                text.parse::<u32>()
                    .map_err(|_| anyhow!("{key} must be a whole number, and not this long"))?
            )
        }
        Some(text) if place.is_boolean() => match text {
            "yes" | "true" => json!(true),
            "no" | "false" => json!(false),
            _ => bail!("{key} must be yes or no"),
        },
        Some(text) if key == "public_url" => json!(text.trim_end_matches('/')),
        Some(text) => json!(text),
    };
    let settings: Settings = serde_json::from_value(document).map_err(|e| anyhow!("{key}: {e}"))?;
    settings.check()?;
    Ok(settings)
}

fn is_secret(key: &str) -> bool {
    SECRETS.iter().any(|(name, _)| *name == key)
}

/// Reads a secret from stdin and keeps it sealed; an empty one is removed.
async fn set_secret(muster: &Muster, key: &str) -> anyhow::Result<()> {
    let (store, workspace) = (&muster.ports.store, muster.workspace);
    let text = if std::io::stdin().is_terminal() {
        let asked = SECRETS.iter().find(|(name, _)| *name == key).map_or(key, |(_, asked)| asked);
        passphrase::typed(asked, false)?
    } else {
        let mut text = String::new();
        std::io::stdin().take(5000).read_to_string(&mut text)?;
        text
    };
    let text = text.trim_end_matches(['\r', '\n']);
    ensure!(
        is_smtp_password(text),
        "{key} must be one line of at most 1,000 characters: it is read from stdin"
    );
    if key == WIFI && !text.is_empty() {
        ensure!(is_wifi_password(text), "{}", InvalidSetting::SetUpPassword);
    }
    let sealed = (!text.is_empty()).then(|| muster.ports.secrets.seal(key, text.as_bytes()));
    let is_set = sealed.is_some();
    if !is_set && store.sealed(workspace, key).await?.is_some() {
        eprintln!("muster: nothing came from stdin: {key} is removed");
    }
    store.set_sealed(workspace, key, sealed).await?;
    if key == AGENT_SECRET {
        let mut settings = store.settings(workspace).await?;
        settings.headwind.signed = is_set;
        store.set_settings(workspace, &settings).await?;
    }
    Ok(())
}

impl SettingsCommand {
    pub(super) async fn run(self, muster: &Muster, json: bool) -> anyhow::Result<()> {
        let (store, workspace) = (&muster.ports.store, muster.workspace);
        match self {
            Self::Get { key } => {
                let document = serde_json::to_value(store.settings(workspace).await?)?;
                let mut found = serde_json::Map::new();
                for (name, pointer) in KEYS {
                    found.insert(
                        (*name).to_owned(),
                        document.pointer(pointer).cloned().unwrap_or(Value::Null),
                    );
                }
                for (name, _) in SECRETS {
                    let set = store.sealed(workspace, name).await?.is_some();
                    found.insert(name.to_owned(), Value::from(if set { "set" } else { "not set" }));
                }
                if let Some(key) = &key {
                    if !is_secret(key) {
                        pointer(key)?;
                    }
                    found.retain(|name, _| name == key);
                }
                if json {
                    return output::document(&Value::Object(found));
                }
                for (name, value) in found {
                    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    if key.is_some() { output::say!("{value}") } else { output::say!("{name} = {value}") }
                }
                Ok(())
            }
            Self::Set { key, value } if is_secret(&key) => {
                ensure!(
                    value.is_none(),
                    "a password on the command line can be seen by others: give it on stdin"
                );
                set_secret(muster, &key).await?;
                if json { output::document(&json!({ "set": key })) } else { Ok(()) }
            }
            Self::Set { key, value } => {
                let before = store.settings(workspace).await?;
                let settings = changed(before.clone(), &key, value.as_deref())?;
                if before.smtp.is_none() && settings.smtp.is_some() && key != "smtp.host" {
                    eprintln!("muster: mails go to localhost now: set smtp.host too");
                }
                // A password is of one network: another one does not get it.
                let other = before.headwind.set_up.wifi != settings.headwind.set_up.wifi;
                if other && store.sealed(workspace, WIFI).await?.is_some() {
                    store.set_sealed(workspace, WIFI, None).await?;
                    eprintln!(
                        "muster: the password of the former network is forgotten: set headwind.wifi too"
                    );
                }
                store.set_settings(workspace, &settings).await?;
                store.refresh_statuses(workspace, muster.ports.clock.now()).await?;
                if json { output::document(&json!({ "set": key })) } else { Ok(()) }
            }
        }
    }
}
