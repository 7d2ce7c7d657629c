//! The audit log.

#[cfg(feature = "ssr")]
use crate::services::allowed;
use crate::{AppError, wire::Wire};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use muster_domain::{account::Permission, query::Window};
use muster_domain::{
    ports::{AuditRow, Author},
    query::{AuditQuery, Page},
};
use serde::{Deserialize, Serialize};

/// A page of the log, with what its filters offer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Audited {
    /// Entries, the newest first.
    pub page: Page<AuditRow>,
    /// Who has entries.
    pub authors: Vec<Author>,
    /// The newest entry of the whole log: its number and hash are the log's end.
    pub last: Option<AuditRow>,
}

/// A page of the log.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "audit_list", prefix = "/api/fn", protocol = Wire)]
pub async fn audit_list(
    /// Which entries.
    query: AuditQuery,
) -> Result<Audited, AppError> {
    let (s, who) = allowed(Permission::Audit)?;
    let (store, workspace) = (s.ports.store, who.workspace);
    let newest = AuditQuery { window: Window { page: 1, size: 1 }, ..AuditQuery::default() };
    let query = AuditQuery { window: query.window.bounded(), ..query };
    Ok(Audited {
        page: store.audit(workspace, &query).await?,
        authors: store.audit_authors(workspace).await?,
        last: store.audit(workspace, &newest).await?.rows.pop(),
    })
}
