//! Groups of people.

use super::Stored;
use crate::{
    PersonName, WorkspaceId,
    query::{GroupQuery, Page, Selection},
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// A group and how many are in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRow {
    /// Its name.
    pub name: String,
    /// Members.
    pub users: u64,
    /// Members with at least one connected device.
    pub connected: u64,
}

/// Groups. Their names are compared in any case.
#[async_trait]
pub trait GroupStore {
    /// All groups by name.
    async fn groups(&self, workspace: WorkspaceId) -> Stored<Vec<GroupRow>>;
    /// A page of groups.
    async fn group_page(&self, workspace: WorkspaceId, query: &GroupQuery) -> Stored<Page<GroupRow>>;
    /// Adds a group without members; [`super::StoreError::Exists`] if there is one of that name.
    async fn add_group(&self, workspace: WorkspaceId, name: &PersonName) -> Stored<()>;
    /// Gives a group another name; [`super::StoreError::NotFound`] without it, [`super::StoreError::Exists`] if another has that name.
    async fn rename_group(&self, workspace: WorkspaceId, name: &str, to: &PersonName) -> Stored<()>;
    /// Deletes a group; its members stay. [`super::StoreError::NotFound`] without it.
    async fn delete_group(&self, workspace: WorkspaceId, name: &str) -> Stored<()>;
    /// Puts people into a group, which is made if it is not there; how many were not in it before.
    async fn join_group(
        &self,
        workspace: WorkspaceId,
        group: &PersonName,
        selection: &Selection,
    ) -> Stored<u64>;
    /// Takes people out of a group, which stays; how many were in it. [`super::StoreError::NotFound`] without it.
    async fn leave_group(&self, workspace: WorkspaceId, group: &str, selection: &Selection) -> Stored<u64>;
}
