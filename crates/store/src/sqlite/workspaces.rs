//! Workspaces, settings, counts and the list of changes.

use super::{
    Sqlite, failed,
    row::{Read, json},
    writer::{Tx, commit},
};
use async_trait::async_trait;
use muster_domain::{
    Timestamp, WorkspaceId,
    audit::{Action, Note, Subject},
    ports::{ADDRESSES, Change, Counts, StoreError, Stored, Topic, WorkspaceStore},
    settings::Settings,
};
use sqlx::sqlite::SqliteRow;

/// The sealed secret by which a workspace signs in to its mail server.
const PASSWORD: &str = "smtp.password";

/// Settings as the audit log compares them. Secrets are not among them.
fn told(settings: &Settings) -> Stored<serde_json::Value> {
    serde_json::to_value(settings).map_err(|e| StoreError::Failed(e.to_string()))
}

/// Mails that wait after a failure are due at once: what kept them may have been mended.
async fn wake(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Stored<()> {
    let sql = "UPDATE mail_job SET run_at = 0 WHERE workspace_id = $1 AND worker IS NULL AND attempts > 0";
    tx.run(sqlx::query(sql).bind(workspace.to_string())).await.map(|_| ())
}

/// Puts the address before the others, of one workspace or of all.
async fn remember(tx: &mut Tx<'_>, workspace: Option<WorkspaceId>, address: &str) -> Stored<()> {
    let sql = "SELECT id, addresses FROM workspace WHERE id = coalesce($1, id)";
    for row in tx.rows(sqlx::query(sql).bind(workspace.map(|w| w.to_string()))).await? {
        let mut addresses: Vec<String> = row.json("addresses")?;
        if addresses.first().is_some_and(|newest| newest == address) {
            continue;
        }
        addresses.retain(|known| known != address);
        addresses.insert(0, address.to_owned());
        addresses.truncate(ADDRESSES);
        let sql = "UPDATE workspace SET addresses = $2 WHERE id = $1";
        tx.run(sqlx::query(sql).bind(row.text("id")?).bind(json(&addresses)?)).await?;
    }
    Ok(())
}

#[async_trait]
impl WorkspaceStore for Sqlite {
    async fn first_workspace(&self, id: WorkspaceId, now: Timestamp) -> Stored<WorkspaceId> {
        if let Some(first) = self.workspaces().await?.first() {
            return Ok(*first);
        }
        let settings = json(&Settings::default())?;
        commit!(self, |tx| {
            // Two processes may start at once: the first one's workspace stays the only one.
            let sql = "INSERT INTO workspace (id, created_at, settings) SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM workspace)";
            tx.run(sqlx::query(sql).bind(id.to_string()).bind(now.0).bind(settings)).await?;
            let row = sqlx::query("SELECT id FROM workspace ORDER BY id LIMIT 1")
                .fetch_one(&mut *tx.conn)
                .await
                .map_err(failed)?;
            row.parsed("id")
        })
    }

    async fn add_workspace(&self, id: WorkspaceId, now: Timestamp) -> Stored<()> {
        let settings = json(&Settings::default())?;
        commit!(self, |tx| {
            let sql = "INSERT INTO workspace (id, created_at, settings) VALUES ($1, $2, $3)";
            tx.run(sqlx::query(sql).bind(id.to_string()).bind(now.0).bind(settings)).await?;
            Ok(())
        })
    }

    async fn workspaces(&self) -> Stored<Vec<WorkspaceId>> {
        let rows = sqlx::query("SELECT id FROM workspace ORDER BY id")
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        rows.iter().map(|r| r.parsed("id")).collect()
    }

    async fn settings(&self, workspace: WorkspaceId) -> Stored<Settings> {
        if let Some(settings) = self.kept.get(workspace) {
            return Ok(settings);
        }
        let read = self.kept.moment();
        let sql = "SELECT settings FROM workspace WHERE id = $1";
        let row = sqlx::query(sql)
            .bind(workspace.to_string())
            .fetch_optional(&self.readers)
            .await
            .map_err(failed)?;
        let settings: Settings = row.ok_or(StoreError::NotFound)?.json("settings")?;
        self.kept.put(workspace, read, settings.clone());
        Ok(settings)
    }

    async fn set_settings(&self, workspace: WorkspaceId, settings: &Settings) -> Stored<()> {
        let (new, settings) = (settings.clone(), json(settings)?);
        commit!(self, |tx| {
            let sql = "SELECT settings FROM workspace WHERE id = $1";
            let before = tx.row(sqlx::query(sql).bind(workspace.to_string())).await?;
            let before: Settings = before.ok_or(StoreError::NotFound)?.json("settings")?;
            if (&before.smtp, &before.sender) != (&new.smtp, &new.sender) {
                wake(tx, workspace).await?;
            }
            let sql = "UPDATE workspace SET settings = $2 WHERE id = $1 RETURNING settings ->> 'public_url' AS address";
            let written = tx.row(sqlx::query(sql).bind(workspace.to_string()).bind(settings)).await?;
            let address: Option<String> = written.ok_or(StoreError::NotFound)?.val("address")?;
            if let Some(address) = address {
                remember(tx, Some(workspace), &address).await?;
            }
            tx.changed(workspace, &[Topic::Settings, Topic::Jobs]);
            let note = Note::new(Action::SettingsChanged, Subject::default());
            let note = note.differing(&told(&before)?, &told(&new)?);
            if note.changes.is_empty() { Ok(()) } else { tx.note(workspace, note).await }
        })
    }

    async fn remember_address(&self, address: &str) -> Stored<()> {
        let address = address.to_owned();
        commit!(self, |tx| remember(tx, None, &address).await)
    }

    async fn addresses(&self, workspace: WorkspaceId) -> Stored<Vec<String>> {
        let sql = "SELECT addresses FROM workspace WHERE id = $1";
        let row = sqlx::query(sql).bind(workspace.to_string()).fetch_optional(&self.readers).await;
        row.map_err(failed)?.ok_or(StoreError::NotFound)?.json("addresses")
    }

    async fn sealed(&self, workspace: WorkspaceId, name: &str) -> Stored<Option<Vec<u8>>> {
        let sql = "SELECT value FROM sealed WHERE workspace_id = $1 AND name = $2";
        sqlx::query_scalar(sql)
            .bind(workspace.to_string())
            .bind(name)
            .fetch_optional(&self.readers)
            .await
            .map_err(failed)
    }

    async fn set_sealed(&self, workspace: WorkspaceId, name: &str, value: Option<Vec<u8>>) -> Stored<()> {
        let (name, kept) = (name.to_owned(), value.is_some());
        commit!(self, |tx| {
            let query = match value {
                Some(value) => sqlx::query(
                    "INSERT OR REPLACE INTO sealed (workspace_id, name, value) VALUES ($1, $2, $3)",
                )
                .bind(workspace.to_string())
                .bind(&name)
                .bind(value),
                None => sqlx::query("DELETE FROM sealed WHERE workspace_id = $1 AND name = $2")
                    .bind(workspace.to_string())
                    .bind(&name),
            };
            tx.run(query).await?;
            if name == PASSWORD {
                wake(tx, workspace).await?;
            }
            tx.changed(workspace, &[Topic::Settings, Topic::Jobs]);
            let note = Note::new(Action::SecretChanged, Subject::named(name));
            tx.note(workspace, note.now("state", if kept { "set" } else { "removed" })).await
        })
    }

    async fn counts(&self, workspace: WorkspaceId) -> Stored<Counts> {
        let sql = "SELECT (SELECT coalesce(sum(user_count), 0) FROM user_kind WHERE workspace_id = $1) AS users,
            (SELECT coalesce(sum(device_count), 0) FROM fleet WHERE workspace_id = $1 AND has_left = 0) AS devices,
            coalesce((SELECT invitation_count FROM invitation_kind WHERE workspace_id = $1 AND state = 'failed'), 0) AS failed";
        let row =
            sqlx::query(sql).bind(workspace.to_string()).fetch_one(&self.readers).await.map_err(failed)?;
        Ok(Counts {
            users: row.count("users")?,
            devices: row.count("devices")?,
            failed: row.count("failed")?,
        })
    }

    async fn changes_since(&self, seq: i64) -> Stored<Vec<Change>> {
        let sql = "SELECT seq, workspace_id, topic FROM change WHERE seq > $1 ORDER BY seq LIMIT 1000";
        let rows = sqlx::query(sql).bind(seq).fetch_all(&self.readers).await.map_err(failed)?;
        let change = |r: &SqliteRow| {
            Ok(Change {
                seq: r.val("seq")?,
                workspace: r.parsed("workspace_id")?,
                topic: r.named("topic", Topic::from_name)?,
            })
        };
        let changes = rows.iter().map(change).collect::<Stored<Vec<_>>>()?;
        // Pages that are told fetch at once, and must not get what was read before.
        if changes.iter().any(|change| change.topic == Topic::Settings) {
            self.kept.forget();
            self.brands.forget();
            self.push_certificates.forget();
        }
        Ok(changes)
    }

    async fn last_change(&self) -> Stored<i64> {
        let sql = "SELECT coalesce(max(seq), 0) FROM change";
        sqlx::query_scalar(sql).fetch_one(&self.readers).await.map_err(failed)
    }
}
