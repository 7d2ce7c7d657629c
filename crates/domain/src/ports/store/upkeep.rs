//! Taking away what is not needed any more.

use super::Stored;
use crate::Timestamp;
use async_trait::async_trait;

/// How many rows were taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// Nonces that no signature can carry any more.
    pub nonces: u64,
    /// Sessions that are over.
    pub sessions: u64,
    /// One-time links that are over.
    pub tickets: u64,
    /// Entries of sent messages that no limit looks at any more.
    pub mails: u64,
    /// Changes that nobody asks for any more.
    pub changes: u64,
    /// Ended commands of long ago.
    pub commands: u64,
    /// Whether more is left: not all is taken at once, so that others can write in between.
    pub more: bool,
}

/// Upkeep.
#[async_trait]
pub trait UpkeepStore {
    /// Takes away what is over at `now`, in all workspaces. Nothing that anybody can still see changes.
    async fn clean(&self, now: Timestamp) -> Stored<Cleaned>;
}
