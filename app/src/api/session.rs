//! Who is signed in, and the counts beside the navigation.

#[cfg(feature = "ssr")]
use crate::services::allowed;
use crate::{AppError, wire::Wire};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use muster_domain::account::Permission;
use muster_domain::{WorkspaceId, account::Role, ports::Counts};
use serde::{Deserialize, Serialize};

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The account's name.
    pub name: String,
    /// The role in this workspace.
    pub role: Role,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// All workspaces of the account, with their names.
    pub spaces: Vec<(WorkspaceId, String)>,
}

/// What stands in the side bar of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The workspace's name.
    pub workspace: String,
    /// The counts beside the navigation.
    pub counts: Counts,
}

/// The workspace's name, and the counts beside the navigation.
///
/// # Errors
/// [`AppError`].
#[server(name = GetCounts, endpoint = "counts", prefix = "/api/fn", protocol = Wire)]
pub async fn counts() -> Result<Standing, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    let workspace = s.ports.store.settings(who.workspace).await?.name.to_string();
    Ok(Standing { workspace, counts: s.ports.store.counts(who.workspace).await? })
}

/// Who is signed in.
///
/// # Errors
/// [`AppError`].
#[server(name = GetMe, endpoint = "me", prefix = "/api/fn", protocol = Wire)]
pub async fn me() -> Result<Me, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    let spaces = s.ports.store.spaces(who.account.id).await?.into_iter();
    let spaces = spaces.map(|space| (space.workspace, space.name)).collect();
    Ok(Me { name: who.account.name.to_string(), role: who.role, workspace: who.workspace, spaces })
}
