//! The protocol of the open-source Headwind MDM agent for Android (h-mdm/hmdm-android) from the server's side: its
//! calls, what it says, what it is told, signatures and provisioning; no I/O, no clock.
//!
//! Names of fields and their values are the agent's own, read from version 6.36 (commit d54083c, 2026-05-27).

pub mod answer;
pub mod configuration;
mod fields;
pub mod link;
pub mod log;
pub mod number;
pub mod provisioning;
pub mod push;
pub mod report;
pub mod request;
pub mod signature;
pub mod values;

pub use fields::Malformed;
pub use link::Link;
pub use number::Number;

/// The largest body of a request, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;
/// The header field with the proof of a request; see [`signature`].
pub const REQUEST_SIGNATURE: &str = "X-Request-Signature";
/// The header field with the proof of a configuration; see [`answer::Answer`].
pub const RESPONSE_SIGNATURE: &str = "X-Response-Signature";
/// The header field with the name of the phone's processor architecture, such as `arm64-v8a`.
pub const CPU_ARCH: &str = "X-CPU-Arch";
