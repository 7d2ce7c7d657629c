//! Backups: a copy of the database, the encrypted keys in it, and what a restored copy must forget.

use super::{Base, Sqlite, failed};
use muster_domain::ports::{StoreError, Stored};
use sqlx::{Connection, Row, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{path::Path, sync::Arc};

/// Keys encrypted with a passphrase, as the table `backup_key` of a backup holds them. `docs/operating.md` has the
/// format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedKeys {
    /// The format, 1.
    pub version: u32,
    /// Argon2id's memory in KiB.
    pub memory_kib: u32,
    /// Argon2id's passes.
    pub passes: u32,
    /// Argon2id's lanes.
    pub lanes: u32,
    /// Argon2id's salt.
    pub salt: Vec<u8>,
    /// AES-256-GCM's nonce.
    pub nonce: Vec<u8>,
    /// The encrypted content of the key file.
    pub sealed: Vec<u8>,
}

pub(super) async fn open(file: &Path) -> Stored<SqliteConnection> {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(false).foreign_keys(true);
    SqliteConnection::connect_with(&options).await.map_err(failed)
}

pub(super) async fn close(conn: SqliteConnection) -> Stored<()> {
    conn.close().await.map_err(failed)
}

impl Sqlite {
    /// Ends all connections; what is in the write-ahead log goes into the file. While there are other handles they go on.
    pub async fn close(self) {
        let Some(base) = Arc::into_inner(self.base) else { return };
        let Base { readers, links, keys, signers, agents, writer, .. } = base;
        readers.close().await;
        links.close().await;
        keys.close().await;
        signers.close().await;
        agents.close().await;
        writer.close().await;
    }

    /// Writes a copy of the database while everything goes on, to a file that is empty or not there.
    ///
    /// # Errors
    /// When the file has something in it or cannot be written.
    pub async fn backup_to(&self, file: &Path) -> Stored<()> {
        let file = file.to_str().ok_or_else(|| StoreError::Failed("the file's name is not UTF-8".into()))?;
        sqlx::query("VACUUM INTO $1").bind(file).execute(&self.readers).await.map_err(failed)?;
        Ok(())
    }
}

/// Adds encrypted keys to a backup.
///
/// # Errors
/// When the file cannot be written.
pub async fn attach_keys(file: &Path, keys: &SealedKeys) -> Stored<()> {
    let mut conn = open(file).await?;
    let sql = "CREATE TABLE backup_key (version INTEGER NOT NULL, memory_kib INTEGER NOT NULL, passes INTEGER NOT NULL, lanes INTEGER NOT NULL,
        salt BLOB NOT NULL, nonce BLOB NOT NULL, sealed BLOB NOT NULL) STRICT";
    sqlx::query(sql).execute(&mut conn).await.map_err(failed)?;
    let sql = "INSERT INTO backup_key (version, memory_kib, passes, lanes, salt, nonce, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    sqlx::query(sql)
        .bind(keys.version)
        .bind(keys.memory_kib)
        .bind(keys.passes)
        .bind(keys.lanes)
        .bind(keys.salt.clone())
        .bind(keys.nonce.clone())
        .bind(keys.sealed.clone())
        .execute(&mut conn)
        .await
        .map_err(failed)?;
    close(conn).await
}

/// The encrypted keys of a backup, if it has some.
///
/// # Errors
/// When the file cannot be read.
pub async fn attached_keys(file: &Path) -> Stored<Option<SealedKeys>> {
    let mut conn = open(file).await?;
    let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'backup_key')";
    if !sqlx::query_scalar::<_, bool>(sql).fetch_one(&mut conn).await.map_err(failed)? {
        return Ok(None);
    }
    let sql = "SELECT version, memory_kib, passes, lanes, salt, nonce, sealed FROM backup_key LIMIT 1";
    let row = sqlx::query(sql).fetch_optional(&mut conn).await.map_err(failed)?;
    close(conn).await?;
    let Some(row) = row else { return Ok(None) };
    let number = |name: &str| row.try_get::<u32, _>(name).map_err(failed);
    let bytes = |name: &str| row.try_get::<Vec<u8>, _>(name).map_err(failed);
    Ok(Some(SealedKeys {
        version: number("version")?,
        memory_kib: number("memory_kib")?,
        passes: number("passes")?,
        lanes: number("lanes")?,
        salt: bytes("salt")?,
        nonce: bytes("nonce")?,
        sealed: bytes("sealed")?,
    }))
}

/// Makes a copy fit to be served again: the encrypted keys and the attached files go, and so do sessions and one-time links, of which
/// some may have been ended or used since the backup was made.
///
/// # Errors
/// When the file cannot be written.
pub async fn settle(file: &Path) -> Stored<()> {
    let mut conn = open(file).await?;
    for sql in [
        "DROP TABLE IF EXISTS backup_key",
        "DROP TABLE IF EXISTS backup_package",
        "DELETE FROM session",
        "DELETE FROM ticket",
        "DELETE FROM account_offer",
        // The room of the files is given back.
        "VACUUM",
    ] {
        sqlx::query(sql).execute(&mut conn).await.map_err(failed)?;
    }
    close(conn).await
}
