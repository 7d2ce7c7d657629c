//! When live pages are told of a change: at once, or, where hundreds come in a second, in intervals.

use muster_domain::{WorkspaceId, ports::Topic};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};
use tokio::time::Instant;

/// Where something changed, and what.
pub(super) type Key = (WorkspaceId, Topic);

/// What an operation changed.
#[derive(Default)]
pub(super) struct Changed {
    now: BTreeSet<Key>,
    soon: BTreeMap<Key, Duration>,
}

impl Changed {
    pub(super) fn at_once(&mut self, workspace: WorkspaceId, topics: &[Topic]) {
        self.now.extend(topics.iter().map(|t| (workspace, *t)));
    }

    /// Told at once too, unless the same was told within `interval`: then at its end.
    pub(super) fn soon(&mut self, workspace: WorkspaceId, topics: &[Topic], interval: Duration) {
        for topic in topics {
            let kept = self.soon.entry((workspace, *topic)).or_insert(interval);
            *kept = interval.min(*kept);
        }
    }

    pub(super) fn add(&mut self, more: Self) {
        self.now.extend(more.now);
        for ((workspace, topic), interval) in more.soon {
            self.soon(workspace, &[topic], interval);
        }
    }
}

/// What was told, and what is still owed.
#[derive(Default)]
pub(super) struct Told {
    last: HashMap<Key, Instant>,
    owed: BTreeMap<Key, Instant>,
}

impl Told {
    /// What is to be told now, of these changes and of what was owed.
    pub(super) fn tell(&mut self, changed: Changed, now: Instant) -> BTreeSet<Key> {
        let mut tell = changed.now;
        for (key, interval) in changed.soon {
            let due = self.last.get(&key).map_or(now, |last| *last + interval);
            let owed = self.owed.entry(key).or_insert(due);
            *owed = due.min(*owed);
        }
        tell.extend(self.owed.iter().filter(|(_, due)| **due <= now).map(|(key, _)| *key));
        for key in &tell {
            self.owed.remove(key);
            self.last.insert(*key, now);
        }
        tell
    }

    /// When something that is owed is due.
    pub(super) fn next(&self) -> Option<Instant> {
        self.owed.values().min().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_many_is_told_at_once_and_the_last_within_the_interval() {
        let (workspace, second) =
            ("019ab9d0-6c1e-7d43-8a55-0d3c1f3b9a10".parse().unwrap(), Duration::from_secs(1));
        let key = (workspace, Topic::Devices);
        let change = |interval| {
            let mut changed = Changed::default();
            changed.soon(workspace, &[Topic::Devices], interval);
            changed
        };
        let (mut told, begin) = (Told::default(), Instant::now());
        assert!(told.tell(change(second), begin).contains(&key));
        for millis in [1, 300, 999] {
            assert!(told.tell(change(second), begin + Duration::from_millis(millis)).is_empty());
        }
        assert_eq!(told.next(), Some(begin + second));
        assert!(told.tell(Changed::default(), begin + second).contains(&key));
        assert_eq!(told.next(), None, "nothing is owed any more");
        told.tell(change(5 * second), begin + 2 * second);
        told.tell(change(second), begin + 2 * second);
        assert_eq!(told.next(), None, "the shorter interval counts");
        let mut hard = Changed::default();
        hard.at_once(workspace, &[Topic::Devices]);
        told.tell(change(5 * second), begin + 2 * second);
        assert!(told.tell(hard, begin + 2 * second).contains(&key));
        assert_eq!(told.next(), None, "what was told need not be told again");
    }
}
