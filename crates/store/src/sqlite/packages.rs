//! Android packages: what is known of the files in the data folder.

use super::{
    Sqlite, failed,
    row::{Read, json},
    writer::{Tx, commit},
};
use async_trait::async_trait;
use muster_domain::{
    PackageId, WorkspaceId,
    audit::{Action, By, Note, Subject},
    package::{AppPackage, MOST},
    ports::{Meant, PackagePut, PackageStore, StoreError, Stored, Topic},
    token::TokenHash,
};
use sqlx::sqlite::SqliteRow;

/// Columns of a row.
const COLUMNS: &str = "id, name, version_code, version_name, min_sdk, size, sha256, certificates, several, checksum, receiver, uploaded_at, uploaded_by";

/// A whole statement, of constants alone.
fn select(rest: &str) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!("SELECT {COLUMNS}, workspace_id FROM package {rest}"))
}

fn row(row: &SqliteRow) -> Stored<AppPackage> {
    Ok(AppPackage {
        id: row.parsed("id")?,
        name: row.text("name")?,
        version_code: row.count("version_code")?,
        version_name: row.maybe("version_name")?,
        min_sdk: u32::try_from(row.count("min_sdk")?).unwrap_or(u32::MAX),
        size: row.count("size")?,
        sha256: row.text("sha256")?,
        certificates: row.json("certificates")?,
        several: row.val("several")?,
        checksum: row.text("checksum")?,
        receiver: row.maybe("receiver")?,
        uploaded_at: row.time("uploaded_at")?,
        uploaded_by: row.maybe("uploaded_by")?,
    })
}

/// A number as SQLite has it; what is larger than those is none that Android compares.
fn number(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Who acts, by name.
fn author(tx: &Tx<'_>) -> Option<String> {
    match &tx.act()?.by {
        By::Account { name, .. } => Some(name.clone()),
        By::CommandLine { user } => Some(user.clone()),
        By::Device | By::Visitor => None,
    }
}

async fn named(tx: &mut Tx<'_>, workspace: WorkspaceId, name: &str) -> Stored<Option<AppPackage>> {
    let query = sqlx::query(select("WHERE workspace_id = $1 AND name = $2"));
    tx.row(query.bind(workspace.to_string()).bind(name.to_owned())).await?.map(|r| row(&r)).transpose()
}

async fn insert(tx: &mut Tx<'_>, workspace: WorkspaceId, new: &AppPackage, address: TokenHash) -> Stored<()> {
    // The former one's id and address stay: they stand in codes that are out already.
    let sql = "INSERT INTO package (workspace_id, id, name, address, version_code, version_name, min_sdk, size, sha256, certificates,
            several, checksum, receiver, uploaded_at, uploaded_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        ON CONFLICT (workspace_id, name) DO UPDATE SET version_code = excluded.version_code, version_name = excluded.version_name,
            min_sdk = excluded.min_sdk, size = excluded.size, sha256 = excluded.sha256, certificates = excluded.certificates,
            several = excluded.several, checksum = excluded.checksum, receiver = excluded.receiver,
            uploaded_at = excluded.uploaded_at, uploaded_by = excluded.uploaded_by";
    let query = sqlx::query(sql)
        .bind(workspace.to_string())
        .bind(new.id.to_string())
        .bind(&new.name)
        .bind(address.0.to_vec())
        .bind(number(new.version_code))
        .bind(&new.version_name)
        .bind(new.min_sdk)
        .bind(number(new.size))
        .bind(&new.sha256)
        .bind(json(&new.certificates)?)
        .bind(new.several)
        .bind(&new.checksum)
        .bind(&new.receiver)
        .bind(new.uploaded_at.0)
        .bind(&new.uploaded_by);
    tx.run(query).await.map(|_| ())
}

/// Whether one more is too many.
async fn is_full(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Stored<bool> {
    let sql = "SELECT count(*) AS n FROM package WHERE workspace_id = $1";
    let found = tx.row(sqlx::query(sql).bind(workspace.to_string())).await?;
    Ok(found.map(|r| r.count("n")).transpose()?.unwrap_or_default() >= MOST as u64)
}

impl Sqlite {
    pub(super) async fn package_at(&self, address: TokenHash) -> Stored<Option<(WorkspaceId, AppPackage)>> {
        let query = sqlx::query(select("WHERE address = $1")).bind(address.0.to_vec());
        let found = query.fetch_optional(&self.readers).await.map_err(failed)?;
        found.map(|r| Ok((r.parsed("workspace_id")?, row(&r)?))).transpose()
    }
}

#[async_trait]
impl PackageStore for Sqlite {
    async fn packages(&self, workspace: WorkspaceId) -> Stored<Vec<AppPackage>> {
        let query = sqlx::query(select("WHERE workspace_id = $1 ORDER BY name")).bind(workspace.to_string());
        query.fetch_all(&self.readers).await.map_err(failed)?.iter().map(row).collect()
    }

    async fn package(&self, workspace: WorkspaceId, name: &str) -> Stored<Option<AppPackage>> {
        let query = sqlx::query(select("WHERE workspace_id = $1 AND name = $2"));
        let query = query.bind(workspace.to_string()).bind(name.to_owned());
        query.fetch_optional(&self.readers).await.map_err(failed)?.map(|r| row(&r)).transpose()
    }

    async fn put_package(
        &self,
        workspace: WorkspaceId,
        package: &AppPackage,
        address: TokenHash,
        meant: Meant,
    ) -> Stored<PackagePut> {
        let mut new = package.clone();
        commit!(self, |tx| {
            let former = named(tx, workspace, &new.name).await?;
            match &former {
                Some(former) if !meant.other_signer && !new.may_follow(former) => {
                    return Ok(PackagePut::OtherSigner(Box::new(former.clone())));
                }
                Some(former) if !meant.older && new.version_code < former.version_code => {
                    return Ok(PackagePut::Older(Box::new(former.clone())));
                }
                Some(former) => new.id = former.id,
                None if is_full(tx, workspace).await? => return Ok(PackagePut::Full),
                None => {}
            }
            new.uploaded_by = author(tx);
            insert(tx, workspace, &new, address).await?;
            tx.changed(workspace, &[Topic::Settings]);
            let was = former.as_ref();
            let note = Note::new(Action::PackageUploaded, Subject::new(new.id, &new.name))
                .with("version", was.map(AppPackage::version).as_deref(), Some(&new.version()))
                .with("sha256", was.map(|p| p.sha256.as_str()), Some(&new.sha256))
                .with("checksum", was.map(|p| p.checksum.as_str()), Some(&new.checksum));
            tx.note(workspace, note).await?;
            Ok(PackagePut::Kept(Box::new(new), former.map(Box::new)))
        })
    }

    async fn delete_package(&self, workspace: WorkspaceId, id: PackageId) -> Stored<AppPackage> {
        commit!(self, |tx| {
            let sql = format!("DELETE FROM package WHERE workspace_id = $1 AND id = $2 RETURNING {COLUMNS}");
            let query =
                sqlx::query(sqlx::AssertSqlSafe(sql)).bind(workspace.to_string()).bind(id.to_string());
            let gone = row(&tx.row(query).await?.ok_or(StoreError::NotFound)?)?;
            tx.changed(workspace, &[Topic::Settings]);
            let note = Note::new(Action::PackageDeleted, Subject::new(id, &gone.name));
            tx.note(workspace, note.was("version", &gone.version()).was("sha256", &gone.sha256)).await?;
            Ok(gone)
        })
    }
}
