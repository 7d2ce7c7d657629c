//! Invitations, the batches that they are sent in, and how far a batch came.

use super::Stored;
use crate::{
    AccountId, BatchId, InvitationId, Language, Timestamp, UserId, WorkspaceId,
    device::Platform,
    invitation::{Invitation, Reach, StateCounts, Step},
    pace::Through,
    query::{InvitationQuery, LeaveOut, Page, Selection},
    token::TokenHash,
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// Someone in a selection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// The user.
    pub id: UserId,
    /// The name.
    pub name: String,
    /// The address; without one they cannot be sent anything.
    pub email: Option<String>,
    /// Their own language.
    pub language: Option<Language>,
}

/// Who of a selection can be sent something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addressees {
    /// Who has an address, each with their own language.
    pub with: Vec<(UserId, Option<Language>)>,
    /// How many have none.
    pub without: u64,
}

/// How many of a selection, of those with an address, have what a message is to bring about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Already {
    /// Who has a connected device.
    pub connected: u64,
    /// Who has a message whose link is open.
    pub open: u64,
}

/// An invitation to be written.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// Its id.
    pub id: InvitationId,
    /// For whom.
    pub user: UserId,
    /// SHA-256 of its first link's token.
    pub token: TokenHash,
    /// The language of its message.
    pub language: Language,
}

/// A press of "Send instructions".
#[derive(Clone, Debug)]
pub struct NewBatch {
    /// Its id.
    pub id: BatchId,
    /// Who pressed; none from the command line.
    pub account: Option<AccountId>,
    /// The note in the message.
    pub note: Option<String>,
    /// Until when the links work.
    pub expires_at: Timestamp,
    /// Before this nothing is sent, and until then it can be undone.
    pub not_before: Timestamp,
    /// The invitations.
    pub invitations: Vec<NewInvitation>,
    /// Whether messages are to be sent; without, the links are handed over by hand and count as sent.
    pub mail: bool,
}

/// How far a batch came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Messages in all.
    pub total: u64,
    /// Waiting.
    pub queued: u64,
    /// Sent (or further).
    pub sent: u64,
    /// Refused for good.
    pub failed: u64,
    /// Whether it was undone.
    pub undone: bool,
    /// Until when it can be undone.
    pub undo_until: Timestamp,
    /// The first failures: name and reason.
    pub failures: Vec<(InvitationId, String, String)>,
    /// Why messages wait longer, in the server's words.
    pub delayed: Option<String>,
    /// Whether no mail server is set, so that what is sent is kept as files; told by `usecase::outbox`.
    pub kept: bool,
    /// When all that waits will be through, where there is a limit; worked out by `usecase::outbox`.
    pub through: Option<Through>,
}

/// Invitations and their messages.
#[async_trait]
pub trait InvitationStore {
    /// Whom a selection means, in the order of names; at most `limit`.
    async fn recipients(
        &self,
        workspace: WorkspaceId,
        selection: &Selection,
        leave_out: LeaveOut,
        limit: u32,
    ) -> Stored<Vec<Recipient>>;
    /// Who of a selection can be sent something; at most `limit` people.
    async fn addressees(
        &self,
        workspace: WorkspaceId,
        selection: &Selection,
        leave_out: LeaveOut,
        limit: u32,
    ) -> Stored<Addressees>;
    /// Who of a selection has no address, in the order of names; at most `limit`.
    async fn without_address(
        &self,
        workspace: WorkspaceId,
        selection: &Selection,
        leave_out: LeaveOut,
        limit: u32,
    ) -> Stored<Vec<Recipient>>;
    /// The messages of these people whose links are open, of each the newest, in the order of the people.
    async fn open_links(
        &self,
        workspace: WorkspaceId,
        users: &[UserId],
    ) -> Stored<Vec<(UserId, InvitationId)>>;
    /// How many a selection means, and how many of them have an address.
    async fn count_recipients(
        &self,
        workspace: WorkspaceId,
        selection: &Selection,
        leave_out: LeaveOut,
    ) -> Stored<(u64, u64)>;
    /// How many of a selection could be left out.
    async fn already(&self, workspace: WorkspaceId, selection: &Selection) -> Stored<Already>;
    /// Writes a batch with its invitations and jobs in one transaction.
    async fn queue_batch(&self, workspace: WorkspaceId, batch: NewBatch, now: Timestamp) -> Stored<()>;
    /// Takes a batch back while nothing of it was sent; [`StoreError::State`] afterwards.
    async fn undo_batch(&self, workspace: WorkspaceId, id: BatchId, now: Timestamp) -> Stored<()>;
    /// Sends what failed of a batch again, with the same links; answers how many. Links that expired stay failed.
    async fn resend_failed(&self, workspace: WorkspaceId, id: BatchId, now: Timestamp) -> Stored<u64>;
    /// How far a batch came.
    async fn progress(&self, workspace: WorkspaceId, id: BatchId) -> Stored<Progress>;
    /// Up to a thousand invitations older than `before`, the newest first: the way through all of them, which costs the
    /// same for each step.
    async fn invitations_before(
        &self,
        workspace: WorkspaceId,
        before: Option<InvitationId>,
    ) -> Stored<Vec<Invitation>>;
    /// A page of invitations, the newest first.
    async fn invitations(&self, workspace: WorkspaceId, query: &InvitationQuery) -> Stored<Page<Invitation>>;
    /// How many are in each state; of those alone that were made since, and that came at least so far.
    async fn invitation_counts(
        &self,
        workspace: WorkspaceId,
        since: Option<Timestamp>,
        reached: Option<Reach>,
    ) -> Stored<StateCounts>;
    /// One invitation.
    async fn invitation(&self, workspace: WorkspaceId, id: InvitationId) -> Stored<Option<Invitation>>;
    /// Its steps, oldest first.
    async fn steps(&self, workspace: WorkspaceId, id: InvitationId) -> Stored<Vec<Step>>;
    /// Sends the same link again.
    async fn resend(&self, workspace: WorkspaceId, id: InvitationId, now: Timestamp) -> Stored<()>;
    /// Makes the next generation's link and sends it; the older link ends.
    async fn renew(
        &self,
        workspace: WorkspaceId,
        id: InvitationId,
        generation: u32,
        token: TokenHash,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Stored<()>;
    /// Ends it.
    async fn revoke(&self, workspace: WorkspaceId, id: InvitationId, now: Timestamp) -> Stored<()>;
    /// Lets it work for longer; refused where that would end it earlier.
    async fn extend(
        &self,
        workspace: WorkspaceId,
        id: InvitationId,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Stored<()>;
    /// The page was looked at: a hint only, which changes nothing but the state `queued`/`sent` to `opened`.
    async fn opened(
        &self,
        workspace: WorkspaceId,
        id: InvitationId,
        platform: Option<Platform>,
        now: Timestamp,
    ) -> Stored<()>;
    /// A device began to connect: the state becomes `enrolling`.
    async fn enrolling(&self, workspace: WorkspaceId, id: InvitationId, now: Timestamp) -> Stored<()>;
    /// The person asks for a new link.
    async fn request_link(&self, workspace: WorkspaceId, id: InvitationId, now: Timestamp) -> Stored<()>;
    /// Marks those whose time is over; answers how many.
    async fn expire(&self, now: Timestamp) -> Stored<u64>;
}
