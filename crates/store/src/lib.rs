//! The Store port on sqlx, with its migrations and its contract tests.

mod sqlite;

pub use sqlite::{
    Sqlite,
    backup::{SealedKeys, attach_keys, attached_keys, settle},
    inspect::{InspectError, Inspection, inspect},
};
