//! What devices tell: nonces, facts, the statuses that follow, and good-byes.

use super::{get, put, silence};
use crate::sqlite::writer::Tx;
use muster_domain::{
    DeviceId, Timestamp, WorkspaceId,
    device::{self, Facts},
    ports::{StoreError, Stored},
    time::MINUTE,
};

/// Nonces are kept longer than a signature is taken (300 s, and 30 s of clock skew).
pub(super) const NONCES: i64 = 15 * MINUTE;

/// Remembers a nonce; `false` if it was there already.
pub(super) async fn fresh(tx: &mut Tx<'_>, key: &str, nonce: &str, now: Timestamp) -> Stored<bool> {
    let sql = "INSERT INTO nonce (key, nonce, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let query = sqlx::query(sql).bind(key).bind(nonce).bind(now.0);
    Ok(tx.run(query).await? > 0)
}

/// What is new replaces what was known; what is not told stays.
pub(super) fn merge(known: &mut Facts, new: &Facts) {
    macro_rules! take {
        ($($field:ident),*) => { $(if new.$field.is_some() { known.$field.clone_from(&new.$field); })* };
    }
    take!(name, manufacturer, model, os_version, agent_version, serial, battery_percent, battery_charging);
    take!(storage_total_bytes, storage_free_bytes, protection, managed_by);
    // An empty name says that the other system is gone.
    if known.managed_by.as_deref() == Some("") {
        known.managed_by = None;
    }
}

pub(super) async fn heard(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: DeviceId,
    nonce: &str,
    facts: Option<&Facts>,
    now: Timestamp,
) -> Stored<bool> {
    if !fresh(tx, &id.to_string(), nonce, now).await? {
        return Ok(false);
    }
    let mut device = get(tx, workspace, id).await?;
    if device.left_at.is_some() {
        return Err(StoreError::NotFound);
    }
    let before = (device.facts.clone(), device.status, device.reasons.clone());
    if let Some(facts) = facts {
        merge(&mut device.facts, facts);
    }
    (device.status, device.reasons) =
        device::status(&device.facts, now, false, now, silence(tx, workspace).await?);
    let quiet = before == (device.facts.clone(), device.status, device.reasons.clone())
        && now.since(device.last_seen) < MINUTE;
    if !quiet {
        device.last_seen = now;
        put(tx, &device).await?;
    }
    Ok(true)
}

/// The device says good-bye. `false` if the nonce was seen before.
pub(super) async fn leave(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: DeviceId,
    nonce: &str,
    now: Timestamp,
) -> Stored<bool> {
    if !fresh(tx, &id.to_string(), nonce, now).await? {
        return Ok(false);
    }
    let mut device = get(tx, workspace, id).await?;
    device.left_at = Some(now);
    device.last_seen = now;
    (device.status, device.reasons) =
        device::status(&device.facts, now, true, now, silence(tx, workspace).await?);
    put(tx, &device).await?;
    Ok(true)
}
