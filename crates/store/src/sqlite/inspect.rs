//! A look at a database file from outside: whether it is Muster's, whole, and not newer than this program.

use super::migrations;
use muster_domain::Timestamp;
use sqlx::{
    Connection, Row, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteRow},
};
use std::path::Path;

/// The first bytes of every SQLite file (its file format, section 1.3.1).
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Why a file is not looked into.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InspectError {
    /// The file begins otherwise.
    #[error("it is not an SQLite database")]
    NotADatabase,
    /// A database of something else.
    #[error("it is a database, but not one of Muster")]
    NotMuster,
    /// A later Muster wrote it.
    #[error(
        "a newer Muster wrote it (its tables have version {found}, this program knows {known}): install that version"
    )]
    Newer {
        /// The version in the file.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// Another program keeps it to itself.
    #[error("another program keeps it locked")]
    Locked,
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Failed(String),
}

/// What there is to say of a database.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// What SQLite found damaged; empty for a whole database.
    pub damage: Vec<String>,
    /// The version of its tables: the number of the last migration.
    pub version: i64,
    /// The version that this program brings it to.
    pub known: i64,
    /// Bytes in all.
    pub bytes: u64,
    /// Bytes of pages that hold nothing.
    pub free_bytes: u64,
    /// The newest moment that was written.
    pub newest: Option<Timestamp>,
    /// Messages in the outbox.
    pub waiting: u64,
    /// Sealed with the key that belongs to the database, to tell it from another.
    pub key_check: Option<Vec<u8>>,
}

fn failed(error: sqlx::Error) -> InspectError {
    // SQLITE_BUSY, whose other forms stand in higher bytes (https://sqlite.org/rescode.html).
    let code = error.as_database_error().and_then(|e| e.code()).and_then(|code| code.parse::<u32>().ok());
    match code {
        Some(code) if code & 0xff == 5 => InspectError::Locked,
        _ => InspectError::Failed(error.to_string()),
    }
}

fn known() -> i64 {
    migrations::newest()
}

async fn number(conn: &mut SqliteConnection, sql: &'static str) -> Result<i64, InspectError> {
    sqlx::query_scalar(sql).fetch_one(conn).await.map_err(failed)
}

/// Looks into a file without changing it.
///
/// # Errors
/// [`InspectError`]; damage inside a readable database is in the answer instead.
pub async fn inspect(file: &Path, key_check: &str) -> Result<Inspection, InspectError> {
    let begin = {
        use std::io::Read;
        let mut begin = [0; MAGIC.len()];
        let read = std::fs::File::open(file).and_then(|mut f| f.read_exact(&mut begin));
        match read {
            Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
                return Err(InspectError::NotADatabase);
            }
            other => other.map_err(|e| InspectError::Failed(e.to_string()))?,
        }
        begin
    };
    if begin != *MAGIC {
        return Err(InspectError::NotADatabase);
    }
    let options = SqliteConnectOptions::new().filename(file).read_only(true).create_if_missing(false);
    let mut conn = SqliteConnection::connect_with(&options).await.map_err(failed)?;
    let answer = look(&mut conn, key_check).await;
    let _ = conn.close().await;
    answer
}

async fn look(conn: &mut SqliteConnection, key_check: &str) -> Result<Inspection, InspectError> {
    let sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('_sqlx_migrations', 'workspace', 'invitation', 'device')";
    if number(conn, sql).await? != 4 {
        return Err(InspectError::NotMuster);
    }
    let found = number(conn, "SELECT coalesce(max(version), 0) FROM _sqlx_migrations").await?;
    if found > known() {
        return Err(InspectError::Newer { found, known: known() });
    }
    let row = |r: &SqliteRow| r.try_get::<String, _>(0).map_err(failed);
    let rows = sqlx::query("PRAGMA integrity_check(20)").fetch_all(&mut *conn).await.map_err(failed)?;
    let mut damage = rows.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    damage.retain(|line| line != "ok");
    let lost = number(conn, "SELECT count(*) FROM pragma_foreign_key_check").await?;
    if lost > 0 {
        damage.push(format!("{lost} rows belong to something that is not there"));
    }
    let page = number(conn, "PRAGMA page_size").await?;
    let bytes = |pages: i64| u64::try_from(pages.saturating_mul(page)).unwrap_or(0);
    let newest = "SELECT max(at) FROM (SELECT max(state_at) AS at FROM invitation UNION ALL SELECT max(last_seen) FROM device
        UNION ALL SELECT max(at) FROM mail_log UNION ALL SELECT max(last_used) FROM session UNION ALL SELECT max(created_at) FROM workspace)";
    let newest: Option<i64> = sqlx::query_scalar(newest).fetch_one(&mut *conn).await.map_err(failed)?;
    let sql = "SELECT value FROM sealed WHERE name = $1 ORDER BY workspace_id LIMIT 1";
    let sealed = sqlx::query_scalar(sql).bind(key_check.to_owned()).fetch_optional(&mut *conn);
    let key_check = sealed.await.map_err(failed)?;
    Ok(Inspection {
        damage,
        version: found,
        known: known(),
        bytes: bytes(number(conn, "PRAGMA page_count").await?),
        free_bytes: bytes(number(conn, "PRAGMA freelist_count").await?),
        newest: newest.map(Timestamp),
        waiting: u64::try_from(number(conn, "SELECT count(*) FROM mail_job").await?).unwrap_or(0),
        key_check,
    })
}
