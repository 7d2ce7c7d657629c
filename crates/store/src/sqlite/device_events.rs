//! The history of devices, written in the transaction of the change itself.

use super::{
    Sqlite, failed,
    row::{Read, json},
    writer::Tx,
};
use muster_domain::{
    AccountId, DeviceId, Timestamp, WorkspaceId,
    device::{Device, DeviceEvent, HistoryEntry},
    ports::Stored,
};
use sqlx::Row;

/// Entries that are kept of one device: an agent that reports back and forth cannot fill the disk.
const KEPT: i64 = 500;

/// Writes one entry.
pub(super) async fn record(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    device: DeviceId,
    event: &DeviceEvent,
    by: Option<AccountId>,
    now: Timestamp,
) -> Stored<()> {
    let sql = "INSERT INTO device_event (workspace_id, device_id, seq, at, event, account_id)
        SELECT $1, $2, coalesce(max(seq), 0) + 1, $3, $4, $5 FROM device_event WHERE workspace_id = $1 AND device_id = $2
        RETURNING seq";
    let query = sqlx::query(sql)
        .bind(workspace.to_string())
        .bind(device.to_string())
        .bind(now.0)
        .bind(json(event)?)
        .bind(by.map(|a| a.to_string()));
    let seq: i64 = query.fetch_one(&mut *tx.conn).await.map_err(failed)?.try_get("seq").map_err(failed)?;
    if seq > KEPT {
        let sql = "DELETE FROM device_event WHERE workspace_id = $1 AND device_id = $2 AND seq <= $3";
        sqlx::query(sql)
            .bind(workspace.to_string())
            .bind(device.to_string())
            .bind(seq - KEPT)
            .execute(&mut *tx.conn)
            .await
            .map_err(failed)?;
    }
    Ok(())
}

/// Writes what happened between two looks at the same device.
pub(super) async fn changed(
    tx: &mut Tx<'_>,
    before: &Device,
    after: &Device,
    by: Option<AccountId>,
    now: Timestamp,
) -> Stored<()> {
    for event in DeviceEvent::between(before, after) {
        record(tx, after.workspace, after.id, &event, by, now).await?;
    }
    Ok(())
}

/// Writes that a device connected: anew, or again with the key that it has now.
pub(super) async fn claimed(
    tx: &mut Tx<'_>,
    device: &Device,
    former_key: Option<&[u8]>,
    key: &[u8],
    now: Timestamp,
) -> Stored<()> {
    let event = match former_key {
        None => DeviceEvent::Connected,
        Some(former) => DeviceEvent::ConnectedAgain { new_key: former != key },
    };
    record(tx, device.workspace, device.id, &event, None, now).await
}

/// The key that is pinned to a device; none if there is no such device yet.
pub(super) async fn pinned_key(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    device: DeviceId,
) -> Stored<Option<Vec<u8>>> {
    let sql = "SELECT public_key FROM device WHERE workspace_id = $1 AND id = $2";
    let query = sqlx::query(sql).bind(workspace.to_string()).bind(device.to_string());
    query.fetch_optional(&mut *tx.conn).await.map_err(failed)?.map(|r| r.val("public_key")).transpose()
}

impl Sqlite {
    pub(super) async fn history(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
    ) -> Stored<Vec<HistoryEntry>> {
        let sql = "SELECT e.at, e.event, a.name AS by_name FROM device_event e LEFT JOIN account a ON a.id = e.account_id
            WHERE e.workspace_id = $1 AND e.device_id = $2 ORDER BY e.seq DESC";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(device.to_string());
        let rows = query.fetch_all(&self.readers).await.map_err(failed)?;
        rows.iter()
            .map(|r| Ok(HistoryEntry { at: r.time("at")?, by: r.maybe("by_name")?, event: r.json("event")? }))
            .collect()
    }
}
