//! What people see of a workspace: its words, colour, logo and whom to ask.

use super::{
    Sqlite, failed,
    row::{Read, json},
    writer::commit,
};
use async_trait::async_trait;
use muster_domain::{
    Language, WorkspaceId,
    look::{Brand, Logo, Look},
    ports::{BrandStore, StoreError, Stored, Topic},
    wording::Wording,
};
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
            Ok(())
        })
    }

    async fn set_look(&self, workspace: WorkspaceId, look: &Look, contact: Option<&str>) -> Stored<()> {
        let (look, contact) = (json(look)?, json(&contact)?);
        commit!(self, |tx| {
            let sql = "UPDATE workspace SET settings = json_set(settings, '$.help_contact', json($2)) WHERE id = $1";
            if tx.run(sqlx::query(sql).bind(workspace.to_string()).bind(contact)).await? == 0 {
                return Err(StoreError::NotFound);
            }
            let sql = "INSERT INTO look (workspace_id, look) VALUES ($1, $2)
                ON CONFLICT (workspace_id) DO UPDATE SET look = excluded.look";
            tx.run(sqlx::query(sql).bind(workspace.to_string()).bind(look)).await?;
            tx.changed(workspace, &[Topic::Settings]);
            Ok(())
        })
    }

    async fn set_logo(&self, workspace: WorkspaceId, logo: Option<&Logo>) -> Stored<()> {
        let logo = logo.cloned();
        commit!(self, |tx| {
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
            Ok(())
        })
    }
}
