//! What brings the tables up to date: the files of `migrations/sqlite`, in the order of their numbers.

use sqlx::{
    SqlStr,
    migrate::{Migration, MigrationType, Migrator},
};
use std::borrow::Cow;

/// Number, what it does, its statements.
type Written = (i64, &'static str, &'static str);

/// As `build.rs` found them.
const ALL: &[Written] = include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// All of them.
pub(super) fn migrator() -> Migrator {
    let migration = |&(version, words, sql): &Written| {
        let sql = SqlStr::from_static(sql);
        Migration::new(version, Cow::Borrowed(words), MigrationType::Simple, sql, false)
    };
    Migrator { migrations: ALL.iter().map(migration).collect(), ..Migrator::DEFAULT }
}

/// The number of the last one.
pub(super) fn newest() -> i64 {
    ALL.iter().map(|(version, ..)| *version).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[tokio::test]
    async fn the_program_has_each_file_as_sqlx_reads_it() {
        let read = Migrator::new(Path::new("migrations/sqlite")).await.unwrap();
        let of = |all: &Migrator| {
            let each = all.iter().map(|m| (m.version, m.description.to_string(), m.checksum.to_vec()));
            each.collect::<Vec<_>>()
        };
        assert!(read.iter().count() > 20);
        assert_eq!(of(&migrator()), of(&read));
    }
}
