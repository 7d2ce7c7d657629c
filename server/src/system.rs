//! The machine's clock, randomness, keys and password hashing: implementations of the domain's ports.

pub mod keys;
pub mod lock;
pub mod passphrase;
pub mod passwords;

use muster_domain::{Timestamp, ports::Clock};
use std::time::UNIX_EPOCH;

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place where the clock is read")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}
