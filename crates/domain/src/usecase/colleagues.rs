//! Colleagues: invited to a workspace's console by a one-time link for one address, and taken up by just that account.

use super::{
    Ports,
    sign_in::{self, Browser, Secret, SetupError, acceptable},
};
use crate::{
    AccountId, EmailAddress, Language, OfferId, PersonName, SessionId, WorkspaceId,
    account::{Account, Role, Who},
    ports::{Delivery, Joining, NewOffer, Offer, Offered, StoreError},
    time::DAY,
};

/// An invitation's link works for so long.
pub const LIFE: i64 = 7 * DAY;

/// Why a change of a password was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// The present one is another.
    #[error("this is not the present password")]
    Present,
    /// The new one is too short or too long.
    #[error("a password has at least 10 characters and at most 200")]
    New,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whom to invite, and as what.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The address.
    pub email: EmailAddress,
    /// The role.
    pub role: Role,
    /// The language of the mail.
    pub language: Language,
}

/// Invites: the secret of the link, which nothing tells a second time.
///
/// # Errors
/// As [`add_offer`](crate::ports::MemberStore::add_offer).
pub async fn invite(
    ports: &Ports,
    workspace: WorkspaceId,
    by: Option<AccountId>,
    wanted: &Wanted,
    delivery: Delivery,
) -> Result<(OfferId, Secret), StoreError> {
    let (secret, now) = (Secret::new(ports), ports.clock.now());
    let offer = NewOffer {
        id: OfferId::new(now, &*ports.secrets),
        email: wanted.email.clone(),
        role: wanted.role,
        language: wanted.language,
        secret: Secret::hash(&secret.0),
        now,
        expires_at: now.plus(LIFE),
        delivery,
    };
    let id = offer.id;
    ports.store.add_offer(workspace, by, offer).await?;
    Ok((id, secret))
}

/// Gives an invitation a new link for another seven days; the older one ends.
///
/// # Errors
/// As [`renew_offer`](crate::ports::MemberStore::renew_offer).
pub async fn again(
    ports: &Ports,
    workspace: WorkspaceId,
    by: Option<AccountId>,
    id: OfferId,
    delivery: Delivery,
) -> Result<(Offer, Secret), StoreError> {
    let secret = Secret::new(ports);
    let (hash, expires) = (Secret::hash(&secret.0), ports.clock.now().plus(LIFE));
    let offer = ports.store.renew_offer(workspace, by, id, hash, expires, delivery).await?;
    Ok((offer, secret))
}

/// What a link offers; uses nothing up.
///
/// # Errors
/// When the store fails.
pub async fn offered(ports: &Ports, link: &str) -> Result<Option<Offered>, StoreError> {
    ports.store.offered(Secret::hash(link), ports.clock.now()).await
}

/// Takes an invitation up with a new account of its address, and signs in.
///
/// # Errors
/// [`SetupError`]; the link stays usable unless it was the link's fault.
pub async fn join_new(
    ports: &Ports,
    link: &str,
    name: PersonName,
    password: &str,
    browser: &Browser,
) -> Result<Secret, SetupError> {
    acceptable(password)?;
    let Some(offered) = offered(ports, link).await? else { return Err(SetupError::Link) };
    let hash = ports.passwords.hash(password).await;
    let id = AccountId::new(ports.clock.now(), &*ports.secrets);
    let account = Account { id, email: offered.email, name, language: Some(offered.language) };
    join(ports, link, Joining::New(account, hash), browser).await
}

/// Takes an invitation up with an account that has proven who it is, and signs in. One of another address is refused
/// (ABUSE A27).
///
/// # Errors
/// [`SetupError`].
pub async fn join_known(
    ports: &Ports,
    link: &str,
    account: AccountId,
    browser: &Browser,
) -> Result<Secret, SetupError> {
    join(ports, link, Joining::Known(account), browser).await
}

async fn join(ports: &Ports, link: &str, who: Joining, browser: &Browser) -> Result<Secret, SetupError> {
    match ports.store.take_offer(Secret::hash(link), who, ports.clock.now()).await {
        Ok((account, workspace)) => Ok(sign_in::begin(ports, account, Some(workspace), browser).await?),
        Err(StoreError::State | StoreError::NotFound | StoreError::Exists) => Err(SetupError::Link),
        Err(error) => Err(error.into()),
    }
}

/// Changes the password of who is signed in, who has to know the present one. All other sessions end (A33).
///
/// # Errors
/// [`PasswordError`].
pub async fn change_password(
    ports: &Ports,
    who: &Who,
    keep: SessionId,
    present: &str,
    new: &str,
) -> Result<(), PasswordError> {
    acceptable(new).map_err(|_| PasswordError::New)?;
    let hash = ports.store.account(who.account.id).await?.and_then(|(_, hash)| hash);
    let right = present.len() <= 200 && ports.passwords.verify(present, hash.as_deref()).await;
    let Some(old) = hash.filter(|_| right) else { return Err(PasswordError::Present) };
    let new = ports.passwords.hash(new).await;
    match ports.store.change_password(who.account.id, keep, &old, &new).await {
        Err(StoreError::State) => Err(PasswordError::Present),
        done => Ok(done?),
    }
}
