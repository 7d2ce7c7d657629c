//! What a device reports, and whether it is still the same device.

use super::super::{
    Sqlite,
    devices::{self, about},
    failed,
    row::Read,
    writer::Tx,
};
use muster_domain::{
    DeviceId, Timestamp, WorkspaceId,
    audit::Action,
    device::{Facts, Hardware, HeadwindFacts},
    headwind::contradiction,
    ports::{StoreError, Stored, Topic},
};

/// What a device is called of which nothing is known but its system.
const UNNAMED: &str = "Android";

impl Sqlite {
    /// Whether a report changes nothing but what a device tells of itself: it is the same hardware, has been heard of before where it
    /// is now, and nobody waits for the report.
    pub(super) async fn is_routine(
        &self,
        workspace: WorkspaceId,
        id: DeviceId,
        facts: &Facts,
        own: bool,
    ) -> Stored<bool> {
        let sql = "SELECT facts, h.moved_at IS NOT NULL AS moved, EXISTS (SELECT 1 FROM device_command c
                WHERE c.workspace_id = d.workspace_id AND c.device_id = d.id AND c.kind = 'report' AND c.state = 'delivered') AS asked
            FROM device d JOIN headwind_device h ON h.workspace_id = d.workspace_id AND h.device_id = d.id WHERE d.workspace_id = $1 AND d.id = $2";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string());
        let row = query.fetch_optional(&self.readers).await.map_err(failed)?.ok_or(StoreError::NotFound)?;
        let known: Facts = row.json("facts")?;
        let news = row.val::<bool>("asked")? || (own && !row.val::<bool>("moved")?);
        Ok(!news && known.model.is_some() && contradiction(&known, facts).is_none())
    }
}

/// A device reports. What it was asked to report is done with it.
pub(super) async fn told(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: DeviceId,
    facts: &Facts,
    own: bool,
    now: Timestamp,
) -> Stored<()> {
    let mut before = devices::get(tx, workspace, id).await?;
    if before.left_at.is_some() {
        return Err(StoreError::NotFound);
    }
    let mut device = before.clone();
    match contradiction(&before.facts, facts) {
        Some(copy) => {
            if before.facts.headwind.as_ref().is_none_or(|known| known.copy.is_none()) {
                tx.note(workspace, about(Action::DevicePossibleCopy, &before).now("copy", &copy)).await?;
            }
            let imei = facts.headwind.as_ref().and_then(|told| told.imei.clone());
            let is = Hardware { serial: facts.serial.clone(), imei, model: facts.model.clone() };
            let copy = HeadwindFacts { copy: Some(copy), copy_is: Some(is), ..HeadwindFacts::default() };
            device.facts.headwind.get_or_insert_default().merge(&copy);
        }
        None => {
            device.facts.merge(facts);
            // When it connected, nothing was known of it but its system.
            if let (UNNAMED, None, Some(model)) = (device.name.as_str(), &before.facts.model, &facts.model) {
                device.name.clone_from(model);
                // That is no news: nobody has called it otherwise.
                before.name.clone_from(model);
            }
        }
    }
    device.last_seen = now;
    devices::judge(tx, &before, device, now).await?;
    if own {
        let sql = "UPDATE headwind_device SET moved_at = coalesce(moved_at, $3) WHERE workspace_id = $1 AND device_id = $2";
        tx.run(sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string()).bind(now.0)).await?;
    }
    let sql = "UPDATE device_command SET state = 'done', ended_at = $3 WHERE workspace_id = $1 AND device_id = $2 AND kind = 'report' AND state = 'delivered'";
    let query = sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string()).bind(now.0);
    if tx.run(query).await? > 0 {
        tx.changed(workspace, &[Topic::Devices]);
    }
    Ok(())
}

/// Somebody has decided: what spoke last is the device, and no third one.
pub(super) async fn is_the_same(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: DeviceId,
    now: Timestamp,
) -> Stored<()> {
    let before = devices::get(tx, workspace, id).await?;
    let mut device = before.clone();
    let known = device.facts.headwind.as_mut().filter(|h| h.copy.is_some()).ok_or(StoreError::State)?;
    known.copy = None;
    let is = known.copy_is.take().unwrap_or_default();
    known.imei = is.imei;
    device.facts.serial = is.serial;
    device.facts.model = is.model;
    let said = before.facts.headwind.as_ref().and_then(|h| h.copy.clone()).unwrap_or_default();
    devices::judge(tx, &before, device, now).await?;
    super::call(tx, workspace, id, now).await?;
    tx.note(workspace, about(Action::DeviceIsTheSame, &before).now("copy", &said)).await
}

impl Sqlite {
    /// Whether it is known already that a device's agent is another build than the company's.
    pub(super) async fn is_known_to_be_unsigned(&self, workspace: WorkspaceId, id: DeviceId) -> Stored<bool> {
        let sql = "SELECT facts ->> '$.headwind.unsigned' IS 1 AS known FROM device WHERE workspace_id = $1 AND id = $2";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string());
        let row = query.fetch_optional(&self.readers).await.map_err(failed)?.ok_or(StoreError::NotFound)?;
        row.val("known")
    }
}

/// A device's agent is another build than the company's.
pub(super) async fn unsigned(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: DeviceId,
    now: Timestamp,
) -> Stored<()> {
    let before = devices::get(tx, workspace, id).await?;
    let mut device = before.clone();
    device.facts.headwind.get_or_insert_default().unsigned = Some(true);
    devices::judge(tx, &before, device, now).await
}
