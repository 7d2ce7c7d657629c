//! What the address of a list asks for, as its page reads it: an export has the same rows in the same order. None where it
//! filters by something that is not known.

use crate::{pages, zone::Zone};
use leptos_router::params::ParamsMap;
use muster_domain::kept::KeptQuery;
use muster_domain::query::{AuditQuery, DeviceQuery, GroupQuery, InvitationQuery, UserQuery};

fn map(query: Vec<(String, String)>) -> ParamsMap {
    let mut map = ParamsMap::new();
    for (name, value) in query {
        map.insert(name, value);
    }
    map
}

/// Of `/users`.
#[must_use]
pub fn users(query: Vec<(String, String)>) -> Option<UserQuery> {
    pages::users::asked(&map(query))
}

/// Of `/groups`.
#[must_use]
pub fn groups(query: Vec<(String, String)>) -> GroupQuery {
    pages::users::groups::asked(&map(query))
}

/// Of `/devices`.
#[must_use]
pub fn devices(query: Vec<(String, String)>) -> Option<DeviceQuery> {
    pages::devices::asked(&map(query))
}

/// Of `/invitations`.
#[must_use]
pub fn invitations(query: Vec<(String, String)>) -> Option<InvitationQuery> {
    pages::invitations::asked(&map(query))
}

/// Of `/mails`.
#[must_use]
pub fn mails(query: Vec<(String, String)>) -> KeptQuery {
    pages::mails::asked(&map(query))
}

/// Of `/audit`, with days as in this zone.
#[must_use]
pub fn audit(query: Vec<(String, String)>, zone: &Zone) -> Option<AuditQuery> {
    pages::audit::asked(&map(query), zone)
}
