//! Somebody else's programs and ours understand each other, and hostile bytes end in a refusal.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that panics fails, as it should")]

mod certificates;
mod curves;
mod enveloped;
mod foreign;
mod hostile;
mod keys;
mod make;
mod pkcs12;
mod replay;
mod requests;
mod signed;
