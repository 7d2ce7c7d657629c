//! Changes of configurations: each is a version of its own, based on the one before, and tells the devices that it is for.

use super::{effective::tell, number};
use crate::sqlite::{
    row::{Read, json},
    writer::Tx,
};
use muster_domain::{
    ConfigurationId, Timestamp, WorkspaceId,
    audit::{Action, By, Note, Subject},
    configuration::{ConfigurationSettings, Difference, Field, differences},
    ports::{Audience, SaveConfiguration, SavedConfiguration, StoreError, Stored},
};

/// What holds before a change.
struct Present {
    name: String,
    version: u64,
    audience: Audience,
    settings: ConfigurationSettings,
}

async fn present(tx: &mut Tx<'_>, workspace: &str, id: &str) -> Stored<Option<Present>> {
    let sql = "SELECT c.name, c.version, c.everybody, v.settings,
        (SELECT json_group_array(name) FROM (SELECT u.name FROM configuration_group g
            JOIN user_group u ON u.workspace_id = g.workspace_id AND u.name_key = g.name_key
            WHERE g.workspace_id = c.workspace_id AND g.configuration_id = c.id ORDER BY u.name_key)) AS groups
        FROM configuration c JOIN configuration_version v
            ON v.workspace_id = c.workspace_id AND v.configuration_id = c.id AND v.version = c.version
        WHERE c.workspace_id = $1 AND c.id = $2";
    let Some(row) = tx.row(sqlx::query(sql).bind(workspace).bind(id)).await? else { return Ok(None) };
    Ok(Some(Present {
        name: row.text("name")?,
        version: row.count("version")?,
        audience: Audience { everybody: row.val("everybody")?, groups: row.json("groups")? },
        settings: row.json("settings")?,
    }))
}

/// Who saves, as the history names them.
fn author(tx: &Tx<'_>) -> String {
    match tx.act().map(|act| act.by.clone()) {
        Some(By::Account { name, .. }) => name,
        Some(By::CommandLine { user }) => user,
        _ => String::new(),
    }
}

/// For whom, in the log's words.
fn whom(audience: &Audience) -> String {
    if audience.everybody { "*".to_owned() } else { audience.groups.join(", ") }
}

/// The values of apps' settings may be secrets, and the log is read by more people than configurations are (ABUSE A30).
fn hidden(difference: &Difference, value: Option<&String>) -> Option<String> {
    let secret = difference.field == Field::AppSettings && value.is_some();
    if secret { Some("…".to_owned()) } else { value.cloned() }
}

fn noted(mut note: Note, found: &[Difference]) -> Note {
    for difference in found {
        let place = difference.item.iter().cloned().chain(difference.column.map(|c| c.name().to_owned()));
        let place =
            std::iter::once(difference.field.name().to_owned()).chain(place).collect::<Vec<_>>().join(" ");
        let (before, after) =
            (hidden(difference, difference.before.as_ref()), hidden(difference, difference.after.as_ref()));
        // A secret that became another one is told as that.
        let after = if before.is_some() && before == after { Some("……".to_owned()) } else { after };
        note = note.with(&place, before.as_deref(), after.as_deref());
    }
    note
}

pub(super) async fn save(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    save: SaveConfiguration,
) -> Stored<SavedConfiguration> {
    let (ws, id) = (workspace.to_string(), save.id.to_string());
    let before = present(tx, &ws, &id).await?;
    match (&before, save.base) {
        (Some(present), base) if base != Some(present.version) => {
            return Ok(SavedConfiguration::Stale { version: present.version });
        }
        (None, Some(_)) => return Err(StoreError::NotFound),
        _ => {}
    }
    let key = save.name.as_str().to_lowercase();
    let sql = "SELECT 1 FROM configuration WHERE workspace_id = $1 AND name_key = $2 AND id <> $3";
    if tx.row(sqlx::query(sql).bind(&ws).bind(&key).bind(&id)).await?.is_some() {
        return Ok(SavedConfiguration::NameTaken);
    }
    let groups: Vec<_> = save.audience.groups.iter().map(|name| name.to_lowercase()).collect();
    let sql = "SELECT count(*) AS n FROM json_each($2) AS j WHERE NOT EXISTS
        (SELECT 1 FROM user_group u WHERE u.workspace_id = $1 AND u.name_key = j.value)";
    let missing =
        tx.row(sqlx::query(sql).bind(&ws).bind(json(&groups)?)).await?.ok_or(StoreError::NotFound)?;
    if missing.count("n")? > 0 {
        return Ok(SavedConfiguration::NoSuchGroup);
    }
    let version = before.as_ref().map_or(1, |present| present.version + 1);
    let none = ConfigurationSettings::default();
    let former = before.as_ref().map_or(&none, |present| &present.settings);
    let settings = save.settings.dated(former, i64::try_from(save.now.millis()).unwrap_or_default());
    let sql = "INSERT INTO configuration (workspace_id, id, name, name_key, place, everybody, version)
        VALUES ($1, $2, $3, $4, (SELECT coalesce(max(place), 0) + 1 FROM configuration WHERE workspace_id = $1), $5, $6)
        ON CONFLICT (workspace_id, id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key,
            everybody = excluded.everybody, version = excluded.version";
    let query = sqlx::query(sql).bind(&ws).bind(&id).bind(save.name.as_str()).bind(&key);
    tx.run(query.bind(save.audience.everybody).bind(number(version))).await?;
    let sql = "INSERT INTO configuration_version (workspace_id, configuration_id, version, settings, saved_at, saved_by, restored)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let query =
        sqlx::query(sql).bind(&ws).bind(&id).bind(number(version)).bind(json(&settings)?).bind(save.now.0);
    let author = author(tx);
    tx.run(query.bind(author).bind(save.restored.map(number))).await?;
    let sql = "DELETE FROM configuration_group WHERE workspace_id = $1 AND configuration_id = $2
        AND name_key NOT IN (SELECT value FROM json_each($3))";
    tx.run(sqlx::query(sql).bind(&ws).bind(&id).bind(json(&groups)?)).await?;
    let sql = "INSERT INTO configuration_group (workspace_id, configuration_id, name_key)
        SELECT $1, $2, value FROM json_each($3) WHERE true ON CONFLICT DO NOTHING";
    tx.run(sqlx::query(sql).bind(&ws).bind(&id).bind(json(&groups)?)).await?;
    tell(tx, workspace, save.now).await?;
    let action = match (&before, save.restored) {
        (None, _) => Action::ConfigurationAdded,
        (Some(_), Some(_)) => Action::ConfigurationRestored,
        (Some(_), None) => Action::ConfigurationChanged,
    };
    let note = Note::new(action, Subject::new(save.id, save.name.as_str()))
        .with("name", before.as_ref().map(|p| p.name.as_str()), Some(save.name.as_str()))
        .with("groups", before.as_ref().map(|p| whom(&p.audience)).as_deref(), Some(&whom(&save.audience)))
        .with(
            "version",
            before.as_ref().map(|p| p.version.to_string()).as_deref(),
            Some(&version.to_string()),
        );
    tx.note(workspace, noted(note, &differences(former, &settings))).await?;
    Ok(SavedConfiguration::Saved { version })
}

pub(super) async fn delete(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: ConfigurationId,
    now: Timestamp,
) -> Stored<()> {
    let sql = "DELETE FROM configuration WHERE workspace_id = $1 AND id = $2 RETURNING name, version";
    let query = sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string());
    let found = tx.row(query).await?.ok_or(StoreError::NotFound)?;
    tell(tx, workspace, now).await?;
    let note = Note::new(Action::ConfigurationDeleted, Subject::new(id, found.text("name")?));
    tx.note(workspace, note.was("version", &found.count("version")?.to_string())).await
}

pub(super) async fn order(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    order: &[ConfigurationId],
    now: Timestamp,
) -> Stored<()> {
    let ws = workspace.to_string();
    let sql = "SELECT id, name FROM configuration WHERE workspace_id = $1 ORDER BY place, id";
    let mut present = Vec::new();
    for row in tx.rows(sqlx::query(sql).bind(&ws)).await? {
        present.push((row.parsed::<ConfigurationId>("id")?, row.text("name")?));
    }
    let sorted = |mut ids: Vec<ConfigurationId>| {
        ids.sort_unstable();
        ids
    };
    if order.iter().any(|id| !present.iter().any(|(known, _)| known == id)) {
        return Err(StoreError::NotFound);
    }
    if sorted(order.to_vec()) != sorted(present.iter().map(|(id, _)| *id).collect()) {
        return Err(StoreError::State);
    }
    let sql = "UPDATE configuration SET place = (SELECT j.key + 1 FROM json_each($2) AS j WHERE j.value = configuration.id) WHERE workspace_id = $1";
    tx.run(sqlx::query(sql).bind(&ws).bind(json(&order)?)).await?;
    tell(tx, workspace, now).await?;
    let name =
        |id: &ConfigurationId| present.iter().find(|(known, _)| known == id).map(|(_, name)| name.as_str());
    let after: Vec<_> = order.iter().filter_map(name).collect();
    let before: Vec<_> = present.iter().map(|(_, name)| name.as_str()).collect();
    let note =
        Note::new(Action::ConfigurationsOrdered, Subject::named(after.first().copied().unwrap_or_default()));
    tx.note(workspace, note.with("order", Some(&before.join(", ")), Some(&after.join(", ")))).await
}
