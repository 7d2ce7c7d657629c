//! What was read of a workspace a moment ago, its settings and its look: nearly every request wants them, and they hardly
//! ever change.
//!
//! They hold as long as this process has changed no settings since, so that whoever wrote reads what they wrote. What
//! another process wrote is seen after [`LIFE`] at the latest, and by whoever is told of it at once: what pages are told of is
//! forgotten here before.

use muster_domain::WorkspaceId;
use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// Another process's writes are to be noticed within half a second.
const LIFE: Duration = Duration::from_millis(200);

/// What was read, by workspace, each with when.
pub(super) struct Kept<T> {
    changed: watch::Receiver<u64>,
    forgotten: AtomicU64,
    read: Mutex<HashMap<WorkspaceId, (Moment, T)>>,
}

/// When something was read: after how many changes by this process, and at what time.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    changes: u64,
    at: Instant,
}

impl<T: Clone> Kept<T> {
    pub(super) fn new(changed: watch::Receiver<u64>) -> Self {
        Self { changed, forgotten: AtomicU64::new(0), read: Mutex::default() }
    }

    /// To be taken before reading: a change while one reads makes what was read old.
    pub(super) fn moment(&self) -> Moment {
        let changes = *self.changed.borrow() + self.forgotten.load(Ordering::Acquire);
        Moment { changes, at: Instant::now() }
    }

    /// Another process has changed something: what was read before is old, and so is what is being read.
    pub(super) fn forget(&self) {
        self.forgotten.fetch_add(1, Ordering::AcqRel);
    }

    /// What was read, if it still holds.
    pub(super) fn get(&self, workspace: WorkspaceId) -> Option<T> {
        let now = self.moment();
        let kept = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let (read, value) = kept.get(&workspace)?;
        (read.changes == now.changes && now.at.duration_since(read.at) < LIFE).then(|| value.clone())
    }

    /// Keeps what was read.
    pub(super) fn put(&self, workspace: WorkspaceId, read: Moment, value: T) {
        let mut kept = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(workspace, (read, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_domain::settings::Settings;

    #[test]
    fn what_was_read_holds_until_a_change_or_for_a_moment() {
        let (change, changed) = watch::channel(0);
        let kept = Kept::new(changed);
        let workspace: WorkspaceId = "01935c3e-7b1a-7c3d-9e4f-0a1b2c3d4e5f".parse().unwrap();
        assert_eq!(kept.get(workspace), None);
        kept.put(workspace, kept.moment(), Settings::default());
        assert_eq!(kept.get(workspace), Some(Settings::default()));
        change.send_modify(|n| *n += 1);
        assert_eq!(kept.get(workspace), None);

        let before = kept.moment();
        change.send_modify(|n| *n += 1);
        kept.put(workspace, before, Settings::default());
        assert_eq!(kept.get(workspace), None, "read before the change, kept after it");

        let before = kept.moment();
        kept.forget();
        kept.put(workspace, before, Settings::default());
        assert_eq!(kept.get(workspace), None, "read before another process's change was told");

        let old = Moment { at: Instant::now() - LIFE, ..kept.moment() };
        kept.put(workspace, old, Settings::default());
        assert_eq!(kept.get(workspace), None);
    }
}
