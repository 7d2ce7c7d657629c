//! What the command palette finds as one types: groups, people, devices and messages of the workspace.

#[cfg(feature = "ssr")]
use crate::services::allowed;
use crate::{AppError, wire::Wire};
use leptos::prelude::*;
use muster_domain::invitation::State;
#[cfg(feature = "ssr")]
use muster_domain::{
    account::Permission,
    query::{DeviceQuery, GroupQuery, InvitationQuery, UserFilter, UserQuery, Window},
};
use serde::{Deserialize, Serialize};

/// Of each kind so many at most.
#[cfg(feature = "ssr")]
const MOST: u32 = 5;
/// What is typed is read so far, in characters.
#[cfg(feature = "ssr")]
const READ: usize = 120;

/// What a hit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Somebody whose devices are managed.
    Person,
    /// A device.
    Device,
    /// A message.
    Message,
    /// A group; its id is its name.
    Group,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// What it is.
    pub kind: Kind,
    /// Its id; its window is at the list's path and this.
    pub id: String,
    /// Its name, or its person's.
    pub name: String,
    /// What tells it from another of that name: the address, the owner.
    pub more: String,
    /// How far a message came.
    pub state: Option<State>,
}

/// What is found by a few words.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "find", prefix = "/api/fn", protocol = Wire)]
pub async fn find(
    /// What was typed.
    text: String,
) -> Result<Vec<Hit>, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    let search: String = text.trim().chars().take(READ).collect();
    if search.is_empty() {
        return Ok(Vec::new());
    }
    let window = Window { page: 1, size: MOST };
    let filter = UserFilter { search: search.clone(), ..UserFilter::default() };
    let people = UserQuery { filter, window, ..UserQuery::default() };
    let devices = DeviceQuery { search: search.clone(), window, ..DeviceQuery::default() };
    let groups = GroupQuery { search: search.clone(), window, ..GroupQuery::default() };
    let messages = InvitationQuery { search, window, ..InvitationQuery::default() };
    let (store, here) = (&s.ports.store, who.workspace);
    let (people, devices, messages, groups) = futures::try_join!(
        store.users(here, &people),
        store.devices(here, &devices),
        store.invitations(here, &messages),
        store.group_page(here, &groups)
    )?;
    let hit = |kind, id, name, more: Option<String>, state| Hit {
        kind,
        id,
        name,
        more: more.unwrap_or_default(),
        state,
    };
    let people = people.rows.into_iter().map(|u| hit(Kind::Person, u.id.to_string(), u.name, u.email, None));
    let devices = devices.rows.into_iter();
    let devices = devices.map(|d| hit(Kind::Device, d.id.to_string(), d.name, Some(d.owner_name), None));
    let messages = messages.rows.into_iter();
    let messages =
        messages.map(|i| hit(Kind::Message, i.id.to_string(), i.user_name, i.email, Some(i.state)));
    let groups = groups.rows.into_iter().map(|g| hit(Kind::Group, g.name.clone(), g.name, None, None));
    Ok(groups.chain(people).chain(devices).chain(messages).collect())
}
