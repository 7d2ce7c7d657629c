//! Roles of accounts that are there already.

use super::Stored;
use crate::{AccountId, WorkspaceId, account::Role};
use async_trait::async_trait;

/// Changing what an account may do.
#[async_trait]
pub trait RoleStore {
    /// Gives the account another role in a workspace, ends its sessions there (ABUSE A33), and the invitations by it that
    /// it could not make any more. `by` is who does it, whose role counts as it is in that moment; nobody is the command
    /// line. [`NotFound`](super::StoreError::NotFound) if it has none there, [`State`](super::StoreError::State) if it is
    /// the last owner or `by` may not.
    async fn set_role(
        &self,
        workspace: WorkspaceId,
        by: Option<AccountId>,
        account: AccountId,
        role: Role,
    ) -> Stored<()>;
    /// Takes the account out of a workspace: its sessions there end, and so do the invitations by it. Answers as
    /// [`set_role`](Self::set_role).
    async fn remove_member(
        &self,
        workspace: WorkspaceId,
        by: Option<AccountId>,
        account: AccountId,
    ) -> Stored<()>;
    /// The account leaves a workspace by itself. Its sessions there go on in another one of its workspaces, and end if it
    /// has none.
    async fn leave_workspace(&self, workspace: WorkspaceId, account: AccountId) -> Stored<()>;
}
