//! Files that belong to a database and lie beside it: a backup has them in a table of its own, in parts.

use super::{
    backup::{close, open},
    failed,
    row::Read as _,
};
use muster_domain::{
    WorkspaceId,
    ports::{StoreError, Stored},
};
use sqlx::{Connection, SqliteConnection};
use std::{
    io::{Read, Write},
    path::Path,
};

/// Bytes of a part.
const PART: usize = 1 << 20;

/// An Android package's file: whose it is, and its SHA-256 in hexadecimal digits.
pub type PackageFile = (WorkspaceId, String);

fn broken(error: std::io::Error) -> StoreError {
    StoreError::Failed(error.to_string())
}

async fn has(conn: &mut SqliteConnection, table: &str) -> Stored<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1)";
    sqlx::query_scalar(sql).bind(table).fetch_one(conn).await.map_err(failed)
}

async fn files(file: &Path, table: &'static str, sql: &'static str) -> Stored<Vec<PackageFile>> {
    let mut conn = open(file).await?;
    if !has(&mut conn, table).await? {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(sql).fetch_all(&mut conn).await.map_err(failed)?;
    close(conn).await?;
    rows.iter().map(|row| Ok((row.parsed("workspace_id")?, row.text("sha256")?))).collect()
}

/// The files that belong to a database.
///
/// # Errors
/// When it cannot be read.
pub async fn package_files(file: &Path) -> Stored<Vec<PackageFile>> {
    files(file, "package", "SELECT DISTINCT workspace_id, sha256 FROM package ORDER BY workspace_id, sha256")
        .await
}

/// The files that a backup has.
///
/// # Errors
/// When it cannot be read.
pub async fn attached_packages(file: &Path) -> Stored<Vec<PackageFile>> {
    let sql = "SELECT DISTINCT workspace_id, sha256 FROM backup_package ORDER BY workspace_id, sha256";
    files(file, "backup_package", sql).await
}

/// Adds a file to a backup.
///
/// # Errors
/// When one of the two cannot be read or written.
pub async fn attach_package(
    file: &Path,
    (workspace, sha256): &PackageFile,
    from: &mut impl Read,
) -> Stored<()> {
    let mut conn = open(file).await?;
    let sql = "CREATE TABLE IF NOT EXISTS backup_package (workspace_id TEXT NOT NULL, sha256 TEXT NOT NULL, part INTEGER NOT NULL,
        bytes BLOB NOT NULL, PRIMARY KEY (workspace_id, sha256, part)) STRICT";
    sqlx::query(sql).execute(&mut conn).await.map_err(failed)?;
    let mut tx = conn.begin().await.map_err(failed)?;
    for part in 0_i64.. {
        let mut bytes = Vec::with_capacity(PART);
        from.by_ref().take(PART as u64).read_to_end(&mut bytes).map_err(broken)?;
        let last = bytes.len() < PART;
        let sql = "INSERT INTO backup_package (workspace_id, sha256, part, bytes) VALUES ($1, $2, $3, $4)";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(sha256.clone()).bind(part).bind(bytes);
        query.execute(&mut *tx).await.map_err(failed)?;
        if last {
            break;
        }
    }
    tx.commit().await.map_err(failed)?;
    close(conn).await
}

/// Writes a file of a backup.
///
/// # Errors
/// When one of the two cannot be read or written.
pub async fn detach_package(
    file: &Path,
    (workspace, sha256): &PackageFile,
    to: &mut impl Write,
) -> Stored<()> {
    let mut conn = open(file).await?;
    for part in 0_i64.. {
        let sql = "SELECT bytes FROM backup_package WHERE workspace_id = $1 AND sha256 = $2 AND part = $3";
        let query =
            sqlx::query_scalar::<_, Vec<u8>>(sql).bind(workspace.to_string()).bind(sha256.clone()).bind(part);
        let Some(bytes) = query.fetch_optional(&mut conn).await.map_err(failed)? else { break };
        to.write_all(&bytes).map_err(broken)?;
    }
    close(conn).await
}
