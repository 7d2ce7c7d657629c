//! Groups of people. How many are in them is kept by triggers (migration 0026).

use super::{
    Sqlite, failed,
    row::{Read, json},
    search::{Words, folded},
    selection::selected,
    writer::{Tx, commit},
};
use async_trait::async_trait;
use muster_domain::{
    PersonName, WorkspaceId,
    audit::{Action, Note, Subject},
    ports::{GroupRow, GroupStore, StoreError, Stored, Topic},
    query::{GroupQuery, GroupSort, LeaveOut, Page, Selection},
};
use sqlx::{QueryBuilder, sqlite::SqliteRow};
use std::cmp::Ordering;

/// So many people are written with room in memory for their pages.
const MANY: usize = 1000;

/// What people are searched by (`details::search`), with a line more at its end, and without one.
const WITH: &str = "search || char(10) || $3";
const WITHOUT: &str = "substr(replace(search || char(10), char(10) || $3 || char(10), char(10)), 1,
    length(replace(search || char(10), char(10) || $3 || char(10), char(10))) - 1)";
/// The same with one line instead of another.
const INSTEAD: &str =
    "substr(replace(search || char(10), char(10) || $3 || char(10), char(10) || $4 || char(10)), 1,
    length(replace(search || char(10), char(10) || $3 || char(10), char(10) || $4 || char(10))) - 1)";

fn row(row: &SqliteRow) -> Stored<GroupRow> {
    Ok(GroupRow {
        name: row.text("name")?,
        users: row.count("user_count")?,
        connected: row.count("connected_count")?,
    })
}

/// Compares the parts of two groups that are connected, without dividing by nobody.
fn by_part(a: &GroupRow, b: &GroupRow) -> Ordering {
    let part = |of: &GroupRow, all: &GroupRow| u128::from(of.connected) * u128::from(all.users.max(1));
    part(a, b).cmp(&part(b, a)).then(a.users.cmp(&b.users))
}

fn key(name: &str) -> String {
    name.to_lowercase()
}

/// The group's name as it is written.
async fn named(tx: &mut Tx<'_>, workspace: &str, name: &str) -> Stored<String> {
    let sql = "SELECT name FROM user_group WHERE workspace_id = $1 AND name_key = $2";
    let row = tx.row(sqlx::query(sql).bind(workspace).bind(key(name))).await?;
    row.ok_or(StoreError::NotFound)?.text("name")
}

/// Adds a group; whether it was not there yet.
async fn add(tx: &mut Tx<'_>, workspace: &str, name: &PersonName) -> Stored<bool> {
    let sql =
        "INSERT INTO user_group (workspace_id, name_key, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let query = sqlx::query(sql).bind(workspace).bind(key(name.as_str())).bind(name.as_str());
    Ok(tx.run(query).await? > 0)
}

/// Who of the selection is in the group, or who is not.
async fn people(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    selection: &Selection,
    group: &str,
    members: bool,
) -> Stored<Vec<String>> {
    let mut query = QueryBuilder::new("SELECT u.id FROM user u WHERE ");
    selected(&mut query, workspace, selection, LeaveOut::default())?;
    query.push(if members { " AND EXISTS" } else { " AND NOT EXISTS" });
    query.push(" (SELECT 1 FROM membership g WHERE g.workspace_id = u.workspace_id AND g.user_id = u.id AND g.name_key = ");
    query.push_bind(key(group)).push(")");
    let rows = query.build().fetch_all(&mut *tx.conn).await.map_err(failed)?;
    rows.iter().map(|row| row.text("id")).collect()
}

/// All members of a group.
async fn members(tx: &mut Tx<'_>, workspace: &str, group: &str) -> Stored<Vec<String>> {
    let sql = "SELECT user_id FROM membership WHERE workspace_id = $1 AND name_key = $2";
    let rows = tx.rows(sqlx::query(sql).bind(workspace).bind(key(group))).await?;
    rows.iter().map(|row| row.text("user_id")).collect()
}

/// Writes what people are found by anew, since a group's name came, went or changed.
async fn found_by(
    tx: &mut Tx<'_>,
    workspace: &str,
    people: &[String],
    text: &'static str,
    names: &[&str],
) -> Stored<()> {
    if people.len() > MANY {
        tx.large().await?;
    }
    let sql = format!(
        "UPDATE user SET search = {text} WHERE workspace_id = $1 AND id IN (SELECT value FROM json_each($2))"
    );
    let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(workspace).bind(json(&people)?);
    for name in names {
        query = query.bind(folded(name));
    }
    tx.run(query).await?;
    Ok(())
}

async fn rename(tx: &mut Tx<'_>, workspace: WorkspaceId, name: &str, to: &PersonName) -> Stored<()> {
    let id = workspace.to_string();
    let name = named(tx, &id, name).await?;
    if key(&name) == key(to.as_str()) {
        let sql = "UPDATE user_group SET name = $3 WHERE workspace_id = $1 AND name_key = $2";
        tx.run(sqlx::query(sql).bind(&id).bind(key(&name)).bind(to.as_str())).await?;
    } else {
        if !add(tx, &id, to).await? {
            return Err(StoreError::Exists);
        }
        let people = members(tx, &id, &name).await?;
        found_by(tx, &id, &people, INSTEAD, &[&name, to.as_str()]).await?;
        let sql = "INSERT INTO membership (workspace_id, user_id, name_key)
            SELECT workspace_id, user_id, $3 FROM membership WHERE workspace_id = $1 AND name_key = $2";
        tx.run(sqlx::query(sql).bind(&id).bind(key(&name)).bind(key(to.as_str()))).await?;
        let sql = "INSERT INTO configuration_group (workspace_id, configuration_id, name_key)
            SELECT workspace_id, configuration_id, $3 FROM configuration_group WHERE workspace_id = $1 AND name_key = $2";
        tx.run(sqlx::query(sql).bind(&id).bind(key(&name)).bind(key(to.as_str()))).await?;
        let sql = "DELETE FROM user_group WHERE workspace_id = $1 AND name_key = $2";
        tx.run(sqlx::query(sql).bind(&id).bind(key(&name))).await?;
    }
    tx.changed(workspace, &[Topic::Users]);
    let note = Note::new(Action::GroupRenamed, Subject::named(to.as_str()));
    tx.note(workspace, note.with("name", Some(&name), Some(to.as_str()))).await
}

async fn delete(tx: &mut Tx<'_>, workspace: WorkspaceId, name: &str) -> Stored<()> {
    let id = workspace.to_string();
    let name = named(tx, &id, name).await?;
    let people = members(tx, &id, &name).await?;
    found_by(tx, &id, &people, WITHOUT, &[&name]).await?;
    let sql = "DELETE FROM user_group WHERE workspace_id = $1 AND name_key = $2";
    tx.run(sqlx::query(sql).bind(&id).bind(key(&name))).await?;
    tx.changed(workspace, &[Topic::Users]);
    let note = Note::new(Action::GroupDeleted, Subject::named(name));
    tx.note(workspace, note.was("people", &people.len().to_string())).await
}

async fn join(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    group: &PersonName,
    selection: &Selection,
) -> Stored<u64> {
    let id = workspace.to_string();
    add(tx, &id, group).await?;
    let people = people(tx, workspace, selection, group.as_str(), false).await?;
    found_by(tx, &id, &people, WITH, &[group.as_str()]).await?;
    let sql =
        "INSERT INTO membership (workspace_id, user_id, name_key) SELECT $1, value, $3 FROM json_each($2)";
    tx.run(sqlx::query(sql).bind(&id).bind(json(&people)?).bind(key(group.as_str()))).await?;
    tx.changed(workspace, &[Topic::Users]);
    let note = Note::new(Action::GroupJoined, Subject::named(group.as_str()));
    tx.note_people(workspace, note, &people).await?;
    Ok(people.len() as u64)
}

async fn leave(tx: &mut Tx<'_>, workspace: WorkspaceId, group: &str, selection: &Selection) -> Stored<u64> {
    let id = workspace.to_string();
    let group = named(tx, &id, group).await?;
    let people = people(tx, workspace, selection, &group, true).await?;
    found_by(tx, &id, &people, WITHOUT, &[&group]).await?;
    let sql = "DELETE FROM membership WHERE workspace_id = $1 AND user_id IN (SELECT value FROM json_each($2)) AND name_key = $3";
    tx.run(sqlx::query(sql).bind(&id).bind(json(&people)?).bind(key(&group))).await?;
    tx.changed(workspace, &[Topic::Users]);
    let note = Note::new(Action::GroupLeft, Subject::named(group));
    tx.note_people(workspace, note, &people).await?;
    Ok(people.len() as u64)
}

#[async_trait]
impl GroupStore for Sqlite {
    async fn groups(&self, workspace: WorkspaceId) -> Stored<Vec<GroupRow>> {
        let sql = "SELECT name, user_count, connected_count FROM user_group WHERE workspace_id = $1 ORDER BY name_key";
        let rows =
            sqlx::query(sql).bind(workspace.to_string()).fetch_all(&self.readers).await.map_err(failed)?;
        rows.iter().map(row).collect()
    }

    /// In memory: groups are hundreds where people are ten thousands, and their names are compared as people's are.
    async fn group_page(&self, workspace: WorkspaceId, query: &GroupQuery) -> Stored<Page<GroupRow>> {
        let words = Words::new(&query.search);
        let groups = self.groups(workspace).await?;
        let mut groups: Vec<_> = groups
            .into_iter()
            .map(|group| (folded(&group.name), group))
            .filter(|(name, _)| words.are_in(name))
            .collect();
        groups.sort_by(|(a_name, a), (b_name, b)| {
            let order = match query.sort {
                GroupSort::Name => Ordering::Equal,
                GroupSort::Users => a.users.cmp(&b.users),
                GroupSort::Connected => by_part(a, b),
            };
            let order = order.then_with(|| a_name.cmp(b_name)).then_with(|| a.name.cmp(&b.name));
            if query.descending { order.reverse() } else { order }
        });
        let total = groups.len() as u64;
        let whole = |n: i64| usize::try_from(n).unwrap_or_default();
        let rows = groups
            .into_iter()
            .skip(whole(query.window.offset()))
            .take(whole(query.window.limit()))
            .map(|(_, group)| group);
        Ok(Page { rows: rows.collect(), total })
    }

    async fn add_group(&self, workspace: WorkspaceId, name: &PersonName) -> Stored<()> {
        let name = name.clone();
        commit!(self, |tx| {
            if !add(tx, &workspace.to_string(), &name).await? {
                return Err(StoreError::Exists);
            }
            tx.changed(workspace, &[Topic::Users]);
            tx.note(workspace, Note::new(Action::GroupAdded, Subject::named(name.as_str()))).await
        })
    }

    async fn rename_group(&self, workspace: WorkspaceId, name: &str, to: &PersonName) -> Stored<()> {
        let (name, to) = (name.to_owned(), to.clone());
        commit!(self, |tx| rename(tx, workspace, &name, &to).await)
    }

    async fn delete_group(&self, workspace: WorkspaceId, name: &str) -> Stored<()> {
        let name = name.to_owned();
        commit!(self, |tx| delete(tx, workspace, &name).await)
    }

    async fn join_group(
        &self,
        workspace: WorkspaceId,
        group: &PersonName,
        selection: &Selection,
    ) -> Stored<u64> {
        let (group, selection) = (group.clone(), selection.clone());
        commit!(self, |tx| join(tx, workspace, &group, &selection).await)
    }

    async fn leave_group(&self, workspace: WorkspaceId, group: &str, selection: &Selection) -> Stored<u64> {
        let (group, selection) = (group.to_owned(), selection.clone());
        commit!(self, |tx| leave(tx, workspace, &group, &selection).await)
    }
}
