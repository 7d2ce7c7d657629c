//! Workspaces, their settings and secrets, and the list of changes.

use super::{Change, Stored};
use crate::{Timestamp, WorkspaceId, settings::Settings};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// Addresses that a workspace remembers.
pub const ADDRESSES: usize = 8;

/// The counts beside the navigation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// People.
    pub users: u64,
    /// Connected devices.
    pub devices: u64,
    /// Messages that failed and were not tried again.
    pub failed: u64,
}

/// Workspaces, settings, events.
#[async_trait]
pub trait WorkspaceStore {
    /// The workspace of this installation, made at the first call.
    async fn first_workspace(&self, id: WorkspaceId, now: Timestamp) -> Stored<WorkspaceId>;
    /// Adds a workspace.
    async fn add_workspace(&self, id: WorkspaceId, now: Timestamp) -> Stored<()>;
    /// All workspaces.
    async fn workspaces(&self) -> Stored<Vec<WorkspaceId>>;
    /// The settings.
    async fn settings(&self, workspace: WorkspaceId) -> Stored<Settings>;
    /// Writes the settings. A public address that is replaced is remembered.
    async fn set_settings(&self, workspace: WorkspaceId, settings: &Settings) -> Stored<()>;
    /// Remembers an address under which all workspaces are served from now on.
    async fn remember_address(&self, address: &str) -> Stored<()>;
    /// The addresses under which phones have reached the workspace, the newest first, [`ADDRESSES`] at most: mails and
    /// agents keep the one that they were given.
    async fn addresses(&self, workspace: WorkspaceId) -> Stored<Vec<String>>;
    /// A sealed secret of the workspace, such as `smtp.password`.
    async fn sealed(&self, workspace: WorkspaceId, name: &str) -> Stored<Option<Vec<u8>>>;
    /// Writes or removes a sealed secret.
    async fn set_sealed(&self, workspace: WorkspaceId, name: &str, value: Option<Vec<u8>>) -> Stored<()>;
    /// The counts beside the navigation.
    async fn counts(&self, workspace: WorkspaceId) -> Stored<Counts>;
    /// Changes with a number greater than `seq`, oldest first.
    async fn changes_since(&self, seq: i64) -> Stored<Vec<Change>>;
    /// The number of the newest change.
    async fn last_change(&self) -> Stored<i64>;
}
