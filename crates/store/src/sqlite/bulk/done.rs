//! What an act has done already. An answer may be lost on its way: asked again, a row is answered as it was the first time,
//! with what was changed in it, and nothing is done to it twice.

use crate::sqlite::{
    row::{Read, json},
    writer::Tx,
};
use muster_domain::{
    WorkspaceId,
    bulk::{Change, Since},
    ports::Stored,
};

/// An act: in which workspace, since when, and what it does.
#[derive(Clone, Copy)]
pub(super) struct One {
    pub(super) workspace: WorkspaceId,
    pub(super) since: Since,
    pub(super) deed: &'static str,
}

/// What this act has changed in a row; none if it has not been there.
pub(super) async fn before(tx: &mut Tx<'_>, act: One, row: &str) -> Stored<Option<Option<Change>>> {
    let sql =
        "SELECT change FROM bulk_done WHERE workspace_id = $1 AND begun = $2 AND row_id = $3 AND deed = $4";
    let query = sqlx::query(sql)
        .bind(act.workspace.to_string())
        .bind(act.since.begun().0)
        .bind(row.to_owned())
        .bind(act.deed);
    let Some(found) = tx.row(query).await? else { return Ok(None) };
    match found.maybe("change")? {
        Some(_) => found.json("change").map(|change| Some(Some(change))),
        None => Ok(Some(None)),
    }
}

/// Remembers what it changed in a row.
pub(super) async fn remember(tx: &mut Tx<'_>, act: One, row: &str, change: Option<&Change>) -> Stored<()> {
    let sql = "INSERT INTO bulk_done (workspace_id, begun, row_id, deed, change) VALUES ($1, $2, $3, $4, $5)";
    let query = sqlx::query(sql)
        .bind(act.workspace.to_string())
        .bind(act.since.begun().0)
        .bind(row.to_owned())
        .bind(act.deed)
        .bind(change.map(json).transpose()?);
    tx.run(query).await.map(|_| ())
}
