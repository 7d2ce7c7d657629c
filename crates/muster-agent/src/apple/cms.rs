//! Cryptographic Message Syntax (RFC 5652), as much of it as a device speaks.

pub mod envelope;
pub mod sign;
pub mod verify;
