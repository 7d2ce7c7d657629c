//! What is ticked in a list: a few rows, or a description of all that match.

use super::flow::effect;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// What is ticked: rows one by one, or all that match but for a few.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Picked<I, F> {
    /// None.
    #[default]
    Nothing,
    /// These.
    These(BTreeSet<I>),
    /// All that match the filter, without these.
    All(F, BTreeSet<I>),
}

impl<I: Copy + Ord, F> Picked<I, F> {
    pub(crate) fn has(&self, id: I) -> bool {
        match self {
            Self::Nothing => false,
            Self::These(ids) => ids.contains(&id),
            Self::All(_, except) => !except.contains(&id),
        }
    }

    pub(crate) fn put(&mut self, id: I, on: bool) {
        match self {
            Self::All(_, except) if on => {
                except.remove(&id);
            }
            Self::All(_, except) => {
                except.insert(id);
            }
            Self::Nothing if on => *self = Self::These(BTreeSet::from([id])),
            Self::Nothing => {}
            Self::These(ids) => {
                if on {
                    ids.insert(id);
                } else {
                    ids.remove(&id);
                }
                if ids.is_empty() {
                    *self = Self::Nothing;
                }
            }
        }
    }

    /// Those that are ticked one by one.
    pub(crate) fn one_by_one(&self) -> Vec<I> {
        match self {
            Self::These(ids) => ids.iter().copied().collect(),
            Self::Nothing | Self::All(..) => Vec::new(),
        }
    }

    /// A row was deleted.
    pub(crate) fn forget(&mut self, id: I) {
        if matches!(self, Self::These(_)) {
            self.put(id, false);
        }
    }

    /// How many these are, of `total` that match.
    pub(crate) fn count(&self, total: u64) -> u64 {
        match self {
            Self::Nothing => 0,
            Self::These(ids) => ids.len() as u64,
            Self::All(_, except) => total.saturating_sub(except.len() as u64),
        }
    }
}

/// Another search is another question: what was ticked "of all that match" no longer means anything.
pub(crate) fn ask_anew<I, F>(picked: RwSignal<Picked<I, F>>, filter: Memo<F>)
where
    I: Send + Sync + 'static,
    F: Clone + PartialEq + Send + Sync + 'static,
{
    effect(move || {
        let filter = filter.get();
        if picked.with_untracked(|p| matches!(p, Picked::All(of, _) if *of != filter)) {
            picked.set(Picked::Nothing);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unticking_the_last_one_leaves_nothing() {
        let mut picked = Picked::<u8, ()>::default();
        picked.put(1, true);
        picked.put(2, true);
        assert_eq!((picked.count(10), picked.has(1), picked.has(3)), (2, true, false));
        picked.put(1, false);
        picked.put(2, false);
        assert_eq!(picked, Picked::Nothing);
    }

    #[test]
    fn all_that_match_stay_a_description_when_some_are_unticked() {
        let mut picked = Picked::All("ward", BTreeSet::new());
        picked.put(1, false);
        picked.put(2, false);
        picked.put(2, true);
        assert_eq!((picked.count(12_431), picked.has(1), picked.has(2)), (12_430, false, true));
        assert_eq!(picked, Picked::All("ward", BTreeSet::from([1])));
    }

    #[test]
    fn who_was_deleted_is_no_longer_ticked_but_needs_no_exception_of_all() {
        let mut picked = Picked::<u8, &str>::These(BTreeSet::from([1]));
        picked.forget(1);
        assert_eq!(picked, Picked::Nothing);
        let mut all = Picked::All("ward", BTreeSet::new());
        all.forget(1);
        assert_eq!(all, Picked::All("ward", BTreeSet::<u8>::new()));
    }
}
