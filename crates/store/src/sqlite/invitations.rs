//! Invitations: states, their steps, and lists of them.

use super::{
    Sqlite, batches, failed,
    row::{Read, like},
    users,
    writer::Tx,
};
use async_trait::async_trait;
use futures::FutureExt;
use muster_domain::{
    BatchId, InvitationId, Language, Timestamp, WorkspaceId,
    device::Platform,
    invitation::{Invitation, State, Step},
    ports::{InvitationStore, NewBatch, Progress, Recipient, StoreError, Stored, Topic},
    query::{InvitationQuery, Page, Selection},
    token::TokenHash,
};
use sqlx::{AssertSqlSafe, QueryBuilder, sqlite::SqliteRow};

pub(super) const SELECT: &str = "SELECT i.*, u.name AS user_name, u.email AS email, b.note AS note
    FROM invitation i JOIN user u ON u.workspace_id = i.workspace_id AND u.id = i.user_id
    JOIN batch b ON b.workspace_id = i.workspace_id AND b.id = i.batch_id";

pub(super) fn row(row: &SqliteRow) -> Stored<Invitation> {
    Ok(Invitation {
        workspace: row.parsed("workspace_id")?,
        id: row.parsed("id")?,
        user: row.parsed("user_id")?,
        user_name: row.text("user_name")?,
        email: row.maybe("email")?,
        batch: row.parsed_or_none("batch_id")?,
        state: row.named("state", State::from_name)?,
        state_at: row.time("state_at")?,
        generation: u32::try_from(row.count("generation")?).unwrap_or(1),
        expires_at: row.time("expires_at")?,
        created_at: row.time("created_at")?,
        sent_at: row.time_or_none("sent_at")?,
        opened_at: row.time_or_none("opened_at")?,
        enrolled_at: row.time_or_none("enrolled_at")?,
        platform: row.maybe("platform")?.as_deref().and_then(Platform::from_name),
        device: row.parsed_or_none("device_id")?,
        hardware_id: row.maybe("hardware_id")?,
        error: row.maybe("error")?,
        requested_at: row.time_or_none("requested_at")?,
        language: row.named("language", Language::from_tag)?,
        note: row.maybe("note")?,
    })
}

/// A transition to be made.
pub(super) struct Move {
    pub(super) to: State,
    pub(super) at: Timestamp,
    pub(super) detail: Option<String>,
}

/// Makes a transition if the rules allow it, keeps it as a step, and shows it in the user's row.
/// Answers whether it was made.
pub(super) async fn step(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: InvitationId,
    to: Move,
) -> Stored<bool> {
    let (workspace_id, invitation) = (workspace.to_string(), id.to_string());
    let sql = "SELECT state, user_id FROM invitation WHERE workspace_id = $1 AND id = $2";
    let found = sqlx::query(sql)
        .bind(&workspace_id)
        .bind(&invitation)
        .fetch_optional(&mut *tx.conn)
        .await
        .map_err(failed)?;
    let found = found.ok_or(StoreError::NotFound)?;
    if !found.named("state", State::from_name)?.may_become(to.to) {
        return Ok(false);
    }
    let sql = "UPDATE invitation SET state = $3, state_at = $4 WHERE workspace_id = $1 AND id = $2";
    let query = sqlx::query(sql).bind(&workspace_id).bind(&invitation).bind(to.to.name()).bind(to.at.0);
    query.execute(&mut *tx.conn).await.map_err(failed)?;
    let sql = "INSERT INTO invitation_step (workspace_id, invitation_id, seq, state, at, detail)
        SELECT $1, $2, coalesce(max(seq), 0) + 1, $3, $4, $5 FROM invitation_step WHERE workspace_id = $1 AND invitation_id = $2";
    let query = sqlx::query(sql)
        .bind(&workspace_id)
        .bind(&invitation)
        .bind(to.to.name())
        .bind(to.at.0)
        .bind(to.detail);
    query.execute(&mut *tx.conn).await.map_err(failed)?;
    users::refresh_message(tx, workspace, &found.text("user_id")?).await?;
    Ok(true)
}

async fn allowed(tx: &mut Tx<'_>, workspace: WorkspaceId, id: InvitationId, to: Move) -> Stored<()> {
    if step(tx, workspace, id, to).await? { Ok(()) } else { Err(StoreError::State) }
}

/// Puts the message of an invitation into the outbox, due at `at`.
async fn enqueue(tx: &mut Tx<'_>, workspace: WorkspaceId, id: InvitationId, at: Timestamp) -> Stored<()> {
    let sql = "INSERT OR REPLACE INTO mail_job (workspace_id, id, run_at) VALUES ($1, $2, $3)";
    sqlx::query(sql)
        .bind(workspace.to_string())
        .bind(id.to_string())
        .bind(at.0)
        .execute(&mut *tx.conn)
        .await
        .map_err(failed)?;
    tx.changed(workspace, &[Topic::Jobs]);
    Ok(())
}

pub(super) async fn dequeue(tx: &mut Tx<'_>, workspace: WorkspaceId, id: InvitationId) -> Stored<()> {
    let sql = "DELETE FROM mail_job WHERE workspace_id = $1 AND id = $2";
    sqlx::query(sql)
        .bind(workspace.to_string())
        .bind(id.to_string())
        .execute(&mut *tx.conn)
        .await
        .map_err(failed)?;
    Ok(())
}

fn selected(query: &mut QueryBuilder<sqlx::Sqlite>, workspace: WorkspaceId, selection: &Selection) {
    let ids = match selection {
        Selection::These { ids } => {
            query.push("u.workspace_id = ").push_bind(workspace.to_string());
            query.push(" AND u.id IN (SELECT value FROM json_each(");
            ids
        }
        Selection::Matching { filter, except } => {
            users::condition(query, workspace, filter);
            query.push(" AND u.id NOT IN (SELECT value FROM json_each(");
            except
        }
    };
    query.push_bind(serde_json::json!(ids).to_string()).push("))");
}

impl Sqlite {
    async fn people(
        &self,
        workspace: WorkspaceId,
        selection: &Selection,
        condition: &'static str,
        limit: u32,
    ) -> Stored<Vec<Recipient>> {
        let mut query = QueryBuilder::new("SELECT u.id, u.name, u.email, u.language FROM user u WHERE ");
        selected(&mut query, workspace, selection);
        query.push(condition).push(" ORDER BY u.sort_name, u.id LIMIT ").push_bind(i64::from(limit));
        let rows = query.build().fetch_all(&self.readers).await.map_err(failed)?;
        let person = |r: &SqliteRow| {
            let (id, name, email) = (r.parsed("id")?, r.text("name")?, r.maybe("email")?);
            Ok(Recipient { id, name, email, language: r.language_or_none("language")? })
        };
        rows.iter().map(person).collect()
    }
}

#[async_trait]
impl InvitationStore for Sqlite {
    async fn recipients(
        &self,
        workspace: WorkspaceId,
        selection: &Selection,
        limit: u32,
    ) -> Stored<Vec<Recipient>> {
        self.people(workspace, selection, "", limit).await
    }

    async fn without_address(
        &self,
        workspace: WorkspaceId,
        selection: &Selection,
        limit: u32,
    ) -> Stored<Vec<Recipient>> {
        self.people(workspace, selection, " AND u.email IS NULL", limit).await
    }

    async fn count_recipients(&self, workspace: WorkspaceId, selection: &Selection) -> Stored<(u64, u64)> {
        let mut query =
            QueryBuilder::new("SELECT count(*) AS n, count(u.email) AS with_email FROM user u WHERE ");
        selected(&mut query, workspace, selection);
        let row = query.build().fetch_one(&self.readers).await.map_err(failed)?;
        Ok((row.count("n")?, row.count("with_email")?))
    }

    async fn queue_batch(&self, workspace: WorkspaceId, batch: NewBatch, now: Timestamp) -> Stored<()> {
        self.writer
            .write(move |tx| async move { batches::insert(tx, workspace, &batch, now).await }.boxed())
            .await
    }

    async fn undo_batch(&self, workspace: WorkspaceId, id: BatchId, now: Timestamp) -> Stored<()> {
        self.writer.write(move |tx| async move { batches::undo(tx, workspace, id, now).await }.boxed()).await
    }

    async fn progress(&self, workspace: WorkspaceId, id: BatchId) -> Stored<Progress> {
        let (workspace, id) = (workspace.to_string(), id.to_string());
        let sql = "SELECT total, undone_at, undo_until,
                (SELECT j.reason FROM mail_job j JOIN invitation i ON i.workspace_id = j.workspace_id AND i.id = j.id
                 WHERE i.workspace_id = $1 AND i.batch_id = $2 AND j.reason IS NOT NULL LIMIT 1) AS delayed
            FROM batch WHERE workspace_id = $1 AND id = $2";
        let row = sqlx::query(sql)
            .bind(&workspace)
            .bind(&id)
            .fetch_optional(&self.readers)
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
        for row in
            sqlx::query(sql).bind(&workspace).bind(&id).fetch_all(&self.readers).await.map_err(failed)?
        {
            match row.named("state", State::from_name)? {
                State::Queued => progress.queued += row.count("n")?,
                State::Failed => progress.failed += row.count("n")?,
                _ => progress.sent += row.count("n")?,
            }
        }
        let sql = format!(
            "{SELECT} WHERE i.workspace_id = $1 AND i.batch_id = $2 AND i.state = 'failed' ORDER BY i.id LIMIT 100"
        );
        for row in sqlx::query(AssertSqlSafe(sql))
            .bind(&workspace)
            .bind(&id)
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?
        {
            progress.failures.push((
                row.parsed("id")?,
                row.text("user_name")?,
                row.maybe("error")?.unwrap_or_default(),
            ));
        }
        Ok(progress)
    }

    async fn invitations(&self, workspace: WorkspaceId, query: &InvitationQuery) -> Stored<Page<Invitation>> {
        let conditions = |sql: &mut QueryBuilder<sqlx::Sqlite>| {
            sql.push(" WHERE i.workspace_id = ").push_bind(workspace.to_string());
            if let Some(user) = query.user {
                sql.push(" AND i.user_id = ").push_bind(user.to_string());
            }
            if let Some(state) = query.state {
                sql.push(" AND i.state = ").push_bind(state.name());
            }
            if let Some(id) = query.id {
                sql.push(" AND i.id = ").push_bind(id.to_string());
            }
            let term = query.search.trim().to_lowercase();
            if !term.is_empty() {
                sql.push(" AND u.search LIKE ").push_bind(like(&term)).push(" ESCAPE '\\'");
            }
        };
        let mut count = QueryBuilder::new(
            "SELECT count(*) FROM invitation i JOIN user u ON u.workspace_id = i.workspace_id AND u.id = i.user_id",
        );
        conditions(&mut count);
        let total: i64 = count.build_query_scalar().fetch_one(&self.readers).await.map_err(failed)?;
        let mut list = QueryBuilder::new(SELECT);
        conditions(&mut list);
        list.push(" ORDER BY i.id DESC LIMIT ")
            .push_bind(query.window.limit())
            .push(" OFFSET ")
            .push_bind(query.window.offset());
        let rows = list.build().fetch_all(&self.readers).await.map_err(failed)?;
        Ok(Page {
            rows: rows.iter().map(row).collect::<Stored<_>>()?,
            total: u64::try_from(total).unwrap_or(0),
        })
    }

    async fn invitation(&self, workspace: WorkspaceId, id: InvitationId) -> Stored<Option<Invitation>> {
        let sql = format!("{SELECT} WHERE i.workspace_id = $1 AND i.id = $2");
        let query = sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(id.to_string());
        query.fetch_optional(&self.readers).await.map_err(failed)?.as_ref().map(row).transpose()
    }

    async fn steps(&self, workspace: WorkspaceId, id: InvitationId) -> Stored<Vec<Step>> {
        let sql = "SELECT state, at, detail FROM invitation_step WHERE workspace_id = $1 AND invitation_id = $2 ORDER BY seq";
        let rows = sqlx::query(sql)
            .bind(workspace.to_string())
            .bind(id.to_string())
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        rows.iter()
            .map(|r| {
                Ok(Step {
                    state: r.named("state", State::from_name)?,
                    at: r.time("at")?,
                    detail: r.maybe("detail")?,
                })
            })
            .collect()
    }

    async fn resend(&self, workspace: WorkspaceId, id: InvitationId, now: Timestamp) -> Stored<()> {
        self.writer
            .write(move |tx| {
                async move {
                    let sql =
                        "SELECT 1 FROM invitation WHERE workspace_id = $1 AND id = $2 AND expires_at > $3";
                    let query = sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string()).bind(now.0);
                    query.fetch_optional(&mut *tx.conn).await.map_err(failed)?.ok_or(StoreError::State)?;
                    allowed(tx, workspace, id, Move { to: State::Queued, at: now, detail: None }).await?;
                    enqueue(tx, workspace, id, now).await
                }
                .boxed()
            })
            .await
    }

    async fn renew(
        &self,
        workspace: WorkspaceId,
        id: InvitationId,
        generation: u32,
        token: TokenHash,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Stored<()> {
        self.writer
            .write(move |tx| {
                async move {
                    let sql = "UPDATE invitation SET generation = $3, token_hash = $4, expires_at = $5, requested_at = NULL, error = NULL
                        WHERE workspace_id = $1 AND id = $2 AND generation = $3 - 1 AND hardware_id IS NULL AND state <> 'revoked'";
                    let query = sqlx::query(sql)
                        .bind(workspace.to_string())
                        .bind(id.to_string())
                        .bind(i64::from(generation))
                        .bind(token.0.to_vec())
                        .bind(expires_at.0);
                    if query.execute(&mut *tx.conn).await.map_err(failed)?.rows_affected() == 0 {
                        return Err(StoreError::State);
                    }
                    // A message that still waits carries the new link by itself, since the link is made when it is sent.
                    step(tx, workspace, id, Move { to: State::Queued, at: now, detail: None }).await?;
                    enqueue(tx, workspace, id, now).await
                }
                .boxed()
            })
            .await
    }

    async fn revoke(&self, workspace: WorkspaceId, id: InvitationId, now: Timestamp) -> Stored<()> {
        self.writer
            .write(move |tx| {
                async move {
                    allowed(tx, workspace, id, Move { to: State::Revoked, at: now, detail: None }).await?;
                    dequeue(tx, workspace, id).await
                }
                .boxed()
            })
            .await
    }

    async fn extend(
        &self,
        workspace: WorkspaceId,
        id: InvitationId,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Stored<()> {
        self.writer
            .write(move |tx| {
                async move {
                    let sql = "UPDATE invitation SET expires_at = $3, requested_at = NULL
                        WHERE workspace_id = $1 AND id = $2 AND state NOT IN ('revoked', 'enrolled') RETURNING state, user_id";
                    let query = sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string()).bind(expires_at.0);
                    let found = query.fetch_optional(&mut *tx.conn).await.map_err(failed)?.ok_or(StoreError::State)?;
                    if found.named("state", State::from_name)? == State::Expired {
                        step(tx, workspace, id, Move { to: State::Sent, at: now, detail: None }).await?;
                    }
                    tx.changed(workspace, &[Topic::Invitations]);
                    Ok(())
                }
                .boxed()
            })
            .await
    }

    async fn opened(
        &self,
        workspace: WorkspaceId,
        id: InvitationId,
        platform: Option<Platform>,
        now: Timestamp,
    ) -> Stored<()> {
        self.writer
            .write(move |tx| {
                async move {
                    if step(tx, workspace, id, Move { to: State::Opened, at: now, detail: platform.map(|p| p.name().to_owned()) }).await? {
                        let sql = "UPDATE invitation SET opened_at = coalesce(opened_at, $3), platform = coalesce($4, platform)
                            WHERE workspace_id = $1 AND id = $2";
                        let query = sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string()).bind(now.0).bind(platform.map(Platform::name));
                        query.execute(&mut *tx.conn).await.map_err(failed)?;
                    } else if let Some(platform) = platform {
                        // Looked at on a computer first, then on the phone: what counts is the phone.
                        let sql = "UPDATE invitation SET platform = $3
                            WHERE workspace_id = $1 AND id = $2 AND state = 'opened' AND platform IS NOT $3";
                        let query = sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string()).bind(platform.name());
                        if query.execute(&mut *tx.conn).await.map_err(failed)?.rows_affected() > 0 {
                            tx.changed(workspace, &[Topic::Invitations]);
                        }
                    }
                    Ok(())
                }
                .boxed()
            })
            .await
    }

    async fn request_link(&self, workspace: WorkspaceId, id: InvitationId, now: Timestamp) -> Stored<()> {
        self.writer
            .write(move |tx| {
                async move {
                    let sql = "UPDATE invitation SET requested_at = $3 WHERE workspace_id = $1 AND id = $2 AND requested_at IS NULL AND hardware_id IS NULL";
                    let query = sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string()).bind(now.0);
                    if query.execute(&mut *tx.conn).await.map_err(failed)?.rows_affected() > 0 {
                        tx.changed(workspace, &[Topic::Invitations]);
                    }
                    Ok(())
                }
                .boxed()
            })
            .await
    }

    async fn expire(&self, now: Timestamp) -> Stored<u64> {
        self.writer
            .write(move |tx| {
                async move {
                    let sql = "SELECT workspace_id, id FROM invitation
                        WHERE state IN ('queued', 'sent', 'opened', 'enrolling', 'failed') AND expires_at <= $1 LIMIT 1000";
                    let rows = sqlx::query(sql).bind(now.0).fetch_all(&mut *tx.conn).await.map_err(failed)?;
                    for row in &rows {
                        let (workspace, id) = (row.parsed("workspace_id")?, row.parsed("id")?);
                        step(tx, workspace, id, Move { to: State::Expired, at: now, detail: None }).await?;
                        dequeue(tx, workspace, id).await?;
                    }
                    Ok(rows.len() as u64)
                }
                .boxed()
            })
            .await
    }
}
