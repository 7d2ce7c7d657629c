//! Roles of accounts that are there already.

use super::Stored;
use crate::{AccountId, WorkspaceId, account::Role};
use async_trait::async_trait;

/// Changing what an account may do.
#[async_trait]
pub trait RoleStore {
    /// Gives the account another role in a workspace and ends all its sessions (ABUSE A33).
    /// [`NotFound`](super::StoreError::NotFound) if it has none there, [`State`](super::StoreError::State) if it
    /// is the last owner.
    async fn set_role(&self, workspace: WorkspaceId, account: AccountId, role: Role) -> Stored<()>;
}
