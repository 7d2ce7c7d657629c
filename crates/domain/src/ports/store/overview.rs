//! The figures of the dashboard. Each of them is the number of rows that a list has with the filter it leads to.

use super::Stored;
use crate::{
    Timestamp, WorkspaceId,
    device::{Platform, Status},
    invitation::Reached,
    user::UserRow,
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// Links that end soon are counted as far as this.
pub const ENDING: u64 = 1000;

/// How many devices there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fleet {
    /// Connected devices by platform and status; what there is none of may be left out.
    pub connected: Vec<(Platform, Status, u64)>,
    /// Devices that left and are still listed.
    pub left: u64,
}

impl Fleet {
    /// Connected devices.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.connected.iter().map(|(_, _, n)| n).sum()
    }

    /// Connected devices on this platform.
    #[must_use]
    pub fn on(&self, platform: Platform) -> u64 {
        self.connected.iter().filter(|(p, _, _)| *p == platform).map(|(_, _, n)| n).sum()
    }

    /// Connected devices with this status.
    #[must_use]
    pub fn with(&self, status: Status) -> u64 {
        self.connected.iter().filter(|(_, s, _)| *s == status).map(|(_, _, n)| n).sum()
    }
}

/// Somebody who waits for a device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waits {
    /// Who.
    pub user: UserRow,
    /// Since when: the first message, not withdrawn, after their last connection.
    pub since: Timestamp,
    /// Whether they ask for a new link.
    pub asks: bool,
}

/// The figures of the dashboard that no list tells.
#[async_trait]
pub trait OverviewStore {
    /// How far the messages came that were made since then.
    async fn reached(&self, workspace: WorkspaceId, since: Timestamp) -> Stored<Reached>;
    /// The devices.
    async fn fleet(&self, workspace: WorkspaceId) -> Stored<Fleet>;
    /// How many devices connected for the first time between each two of these moments.
    async fn connected_between(&self, workspace: WorkspaceId, moments: &[Timestamp]) -> Stored<Vec<u64>>;
    /// Who has waited longest, that one first. Whose link has ended waits as well.
    async fn waiting_longest(&self, workspace: WorkspaceId, limit: u32) -> Stored<Vec<Waits>>;
    /// How many messages have an open link and a person without a connected device.
    async fn messages_that_wait(&self, workspace: WorkspaceId) -> Stored<u64>;
    /// How many open links end at this moment or before; more than [`ENDING`] is [`ENDING`] and one.
    async fn ending(&self, workspace: WorkspaceId, until: Timestamp) -> Stored<u64>;
    /// Of how many messages the person asks for a new link.
    async fn asking(&self, workspace: WorkspaceId) -> Stored<u64>;
    /// Whether there is a message.
    async fn any_message(&self, workspace: WorkspaceId) -> Stored<bool>;
}
