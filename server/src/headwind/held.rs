//! Questions of devices that are held until there is news for them, so that it reaches them at once.
//!
//! A device has one question held: another one ends the first, whose connection it has given up. A held question takes no place
//! of a request and no more memory than its connection.

use muster_domain::{
    DeviceId,
    ports::{Change, Topic},
    usecase::Ports,
};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

/// After news, what is written within so long is looked at together.
const GAP: Duration = Duration::from_millis(50);
/// Without news it is looked whether a device that was told to ask has not.
const LOOK: Duration = Duration::from_secs(10);

/// The questions that are held.
#[derive(Clone, Default)]
pub struct Held(Arc<Inner>);

#[derive(Default)]
struct Inner {
    questions: Mutex<HashMap<DeviceId, Arc<Notify>>>,
    rounds: AtomicU64,
}

/// A look at what waits for all devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round(u64);

/// A question that is held; it is let go with the value.
pub struct Question {
    held: Held,
    device: DeviceId,
    news: Arc<Notify>,
}

impl Held {
    fn with<T>(&self, act: impl FnOnce(&mut HashMap<DeviceId, Arc<Notify>>) -> T) -> T {
        act(&mut self.0.questions.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The last round that has begun.
    #[must_use]
    pub fn round(&self) -> Round {
        Round(self.0.rounds.load(Ordering::SeqCst))
    }

    /// Holds a question of a device. One that was held before is woken, and finds that it is another's turn.
    #[must_use]
    pub fn hold(&self, device: DeviceId) -> Question {
        let news = Arc::new(Notify::new());
        if let Some(former) = self.with(|held| held.insert(device, news.clone())) {
            former.notify_one();
        }
        Question { held: self.clone(), device, news }
    }

    fn wake(&self, devices: &[DeviceId]) {
        let found: Vec<_> =
            self.with(|held| devices.iter().filter_map(|device| held.get(device).cloned()).collect());
        for news in found {
            news.notify_one();
        }
    }

    /// How many are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.with(|held| held.len())
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Question {
    /// Waits until there may be news.
    pub async fn woken(&self) {
        self.news.notified().await;
    }

    /// Whether the device has not asked again meanwhile.
    #[must_use]
    pub fn is_the_last(&self) -> bool {
        self.held.with(|held| held.get(&self.device).is_some_and(|news| Arc::ptr_eq(news, &self.news)))
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        let its = |news: &Arc<Notify>| Arc::ptr_eq(news, &self.news);
        self.held.with(|held| {
            if held.get(&self.device).is_some_and(its) {
                held.remove(&self.device);
            }
        });
    }
}

/// Wakes the questions of devices for which something waits, until `stop`.
pub async fn run(
    ports: Ports,
    held: Held,
    mut changes: broadcast::Receiver<Change>,
    stop: CancellationToken,
) {
    loop {
        let news = async {
            loop {
                match changes.recv().await {
                    // Who joins or leaves a group may have another configuration.
                    Ok(change) if !matches!(change.topic, Topic::Devices | Topic::Users) => {}
                    // Too slow to follow: something may be among what was missed.
                    Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return true,
                    Err(broadcast::error::RecvError::Closed) => return false,
                }
            }
        };
        let goes_on = tokio::select! {
            () = stop.cancelled() => false,
            more = tokio::time::timeout(LOOK, news) => more.unwrap_or(true),
        };
        if !goes_on {
            return;
        }
        // Before the look: a question that is held too late to be woken by it sees that there was one.
        held.0.rounds.fetch_add(1, Ordering::SeqCst);
        if held.is_empty() {
            continue;
        }
        match ports.store.agents_due(ports.clock.now()).await {
            Ok(due) => held.wake(&due),
            Err(error) => tracing::error!(%error, "headwind"),
        }
        tokio::time::sleep(GAP).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(n: u8) -> DeviceId {
        format!("00000000-0000-7000-8000-0000000000{n:02x}").parse().unwrap()
    }

    #[tokio::test]
    async fn one_question_of_a_device_is_held_and_the_former_one_ends() {
        let held = Held::default();
        let first = held.hold(device(1));
        let other = held.hold(device(2));
        let second = held.hold(device(1));
        first.woken().await;
        assert!(!first.is_the_last() && second.is_the_last() && other.is_the_last());
        drop(first);
        assert_eq!(held.len(), 2, "its end takes nothing from the second");
        held.wake(&[device(1), device(3)]);
        second.woken().await;
        let quiet = tokio::time::timeout(Duration::from_millis(20), other.woken()).await;
        assert!(quiet.is_err(), "there is no news for it");
        drop((second, other));
        assert!(held.is_empty());
    }

    #[tokio::test]
    async fn news_between_the_look_and_the_wait_is_not_lost() {
        let held = Held::default();
        let question = held.hold(device(1));
        held.wake(&[device(1)]);
        question.woken().await;
    }
}
