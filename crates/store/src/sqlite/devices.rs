//! Devices: the claim that binds a link, check-ins and statuses.

pub(super) mod acts;
pub(super) mod check_in;
pub(super) mod claim;

use super::{
    Sqlite, device_events, failed,
    row::{Read, json},
    search::{Words, folded},
    users,
    writer::{Statement, Tx, commit},
};
use async_trait::async_trait;
use check_in::{CheckIn, Fetch};
use muster_domain::{
    AccountId, DeviceId, PersonName, Timestamp, UserId, WorkspaceId,
    audit::{Action, Note, Subject},
    device::{self, Device, Facts, HistoryEntry, IDENTITY_WARNS, PUSH_WARNS, Platform, Rules, Status},
    ports::{Claim, Claimed, DeviceStore, StoreError, Stored, Topic},
    query::{DeviceQuery, DeviceSort, Page},
    settings::Settings,
    time::DAY,
};
use sqlx::{AssertSqlSafe, QueryBuilder, sqlite::SqliteRow};

const SELECT: &str = "SELECT d.*, u.name AS owner_name, u.email AS owner_email
    FROM device d JOIN user u ON u.workspace_id = d.workspace_id AND u.id = d.user_id";

fn row(row: &SqliteRow) -> Stored<Device> {
    Ok(Device {
        workspace: row.parsed("workspace_id")?,
        id: row.parsed("id")?,
        name: row.text("name")?,
        owner: row.parsed("user_id")?,
        owner_name: row.text("owner_name")?,
        owner_email: row.maybe("owner_email")?,
        invitation: row.parsed("invitation_id")?,
        platform: row.named("platform", Platform::from_name)?,
        facts: row.json("facts")?,
        status: Status::from_rank(row.val("status")?).unwrap_or(Status::Ok),
        reasons: row.json("reasons")?,
        enrolled_at: row.time("enrolled_at")?,
        last_seen: row.time("last_seen")?,
        left_at: row.time_or_none("left_at")?,
    })
}

fn column(sort: DeviceSort) -> &'static str {
    match sort {
        DeviceSort::Name => "d.sort_name",
        DeviceSort::Owner => "u.sort_name",
        DeviceSort::Platform => "d.platform",
        DeviceSort::Model => "d.model",
        DeviceSort::Status => "d.status",
        DeviceSort::LastSeen => "d.last_seen",
    }
}

/// By what the workspace judges its devices.
pub(super) async fn rules(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Stored<Rules> {
    let sql = "SELECT w.settings, c.not_after, c.topic FROM workspace w LEFT JOIN push_certificate c ON c.workspace_id = w.id WHERE w.id = $1";
    let row = tx.row(sqlx::query(sql).bind(workspace.to_string())).await?.ok_or(StoreError::NotFound)?;
    let settings = row.json::<Settings>("settings")?;
    Ok(Rules {
        silence: settings.silence,
        apple_minimum_os: settings.apple.minimum_os,
        push_ends: row.time_or_none("not_after")?,
        push_topic: row.maybe("topic")?,
        headwind: settings.headwind.rules(),
    })
}

pub(super) async fn get(tx: &mut Tx<'_>, workspace: WorkspaceId, id: DeviceId) -> Stored<Device> {
    let sql = format!("{SELECT} WHERE d.workspace_id = $1 AND d.id = $2");
    let query = sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(id.to_string());
    row(&tx.row(query).await?.ok_or(StoreError::NotFound)?)
}

/// A note about a device, which says what it was.
pub(super) fn about(action: Action, device: &Device) -> Note {
    let note = Note::new(action, Subject::new(device.id, &device.name));
    let model = device.facts.model.as_deref();
    if action == Action::DeviceDeleted {
        note.with("model", model, None)
    } else {
        note.with("model", None, model)
    }
}

/// Binds what a device tells, with the columns that lists sort and search by, as the values 1 to 13 of [`put`] and [`insert`].
fn told<'q>(query: Statement<'q>, device: &Device) -> Stored<Statement<'q>> {
    let model = device.facts.model.clone().unwrap_or_default();
    let email = device.owner_email.as_deref().unwrap_or_default();
    let search = folded(&[device.name.as_str(), &model, &device.owner_name, email].join("\n"));
    let query = query
        .bind(device.workspace.to_string())
        .bind(device.id.to_string())
        .bind(device.name.clone())
        .bind(folded(&device.name))
        .bind(search)
        .bind(model)
        .bind(device.facts.os_version.clone().unwrap_or_default())
        .bind(json(&device.facts)?)
        .bind(device.status.rank())
        .bind(json(&device.reasons)?)
        .bind(device.last_seen.0)
        .bind(device.left_at.map(|t| t.0))
        .bind(device.owner.to_string());
    Ok(query)
}

/// Writes what a device tells.
pub(super) async fn put(tx: &mut Tx<'_>, device: &Device) -> Stored<()> {
    let sql = "UPDATE device SET name = $3, sort_name = $4, search = $5, model = $6, os_version = $7, facts = $8, status = $9, reasons = $10,
        last_seen = $11, left_at = $12, user_id = $13 WHERE workspace_id = $1 AND id = $2";
    tx.run(told(sqlx::query(sql), device)?).await?;
    tx.changed(device.workspace, &[Topic::Devices]);
    users::refresh_devices(tx, device.workspace, &device.owner.to_string()).await
}

/// Writes a device that is new, all at once: its row stands in a dozen indexes. Its owner's summary is the caller's to refresh.
async fn insert(tx: &mut Tx<'_>, device: &Device, key: &[u8]) -> Stored<()> {
    let sql = "INSERT INTO device (workspace_id, id, name, sort_name, search, model, os_version, facts, status, reasons, last_seen, left_at,
            user_id, invitation_id, platform, public_key, enrolled_at, number)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, (SELECT coalesce(max(number), 0) + 1 FROM device))";
    let query = told(sqlx::query(sql), device)?
        .bind(device.invitation.to_string())
        .bind(device.platform.name())
        .bind(key.to_vec())
        .bind(device.enrolled_at.0);
    tx.run(query).await?;
    tx.changed(device.workspace, &[Topic::Devices]);
    Ok(())
}

/// Judges a device anew by what is known of it now, and writes it with what happened.
pub(super) async fn judge(
    tx: &mut Tx<'_>,
    before: &Device,
    mut device: Device,
    now: Timestamp,
) -> Stored<()> {
    let rules = rules(tx, device.workspace).await?;
    (device.status, device.reasons) =
        device::status(&device.facts, device.last_seen, device.left_at.is_some(), now, &rules);
    if *before == device {
        return Ok(());
    }
    put(tx, &device).await?;
    device_events::changed(tx, before, &device, None, now).await
}

/// Writes the columns again that lists search by, after its owner's name or address changed.
pub(super) async fn written_again(tx: &mut Tx<'_>, workspace: WorkspaceId, id: DeviceId) -> Stored<()> {
    let device = get(tx, workspace, id).await?;
    put(tx, &device).await
}

/// Which devices a list's query means. `few`: the index of letters leads to them.
pub(super) fn conditions(
    sql: &mut QueryBuilder<sqlx::Sqlite>,
    workspace: WorkspaceId,
    query: &DeviceQuery,
    few: bool,
) {
    let words = Words::new(&query.search);
    let phrases = words.phrases().filter(|_| few);
    // The plus keeps SQLite from walking all of the workspace's devices and asking of each whether the search found it.
    sql.push(if phrases.is_some() { " WHERE +d.workspace_id = " } else { " WHERE d.workspace_id = " });
    sql.push_bind(workspace.to_string());
    match phrases {
        Some(phrases) => {
            sql.push(" AND d.number IN (SELECT rowid FROM device_search WHERE device_search MATCH ");
            sql.push_bind(phrases).push(")");
            words.short_in(sql, "d.search");
        }
        None => words.all_in(sql, "d.search"),
    }
    if let Some(owner) = query.owner {
        sql.push(" AND d.user_id = ").push_bind(owner.to_string());
    }
    if let Some(status) = query.status {
        sql.push(" AND d.status = ").push_bind(status.rank());
    }
    if let Some(platform) = query.platform {
        sql.push(" AND d.platform = ").push_bind(platform.name());
    }
    sql.push(match query.connected {
        None => "",
        Some(true) => " AND d.left_at IS NULL",
        Some(false) => " AND d.left_at IS NOT NULL",
    });
    if let Some(since) = query.since {
        sql.push(" AND d.enrolled_at >= ").push_bind(since.0);
    }
    if let Some(until) = query.until {
        sql.push(" AND d.enrolled_at < ").push_bind(until.0);
    }
}

/// In which order it means them.
pub(super) fn order(sql: &mut QueryBuilder<sqlx::Sqlite>, query: &DeviceQuery) {
    let direction = if query.descending { "DESC" } else { "ASC" };
    sql.push(" ORDER BY ").push(column(query.sort)).push(" ").push(direction).push(", d.id ").push(direction);
}

#[async_trait]
impl DeviceStore for Sqlite {
    async fn devices(&self, workspace: WorkspaceId, query: &DeviceQuery) -> Stored<Page<Device>> {
        let words = Words::new(&query.search);
        let few = !words.is_empty() && {
            let all = self.of_kind(workspace, &DeviceQuery::default()).await?;
            self.finds_few("device_search", &words, all.unwrap_or_default()).await?
        };
        let total = match self.of_kind(workspace, query).await? {
            Some(total) => total,
            None => {
                let mut count = QueryBuilder::new("SELECT count(*) AS n FROM device d");
                conditions(&mut count, workspace, query, few);
                count.build().fetch_one(&self.readers).await.map_err(failed)?.count("n")?
            }
        };
        let mut list = QueryBuilder::new(SELECT);
        conditions(&mut list, workspace, query, few);
        order(&mut list, query);
        list.push(" LIMIT ")
            .push_bind(query.window.limit())
            .push(" OFFSET ")
            .push_bind(query.window.offset());
        let rows = list.build().fetch_all(&self.readers).await.map_err(failed)?;
        Ok(Page { rows: rows.iter().map(row).collect::<Stored<_>>()?, total })
    }

    async fn device(&self, workspace: WorkspaceId, id: DeviceId) -> Stored<Option<Device>> {
        let sql = format!("{SELECT} WHERE d.workspace_id = $1 AND d.id = $2");
        let query = sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(id.to_string());
        query.fetch_optional(&self.readers).await.map_err(failed)?.as_ref().map(row).transpose()
    }

    async fn device_history(&self, workspace: WorkspaceId, id: DeviceId) -> Stored<Vec<HistoryEntry>> {
        self.history(workspace, id).await
    }

    async fn claim(&self, new: Claim) -> Stored<Claimed> {
        commit!(self, |tx| claim::claim(tx, new).await)
    }

    async fn check_in(
        &self,
        workspace: WorkspaceId,
        id: DeviceId,
        nonce: &str,
        facts: Option<&Facts>,
        now: Timestamp,
    ) -> Stored<bool> {
        let (nonce, facts) = (nonce.to_owned(), facts.cloned());
        let check_in =
            CheckIn { workspace, device: id, nonce: Some(nonce), facts, fetch: Fetch::Nothing, now };
        Ok(self.writer.check_in(check_in).await?.is_some())
    }

    async fn leave(&self, workspace: WorkspaceId, id: DeviceId, nonce: &str, now: Timestamp) -> Stored<bool> {
        let nonce = nonce.to_owned();
        commit!(self, |tx| check_in::leave(tx, workspace, id, &nonce, now).await)
    }

    async fn rename_device(
        &self,
        workspace: WorkspaceId,
        id: DeviceId,
        name: &PersonName,
        by: Option<AccountId>,
        now: Timestamp,
    ) -> Stored<()> {
        let name = name.clone();
        commit!(self, |tx| acts::rename(tx, workspace, id, &name, by, now).await)
    }

    async fn move_device(
        &self,
        workspace: WorkspaceId,
        id: DeviceId,
        owner: UserId,
        by: Option<AccountId>,
        now: Timestamp,
    ) -> Stored<()> {
        commit!(self, |tx| acts::give(tx, workspace, id, owner, by, now).await)
    }

    async fn delete_device(&self, workspace: WorkspaceId, id: DeviceId, now: Timestamp) -> Stored<()> {
        commit!(self, |tx| acts::delete(tx, workspace, id, now).await)
    }

    async fn refresh_statuses(&self, workspace: WorkspaceId, now: Timestamp) -> Stored<u64> {
        commit!(self, |tx| {
            let rules = rules(tx, workspace).await?;
            // Silence changes by itself, and so does what ends; other ok devices that were heard of lately need no look.
            let sql = format!(
                "{SELECT} WHERE d.workspace_id = $1 AND d.left_at IS NULL AND (d.status > 1 OR d.last_seen <= $2
                    OR (d.platform <> 'android' AND ($3 OR d.facts ->> '$.apple.identity_ends' <= $4 OR d.facts ->> '$.apple.topic' <> $5))
                    OR ($6 AND d.facts ->> '$.headwind' IS NOT NULL))"
            );
            let latest = now.plus(-i64::from(rules.silence.warning_days) * DAY);
            let all = rules.apple_minimum_os.is_some()
                || rules.push_ends.is_some_and(|end| end <= now.plus_days(PUSH_WARNS + 1));
            let query = sqlx::query(AssertSqlSafe(sql))
                .bind(workspace.to_string())
                .bind(latest.0)
                .bind(all)
                .bind(now.plus_days(IDENTITY_WARNS + 1).0)
                .bind(rules.push_topic.clone())
                .bind(rules.headwind.owned || rules.headwind.minimum_agent.is_some());
            let mut changed = 0;
            for found in tx.rows(query).await? {
                let mut device = row(&found)?;
                let (status, reasons) = device::status(&device.facts, device.last_seen, false, now, &rules);
                if (status, &reasons) != (device.status, &device.reasons) {
                    let before = device.clone();
                    (device.status, device.reasons) = (status, reasons);
                    put(tx, &device).await?;
                    device_events::changed(tx, &before, &device, None, now).await?;
                    changed += 1;
                }
            }
            Ok(changed)
        })
    }
}
