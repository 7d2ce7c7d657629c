//! Android packages that phones fetch from here: the files in the data folder, how they come, and why one is refused.

mod refusal;
mod shelf;
mod take;

pub use refusal::{Kind, Refused};
pub use shelf::{Draft, Shelf};
pub use take::{remove, take};

/// Bytes of a package at most.
pub const FILE: usize = 300 << 20;
