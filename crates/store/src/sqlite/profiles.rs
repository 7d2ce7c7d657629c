//! Configuration profiles that were uploaded for devices.

use super::{
    Sqlite, failed,
    row::{Read, json},
    writer::commit,
};
use async_trait::async_trait;
use muster_domain::{
    ProfileId, WorkspaceId,
    audit::{Action, Note, Subject},
    ports::{ProfileRow, ProfileStore, StoreError, Stored, Topic, UploadedProfile},
};
use sqlx::sqlite::SqliteRow;

fn row(row: &SqliteRow) -> Stored<ProfileRow> {
    Ok(ProfileRow {
        id: row.parsed("id")?,
        identifier: row.text("identifier")?,
        name: row.text("name")?,
        payloads: row.json("payloads")?,
        uploaded_at: row.time("uploaded_at")?,
    })
}

#[async_trait]
impl ProfileStore for Sqlite {
    async fn profiles(&self, workspace: WorkspaceId) -> Stored<Vec<ProfileRow>> {
        let sql = "SELECT id, identifier, name, payloads, uploaded_at FROM apple_profile WHERE workspace_id = $1 ORDER BY name, id";
        let rows =
            sqlx::query(sql).bind(workspace.to_string()).fetch_all(&self.readers).await.map_err(failed)?;
        rows.iter().map(row).collect()
    }

    async fn profile(&self, workspace: WorkspaceId, id: ProfileId) -> Stored<Option<UploadedProfile>> {
        let sql = "SELECT id, identifier, name, payloads, uploaded_at, content FROM apple_profile WHERE workspace_id = $1 AND id = $2";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string());
        let found = query.fetch_optional(&self.readers).await.map_err(failed)?;
        found.map(|r| Ok(UploadedProfile { row: row(&r)?, content: r.val("content")? })).transpose()
    }

    async fn put_profile(&self, workspace: WorkspaceId, profile: &UploadedProfile) -> Stored<ProfileId> {
        let new = profile.clone();
        commit!(self, |tx| {
            let sql = "INSERT INTO apple_profile (workspace_id, id, identifier, name, payloads, content, uploaded_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (workspace_id, identifier) DO UPDATE SET name = excluded.name, payloads = excluded.payloads,
                    content = excluded.content, uploaded_at = excluded.uploaded_at RETURNING id";
            let query = sqlx::query(sql)
                .bind(workspace.to_string())
                .bind(new.row.id.to_string())
                .bind(&new.row.identifier)
                .bind(&new.row.name)
                .bind(json(&new.row.payloads)?)
                .bind(&new.content)
                .bind(new.row.uploaded_at.0);
            let id: ProfileId = tx.row(query).await?.ok_or(StoreError::NotFound)?.parsed("id")?;
            tx.changed(workspace, &[Topic::Settings]);
            let note = Note::new(Action::ProfileUploaded, Subject::new(id, &new.row.name));
            tx.note(workspace, note.now("identifier", &new.row.identifier)).await?;
            Ok(id)
        })
    }

    async fn delete_profile(&self, workspace: WorkspaceId, id: ProfileId) -> Stored<()> {
        commit!(self, |tx| {
            let sql =
                "DELETE FROM apple_profile WHERE workspace_id = $1 AND id = $2 RETURNING name, identifier";
            let query = sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string());
            let found = tx.row(query).await?.ok_or(StoreError::NotFound)?;
            tx.changed(workspace, &[Topic::Settings]);
            let note = Note::new(Action::ProfileDeleted, Subject::new(id, found.text("name")?));
            tx.note(workspace, note.was("identifier", &found.text("identifier")?)).await
        })
    }
}
