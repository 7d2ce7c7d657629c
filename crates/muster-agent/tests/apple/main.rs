//! The simulated iPhone against a server that is written by hand, and against programs that someone else wrote.

#![expect(clippy::unwrap_used, reason = "a test that panics fails, as it should")]

mod authority;
mod commanding;
mod declaring;
mod enrolling;
mod program;
mod server;
