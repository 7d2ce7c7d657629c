//! What was done to invitations, as steps of their history; and how many are in each state.

use super::{
    Sqlite, audit, failed,
    overview::{first_id, ranks},
    row::{Read, json},
    writer::Tx,
};
use muster_domain::{
    InvitationId, Timestamp, WorkspaceId,
    audit::{Action, By, Note},
    invitation::{Acted, Reach, State, StateCounts},
    ports::Stored,
};
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;

/// Who does what is being written, if it is a person.
pub(super) fn author(tx: &Tx<'_>) -> Option<String> {
    match &tx.act()?.by {
        By::Account { name, .. } => Some(name.clone()),
        By::CommandLine { user } => Some(user.clone()),
        By::Device | By::Visitor => None,
    }
}

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
        "UPDATE invitation_step SET acted = $3, at = $4, author = $5 WHERE workspace_id = $1 AND invitation_id = $2
            AND seq = (SELECT max(seq) FROM invitation_step WHERE workspace_id = $1 AND invitation_id = $2)"
    } else {
        "INSERT INTO invitation_step (workspace_id, invitation_id, seq, state, at, acted, author)
            SELECT $1, $2, (SELECT coalesce(max(seq), 0) + 1 FROM invitation_step WHERE workspace_id = $1 AND invitation_id = $2),
                state, $4, $3, $5 FROM invitation WHERE workspace_id = $1 AND id = $2"
    };
    sqlx::query(sql)
        .bind(workspace.to_string())
        .bind(id.to_string())
        .bind(acted.name())
        .bind(now.0)
        .bind(author(tx))
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
    /// How many messages there are in each state that some are in.
    async fn by_state(&self, workspace: WorkspaceId) -> Stored<Vec<(State, u64)>> {
        let sql =
            "SELECT coalesce(json_group_object(state, invitation_count), '{}') AS counts FROM invitation_kind
            WHERE workspace_id = $1 AND invitation_count > 0";
        let query = sqlx::query(sql).bind(workspace.to_string());
        let counts: BTreeMap<String, u64> =
            query.fetch_one(&self.readers).await.map_err(failed)?.json("counts")?;
        let count = |state: State| counts.get(state.name()).map(|count| (state, *count));
        Ok(State::ALL.into_iter().filter_map(count).collect())
    }

    /// How many messages are in one of these states.
    pub(super) async fn in_states(&self, workspace: WorkspaceId, states: &[State]) -> Stored<u64> {
        let counts = self.by_state(workspace).await?;
        Ok(counts.iter().filter(|(state, _)| states.contains(state)).map(|(_, count)| count).sum())
    }

    pub(super) async fn state_counts(
        &self,
        workspace: WorkspaceId,
        since: Option<Timestamp>,
        reached: Option<Reach>,
    ) -> Stored<StateCounts> {
        let first = since.map(first_id).unwrap_or_default();
        let mut states = Vec::new();
        match reached {
            Some(reach) => {
                let all = self.ranks_and_states(workspace, since).await?;
                for state in State::ALL {
                    let of = all.iter().filter(|(rank, s, _)| *s == state && *rank >= reach.rank());
                    states.push((state, of.map(|(_, _, n)| n).sum()));
                }
            }
            None if since.is_none() => states = self.by_state(workspace).await?,
            None => {
                // Each by itself: the index has its ids in order.
                let sql = "SELECT value AS state, (SELECT count(*) FROM invitation WHERE workspace_id = $1 AND state = value AND id >= $2) AS n
                    FROM json_each($3)";
                let names = json(&State::ALL.map(State::name))?;
                let query = sqlx::query(sql).bind(workspace.to_string()).bind(&first).bind(names);
                for row in query.fetch_all(&self.readers).await.map_err(failed)? {
                    states.push((row.named("state", State::from_name)?, row.count("n")?));
                }
            }
        }
        states.retain(|(_, n)| *n > 0);
        let came = reached.map(|reach| format!(" AND reached IN {}", ranks(reach))).unwrap_or_default();
        let sql = format!(
            "SELECT count(*) AS n FROM invitation WHERE workspace_id = $1 AND requested_at IS NOT NULL AND state <> 'revoked' AND id >= $2{came}"
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(&first);
        let asking = query.fetch_one(&self.readers).await.map_err(failed)?;
        Ok(StateCounts { states, asking: asking.count("n")? })
    }
}
