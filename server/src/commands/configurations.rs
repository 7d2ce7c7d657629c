//! `muster configurations`: what Android devices with the Headwind agent are told, as JSON documents.

use super::{open::Muster, output};
use anyhow::{Context, bail, ensure};
use clap::Subcommand;
use muster_domain::{
    ConfigurationId, PersonName,
    configuration::{ConfigurationSettings, Difference, differences},
    ports::{Audience, ConfigurationRow, SaveConfiguration, SavedConfiguration},
};
use serde_json::{Value, json};
use std::{io::Read, path::PathBuf};

/// Bytes of a document at most.
const MOST: u64 = 1024 * 1024;

#[derive(Subcommand)]
pub(super) enum Configurations {
    /// All configurations in their order: a device has the first one that is for its owner.
    List,
    /// Prints what one says.
    Show {
        /// Which one.
        name: String,
        /// A former version.
        #[arg(long, value_name = "N")]
        version: Option<u64>,
    },
    /// Saves one as a new version, or makes it, and prints what differs. Without --everybody and --group it stays for whom it is.
    Set {
        /// Which one.
        name: String,
        /// The JSON document, as `show --json` has it under `settings`; `-` is stdin.
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
        /// For everybody.
        #[arg(long, conflicts_with = "group")]
        everybody: bool,
        /// For the members of this group; several times for several.
        #[arg(long, value_name = "GROUP")]
        group: Vec<String>,
        /// Changes nothing, and prints what would differ.
        #[arg(long)]
        dry_run: bool,
    },
    /// Deletes one with all its versions; its devices have the next one that is for them.
    Delete {
        /// Which one.
        name: String,
    },
}

fn row(row: &ConfigurationRow) -> Value {
    json!({
        "name": row.name, "version": row.version, "everybody": row.audience.everybody, "groups": row.audience.groups,
        "devices": row.devices, "changed_at": output::time(Some(row.changed_at)), "changed_by": row.changed_by,
    })
}

/// The one of that name, in any case.
async fn find(muster: &Muster, name: &str) -> anyhow::Result<Option<ConfigurationRow>> {
    let all = muster.ports.store.configurations(muster.workspace).await?;
    Ok(all.into_iter().find(|row| row.name.to_lowercase() == name.to_lowercase()))
}

async fn named(muster: &Muster, name: &str) -> anyhow::Result<ConfigurationRow> {
    find(muster, name).await?.with_context(|| format!("there is no configuration {name:?}"))
}

fn read(file: &PathBuf) -> anyhow::Result<ConfigurationSettings> {
    let mut text = String::new();
    if file.as_os_str() == "-" {
        std::io::stdin().take(MOST).read_to_string(&mut text)?;
    } else {
        let opened = std::fs::File::open(file).with_context(|| file.display().to_string())?;
        opened.take(MOST).read_to_string(&mut text)?;
    }
    let document: Value = serde_json::from_str(&text).context("this is no JSON document")?;
    Ok(ConfigurationSettings::of_document(&document)?)
}

fn say(found: &[Difference]) -> anyhow::Result<()> {
    for difference in found {
        let column = difference.column.map(|column| column.name().to_owned());
        let place =
            std::iter::once(difference.field.name().to_owned()).chain(difference.item.clone()).chain(column);
        let value = |value: &Option<String>| value.as_deref().map_or_else(|| "-".to_owned(), output::plain);
        let place = place.map(|word| output::plain(&word)).collect::<Vec<_>>().join(" ");
        output::say!("{place}: {} -> {}", value(&difference.before), value(&difference.after));
    }
    Ok(())
}

impl Configurations {
    pub(super) async fn run(self, muster: &Muster, json: bool) -> anyhow::Result<()> {
        let (store, workspace) = (&muster.ports.store, muster.workspace);
        match self {
            Self::List => {
                let rows = store.configurations(workspace).await?.iter().map(row).collect();
                let fields =
                    ["name", "version", "everybody", "groups", "devices", "changed_at", "changed_by"];
                output::table(json, &fields, rows)
            }
            Self::Show { name, version } => {
                let id = named(muster, &name).await?.id;
                let found = store.configuration(workspace, id, version).await?;
                let found =
                    found.with_context(|| format!("there is no version {}", version.unwrap_or_default()))?;
                let settings = found.settings.document();
                if !json {
                    return output::document(&Value::Object(settings));
                }
                let audience = &found.row.audience;
                output::document(&json!({
                    "name": found.row.name, "version": found.version, "everybody": audience.everybody,
                    "groups": audience.groups, "settings": settings,
                }))
            }
            Self::Set { name, file, everybody, group, dry_run } => {
                let audience =
                    (everybody || !group.is_empty()).then_some(Audience { everybody, groups: group });
                set(muster, &name, read(&file)?, audience, dry_run, json).await
            }
            Self::Delete { name } => {
                let found = named(muster, &name).await?;
                store.delete_configuration(workspace, found.id, muster.ports.clock.now()).await?;
                if json { output::document(&json!({ "deleted": found.name })) } else { Ok(()) }
            }
        }
    }
}

async fn set(
    muster: &Muster,
    name: &str,
    settings: ConfigurationSettings,
    audience: Option<Audience>,
    dry_run: bool,
    json: bool,
) -> anyhow::Result<()> {
    let (store, workspace, now) = (&muster.ports.store, muster.workspace, muster.ports.clock.now());
    let before = find(muster, name).await?;
    let base = before.as_ref().map(|row| row.version);
    let former = match &before {
        Some(row) => store.configuration(workspace, row.id, None).await?.map(|found| found.settings),
        None => None,
    };
    let found = differences(&former.unwrap_or_default(), &settings);
    let audience = audience.or_else(|| before.as_ref().map(|row| row.audience.clone())).unwrap_or_default();
    let reach = store.configuration_reach(workspace, before.as_ref().map(|row| row.id), &audience).await?;
    let devices = reach.devices;
    let same = before.as_ref().filter(|row| found.is_empty() && row.audience == audience);
    let nobody = audience.is_nobody();
    let name = before.as_ref().map_or(name, |row| &row.name);
    let mut version = same.map(|row| row.version).filter(|_| !dry_run);
    if !dry_run && same.is_none() {
        let id =
            before.as_ref().map_or_else(|| ConfigurationId::new(now, &*muster.ports.secrets), |row| row.id);
        let name: PersonName = name.parse().context("the name")?;
        let save = SaveConfiguration { id, base, name, audience, settings, restored: None, now };
        version = match store.save_configuration(workspace, save).await? {
            SavedConfiguration::Saved { version } => Some(version),
            SavedConfiguration::Stale { version } => {
                bail!("somebody has saved version {version} just now: look at it first")
            }
            SavedConfiguration::NameTaken => bail!("another configuration has this name"),
            SavedConfiguration::NoSuchGroup => bail!("there is no such group: `muster groups list` has all"),
        };
    }
    ensure!(dry_run || version.is_some(), "nothing was saved");
    if json {
        let elsewhere: Vec<_> = reach
            .elsewhere
            .iter()
            .map(|(name, devices)| json!({ "name": name, "devices": devices }))
            .collect();
        let document = json!({
            "name": name, "version": version, "devices": devices, "elsewhere": elsewhere, "differences": found,
        });
        return output::document(&document);
    }
    say(&found)?;
    let name = output::plain(name);
    match version {
        Some(version) if same.is_some() => {
            output::say!("nothing to change: version {version} of {name} says this already")
        }
        Some(version) => output::say!("version {version} of {name} reaches {}", counted(devices)),
        None => output::say!("nothing was changed; this would reach {}", counted(devices)),
    }
    for (other, devices) in &reach.elsewhere {
        output::say!("{} of its people: {} comes first", counted(*devices), output::plain(other));
    }
    if nobody {
        output::say!("it is for nobody: --everybody or --group says for whom");
    }
    Ok(())
}

fn counted(devices: u64) -> String {
    if devices == 1 { "1 device".to_owned() } else { format!("{devices} devices") }
}
