//! People.

use super::Stored;
use crate::{
    EmailAddress, Timestamp, UserId, WorkspaceId,
    import::{Grouping, There},
    query::{Page, UserFilter, UserQuery},
    user::{UserDetails, UserRow},
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, atomic::AtomicU64},
};

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// New users.
    pub added: u64,
    /// Users who were there already and were changed.
    pub updated: u64,
    /// Users who were there already and stay as they were.
    pub same: u64,
}

/// People to be added, or updated where somebody has their address.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// They, each with the id of who is new.
    pub users: Vec<(UserId, UserDetails)>,
    /// Those of them whose names were made of their addresses: who is there already keeps theirs.
    pub invented: BTreeSet<UserId>,
    /// What their groups are to who is there already.
    pub groups: Grouping,
    /// How many are written so far; all of them are taken back if it fails.
    pub written: Arc<AtomicU64>,
}

impl From<Vec<(UserId, UserDetails)>> for Import {
    fn from(users: Vec<(UserId, UserDetails)>) -> Self {
        Self { users, ..Self::default() }
    }
}

/// People.
#[async_trait]
pub trait UserStore {
    /// A page of users.
    async fn users(&self, workspace: WorkspaceId, query: &UserQuery) -> Stored<Page<UserRow>>;
    /// How many users each of these filters finds.
    async fn count_users(&self, workspace: WorkspaceId, filters: &[UserFilter]) -> Stored<Vec<u64>>;
    /// One user.
    async fn user(&self, workspace: WorkspaceId, id: UserId) -> Stored<Option<UserRow>>;
    /// Those of these users who are still there.
    async fn still_there(&self, workspace: WorkspaceId, ids: &[UserId]) -> Stored<Vec<UserId>>;
    /// The user with this address.
    async fn user_by_email(&self, workspace: WorkspaceId, email: &EmailAddress) -> Stored<Option<UserId>>;
    /// Adds a user; [`StoreError::Exists`] if the address is taken.
    async fn add_user(
        &self,
        workspace: WorkspaceId,
        id: UserId,
        details: &UserDetails,
        now: Timestamp,
    ) -> Stored<()>;
    /// Changes a user: all of the details, or with `was` what differs from those ([`UserDetails::merged`]).
    async fn update_user(
        &self,
        workspace: WorkspaceId,
        id: UserId,
        details: &UserDetails,
        was: Option<&UserDetails>,
    ) -> Stored<()>;
    /// Deletes a user with devices and invitations; their links end.
    async fn delete_user(&self, workspace: WorkspaceId, id: UserId) -> Stored<()>;
    /// Adds or updates many by address, all or none ([`UserDetails::imported`]).
    async fn import_users(&self, workspace: WorkspaceId, import: Import, now: Timestamp) -> Stored<Imported>;
    /// Who of these is there already.
    async fn there(&self, workspace: WorkspaceId, people: &[UserDetails]) -> Stored<There>;
    /// The names of those who have one of these addresses, by the address's key ([`EmailAddress::key`]).
    async fn names_of(
        &self,
        workspace: WorkspaceId,
        addresses: &[EmailAddress],
    ) -> Stored<BTreeMap<String, String>>;
}
