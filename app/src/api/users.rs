//! People.

#[cfg(feature = "ssr")]
use crate::services::allowed;
use crate::{AppError, wire::Wire};
use leptos::prelude::*;
use muster_domain::{
    Timestamp, UserId,
    query::{Page, UserQuery},
    user::{UserDetails, UserRow},
};
#[cfg(feature = "ssr")]
use muster_domain::{account::Permission, query::UserFilter};
use serde::{Deserialize, Serialize};

/// A list with the moment it was made, so that server and browser agree on "2 min ago".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listed<T> {
    /// The server's time.
    pub now: Timestamp,
    /// The rows.
    pub page: Page<T>,
}

/// A page of users.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "users_list", prefix = "/api/fn", protocol = Wire)]
pub async fn users_list(
    /// Which rows.
    query: UserQuery,
) -> Result<Listed<UserRow>, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    let query = UserQuery { window: query.window.bounded(), ..query };
    let page = s.ports.store.users(who.workspace, &query).await?;
    Ok(Listed { now: s.ports.clock.now(), page })
}

/// How many people the list's one-click filters find: never invited, invited and not connected, without a device.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "users_presets", prefix = "/api/fn", protocol = Wire)]
pub async fn users_presets() -> Result<Vec<u64>, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    let presets = [UserFilter::never_invited(), UserFilter::not_connected(), UserFilter::without_device()];
    Ok(s.ports.store.count_users(who.workspace, &presets).await?)
}

/// Which of these people are still there: somebody else may have deleted some that are ticked.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "users_still_there", prefix = "/api/fn", protocol = Wire)]
pub async fn users_still_there(
    /// They.
    ids: Vec<UserId>,
) -> Result<Vec<UserId>, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    Ok(s.ports.store.still_there(who.workspace, &ids).await?)
}

/// One user.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "user_get", prefix = "/api/fn", protocol = Wire)]
pub async fn user_get(
    /// Which one.
    id: UserId,
) -> Result<UserRow, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    s.ports.store.user(who.workspace, id).await?.ok_or_else(|| AppError::NotFound.told())
}

/// Adds a user.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "user_add", prefix = "/api/fn", protocol = Wire)]
pub async fn user_add(
    /// What was typed.
    details: UserDetails,
) -> Result<UserId, AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    let now = s.ports.clock.now();
    let id = UserId::new(now, &*s.ports.secrets);
    s.ports.store.add_user(who.workspace, id, &details, now).await?;
    Ok(id)
}

/// Changes a user: what differs from what was shown, so that nobody's change of something else is undone.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "user_edit", prefix = "/api/fn", protocol = Wire)]
pub async fn user_edit(
    /// Which one.
    id: UserId,
    /// What was typed.
    details: UserDetails,
    /// What was shown before; without it, all of the details are written.
    was: Option<UserDetails>,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    Ok(s.ports.store.update_user(who.workspace, id, &details, was.as_ref()).await?)
}

/// Deletes a user with devices and invitations.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "user_delete", prefix = "/api/fn", protocol = Wire)]
pub async fn user_delete(
    /// Which one.
    id: UserId,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    Ok(s.ports.store.delete_user(who.workspace, id).await?)
}
