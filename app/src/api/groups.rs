//! Groups of people.

#[cfg(feature = "ssr")]
use crate::services::allowed;
use crate::{AppError, wire::Wire};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use muster_domain::account::Permission;
use muster_domain::{
    PersonName,
    ports::GroupRow,
    query::{GroupQuery, Page, Selection},
};

/// All groups by name.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "groups_list", prefix = "/api/fn", protocol = Wire)]
pub async fn groups_list() -> Result<Vec<GroupRow>, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    Ok(s.ports.store.groups(who.workspace).await?)
}

/// Which of these names are no group's.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "groups_missing", prefix = "/api/fn", protocol = Wire)]
pub async fn groups_missing(
    /// The names; any case.
    names: Vec<String>,
) -> Result<Vec<String>, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    let there: std::collections::HashSet<_> = s
        .ports
        .store
        .groups(who.workspace)
        .await?
        .into_iter()
        .map(|group| group.name.to_lowercase())
        .collect();
    Ok(names.into_iter().filter(|name| !there.contains(&name.to_lowercase())).collect())
}

/// A page of groups.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "groups_page", prefix = "/api/fn", protocol = Wire)]
pub async fn groups_page(
    /// Which rows.
    query: GroupQuery,
) -> Result<Page<GroupRow>, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    let query = GroupQuery { window: query.window.bounded(), ..query };
    Ok(s.ports.store.group_page(who.workspace, &query).await?)
}

/// Adds a group without members.
///
/// # Errors
/// [`AppError`]; [`AppError::Conflict`] if there is one of that name.
#[server(endpoint = "group_add", prefix = "/api/fn", protocol = Wire)]
pub async fn group_add(
    /// Its name.
    name: PersonName,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    Ok(s.ports.store.add_group(who.workspace, &name).await?)
}

/// Gives a group another name.
///
/// # Errors
/// [`AppError`]; [`AppError::Conflict`] if another has that name.
#[server(endpoint = "group_rename", prefix = "/api/fn", protocol = Wire)]
pub async fn group_rename(
    /// Which one.
    name: String,
    /// Its new name.
    to: PersonName,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    Ok(s.ports.store.rename_group(who.workspace, &name, &to).await?)
}

/// Deletes a group. Its members stay.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "group_delete", prefix = "/api/fn", protocol = Wire)]
pub async fn group_delete(
    /// Which one.
    name: String,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    Ok(s.ports.store.delete_group(who.workspace, &name).await?)
}

/// Puts people into a group, which is made if it is not there; how many were not in it before.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "group_join", prefix = "/api/fn", protocol = Wire)]
pub async fn group_join(
    /// Which one.
    group: PersonName,
    /// Whom.
    selection: Selection,
) -> Result<u64, AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    Ok(s.ports.store.join_group(who.workspace, &group, &selection).await?)
}

/// Takes people out of a group, which stays; how many were in it.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "group_leave", prefix = "/api/fn", protocol = Wire)]
pub async fn group_leave(
    /// Which one.
    group: String,
    /// Whom.
    selection: Selection,
) -> Result<u64, AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    Ok(s.ports.store.leave_group(who.workspace, &group, &selection).await?)
}
