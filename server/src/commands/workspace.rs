//! `muster workspace`: the companies that this installation serves, each apart from the others.

use super::{open::Muster, output};
use anyhow::{Context, bail};
use clap::Subcommand;
use muster_domain::{EmailAddress, PersonName, WorkspaceId};
use serde_json::json;

#[derive(Subcommand)]
pub(super) enum Workspace {
    /// All workspaces. `--workspace` takes an id or a name of them.
    List,
    /// Makes a workspace, which an account that is there already owns.
    Create {
        /// The company's name.
        name: PersonName,
        /// What its owner signs in with.
        #[arg(long)]
        owner: EmailAddress,
    },
}

impl Workspace {
    pub(super) async fn run(self, muster: &Muster, json: bool) -> anyhow::Result<()> {
        let store = &muster.ports.store;
        match self {
            Self::List => {
                let mut rows = Vec::new();
                for id in store.workspaces().await? {
                    let name = store.settings(id).await?.name;
                    rows.push(json!({ "id": id, "name": name, "accounts": store.members(id).await?.len() }));
                }
                output::table(json, &["id", "name", "accounts"], rows)
            }
            Self::Create { name, owner } => {
                let found = store.account_by_email(&owner).await?;
                let (account, _) = found.with_context(|| format!("there is no account {owner}"))?;
                let now = muster.ports.clock.now();
                let id = WorkspaceId::new(now, &*muster.ports.secrets);
                store.found_workspace(id, muster.workspace, account.id, &name, now).await?;
                if json {
                    return output::document(&json!({ "id": id, "name": name }));
                }
                output::say!("{id}");
                Ok(())
            }
        }
    }
}

/// The workspace of an id, or of a name that only one has.
pub(super) async fn named(muster: &Muster, text: &str) -> anyhow::Result<WorkspaceId> {
    let store = &muster.ports.store;
    let mut found = Vec::new();
    for id in store.workspaces().await? {
        if id.to_string() == text || store.settings(id).await?.name.as_str() == text {
            found.push(id);
        }
    }
    match found[..] {
        [one] => Ok(one),
        [] => bail!("there is no workspace {text}: `muster workspace list` names them"),
        _ => bail!("several workspaces are called {text}: give the id, which `muster workspace list` tells"),
    }
}
