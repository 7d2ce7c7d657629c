//! The outbox: mails are claimed under a lease, and end in the transaction that changes their invitation.

pub(super) mod sent;

use super::{
    Sqlite, failed,
    invitations::{self, Move},
    row::{Read, json},
    writer::{Tx, commit},
};
use async_trait::async_trait;
use muster_domain::{
    InvitationId, Timestamp, WorkspaceId,
    invitation::State,
    ports::{JobStore, MailJob, StoreError, Stored, Topic, Waiting},
    time::MINUTE,
};
use sent::Sent;
use sqlx::AssertSqlSafe;
use std::collections::HashMap;

/// Takes a job that this worker holds out of the outbox. The claim's number tells it from every other claim, also
/// of the same worker and of the same message queued anew. A lease that ran out but that nobody took over still
/// counts: the server has the mail, and refusing the mark would send it twice.
async fn finish(tx: &mut Tx<'_>, worker: &str, job: &MailJob) -> Stored<()> {
    let sql = "DELETE FROM mail_job WHERE workspace_id = $1 AND id = $2 AND worker = $3 AND claim = $4";
    let query = sqlx::query(sql)
        .bind(job.invitation.workspace.to_string())
        .bind(job.id.to_string())
        .bind(worker)
        .bind(job.claim);
    let done = tx.run(query).await?;
    if done == 0 { Err(StoreError::State) } else { Ok(()) }
}

#[async_trait]
impl JobStore for Sqlite {
    async fn workspaces_with_mail(&self, now: Timestamp) -> Stored<Vec<WorkspaceId>> {
        let sql = "SELECT id FROM workspace w
            WHERE EXISTS (SELECT 1 FROM mail_job j WHERE j.workspace_id = w.id AND j.run_at <= $1)";
        let rows = sqlx::query(sql).bind(now.0).fetch_all(&self.readers).await.map_err(failed)?;
        rows.iter().map(|row| row.parsed("id")).collect()
    }

    async fn claim_mails(
        &self,
        worker: &str,
        workspace: WorkspaceId,
        limit: u32,
        now: Timestamp,
        lease: i64,
    ) -> Stored<Vec<MailJob>> {
        let worker = worker.to_owned();
        commit!(self, |tx| {
            let sql = "SELECT 1 FROM mail_job WHERE workspace_id = $1 AND run_at <= $2 LIMIT 1";
            if tx.row(sqlx::query(sql).bind(workspace.to_string()).bind(now.0)).await?.is_none() {
                return Ok(Vec::new());
            }
            let number =
                tx.row(sqlx::query("INSERT INTO mail_claim DEFAULT VALUES RETURNING number")).await?;
            let claim: i64 = number.ok_or(StoreError::State)?.val("number")?;
            // A claimed job is due again when its lease ends: `run_at` is both.
            let sql = "UPDATE mail_job SET worker = $1, claim = $5, run_at = $2, attempts = attempts + 1
                WHERE workspace_id = $6 AND id IN (SELECT id FROM mail_job
                    WHERE workspace_id = $6 AND run_at <= $3 ORDER BY run_at LIMIT $4)
                RETURNING id, attempts, works_now";
            let query = sqlx::query(sql)
                .bind(&worker)
                .bind(now.plus(lease).0)
                .bind(now.0)
                .bind(i64::from(limit))
                .bind(claim)
                .bind(workspace.to_string());
            let mut claims = HashMap::new();
            for row in tx.rows(query).await? {
                let id: InvitationId = row.parsed("id")?;
                let before = u32::try_from(row.count("attempts")?).unwrap_or(u32::MAX).saturating_sub(1);
                claims.insert(id, (before, row.val::<bool>("works_now")?));
            }
            let sql = format!(
                "{} WHERE i.workspace_id = $1 AND i.id IN (SELECT value FROM json_each($2)) ORDER BY i.id",
                invitations::SELECT
            );
            let claimed = json(&claims.keys().collect::<Vec<_>>())?;
            let query = sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(claimed);
            let mut jobs = Vec::new();
            for row in tx.rows(query).await? {
                let invitation = invitations::row(&row)?;
                let (attempts, works_now) = claims.get(&invitation.id).copied().unwrap_or_default();
                jobs.push(MailJob { id: row.parsed("id")?, invitation, works_now, attempts, claim });
            }
            Ok(jobs)
        })
    }

    async fn renew_mails(&self, worker: &str, claim: i64, until: Timestamp) -> Stored<u64> {
        let worker = worker.to_owned();
        commit!(self, |tx| {
            let sql = "UPDATE mail_job SET run_at = $3 WHERE worker = $1 AND claim = $2";
            tx.run(sqlx::query(sql).bind(worker).bind(claim).bind(until.0)).await
        })
    }

    async fn mail_sent(&self, worker: &str, job: &MailJob, now: Timestamp) -> Stored<()> {
        let (workspace, invitation) = (job.invitation.workspace, job.invitation.id);
        let sent = Sent { worker: worker.to_owned(), workspace, invitation, claim: job.claim, now };
        self.writer.sent(sent).await
    }

    async fn mails_limited(&self, workspace: WorkspaceId, reason: &str, now: Timestamp) -> Stored<()> {
        let reason = reason.to_owned();
        commit!(self, |tx| {
            // What is claimed is due later, when its lease ends.
            let sql = "UPDATE mail_job SET reason = $3 WHERE workspace_id = $1 AND run_at <= $2 AND reason IS NOT $3";
            let query = sqlx::query(sql).bind(workspace.to_string()).bind(now.0).bind(reason);
            if tx.run(query).await? > 0 {
                tx.changed(workspace, &[Topic::Invitations]);
            }
            Ok(())
        })
    }

    async fn mail_delayed(
        &self,
        worker: &str,
        job: &MailJob,
        reason: &str,
        retry_at: Timestamp,
    ) -> Stored<()> {
        let (worker, job, reason) = (worker.to_owned(), job.clone(), reason.to_owned());
        commit!(self, |tx| {
            let sql = "UPDATE mail_job SET worker = NULL, run_at = $4, reason = $5, attempts = $7
                        WHERE workspace_id = $1 AND id = $2 AND worker = $3 AND claim = $6";
            let query = sqlx::query(sql)
                .bind(job.invitation.workspace.to_string())
                .bind(job.id.to_string())
                .bind(worker)
                .bind(retry_at.0)
                .bind(reason)
                .bind(job.claim)
                .bind(i64::from(job.attempts.saturating_add(1)));
            if tx.run(query).await? == 0 {
                return Err(StoreError::State);
            }
            tx.changed(job.invitation.workspace, &[Topic::Invitations]);
            Ok(())
        })
    }

    async fn mail_failed(&self, worker: &str, job: &MailJob, reason: &str, now: Timestamp) -> Stored<()> {
        let (worker, job, reason) = (worker.to_owned(), job.clone(), reason.to_owned());
        commit!(self, |tx| {
            finish(tx, &worker, &job).await?;
            let (workspace, id) = (job.invitation.workspace, job.invitation.id);
            let sql = "UPDATE invitation SET error = $3 WHERE workspace_id = $1 AND id = $2";
            let query = sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string()).bind(&reason);
            tx.run(query).await?;
            invitations::step(tx, workspace, id, Move { to: State::Failed, at: now, detail: Some(reason) })
                .await?;
            Ok(())
        })
    }

    async fn mails_since(&self, workspace: WorkspaceId, since: Timestamp) -> Stored<u64> {
        let sql = "SELECT count(*) AS n FROM mail_log WHERE workspace_id = $1 AND at >= $2";
        let row = sqlx::query(sql)
            .bind(workspace.to_string())
            .bind(since.0)
            .fetch_one(&self.readers)
            .await
            .map_err(failed)?;
        row.count("n")
    }

    async fn mails_by_minute(&self, workspace: WorkspaceId, since: Timestamp) -> Stored<Vec<(i64, u64)>> {
        let sql = "SELECT at / $3 AS minute, count(*) AS n FROM mail_log WHERE workspace_id = $1 AND at >= $2 GROUP BY 1 ORDER BY 1";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(since.0).bind(MINUTE);
        let rows = query.fetch_all(&self.readers).await.map_err(failed)?;
        rows.iter().map(|row| Ok((row.val("minute")?, row.count("n")?))).collect()
    }

    async fn waiting(&self, workspace: WorkspaceId) -> Stored<Waiting> {
        let sql = "SELECT count(*) AS n,
                (SELECT reason FROM mail_job WHERE workspace_id = $1 AND reason IS NOT NULL ORDER BY id DESC LIMIT 1) AS reason
            FROM mail_job WHERE workspace_id = $1";
        let query = sqlx::query(sql).bind(workspace.to_string());
        let row = query.fetch_one(&self.readers).await.map_err(failed)?;
        Ok(Waiting { messages: row.count("n")?, reason: row.maybe("reason")? })
    }

    async fn next_mail(&self) -> Stored<Option<Timestamp>> {
        let sql = "SELECT min(run_at) AS at FROM mail_job";
        sqlx::query(sql).fetch_one(&self.readers).await.map_err(failed)?.time_or_none("at")
    }
}
