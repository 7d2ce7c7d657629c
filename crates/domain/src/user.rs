//! People whose devices are managed, as lists and windows show them.

use crate::{
    EmailAddress, Language, PersonName, Timestamp, UserId,
    device::{Reason, Status},
    ids::InvitationId,
    invitation::State,
};
use serde::{Deserialize, Serialize};

/// What an administrator types about a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserDetails {
    /// The name.
    pub name: PersonName,
    /// Without an address no instructions can be sent.
    pub email: Option<EmailAddress>,
    /// The language of mails, if it is not the workspace's.
    pub language: Option<Language>,
    /// Names of groups; those that do not exist yet are made.
    pub groups: Vec<PersonName>,
}

/// A row of the Users list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UserRow {
    /// The user's id.
    pub id: UserId,
    /// The name.
    pub name: String,
    /// The address, if there is one.
    pub email: Option<String>,
    /// The language of mails, if it is not the workspace's.
    pub language: Option<Language>,
    /// Names of groups, sorted.
    pub groups: Vec<String>,
    /// Devices that are connected (those that left do not count).
    pub devices: u32,
    /// The worst of the devices' statuses; none without a device.
    pub status: Option<Status>,
    /// The reasons of the worst device.
    pub reasons: Vec<Reason>,
    /// The last message.
    pub message: Option<LastMessage>,
    /// When one of the devices was last heard of.
    pub last_seen: Option<Timestamp>,
}

/// The last message to a user, in a few words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LastMessage {
    /// The invitation.
    pub invitation: InvitationId,
    /// How far it came.
    pub state: State,
    /// Since when it is in that state.
    pub at: Timestamp,
    /// Why it failed; the model of the device that it connected; the name of the platform it was opened on; or that a
    /// link counts as sent since it was given out by hand (`by_hand`).
    pub detail: Option<String>,
}
