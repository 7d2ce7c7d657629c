//! Configurations for Android devices with the Headwind agent.

pub(super) mod effective;
mod log;
mod save;

use super::{Sqlite, failed, row::Read, writer::commit};
use async_trait::async_trait;
use effective::{FITS, effective};
use muster_domain::{
    ConfigurationId, DeviceId, Timestamp, WorkspaceId,
    configuration::ConfigurationSettings,
    ports::{
        Audience, ConfigurationRow, ConfigurationStore, ConfigurationVersion, DeviceConfiguration, LogEntry,
        NamedVersion, NewLogEntry, Reach, SaveConfiguration, SavedConfiguration, Stored, VersionRow,
    },
};
use sqlx::{AssertSqlSafe, sqlite::SqliteRow};

/// What is read of a configuration; `devices` apart, which costs a look at each device.
const COLUMNS: &str = "c.id, c.name, c.everybody, c.version, v.saved_at, v.saved_by,
    (SELECT json_group_array(name) FROM (SELECT u.name FROM configuration_group g
        JOIN user_group u ON u.workspace_id = g.workspace_id AND u.name_key = g.name_key
        WHERE g.workspace_id = c.workspace_id AND g.configuration_id = c.id ORDER BY u.name_key)) AS groups
    FROM configuration c JOIN configuration_version v
        ON v.workspace_id = c.workspace_id AND v.configuration_id = c.id AND v.version = c.version";

fn row(row: &SqliteRow) -> Stored<ConfigurationRow> {
    Ok(ConfigurationRow {
        id: row.parsed("id")?,
        name: row.text("name")?,
        audience: Audience { everybody: row.val("everybody")?, groups: row.json("groups")? },
        version: row.count("version")?,
        changed_at: row.time("saved_at")?,
        changed_by: row.text("saved_by")?,
        devices: 0,
    })
}

impl Sqlite {
    /// How many connected devices each configuration reaches.
    async fn reached(&self, workspace: WorkspaceId) -> Stored<Vec<(ConfigurationId, u64)>> {
        let sql = format!(
            "SELECT effective, count(*) AS n FROM (SELECT {} AS effective FROM headwind_device h
                JOIN device d ON d.workspace_id = h.workspace_id AND d.id = h.device_id
                WHERE h.workspace_id = $1 AND d.left_at IS NULL) WHERE effective IS NOT NULL GROUP BY effective",
            effective("c.id")
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string());
        let rows = query.fetch_all(&self.readers).await.map_err(failed)?;
        rows.iter().map(|row| Ok((row.parsed("effective")?, row.count("n")?))).collect()
    }
}

#[async_trait]
impl ConfigurationStore for Sqlite {
    async fn configurations(&self, workspace: WorkspaceId) -> Stored<Vec<ConfigurationRow>> {
        let sql = format!("SELECT {COLUMNS} WHERE c.workspace_id = $1 ORDER BY c.place, c.id");
        let query = sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string());
        let rows = query.fetch_all(&self.readers).await.map_err(failed)?;
        let mut found = rows.iter().map(row).collect::<Stored<Vec<_>>>()?;
        if !found.is_empty() {
            for (id, devices) in self.reached(workspace).await? {
                found.iter_mut().filter(|row| row.id == id).for_each(|row| row.devices = devices);
            }
        }
        Ok(found)
    }

    async fn configuration(
        &self,
        workspace: WorkspaceId,
        id: ConfigurationId,
        version: Option<u64>,
    ) -> Stored<Option<ConfigurationVersion>> {
        let found = self.configurations(workspace).await?.into_iter().find(|row| row.id == id);
        let Some(row) = found else { return Ok(None) };
        let version = version.unwrap_or(row.version);
        let sql = "SELECT settings FROM configuration_version WHERE workspace_id = $1 AND configuration_id = $2 AND version = $3";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string()).bind(number(version));
        let found = query.fetch_optional(&self.readers).await.map_err(failed)?;
        found.map(|r| Ok(ConfigurationVersion { row, version, settings: r.json("settings")? })).transpose()
    }

    async fn configuration_versions(
        &self,
        workspace: WorkspaceId,
        id: ConfigurationId,
    ) -> Stored<Vec<VersionRow>> {
        let sql = "SELECT version, saved_at, saved_by, restored FROM configuration_version
            WHERE workspace_id = $1 AND configuration_id = $2 ORDER BY version DESC";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string());
        let rows = query.fetch_all(&self.readers).await.map_err(failed)?;
        let one = |row: &SqliteRow| {
            Ok(VersionRow {
                version: row.count("version")?,
                saved_at: row.time("saved_at")?,
                saved_by: row.text("saved_by")?,
                restored: row.val::<Option<i64>>("restored")?.and_then(|n| u64::try_from(n).ok()),
            })
        };
        rows.iter().map(one).collect()
    }

    async fn configuration_reach(
        &self,
        workspace: WorkspaceId,
        id: Option<ConfigurationId>,
        audience: &Audience,
    ) -> Stored<Reach> {
        let keys: Vec<_> = audience.groups.iter().map(|name| name.to_lowercase()).collect();
        let sql = format!(
            "SELECT first, count(*) AS n FROM (SELECT (SELECT c.name FROM configuration c WHERE c.workspace_id = d.workspace_id
                    AND c.place < coalesce((SELECT o.place FROM configuration o WHERE o.workspace_id = $1 AND o.id = $4), 1 << 40)
                    AND {FITS} ORDER BY c.place, c.id LIMIT 1) AS first
                FROM headwind_device h JOIN device d ON d.workspace_id = h.workspace_id AND d.id = h.device_id
                WHERE h.workspace_id = $1 AND d.left_at IS NULL
                    AND ($2 OR EXISTS (SELECT 1 FROM membership m WHERE m.workspace_id = d.workspace_id AND m.user_id = d.user_id
                        AND m.name_key IN (SELECT value FROM json_each($3)))))
            GROUP BY first ORDER BY n DESC, first"
        );
        let query = sqlx::query(AssertSqlSafe(sql))
            .bind(workspace.to_string())
            .bind(audience.everybody)
            .bind(super::row::json(&keys)?)
            .bind(id.map(|id| id.to_string()).unwrap_or_default());
        let mut reach = Reach::default();
        for row in query.fetch_all(&self.readers).await.map_err(failed)? {
            match row.maybe("first")? {
                Some(name) => reach.elsewhere.push((name, row.count("n")?)),
                None => reach.devices = row.count("n")?,
            }
        }
        Ok(reach)
    }

    async fn save_configuration(
        &self,
        workspace: WorkspaceId,
        save: SaveConfiguration,
    ) -> Stored<SavedConfiguration> {
        commit!(self, |tx| save::save(tx, workspace, save).await)
    }

    async fn delete_configuration(
        &self,
        workspace: WorkspaceId,
        id: ConfigurationId,
        now: Timestamp,
    ) -> Stored<()> {
        commit!(self, |tx| save::delete(tx, workspace, id, now).await)
    }

    async fn order_configurations(
        &self,
        workspace: WorkspaceId,
        order: &[ConfigurationId],
        now: Timestamp,
    ) -> Stored<()> {
        let order = order.to_vec();
        commit!(self, |tx| save::order(tx, workspace, &order, now).await)
    }

    async fn device_configuration(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
    ) -> Stored<DeviceConfiguration> {
        let sql = format!(
            "SELECT w.id AS wanted, w.name AS wanted_name, w.version AS wanted_version,
                f.id AS fetched, f.name AS fetched_name, h.configuration_version AS fetched_version
            FROM headwind_device h JOIN device d ON d.workspace_id = h.workspace_id AND d.id = h.device_id
            LEFT JOIN configuration w ON w.workspace_id = d.workspace_id AND w.id = {}
            LEFT JOIN configuration f ON f.workspace_id = d.workspace_id AND f.id = h.configuration_id
            WHERE h.workspace_id = $1 AND h.device_id = $2",
            effective("c.id")
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(device.to_string());
        let found = query.fetch_optional(&self.readers).await.map_err(failed)?;
        let Some(row) = found else { return Ok(DeviceConfiguration::default()) };
        let named = |of: &str| {
            let Some(id) = row.parsed_or_none(of)? else { return Ok(None) };
            let (name, version) = (row.text(&format!("{of}_name"))?, row.count(&format!("{of}_version"))?);
            Ok(Some(NamedVersion { id, name, version }))
        };
        Ok(DeviceConfiguration { wanted: named("wanted")?, fetched: named("fetched")? })
    }

    async fn fetched_configuration(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
    ) -> Stored<Option<ConfigurationSettings>> {
        let sql = "SELECT v.settings FROM headwind_device h JOIN configuration_version v
                ON v.workspace_id = h.workspace_id AND v.configuration_id = h.configuration_id AND v.version = h.configuration_version
            WHERE h.workspace_id = $1 AND h.device_id = $2";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(device.to_string());
        let found = query.fetch_optional(&self.readers).await.map_err(failed)?;
        found.map(|row| row.json("settings")).transpose()
    }

    async fn keep_log(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        entries: &[NewLogEntry],
        _: Timestamp,
    ) -> Stored<()> {
        let entries = entries.to_vec();
        commit!(self, |tx| log::keep(tx, workspace, device, &entries).await)
    }

    async fn device_log(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        before: Option<u64>,
        most: u32,
    ) -> Stored<Vec<LogEntry>> {
        self.logged(workspace, device, before, most).await
    }
}

/// A number as a column takes it.
fn number(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
