//! The reference agent of Muster as a library: links, the state on disk and the calls, for the program and for whoever
//! wants many agents at once. [`apple`] is an iPhone or iPad that is simulated.

pub mod apple;
pub mod client;
pub mod clock;
pub mod error;
pub mod fleet;
pub mod link;
pub mod random;
pub mod session;
pub mod state;
