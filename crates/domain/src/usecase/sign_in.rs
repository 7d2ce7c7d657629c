//! Signing in: passwords, sessions and the one-time links that create accounts.

use super::Ports;
use crate::{
    AccountId, EmailAddress, PersonName, SessionId, Timestamp, WorkspaceId,
    account::{Account, Role},
    ports::{NewSession, SessionRow, StoreError, Ticket},
    time::{DAY, MINUTE},
};
use sha2::{Digest, Sha256};

/// A session ends when it was not used for so long.
pub const IDLE: i64 = 12 * 60 * MINUTE;
/// A session ends so long after it began.
pub const ABSOLUTE: i64 = 14 * DAY;
/// A one-time link works for so long.
pub const TICKET: i64 = DAY;
/// The shortest password.
pub const SHORTEST_PASSWORD: usize = 10;

/// A random secret as it stands in a cookie or link: 256 bits, base64url. Only its hash is kept.
#[derive(Clone)]
pub struct Secret(pub String);

impl Secret {
    /// A new one.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        let mut bytes = [0; 32];
        ports.secrets.fill(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// What the database knows of it.
    #[must_use]
    pub fn hash(text: &str) -> [u8; 32] {
        Sha256::digest(text.as_bytes()).into()
    }
}

/// The browser that signs in.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// What it calls itself.
    pub agent: String,
    /// The address that it comes from.
    pub address: String,
}

/// What became of an attempt to sign in.
pub enum SignedIn {
    /// A session began.
    Yes(Secret),
    /// Unknown name or wrong password.
    No,
    /// It is the right password, of an account that is in no workspace any more.
    Nowhere,
}

/// Why a one-time link or a password was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// The link was used, has expired or never was.
    #[error("this link was used already or has expired")]
    Link,
    /// The password is too short or too long.
    #[error("a password has at least 10 characters and at most 200")]
    Password,
    /// The password is set, and the account is in no workspace.
    #[error("this account is in no workspace any more")]
    Nowhere,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether this is the account's password. An unknown name takes as long (ABUSE A33).
///
/// # Errors
/// When the store fails.
pub async fn proven(ports: &Ports, email: &str, password: &str) -> Result<Option<Account>, StoreError> {
    let found = match email.parse::<EmailAddress>() {
        Ok(email) => ports.store.account_by_email(&email).await?,
        Err(_) => None,
    };
    let hash = found.as_ref().and_then(|(_, hash)| hash.as_deref());
    let right = password.len() <= 200 && ports.passwords.verify(password, hash).await;
    Ok(found.filter(|_| right).map(|(account, _)| account))
}

/// Signs in. An unknown name and a wrong password are the same, and take the same time (A33).
///
/// # Errors
/// When the store fails.
pub async fn sign_in(
    ports: &Ports,
    email: &str,
    password: &str,
    browser: &Browser,
) -> Result<SignedIn, StoreError> {
    let Some(account) = proven(ports, email, password).await? else { return Ok(SignedIn::No) };
    match begin(ports, account.id, None, browser).await {
        Ok(secret) => Ok(SignedIn::Yes(secret)),
        Err(StoreError::NotFound) => Ok(SignedIn::Nowhere),
        Err(error) => Err(error),
    }
}

/// Begins a session, in this workspace or the account's first.
///
/// # Errors
/// [`StoreError::NotFound`] if the account is in no workspace, or not in this one.
pub async fn begin(
    ports: &Ports,
    account: AccountId,
    workspace: Option<WorkspaceId>,
    browser: &Browser,
) -> Result<Secret, StoreError> {
    let secret = Secret::new(ports);
    let now = ports.clock.now();
    let session = NewSession {
        id: SessionId::new(now, &*ports.secrets),
        account,
        workspace,
        agent: browser.agent.clone(),
        address: browser.address.clone(),
        now,
        expires_at: now.plus(ABSOLUTE),
    };
    ports.store.add_session(Secret::hash(&secret.0), session).await?;
    Ok(secret)
}

/// The live session of a cookie. Its use is remembered at most once a minute.
///
/// # Errors
/// When the store fails.
pub async fn session(ports: &Ports, cookie: &str) -> Result<Option<SessionRow>, StoreError> {
    let now = ports.clock.now();
    let hash = Secret::hash(cookie);
    let session = ports.store.session(hash, now, now.plus(-IDLE)).await?;
    if let Some(row) = &session
        && now.since(row.last_used) > MINUTE
    {
        ports.store.touch_session(hash, now).await?;
    }
    Ok(session)
}

/// A one-time link to create the owner's account, while there is no owner.
///
/// # Errors
/// When the store fails.
pub async fn owner_link(ports: &Ports) -> Result<Option<Secret>, StoreError> {
    if ports.store.has_owner().await? {
        return Ok(None);
    }
    ticket(ports, &Ticket::Owner).await.map(Some)
}

/// A one-time link for `ticket`.
///
/// # Errors
/// When the store fails.
pub async fn ticket(ports: &Ports, ticket: &Ticket) -> Result<Secret, StoreError> {
    let secret = Secret::new(ports);
    let expires = ports.clock.now().plus(TICKET);
    ports.store.add_ticket(Secret::hash(&secret.0), ticket, expires).await?;
    Ok(secret)
}

/// Adds an account that sets its password by a one-time link, which is answered.
///
/// # Errors
/// [`StoreError::Exists`] when the address is taken.
pub async fn add_account(
    ports: &Ports,
    workspace: WorkspaceId,
    email: EmailAddress,
    name: PersonName,
    role: Role,
) -> Result<Secret, StoreError> {
    let now = ports.clock.now();
    let account = Account { id: AccountId::new(now, &*ports.secrets), email, name, language: None };
    ports.store.add_account(workspace, &account, role, None, now).await?;
    ticket(ports, &Ticket::Password(account.id)).await
}

pub(super) fn acceptable(password: &str) -> Result<(), SetupError> {
    let length = password.chars().count();
    if length < SHORTEST_PASSWORD || password.len() > 200 { Err(SetupError::Password) } else { Ok(()) }
}

/// Creates the owner's account by the one-time link and signs in. Refused as soon as there is an account (A34).
///
/// # Errors
/// [`SetupError`]; the link stays usable unless it was the link's fault.
pub async fn create_owner(
    ports: &Ports,
    link: &str,
    workspace: WorkspaceId,
    email: EmailAddress,
    name: PersonName,
    password: &str,
    browser: &Browser,
) -> Result<Secret, SetupError> {
    acceptable(password)?;
    let now = ports.clock.now();
    let account = Account { id: AccountId::new(now, &*ports.secrets), email, name, language: None };
    if ports.store.ticket(Secret::hash(link), now).await? != Some(Ticket::Owner) {
        return Err(SetupError::Link);
    }
    let hash = ports.passwords.hash(password).await;
    match ports.store.create_owner(Secret::hash(link), workspace, &account, &hash, now).await {
        Err(StoreError::State | StoreError::NotFound) => Err(SetupError::Link),
        other => {
            other?;
            Ok(begin(ports, account.id, None, browser).await?)
        }
    }
}

/// Sets a password by a one-time link and signs in; all older sessions of the account end.
///
/// # Errors
/// [`SetupError`]; the link stays usable when only the password was refused.
pub async fn set_password(
    ports: &Ports,
    link: &str,
    password: &str,
    browser: &Browser,
) -> Result<Secret, SetupError> {
    acceptable(password)?;
    let now: Timestamp = ports.clock.now();
    let hash = ports.passwords.hash(password).await;
    match ports.store.take_ticket(Secret::hash(link), now).await? {
        Some(Ticket::Password(account)) => {
            ports.store.set_password(account, &hash, now).await?;
            match begin(ports, account, None, browser).await {
                Err(StoreError::NotFound) => Err(SetupError::Nowhere),
                begun => Ok(begun?),
            }
        }
        _ => Err(SetupError::Link),
    }
}
