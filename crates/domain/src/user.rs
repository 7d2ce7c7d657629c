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

impl UserDetails {
    /// What is written when somebody saves these, to whom `was` was shown, and meanwhile the person has become `is`: what
    /// they left as it was stays as it is now. A group is one value of its own.
    #[must_use]
    pub fn merged(self, was: &Self, is: Self) -> Self {
        let has = |groups: &[PersonName], name: &PersonName| {
            groups.iter().any(|group| group.as_str().to_lowercase() == name.as_str().to_lowercase())
        };
        let taken_out = |name: &PersonName| has(&was.groups, name) && !has(&self.groups, name);
        let mut groups: Vec<_> = is.groups.into_iter().filter(|name| !taken_out(name)).collect();
        for name in self.groups.into_iter().filter(|name| !has(&was.groups, name)) {
            if !has(&groups, &name) {
                groups.push(name);
            }
        }
        Self {
            name: if self.name == was.name { is.name } else { self.name },
            email: if self.email == was.email { is.email } else { self.email },
            language: if self.language == was.language { is.language } else { self.language },
            groups,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn details(name: &str, email: &str, language: Option<Language>, groups: &[&str]) -> UserDetails {
        UserDetails {
            name: name.parse().unwrap(),
            email: Some(email.parse().unwrap()),
            language,
            groups: groups.iter().map(|name| name.parse().unwrap()).collect(),
        }
    }

    #[test]
    fn what_two_people_save_of_one_person_is_both_there() {
        let was = details("Ada", "a@example.org", None, &["Day", "Night", "Ward 3"]);
        let is = details("Ada Lovelace", "a@example.org", Some(Language::Ru), &["Day", "Ward 3", "Late"]);
        let typed = details("Ada", "ada@example.org", None, &["night", "Ward 3", "LATE", "New"]);
        let expected =
            details("Ada Lovelace", "ada@example.org", Some(Language::Ru), &["Ward 3", "Late", "New"]);
        assert_eq!(typed.merged(&was, is), expected);
    }

    #[test]
    fn of_one_value_that_both_change_the_last_one_stands() {
        let was = details("Ada", "a@example.org", None, &[]);
        let typed = details("Augusta", "a@example.org", Some(Language::En), &[]);
        let is = details("Ada L.", "a@example.org", Some(Language::Ru), &[]);
        assert_eq!(typed.clone().merged(&was, is), typed);
        assert_eq!(typed.clone().merged(&was, was.clone()), typed);
    }
}
