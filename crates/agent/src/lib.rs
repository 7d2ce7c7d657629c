//! The Android agent protocol of Muster: signatures of its requests (RFC 9421, RFC 9530); no I/O, no clock.

mod base;
pub mod key;
pub mod sign;
pub mod verify;

/// What each signature says that it is for (RFC 9421, section 2.3, `tag`).
pub const TAG: &str = "muster-agent";
/// The one algorithm (RFC 9421, section 3.3.4); never taken from the request.
pub const ALGORITHM: &str = "ecdsa-p256-sha256";
/// Seconds that a signature is taken after it was made.
pub const OLDEST: i64 = 300;
/// Seconds that an agent's clock may be ahead.
pub const SKEW: i64 = 30;
