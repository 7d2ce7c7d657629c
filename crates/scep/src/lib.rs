//! The Simple Certificate Enrolment Protocol (RFC 8894) as a certificate authority speaks it; no I/O, no clock.
//!
//! [`transport`] takes an HTTP request apart, [`message`] opens what is in it, the caller decides, [`answer`] writes
//! what goes back. Who may have a certificate, whether a challenge is right, and what the certificate says are the
//! caller's.

pub mod answer;
pub mod authority;
pub mod message;
mod oid;
pub mod transport;
mod values;

pub use values::{FailInfo, TransactionId};
