//! What was done to invitations, as steps of their history; and how many are in each state.

use super::{Sqlite, audit, failed, row::Read, writer::Tx};
use muster_domain::{
    InvitationId, Timestamp, WorkspaceId,
    audit::{Action, Note},
    invitation::{Acted, State, StateCounts},
    ports::Stored,
};

/// Writes what was done. If the state changed with it (`stepped`), that step says so; otherwise it is a step in
/// the state as it is.
pub(super) async fn acted(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: InvitationId,
    acted: Acted,
    stepped: bool,
    now: Timestamp,
) -> Stored<()> {
    let sql = if stepped {
        "UPDATE invitation_step SET acted = $3, at = $4 WHERE workspace_id = $1 AND invitation_id = $2
            AND seq = (SELECT max(seq) FROM invitation_step WHERE workspace_id = $1 AND invitation_id = $2)"
    } else {
        "INSERT INTO invitation_step (workspace_id, invitation_id, seq, state, at, acted)
            SELECT $1, $2, (SELECT coalesce(max(seq), 0) + 1 FROM invitation_step WHERE workspace_id = $1 AND invitation_id = $2),
                state, $4, $3 FROM invitation WHERE workspace_id = $1 AND id = $2"
    };
    sqlx::query(sql)
        .bind(workspace.to_string())
        .bind(id.to_string())
        .bind(acted.name())
        .bind(now.0)
        .execute(&mut *tx.conn)
        .await
        .map_err(failed)?;
    Ok(())
}

/// Writes into the audit log what was done, and until when the link works now.
pub(super) async fn noted(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: InvitationId,
    action: Action,
    until: Option<Timestamp>,
) -> Stored<()> {
    if tx.act().is_none() {
        return Ok(());
    }
    let note = Note::new(action, audit::invitation(tx, workspace, id).await?);
    tx.note(workspace, note.with("until", None, until.map(Timestamp::rfc3339).as_deref())).await
}

impl Sqlite {
    pub(super) async fn state_counts(&self, workspace: WorkspaceId) -> Stored<StateCounts> {
        let sql = "SELECT state, count(*) AS n FROM invitation WHERE workspace_id = $1 GROUP BY state";
        let rows =
            sqlx::query(sql).bind(workspace.to_string()).fetch_all(&self.readers).await.map_err(failed)?;
        let states = rows
            .iter()
            .map(|r| Ok((r.named("state", State::from_name)?, r.count("n")?)))
            .collect::<Stored<_>>()?;
        let sql = "SELECT count(*) AS n FROM invitation WHERE workspace_id = $1 AND requested_at IS NOT NULL AND state <> 'revoked'";
        let asking =
            sqlx::query(sql).bind(workspace.to_string()).fetch_one(&self.readers).await.map_err(failed)?;
        Ok(StateCounts { states, asking: asking.count("n")? })
    }
}
