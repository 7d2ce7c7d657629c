//! The Store port: everything that is kept, one trait for each subject.
//!
//! Every method but those of [`Lookups`] names the workspace first (DESIGN, rule 8).

use crate::{
    AccountId, BatchId, DeviceId, EmailAddress, InvitationId, JobId, Language, PersonName, Timestamp, UserId,
    WorkspaceId,
    account::{Account, Role, Who},
    device::{Device, Facts, Platform, Silence},
    invitation::{Invitation, Refusal, Step},
    pace::Through,
    query::{DeviceQuery, InvitationQuery, Page, Selection, UserQuery},
    settings::Settings,
    token::TokenHash,
    user::{UserDetails, UserRow},
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// Why the store did not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It is not there, or not in this workspace: the two look the same from outside.
    #[error("not found")]
    NotFound,
    /// Something of that name or address is there already.
    #[error("already exists")]
    Exists,
    /// It is not in a state for that.
    #[error("not possible in its present state")]
    State,
    /// The database failed; the text is for the log alone.
    #[error("database: {0}")]
    Failed(String),
}

/// What a store method answers.
pub type Stored<T> = Result<T, StoreError>;

/// What changed, for live pages: just the subject; pages fetch again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Topic {
    /// Users and groups.
    Users,
    /// Invitations and sends.
    Invitations,
    /// Devices.
    Devices,
    /// Settings.
    Settings,
    /// Sessions, roles: streams check whether they may go on.
    Accounts,
    /// New jobs.
    Jobs,
}

impl Topic {
    /// All topics.
    pub const ALL: [Self; 6] =
        [Self::Users, Self::Invitations, Self::Devices, Self::Settings, Self::Accounts, Self::Jobs];

    /// The name in the database and in events.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Invitations => "invitations",
            Self::Devices => "devices",
            Self::Settings => "settings",
            Self::Accounts => "accounts",
            Self::Jobs => "jobs",
        }
    }

    /// The topic of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.name() == name)
    }
}

/// Something changed in a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Ever greater.
    pub seq: i64,
    /// Where.
    pub workspace: WorkspaceId,
    /// What.
    pub topic: Topic,
}

/// The counts beside the navigation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// People.
    pub users: u64,
    /// Connected devices.
    pub devices: u64,
    /// Messages that failed and were not tried again.
    pub failed: u64,
}

/// A group and how many are in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRow {
    /// Its name.
    pub name: String,
    /// Members.
    pub users: u64,
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// New users.
    pub added: u64,
    /// Users with that address who were there already and now have these details.
    pub updated: u64,
}

/// Workspaces, settings, events.
#[async_trait]
pub trait WorkspaceStore {
    /// The workspace of this installation, made at the first call.
    async fn first_workspace(&self, id: WorkspaceId, now: Timestamp) -> Stored<WorkspaceId>;
    /// Adds a workspace.
    async fn add_workspace(&self, id: WorkspaceId, now: Timestamp) -> Stored<()>;
    /// All workspaces.
    async fn workspaces(&self) -> Stored<Vec<WorkspaceId>>;
    /// The settings.
    async fn settings(&self, workspace: WorkspaceId) -> Stored<Settings>;
    /// Writes the settings.
    async fn set_settings(&self, workspace: WorkspaceId, settings: &Settings) -> Stored<()>;
    /// A sealed secret of the workspace, such as `smtp.password`.
    async fn sealed(&self, workspace: WorkspaceId, name: &str) -> Stored<Option<Vec<u8>>>;
    /// Writes or removes a sealed secret.
    async fn set_sealed(&self, workspace: WorkspaceId, name: &str, value: Option<Vec<u8>>) -> Stored<()>;
    /// The counts beside the navigation.
    async fn counts(&self, workspace: WorkspaceId) -> Stored<Counts>;
    /// Changes with a number greater than `seq`, oldest first.
    async fn changes_since(&self, seq: i64) -> Stored<Vec<Change>>;
    /// The number of the newest change.
    async fn last_change(&self) -> Stored<i64>;
}

/// People and groups.
#[async_trait]
pub trait UserStore {
    /// A page of users.
    async fn users(&self, workspace: WorkspaceId, query: &UserQuery) -> Stored<Page<UserRow>>;
    /// One user.
    async fn user(&self, workspace: WorkspaceId, id: UserId) -> Stored<Option<UserRow>>;
    /// The user with this address.
    async fn user_by_email(&self, workspace: WorkspaceId, email: &EmailAddress) -> Stored<Option<UserId>>;
    /// Adds a user; [`StoreError::Exists`] if the address is taken.
    async fn add_user(
        &self,
        workspace: WorkspaceId,
        id: UserId,
        details: &UserDetails,
        now: Timestamp,
    ) -> Stored<()>;
    /// Changes a user.
    async fn update_user(&self, workspace: WorkspaceId, id: UserId, details: &UserDetails) -> Stored<()>;
    /// Deletes a user with devices and invitations; their links end.
    async fn delete_user(&self, workspace: WorkspaceId, id: UserId) -> Stored<()>;
    /// Adds or updates many by address, all or none.
    async fn import_users(
        &self,
        workspace: WorkspaceId,
        users: Vec<(UserId, UserDetails)>,
        now: Timestamp,
    ) -> Stored<Imported>;
    /// All groups.
    async fn groups(&self, workspace: WorkspaceId) -> Stored<Vec<GroupRow>>;
}

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
    /// When all that waits will be through, where there is a limit; worked out by `usecase::outbox`.
    pub through: Option<Through>,
}

/// What waits in a workspace's outbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Messages.
    pub messages: u64,
    /// Why the newest of those that were tried waits.
    pub reason: Option<String>,
}

/// A device that claims an invitation.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The hash of the link's token.
    pub token: TokenHash,
    /// The id of the device if it is new.
    pub device: DeviceId,
    /// The hardware id that the link is bound to from now on.
    pub hardware_id: String,
    /// Uncompressed P-256 point of its key.
    pub public_key: Vec<u8>,
    /// What runs on it.
    pub platform: Platform,
    /// What it tells.
    pub facts: Facts,
    /// The nonce of the claim's signature, so that it cannot be repeated.
    pub nonce: String,
    /// When.
    pub now: Timestamp,
}

/// What became of a claim.
#[derive(Clone, Debug, PartialEq)]
pub enum Claimed {
    /// The device is connected.
    Connected {
        /// Its workspace.
        workspace: WorkspaceId,
        /// Its id: the former one if this hardware was connected by this link before.
        device: DeviceId,
        /// The owner's name.
        owner: String,
    },
    /// It is not.
    Refused(Refusal),
    /// The signature's nonce was seen before.
    Replayed,
}

/// Invitations and their messages.
#[async_trait]
pub trait InvitationStore {
    /// Whom a selection means, in the order of names; at most `limit`.
    async fn recipients(
        &self,
        workspace: WorkspaceId,
        selection: &Selection,
        limit: u32,
    ) -> Stored<Vec<Recipient>>;
    /// Who of a selection has no address, in the order of names; at most `limit`.
    async fn without_address(
        &self,
        workspace: WorkspaceId,
        selection: &Selection,
        limit: u32,
    ) -> Stored<Vec<Recipient>>;
    /// How many a selection means, and how many of them have an address.
    async fn count_recipients(&self, workspace: WorkspaceId, selection: &Selection) -> Stored<(u64, u64)>;
    /// Writes a batch with its invitations and jobs in one transaction.
    async fn queue_batch(&self, workspace: WorkspaceId, batch: NewBatch, now: Timestamp) -> Stored<()>;
    /// Takes a batch back while nothing of it was sent; [`StoreError::State`] afterwards.
    async fn undo_batch(&self, workspace: WorkspaceId, id: BatchId, now: Timestamp) -> Stored<()>;
    /// How far a batch came.
    async fn progress(&self, workspace: WorkspaceId, id: BatchId) -> Stored<Progress>;
    /// A page of invitations, the newest first.
    async fn invitations(&self, workspace: WorkspaceId, query: &InvitationQuery) -> Stored<Page<Invitation>>;
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
    /// Moves the end of its life.
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
    /// The person asks for a new link.
    async fn request_link(&self, workspace: WorkspaceId, id: InvitationId, now: Timestamp) -> Stored<()>;
    /// Marks those whose time is over; answers how many.
    async fn expire(&self, now: Timestamp) -> Stored<u64>;
}

/// Devices.
#[async_trait]
pub trait DeviceStore {
    /// A page of devices.
    async fn devices(&self, workspace: WorkspaceId, query: &DeviceQuery) -> Stored<Page<Device>>;
    /// One device.
    async fn device(&self, workspace: WorkspaceId, id: DeviceId) -> Stored<Option<Device>>;
    /// Binds an invitation to a device in one atomic statement (DESIGN, rule 3).
    async fn claim(&self, claim: Claim) -> Stored<Claimed>;
    /// Heard of it: remembers the nonce, the time and the facts. `false` if the nonce was seen before.
    async fn check_in(
        &self,
        workspace: WorkspaceId,
        id: DeviceId,
        nonce: &str,
        facts: Option<&Facts>,
        now: Timestamp,
    ) -> Stored<bool>;
    /// It says good-bye. `false` if the nonce was seen before.
    async fn leave(&self, workspace: WorkspaceId, id: DeviceId, nonce: &str, now: Timestamp) -> Stored<bool>;
    /// Gives it another name.
    async fn rename_device(&self, workspace: WorkspaceId, id: DeviceId, name: &PersonName) -> Stored<()>;
    /// Gives it to another user.
    async fn move_device(&self, workspace: WorkspaceId, id: DeviceId, owner: UserId) -> Stored<()>;
    /// Deletes it; its link is revoked.
    async fn delete_device(&self, workspace: WorkspaceId, id: DeviceId, now: Timestamp) -> Stored<()>;
    /// Works out statuses that time has changed; answers how many changed.
    async fn refresh_statuses(&self, workspace: WorkspaceId, silence: Silence, now: Timestamp)
    -> Stored<u64>;
}

/// A live session.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// Who it is.
    pub who: Who,
    /// When it was last used.
    pub last_used: Timestamp,
}

/// What a one-time link allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ticket {
    /// To create the owner's account.
    Owner,
    /// To set the password of this account.
    Password(AccountId),
}

/// Accounts and sessions. Session and ticket secrets are known by their SHA-256 alone.
#[async_trait]
pub trait AccountStore {
    /// Whether there is any account.
    async fn has_account(&self) -> Stored<bool>;
    /// The account and password hash for an address.
    async fn account_by_email(&self, email: &EmailAddress) -> Stored<Option<(Account, Option<String>)>>;
    /// Adds an account with a role; [`StoreError::Exists`] if the address is taken.
    async fn add_account(
        &self,
        workspace: WorkspaceId,
        account: &Account,
        role: Role,
        password: Option<&str>,
        now: Timestamp,
    ) -> Stored<()>;
    /// Sets the password and ends all sessions of the account.
    async fn set_password(&self, account: AccountId, password: &str, now: Timestamp) -> Stored<()>;
    /// Sets the language of the console.
    async fn set_language(&self, account: AccountId, language: Language) -> Stored<()>;
    /// Keeps a one-time link; an older one for the same purpose ends.
    async fn add_ticket(&self, secret: [u8; 32], ticket: &Ticket, expires_at: Timestamp) -> Stored<()>;
    /// What a one-time link allows, without using it up.
    async fn ticket(&self, secret: [u8; 32], now: Timestamp) -> Stored<Option<Ticket>>;
    /// Uses a one-time link up; `None` if that happened already.
    async fn take_ticket(&self, secret: [u8; 32], now: Timestamp) -> Stored<Option<Ticket>>;
    /// Creates the owner's account while there is none, in one transaction with its ticket.
    async fn create_owner(
        &self,
        secret: [u8; 32],
        workspace: WorkspaceId,
        account: &Account,
        password: &str,
        now: Timestamp,
    ) -> Stored<()>;
    /// Begins a session in the account's first workspace.
    async fn add_session(
        &self,
        secret: [u8; 32],
        account: AccountId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Stored<()>;
    /// The session, if it is alive; `idle_after` is the earliest last use that counts.
    async fn session(
        &self,
        secret: [u8; 32],
        now: Timestamp,
        idle_after: Timestamp,
    ) -> Stored<Option<SessionRow>>;
    /// Remembers that it was used.
    async fn touch_session(&self, secret: [u8; 32], now: Timestamp) -> Stored<()>;
    /// Ends a session.
    async fn end_session(&self, secret: [u8; 32]) -> Stored<()>;
    /// Ends all sessions of an account.
    async fn end_sessions(&self, account: AccountId) -> Stored<()>;
}

/// A message to be sent.
#[derive(Clone, Debug)]
pub struct MailJob {
    /// The job.
    pub id: JobId,
    /// The invitation with its user and note.
    pub invitation: Invitation,
    /// How often it was tried before.
    pub attempts: u32,
}

/// The outbox.
#[async_trait]
pub trait JobStore {
    /// Claims up to `limit` mails that are due, for `lease` microseconds, under the worker's name.
    async fn claim_mails(&self, worker: &str, limit: u32, now: Timestamp, lease: i64)
    -> Stored<Vec<MailJob>>;
    /// The message was taken: the state becomes `sent` and the job ends, in one transaction. [`StoreError::State`] if the lease was lost.
    async fn mail_sent(&self, worker: &str, job: &MailJob, now: Timestamp) -> Stored<()>;
    /// Not tried, since a limit is reached: again at `retry_at`; it does not count as an attempt.
    async fn mail_paused(&self, worker: &str, job: &MailJob, reason: &str, retry_at: Timestamp)
    -> Stored<()>;
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

/// The look-ups that find a workspace, and may therefore not name one (DESIGN, rule 8).
#[async_trait]
pub trait Lookups {
    /// The invitation of a link.
    async fn find_invitation(&self, token: TokenHash) -> Stored<Option<Invitation>>;
    /// The workspace and pinned key of a device that has not left.
    async fn find_device_key(&self, id: DeviceId) -> Stored<Option<(WorkspaceId, Vec<u8>)>>;
}

/// Everything that is kept.
pub trait Store:
    WorkspaceStore + UserStore + InvitationStore + DeviceStore + AccountStore + JobStore + Lookups + Send + Sync
{
}

impl<
    T: WorkspaceStore
        + UserStore
        + InvitationStore
        + DeviceStore
        + AccountStore
        + JobStore
        + Lookups
        + Send
        + Sync,
> Store for T
{
}
