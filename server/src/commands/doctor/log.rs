//! The audit logs: each is one chain from its first entry to its last.

use super::Finding;
use muster_domain::ports::{AuditStore, Stored, WorkspaceStore};
use muster_store::Sqlite;

const CHECK: &str = "audit log";

/// Checks the log of each workspace.
pub(super) async fn look(store: &Sqlite) -> Vec<Finding> {
    match whole(store).await {
        Ok(found) => found,
        Err(error) => vec![Finding::failed(CHECK, format!("cannot be read: {error}"), "run doctor again")],
    }
}

async fn whole(store: &Sqlite) -> Stored<Vec<Finding>> {
    let (mut found, mut entries) = (Vec::new(), 0);
    for workspace in store.workspaces().await? {
        let verdict = store.verify_audit(workspace, None).await?;
        entries += verdict.head.seq;
        let Some(fault) = verdict.fault else { continue };
        let name = store.settings(workspace).await?.name;
        found.push(Finding::failed(
            CHECK,
            format!("that of {name} is not whole: {fault}"),
            "compare it with a backup; `muster audit verify` says up to where it is as it was written",
        ));
    }
    if found.is_empty() {
        found.push(Finding::ok(CHECK, format!("each entry of {entries} follows from the one before")));
    }
    Ok(found)
}
