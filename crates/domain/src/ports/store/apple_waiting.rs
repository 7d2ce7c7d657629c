//! Who waits with an iPhone or iPad for the workspace to have an APNs certificate (DESIGN, rule 6).

use super::Stored;
use crate::{InvitationId, Timestamp, WorkspaceId};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// What became of those who waited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppleTold {
    /// Their instructions go out again, with the same link.
    pub told: u64,
    /// They have no address: their link has to be handed over again.
    pub without_address: u64,
}

/// Who waits for the certificate.
#[async_trait]
pub trait AppleWaitingStore {
    /// The link was opened on an Apple device while nothing could be done there. Who is connected waits for nothing.
    async fn apple_waits(&self, workspace: WorkspaceId, id: InvitationId, now: Timestamp) -> Stored<()>;
    /// How many messages wait: [`crate::query::InvitationQuery::apple`] finds them.
    async fn apple_waiting(&self, workspace: WorkspaceId) -> Stored<u64>;
    /// Sends their instructions again, with the same links, and none of them waits any more. A link whose time is over, or
    /// would be sooner, works until `expires_at`.
    async fn tell_apple_waiting(
        &self,
        workspace: WorkspaceId,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Stored<AppleTold>;
}
