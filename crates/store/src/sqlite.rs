//! The store on SQLite: a pool of readers and one writer that gathers operations into shared commits.

mod accounts;
mod apple;
mod apple_waiting;
mod audit;
pub(crate) mod backup;
pub(crate) mod backup_files;
mod batches;
mod brand;
mod bulk;
mod changes;
mod commands;
mod configurations;
mod device_events;
mod devices;
mod figures;
mod groups;
mod headwind;
pub(crate) mod inspect;
mod invitation_acts;
mod invitations;
mod jobs;
mod kept;
mod lookups;
mod members;
mod migrations;
mod nonces;
mod overview;
mod packages;
mod profiles;
mod push_certificates;
mod roles;
mod row;
mod search;
mod selection;
mod sessions;
mod signing_certificates;
mod together;
mod upkeep;
mod users;
mod workspaces;
mod writer;

use lookups::Finder;
use muster_domain::{
    DeviceId,
    apple::{Fingerprint, PushCertificate, Signer},
    audit::Act,
    invitation::Invitation,
    look::Brand,
    ports::{AgentDevice, DeviceKey, StoreError, Stored},
    settings::Settings,
    token::TokenHash,
};
use sqlx::{
    ConnectOptions, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{ops::Deref, path::Path, sync::Arc, time::Duration};
use tokio::sync::watch;
use writer::{Writer, commit};

/// Earlier releases can lose committed writes in WAL mode (ABUSE A48).
const OLDEST: (u32, u32, u32) = (3, 51, 3);

/// Prepared statements that each connection keeps: more than there are.
const STATEMENTS: usize = 500;

/// The Store port on one SQLite file: a handle, in the name of an act or of nobody.
pub struct Sqlite {
    base: Arc<Base>,
    act: Option<Arc<Act>>,
}

/// What all handles share.
pub struct Base {
    readers: SqlitePool,
    links: Finder<TokenHash, Invitation>,
    keys: Finder<DeviceId, DeviceKey>,
    signers: Finder<Fingerprint, Signer>,
    agents: Finder<TokenHash, AgentDevice>,
    writer: Writer,
    kept: kept::Kept<Settings>,
    brands: kept::Kept<Arc<Brand>>,
    push_certificates: kept::Kept<Option<PushCertificate>>,
}

impl Deref for Sqlite {
    type Target = Base;

    fn deref(&self) -> &Base {
        &self.base
    }
}

pub(crate) fn failed(error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::Database(e) if e.is_unique_violation() => StoreError::Exists,
        sqlx::Error::Database(e) if e.is_foreign_key_violation() => StoreError::NotFound,
        _ => StoreError::Failed(error.to_string()),
    }
}

fn new_enough(version: &str) -> bool {
    let mut parts = version.split('.').map(|p| p.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next()) >= OLDEST
}

impl Sqlite {
    /// Opens the file, makes it if it is missing, and brings its tables up to date.
    ///
    /// # Errors
    /// When the file cannot be opened, or the library is older than 3.51.3.
    pub async fn open(file: &Path) -> Stored<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .statement_cache_capacity(STATEMENTS)
            .busy_timeout(Duration::from_secs(10));
        // A statement costs a way to the connection's thread and back, and so would asking first whether it is alive.
        let one = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .connect_with(
                options
                    .clone()
                    .pragma("cache_size", writer::CACHE)
                    .pragma("wal_autocheckpoint", writer::CHECKPOINT),
            )
            .await
            .map_err(failed)?;
        let version: String =
            sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&one).await.map_err(failed)?;
        if !new_enough(&version) {
            return Err(StoreError::Failed(format!(
                "SQLite {version} can lose writes: 3.51.3 or later is needed"
            )));
        }
        let migrated = migrations::migrator().run(&one).await;
        migrated.map_err(|e| StoreError::Failed(format!("migration: {e}")))?;
        let writer = Writer::start(one);
        let options = options.read_only(true).create_if_missing(false);
        let links = lookups::links(options.connect().await.map_err(failed)?);
        let keys = lookups::keys(options.connect().await.map_err(failed)?);
        let signers = lookups::signers(options.connect().await.map_err(failed)?);
        let agents = lookups::agents(options.connect().await.map_err(failed)?);
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            // A connection to a file does not break by waiting, and asking it costs as much as a look-up.
            .test_before_acquire(false)
            .connect_with(options)
            .await
            .map_err(failed)?;
        let kept = kept::Kept::new(writer.settings());
        let brands = kept::Kept::new(writer.settings());
        let push_certificates = kept::Kept::new(writer.settings());
        let base = Base { readers, links, keys, signers, agents, writer, kept, brands, push_certificates };
        Ok(Self { base: Arc::new(base), act: None })
    }

    /// Waits until what follows a large write after its answer is done as well: the log is in the database's file.
    /// For a process that is about to end.
    pub async fn settled(&self) {
        let nothing: Stored<()> = commit!(self, |_tx| Ok(()));
        if let Err(error) = nothing {
            tracing::error!(%error, "after the last write");
        }
    }

    /// Ticks after each commit of this process that changed something.
    #[must_use]
    pub fn committed(&self) -> watch::Receiver<u64> {
        self.writer.committed()
    }
}

#[cfg(test)]
mod tests {
    use super::{row::Read, *};

    #[test]
    fn a48_an_sqlite_that_can_lose_writes_is_refused() {
        assert!(!new_enough("3.51.2"));
        assert!(!new_enough("3.40.1"));
        assert!(new_enough("3.51.3"));
        assert!(new_enough("3.52.0"));
        assert!(new_enough("4.0.0"));
    }

    #[tokio::test]
    async fn a48_the_writer_flushes_each_commit_so_that_nothing_spent_returns_after_a_power_loss() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("muster.db")).await.unwrap();
        let pragma = async |sql: &'static str| {
            let value: Stored<String> = commit!(store, |tx| {
                tx.row(sqlx::query(sql)).await?.ok_or(StoreError::NotFound)?.val("value")
            });
            value.unwrap()
        };
        assert_eq!(pragma("SELECT journal_mode AS value FROM pragma_journal_mode").await, "wal");
        assert_eq!(
            pragma("SELECT CAST(synchronous AS TEXT) AS value FROM pragma_synchronous").await,
            "2",
            "FULL"
        );
    }
}
