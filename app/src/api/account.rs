//! One's own account: name, password, sessions, workspaces.

#[cfg(feature = "ssr")]
use crate::error::Invalid;
#[cfg(feature = "ssr")]
use crate::services::{Visit, allowed};
use crate::{AppError, wire::Wire};
use leptos::prelude::*;
use muster_domain::{PersonName, SessionId, Timestamp, WorkspaceId, ports::Space};
#[cfg(feature = "ssr")]
use muster_domain::{
    account::Permission,
    browser,
    usecase::{
        colleagues::{self, PasswordError},
        sign_in::IDLE,
    },
};
use serde::{Deserialize, Serialize};

/// A browser that is signed in with one's account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Which one.
    pub id: SessionId,
    /// Its name and its system's, in words; none if neither is known.
    pub browser: Option<String>,
    /// The address that it came from; empty if it is not known.
    pub address: String,
    /// When it signed in.
    pub began_at: Timestamp,
    /// When it was last used.
    pub last_used: Timestamp,
    /// It is the one that asks.
    pub this: bool,
}

/// One's own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mine {
    /// The name.
    pub name: String,
    /// What it signs in with.
    pub email: String,
    /// The workspace that the page shows.
    pub workspace: WorkspaceId,
    /// All workspaces.
    pub spaces: Vec<Space>,
    /// All sessions, this one first.
    pub sessions: Vec<Seen>,
    /// When this was so.
    pub now: Timestamp,
}

/// The session that asks.
#[cfg(feature = "ssr")]
fn session() -> Result<SessionId, AppError> {
    use_context::<Visit>().and_then(|v| v.session).ok_or_else(|| AppError::SignedOut.told())
}

/// One's own account.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "account_get", prefix = "/api/fn", protocol = Wire)]
pub async fn account_get() -> Result<Mine, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    let (store, now, this) = (&s.ports.store, s.ports.clock.now(), session()?);
    let sessions = store.sessions(who.account.id, now, now.plus(-IDLE)).await?.into_iter();
    let seen = sessions.map(|session| Seen {
        id: session.id,
        browser: browser::in_words(&session.agent),
        address: session.address,
        began_at: session.began_at,
        last_used: session.last_used,
        this: session.id == this,
    });
    let mut sessions: Vec<Seen> = seen.collect();
    sessions.sort_by_key(|session| !session.this);
    Ok(Mine {
        name: who.account.name.to_string(),
        email: who.account.email.to_string(),
        workspace: who.workspace,
        spaces: store.spaces(who.account.id).await?,
        sessions,
        now,
    })
}

/// Gives one's own account another name.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "account_rename", prefix = "/api/fn", protocol = Wire)]
pub async fn account_rename(
    /// The name.
    name: PersonName,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Read)?;
    Ok(s.ports.store.rename_account(who.account.id, &name).await?)
}

/// Changes one's own password; all other sessions end.
///
/// # Errors
/// [`AppError`]; [`AppError::Invalid`] if the present password is another, or the new one too short, or after too many
/// attempts.
#[server(endpoint = "account_password", prefix = "/api/fn", protocol = Wire)]
pub async fn account_password(
    /// The present one.
    present: String,
    /// The new one.
    new: String,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Read)?;
    let keep = session()?;
    if !(s.guesses)(who.account.id) {
        return Err(AppError::refused(Invalid::Often, "too many attempts"));
    }
    match colleagues::change_password(&s.ports, &who, keep, &present, &new).await {
        Ok(()) => Ok(()),
        Err(error @ PasswordError::Present) => Err(AppError::refused(Invalid::Password, error)),
        Err(error @ PasswordError::New) => Err(AppError::refused(Invalid::NewPassword, error)),
        Err(PasswordError::Store(error)) => Err(error.into()),
    }
}

/// Ends one of one's own sessions.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "account_session_end", prefix = "/api/fn", protocol = Wire)]
pub async fn account_session_end(
    /// Which one.
    id: SessionId,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Read)?;
    Ok(s.ports.store.end_session_of(who.account.id, id).await?)
}

/// Ends all of one's own sessions but this one; how many.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "account_sessions_end", prefix = "/api/fn", protocol = Wire)]
pub async fn account_sessions_end() -> Result<u64, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    Ok(s.ports.store.end_other_sessions(who.account.id, session()?).await?)
}

/// Leaves one of one's workspaces.
///
/// # Errors
/// [`AppError`]; [`AppError::Conflict`] for the last owner.
#[server(endpoint = "workspace_leave", prefix = "/api/fn", protocol = Wire)]
pub async fn workspace_leave(
    /// Which one.
    workspace: WorkspaceId,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Read)?;
    Ok(s.ports.store.leave_workspace(workspace, who.account.id).await?)
}
