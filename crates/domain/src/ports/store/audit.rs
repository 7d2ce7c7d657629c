//! The audit log.

use super::{Store, Stored};
use crate::{
    EmailAddress, WorkspaceId,
    audit::{Act, Entry, Head, Note, Verdict},
    query::{AuditQuery, Page},
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An entry as lists show it, with its hash in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// What was done.
    pub entry: Entry,
    /// Its hash.
    pub hash: String,
}

/// Who has entries in a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// By which their entries are found ([`crate::audit::By::key`]).
    pub key: String,
    /// As they were called last; empty for who has no name.
    pub name: String,
}

/// The audit log. It is only ever added to: each operation of the store writes its entry in its own transaction, in the name
/// that [`AuditStore::acting`] gave.
#[async_trait]
pub trait AuditStore {
    /// The same store for what this act does. What is written by a store without an act leaves no entry.
    fn acting(&self, act: Act) -> Arc<dyn Store>;
    /// Adds an entry about what is no change of anything kept: a list exported, a link shown. Needs an act.
    async fn note(&self, workspace: WorkspaceId, note: Note) -> Stored<()>;
    /// The same in each workspace of the account with this address, if there is one.
    async fn note_account(&self, email: &EmailAddress, note: Note) -> Stored<()>;
    /// A page of entries, the newest first.
    async fn audit(&self, workspace: WorkspaceId, query: &AuditQuery) -> Stored<Page<AuditRow>>;
    /// Who has entries.
    async fn audit_authors(&self, workspace: WorkspaceId) -> Stored<Vec<Author>>;
    /// Walks the whole log, and looks for an end that was noted before.
    async fn verify_audit(&self, workspace: WorkspaceId, noted: Option<&Head>) -> Stored<Verdict>;
}
