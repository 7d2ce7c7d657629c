//! The look-ups that find a workspace.

use super::Stored;
use crate::{DeviceId, WorkspaceId, invitation::Invitation, token::TokenHash};
use async_trait::async_trait;

/// The look-ups that find a workspace, and may therefore not name one (DESIGN, rule 8).
#[async_trait]
pub trait Lookups {
    /// The invitation of a link.
    async fn find_invitation(&self, token: TokenHash) -> Stored<Option<Invitation>>;
    /// The workspace and pinned key of a device that has not left.
    async fn find_device_key(&self, id: DeviceId) -> Stored<Option<(WorkspaceId, Vec<u8>)>>;
}
