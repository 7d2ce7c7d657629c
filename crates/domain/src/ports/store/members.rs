//! Who is in a workspace's console, who is invited to it, and which workspaces an account is in.

use super::Stored;
use crate::{
    AccountId, EmailAddress, Language, OfferId, PersonName, Timestamp, WorkspaceId,
    account::{Account, Role},
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// An account in a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Which one.
    pub account: AccountId,
    /// The person's name.
    pub name: String,
    /// What it signs in with.
    pub email: String,
    /// What it may do here.
    pub role: Role,
    /// When it last began to work here; not told of other workspaces.
    pub signed_in_at: Option<Timestamp>,
}

/// How an invitation got out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Its link was shown to who made it.
    Shown,
    /// A mail is under way. Nothing that stands so for more than a minute is: Muster was stopped in the middle.
    Sending,
    /// The mail server took it.
    Sent,
    /// It did not: the reason.
    Failed(String),
}

/// An account's invitation that is open. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Which one.
    pub id: OfferId,
    /// Whom it is for: it is taken up by the account of exactly this address (ABUSE A27).
    pub email: String,
    /// The role that it gives.
    pub role: Role,
    /// The language of its mail, and of an account that is made by it.
    pub language: Language,
    /// Who made it; none for the command line.
    pub by: Option<String>,
    /// When its link ends.
    pub expires_at: Timestamp,
    /// How it got out.
    pub delivery: Delivery,
}

/// An invitation to be made.
#[derive(Clone, Debug)]
pub struct NewOffer {
    /// Which one.
    pub id: OfferId,
    /// Whom it is for.
    pub email: EmailAddress,
    /// The role that it gives.
    pub role: Role,
    /// The language of its mail.
    pub language: Language,
    /// The SHA-256 of its link's secret.
    pub secret: [u8; 32],
    /// When.
    pub now: Timestamp,
    /// When its link ends.
    pub expires_at: Timestamp,
    /// How it gets out.
    pub delivery: Delivery,
}

/// What a link offers to whoever opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Where.
    pub workspace: WorkspaceId,
    /// The company's name.
    pub name: String,
    /// Whom it is for.
    pub email: EmailAddress,
    /// The role that it gives.
    pub role: Role,
    /// The language of an account that is made by it.
    pub language: Language,
    /// Who made it.
    pub by: Option<String>,
}

/// Who takes an invitation up.
#[derive(Clone, Debug)]
pub enum Joining {
    /// A new account with the hash of its password.
    New(Account, String),
    /// An account that is there, and has proven that it is.
    Known(AccountId),
}

/// A workspace that an account is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Space {
    /// Which one.
    pub workspace: WorkspaceId,
    /// Its name.
    pub name: String,
    /// The account's role there.
    pub role: Role,
    /// It has no other owner: it cannot be left.
    pub only_owner: bool,
}

/// Members, invitations and workspaces of accounts. `by` is who does it, whose role counts as it is in that moment;
/// nobody is the command line.
#[async_trait]
pub trait MemberStore {
    /// The workspace's accounts by name.
    async fn members(&self, workspace: WorkspaceId) -> Stored<Vec<Member>>;
    /// Its open invitations by address.
    async fn offers(&self, workspace: WorkspaceId, now: Timestamp) -> Stored<Vec<Offer>>;
    /// Invites. [`StoreError::Exists`](super::StoreError::Exists) if the address has an account here or is invited already,
    /// [`State`](super::StoreError::State) if `by` may not give that role.
    async fn add_offer(&self, workspace: WorkspaceId, by: Option<AccountId>, offer: NewOffer) -> Stored<()>;
    /// Gives an invitation another link; the older one ends.
    async fn renew_offer(
        &self,
        workspace: WorkspaceId,
        by: Option<AccountId>,
        id: OfferId,
        secret: [u8; 32],
        expires_at: Timestamp,
        delivery: Delivery,
    ) -> Stored<Offer>;
    /// What became of the mail with this link; nothing if the link is another by now.
    async fn offer_delivered(
        &self,
        workspace: WorkspaceId,
        secret: [u8; 32],
        delivery: Delivery,
    ) -> Stored<()>;
    /// Ends an invitation.
    async fn revoke_offer(&self, workspace: WorkspaceId, by: Option<AccountId>, id: OfferId) -> Stored<()>;
    /// What a link offers, without using it up; `None` if it was used, withdrawn or replaced, or its time is over. It names
    /// no workspace, since it finds it.
    async fn offered(&self, secret: [u8; 32], now: Timestamp) -> Stored<Option<Offered>>;
    /// Takes an invitation up, once. [`State`](super::StoreError::State) if it is over or for another address,
    /// [`Exists`](super::StoreError::Exists) if a new account's address has one meanwhile.
    async fn take_offer(
        &self,
        secret: [u8; 32],
        who: Joining,
        now: Timestamp,
    ) -> Stored<(AccountId, WorkspaceId)>;
    /// The workspaces that an account is in, by name.
    async fn spaces(&self, account: AccountId) -> Stored<Vec<Space>>;
    /// Makes a workspace that the account owns. Phones reach it at the address of workspace `like`.
    async fn found_workspace(
        &self,
        id: WorkspaceId,
        like: WorkspaceId,
        owner: AccountId,
        name: &PersonName,
        now: Timestamp,
    ) -> Stored<()>;
}
