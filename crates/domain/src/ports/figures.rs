//! What the store can tell of itself to whoever watches the server; over all workspaces, and without a name of anybody.

use super::Stored;
use crate::Timestamp;
use async_trait::async_trait;

/// How many jobs of one kind are in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFigure {
    /// What is to be done, such as `mail`.
    pub kind: &'static str,
    /// `waiting` for its time, `due`, `running`, `delayed` after a fault, or `failed` for good.
    pub state: &'static str,
    /// How many.
    pub count: u64,
}

/// The figures of one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Jobs by kind and state; a state without jobs is there with zero.
    pub jobs: Vec<JobFigure>,
    /// Size of the database.
    pub database_bytes: u64,
}

/// Figures of the store.
#[async_trait]
pub trait FigureStore {
    /// The figures of now.
    async fn figures(&self, now: Timestamp) -> Stored<Figures>;
}
