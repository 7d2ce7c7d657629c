//! Limits on attempts: to sign in, per network and per name whatever the network; to guess addresses; to claim a link.

use muster_domain::{AccountId, Timestamp, time::MINUTE};
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
/// Addresses that are not there, from one network in the window: links are not for guessing.
const MISSES: usize = 300;
/// Refused claims of one link from one network in the window.
const REFUSALS: usize = 30;
/// Keys that are remembered at most; the oldest make room.
const KEYS: usize = 50_000;

#[derive(PartialEq, Eq, Hash, Clone)]
enum Key {
    Name(String),
    Network(IpAddr),
    /// The password of who is signed in.
    Password(AccountId),
    /// Addresses that are not there, asked for from one network.
    Missed(IpAddr),
    /// Refused claims of one link from one network. The link's hash: this lives in memory alone, but still.
    Refused(IpAddr, [u8; 32]),
}

/// Attempts of the last minutes.
#[derive(Default)]
pub struct Attempts(Mutex<HashMap<Key, Vec<Timestamp>>>);

fn make_room(seen: &mut HashMap<Key, Vec<Timestamp>>, now: Timestamp) {
    if seen.len() > KEYS {
        seen.retain(|_, times| times.last().is_some_and(|t| now.since(*t) < WINDOW));
        // Made-up names and networks come once each: they make room before anyone who tries again and again.
        if seen.len() > KEYS {
            seen.retain(|_, times| times.len() > 1);
        }
        if seen.len() > KEYS {
            seen.clear();
        }
    }
}

fn count(seen: &mut HashMap<Key, Vec<Timestamp>>, key: Key, most: usize, now: Timestamp) -> bool {
    let times = seen.entry(key).or_default();
    times.retain(|t| now.since(*t) < WINDOW);
    let allowed = times.len() < most;
    if allowed {
        times.push(now);
    }
    allowed
}

impl Attempts {
    fn count(&self, key: Key, most: usize, now: Timestamp) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        make_room(&mut seen, now);
        count(&mut seen, key, most, now)
    }

    /// Counts a guess of the password of who is signed in; `false` if it is one too many. It locks nobody out who signs
    /// in: whoever has found an open session must not find its password too, and no more.
    pub fn may_guess(&self, account: AccountId, now: Timestamp) -> bool {
        self.count(Key::Password(account), PER_NAME, now)
    }

    /// Counts a request for what is not there; `false` if it is one too many.
    pub fn missed(&self, network: IpAddr, now: Timestamp) -> bool {
        self.count(Key::Missed(network), MISSES, now)
    }

    /// Counts a refused claim of a link.
    pub fn refused(&self, network: IpAddr, link: [u8; 32], now: Timestamp) {
        self.count(Key::Refused(network, link), REFUSALS, now);
    }

    /// Whether a link may be claimed from there: not after too many refusals.
    pub fn may_claim(&self, network: IpAddr, link: [u8; 32], now: Timestamp) -> bool {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let times = seen.get(&Key::Refused(network, link));
        times.is_none_or(|t| t.iter().filter(|t| now.since(**t) < WINDOW).count() < REFUSALS)
    }

    /// Counts an attempt; `false` if it is one too many. An unknown name counts like a known one (ABUSE A33).
    pub fn allow(&self, name: &str, network: IpAddr, now: Timestamp) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        make_room(&mut seen, now);
        let name: String = name.trim().to_lowercase().chars().take(254).collect();
        let mut allowed = true;
        for (key, most) in [(Key::Name(name), PER_NAME), (Key::Network(network), PER_NETWORK)] {
            allowed &= count(&mut seen, key, most, now);
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

    #[test]
    fn a32_made_up_names_do_not_push_out_who_is_counted() {
        let attempts = Attempts::default();
        let network = IpAddr::from([192, 0, 2, 1]);
        for _ in 0..10 {
            assert!(attempts.allow("ada@example.org", network, Timestamp(0)));
        }
        for n in 0..=KEYS {
            let from = IpAddr::V6((0x2001_0db8_u128 << 96 | (n as u128) << 64).into());
            attempts.allow(&format!("n{n}@example.org"), from, Timestamp(0));
        }
        assert!(!attempts.allow("ada@example.org", IpAddr::from([192, 0, 2, 7]), Timestamp(0)));
    }

    #[test]
    fn a32_refused_claims_count_for_a_link_from_a_network_and_misses_for_the_network() {
        let attempts = Attempts::default();
        let (here, there) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        for _ in 0..REFUSALS {
            assert!(attempts.may_claim(here, [1; 32], Timestamp(0)));
            attempts.refused(here, [1; 32], Timestamp(0));
        }
        assert!(!attempts.may_claim(here, [1; 32], Timestamp(0)));
        assert!(
            attempts.may_claim(there, [1; 32], Timestamp(0))
                && attempts.may_claim(here, [2; 32], Timestamp(0))
        );
        assert!(attempts.may_claim(here, [1; 32], Timestamp(WINDOW)));
        assert!((0..MISSES).all(|_| attempts.missed(here, Timestamp(0))));
        assert!(!attempts.missed(here, Timestamp(0)) && attempts.missed(there, Timestamp(0)));
    }
}
