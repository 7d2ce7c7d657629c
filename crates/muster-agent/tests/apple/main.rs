//! The simulated iPhone against a server that is written by hand, and against programs that someone else wrote.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that panics fails, as it should"
)]

mod authority;
mod commanding;
mod declaring;
mod enrolling;
mod fleet;
mod foreign;
mod library;
mod program;
mod server;
