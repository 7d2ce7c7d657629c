//! Colleagues: who is in this workspace's console, who is invited, and what each may do.

#[cfg(feature = "ssr")]
use crate::services::{Colleague, Services, allowed};
use crate::{AppError, wire::Wire};
use leptos::prelude::*;
use muster_domain::{
    AccountId, EmailAddress, Language, OfferId, Timestamp,
    account::Role,
    ports::{Delivery, Member, Offer},
};
#[cfg(feature = "ssr")]
use muster_domain::{
    account::{Permission, Who},
    ports::StoreError,
    usecase::{colleagues, sign_in::Secret},
};
use serde::{Deserialize, Serialize};

/// The workspace's accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Those who are in it.
    pub members: Vec<Member>,
    /// Those who are invited.
    pub offers: Vec<Offer>,
    /// Who asks.
    pub me: AccountId,
    /// Whether invitations can be sent by mail.
    pub mails: bool,
    /// When this was so.
    pub now: Timestamp,
}

/// An invitation that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// Its link, where it is to be handed over: it is shown this once.
    pub link: Option<String>,
    /// How it got out.
    pub delivery: Delivery,
}

/// The accounts of the workspace, and its open invitations. No link is in it.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "accounts_list", prefix = "/api/fn", protocol = Wire)]
pub async fn accounts_list() -> Result<Team, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    let (store, now) = (&s.ports.store, s.ports.clock.now());
    Ok(Team {
        members: store.members(who.workspace).await?,
        offers: store.offers(who.workspace, now).await?,
        me: who.account.id,
        mails: store.settings(who.workspace).await?.smtp.is_some(),
        now,
    })
}

/// Whether who asks may give these roles, and take them: the store looks once more, in the same transaction.
#[cfg(feature = "ssr")]
fn may_give(who: &Who, role: Role) -> Result<(), AppError> {
    if who.role.may_give(role) { Ok(()) } else { Err(AppError::Forbidden.told()) }
}

/// Sends the mail of an invitation, or hands its link over.
#[cfg(feature = "ssr")]
async fn deliver(
    s: &Services,
    who: &Who,
    offer: OfferId,
    secret: Secret,
    mail: bool,
) -> Result<Invited, AppError> {
    let store = &s.ports.store;
    let settings = store.settings(who.workspace).await?;
    let base = settings.public_url.as_deref().unwrap_or(&s.public_url);
    let link = format!("{base}/join/{}", secret.0);
    if !mail {
        return Ok(Invited { link: Some(link), delivery: Delivery::Shown });
    }
    let offers = store.offers(who.workspace, s.ports.clock.now()).await?;
    let offer = offers.into_iter().find(|o| o.id == offer).ok_or_else(|| AppError::NotFound.told())?;
    let sent = s.letters.invite(&settings, &Colleague { workspace: who.workspace, offer, link }).await?;
    let delivery = match sent {
        Ok(()) => Delivery::Sent,
        Err(error) => Delivery::Failed(error.to_string()),
    };
    store.offer_delivered(who.workspace, Secret::hash(&secret.0), delivery.clone()).await?;
    Ok(Invited { link: None, delivery })
}

/// How an invitation is to get out: by mail only where there is a mail server.
#[cfg(feature = "ssr")]
async fn way(s: &Services, who: &Who, mail: bool) -> Result<Delivery, AppError> {
    let mail = mail && s.ports.store.settings(who.workspace).await?.smtp.is_some();
    Ok(if mail { Delivery::Sending } else { Delivery::Shown })
}

/// Invites a colleague.
///
/// # Errors
/// [`AppError`]; [`AppError::Conflict`] if the address has an account here or is invited already.
#[server(endpoint = "account_invite", prefix = "/api/fn", protocol = Wire)]
pub async fn account_invite(
    /// Whom.
    email: EmailAddress,
    /// As what.
    role: Role,
    /// The language of the mail.
    language: Language,
    /// By mail, where there is a mail server; else the link is answered.
    mail: bool,
) -> Result<Invited, AppError> {
    let (s, who) = allowed(Permission::Accounts)?;
    may_give(&who, role)?;
    let delivery = way(&s, &who, mail).await?;
    let wanted = colleagues::Wanted { email, role, language };
    let by = Some(who.account.id);
    let (id, secret) = colleagues::invite(&s.ports, who.workspace, by, &wanted, delivery.clone()).await?;
    deliver(&s, &who, id, secret, delivery == Delivery::Sending).await
}

/// A new link for an invitation, by mail or to be handed over; the older one ends.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "account_invite_again", prefix = "/api/fn", protocol = Wire)]
pub async fn account_invite_again(
    /// Which one.
    id: OfferId,
    /// By mail, where there is a mail server; else the link is answered.
    mail: bool,
) -> Result<Invited, AppError> {
    let (s, who) = allowed(Permission::Accounts)?;
    let delivery = way(&s, &who, mail).await?;
    let by = Some(who.account.id);
    let (offer, secret) =
        refused(colleagues::again(&s.ports, who.workspace, by, id, delivery.clone()).await)?;
    deliver(&s, &who, offer.id, secret, delivery == Delivery::Sending).await
}

/// What the store refuses here is a role that who asks may not give.
#[cfg(feature = "ssr")]
fn refused<T>(done: Result<T, StoreError>) -> Result<T, AppError> {
    done.map_err(|error| match error {
        StoreError::State => AppError::Forbidden.told(),
        error => error.into(),
    })
}

/// Ends an invitation.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "account_invite_revoke", prefix = "/api/fn", protocol = Wire)]
pub async fn account_invite_revoke(
    /// Which one.
    id: OfferId,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Accounts)?;
    refused(s.ports.store.revoke_offer(who.workspace, Some(who.account.id), id).await)
}

/// Gives an account another role here; it is signed out here, and signs in with the new one.
///
/// # Errors
/// [`AppError`]; [`AppError::Conflict`] for the last owner.
#[server(endpoint = "account_role", prefix = "/api/fn", protocol = Wire)]
pub async fn account_role(
    /// Which one.
    account: AccountId,
    /// Its new role.
    role: Role,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Accounts)?;
    may_give(&who, role)?;
    may_change(&s, &who, account).await?;
    Ok(s.ports.store.set_role(who.workspace, Some(who.account.id), account, role).await?)
}

/// Whether who asks may change the role that an account has.
#[cfg(feature = "ssr")]
async fn may_change(s: &Services, who: &Who, account: AccountId) -> Result<(), AppError> {
    let members = s.ports.store.members(who.workspace).await?;
    let member = members.into_iter().find(|m| m.account == account);
    may_give(who, member.ok_or_else(|| AppError::NotFound.told())?.role)
}

/// Takes an account out of the workspace; it is signed out here at once.
///
/// # Errors
/// [`AppError`]; [`AppError::Conflict`] for the last owner.
#[server(endpoint = "account_remove", prefix = "/api/fn", protocol = Wire)]
pub async fn account_remove(
    /// Which one.
    account: AccountId,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Accounts)?;
    may_change(&s, &who, account).await?;
    Ok(s.ports.store.remove_member(who.workspace, Some(who.account.id), account).await?)
}
