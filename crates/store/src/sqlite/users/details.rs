//! What is written of people: one by one, and 100,000 in one go.

use super::noted;
use crate::sqlite::{
    devices,
    row::{Read, json},
    search::folded,
    writer::{Statement, Tx},
};
use muster_domain::{
    EmailAddress, Language, PersonName, Timestamp, UserId, WorkspaceId,
    import::{Known, There},
    ports::{Import, Imported, StoreError, Stored},
    user::UserDetails,
};
use sqlx::{AssertSqlSafe, sqlite::SqliteRow};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::atomic::Ordering,
};

/// People of an import who are written by one statement, after which it is told how far it is.
const PART: usize = 5000;

fn search(details: &UserDetails) -> String {
    let mut text = folded(details.name.as_str());
    for more in
        details.email.iter().map(EmailAddress::as_str).chain(details.groups.iter().map(PersonName::as_str))
    {
        text.push('\n');
        text.push_str(&folded(more));
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
        folded(details.name.as_str()),
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
pub(super) async fn insert(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    people: &People,
    now: Timestamp,
) -> Stored<()> {
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
pub(super) async fn update(tx: &mut Tx<'_>, workspace: WorkspaceId, people: &People) -> Stored<()> {
    let name = workspace.to_string();
    let rows: Vec<_> = people.iter().map(|(id, details)| columns(&name, id, details)).collect();
    let rows = json(&rows)?;
    // Devices are found by their owner's name and address, too.
    let sql = "SELECT d.id FROM json_each($1) CROSS JOIN user u ON u.workspace_id = value ->> 0 AND u.id = value ->> 1
        JOIN device d ON d.workspace_id = u.workspace_id AND d.user_id = u.id
        WHERE u.name <> value ->> 2 OR u.email IS NOT value ->> 3";
    let devices = tx.rows(sqlx::query(sql).bind(&rows)).await?;
    let sql = "UPDATE user SET name = value ->> 2, email = value ->> 3, email_key = value ->> 4, language = value ->> 5,
            sort_name = value ->> 6, search = value ->> 7
        FROM json_each($1) WHERE user.workspace_id = value ->> 0 AND user.id = value ->> 1";
    let done = tx.run(sqlx::query(sql).bind(&rows)).await?;
    if done != people.len() as u64 {
        return Err(StoreError::NotFound);
    }
    for device in devices {
        devices::written_again(tx, workspace, device.parsed("id")?).await?;
    }
    let sql = "DELETE FROM membership WHERE workspace_id = $1 AND user_id IN (SELECT value ->> 1 FROM json_each($2))";
    tx.run(sqlx::query(sql).bind(&name).bind(&rows)).await?;
    join_groups(tx, &name, people).await
}

/// The columns of [`Known`], of `user u`.
const KNOWN: &str = "u.id, u.name, u.email, u.language, (SELECT json_group_array(g.name) FROM membership m
    JOIN user_group g ON g.workspace_id = m.workspace_id AND g.name_key = m.name_key
    WHERE m.workspace_id = u.workspace_id AND m.user_id = u.id) AS groups";

fn known(row: &SqliteRow) -> Stored<Known> {
    let details = UserDetails {
        name: row.parsed("name")?,
        email: row.parsed_or_none("email")?,
        language: row.language_or_none("language")?,
        groups: row.json("groups")?,
    };
    Ok(Known { id: row.parsed("id")?, details })
}

/// A person's details; [`StoreError::NotFound`] if there is nobody.
pub(super) async fn details_of(tx: &mut Tx<'_>, workspace: WorkspaceId, id: UserId) -> Stored<UserDetails> {
    let sql = format!("SELECT {KNOWN} FROM user u WHERE u.workspace_id = $1 AND u.id = $2");
    let query = sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(id.to_string());
    let row = tx.row(query).await?.ok_or(StoreError::NotFound)?;
    Ok(known(&row)?.details)
}

/// Asks for who of the workspace has an address or, without one, a name of these people, of namesakes the oldest first.
pub(super) fn there(workspace: WorkspaceId, people: &[UserDetails]) -> Stored<[Statement<'static>; 2]> {
    let keys: Vec<_> = people.iter().filter_map(|d| d.email.as_ref().map(EmailAddress::key)).collect();
    let names = people.iter().filter(|d| d.email.is_none()).map(|d| d.name.as_str());
    let names: Vec<_> = names.collect::<BTreeSet<_>>().into_iter().map(|name| (folded(name), name)).collect();
    let by_address = format!(
        "SELECT {KNOWN} FROM json_each($2) AS j CROSS JOIN user u ON u.workspace_id = $1 AND u.email_key = j.value"
    );
    let by_name = format!(
        "SELECT {KNOWN} FROM json_each($2) AS j CROSS JOIN user u ON u.workspace_id = $1 AND u.sort_name = j.value ->> 0
        WHERE u.name = j.value ->> 1 AND u.email_key IS NULL ORDER BY u.id"
    );
    let asking =
        |sql: String, of: String| sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(of);
    Ok([asking(by_address, json(&keys)?), asking(by_name, json(&names)?)])
}

/// The people that [`there`] has found.
pub(super) fn found(rows: &[SqliteRow]) -> Stored<There> {
    Ok(There::new(rows.iter().map(known).collect::<Stored<Vec<_>>>()?))
}

/// A person of an import who is there already.
struct Old {
    id: String,
    before: UserDetails,
    after: UserDetails,
}

/// Adds or updates by address, and by name who has none: a file that is imported again adds nobody. Of namesakes without an
/// address each row means another one. Who comes twice is written once, as their rows say one after another. Of who is there
/// just those are written whom it changes.
pub(super) async fn import(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    import: Import,
    now: Timestamp,
) -> Stored<Imported> {
    let Import { users, invented, groups, written } = import;
    let (ids, rows): (Vec<_>, Vec<_>) = users.into_iter().unzip();
    let mut known = Vec::new();
    for statement in there(workspace, &rows)? {
        known.extend(tx.rows(statement).await?);
    }
    let mut there = found(&known)?;
    drop(known);
    let (mut new, mut old) = (Vec::<(String, UserDetails)>::new(), Vec::<Old>::new());
    let mut places: HashMap<String, (bool, usize)> = HashMap::new();
    for (id, row) in ids.into_iter().zip(rows) {
        let key = row.email.as_ref().map(EmailAddress::key);
        let invented = invented.contains(&id);
        if let Some((is_new, place)) = key.as_ref().and_then(|key| places.get(key)) {
            let person = if *is_new { &mut new[*place].1 } else { &mut old[*place].after };
            *person = person.imported(&row, invented, groups);
            continue;
        }
        let known = there.find(&row);
        if let Some(key) = key {
            places.insert(key, (known.is_none(), if known.is_none() { new.len() } else { old.len() }));
        }
        match known {
            Some(Known { id, details: before }) => {
                let after = before.imported(&row, invented, groups);
                old.push(Old { id: id.to_string(), before, after });
            }
            None => new.push((id.to_string(), row)),
        }
    }
    let known = old.len() as u64;
    old.retain(|person| person.before != person.after);
    let updated = old.len() as u64;
    let imported = Imported { added: new.len() as u64, updated, same: known - updated };
    written.fetch_add(imported.same, Ordering::Relaxed);
    // In the order of the indexes that end with the id, so that they grow at one end.
    new.sort_by(|a, b| a.0.cmp(&b.0));
    for people in new.chunks(PART) {
        insert(tx, workspace, people, now).await?;
        written.fetch_add(people.len() as u64, Ordering::Relaxed);
    }
    let (before, old): (Vec<_>, Vec<_>) = old.into_iter().map(|p| (p.before, (p.id, p.after))).unzip();
    for people in old.chunks(PART) {
        update(tx, workspace, people).await?;
        written.fetch_add(people.len() as u64, Ordering::Relaxed);
    }
    noted::imported(tx, workspace, imported, &new).await?;
    noted::rewritten(tx, workspace, &before, &old).await?;
    Ok(imported)
}
