//! Signing in: passwords, sessions and the one-time links that create accounts.

use super::Ports;
use crate::{
    AccountId, EmailAddress, PersonName, Timestamp, WorkspaceId,
    account::{Account, Role},
    ports::{SessionRow, StoreError, Ticket},
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

/// Why a one-time link or a password was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// The link was used, has expired or never was.
    #[error("this link was used already or has expired")]
    Link,
    /// The password is too short or too long.
    #[error("a password has at least 10 characters and at most 200")]
    Password,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Signs in: a new session's secret, or `None` for an unknown name or wrong password (the same time for both, A33).
///
/// # Errors
/// When the store fails.
pub async fn sign_in(ports: &Ports, email: &str, password: &str) -> Result<Option<Secret>, StoreError> {
    let found = match email.parse::<EmailAddress>() {
        Ok(email) => ports.store.account_by_email(&email).await?,
        Err(_) => None,
    };
    let hash = found.as_ref().and_then(|(_, hash)| hash.as_deref());
    let right = password.len() <= 200 && ports.passwords.verify(password, hash).await;
    match found {
        Some((account, _)) if right => begin(ports, account.id).await.map(Some),
        _ => Ok(None),
    }
}

async fn begin(ports: &Ports, account: AccountId) -> Result<Secret, StoreError> {
    let secret = Secret::new(ports);
    let now = ports.clock.now();
    ports.store.add_session(Secret::hash(&secret.0), account, now, now.plus(ABSOLUTE)).await?;
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

fn acceptable(password: &str) -> Result<(), SetupError> {
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
            Ok(begin(ports, account.id).await?)
        }
    }
}

/// Sets a password by a one-time link and signs in; all older sessions of the account end.
///
/// # Errors
/// [`SetupError`]; the link stays usable when only the password was refused.
pub async fn set_password(ports: &Ports, link: &str, password: &str) -> Result<Secret, SetupError> {
    acceptable(password)?;
    let now: Timestamp = ports.clock.now();
    let hash = ports.passwords.hash(password).await;
    match ports.store.take_ticket(Secret::hash(link), now).await? {
        Some(Ticket::Password(account)) => {
            ports.store.set_password(account, &hash, now).await?;
            Ok(begin(ports, account).await?)
        }
        _ => Err(SetupError::Link),
    }
}
