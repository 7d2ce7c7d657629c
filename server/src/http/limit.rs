//! Limits on attempts to sign in: per network, and per name whatever the network.

use muster_domain::{Timestamp, time::MINUTE};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

/// Attempts count for so long.
const WINDOW: i64 = 15 * MINUTE;
/// Attempts for one name in the window.
const PER_NAME: usize = 10;
/// Attempts from one network in the window.
const PER_NETWORK: usize = 50;
/// Keys that are remembered at most; the oldest make room.
const KEYS: usize = 50_000;

#[derive(PartialEq, Eq, Hash, Clone)]
enum Key {
    Name(String),
    Network(IpAddr),
}

/// Attempts of the last minutes.
#[derive(Default)]
pub struct Attempts(Mutex<HashMap<Key, Vec<Timestamp>>>);

impl Attempts {
    /// Counts an attempt; `false` if it is one too many. An unknown name counts like a known one (ABUSE A33).
    pub fn allow(&self, name: &str, network: IpAddr, now: Timestamp) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() > KEYS {
            seen.retain(|_, times| times.last().is_some_and(|t| now.since(*t) < WINDOW));
            if seen.len() > KEYS {
                seen.clear();
            }
        }
        let name: String = name.trim().to_lowercase().chars().take(254).collect();
        let mut allowed = true;
        for (key, most) in [(Key::Name(name), PER_NAME), (Key::Network(network), PER_NETWORK)] {
            let times = seen.entry(key).or_default();
            times.retain(|t| now.since(*t) < WINDOW);
            if times.len() >= most {
                allowed = false;
            } else {
                times.push(now);
            }
        }
        allowed
    }

    /// After a success the name starts anew.
    pub fn forget(&self, name: &str) {
        let name = name.trim().to_lowercase();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&Key::Name(name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a32_a_name_is_limited_from_all_networks_together_and_a_network_for_all_names() {
        let attempts = Attempts::default();
        let network = |n: u8| IpAddr::from([192, 0, 2, n]);
        for n in 0..10 {
            assert!(attempts.allow("Ada@example.org", network(n), Timestamp(0)));
        }
        assert!(!attempts.allow("ada@example.org ", network(99), Timestamp(0)));
        assert!(attempts.allow("ada@example.org", network(99), Timestamp(WINDOW)));
        for n in 0..50 {
            assert!(attempts.allow(&format!("n{n}@example.org"), network(200), Timestamp(0)));
        }
        assert!(!attempts.allow("another@example.org", network(200), Timestamp(0)));
    }
}
