//! The APNs certificate of a workspace, the request for the next one, and the vendor's certificate.

use super::{
    Sqlite, failed,
    row::{Read, bytes, damaged, json, to_hex},
    writer::{Tx, commit},
};
use async_trait::async_trait;
use muster_domain::{
    WorkspaceId,
    apple::{PushCertificate, PushRequest, VendorCertificate},
    audit::{Action, Note, Subject},
    ports::{PushCertificateStore, Reminder, StoreError, Stored, Topic},
};
use sqlx::sqlite::SqliteRow;

/// A chain as it is kept.
pub(super) fn written(chain: &[Vec<u8>]) -> Stored<String> {
    json(&chain.iter().map(|der| to_hex(der)).collect::<Vec<_>>())
}

pub(super) fn chain(row: &SqliteRow) -> Stored<Vec<Vec<u8>>> {
    let digits: Vec<String> = row.json("chain")?;
    digits.iter().map(|der| bytes(der)).collect::<Option<_>>().ok_or_else(|| damaged("chain"))
}

fn certificate(row: &SqliteRow) -> Stored<PushCertificate> {
    Ok(PushCertificate {
        chain: chain(row)?,
        topic: row.text("topic")?,
        serial: row.text("serial")?,
        not_before: row.time("not_before")?,
        not_after: row.time("not_after")?,
        account: row.maybe("account")?,
        uploaded_at: row.time("uploaded_at")?,
    })
}

/// How many connected Apple devices there are.
const CONNECTED: &str = "SELECT coalesce(sum(device_count), 0) AS devices FROM fleet
    WHERE workspace_id = $1 AND has_left = 0 AND platform IN ('ios', 'ipados')";

/// How many connected devices a certificate for this topic cannot call, as the transaction finds them.
async fn cut_off_by(tx: &mut Tx<'_>, workspace: WorkspaceId, topic: &str) -> Stored<u64> {
    let sql = "SELECT count(*) AS devices FROM apple_enrolment
        WHERE workspace_id = $1 AND ended_at IS NULL AND connected_at IS NOT NULL AND topic <> $2";
    let row = tx.row(sqlx::query(sql).bind(workspace.to_string()).bind(topic)).await?;
    row.ok_or(StoreError::NotFound)?.count("devices")
}

/// The certificate that is there, as the transaction finds it.
async fn present(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Stored<Option<PushCertificate>> {
    let sql = "SELECT chain, topic, serial, not_before, not_after, account, uploaded_at FROM push_certificate WHERE workspace_id = $1";
    tx.row(sqlx::query(sql).bind(workspace.to_string())).await?.as_ref().map(certificate).transpose()
}

/// What the log says of a certificate that came in the place of another.
fn told(before: Option<&PushCertificate>, after: &PushCertificate) -> Note {
    let ends = |c: &PushCertificate| c.not_after.rfc3339();
    Note::new(Action::PushCertificateChanged, Subject::default())
        .with("topic", before.map(|c| c.topic.as_str()), Some(&after.topic))
        .with("serial", before.map(|c| c.serial.as_str()), Some(&after.serial))
        .with("until", before.map(ends).as_deref(), Some(&ends(after)))
        .with("apple_account", before.and_then(|c| c.account.as_deref()), after.account.as_deref())
}

#[async_trait]
impl PushCertificateStore for Sqlite {
    async fn push_certificate(&self, workspace: WorkspaceId) -> Stored<Option<PushCertificate>> {
        if let Some(kept) = self.push_certificates.get(workspace) {
            return Ok(kept);
        }
        let moment = self.push_certificates.moment();
        let sql = "SELECT chain, topic, serial, not_before, not_after, account, uploaded_at FROM push_certificate WHERE workspace_id = $1";
        let row = sqlx::query(sql).bind(workspace.to_string()).fetch_optional(&self.readers).await;
        let found = row.map_err(failed)?.as_ref().map(certificate).transpose()?;
        self.push_certificates.put(workspace, moment, found.clone());
        Ok(found)
    }

    async fn push_key(&self, workspace: WorkspaceId) -> Stored<Option<Vec<u8>>> {
        let sql = "SELECT key FROM push_certificate WHERE workspace_id = $1";
        sqlx::query_scalar(sql)
            .bind(workspace.to_string())
            .fetch_optional(&self.readers)
            .await
            .map_err(failed)
    }

    async fn set_push_certificate(
        &self,
        workspace: WorkspaceId,
        certificate: &PushCertificate,
        sealed_key: &[u8],
        cut_off: Option<u64>,
    ) -> Stored<()> {
        let (new, chain, key) = (certificate.clone(), written(&certificate.chain)?, sealed_key.to_vec());
        commit!(self, |tx| {
            let before = present(tx, workspace).await?;
            if before.as_ref().is_some_and(|before| before.topic != new.topic)
                && cut_off != Some(cut_off_by(tx, workspace, &new.topic).await?)
            {
                return Err(StoreError::State);
            }
            let sql = "INSERT OR REPLACE INTO push_certificate
                    (workspace_id, chain, key, topic, serial, not_before, not_after, account, uploaded_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
            let query = sqlx::query(sql)
                .bind(workspace.to_string())
                .bind(chain)
                .bind(&key)
                .bind(&new.topic)
                .bind(&new.serial)
                .bind(new.not_before.0)
                .bind(new.not_after.0)
                .bind(&new.account)
                .bind(new.uploaded_at.0);
            tx.run(query).await?;
            let sql = "DELETE FROM push_request WHERE workspace_id = $1 AND key = $2";
            tx.run(sqlx::query(sql).bind(workspace.to_string()).bind(&key)).await?;
            super::apple::calls::due_now(tx, workspace, new.uploaded_at).await?;
            tx.changed(workspace, &[Topic::Settings]);
            tx.note(workspace, told(before.as_ref(), &new)).await
        })
    }

    async fn set_push_account(&self, workspace: WorkspaceId, account: Option<&str>) -> Stored<()> {
        let account = account.map(str::to_owned);
        commit!(self, |tx| {
            let before = present(tx, workspace).await?.ok_or(StoreError::NotFound)?;
            let after = PushCertificate { account, ..before.clone() };
            let sql = "UPDATE push_certificate SET account = $2 WHERE workspace_id = $1";
            tx.run(sqlx::query(sql).bind(workspace.to_string()).bind(&after.account)).await?;
            tx.changed(workspace, &[Topic::Settings]);
            let note = told(Some(&before), &after);
            if note.changes.is_empty() { Ok(()) } else { tx.note(workspace, note).await }
        })
    }

    async fn push_request(&self, workspace: WorkspaceId) -> Stored<Option<(PushRequest, Vec<u8>)>> {
        let sql = "SELECT csr, key, made_at FROM push_request WHERE workspace_id = $1";
        let row = sqlx::query(sql).bind(workspace.to_string()).fetch_optional(&self.readers).await;
        let request = |row: &SqliteRow| {
            Ok((PushRequest { csr: row.val("csr")?, made_at: row.time("made_at")? }, row.val("key")?))
        };
        row.map_err(failed)?.as_ref().map(request).transpose()
    }

    async fn set_push_request(
        &self,
        workspace: WorkspaceId,
        request: Option<(PushRequest, Vec<u8>)>,
    ) -> Stored<()> {
        commit!(self, |tx| {
            let id = workspace.to_string();
            let state = if request.is_some() { "set" } else { "removed" };
            let query = match request {
                Some((request, key)) => {
                    let sql = "INSERT OR REPLACE INTO push_request (workspace_id, csr, key, made_at) VALUES ($1, $2, $3, $4)";
                    sqlx::query(sql).bind(id).bind(request.csr).bind(key).bind(request.made_at.0)
                }
                None => sqlx::query("DELETE FROM push_request WHERE workspace_id = $1").bind(id),
            };
            if tx.run(query).await? == 0 {
                return Ok(());
            }
            tx.changed(workspace, &[Topic::Settings]);
            let note = Note::new(Action::PushRequestMade, Subject::default()).now("state", state);
            tx.note(workspace, note).await
        })
    }

    async fn push_vendor(&self, workspace: WorkspaceId) -> Stored<Option<(VendorCertificate, Vec<u8>)>> {
        let sql = "SELECT chain, key, name, not_after, uploaded_at FROM push_vendor WHERE workspace_id = $1";
        let row = sqlx::query(sql).bind(workspace.to_string()).fetch_optional(&self.readers).await;
        let vendor = |row: &SqliteRow| {
            let vendor = VendorCertificate {
                chain: chain(row)?,
                name: row.text("name")?,
                not_after: row.time("not_after")?,
                uploaded_at: row.time("uploaded_at")?,
            };
            Ok((vendor, row.val("key")?))
        };
        row.map_err(failed)?.as_ref().map(vendor).transpose()
    }

    async fn set_push_vendor(
        &self,
        workspace: WorkspaceId,
        vendor: Option<(VendorCertificate, Vec<u8>)>,
    ) -> Stored<()> {
        let vendor = match vendor {
            Some((vendor, key)) => Some((written(&vendor.chain)?, vendor, key)),
            None => None,
        };
        commit!(self, |tx| {
            let id = workspace.to_string();
            let note = Note::new(Action::VendorChanged, Subject::default());
            let (note, query) = match vendor {
                Some((chain, vendor, key)) => {
                    let sql = "INSERT OR REPLACE INTO push_vendor (workspace_id, chain, key, name, not_after, uploaded_at)
                        VALUES ($1, $2, $3, $4, $5, $6)";
                    let note = note.now("name", &vendor.name).now("until", &vendor.not_after.rfc3339());
                    let query = sqlx::query(sql).bind(id).bind(chain).bind(key).bind(vendor.name);
                    (note, query.bind(vendor.not_after.0).bind(vendor.uploaded_at.0))
                }
                None => {
                    let sql = "DELETE FROM push_vendor WHERE workspace_id = $1";
                    (note.now("state", "removed"), sqlx::query(sql).bind(id))
                }
            };
            if tx.run(query).await? == 0 {
                return Ok(());
            }
            tx.changed(workspace, &[Topic::Settings]);
            tx.note(workspace, note).await
        })
    }

    async fn apple_devices(&self, workspace: WorkspaceId) -> Stored<u64> {
        let row = sqlx::query(CONNECTED).bind(workspace.to_string()).fetch_one(&self.readers).await;
        row.map_err(failed)?.count("devices")
    }

    async fn is_reminded(&self, workspace: WorkspaceId, reminder: Reminder) -> Stored<bool> {
        let sql = "SELECT 1 AS told FROM push_reminder WHERE workspace_id = $1 AND account_id = $2 AND not_after = $3 AND days = $4";
        let query = sqlx::query(sql)
            .bind(workspace.to_string())
            .bind(reminder.account.to_string())
            .bind(reminder.not_after.0)
            .bind(reminder.days);
        Ok(query.fetch_optional(&self.readers).await.map_err(failed)?.is_some())
    }

    async fn set_reminded(&self, workspace: WorkspaceId, reminder: Reminder) -> Stored<()> {
        commit!(self, |tx| {
            let sql = "INSERT OR IGNORE INTO push_reminder (workspace_id, account_id, not_after, days) VALUES ($1, $2, $3, $4)";
            let query = sqlx::query(sql)
                .bind(workspace.to_string())
                .bind(reminder.account.to_string())
                .bind(reminder.not_after.0)
                .bind(reminder.days);
            tx.run(query).await.map(|_| ())
        })
    }
}
