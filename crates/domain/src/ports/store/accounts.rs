//! Accounts and one-time links.

use super::Stored;
use crate::{
    AccountId, EmailAddress, Language, PersonName, SessionId, Timestamp, WorkspaceId,
    account::{Account, Role},
};
use async_trait::async_trait;

/// What a one-time link allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ticket {
    /// To create the owner's account.
    Owner,
    /// To set the password of this account.
    Password(AccountId),
}

/// Accounts. The secrets of tickets are known by their SHA-256 alone.
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
    /// The account of an id, and its password hash.
    async fn account(&self, id: AccountId) -> Stored<Option<(Account, Option<String>)>>;
    /// Sets the password and ends all sessions of the account.
    async fn set_password(&self, account: AccountId, password: &str, now: Timestamp) -> Stored<()>;
    /// Sets the password to a new hash while it is still `old`, and ends all sessions of the account but `keep`, and its
    /// links to set one (ABUSE A33). [`StoreError::State`](super::StoreError::State) if it was changed meanwhile.
    async fn change_password(&self, account: AccountId, keep: SessionId, old: &str, new: &str) -> Stored<()>;
    /// Gives the account another name.
    async fn rename_account(&self, account: AccountId, name: &PersonName) -> Stored<()>;
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
}
