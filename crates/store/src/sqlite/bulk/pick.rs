//! Which rows a pick means. As one row of the database: a hundred thousand would be as many messages between threads.

use crate::sqlite::{
    Sqlite, devices, failed, invitations,
    row::{Read, json},
};
use muster_domain::{
    DeviceId, InvitationId, Timestamp, WorkspaceId,
    bulk::{Chosen, FIRST, PickDevices, PickMessages, pattern::Values},
    invitation::{Act, Standing, State},
    ports::{DeviceStore, Stored},
    time::DAY,
};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::QueryBuilder;
use std::cmp::Reverse;

/// What stands before the rows, and behind them.
const IDS: &str = "SELECT json_group_array(id) AS ids, json_group_array(name) AS names, count(DISTINCT user_id) AS people FROM (";

/// Leaves out what is not meant.
fn but<I: Serialize>(sql: &mut QueryBuilder<sqlx::Sqlite>, id: &'static str, except: &[I]) -> Stored<()> {
    if !except.is_empty() {
        sql.push(" AND ").push(id).push(" NOT IN (SELECT value FROM json_each(");
        sql.push_bind(json(&except)?).push("))");
    }
    Ok(())
}

/// Just these, whatever the list shows.
fn just<I: Serialize>(
    sql: &mut QueryBuilder<sqlx::Sqlite>,
    row: &'static str,
    workspace: WorkspaceId,
    these: &[I],
) -> Stored<()> {
    sql.push(" WHERE ").push(row).push(".workspace_id = ").push_bind(workspace.to_string());
    sql.push(" AND ").push(row).push(".id IN (SELECT value FROM json_each(");
    sql.push_bind(json(&these)?).push("))");
    Ok(())
}

/// A message that was picked: its id, its person's name, its state, whether a device has claimed it, whether there is an
/// address, and until when its link works.
type Picked = (InvitationId, String, State, u8, u8, i64);

/// To which of the messages this can be done, and why it cannot to the others: by the rule of the single act.
fn sorted_out(picked: Vec<Picked>, act: Act, now: Timestamp) -> Chosen<InvitationId> {
    let (mut able, mut later) = (Vec::with_capacity(picked.len()), Vec::new());
    let (mut refused, mut days) = (Vec::new(), Vec::new());
    for (id, name, state, claimed, address, expires_at) in picked {
        let expires_at = Timestamp(expires_at);
        let standing = Standing { state, claimed: claimed == 1, address: address == 1, expires_at };
        match standing.refuses(act, now) {
            None => {
                if act == Act::Extend {
                    count(&mut days, (expires_at.since(now).max(0) + DAY - 1) / DAY);
                }
                able.push((id, name));
            }
            Some(why) => {
                count(&mut refused, why);
                if why.may_pass() {
                    later.push((id, name));
                }
            }
        }
    }
    refused.sort_by_key(|(_, n)| Reverse(*n));
    let able_count = able.len() as u64;
    let (ids, names) = able.into_iter().chain(later).unzip();
    Chosen { ids, able: able_count, names, people: 0, first: Vec::new(), refused, days, begun: now }
}

/// One more of what there are few different ones of.
fn count<T: PartialEq>(counts: &mut Vec<(T, u64)>, one: T) {
    match counts.iter_mut().find(|(there, _)| *there == one) {
        Some((_, n)) => *n += 1,
        None => counts.push((one, 1)),
    }
}

impl Sqlite {
    async fn chosen<I: DeserializeOwned>(
        &self,
        mut sql: QueryBuilder<sqlx::Sqlite>,
        limit: u32,
        begun: Timestamp,
    ) -> Stored<Chosen<I>> {
        sql.push(" LIMIT ").push_bind(i64::from(limit)).push(")");
        let row = sql.build().fetch_one(&self.readers).await.map_err(failed)?;
        let ids: Vec<I> = row.json("ids")?;
        Ok(Chosen {
            able: ids.len() as u64,
            ids,
            names: row.json("names")?,
            people: row.count("people")?,
            first: Vec::new(),
            refused: Vec::new(),
            days: Vec::new(),
            begun,
        })
    }

    pub(super) async fn picked_messages(
        &self,
        workspace: WorkspaceId,
        pick: &PickMessages,
        act: Act,
        limit: u32,
        now: Timestamp,
    ) -> Stored<Chosen<InvitationId>> {
        let mut sql = QueryBuilder::new(
            "SELECT json_group_array(json_array(id, name, state, claimed, has_address, expires_at)) AS picked FROM (
                SELECT i.id, u.name, i.state, i.hardware_id IS NOT NULL AS claimed, u.email IS NOT NULL AS has_address, i.expires_at
                FROM invitation i JOIN user u ON u.workspace_id = i.workspace_id AND u.id = i.user_id",
        );
        match &pick.these {
            Some(these) => just(&mut sql, "i", workspace, these)?,
            None => invitations::conditions(&mut sql, workspace, &pick.query, false, true),
        }
        but(&mut sql, "i.id", &pick.except)?;
        sql.push(" ORDER BY i.id DESC LIMIT ").push_bind(i64::from(limit)).push(")");
        let row = sql.build().fetch_one(&self.readers).await.map_err(failed)?;
        Ok(sorted_out(row.json("picked")?, act, now))
    }

    pub(super) async fn picked_devices(
        &self,
        workspace: WorkspaceId,
        pick: &PickDevices,
        limit: u32,
        now: Timestamp,
    ) -> Stored<Chosen<DeviceId>> {
        let mut sql = QueryBuilder::new(IDS);
        sql.push("SELECT d.id, d.user_id, d.name || ' · ' || u.name AS name FROM device d JOIN user u ON u.workspace_id = d.workspace_id AND u.id = d.user_id");
        match &pick.these {
            Some(these) => just(&mut sql, "d", workspace, these)?,
            None => devices::conditions(&mut sql, workspace, &pick.query, true),
        }
        but(&mut sql, "d.id", &pick.except)?;
        devices::order(&mut sql, &pick.query);
        let mut chosen = self.chosen(sql, limit, now).await?;
        for id in chosen.ids.iter().take(FIRST) {
            chosen.first.extend(self.device(workspace, *id).await?.as_ref().map(Values::from));
        }
        Ok(chosen)
    }
}
