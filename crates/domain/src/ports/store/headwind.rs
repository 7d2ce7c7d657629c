//! Devices with the Headwind agent: the link that binds them, what they ask for, and what they are told.

use super::Stored;
use crate::{
    DeviceId, InvitationId, Timestamp, WorkspaceId, command::CommandKind,
    configuration::ConfigurationSettings, device::Facts, headwind::Bound, invitation::Refusal, time::SECOND,
    token::TokenHash,
};
use async_trait::async_trait;

/// A phone asks for its first configuration below a link.
#[derive(Clone, Debug)]
pub struct AgentClaim {
    /// The hash of the link's token.
    pub token: TokenHash,
    /// The id of the device if it is new.
    pub device: DeviceId,
    /// What it calls itself: what somebody typed, or the QR code held.
    pub number: String,
    /// The hash of the address that it is given.
    pub address: TokenHash,
    /// When.
    pub now: Timestamp,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgentClaimed {
    /// The link is bound to it.
    Connected {
        /// Its workspace.
        workspace: WorkspaceId,
        /// Its id.
        device: DeviceId,
    },
    /// It is not.
    Refused(Refusal),
}

/// What is known of the device at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentDevice {
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its id.
    pub device: DeviceId,
    /// Its link.
    pub invitation: InvitationId,
    /// What somebody typed.
    pub typed: String,
    /// When it was last heard of.
    pub last_seen: Timestamp,
    /// It has left.
    pub left: bool,
    /// How its link stands to it.
    pub bound: Bound,
    /// Since when something waits for it.
    pub due_at: Option<Timestamp>,
    /// When it was last told to ask for that.
    pub told_at: Option<Timestamp>,
    /// Whether the configuration that it fetched last is one of the company's own.
    pub configured: bool,
}

/// A device that was told to ask and does not is told again after so long.
pub const TELL_AGAIN: i64 = 30 * SECOND;

impl AgentDevice {
    /// Whether it is to be told to ask.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.due_at.is_some() && self.told_at.is_none_or(|at| now.since(at) >= TELL_AGAIN)
    }
}

/// What a device's configuration says beyond what all of its group are told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentOrders {
    /// Its screen is locked, with these words.
    pub lock: Option<String>,
    /// It restarts once it has confirmed.
    pub restart: bool,
    /// It erases all that is on it once it has confirmed.
    pub erase: bool,
    /// The sealed new password of its screen.
    pub password: Option<String>,
    /// What all devices of its configuration are told; none where there is none for it.
    pub configuration: Option<Box<ConfigurationSettings>>,
}

/// What a held question of a device is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgentMessage {
    /// To ask for its configuration.
    ConfigUpdated,
    /// To open an app.
    RunApp {
        /// Its package.
        package: String,
    },
}

/// How an agent answers for what it was told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgentConfirmed {
    /// It may go on and do it.
    Noted,
    /// Nobody wants it (any more): it must not do it.
    Unwanted,
}

/// Devices with the Headwind agent.
#[async_trait]
pub trait HeadwindStore {
    /// Binds a link to what calls itself so (DESIGN, rule 3). Who asks again is answered as [`Bound::repeated`] says; that something
    /// was refused is noted once a day.
    async fn agent_claim(&self, claim: AgentClaim) -> Stored<AgentClaimed>;
    /// A device asks for its configuration. [`super::StoreError::NotFound`] if it has left.
    async fn agent_sync(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        now: Timestamp,
    ) -> Stored<AgentOrders>;
    /// A device is there: noted once a minute.
    async fn agent_seen(&self, workspace: WorkspaceId, device: DeviceId, now: Timestamp) -> Stored<()>;
    /// What a device is to be told at once; each message once, but for [`AgentMessage::ConfigUpdated`], which comes again until the
    /// device has asked.
    async fn agent_messages(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        now: Timestamp,
    ) -> Stored<Vec<AgentMessage>>;
    /// A device reports. What another piece of hardware says is not taken, but noted as a possible copy. `own`: at its own
    /// address, so that it has moved there.
    async fn agent_told(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        facts: &Facts,
        own: bool,
        now: Timestamp,
    ) -> Stored<()>;
    /// A device is about to do what it was told, or has done it. `able`: it says that it is allowed to.
    async fn agent_confirm(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        kind: CommandKind,
        able: bool,
        now: Timestamp,
    ) -> Stored<AgentConfirmed>;
    /// A device asks unsigned where the company has a build of its own: it is not answered, which its status says until it asks signed.
    async fn agent_unsigned(&self, workspace: WorkspaceId, device: DeviceId, now: Timestamp) -> Stored<()>;
    /// Somebody has decided that what spoke last at a device's address is the device, whatever was known of it.
    async fn agent_is_the_same(&self, workspace: WorkspaceId, device: DeviceId, now: Timestamp)
    -> Stored<()>;
    /// Somebody has decided on what asked below a device's link: it may connect there again for a day, or it was not the device.
    async fn agent_asked_again(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        yes: bool,
        now: Timestamp,
    ) -> Stored<()>;
    /// Devices, in all workspaces, for which something waits that they were not told of in the last half minute.
    async fn agents_due(&self, now: Timestamp) -> Stored<Vec<DeviceId>>;
}
