//! What is ticked in the list: a few people, or a description of all that match.

use muster_domain::{
    UserId,
    query::{Selection, UserFilter},
};
use std::collections::BTreeSet;

/// What is ticked: people one by one, or all that match but for a few.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Picked {
    /// Nobody.
    #[default]
    Nobody,
    /// These.
    These(BTreeSet<UserId>),
    /// All that match the filter, without these.
    All(UserFilter, BTreeSet<UserId>),
}

impl Picked {
    pub(super) fn has(&self, id: UserId) -> bool {
        match self {
            Self::Nobody => false,
            Self::These(ids) => ids.contains(&id),
            Self::All(_, except) => !except.contains(&id),
        }
    }

    pub(super) fn put(&mut self, id: UserId, on: bool) {
        match self {
            Self::All(_, except) if on => {
                except.remove(&id);
            }
            Self::All(_, except) => {
                except.insert(id);
            }
            Self::Nobody if on => *self = Self::These(BTreeSet::from([id])),
            Self::Nobody => {}
            Self::These(ids) => {
                if on {
                    ids.insert(id);
                } else {
                    ids.remove(&id);
                }
                if ids.is_empty() {
                    *self = Self::Nobody;
                }
            }
        }
    }

    /// Those who are ticked one by one.
    pub(super) fn one_by_one(&self) -> Vec<UserId> {
        match self {
            Self::These(ids) => ids.iter().copied().collect(),
            Self::Nobody | Self::All(..) => Vec::new(),
        }
    }

    /// Somebody was deleted.
    pub(super) fn forget(&mut self, id: UserId) {
        if matches!(self, Self::These(_)) {
            self.put(id, false);
        }
    }

    pub(super) fn count(&self, total: u64) -> u64 {
        match self {
            Self::Nobody => 0,
            Self::These(ids) => ids.len() as u64,
            Self::All(_, except) => total.saturating_sub(except.len() as u64),
        }
    }

    pub(super) fn selection(&self) -> Selection {
        match self {
            Self::Nobody => Selection::These { ids: Vec::new() },
            Self::These(ids) => Selection::These { ids: ids.iter().copied().collect() },
            Self::All(filter, except) => {
                Selection::Matching { filter: filter.clone(), except: except.iter().copied().collect() }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> UserId {
        format!("01900000-0000-7000-8000-0000000000{n:02x}").parse().unwrap()
    }

    #[test]
    fn unticking_the_last_one_leaves_nobody() {
        let mut picked = Picked::default();
        picked.put(id(1), true);
        picked.put(id(2), true);
        assert_eq!((picked.count(10), picked.has(id(1)), picked.has(id(3))), (2, true, false));
        picked.put(id(1), false);
        picked.put(id(2), false);
        assert_eq!(picked, Picked::Nobody);
    }

    #[test]
    fn all_that_match_stay_a_description_when_some_are_unticked() {
        let filter = UserFilter { search: "ward".into(), ..UserFilter::default() };
        let mut picked = Picked::All(filter.clone(), BTreeSet::new());
        picked.put(id(1), false);
        picked.put(id(2), false);
        picked.put(id(2), true);
        assert_eq!((picked.count(12_431), picked.has(id(1)), picked.has(id(2))), (12_430, false, true));
        assert_eq!(picked.selection(), Selection::Matching { filter, except: vec![id(1)] });
    }
}
