//! Which rows a pick means. As one row of the database: a hundred thousand would be as many messages between threads.

use crate::sqlite::{
    Sqlite, devices, failed, invitations,
    row::{Read, json},
};
use muster_domain::{
    DeviceId, InvitationId, Timestamp, WorkspaceId,
    bulk::{Chosen, FIRST, PickDevices, PickMessages, pattern::Values},
    ports::{DeviceStore, Stored},
};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::QueryBuilder;

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

impl Sqlite {
    async fn chosen<I: DeserializeOwned>(
        &self,
        mut sql: QueryBuilder<sqlx::Sqlite>,
        limit: u32,
        begun: Timestamp,
    ) -> Stored<Chosen<I>> {
        sql.push(" LIMIT ").push_bind(i64::from(limit)).push(")");
        let row = sql.build().fetch_one(&self.readers).await.map_err(failed)?;
        Ok(Chosen {
            ids: row.json("ids")?,
            names: row.json("names")?,
            people: row.count("people")?,
            first: Vec::new(),
            begun,
        })
    }

    pub(super) async fn picked_messages(
        &self,
        workspace: WorkspaceId,
        pick: &PickMessages,
        limit: u32,
        now: Timestamp,
    ) -> Stored<Chosen<InvitationId>> {
        let mut sql = QueryBuilder::new(IDS);
        sql.push("SELECT i.id, i.user_id, u.name FROM invitation i JOIN user u ON u.workspace_id = i.workspace_id AND u.id = i.user_id");
        match &pick.these {
            Some(these) => just(&mut sql, "i", workspace, these)?,
            None => invitations::conditions(&mut sql, workspace, &pick.query, false, true),
        }
        but(&mut sql, "i.id", &pick.except)?;
        sql.push(" ORDER BY i.id DESC");
        self.chosen(sql, limit, now).await
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
