//! Configuration profiles that were uploaded for devices.

use super::Stored;
use crate::{ProfileId, Timestamp, WorkspaceId};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// A configuration profile, without its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileRow {
    /// Its id.
    pub id: ProfileId,
    /// Its `PayloadIdentifier`: one with the same takes its place, here and on devices.
    pub identifier: String,
    /// Its `PayloadDisplayName`.
    pub name: String,
    /// The types of its payloads.
    pub payloads: Vec<String>,
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
}

/// A configuration profile as it is sent to devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadedProfile {
    /// What is listed of it.
    pub row: ProfileRow,
    /// The document, or the CMS that it came in.
    pub content: Vec<u8>,
}

/// Configuration profiles.
#[async_trait]
pub trait ProfileStore {
    /// All of them, by name.
    async fn profiles(&self, workspace: WorkspaceId) -> Stored<Vec<ProfileRow>>;
    /// One of them.
    async fn profile(&self, workspace: WorkspaceId, id: ProfileId) -> Stored<Option<UploadedProfile>>;
    /// Keeps one; it takes the place of one with the same identifier, and its id. Answers the id.
    async fn put_profile(&self, workspace: WorkspaceId, profile: &UploadedProfile) -> Stored<ProfileId>;
    /// Deletes one. It stays on the devices that have it.
    async fn delete_profile(&self, workspace: WorkspaceId, id: ProfileId) -> Stored<()>;
}
