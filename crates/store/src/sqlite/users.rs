//! People and groups, and the summary columns that make the Users list quick.

use super::{
    Sqlite, failed,
    row::{Read, Term, json},
    writer::{Tx, commit},
};
use async_trait::async_trait;
use muster_domain::{
    EmailAddress, InvitationId, Language, PersonName, Timestamp, UserId, WorkspaceId,
    device::Status,
    invitation::State,
    ports::{GroupRow, Imported, StoreError, Stored, Topic, UserStore},
    query::{Page, UserFilter, UserQuery, UserSort},
    user::{LastMessage, UserDetails, UserRow},
};
use sqlx::{AssertSqlSafe, QueryBuilder, sqlite::SqliteRow};
use std::collections::{BTreeMap, HashMap};

const COLUMNS: &str = "u.id, u.name, u.email, u.language, u.device_count, u.status, u.reasons, u.last_seen,
    u.message_id, u.message_state, u.message_at, u.message_detail";

/// The condition of a filter on `user u`, to be appended to a query.
pub(super) fn condition(query: &mut QueryBuilder<sqlx::Sqlite>, workspace: WorkspaceId, filter: &UserFilter) {
    let term = Term::new(&filter.search);
    // The plus keeps SQLite from walking all of the workspace's people and asking of each whether the search found them.
    let searched = matches!(term, Term::Trigrams(_));
    query.push(if searched { "+u.workspace_id = " } else { "u.workspace_id = " });
    query.push_bind(workspace.to_string());
    match term {
        Term::None => {}
        Term::Like(pattern) => {
            query.push(" AND u.search LIKE ").push_bind(pattern).push(" ESCAPE '\\'");
        }
        Term::Trigrams(term) => {
            query
                .push(" AND u.number IN (SELECT rowid FROM user_search WHERE user_search MATCH ")
                .push_bind(term)
                .push(")");
        }
    }
    if let Some(group) = &filter.group {
        query
            .push(" AND u.id IN (SELECT user_id FROM membership WHERE workspace_id = ")
            .push_bind(workspace.to_string())
            .push(" AND name_key = ")
            .push_bind(group.to_lowercase())
            .push(")");
    }
}

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

fn row(row: &SqliteRow) -> Stored<UserRow> {
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

/// Works the summary of a user's devices out again.
pub(super) async fn refresh_devices(tx: &mut Tx<'_>, workspace: WorkspaceId, user: &str) -> Stored<()> {
    let sql = "UPDATE user SET (device_count, last_seen, status, reasons) = (
            SELECT coalesce(sum(left_at IS NULL), 0), max(last_seen), coalesce(max(status), 0),
                coalesce((SELECT reasons FROM device w WHERE w.workspace_id = $1 AND w.user_id = $2 ORDER BY status DESC, id LIMIT 1), '[]')
            FROM device d WHERE d.workspace_id = $1 AND d.user_id = $2)
        WHERE workspace_id = $1 AND id = $2";
    tx.run(sqlx::query(sql).bind(workspace.to_string()).bind(user)).await?;
    tx.changed(workspace, &[Topic::Users]);
    Ok(())
}

/// Copies the newest invitation of each of these people into their rows.
pub(super) async fn refresh_messages(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    people: &[String],
) -> Stored<()> {
    let sql = "UPDATE user SET (message_id, message_state, message_at, message_detail) = (
            SELECT i.id, i.state, i.state_at, CASE i.state
                WHEN 'failed' THEN i.error
                WHEN 'opened' THEN i.platform
                WHEN 'enrolling' THEN i.platform
                WHEN 'enrolled' THEN coalesce((SELECT nullif(d.model, '') FROM device d WHERE d.workspace_id = $1 AND d.id = i.device_id), i.platform)
            END
            FROM invitation i WHERE i.workspace_id = $1 AND i.user_id = user.id ORDER BY i.id DESC LIMIT 1)
        WHERE workspace_id = $1 AND id IN (SELECT value FROM json_each($2))";
    tx.run(sqlx::query(sql).bind(workspace.to_string()).bind(json(&people)?)).await?;
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

fn search(details: &UserDetails) -> String {
    let mut text = details.name.as_str().to_lowercase();
    for more in
        details.email.iter().map(EmailAddress::as_str).chain(details.groups.iter().map(PersonName::as_str))
    {
        text.push('\n');
        text.push_str(&more.to_lowercase());
    }
    text
}

/// The columns of a person's details, as statements take them out of JSON. The workspace is one of them: were it a
/// value of its own, SQLite would walk all its people and look through the JSON for each.
fn columns(workspace: &str, id: &str, details: &UserDetails) -> serde_json::Value {
    serde_json::json!([
        workspace,
        id,
        details.name.as_str(),
        details.email.as_ref().map(EmailAddress::as_str),
        details.email.as_ref().map(EmailAddress::key),
        details.language.map(Language::tag),
        details.name.as_str().to_lowercase(),
        search(details),
    ])
}

/// People with their details.
type People = [(String, UserDetails)];

/// Puts people into their groups, who are in none.
async fn join_groups(tx: &mut Tx<'_>, workspace: &str, people: &People) -> Stored<()> {
    let (mut groups, mut members) = (BTreeMap::new(), Vec::new());
    for (id, details) in people {
        for group in &details.groups {
            let key = group.as_str().to_lowercase();
            members.push((id, key.clone()));
            groups.entry(key).or_insert(group.as_str());
        }
    }
    let groups: Vec<_> = groups.into_iter().collect();
    let sql = "INSERT INTO user_group (workspace_id, name_key, name) SELECT $1, value ->> 0, value ->> 1 FROM json_each($2)
        WHERE true ON CONFLICT DO NOTHING";
    tx.run(sqlx::query(sql).bind(workspace).bind(json(&groups)?)).await?;
    let sql = "INSERT INTO membership (workspace_id, user_id, name_key) SELECT $1, value ->> 0, value ->> 1 FROM json_each($2)
        WHERE true ON CONFLICT DO NOTHING";
    tx.run(sqlx::query(sql).bind(workspace).bind(json(&members)?)).await?;
    Ok(())
}

/// Adds people. All in one statement, so that the search index takes them in one go.
async fn insert(tx: &mut Tx<'_>, workspace: WorkspaceId, people: &People, now: Timestamp) -> Stored<()> {
    let workspace = workspace.to_string();
    let rows: Vec<_> = people.iter().map(|(id, details)| columns(&workspace, id, details)).collect();
    let sql =
        "INSERT INTO user (workspace_id, id, name, email, email_key, language, sort_name, search, created_at, number)
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, $2,
            (SELECT coalesce(max(number), 0) + 1 FROM user) + key
        FROM json_each($1)";
    tx.run(sqlx::query(sql).bind(json(&rows)?).bind(now.0)).await?;
    join_groups(tx, &workspace, people).await
}

/// Gives people other details, all in one statement; [`StoreError::NotFound`] if one is not there.
async fn update(tx: &mut Tx<'_>, workspace: WorkspaceId, people: &People) -> Stored<()> {
    let workspace = workspace.to_string();
    let rows: Vec<_> = people.iter().map(|(id, details)| columns(&workspace, id, details)).collect();
    let rows = json(&rows)?;
    let sql = "UPDATE user SET name = value ->> 2, email = value ->> 3, email_key = value ->> 4, language = value ->> 5,
            sort_name = value ->> 6, search = value ->> 7
        FROM json_each($1) WHERE user.workspace_id = value ->> 0 AND user.id = value ->> 1";
    let done = tx.run(sqlx::query(sql).bind(&rows)).await?;
    if done != people.len() as u64 {
        return Err(StoreError::NotFound);
    }
    let sql = "DELETE FROM membership WHERE workspace_id = $1 AND user_id IN (SELECT value ->> 1 FROM json_each($2))";
    tx.run(sqlx::query(sql).bind(&workspace).bind(&rows)).await?;
    join_groups(tx, &workspace, people).await
}

/// Who of the workspace has one of these addresses, by the address's key.
async fn known(tx: &mut Tx<'_>, workspace: WorkspaceId, keys: &[String]) -> Stored<HashMap<String, String>> {
    let sql = "SELECT u.email_key, u.id FROM json_each($2) AS j CROSS JOIN user u ON u.workspace_id = $1 AND u.email_key = j.value";
    let rows = tx.rows(sqlx::query(sql).bind(workspace.to_string()).bind(json(&keys)?)).await?;
    rows.iter().map(|r| Ok((r.text("email_key")?, r.text("id")?))).collect()
}

/// Adds or updates by address. Who comes twice is written once, as the last row says.
async fn import(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    users: Vec<(UserId, UserDetails)>,
    now: Timestamp,
) -> Stored<Imported> {
    let keys: Vec<_> = users.iter().filter_map(|(_, d)| d.email.as_ref().map(EmailAddress::key)).collect();
    let there = known(tx, workspace, &keys).await?;
    let mut imported = Imported::default();
    let (mut new, mut old) = (Vec::new(), Vec::new());
    let mut places: HashMap<String, (bool, usize)> = HashMap::new();
    for (id, details) in users {
        let key = details.email.as_ref().map(EmailAddress::key);
        if let Some((is_new, place)) = key.as_ref().and_then(|k| places.get(k)) {
            let people: &mut Vec<(String, UserDetails)> = if *is_new { &mut new } else { &mut old };
            people[*place].1 = details;
            imported.updated += 1;
            continue;
        }
        let known = key.as_ref().and_then(|k| there.get(k));
        let people = if known.is_some() { &mut old } else { &mut new };
        if let Some(key) = key {
            places.insert(key, (known.is_none(), people.len()));
        }
        imported.updated += u64::from(known.is_some());
        imported.added += u64::from(known.is_none());
        people.push((known.cloned().unwrap_or_else(|| id.to_string()), details));
    }
    // In the order of the indexes that end with the id, so that they grow at one end.
    new.sort_by(|a, b| a.0.cmp(&b.0));
    insert(tx, workspace, &new, now).await?;
    update(tx, workspace, &old).await?;
    Ok(imported)
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
        query.push(") ORDER BY m.name_key");
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
        let all = query.filter.search.trim().is_empty() && query.filter.group.is_none();
        let mut count = QueryBuilder::new("SELECT ");
        if all {
            count.push("user_count FROM workspace WHERE id = ").push_bind(workspace.to_string());
        } else {
            count.push("count(*) FROM user u WHERE ");
            condition(&mut count, workspace, &query.filter);
        }
        let total: i64 = count.build_query_scalar().fetch_one(&self.readers).await.map_err(failed)?;
        let mut list = QueryBuilder::new("SELECT ");
        list.push(COLUMNS).push(" FROM user u WHERE ");
        condition(&mut list, workspace, &query.filter);
        let direction = if query.descending { "DESC" } else { "ASC" };
        list.push(" ORDER BY ")
            .push(column(query.sort))
            .push(" ")
            .push(direction)
            .push(", u.id ")
            .push(direction);
        list.push(" LIMIT ")
            .push_bind(query.window.limit())
            .push(" OFFSET ")
            .push_bind(query.window.offset());
        let rows = list.build().fetch_all(&self.readers).await.map_err(failed)?;
        let users = rows.iter().map(row).collect::<Stored<Vec<_>>>()?;
        Ok(Page { rows: self.with_groups(workspace, users).await?, total: u64::try_from(total).unwrap_or(0) })
    }

    async fn user(&self, workspace: WorkspaceId, id: UserId) -> Stored<Option<UserRow>> {
        let sql = format!("SELECT {COLUMNS} FROM user u WHERE u.workspace_id = $1 AND u.id = $2");
        let query = sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(id.to_string());
        let found =
            query.fetch_optional(&self.readers).await.map_err(failed)?.as_ref().map(row).transpose()?;
        Ok(self.with_groups(workspace, found.into_iter().collect()).await?.pop())
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
            Ok(())
        })
    }

    async fn update_user(&self, workspace: WorkspaceId, id: UserId, details: &UserDetails) -> Stored<()> {
        let person = [(id.to_string(), details.clone())];
        commit!(self, |tx| {
            update(tx, workspace, &person).await?;
            tx.changed(workspace, &[Topic::Users, Topic::Invitations, Topic::Devices]);
            Ok(())
        })
    }

    async fn delete_user(&self, workspace: WorkspaceId, id: UserId) -> Stored<()> {
        commit!(self, |tx| {
            let sql = "DELETE FROM user WHERE workspace_id = $1 AND id = $2";
            let query = sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string());
            if tx.run(query).await? == 0 {
                return Err(StoreError::NotFound);
            }
            tx.changed(workspace, &[Topic::Users, Topic::Invitations, Topic::Devices]);
            Ok(())
        })
    }

    async fn import_users(
        &self,
        workspace: WorkspaceId,
        users: Vec<(UserId, UserDetails)>,
        now: Timestamp,
    ) -> Stored<Imported> {
        commit!(self, |tx| {
            tx.large().await?;
            let imported = import(tx, workspace, users, now).await?;
            tx.changed(workspace, &[Topic::Users]);
            Ok(imported)
        })
    }

    async fn groups(&self, workspace: WorkspaceId) -> Stored<Vec<GroupRow>> {
        let sql = "SELECT g.name, (SELECT count(*) FROM membership m WHERE m.workspace_id = g.workspace_id AND m.name_key = g.name_key) AS users
            FROM user_group g WHERE g.workspace_id = $1 ORDER BY g.name_key";
        let rows =
            sqlx::query(sql).bind(workspace.to_string()).fetch_all(&self.readers).await.map_err(failed)?;
        rows.iter().map(|r| Ok(GroupRow { name: r.text("name")?, users: r.count("users")? })).collect()
    }
}
