//! Batches: one press of "Send instructions", written and taken back in one transaction.

use super::{
    failed,
    invitations::SELECT,
    row::{Read, json, to_hex},
    users,
    writer::Tx,
};
use muster_domain::{
    BatchId, Timestamp, WorkspaceId,
    audit::{Action, Note, Subject},
    invitation::State,
    ports::{NewBatch, Progress, StoreError, Stored, Topic},
};
use sqlx::{AssertSqlSafe, SqlitePool};
use std::collections::BTreeMap;

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
    let rows: Vec<_> = invitations
        .iter()
        .map(|new| (new.id.to_string(), new.user.to_string(), to_hex(&new.token.0), new.language.tag()))
        .collect();
    let sql = "INSERT INTO invitation (workspace_id, id, user_id, batch_id, token_hash, generation, language, state, state_at, created_at, expires_at, sending, person_connected)
        SELECT $1, j.value ->> 0, j.value ->> 1, $2, unhex(j.value ->> 2), 1, j.value ->> 3, $4, $5, $5, $6, $7,
            coalesce((SELECT u.device_count > 0 FROM user u WHERE u.workspace_id = $1 AND u.id = j.value ->> 1), 0)
        FROM json_each($3) AS j";
    let query = sqlx::query(sql)
        .bind(&workspace_id)
        .bind(&batch_id)
        .bind(json(&rows)?)
        .bind(state.name())
        .bind(now.0)
        .bind(batch.expires_at.0)
        .bind(i64::from(batch.mail));
    tx.run(query).await?;
    let sql = "INSERT INTO invitation_step (workspace_id, invitation_id, seq, state, at)
        SELECT workspace_id, id, 1, state, state_at FROM invitation WHERE workspace_id = $1 AND batch_id = $2";
    tx.run(sqlx::query(sql).bind(&workspace_id).bind(&batch_id)).await?;
    if batch.mail {
        let sql = "INSERT INTO mail_job (workspace_id, id, run_at) SELECT workspace_id, id, $3 FROM invitation WHERE workspace_id = $1 AND batch_id = $2";
        let query = sqlx::query(sql).bind(&workspace_id).bind(&batch_id).bind(batch.not_before.0);
        tx.run(query).await?;
        answer(tx, &workspace_id, &batch_id, now).await?;
    }
    // The newest of each person, shown in their row. The workspace is a column of the JSON: were it a value of its own,
    // SQLite would walk all its people and look through the JSON for each.
    let newest: BTreeMap<_, _> = invitations.iter().map(|new| (new.user, new.id)).collect();
    let newest: Vec<_> =
        newest.iter().map(|(user, id)| (&workspace_id, user.to_string(), id.to_string())).collect();
    let sql =
        "UPDATE user SET message_id = value ->> 2, message_state = $2, message_at = $3, message_detail = $4,
            waiting_since = coalesce(waiting_since, iif(device_count = 0, $3, NULL))
        FROM json_each($1) WHERE user.workspace_id = value ->> 0 AND user.id = value ->> 1";
    let query = sqlx::query(sql)
        .bind(json(&newest)?)
        .bind(state.name())
        .bind(now.0)
        .bind((!batch.mail).then_some("by_hand"));
    tx.run(query).await?;
    tx.changed(workspace, &[Topic::Users, Topic::Invitations, Topic::Jobs]);
    let note = Note::new(Action::InstructionsSent, Subject::new(batch.id, ""))
        .now("messages", &batch.invitations.len().to_string())
        .now("way", if batch.mail { "mail" } else { "link" })
        .now("until", &batch.expires_at.rfc3339())
        .with("note", None, batch.note.as_deref());
    let people: Vec<_> = newest.into_iter().map(|(_, user, _)| user).collect();
    tx.note_people(workspace, note, &people).await
}

/// Closes the requests for a new link that a batch's messages answer, and keeps them until it cannot be undone any more.
async fn answer(tx: &mut Tx<'_>, workspace: &str, batch: &str, now: Timestamp) -> Stored<()> {
    let over = "DELETE FROM request_answered WHERE workspace_id = $1 AND batch_id <> $2
        AND NOT EXISTS (SELECT 1 FROM batch b WHERE b.workspace_id = $1 AND b.id = batch_id AND b.undo_until > $3)";
    let keep = "INSERT OR REPLACE INTO request_answered SELECT i.workspace_id, $2, i.id, i.requested_at FROM invitation i INDEXED BY invitation_asking
        WHERE i.workspace_id = $1 AND i.requested_at IS NOT NULL AND $3 >= 0
            AND EXISTS (SELECT 1 FROM invitation n WHERE n.workspace_id = $1 AND n.user_id = i.user_id AND n.id > i.id AND n.batch_id = $2)";
    let close = "UPDATE invitation SET requested_at = NULL WHERE workspace_id = $1 AND $3 >= 0
        AND id IN (SELECT invitation_id FROM request_answered WHERE workspace_id = $1 AND batch_id = $2)";
    for sql in [over, keep, close] {
        tx.run(sqlx::query(sql).bind(workspace).bind(batch).bind(now.0)).await?;
    }
    Ok(())
}

/// The requests that a batch answered stand again.
async fn unanswer(tx: &mut Tx<'_>, workspace: &str, batch: &str) -> Stored<()> {
    let open = "UPDATE invitation SET requested_at = a.requested_at FROM request_answered a
        WHERE a.workspace_id = $1 AND a.batch_id = $2 AND invitation.workspace_id = $1 AND invitation.id = a.invitation_id
            AND invitation.hardware_id IS NULL";
    let over = "DELETE FROM request_answered WHERE workspace_id = $1 AND batch_id = $2";
    for sql in [open, over] {
        tx.run(sqlx::query(sql).bind(workspace).bind(batch)).await?;
    }
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
    unanswer(tx, &workspace_id, &batch_id).await?;
    users::refresh_messages(tx, workspace, &people).await?;
    tx.changed(workspace, &[Topic::Users, Topic::Invitations]);
    tx.note_people(workspace, Note::new(Action::InstructionsUndone, Subject::new(batch, "")), &people).await
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
    let requests = "UPDATE invitation SET requested_at = NULL WHERE workspace_id = $1 AND requested_at IS NOT NULL
        AND user_id IN (SELECT user_id FROM invitation WHERE workspace_id = $1 AND batch_id = $2 AND state = 'failed' AND expires_at > $3)";
    let rows = "UPDATE user SET message_state = 'queued', message_at = $3, message_detail = NULL
        WHERE workspace_id = $1 AND message_id IN (SELECT id FROM invitation
            WHERE workspace_id = $1 AND batch_id = $2 AND state = 'failed' AND expires_at > $3)";
    let states = "UPDATE invitation SET state = 'queued', state_at = $3, sending = sending + 1
        WHERE workspace_id = $1 AND batch_id = $2 AND state = 'failed' AND expires_at > $3";
    let mut again = 0;
    for sql in [jobs, steps, requests, rows, states] {
        let query = sqlx::query(sql).bind(&workspace_id).bind(&batch_id).bind(now.0);
        again = query.execute(&mut *tx.conn).await.map_err(failed)?.rows_affected();
    }
    if again > 0 {
        tx.changed(workspace, &[Topic::Users, Topic::Invitations, Topic::Jobs]);
        let note = Note::new(Action::FailuresResent, Subject::new(batch, ""));
        tx.note(workspace, note.now("messages", &again.to_string())).await?;
    }
    Ok(again)
}
