//! The Android agent protocol of Muster, version 1: its messages, and the signatures of its requests (RFC 9421,
//! RFC 9530); no I/O, no clock.

mod base;
pub mod key;
pub mod messages;
pub mod openapi;
pub mod paths;
pub mod problem;
pub mod report;
pub mod sign;
pub mod verify;

/// The name of the protocol in a [`messages::Descriptor`].
pub const PROTOCOL: &str = "muster-agent";
/// Its version, in the descriptor and in the paths.
pub const VERSION: u32 = 1;
/// The `keyid` of a claim, whose key is in its body: nobody has given the device an id yet.
pub const CLAIM_KEYID: &str = "claim";
/// The largest body of a request, in bytes.
pub const MAX_BODY: usize = 16 * 1024;
/// What each signature says that it is for (RFC 9421, section 2.3, `tag`).
pub const TAG: &str = "muster-agent";
/// The one algorithm (RFC 9421, section 3.3.4); never taken from the request.
pub const ALGORITHM: &str = "ecdsa-p256-sha256";
/// Seconds that a signature is taken after it was made.
pub const OLDEST: i64 = 300;
/// Seconds that an agent's clock may be ahead.
pub const SKEW: i64 = 30;
