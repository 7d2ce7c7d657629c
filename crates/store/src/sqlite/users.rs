//! People, and the summary columns that make the Users list quick.

mod details;
mod filter;
mod kinds;
mod noted;
mod ways;

pub(super) use filter::condition;
pub(super) use ways::Found;

use super::{
    Sqlite, failed,
    row::{Read, json},
    writer::{Tx, commit},
};
use async_trait::async_trait;
use details::{details_of, found, import, insert, there, update};
use muster_domain::{
    EmailAddress, InvitationId, Timestamp, UserId, WorkspaceId,
    device::Status,
    import::There,
    invitation::State,
    ports::{Import, Imported, StoreError, Stored, Topic, UserStore},
    query::{Page, UserFilter, UserQuery, UserSort, Window},
    user::{LastMessage, UserDetails, UserRow},
};
use sqlx::{AssertSqlSafe, QueryBuilder, sqlite::SqliteRow};
use std::collections::BTreeMap;

pub(super) const COLUMNS: &str =
    "u.id, u.name, u.email, u.language, u.device_count, u.status, u.reasons, u.last_seen,
    u.message_id, u.message_state, u.message_at, u.message_detail";

/// Since when `user` has waited, where they have no connected device: a part of an update whose first value is the workspace.
const WAITING_SINCE: &str = "(SELECT min(i.created_at) FROM invitation i
    WHERE i.workspace_id = $1 AND i.user_id = user.id AND i.state <> 'revoked' AND i.enrolled_at IS NULL
        AND i.created_at >= coalesce((SELECT max(c.enrolled_at) FROM invitation c WHERE c.workspace_id = $1 AND c.user_id = user.id), 0))";

fn column(sort: UserSort) -> &'static str {
    match sort {
        UserSort::Name => "u.sort_name",
        UserSort::Email => "u.email_key",
        UserSort::Devices => "u.device_count",
        UserSort::Status => "u.status",
        UserSort::Message => "u.message_at",
        UserSort::LastSeen => "u.last_seen",
    }
}

pub(super) fn row(row: &SqliteRow) -> Stored<UserRow> {
    let message = match row.parsed_or_none("message_id")? {
        Some(invitation) => Some(LastMessage {
            invitation,
            state: row.named("message_state", State::from_name)?,
            at: row.time("message_at")?,
            detail: row.maybe("message_detail")?,
        }),
        None => None,
    };
    Ok(UserRow {
        id: row.parsed("id")?,
        name: row.text("name")?,
        email: row.maybe("email")?,
        language: row.language_or_none("language")?,
        groups: Vec::new(),
        devices: u32::try_from(row.count("device_count")?).unwrap_or(u32::MAX),
        status: Status::from_rank(row.val("status")?),
        reasons: row.json("reasons")?,
        message,
        last_seen: row.time_or_none("last_seen")?,
    })
}

/// The summary of a user's devices: a part of an update whose first value is the workspace.
const DEVICES: &str = "(device_count, last_seen, status, reasons) = (
        SELECT coalesce(sum(left_at IS NULL), 0), max(last_seen), coalesce(max(status), 0),
            coalesce((SELECT reasons FROM device w WHERE w.workspace_id = $1 AND w.user_id = user.id ORDER BY status DESC, id LIMIT 1), '[]')
        FROM device d WHERE d.workspace_id = $1 AND d.user_id = user.id)";

/// Whether a user has a connected device, in such an update.
const CONNECTED: &str =
    "EXISTS (SELECT 1 FROM device d WHERE d.workspace_id = $1 AND d.user_id = user.id AND d.left_at IS NULL)";

/// The newest invitation of a user, in such an update.
const MESSAGE: &str = "(message_id, message_state, message_at, message_detail) = (
        SELECT i.id, i.state, i.state_at, CASE i.state
            WHEN 'sent' THEN iif(i.sent_at IS NULL, 'by_hand', NULL)
            WHEN 'failed' THEN i.error
            WHEN 'opened' THEN i.platform
            WHEN 'enrolling' THEN i.platform
            WHEN 'enrolled' THEN coalesce((SELECT nullif(d.model, '') FROM device d WHERE d.workspace_id = $1 AND d.id = i.device_id), i.platform)
        END
        FROM invitation i WHERE i.workspace_id = $1 AND i.user_id = user.id ORDER BY i.id DESC LIMIT 1)";

/// Works the summary of a user's devices out again.
pub(super) async fn refresh_devices(tx: &mut Tx<'_>, workspace: WorkspaceId, user: &str) -> Stored<()> {
    let sql = format!(
        "UPDATE user SET {DEVICES}, waiting_since = CASE WHEN NOT {CONNECTED} THEN {WAITING_SINCE} END WHERE workspace_id = $1 AND id = $2"
    );
    tx.run(sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(user)).await?;
    tx.changed(workspace, &[Topic::Users]);
    Ok(())
}

/// [`refresh_devices`] and [`refresh_message`] in one statement: each writes the entries of seven indexes.
pub(super) async fn refresh(tx: &mut Tx<'_>, workspace: WorkspaceId, user: UserId) -> Stored<()> {
    let sql = format!(
        "UPDATE user SET {DEVICES}, {MESSAGE}, waiting_since = CASE WHEN NOT {CONNECTED} THEN {WAITING_SINCE} END
        WHERE workspace_id = $1 AND id = $2"
    );
    tx.run(sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(user.to_string())).await?;
    tx.changed(workspace, &[Topic::Users, Topic::Invitations]);
    Ok(())
}

/// Copies the newest invitation of each of these people into their rows, and since when they wait.
pub(super) async fn refresh_messages(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    people: &[String],
) -> Stored<()> {
    let sql = format!(
        "UPDATE user SET {MESSAGE}, waiting_since = CASE WHEN device_count = 0 THEN {WAITING_SINCE} END
        WHERE workspace_id = $1 AND id IN (SELECT value FROM json_each($2))"
    );
    tx.run(sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(json(&people)?)).await?;
    Ok(())
}

/// Copies the newest invitation of a user into their row.
pub(super) async fn refresh_message(tx: &mut Tx<'_>, workspace: WorkspaceId, user: &str) -> Stored<()> {
    refresh_messages(tx, workspace, &[user.to_owned()]).await?;
    tx.changed(workspace, &[Topic::Users, Topic::Invitations]);
    Ok(())
}

/// [`refresh_message`] for whom this invitation is.
pub(super) async fn refresh_message_of(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: InvitationId,
) -> Stored<()> {
    let sql = "SELECT user_id FROM invitation WHERE workspace_id = $1 AND id = $2";
    let query = sqlx::query_scalar(sql).bind(workspace.to_string()).bind(id.to_string());
    let user: Option<String> = query.fetch_optional(&mut *tx.conn).await.map_err(failed)?;
    match user {
        Some(user) => refresh_message(tx, workspace, &user).await,
        None => Ok(()),
    }
}

impl Sqlite {
    /// Fills in the groups of just these rows.
    async fn with_groups(&self, workspace: WorkspaceId, mut users: Vec<UserRow>) -> Stored<Vec<UserRow>> {
        if users.is_empty() {
            return Ok(users);
        }
        let mut query = QueryBuilder::new(
            "SELECT m.user_id, g.name FROM membership m JOIN user_group g ON g.workspace_id = m.workspace_id AND g.name_key = m.name_key
             WHERE m.workspace_id = ",
        );
        query.push_bind(workspace.to_string()).push(" AND m.user_id IN (");
        let mut ids = query.separated(", ");
        for user in &users {
            ids.push_bind(user.id.to_string());
        }
        // The plus keeps SQLite from walking all memberships in the order of their groups.
        query.push(") ORDER BY +m.name_key");
        let mut groups: BTreeMap<UserId, Vec<String>> = BTreeMap::new();
        for row in query.build().fetch_all(&self.readers).await.map_err(failed)? {
            groups.entry(row.parsed("user_id")?).or_default().push(row.text("name")?);
        }
        for user in &mut users {
            user.groups = groups.remove(&user.id).unwrap_or_default();
        }
        Ok(users)
    }
}

#[async_trait]
impl UserStore for Sqlite {
    async fn users(&self, workspace: WorkspaceId, query: &UserQuery) -> Stored<Page<UserRow>> {
        let (total, found) = self.found(workspace, &query.filter, query.window).await?;
        let mut list = QueryBuilder::new("SELECT ");
        list.push(COLUMNS).push(" FROM ").push(found.table()).push(" WHERE ");
        condition(&mut list, workspace, &query.filter, found)?;
        let direction = if query.descending { "DESC" } else { "ASC" };
        // The plus says that no index is to give the order.
        let plus = if found == Found::Most { "" } else { "+" };
        for (before, column) in [(" ORDER BY ", column(query.sort)), (", ", "u.id")] {
            list.push(before).push(plus).push(column).push(" ").push(direction);
        }
        list.push(" LIMIT ")
            .push_bind(query.window.limit())
            .push(" OFFSET ")
            .push_bind(query.window.offset());
        let rows = list.build().fetch_all(&self.readers).await.map_err(failed)?;
        let users = rows.iter().map(row).collect::<Stored<Vec<_>>>()?;
        Ok(Page { rows: self.with_groups(workspace, users).await?, total })
    }

    async fn count_users(&self, workspace: WorkspaceId, filters: &[UserFilter]) -> Stored<Vec<u64>> {
        let mut counts = Vec::with_capacity(filters.len());
        for filter in filters {
            counts.push(self.found(workspace, filter, Window::default()).await?.0);
        }
        Ok(counts)
    }

    async fn user(&self, workspace: WorkspaceId, id: UserId) -> Stored<Option<UserRow>> {
        let sql = format!("SELECT {COLUMNS} FROM user u WHERE u.workspace_id = $1 AND u.id = $2");
        let query = sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(id.to_string());
        let found =
            query.fetch_optional(&self.readers).await.map_err(failed)?.as_ref().map(row).transpose()?;
        Ok(self.with_groups(workspace, found.into_iter().collect()).await?.pop())
    }

    async fn still_there(&self, workspace: WorkspaceId, ids: &[UserId]) -> Stored<Vec<UserId>> {
        let sql = "SELECT coalesce(json_group_array(u.id), '[]') AS ids
            FROM json_each($2) AS j CROSS JOIN user u ON u.workspace_id = $1 AND u.id = j.value";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(json(&ids)?);
        query.fetch_one(&self.readers).await.map_err(failed)?.json("ids")
    }

    async fn user_by_email(&self, workspace: WorkspaceId, email: &EmailAddress) -> Stored<Option<UserId>> {
        let sql = "SELECT id FROM user WHERE workspace_id = $1 AND email_key = $2";
        let row = sqlx::query(sql)
            .bind(workspace.to_string())
            .bind(email.key())
            .fetch_optional(&self.readers)
            .await
            .map_err(failed)?;
        row.map(|r| r.parsed("id")).transpose()
    }

    async fn add_user(
        &self,
        workspace: WorkspaceId,
        id: UserId,
        details: &UserDetails,
        now: Timestamp,
    ) -> Stored<()> {
        let person = [(id.to_string(), details.clone())];
        commit!(self, |tx| {
            insert(tx, workspace, &person, now).await?;
            tx.changed(workspace, &[Topic::Users]);
            noted::added(tx, workspace, id).await
        })
    }

    async fn update_user(
        &self,
        workspace: WorkspaceId,
        id: UserId,
        details: &UserDetails,
        was: Option<&UserDetails>,
    ) -> Stored<()> {
        let (mut details, was) = (details.clone(), was.cloned());
        commit!(self, |tx| {
            let before = noted::known(tx, workspace, id).await?;
            if let Some(was) = was {
                details = details.merged(&was, details_of(tx, workspace, id).await?);
            }
            update(tx, workspace, &[(id.to_string(), details)]).await?;
            tx.changed(workspace, &[Topic::Users, Topic::Invitations, Topic::Devices]);
            noted::changed(tx, workspace, id, before).await
        })
    }

    async fn delete_user(&self, workspace: WorkspaceId, id: UserId) -> Stored<()> {
        commit!(self, |tx| {
            let before = noted::known(tx, workspace, id).await?;
            let sql = "DELETE FROM user WHERE workspace_id = $1 AND id = $2";
            let query = sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string());
            if tx.run(query).await? == 0 {
                return Err(StoreError::NotFound);
            }
            tx.changed(workspace, &[Topic::Users, Topic::Invitations, Topic::Devices]);
            noted::deleted(tx, workspace, id, before).await
        })
    }

    async fn import_users(&self, workspace: WorkspaceId, people: Import, now: Timestamp) -> Stored<Imported> {
        commit!(self, |tx| {
            tx.large().await?;
            let imported = import(tx, workspace, people, now).await?;
            tx.changed(workspace, &[Topic::Users, Topic::Invitations, Topic::Devices]);
            Ok(imported)
        })
    }

    async fn there(&self, workspace: WorkspaceId, people: &[UserDetails]) -> Stored<There> {
        let mut rows = Vec::new();
        for statement in there(workspace, people)? {
            rows.extend(statement.fetch_all(&self.readers).await.map_err(failed)?);
        }
        found(&rows)
    }

    async fn names_of(
        &self,
        workspace: WorkspaceId,
        addresses: &[EmailAddress],
    ) -> Stored<BTreeMap<String, String>> {
        let keys: Vec<_> = addresses.iter().map(EmailAddress::key).collect();
        let sql = "SELECT coalesce(json_group_object(u.email_key, u.name), '{}') AS names
            FROM json_each($2) AS j CROSS JOIN user u ON u.workspace_id = $1 AND u.email_key = j.value";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(json(&keys)?);
        query.fetch_one(&self.readers).await.map_err(failed)?.json("names")
    }
}
