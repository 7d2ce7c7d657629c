//! The look-ups that find a workspace.

use super::{AgentDevice, Stored};
use crate::{
    DeviceId, WorkspaceId,
    apple::{Fingerprint, Signer},
    invitation::Invitation,
    package::AppPackage,
    token::TokenHash,
};
use async_trait::async_trait;

/// What is known of a device before anything of its request is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceKey {
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// The key that its claim pinned.
    pub point: Vec<u8>,
    /// It has left: its key proves who asks, and nothing more is taken from it.
    pub left: bool,
}

/// The look-ups that find a workspace, and may therefore not name one (DESIGN, rule 8).
#[async_trait]
pub trait Lookups {
    /// The invitation of a link.
    async fn find_invitation(&self, token: TokenHash) -> Stored<Option<Invitation>>;
    /// The workspace and pinned key of a device.
    async fn find_device_key(&self, id: DeviceId) -> Stored<Option<DeviceKey>>;
    /// What is known of a certificate that signed a message.
    async fn find_signer(&self, certificate: Fingerprint) -> Stored<Option<Signer>>;
    /// The device with the Headwind agent that has this address.
    async fn find_agent(&self, address: TokenHash) -> Stored<Option<AgentDevice>>;
    /// The Android package at an address, and whose it is.
    async fn find_package(&self, address: TokenHash) -> Stored<Option<(WorkspaceId, AppPackage)>>;
    /// The logo of a name, a PNG. Everybody may see it who was told the name.
    async fn find_logo(&self, name: &str) -> Stored<Option<Vec<u8>>>;
}
