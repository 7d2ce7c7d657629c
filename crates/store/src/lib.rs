//! The Store port on sqlx, with its migrations and its contract tests.

mod sqlite;

pub use sqlite::{
    Sqlite,
    backup::{SealedKeys, attach_keys, attached_keys, settle},
    backup_files::{PackageFile, attach_package, attached_packages, detach_package, package_files},
    inspect::{InspectError, Inspection, inspect},
};
