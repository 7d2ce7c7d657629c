//! Invitations: states, their steps, and lists of them.

pub(super) mod acts;
mod find;
mod steps;

pub(super) use find::conditions;
pub(super) use steps::{Move, dequeue, noted, step};

use super::{
    Sqlite, batches, failed, invitation_acts, row::Read, selection::selected, users, writer::commit,
};
use async_trait::async_trait;
use muster_domain::{
    BatchId, InvitationId, Language, Timestamp, UserId, WorkspaceId,
    audit::Action,
    device::Platform,
    invitation::{Acted, Invitation, Reach, State, StateCounts, Step},
    ports::{Addressees, Already, InvitationStore, NewBatch, Progress, Recipient, StoreError, Stored, Topic},
    query::{InvitationQuery, LeaveOut, Page, Selection},
    token::TokenHash,
};
use sqlx::{AssertSqlSafe, QueryBuilder, sqlite::SqliteRow};
use steps::{allowed, enqueue};

/// More than so many are not sorted for a page, but looked for in the order of the list.
const FEW: u64 = 1000;

pub(super) const SELECT: &str = "SELECT i.*, u.name AS user_name, u.email AS email, b.note AS note,
    (SELECT a.name FROM account a WHERE a.id = b.account_id) AS sent_by,
    (SELECT j.reason FROM mail_job j WHERE j.workspace_id = i.workspace_id AND j.id = i.id) AS waiting,
    EXISTS (SELECT 1 FROM apple_waiting w WHERE w.workspace_id = i.workspace_id AND w.invitation_id = i.id) AS apple_waits
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
        sending: u32::try_from(row.count("sending")?).unwrap_or(u32::MAX),
        expires_at: row.time("expires_at")?,
        created_at: row.time("created_at")?,
        sent_at: row.time_or_none("sent_at")?,
        opened_at: row.time_or_none("opened_at")?,
        enrolled_at: row.time_or_none("enrolled_at")?,
        platform: row.maybe("platform")?.as_deref().and_then(Platform::from_name),
        apple_waits: row.val("apple_waits")?,
        device: row.parsed_or_none("device_id")?,
        hardware_id: row.maybe("hardware_id")?,
        error: row.maybe("error")?,
        requested_at: row.time_or_none("requested_at")?,
        language: row.named("language", Language::from_tag)?,
        note: row.maybe("note")?,
        sent_by: row.maybe("sent_by")?,
        waiting: row.maybe("waiting")?,
    })
}

#[async_trait]
impl InvitationStore for Sqlite {
    async fn recipients(
        &self,
        workspace: WorkspaceId,
        selection: &Selection,
        leave_out: LeaveOut,
        limit: u32,
    ) -> Stored<Vec<Recipient>> {
        self.people(workspace, selection, leave_out, "", limit).await
    }

    async fn addressees(
        &self,
        workspace: WorkspaceId,
        selection: &Selection,
        leave_out: LeaveOut,
        limit: u32,
    ) -> Stored<Addressees> {
        self.with_address(workspace, selection, leave_out, limit).await
    }

    async fn without_address(
        &self,
        workspace: WorkspaceId,
        selection: &Selection,
        leave_out: LeaveOut,
        limit: u32,
    ) -> Stored<Vec<Recipient>> {
        self.people(workspace, selection, leave_out, " AND u.email IS NULL", limit).await
    }

    async fn open_links(
        &self,
        workspace: WorkspaceId,
        users: &[UserId],
    ) -> Stored<Vec<(UserId, InvitationId)>> {
        self.newest_open(workspace, users).await
    }

    async fn already(&self, workspace: WorkspaceId, selection: &Selection) -> Stored<Already> {
        self.who_has_already(workspace, selection).await
    }

    async fn count_recipients(
        &self,
        workspace: WorkspaceId,
        selection: &Selection,
        leave_out: LeaveOut,
    ) -> Stored<(u64, u64)> {
        let mut query =
            QueryBuilder::new("SELECT count(*) AS n, count(u.email) AS with_email FROM user u WHERE ");
        selected(&mut query, workspace, selection, leave_out)?;
        let row = query.build().fetch_one(&self.readers).await.map_err(failed)?;
        Ok((row.count("n")?, row.count("with_email")?))
    }

    async fn queue_batch(&self, workspace: WorkspaceId, batch: NewBatch, now: Timestamp) -> Stored<()> {
        commit!(self, |tx| {
            tx.large().await?;
            batches::insert(tx, workspace, &batch, now).await
        })
    }

    async fn undo_batch(&self, workspace: WorkspaceId, id: BatchId, now: Timestamp) -> Stored<()> {
        commit!(self, |tx| {
            tx.large().await?;
            batches::undo(tx, workspace, id, now).await
        })
    }

    async fn resend_failed(&self, workspace: WorkspaceId, id: BatchId, now: Timestamp) -> Stored<u64> {
        commit!(self, |tx| batches::resend_failed(tx, workspace, id, now).await)
    }

    async fn progress(&self, workspace: WorkspaceId, id: BatchId) -> Stored<Progress> {
        batches::progress(&self.readers, workspace, id).await
    }

    async fn invitations(&self, workspace: WorkspaceId, query: &InvitationQuery) -> Stored<Page<Invitation>> {
        let total = self.how_many(workspace, query).await?;
        let mut list = QueryBuilder::new(SELECT);
        conditions(&mut list, workspace, query, total > FEW, total <= FEW);
        list.push(" ORDER BY i.id DESC LIMIT ")
            .push_bind(query.window.limit())
            .push(" OFFSET ")
            .push_bind(query.window.offset());
        let rows = list.build().fetch_all(&self.readers).await.map_err(failed)?;
        Ok(Page { rows: rows.iter().map(row).collect::<Stored<_>>()?, total })
    }

    async fn invitations_before(
        &self,
        workspace: WorkspaceId,
        before: Option<InvitationId>,
    ) -> Stored<Vec<Invitation>> {
        // No id comes behind a letter that is no digit of one.
        let before = before.map_or_else(|| "z".to_owned(), |id| id.to_string());
        let sql = format!("{SELECT} WHERE i.workspace_id = $1 AND i.id < $2 ORDER BY i.id DESC LIMIT 1000");
        let query = sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(before);
        query.fetch_all(&self.readers).await.map_err(failed)?.iter().map(row).collect()
    }

    async fn invitation_counts(
        &self,
        workspace: WorkspaceId,
        since: Option<Timestamp>,
        reached: Option<Reach>,
    ) -> Stored<StateCounts> {
        self.state_counts(workspace, since, reached).await
    }

    async fn invitation(&self, workspace: WorkspaceId, id: InvitationId) -> Stored<Option<Invitation>> {
        let sql = format!("{SELECT} WHERE i.workspace_id = $1 AND i.id = $2");
        let query = sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(id.to_string());
        query.fetch_optional(&self.readers).await.map_err(failed)?.as_ref().map(row).transpose()
    }

    async fn steps(&self, workspace: WorkspaceId, id: InvitationId) -> Stored<Vec<Step>> {
        let sql = "SELECT state, at, detail, acted, author FROM invitation_step WHERE workspace_id = $1 AND invitation_id = $2 ORDER BY seq";
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
                    acted: r.maybe("acted")?.as_deref().and_then(Acted::from_name),
                    by: r.maybe("author")?,
                })
            })
            .collect()
    }

    async fn resend(&self, workspace: WorkspaceId, id: InvitationId, now: Timestamp) -> Stored<()> {
        commit!(self, |tx| acts::resend(tx, workspace, id, now).await)
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
        commit!(self, |tx| {
            let sql = "UPDATE invitation SET generation = $3, token_hash = $4, expires_at = $5, error = NULL
                        WHERE workspace_id = $1 AND id = $2 AND generation = $3 - 1 AND hardware_id IS NULL AND state <> 'revoked'";
            let query = sqlx::query(sql)
                .bind(workspace.to_string())
                .bind(id.to_string())
                .bind(i64::from(generation))
                .bind(token.0.to_vec())
                .bind(expires_at.0);
            if tx.run(query).await? == 0 {
                return Err(StoreError::State);
            }
            // A message that still waits carries the new link by itself, since the link is made when it is sent.
            let moved = step(tx, workspace, id, Move { to: State::Queued, at: now, detail: None }).await?;
            invitation_acts::acted(tx, workspace, id, Acted::Renewed, moved, now).await?;
            enqueue(tx, workspace, id, now).await?;
            invitation_acts::noted(tx, workspace, id, Action::InvitationRenewed, Some(expires_at)).await
        })
    }

    async fn revoke(&self, workspace: WorkspaceId, id: InvitationId, now: Timestamp) -> Stored<()> {
        commit!(self, |tx| acts::revoke(tx, workspace, id, now).await)
    }

    async fn extend(
        &self,
        workspace: WorkspaceId,
        id: InvitationId,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Stored<()> {
        commit!(self, |tx| acts::extend(tx, workspace, id, expires_at, now).await)
    }

    async fn opened(
        &self,
        workspace: WorkspaceId,
        id: InvitationId,
        platform: Option<Platform>,
        now: Timestamp,
    ) -> Stored<()> {
        commit!(self, |tx| {
            if step(
                tx,
                workspace,
                id,
                Move { to: State::Opened, at: now, detail: platform.map(|p| p.name().to_owned()) },
            )
            .await?
            {
                let sql = "UPDATE invitation SET opened_at = coalesce(opened_at, $3), platform = coalesce($4, platform)
                            WHERE workspace_id = $1 AND id = $2";
                let query = sqlx::query(sql)
                    .bind(workspace.to_string())
                    .bind(id.to_string())
                    .bind(now.0)
                    .bind(platform.map(Platform::name));
                tx.run(query).await?;
                users::refresh_message_of(tx, workspace, id).await?;
            } else if let Some(platform) = platform {
                // Looked at on a computer first, then on the phone: what counts is the phone.
                let sql = "UPDATE invitation SET platform = $3
                            WHERE workspace_id = $1 AND id = $2 AND state = 'opened' AND platform IS NOT $3";
                let query =
                    sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string()).bind(platform.name());
                if tx.run(query).await? > 0 {
                    tx.changed(workspace, &[Topic::Invitations]);
                    users::refresh_message_of(tx, workspace, id).await?;
                }
            }
            Ok(())
        })
    }

    async fn enrolling(&self, workspace: WorkspaceId, id: InvitationId, now: Timestamp) -> Stored<()> {
        commit!(self, |tx| {
            allowed(tx, workspace, id, Move { to: State::Enrolling, at: now, detail: None }).await?;
            let sql = "UPDATE invitation SET started_at = coalesce(started_at, $3) WHERE workspace_id = $1 AND id = $2";
            tx.run(sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string()).bind(now.0)).await?;
            Ok(())
        })
    }

    async fn request_link(&self, workspace: WorkspaceId, id: InvitationId, now: Timestamp) -> Stored<()> {
        commit!(self, |tx| {
            let sql = "UPDATE invitation SET requested_at = $3 WHERE workspace_id = $1 AND id = $2 AND requested_at IS NULL AND hardware_id IS NULL";
            let query = sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string()).bind(now.0);
            if tx.run(query).await? > 0 {
                invitation_acts::acted(tx, workspace, id, Acted::Asked, false, now).await?;
                tx.changed(workspace, &[Topic::Invitations]);
            }
            Ok(())
        })
    }

    async fn expire(&self, now: Timestamp) -> Stored<u64> {
        commit!(self, |tx| {
            let sql = "SELECT workspace_id, id FROM invitation
                        WHERE state IN ('queued', 'sent', 'opened', 'enrolling', 'failed') AND expires_at <= $1 LIMIT 1000";
            let rows = tx.rows(sqlx::query(sql).bind(now.0)).await?;
            for row in &rows {
                let (workspace, id) = (row.parsed("workspace_id")?, row.parsed("id")?);
                step(tx, workspace, id, Move { to: State::Expired, at: now, detail: None }).await?;
                dequeue(tx, workspace, id).await?;
            }
            Ok(rows.len() as u64)
        })
    }
}
