//! Which configuration a device has: the first one, by place, that is for everybody or for a group of its owner.

use crate::sqlite::{row::Read, writer::Tx};
use muster_domain::{
    DeviceId, Timestamp, WorkspaceId,
    configuration::ConfigurationSettings,
    ports::{Stored, Topic},
};
use sqlx::AssertSqlSafe;

/// Whether the configuration `c` is for the owner of the device `d`.
pub(super) const FITS: &str = "(c.everybody = 1 OR EXISTS (SELECT 1 FROM configuration_group g
    JOIN membership m ON m.workspace_id = g.workspace_id AND m.user_id = d.user_id AND m.name_key = g.name_key
    WHERE g.workspace_id = c.workspace_id AND g.configuration_id = c.id))";

/// What is read (of `c`) of the configuration of the device `d`, as a part of a statement.
pub(super) fn effective(what: &'static str) -> String {
    format!(
        "(SELECT {what} FROM configuration c WHERE c.workspace_id = d.workspace_id AND {FITS} ORDER BY c.place, c.id LIMIT 1)"
    )
}

/// Tells the devices that have not fetched what they are to have, all in one statement.
pub(super) async fn tell(tx: &mut Tx<'_>, workspace: WorkspaceId, now: Timestamp) -> Stored<u64> {
    let sql = format!(
        "UPDATE headwind_device SET due_at = $2, told_at = NULL WHERE workspace_id = $1 AND due_at IS NULL
            AND EXISTS (SELECT 1 FROM device d WHERE d.workspace_id = headwind_device.workspace_id AND d.id = headwind_device.device_id
                AND d.left_at IS NULL
                AND {} IS NOT headwind_device.configuration_id || ' ' || headwind_device.configuration_version)",
        effective("c.id || ' ' || c.version")
    );
    let told = tx.run(sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(now.0)).await?;
    tx.changed(workspace, &[Topic::Devices, Topic::Settings]);
    Ok(told)
}

/// What a device fetches now; it is noted that it has.
pub(in crate::sqlite) async fn fetch(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    device: DeviceId,
) -> Stored<Option<ConfigurationSettings>> {
    let sql = format!(
        "SELECT v.configuration_id, v.version, v.settings FROM device d JOIN configuration_version v
            ON v.workspace_id = d.workspace_id AND v.configuration_id = {} AND v.version =
                (SELECT n.version FROM configuration n WHERE n.workspace_id = v.workspace_id AND n.id = v.configuration_id)
        WHERE d.workspace_id = $1 AND d.id = $2",
        effective("c.id")
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(device.to_string());
    let found = tx.row(query).await?;
    let (id, version, settings) = match found {
        Some(row) => {
            (row.maybe("configuration_id")?, Some(row.val::<i64>("version")?), Some(row.json("settings")?))
        }
        None => (None, None, None),
    };
    let sql = "UPDATE headwind_device SET configuration_id = $3, configuration_version = $4 WHERE workspace_id = $1 AND device_id = $2";
    let query = sqlx::query(sql).bind(workspace.to_string()).bind(device.to_string()).bind(id).bind(version);
    tx.run(query).await?;
    Ok(settings)
}
