//! The outbox.

use super::Stored;
use crate::{JobId, Timestamp, WorkspaceId, invitation::Invitation};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// What waits in a workspace's outbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Messages.
    pub messages: u64,
    /// Why the newest of those that were tried waits.
    pub reason: Option<String>,
}

/// A message to be sent.
#[derive(Clone, Debug)]
pub struct MailJob {
    /// The job.
    pub id: JobId,
    /// The invitation with its user and note.
    pub invitation: Invitation,
    /// It tells who waited with an iPhone or iPad that it works now.
    pub works_now: bool,
    /// How often it was tried before.
    pub attempts: u32,
    /// The number of this claim, unlike that of any other: a later claim of the same message ends this one.
    pub claim: i64,
}

/// The outbox.
#[async_trait]
pub trait JobStore {
    /// The workspaces in which a mail is due.
    async fn workspaces_with_mail(&self, now: Timestamp) -> Stored<Vec<WorkspaceId>>;
    /// Claims up to `limit` mails of a workspace that are due, for `lease` microseconds, under the worker's name.
    async fn claim_mails(
        &self,
        worker: &str,
        workspace: WorkspaceId,
        limit: u32,
        now: Timestamp,
        lease: i64,
    ) -> Stored<Vec<MailJob>>;
    /// What is due in a workspace and that nobody has claimed waits for this reason: a limit is reached.
    async fn mails_limited(&self, workspace: WorkspaceId, reason: &str, now: Timestamp) -> Stored<()>;
    /// Puts off the end of the leases of a claim: the worker lives, and is still at it. Answers how many it still holds.
    async fn renew_mails(&self, worker: &str, claim: i64, until: Timestamp) -> Stored<u64>;
    /// The message was taken: the state becomes `sent` and the job ends, in one transaction. [`StoreError::State`] if
    /// someone else has claimed it since, or it was put into the outbox anew.
    async fn mail_sent(&self, worker: &str, job: &MailJob, now: Timestamp) -> Stored<()>;
    /// Not now: again at `retry_at`, with the reason kept.
    async fn mail_delayed(
        &self,
        worker: &str,
        job: &MailJob,
        reason: &str,
        retry_at: Timestamp,
    ) -> Stored<()>;
    /// Never: the state becomes `failed` with the reason.
    async fn mail_failed(&self, worker: &str, job: &MailJob, reason: &str, now: Timestamp) -> Stored<()>;
    /// Messages taken by servers since `since`, for the limits of a workspace.
    async fn mails_since(&self, workspace: WorkspaceId, since: Timestamp) -> Stored<u64>;
    /// The same by the minute (since the epoch), oldest first, to work out when a limit lets more pass.
    async fn mails_by_minute(&self, workspace: WorkspaceId, since: Timestamp) -> Stored<Vec<(i64, u64)>>;
    /// What waits.
    async fn waiting(&self, workspace: WorkspaceId) -> Stored<Waiting>;
    /// When the next mail is due.
    async fn next_mail(&self) -> Stored<Option<Timestamp>>;
}
