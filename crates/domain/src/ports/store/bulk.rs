//! Acts on many rows at once.

use super::Stored;
use crate::{
    AccountId, DeviceId, InvitationId, Timestamp, WorkspaceId,
    bulk::{
        Acting, Change, Chosen, DeviceDeed, DeviceOutcome, MessageDeed, MessageOutcome, Numbered,
        PickDevices, PickMessages, Since,
    },
    invitation::Act,
};
use async_trait::async_trait;

/// Acts on many rows. Each call is one transaction in which each row stands by itself: a row that is refused, or that is
/// another workspace's and so not there, undoes no other. Whatever is done leaves an entry for each row in the audit log.
/// What an act has done since it began is not done again: it is answered as the first time.
#[async_trait]
pub trait BulkStore {
    /// The messages that a pick means, and to how many of them this can be done; at most `limit` in all.
    async fn pick_messages(
        &self,
        workspace: WorkspaceId,
        pick: &PickMessages,
        act: Act,
        limit: u32,
        now: Timestamp,
    ) -> Stored<Chosen<InvitationId>>;
    /// The devices that a pick means; at most `limit`.
    async fn pick_devices(
        &self,
        workspace: WorkspaceId,
        pick: &PickDevices,
        limit: u32,
        now: Timestamp,
    ) -> Stored<Chosen<DeviceId>>;
    /// Does the same to many messages; answers for each in its place.
    async fn act_on_messages(
        &self,
        workspace: WorkspaceId,
        ids: Vec<InvitationId>,
        deed: MessageDeed,
        since: Since,
        now: Timestamp,
    ) -> Stored<Vec<MessageOutcome>>;
    /// Does the same to many devices; answers for each in its place.
    async fn act_on_devices(
        &self,
        workspace: WorkspaceId,
        rows: Vec<Numbered>,
        deed: DeviceDeed,
        acting: Acting,
    ) -> Stored<Vec<DeviceOutcome>>;
    /// Puts back what was changed in messages, where it is still as the act left it.
    async fn put_messages_back(
        &self,
        workspace: WorkspaceId,
        rows: Vec<(InvitationId, Change)>,
        now: Timestamp,
    ) -> Stored<Vec<MessageOutcome>>;
    /// Puts back what was changed in devices, where it is still as the act left it.
    async fn put_devices_back(
        &self,
        workspace: WorkspaceId,
        rows: Vec<(DeviceId, Change)>,
        by: Option<AccountId>,
        now: Timestamp,
    ) -> Stored<Vec<DeviceOutcome>>;
}
