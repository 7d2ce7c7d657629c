//! Deletes packages for the console, with their files.

use crate::packages::{Shelf, remove};
use app::services::Packages;
use async_trait::async_trait;
use muster_domain::{
    PackageId, WorkspaceId,
    ports::{Store, Stored},
};
use std::sync::Arc;

/// The shelf of a data folder.
pub struct Shelved(pub Arc<Shelf>);

#[async_trait]
impl Packages for Shelved {
    async fn remove(&self, store: &Arc<dyn Store>, workspace: WorkspaceId, id: PackageId) -> Stored<()> {
        remove(&self.0, store, workspace, id).await.map(|_| ())
    }
}
