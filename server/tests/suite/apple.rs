//! Apple's protocol against the running server: other people's programs, a simulated iPhone's life, what must be refused
//! (ABUSE A1 to A16), and SIGKILL.

mod forged;
mod killed;
mod kit;
mod life;
mod moved;
mod programs;
mod proof;
mod proxied;
mod renewal;
mod said;
mod scep;
mod signing;
mod sizes;
mod trust;

/// Programs that someone else wrote; a machine may go without by `MUSTER_TESTS_WITHOUT`.
#[path = "../../../crates/pki/tests/suite/foreign.rs"]
mod foreign;
