//! Sessions of the console: who is signed in, from where, and which workspace each looks at.

use super::Stored;
use crate::{AccountId, SessionId, Timestamp, WorkspaceId, account::Who};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// Characters that are kept of what a browser calls itself.
pub const AGENT: usize = 300;

/// A live session.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// Which one.
    pub id: SessionId,
    /// Who it is.
    pub who: Who,
    /// When it was last used.
    pub last_used: Timestamp,
}

/// A session that begins.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Which one.
    pub id: SessionId,
    /// Who signed in.
    pub account: AccountId,
    /// Where it begins; the account's first workspace if unset.
    pub workspace: Option<WorkspaceId>,
    /// What the browser calls itself.
    pub agent: String,
    /// The address that it came from.
    pub address: String,
    /// When.
    pub now: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// A session as its account sees it. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionSeen {
    /// Which one.
    pub id: SessionId,
    /// What the browser calls itself; empty if it is not known.
    pub agent: String,
    /// The address that it came from; empty if it is not known.
    pub address: String,
    /// When it began.
    pub began_at: Timestamp,
    /// When it was last used.
    pub last_used: Timestamp,
}

/// Sessions. Their secrets are known by their SHA-256 alone.
#[async_trait]
pub trait SessionStore {
    /// Begins a session; [`StoreError::NotFound`](super::StoreError::NotFound) if the account is in no workspace.
    async fn add_session(&self, secret: [u8; 32], session: NewSession) -> Stored<()>;
    /// The session, if it is alive; `idle_after` is the earliest last use that counts.
    async fn session(
        &self,
        secret: [u8; 32],
        now: Timestamp,
        idle_after: Timestamp,
    ) -> Stored<Option<SessionRow>>;
    /// Remembers that it was used.
    async fn touch_session(&self, secret: [u8; 32], now: Timestamp) -> Stored<()>;
    /// Lets it look at another workspace of its account; [`StoreError::NotFound`](super::StoreError::NotFound) if that is none.
    async fn switch_session(&self, secret: [u8; 32], to: WorkspaceId, now: Timestamp) -> Stored<()>;
    /// The live sessions of an account, the one that was used last first.
    async fn sessions(
        &self,
        account: AccountId,
        now: Timestamp,
        idle_after: Timestamp,
    ) -> Stored<Vec<SessionSeen>>;
    /// Ends a session.
    async fn end_session(&self, secret: [u8; 32]) -> Stored<()>;
    /// Ends one session of an account; [`StoreError::NotFound`](super::StoreError::NotFound) if it has none of that id.
    async fn end_session_of(&self, account: AccountId, id: SessionId) -> Stored<()>;
    /// Ends all sessions of an account but one; how many.
    async fn end_other_sessions(&self, account: AccountId, keep: SessionId) -> Stored<u64>;
    /// Ends all sessions of an account.
    async fn end_sessions(&self, account: AccountId) -> Stored<()>;
}
