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

/// Entries that are kept of one device: an agent that reports back and forth cannot fill the disk.
const KEPT: i64 = 500;

/// Writes entries, in one statement.
pub(super) async fn record(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    device: DeviceId,
    events: &[DeviceEvent],
    by: Option<AccountId>,
    now: Timestamp,
) -> Stored<()> {
    if events.is_empty() {
        return Ok(());
    }
    let sql = "INSERT INTO device_event (workspace_id, device_id, seq, at, event, account_id)
        SELECT $1, $2, seq + key + 1, $3, value, $5 FROM json_each($4),
            (SELECT coalesce(max(seq), 0) AS seq FROM device_event WHERE workspace_id = $1 AND device_id = $2)
        RETURNING seq";
    let entries = events.iter().map(json).collect::<Stored<Vec<_>>>()?;
    let query = sqlx::query(sql)
        .bind(workspace.to_string())
        .bind(device.to_string())
        .bind(now.0)
        .bind(json(&entries)?)
        .bind(by.map(|a| a.to_string()));
    let last = tx.rows(query).await?.iter().map(|row| row.val("seq")).collect::<Stored<Vec<i64>>>()?;
    if let Some(seq) = last.into_iter().max().filter(|seq| *seq > KEPT) {
        let sql = "DELETE FROM device_event WHERE workspace_id = $1 AND device_id = $2 AND seq <= $3";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(device.to_string());
        tx.run(query.bind(seq - KEPT)).await?;
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
    record(tx, after.workspace, after.id, &DeviceEvent::between(before, after), by, now).await
}

/// The key that is pinned to a device; none if there is no such device yet.
pub(super) async fn pinned_key(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    device: DeviceId,
) -> Stored<Option<Vec<u8>>> {
    let sql = "SELECT public_key FROM device WHERE workspace_id = $1 AND id = $2";
    let query = sqlx::query(sql).bind(workspace.to_string()).bind(device.to_string());
    tx.row(query).await?.map(|r| r.val("public_key")).transpose()
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
