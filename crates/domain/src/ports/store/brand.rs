//! What people see of a workspace: its words, colour, logo and whom to ask.

use super::Stored;
use crate::{
    Language, WorkspaceId,
    look::{Brand, Logo, Look},
    wording::Wording,
};
use async_trait::async_trait;
use std::sync::Arc;

/// Words, colour, logo.
#[async_trait]
pub trait BrandStore {
    /// All of it; nothing set is the default.
    async fn brand(&self, workspace: WorkspaceId) -> Stored<Arc<Brand>>;
    /// Writes the words of a language, or goes back to the usual ones.
    async fn set_wording(
        &self,
        workspace: WorkspaceId,
        language: Language,
        wording: Option<&Wording>,
    ) -> Stored<()>;
    /// Writes colour and whom to ask; the name of whom to ask is among the settings, and written with it.
    async fn set_look(&self, workspace: WorkspaceId, look: &Look, contact: Option<&str>) -> Stored<()>;
    /// Writes or removes the logo.
    async fn set_logo(&self, workspace: WorkspaceId, logo: Option<&Logo>) -> Stored<()>;
}
