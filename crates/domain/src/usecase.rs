//! Use cases: what the console, the command line and the phone ask for, on the ports alone.

pub mod colleagues;
pub mod outbox;
pub mod send;
pub mod sign_in;

use crate::ports::{Clock, Passwords, Secrets, Store};
use std::sync::Arc;

/// The ports together, as use cases take them.
#[derive(Clone)]
pub struct Ports {
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness and keys.
    pub secrets: Arc<dyn Secrets>,
    /// Hashing of passwords.
    pub passwords: Arc<dyn Passwords>,
}
