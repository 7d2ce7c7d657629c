//! Accounts, sessions and one-time links.

use super::Stored;
use crate::{
    AccountId, EmailAddress, Language, Timestamp, WorkspaceId,
    account::{Account, Role, Who},
};
use async_trait::async_trait;

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
    /// Whether there is an owner.
    async fn has_owner(&self) -> Stored<bool>;
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
