//! What people see of a workspace: its words, colour, logo and whom to ask.

use super::{
    Sqlite, failed,
    row::{Read, json},
    writer::{Tx, commit},
};
use async_trait::async_trait;
use muster_domain::{
    Language, WorkspaceId,
    audit::{Action, Note, Subject},
    look::{Brand, Logo, Look},
    ports::{BrandStore, StoreError, Stored, Topic},
    wording::Wording,
};
use serde_json::Value;
use sqlx::SqliteConnection;
use std::sync::Arc;

/// A number of pixels.
fn pixels(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

/// All of it, read at one moment.
async fn read(conn: &mut SqliteConnection, workspace: WorkspaceId) -> Stored<Brand> {
    let id = workspace.to_string();
    let sql = "SELECT l.look, g.name, g.width, g.height, g.png,
            (SELECT json_group_object(w.language, json(w.words)) FROM wording w WHERE w.workspace_id = s.id) AS words
        FROM workspace s LEFT JOIN look l ON l.workspace_id = s.id LEFT JOIN logo g ON g.workspace_id = s.id
        WHERE s.id = $1";
    let row = sqlx::query(sql).bind(&id).fetch_optional(conn).await.map_err(failed)?;
    let row = row.ok_or(StoreError::NotFound)?;
    let look = if row.maybe("look")?.is_some() { row.json("look")? } else { Look::default() };
    let logo = match row.maybe("name")? {
        Some(name) => Some(Logo {
            name,
            width: pixels(row.val("width")?),
            height: pixels(row.val("height")?),
            png: row.val("png")?,
        }),
        None => None,
    };
    let words: std::collections::HashMap<Language, Wording> = row.json("words")?;
    Ok(Brand { look, logo, wordings: words.into_iter().collect() })
}

/// What stands in a column of JSON, for the audit log; null where there is nothing.
async fn told(tx: &mut Tx<'_>, sql: &'static str, binds: &[&str]) -> Stored<Value> {
    if tx.act().is_none() {
        return Ok(Value::Null);
    }
    let query = binds.iter().fold(sqlx::query(sql), |query, bind| query.bind(*bind));
    let text = tx.row(query).await?.map(|row| row.text("told")).transpose()?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// The words of a language that go out: the usual ones where there are no others.
async fn kept(tx: &mut Tx<'_>, workspace: WorkspaceId, language: Language) -> Stored<Value> {
    let workspace = workspace.to_string();
    let sql = "SELECT words AS told FROM wording WHERE workspace_id = $1 AND language = $2";
    let own = told(tx, sql, &[&workspace, language.tag()]).await?;
    if !own.is_null() || tx.act().is_none() {
        return Ok(own);
    }
    let sql = "SELECT json_quote(settings ->> 'help_contact') AS told FROM workspace WHERE id = $1";
    let contact = !told(tx, sql, &[&workspace]).await?.is_null();
    Ok(serde_json::to_value(Wording::usual(language, contact)).unwrap_or_default())
}

async fn seen(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Stored<Value> {
    let sql = "SELECT json_set(coalesce((SELECT look FROM look WHERE workspace_id = $1), '{}'), '$.contact', settings ->> 'help_contact') AS told
        FROM workspace WHERE id = $1";
    told(tx, sql, &[&workspace.to_string()]).await
}

async fn drawn(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Stored<Value> {
    let sql = "SELECT json_object('logo', width || ' × ' || height || ', ' || name) AS told FROM logo WHERE workspace_id = $1";
    told(tx, sql, &[&workspace.to_string()]).await
}

/// Writes into the audit log what differs, if something does.
async fn noted(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    action: Action,
    subject: Subject,
    [before, after]: [Value; 2],
) -> Stored<()> {
    let note = Note::new(action, subject).differing(&before, &after);
    if note.changes.is_empty() { Ok(()) } else { tx.note(workspace, note).await }
}

#[async_trait]
impl BrandStore for Sqlite {
    async fn brand(&self, workspace: WorkspaceId) -> Stored<Arc<Brand>> {
        if let Some(brand) = self.brands.get(workspace) {
            return Ok(brand);
        }
        let moment = self.brands.moment();
        let mut conn = self.readers.acquire().await.map_err(failed)?;
        let brand = Arc::new(read(&mut conn, workspace).await?);
        self.brands.put(workspace, moment, brand.clone());
        Ok(brand)
    }

    async fn set_wording(
        &self,
        workspace: WorkspaceId,
        language: Language,
        wording: Option<&Wording>,
    ) -> Stored<()> {
        let words = wording.map(json).transpose()?;
        commit!(self, |tx| {
            let before = kept(tx, workspace, language).await?;
            let query = match &words {
                Some(words) => sqlx::query(
                    "INSERT INTO wording (workspace_id, language, words) VALUES ($1, $2, $3)
                    ON CONFLICT (workspace_id, language) DO UPDATE SET words = excluded.words",
                )
                .bind(workspace.to_string())
                .bind(language.tag())
                .bind(words),
                None => sqlx::query("DELETE FROM wording WHERE workspace_id = $1 AND language = $2")
                    .bind(workspace.to_string())
                    .bind(language.tag()),
            };
            tx.run(query).await?;
            tx.changed(workspace, &[Topic::Settings]);
            let after = kept(tx, workspace, language).await?;
            noted(tx, workspace, Action::WordingChanged, Subject::named(language.tag()), [before, after])
                .await
        })
    }

    async fn set_look(&self, workspace: WorkspaceId, look: &Look, contact: Option<&str>) -> Stored<()> {
        let (look, contact) = (json(look)?, json(&contact)?);
        commit!(self, |tx| {
            let before = seen(tx, workspace).await?;
            let sql = "UPDATE workspace SET settings = json_set(settings, '$.help_contact', json($2)) WHERE id = $1";
            if tx.run(sqlx::query(sql).bind(workspace.to_string()).bind(contact)).await? == 0 {
                return Err(StoreError::NotFound);
            }
            let sql = "INSERT INTO look (workspace_id, look) VALUES ($1, $2)
                ON CONFLICT (workspace_id) DO UPDATE SET look = excluded.look";
            tx.run(sqlx::query(sql).bind(workspace.to_string()).bind(look)).await?;
            tx.changed(workspace, &[Topic::Settings]);
            let after = seen(tx, workspace).await?;
            noted(tx, workspace, Action::LookChanged, Subject::default(), [before, after]).await
        })
    }

    async fn set_logo(&self, workspace: WorkspaceId, logo: Option<&Logo>) -> Stored<()> {
        let logo = logo.cloned();
        commit!(self, |tx| {
            let before = drawn(tx, workspace).await?;
            let query = match logo {
                Some(Logo { name, width, height, png }) => sqlx::query(
                    "INSERT INTO logo (workspace_id, name, width, height, png) VALUES ($1, $2, $3, $4, $5)
                    ON CONFLICT (workspace_id) DO UPDATE SET name = excluded.name, width = excluded.width,
                        height = excluded.height, png = excluded.png",
                )
                .bind(workspace.to_string())
                .bind(name)
                .bind(width)
                .bind(height)
                .bind(png),
                None => sqlx::query("DELETE FROM logo WHERE workspace_id = $1").bind(workspace.to_string()),
            };
            tx.run(query).await?;
            tx.changed(workspace, &[Topic::Settings]);
            let after = drawn(tx, workspace).await?;
            noted(tx, workspace, Action::LogoChanged, Subject::default(), [before, after]).await
        })
    }
}
