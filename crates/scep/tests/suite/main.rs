//! Clients that someone else wrote enrol and renew; what must be refused is.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that panics fails, as it should")]

mod abuse;
mod answers;
mod authority;
mod client;
#[path = "../../../pki/tests/suite/foreign.rs"]
mod foreign;
mod hostile;
mod replay;
mod scepclient;
mod server;
mod strongswan;
