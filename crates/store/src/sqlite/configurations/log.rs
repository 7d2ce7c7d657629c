//! What devices log where their configuration asks for it: the newest of each.

use super::number;
use crate::sqlite::{
    Sqlite, failed,
    row::{Read, json},
    writer::Tx,
};
use muster_domain::{
    DeviceId, WorkspaceId,
    configuration::Choice,
    ports::{LogEntry, MOST_LOGGED, NewLogEntry, Stored, Topic},
};
use sqlx::sqlite::SqliteRow;
use std::time::Duration;

/// Live pages are told of a fleet's logs once in so long.
const TELL: Duration = Duration::from_secs(1);

/// Keeps entries, and lets go of the oldest ones.
pub(super) async fn keep(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    device: DeviceId,
    entries: &[NewLogEntry],
) -> Stored<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = entries.iter().map(|e| (e.at.0, e.level.number(), &e.package, &e.message)).collect();
    let sql = "INSERT INTO headwind_log (workspace_id, device_id, at, level, package, message)
        SELECT $1, $2, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($3) ORDER BY key";
    let query = sqlx::query(sql).bind(workspace.to_string()).bind(device.to_string()).bind(json(&rows)?);
    tx.run(query).await?;
    let sql = "DELETE FROM headwind_log WHERE workspace_id = $1 AND device_id = $2 AND number <=
        (SELECT number FROM headwind_log WHERE workspace_id = $1 AND device_id = $2 ORDER BY number DESC LIMIT 1 OFFSET $3)";
    let query = sqlx::query(sql).bind(workspace.to_string()).bind(device.to_string()).bind(MOST_LOGGED);
    tx.run(query).await?;
    tx.changed_soon(workspace, &[Topic::Devices], TELL);
    Ok(())
}

/// The level of a number.
fn level(n: i64) -> u8 {
    let most = muster_domain::configuration::LogLevel::NAMES.len();
    u8::try_from(n.clamp(1, i64::try_from(most).unwrap_or(1))).unwrap_or(1)
}

fn entry(row: &SqliteRow) -> Stored<LogEntry> {
    Ok(LogEntry {
        number: row.count("number")?,
        at: row.time("at")?,
        level: level(row.val("level")?),
        package: row.text("package")?,
        message: row.text("message")?,
    })
}

impl Sqlite {
    /// A device's log, the newest first.
    pub(super) async fn logged(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        before: Option<u64>,
        most: u32,
    ) -> Stored<Vec<LogEntry>> {
        let sql = "SELECT number, at, level, package, message FROM headwind_log
            WHERE workspace_id = $1 AND device_id = $2 AND number < $3 ORDER BY number DESC LIMIT $4";
        let query = sqlx::query(sql)
            .bind(workspace.to_string())
            .bind(device.to_string())
            .bind(before.map_or(i64::MAX, number))
            .bind(most.min(MOST_LOGGED));
        let rows = query.fetch_all(&self.readers).await.map_err(failed)?;
        rows.iter().map(entry).collect()
    }
}
