//! The system's clock: the one place where the agent reads it.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since the Unix epoch; 0 for a clock that stands before it.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "the agent's one reading of the clock; the library takes a function"
)]
pub fn system() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX))
}
