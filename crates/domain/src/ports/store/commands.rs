//! Commands to devices.

use super::Stored;
use crate::{
    CommandId, DeviceId, Timestamp, WorkspaceId,
    command::{Command, Order},
    device::Facts,
};
use async_trait::async_trait;

/// An agent's word on how a command ended.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The device whose key signed it.
    pub device: DeviceId,
    /// The command.
    pub command: CommandId,
    /// Whether it was done.
    pub done: bool,
    /// The agent's own words.
    pub detail: Option<String>,
    /// The nonce of the signature.
    pub nonce: String,
    /// When.
    pub now: Timestamp,
}

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// It is noted.
    Noted,
    /// The command had ended before; the first answer stays.
    Before,
    /// The device was never told of such a command.
    Unknown,
    /// The signature's nonce was seen before.
    Replayed,
}

/// Commands to devices.
#[async_trait]
pub trait CommandStore {
    /// Asks a device to do something, and answers the command's id: that of the same order if the device has not answered it
    /// yet. An Apple device that is to report is asked all [`crate::command::CommandKind::QUESTIONS`]; it is called.
    /// [`super::StoreError::State`] if the device has left, or cannot do it.
    async fn add_command(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        id: CommandId,
        order: &Order,
        now: Timestamp,
    ) -> Stored<CommandId>;
    /// Takes a command back. What the device has already may still be done and answered. [`super::StoreError::State`] if it
    /// has ended.
    async fn cancel_command(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        id: CommandId,
        now: Timestamp,
    ) -> Stored<()>;
    /// The commands of a device, the newest first.
    async fn commands(&self, workspace: WorkspaceId, device: DeviceId, limit: u32) -> Stored<Vec<Command>>;
    /// [`super::DeviceStore::check_in`] that also answers the commands which wait for the device, the oldest first,
    /// and marks them as delivered in the same transaction. `None` if the nonce was seen before.
    async fn fetch_commands(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        nonce: &str,
        facts: Option<&Facts>,
        now: Timestamp,
    ) -> Stored<Option<Vec<Command>>>;
    /// Notes how a command ended. [`super::StoreError::NotFound`] if there is no such device, or it has left.
    async fn answer_command(&self, workspace: WorkspaceId, answer: Answer) -> Stored<Answered>;
}
