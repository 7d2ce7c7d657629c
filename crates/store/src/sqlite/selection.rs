//! Whom a selection means.

use crate::sqlite::{
    Sqlite, failed,
    row::{Read, json},
    users,
};
use muster_domain::{
    InvitationId, Language, UserId, WorkspaceId,
    ports::{Addressees, Already, Recipient, Stored},
    query::{LeaveOut, Selection},
};
use sqlx::{QueryBuilder, sqlite::SqliteRow};

/// Asks whether `user u` has a message whose link is open: a few are looked up one by one, of many the open messages are read once.
fn has_open(query: &mut QueryBuilder<sqlx::Sqlite>, workspace: WorkspaceId, selection: &Selection) {
    match selection {
        Selection::These { .. } => {
            query.push(
                "EXISTS (SELECT 1 FROM invitation o INDEXED BY invitation_by_user WHERE o.workspace_id = ",
            );
            query.push_bind(workspace.to_string()).push(" AND o.user_id = u.id AND o.waits IS NOT NULL)");
        }
        Selection::Matching { .. } => {
            query.push(
                "u.id IN (SELECT o.user_id FROM invitation o INDEXED BY invitation_waiting WHERE o.workspace_id = ",
            );
            query.push_bind(workspace.to_string()).push(" AND o.waits IN (0, 1))");
        }
    }
}

pub(in crate::sqlite) fn selected(
    query: &mut QueryBuilder<sqlx::Sqlite>,
    workspace: WorkspaceId,
    selection: &Selection,
    leave_out: LeaveOut,
) -> Stored<()> {
    let ids = match selection {
        Selection::These { ids } => {
            query.push("u.workspace_id = ").push_bind(workspace.to_string());
            query.push(" AND u.id IN (SELECT value FROM json_each(");
            ids
        }
        Selection::Matching { filter, except } => {
            // Whoever is sent to is looked up anyway.
            users::condition(query, workspace, filter, users::Found::Few)?;
            query.push(" AND u.id NOT IN (SELECT value FROM json_each(");
            except
        }
    };
    query.push_bind(serde_json::json!(ids).to_string()).push("))");
    if leave_out.connected {
        // The plus keeps SQLite from the index of all who have none.
        query.push(" AND +u.device_count = 0");
    }
    if leave_out.open {
        query.push(" AND NOT ");
        has_open(query, workspace, selection);
    }
    Ok(())
}

impl Sqlite {
    /// As one row: a hundred thousand would be as many messages between threads.
    pub(in crate::sqlite) async fn with_address(
        &self,
        workspace: WorkspaceId,
        selection: &Selection,
        leave_out: LeaveOut,
        limit: u32,
    ) -> Stored<Addressees> {
        let mut query = QueryBuilder::new(
            "SELECT json_group_array(json_array(id, language)) FILTER (WHERE has_address) AS people, count(*) AS n
            FROM (SELECT u.id, u.language, u.email IS NOT NULL AS has_address FROM user u WHERE ",
        );
        selected(&mut query, workspace, selection, leave_out)?;
        query.push(" LIMIT ").push_bind(i64::from(limit)).push(")");
        let row = query.build().fetch_one(&self.readers).await.map_err(failed)?;
        let people: Vec<(UserId, Option<String>)> = row.json("people")?;
        let without = row.count("n")?.saturating_sub(people.len() as u64);
        let language = |tag: Option<String>| tag.as_deref().and_then(Language::from_tag);
        Ok(Addressees { with: people.into_iter().map(|(id, tag)| (id, language(tag))).collect(), without })
    }

    pub(in crate::sqlite) async fn who_has_already(
        &self,
        workspace: WorkspaceId,
        selection: &Selection,
    ) -> Stored<Already> {
        let mut query = QueryBuilder::new("SELECT count(*) FILTER (WHERE u.device_count > 0) AS connected, ");
        query.push("count(*) FILTER (WHERE ");
        has_open(&mut query, workspace, selection);
        query.push(") AS open FROM user u WHERE ");
        selected(&mut query, workspace, selection, LeaveOut::default())?;
        query.push(" AND u.email IS NOT NULL");
        let row = query.build().fetch_one(&self.readers).await.map_err(failed)?;
        Ok(Already { connected: row.count("connected")?, open: row.count("open")? })
    }

    pub(in crate::sqlite) async fn newest_open(
        &self,
        workspace: WorkspaceId,
        users: &[UserId],
    ) -> Stored<Vec<(UserId, InvitationId)>> {
        let sql = "SELECT coalesce(json_group_array(json_array(user_id, id) ORDER BY place), '[]') AS links
            FROM (SELECT o.user_id, max(o.id) AS id, j.key AS place
                FROM json_each($2) AS j CROSS JOIN invitation o INDEXED BY invitation_by_user
                ON o.workspace_id = $1 AND o.user_id = j.value AND o.waits IS NOT NULL GROUP BY j.key)";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(json(&users)?);
        query.fetch_one(&self.readers).await.map_err(failed)?.json("links")
    }

    pub(in crate::sqlite) async fn people(
        &self,
        workspace: WorkspaceId,
        selection: &Selection,
        leave_out: LeaveOut,
        condition: &'static str,
        limit: u32,
    ) -> Stored<Vec<Recipient>> {
        let mut query = QueryBuilder::new("SELECT u.id, u.name, u.email, u.language FROM user u WHERE ");
        selected(&mut query, workspace, selection, leave_out)?;
        query.push(condition).push(" ORDER BY u.sort_name, u.id LIMIT ").push_bind(i64::from(limit));
        let rows = query.build().fetch_all(&self.readers).await.map_err(failed)?;
        let person = |r: &SqliteRow| {
            let (id, name, email) = (r.parsed("id")?, r.text("name")?, r.maybe("email")?);
            Ok(Recipient { id, name, email, language: r.language_or_none("language")? })
        };
        rows.iter().map(person).collect()
    }
}
