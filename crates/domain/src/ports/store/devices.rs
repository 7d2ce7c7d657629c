//! Devices: the claim that binds a link, check-ins, statuses.

use super::Stored;
use crate::{
    AccountId, DeviceId, PersonName, Timestamp, UserId, WorkspaceId,
    device::{Device, Facts, HistoryEntry, Platform},
    invitation::Refusal,
    query::{DeviceQuery, Page},
    token::TokenHash,
};
use async_trait::async_trait;

/// A device that claims an invitation.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The hash of the link's token.
    pub token: TokenHash,
    /// The id of the device if it is new.
    pub device: DeviceId,
    /// The hardware id that the link is bound to from now on.
    pub hardware_id: String,
    /// Uncompressed P-256 point of its key.
    pub public_key: Vec<u8>,
    /// What runs on it.
    pub platform: Platform,
    /// What it tells.
    pub facts: Facts,
    /// The nonce of the claim's signature, so that it cannot be repeated.
    pub nonce: String,
    /// When.
    pub now: Timestamp,
}

/// What became of a claim.
#[derive(Clone, Debug, PartialEq)]
pub enum Claimed {
    /// The device is connected.
    Connected {
        /// Its workspace.
        workspace: WorkspaceId,
        /// Its id: the former one if this hardware was connected by this link before.
        device: DeviceId,
        /// The owner's name.
        owner: String,
    },
    /// It is not.
    Refused(Refusal),
    /// The signature's nonce was seen before.
    Replayed,
}

/// Devices.
#[async_trait]
pub trait DeviceStore {
    /// A page of devices.
    async fn devices(&self, workspace: WorkspaceId, query: &DeviceQuery) -> Stored<Page<Device>>;
    /// One device.
    async fn device(&self, workspace: WorkspaceId, id: DeviceId) -> Stored<Option<Device>>;
    /// Binds an invitation to a device in one atomic statement (DESIGN, rule 3).
    async fn claim(&self, claim: Claim) -> Stored<Claimed>;
    /// Heard of it: remembers the nonce, the time and the facts. `false` if the nonce was seen before.
    async fn check_in(
        &self,
        workspace: WorkspaceId,
        id: DeviceId,
        nonce: &str,
        facts: Option<&Facts>,
        now: Timestamp,
    ) -> Stored<bool>;
    /// It says good-bye. `false` if the nonce was seen before.
    async fn leave(&self, workspace: WorkspaceId, id: DeviceId, nonce: &str, now: Timestamp) -> Stored<bool>;
    /// Its history, the newest first.
    async fn device_history(&self, workspace: WorkspaceId, id: DeviceId) -> Stored<Vec<HistoryEntry>>;
    /// Gives it another name.
    async fn rename_device(
        &self,
        workspace: WorkspaceId,
        id: DeviceId,
        name: &PersonName,
        by: Option<AccountId>,
        now: Timestamp,
    ) -> Stored<()>;
    /// Gives it to another user.
    async fn move_device(
        &self,
        workspace: WorkspaceId,
        id: DeviceId,
        owner: UserId,
        by: Option<AccountId>,
        now: Timestamp,
    ) -> Stored<()>;
    /// Deletes it; its link is revoked.
    async fn delete_device(&self, workspace: WorkspaceId, id: DeviceId, now: Timestamp) -> Stored<()>;
    /// Works out statuses that time has changed; answers how many changed.
    async fn refresh_statuses(&self, workspace: WorkspaceId, now: Timestamp) -> Stored<u64>;
}
