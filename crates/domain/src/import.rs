//! What a list of people makes of who is there already. An empty cell of it, and a column that it has not, changes nothing.

use crate::{EmailAddress, Language, PersonName, UserId, user::UserDetails};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, VecDeque};

/// What the groups of a list are to who is there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// People join them, and stay in theirs.
    #[default]
    Add,
    /// People are in them alone; a row without groups leaves them in theirs.
    Replace,
}

/// Someone who is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Their id.
    pub id: UserId,
    /// Who they are.
    pub details: UserDetails,
}

/// Who of a list is there: by the address, and by the name who has none.
#[derive(Clone, Debug, Default)]
pub struct There {
    by_address: HashMap<String, Known>,
    nameless: HashMap<String, VecDeque<Known>>,
}

impl There {
    /// These; of namesakes without an address the first is the first to be found.
    #[must_use]
    pub fn new(people: impl IntoIterator<Item = Known>) -> Self {
        let mut there = Self::default();
        for known in people {
            match &known.details.email {
                Some(email) => drop(there.by_address.insert(email.key(), known)),
                None => {
                    there.nameless.entry(known.details.name.as_str().to_owned()).or_default().push_back(known)
                }
            }
        }
        there
    }

    /// Whom a row means. Of namesakes without an address each row means another one: who is in its groups, or the first.
    pub fn find(&mut self, row: &UserDetails) -> Option<Known> {
        match &row.email {
            Some(email) => self.by_address.get(&email.key()).cloned(),
            None => {
                let namesakes = self.nameless.get_mut(row.name.as_str())?;
                let in_groups = |known: &Known| beyond(&row.groups, &known.details.groups).is_empty();
                let place = namesakes.iter().position(in_groups).unwrap_or_default();
                namesakes.remove(place)
            }
        }
    }
}

fn key(group: &PersonName) -> String {
    group.as_str().to_lowercase()
}

/// Those of `groups` that are not among `others`, however they are written.
fn beyond(groups: &[PersonName], others: &[PersonName]) -> Vec<PersonName> {
    let others: Vec<_> = others.iter().map(key).collect();
    groups.iter().filter(|group| !others.contains(&key(group))).cloned().collect()
}

impl UserDetails {
    /// What becomes of these by a row of a list. A name that the list has `invented` is no reason to be called otherwise.
    #[must_use]
    pub fn imported(&self, row: &Self, invented: bool, groups: Grouping) -> Self {
        let joins = beyond(&row.groups, &self.groups);
        let leaves = match groups {
            Grouping::Replace if !row.groups.is_empty() => beyond(&self.groups, &row.groups),
            _ => Vec::new(),
        };
        let mut after = self.clone();
        if !invented {
            after.name = row.name.clone();
        }
        after.email = row.email.clone().or(after.email);
        after.language = row.language.or(after.language);
        after.groups.retain(|group| !leaves.contains(group));
        after.groups.extend(joins);
        after
    }
}

/// What an import changes of a person; nothing by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Their new name.
    pub name: Option<PersonName>,
    /// Their address, written otherwise.
    pub email: Option<EmailAddress>,
    /// Their new language.
    pub language: Option<Language>,
    /// The groups that they join.
    pub joins: Vec<PersonName>,
    /// The groups that they leave.
    pub leaves: Vec<PersonName>,
}

impl Change {
    /// From one to the other.
    #[must_use]
    pub fn between(before: &UserDetails, after: &UserDetails) -> Self {
        Self {
            name: Some(&after.name).filter(|name| **name != before.name).cloned(),
            email: after.email.clone().filter(|email| Some(email) != before.email.as_ref()),
            language: after.language.filter(|language| Some(*language) != before.language),
            joins: beyond(&after.groups, &before.groups),
            leaves: beyond(&before.groups, &after.groups),
        }
    }

    /// Whether they stay as they are.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details(name: &str, language: Option<Language>, groups: &[&str]) -> UserDetails {
        UserDetails {
            name: name.parse().unwrap(),
            email: Some("a@example.org".parse().unwrap()),
            language,
            groups: groups.iter().map(|name| name.parse().unwrap()).collect(),
        }
    }

    fn names(groups: &[PersonName]) -> Vec<&str> {
        groups.iter().map(PersonName::as_str).collect()
    }

    #[test]
    fn groups_are_added_or_replaced_and_an_empty_cell_changes_nothing() {
        let is = details("Ada", Some(Language::Ru), &["Day", "Ward 3"]);
        for (groups, row, expected) in [
            (Grouping::Add, &[][..], &["Day", "Ward 3"][..]),
            (Grouping::Add, &["WARD 3", "New"], &["Day", "Ward 3", "New"]),
            (Grouping::Replace, &[], &["Day", "Ward 3"]),
            (Grouping::Replace, &["WARD 3", "New"], &["Ward 3", "New"]),
            (Grouping::Replace, &["day", "ward 3"], &["Day", "Ward 3"]),
        ] {
            let after = is.imported(&details("Ada", None, row), false, groups);
            assert_eq!(names(&after.groups), expected, "{groups:?} {row:?}");
            assert_eq!(after.language, Some(Language::Ru));
        }
    }

    #[test]
    fn a_name_is_changed_by_a_name_alone() {
        let is = details("Ada", None, &[]);
        let row = details("Ada Lovelace", Some(Language::En), &[]);
        assert_eq!(is.imported(&row, false, Grouping::Add), row);
        assert_eq!(is.imported(&row, true, Grouping::Add).name, is.name);
        let nameless = UserDetails { email: None, ..row };
        assert_eq!(is.imported(&nameless, false, Grouping::Add).email, is.email);
    }

    #[test]
    fn a_change_names_what_is_new_and_what_is_left() {
        let is = details("Ada", None, &["Day", "Ward 3"]);
        let after =
            is.imported(&details("A. L.", Some(Language::En), &["day", "Night"]), false, Grouping::Replace);
        let change = Change::between(&is, &after);
        assert_eq!(change.name.as_ref().map(PersonName::as_str), Some("A. L."));
        assert_eq!((change.email.as_ref(), change.language), (None, Some(Language::En)));
        assert_eq!((names(&change.joins), names(&change.leaves)), (vec!["Night"], vec!["Ward 3"]));
        assert!(!change.is_none() && Change::between(&is, &is).is_none());
    }

    #[test]
    fn each_namesake_without_an_address_is_another_one() {
        let known = |n: u128, email: Option<&str>| Known {
            id: format!("00000000-0000-7000-8000-{n:012}").parse().unwrap(),
            details: UserDetails { email: email.map(|e| e.parse().unwrap()), ..details("Ada", None, &[]) },
        };
        let of_ward = |n, ward| {
            let known = known(n, None);
            let groups = details("Ada", None, &[ward]).groups;
            Known { details: UserDetails { groups, ..known.details }, ..known }
        };
        let mut wards = There::new([of_ward(4, "Ward 1"), of_ward(5, "Ward 2")]);
        let row = of_ward(9, "ward 2").details;
        assert_eq!(wards.find(&row), Some(of_ward(5, "Ward 2")));
        assert_eq!(wards.find(&row), Some(of_ward(4, "Ward 1")));
        let mut there = There::new([known(1, None), known(2, Some("ADA@example.org")), known(3, None)]);
        let mut find = |email: Option<&str>| there.find(&known(9, email).details).map(|known| known.id);
        assert_eq!(find(None), Some(known(1, None).id));
        assert_eq!(find(None), Some(known(3, None).id));
        assert_eq!(find(None), None);
        assert_eq!(find(Some("ada@example.org")), Some(known(2, None).id));
        assert_eq!(find(Some("else@example.org")), None);
    }
}
