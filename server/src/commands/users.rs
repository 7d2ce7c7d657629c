//! `muster users` and `muster groups`.

mod import;

use super::{open::Muster, output};
use anyhow::Context;
use clap::Subcommand;
use muster_domain::{
    Language, UserId,
    device::Status,
    import::Grouping,
    ports::Import,
    query::{UserQuery, Window},
    user::UserRow,
};
use muster_roster::export;
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(super) enum Users {
    /// Adds or updates people from a CSV file with the header `name,email,groups` (groups separated by `;`), or as a
    /// directory or spreadsheet exports it. All rows or none: every bad row is named.
    Import {
        /// The file.
        file: PathBuf,
        /// Takes who is there already out of the groups that their row does not name; otherwise they stay in theirs and
        /// join those of the file. A row without groups leaves them in theirs all the same.
        #[arg(long)]
        replace_groups: bool,
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
        let query = UserQuery { window: Window { page, size: Window::LARGE }, ..UserQuery::default() };
        let found = muster.ports.store.users(muster.workspace, &query).await?;
        let done = found.rows.is_empty();
        users.extend(found.rows);
        if done {
            break;
        }
    }
    Ok(users)
}

/// What a file says of people, to be written.
fn imported(muster: &Muster, bytes: &[u8], groups: Grouping) -> anyhow::Result<Import> {
    let list = import::read(bytes)?;
    let now = muster.ports.clock.now();
    let mut import = Import { groups, ..Import::default() };
    for person in list.people {
        let id = UserId::new(now, &*muster.ports.secrets);
        if person.invented {
            import.invented.insert(id);
        }
        import.users.push((id, person.details));
    }
    Ok(import)
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
            Self::Import { file, replace_groups } => {
                let bytes = tokio::fs::read(&file)
                    .await
                    .with_context(|| format!("cannot read {}", file.display()))?;
                let groups = if replace_groups { Grouping::Replace } else { Grouping::Add };
                let people = imported(muster, &bytes, groups)?;
                let done = muster
                    .ports
                    .store
                    .import_users(muster.workspace, people, muster.ports.clock.now())
                    .await?;
                if json {
                    return output::document(
                        &json!({ "added": done.added, "updated": done.updated, "same": done.same }),
                    );
                }
                output::say!("{} added, {} updated, {} as they were", done.added, done.updated, done.same);
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
                let mut out = csv::Writer::from_writer(Vec::new());
                out.write_record(["name", "email", "groups", "language"])?;
                for user in users {
                    let groups: Vec<_> = user.groups.iter().filter_map(|name| name.parse().ok()).collect();
                    let language = user.language.map(Language::tag).unwrap_or_default().to_owned();
                    let cells =
                        [user.name, user.email.unwrap_or_default(), export::groups(&groups), language];
                    out.write_record(cells.iter().map(|cell| export::cell(cell).into_owned()))?;
                }
                let text = String::from_utf8(out.into_inner()?)?;
                Ok(output::print(format_args!("{text}"))?)
            }
        }
    }
}

impl Groups {
    pub(super) async fn run(self, muster: &Muster, json: bool) -> anyhow::Result<()> {
        let groups = muster.ports.store.groups(muster.workspace).await?;
        let rows = groups
            .into_iter()
            .map(|g| json!({ "name": g.name, "users": g.users, "connected": g.connected }))
            .collect();
        output::table(json, &["name", "users", "connected"], rows)
    }
}
