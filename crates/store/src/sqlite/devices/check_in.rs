//! Check-ins. Those that wait at the same time are written together, in a few statements for all: a fleet checks in
//! more often than anything else happens, and each statement costs a way to the database's thread and back.

use super::{about, get, put, rules};
use crate::sqlite::{
    apple::talk::{self, Spoken},
    commands, device_events,
    row::{Read, json},
    together::Together,
    writer::Tx,
};
use futures::{FutureExt, future::BoxFuture};
use muster_domain::{
    DeviceId, Timestamp, UserId, WorkspaceId,
    audit::Action,
    command::Command,
    device::{self, Facts, Reason, Rules, Status},
    ports::{StoreError, Stored, Topic},
    time::MINUTE,
};
use std::{
    collections::{BTreeMap, HashMap, HashSet, hash_map::Entry},
    time::Duration,
};

/// A device that is heard of more often is written at these intervals, unless it tells something new.
const LAST_SEEN: i64 = MINUTE;
/// Live pages are told of new facts once in so long, and of nothing but the time once in so long.
const TELL_FACTS: Duration = Duration::from_secs(1);
const TELL_SEEN: Duration = Duration::from_secs(5);

/// A proven check-in.
pub(crate) struct CheckIn {
    pub(crate) workspace: WorkspaceId,
    pub(crate) device: DeviceId,
    /// The nonce of its signature; Apple's signatures have none.
    pub(crate) nonce: Option<String>,
    pub(crate) facts: Option<Facts>,
    pub(crate) fetch: Fetch,
    pub(crate) now: Timestamp,
}

/// What a device that checks in asks for.
pub(crate) enum Fetch {
    /// Nothing.
    Nothing,
    /// All its commands.
    All,
    /// The next one, after what it says of the last one (Apple).
    Next(Box<Spoken>),
}

/// The commands that wait, none if they were not asked for; `None` if the nonce was seen before.
pub(crate) type Outcome = Stored<Option<Vec<Command>>>;

/// A device as it was, and as it is to be.
struct Known {
    owner: UserId,
    before: Facts,
    facts: Facts,
    status: Status,
    reasons: Vec<Reason>,
    last_seen: Timestamp,
    seen: Timestamp,
    has_commands: bool,
    /// What the company calls it from now on.
    renamed: Option<String>,
}

/// What is read of a device: workspace, id, owner, facts, status, reasons, last seen, whether commands wait.
type Columns = (WorkspaceId, DeviceId, UserId, Facts, i64, Vec<Reason>, Timestamp, u8);

fn known(columns: Columns) -> ((WorkspaceId, DeviceId), Known) {
    let (workspace, id, owner, facts, status, reasons, seen, has_commands) = columns;
    let known = Known {
        owner,
        before: facts.clone(),
        facts,
        status: Status::from_rank(status).unwrap_or(Status::Ok),
        reasons,
        last_seen: seen,
        seen,
        has_commands: has_commands == 1,
        renamed: None,
    };
    ((workspace, id), known)
}

impl Together for CheckIn {
    type Answer = Option<Vec<Command>>;

    fn all<'t>(tx: &'t mut Tx<'_>, waiting: &'t [Self]) -> BoxFuture<'t, Stored<Vec<Outcome>>> {
        all(tx, waiting).boxed()
    }
}

async fn all(tx: &mut Tx<'_>, check_ins: &[CheckIn]) -> Stored<Vec<Outcome>> {
    let fresh = fresh_ones(tx, check_ins).await?;
    let mut devices = load(tx, check_ins).await?;
    let mut outcomes = Vec::with_capacity(check_ins.len());
    for (check_in, fresh) in check_ins.iter().zip(fresh) {
        if !fresh {
            outcomes.push(Ok(None));
            continue;
        }
        let Some(known) = devices.get_mut(&(check_in.workspace, check_in.device)) else {
            outcomes.push(Err(StoreError::NotFound));
            continue;
        };
        if let Some(facts) = &check_in.facts {
            known.facts.merge(facts);
        }
        known.seen = known.seen.max(check_in.now);
        let waiting = match &check_in.fetch {
            Fetch::All if known.has_commands => {
                commands::deliver(tx, check_in.workspace, check_in.device, check_in.now).await?
            }
            Fetch::Next(spoken) if known.has_commands || spoken.says_something() => {
                let heard = talk::next(tx, check_in, spoken).await?;
                if let Some(facts) = spoken.facts.as_ref().filter(|_| heard.news) {
                    known.facts.merge(facts);
                }
                if let Some(facts) = &heard.learned {
                    known.facts.merge(facts);
                }
                known.renamed = heard.renamed.or(known.renamed.take());
                if heard.left {
                    // It is written already, as one that has left; what comes after it is not managed.
                    devices.remove(&(check_in.workspace, check_in.device));
                }
                heard.next
            }
            _ => Vec::new(),
        };
        outcomes.push(Ok(Some(waiting)));
    }
    write(tx, devices).await?;
    Ok(outcomes)
}

/// Of each whether its nonce is new; those that have none always are.
async fn fresh_ones(tx: &mut Tx<'_>, check_ins: &[CheckIn]) -> Stored<Vec<bool>> {
    let nonces: Vec<_> =
        check_ins.iter().filter_map(|c| Some((c.device.to_string(), c.nonce.as_deref()?, c.now))).collect();
    let mut taken = if nonces.is_empty() { Vec::new() } else { tx.take(&nonces).await? }.into_iter();
    Ok(check_ins.iter().map(|c| c.nonce.is_none() || taken.next().unwrap_or(false)).collect())
}

/// The devices that have not left.
async fn load(tx: &mut Tx<'_>, check_ins: &[CheckIn]) -> Stored<BTreeMap<(WorkspaceId, DeviceId), Known>> {
    let wanted: HashSet<_> = check_ins.iter().map(|c| (c.workspace, c.device)).collect();
    // CROSS JOIN keeps the order: a look-up for each wanted device, never a walk through all. As one row: of many, each
    // is a message from the database's thread to this one.
    let sql = "SELECT json_group_array(json_array(d.workspace_id, d.id, d.user_id, json(d.facts), d.status, json(d.reasons), d.last_seen,
            EXISTS (SELECT 1 FROM device_command c
                WHERE c.workspace_id = d.workspace_id AND c.device_id = d.id AND c.state IN ('queued', 'delivered', 'postponed')))) AS found
        FROM json_each($1) AS j CROSS JOIN device d ON d.workspace_id = j.value ->> 0 AND d.id = j.value ->> 1
        WHERE d.left_at IS NULL";
    let Some(row) = tx.row(sqlx::query(sql).bind(json(&wanted)?)).await? else { return Ok(BTreeMap::new()) };
    Ok(row.json::<Vec<Columns>>("found")?.into_iter().map(known).collect())
}

/// Writes what has changed: a new status device by device, since lists and the owner's summary follow it; facts and
/// times all at once.
async fn write(tx: &mut Tx<'_>, devices: BTreeMap<(WorkspaceId, DeviceId), Known>) -> Stored<()> {
    let mut judged: HashMap<WorkspaceId, Rules> = HashMap::new();
    let mut seen = Vec::new();
    let mut owners: BTreeMap<(WorkspaceId, UserId), i64> = BTreeMap::new();
    for ((workspace, id), known) in devices {
        let told = known.facts != known.before;
        // A device that is ok and tells nothing new stays ok: it has just been heard of.
        if told || known.renamed.is_some() || known.status != Status::Ok {
            let rules = match judged.entry(workspace) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => place.insert(rules(tx, workspace).await?),
            };
            let (status, reasons) = device::status(&known.facts, known.seen, false, known.seen, rules);
            let listed = |f: &Facts| (f.model.clone(), f.os_version.clone(), f.agent_version.clone());
            let shown = known.renamed.is_some() || listed(&known.facts) != listed(&known.before);
            if shown || (status, &reasons) != (known.status, &known.reasons) {
                let before = get(tx, workspace, id).await?;
                let (facts, last_seen) = (known.facts, known.seen);
                let name = known.renamed.unwrap_or_else(|| before.name.clone());
                let after = device::Device { name, facts, last_seen, status, reasons, ..before.clone() };
                put(tx, &after).await?;
                device_events::changed(tx, &before, &after, None, known.seen).await?;
                continue;
            }
        }
        if told || known.seen.since(known.last_seen) >= LAST_SEEN {
            tx.changed_soon(
                workspace,
                &[Topic::Devices, Topic::Users],
                if told { TELL_FACTS } else { TELL_SEEN },
            );
            seen.push((workspace, id, known.seen.0, told.then_some(known.facts)));
            let latest = owners.entry((workspace, known.owner)).or_default();
            *latest = known.seen.0.max(*latest);
        }
    }
    if seen.is_empty() {
        return Ok(());
    }
    let sql = "UPDATE device SET last_seen = j.value ->> 2, facts = coalesce(j.value ->> 3, facts) FROM json_each($1) AS j
        WHERE device.workspace_id = j.value ->> 0 AND device.id = j.value ->> 1";
    tx.run(sqlx::query(sql).bind(json(&seen)?)).await?;
    let owners: Vec<_> = owners.into_iter().map(|((workspace, user), at)| (workspace, user, at)).collect();
    let sql = "UPDATE user SET last_seen = j.value ->> 2 FROM json_each($1) AS j
        WHERE user.workspace_id = j.value ->> 0 AND user.id = j.value ->> 1 AND coalesce(user.last_seen, 0) < j.value ->> 2";
    tx.run(sqlx::query(sql).bind(json(&owners)?)).await?;
    Ok(())
}

/// Remembers a nonce; `false` if it was there already.
pub(in crate::sqlite) async fn fresh(
    tx: &mut Tx<'_>,
    key: &str,
    nonce: &str,
    now: Timestamp,
) -> Stored<bool> {
    Ok(tx.take(&[(key.to_owned(), nonce, now)]).await? == [true])
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
    gone(tx, workspace, id, now).await?;
    Ok(true)
}

/// A device is not managed any more.
pub(in crate::sqlite) async fn gone(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: DeviceId,
    now: Timestamp,
) -> Stored<()> {
    let mut device = get(tx, workspace, id).await?;
    if device.left_at.is_some() {
        return Ok(());
    }
    let before = device.clone();
    device.left_at = Some(now);
    device.last_seen = now;
    (device.status, device.reasons) =
        device::status(&device.facts, now, true, now, &rules(tx, workspace).await?);
    put(tx, &device).await?;
    device_events::changed(tx, &before, &device, None, now).await?;
    tx.note(workspace, about(Action::DeviceLeft, &device).now("owner", &device.owner_name)).await
}
