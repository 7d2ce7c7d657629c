//! Batches: one press of "Send instructions", written and taken back in one transaction.

use super::{failed, invitations::SELECT, row::Read, users, writer::Tx};
use muster_domain::{
    BatchId, Timestamp, WorkspaceId,
    invitation::State,
    ports::{NewBatch, Progress, StoreError, Stored, Topic},
};
use sqlx::{AssertSqlSafe, QueryBuilder, SqlitePool};

/// Rows of one INSERT; SQLite takes 32,766 parameters.
const CHUNK: usize = 500;

/// Writes a batch with its invitations, their first steps and their jobs.
pub(super) async fn insert(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    batch: &NewBatch,
    now: Timestamp,
) -> Stored<()> {
    let (workspace_id, batch_id) = (workspace.to_string(), batch.id.to_string());
    let sql = "INSERT INTO batch (workspace_id, id, account_id, note, created_at, undo_until, total) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    tx.run(
        sqlx::query(sql)
            .bind(&workspace_id)
            .bind(&batch_id)
            .bind(batch.account.map(|a| a.to_string()))
            .bind(&batch.note)
            .bind(now.0)
            .bind(batch.not_before.0)
            .bind(i64::try_from(batch.invitations.len()).unwrap_or(i64::MAX)),
    )
    .await?;
    // In the order of the indexes that end with the id, so that they grow at one end.
    let mut invitations: Vec<_> = batch.invitations.iter().collect();
    invitations.sort_by_key(|i| i.id);
    let state = if batch.mail { State::Queued } else { State::Sent };
    for chunk in invitations.chunks(CHUNK) {
        let mut query = QueryBuilder::new(
            "INSERT INTO invitation (workspace_id, id, user_id, batch_id, token_hash, generation, language, state, state_at, created_at, expires_at, sending) ",
        );
        query.push_values(chunk, |mut row, new| {
            row.push_bind(&workspace_id)
                .push_bind(new.id.to_string())
                .push_bind(new.user.to_string())
                .push_bind(&batch_id)
                .push_bind(new.token.0.to_vec())
                .push("1")
                .push_bind(new.language.tag())
                .push_bind(state.name())
                .push_bind(now.0)
                .push_bind(now.0)
                .push_bind(batch.expires_at.0)
                .push_bind(i64::from(batch.mail));
        });
        tx.run(query.build()).await?;
    }
    let sql = "INSERT INTO invitation_step (workspace_id, invitation_id, seq, state, at)
        SELECT workspace_id, id, 1, state, state_at FROM invitation WHERE workspace_id = $1 AND batch_id = $2";
    tx.run(sqlx::query(sql).bind(&workspace_id).bind(&batch_id)).await?;
    if batch.mail {
        let sql = "INSERT INTO mail_job (workspace_id, id, run_at) SELECT workspace_id, id, $3 FROM invitation WHERE workspace_id = $1 AND batch_id = $2";
        let query = sqlx::query(sql).bind(&workspace_id).bind(&batch_id).bind(batch.not_before.0);
        tx.run(query).await?;
    }
    refresh_messages(tx, workspace, batch.id).await
}

/// Shows the newest invitation in the rows of all users of a batch.
async fn refresh_messages(tx: &mut Tx<'_>, workspace: WorkspaceId, batch: BatchId) -> Stored<()> {
    let sql = "UPDATE user SET message_id = i.id, message_state = i.state, message_at = i.state_at,
            message_detail = iif(i.state = 'sent' AND i.sent_at IS NULL, 'by_hand', i.error)
        FROM (SELECT user_id, max(id) AS id, state, state_at, sent_at, error FROM invitation WHERE workspace_id = $1 AND batch_id = $2 GROUP BY user_id) AS i
        WHERE user.workspace_id = $1 AND user.id = i.user_id";
    tx.run(sqlx::query(sql).bind(workspace.to_string()).bind(batch.to_string())).await?;
    tx.changed(workspace, &[Topic::Users, Topic::Invitations, Topic::Jobs]);
    Ok(())
}

/// Takes a batch back while nothing of it was sent.
pub(super) async fn undo(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    batch: BatchId,
    now: Timestamp,
) -> Stored<()> {
    let (workspace_id, batch_id) = (workspace.to_string(), batch.to_string());
    let sql = "UPDATE batch SET undone_at = $3 WHERE workspace_id = $1 AND id = $2 AND undone_at IS NULL AND undo_until > $3
        AND NOT EXISTS (SELECT 1 FROM invitation i WHERE i.workspace_id = $1 AND i.batch_id = $2 AND i.state <> 'queued')
        AND NOT EXISTS (SELECT 1 FROM mail_job j JOIN invitation i ON i.workspace_id = j.workspace_id AND i.id = j.id
            WHERE i.workspace_id = $1 AND i.batch_id = $2 AND j.worker IS NOT NULL)";
    let done = tx.run(sqlx::query(sql).bind(&workspace_id).bind(&batch_id).bind(now.0)).await?;
    if done == 0 {
        return Err(StoreError::State);
    }
    let sql = "SELECT DISTINCT user_id FROM invitation WHERE workspace_id = $1 AND batch_id = $2";
    let people: Vec<String> = sqlx::query_scalar(sql)
        .bind(&workspace_id)
        .bind(&batch_id)
        .fetch_all(&mut *tx.conn)
        .await
        .map_err(failed)?;
    let sql = "DELETE FROM invitation WHERE workspace_id = $1 AND batch_id = $2";
    tx.run(sqlx::query(sql).bind(&workspace_id).bind(&batch_id)).await?;
    users::refresh_messages(tx, workspace, &people).await?;
    tx.changed(workspace, &[Topic::Users, Topic::Invitations]);
    Ok(())
}

/// How far a batch came.
pub(super) async fn progress(readers: &SqlitePool, workspace: WorkspaceId, id: BatchId) -> Stored<Progress> {
    let (workspace, id) = (workspace.to_string(), id.to_string());
    let sql = "SELECT total, undone_at, undo_until,
                (SELECT j.reason FROM mail_job j JOIN invitation i ON i.workspace_id = j.workspace_id AND i.id = j.id
                 WHERE i.workspace_id = $1 AND i.batch_id = $2 AND j.reason IS NOT NULL LIMIT 1) AS delayed
            FROM batch WHERE workspace_id = $1 AND id = $2";
    let row = sqlx::query(sql)
        .bind(&workspace)
        .bind(&id)
        .fetch_optional(readers)
        .await
        .map_err(failed)?
        .ok_or(StoreError::NotFound)?;
    let mut progress = Progress {
        total: row.count("total")?,
        undone: row.time_or_none("undone_at")?.is_some(),
        undo_until: row.time("undo_until")?,
        delayed: row.maybe("delayed")?,
        ..Progress::default()
    };
    let sql = "SELECT state, count(*) AS n FROM invitation WHERE workspace_id = $1 AND batch_id = $2 GROUP BY state";
    for row in sqlx::query(sql).bind(&workspace).bind(&id).fetch_all(readers).await.map_err(failed)? {
        match row.named("state", State::from_name)? {
            State::Queued => progress.queued += row.count("n")?,
            State::Failed => progress.failed += row.count("n")?,
            _ => progress.sent += row.count("n")?,
        }
    }
    let sql = format!(
        "{SELECT} WHERE i.workspace_id = $1 AND i.batch_id = $2 AND i.state = 'failed' ORDER BY i.id LIMIT 100"
    );
    for row in
        sqlx::query(AssertSqlSafe(sql)).bind(&workspace).bind(&id).fetch_all(readers).await.map_err(failed)?
    {
        progress.failures.push((
            row.parsed("id")?,
            row.text("user_name")?,
            row.maybe("error")?.unwrap_or_default(),
        ));
    }
    Ok(progress)
}

/// Sends what failed of a batch again. A set at a time: thousands may have failed for one reason.
pub(super) async fn resend_failed(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    batch: BatchId,
    now: Timestamp,
) -> Stored<u64> {
    let (workspace_id, batch_id) = (workspace.to_string(), batch.to_string());
    let there = sqlx::query("SELECT 1 FROM batch WHERE workspace_id = $1 AND id = $2")
        .bind(&workspace_id)
        .bind(&batch_id)
        .fetch_optional(&mut *tx.conn)
        .await
        .map_err(failed)?;
    there.ok_or(StoreError::NotFound)?;
    let jobs = "INSERT OR REPLACE INTO mail_job (workspace_id, id, run_at) SELECT workspace_id, id, $3 FROM invitation
        WHERE workspace_id = $1 AND batch_id = $2 AND state = 'failed' AND expires_at > $3";
    let steps = "INSERT INTO invitation_step (workspace_id, invitation_id, seq, state, at)
        SELECT i.workspace_id, i.id, coalesce((SELECT max(s.seq) FROM invitation_step s
            WHERE s.workspace_id = i.workspace_id AND s.invitation_id = i.id), 0) + 1, 'queued', $3
        FROM invitation i WHERE i.workspace_id = $1 AND i.batch_id = $2 AND i.state = 'failed' AND i.expires_at > $3";
    let rows = "UPDATE user SET message_state = 'queued', message_at = $3, message_detail = NULL
        WHERE workspace_id = $1 AND message_id IN (SELECT id FROM invitation
            WHERE workspace_id = $1 AND batch_id = $2 AND state = 'failed' AND expires_at > $3)";
    let states = "UPDATE invitation SET state = 'queued', state_at = $3, sending = sending + 1
        WHERE workspace_id = $1 AND batch_id = $2 AND state = 'failed' AND expires_at > $3";
    let mut again = 0;
    for sql in [jobs, steps, rows, states] {
        let query = sqlx::query(sql).bind(&workspace_id).bind(&batch_id).bind(now.0);
        again = query.execute(&mut *tx.conn).await.map_err(failed)?.rows_affected();
    }
    if again > 0 {
        tx.changed(workspace, &[Topic::Users, Topic::Invitations, Topic::Jobs]);
    }
    Ok(again)
}
