//! `muster users` and `muster groups`.

use super::{open::Muster, output};
use anyhow::{Context, bail};
use clap::Subcommand;
use muster_domain::{
    PersonName, UserId,
    device::Status,
    query::{UserQuery, Window},
    user::{UserDetails, UserRow},
};
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(super) enum Users {
    /// Adds or updates people from a CSV file with the header `name,email,groups` (groups separated by `;`).
    /// All rows or none: every bad row is named.
    Import {
        /// The file, in UTF-8.
        file: PathBuf,
    },
    /// All people.
    List,
    /// All people as CSV, in the form that `import` reads.
    Export,
}

#[derive(Subcommand)]
pub(super) enum Groups {
    /// All groups.
    List,
}

/// All users, page by page.
pub(super) async fn all(muster: &Muster) -> anyhow::Result<Vec<UserRow>> {
    let mut users = Vec::new();
    for page in 1.. {
        let query = UserQuery { window: Window { page, size: 200 }, ..UserQuery::default() };
        let found = muster.ports.store.users(muster.workspace, &query).await?;
        let done = found.rows.is_empty();
        users.extend(found.rows);
        if done {
            break;
        }
    }
    Ok(users)
}

fn groups(text: &str) -> Result<Vec<PersonName>, String> {
    let names = text.split(';').map(str::trim).filter(|g| !g.is_empty());
    names.map(|g| g.parse().map_err(|e| format!("group {g:?} {e}"))).collect()
}

/// One row of the file; the error says what to mend.
fn details(record: &csv::StringRecord, columns: &[usize; 3]) -> Result<UserDetails, String> {
    let [name, email, of] = columns.map(|c| record.get(c).unwrap_or_default().trim());
    let name = name.parse().map_err(|e| format!("name {name:?} {e}"))?;
    let email = if email.is_empty() {
        None
    } else {
        Some(email.parse().map_err(|e| format!("address {email:?} {e}"))?)
    };
    Ok(UserDetails { name, email, language: None, groups: groups(of)? })
}

fn read(muster: &Muster, bytes: &[u8]) -> anyhow::Result<Vec<(UserId, UserDetails)>> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let header = reader.headers().context("the file is not CSV in UTF-8")?.clone();
    let column = |name: &str| header.iter().position(|h| h.trim().eq_ignore_ascii_case(name));
    let (Some(name), Some(email)) = (column("name"), column("email")) else {
        bail!("the first row must be the header name,email,groups");
    };
    let columns = [name, email, column("groups").unwrap_or(usize::MAX)];
    let now = muster.ports.clock.now();
    let (mut users, mut bad) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.context("the file is not CSV in UTF-8")?;
        let line = record.position().map_or(0, csv::Position::line);
        match details(&record, &columns) {
            Ok(details) => users.push((UserId::new(now, &*muster.ports.secrets), details)),
            Err(why) => bad.push(format!("line {line}: {why}")),
        }
    }
    if !bad.is_empty() {
        bail!("nothing was imported. Mend these rows and import again:\n{}", bad.join("\n"));
    }
    Ok(users)
}

fn row(user: UserRow) -> Value {
    json!({
        "id": user.id, "name": user.name, "email": user.email, "groups": user.groups, "devices": user.devices,
        "status": user.status.map(Status::name),
    })
}

impl Users {
    pub(super) async fn run(self, muster: &Muster, json: bool) -> anyhow::Result<()> {
        match self {
            Self::Import { file } => {
                let bytes = tokio::fs::read(&file)
                    .await
                    .with_context(|| format!("cannot read {}", file.display()))?;
                let users = read(muster, &bytes)?;
                let done = muster
                    .ports
                    .store
                    .import_users(muster.workspace, users, muster.ports.clock.now())
                    .await?;
                if json {
                    return output::document(&json!({ "added": done.added, "updated": done.updated }));
                }
                println!("{} added, {} updated", done.added, done.updated);
                Ok(())
            }
            Self::List => {
                let rows = all(muster).await?.into_iter().map(row).collect();
                output::table(json, &["name", "email", "groups", "devices", "status", "id"], rows)
            }
            Self::Export => {
                let users = all(muster).await?;
                if json {
                    return output::document(&users.into_iter().map(row).collect());
                }
                let mut out = csv::Writer::from_writer(std::io::stdout().lock());
                out.write_record(["name", "email", "groups"])?;
                for user in users {
                    out.write_record([user.name, user.email.unwrap_or_default(), user.groups.join(";")])?;
                }
                Ok(out.flush()?)
            }
        }
    }
}

impl Groups {
    pub(super) async fn run(self, muster: &Muster, json: bool) -> anyhow::Result<()> {
        let groups = muster.ports.store.groups(muster.workspace).await?;
        let rows = groups.into_iter().map(|g| json!({ "name": g.name, "users": g.users })).collect();
        output::table(json, &["name", "users"], rows)
    }
}
