//! Simple Certificate Enrolment Protocol (RFC 8894), the client.

pub mod authority;
pub mod enrol;
pub mod message;
