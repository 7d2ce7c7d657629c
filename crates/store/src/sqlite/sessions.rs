//! Sessions of the console, known by the SHA-256 of their secrets.

use super::{
    Sqlite,
    accounts::{account, end_all, told},
    audit, failed,
    row::Read,
    writer::{Tx, commit},
};
use async_trait::async_trait;
use muster_domain::{
    AccountId, SessionId, Timestamp, WorkspaceId,
    account::{Role, Who},
    audit::{Act, Action, By, Note, Subject},
    ports::{AGENT, NewSession, SessionRow, SessionSeen, SessionStore, StoreError, Stored, Topic},
};

/// Ends all sessions of an account but one; how many.
pub(super) async fn end_others(tx: &mut Tx<'_>, account: AccountId, keep: SessionId) -> Stored<u64> {
    told(tx, account).await?;
    let sql = "DELETE FROM session WHERE account_id = $1 AND id <> $2";
    tx.run(sqlx::query(sql).bind(account.to_string()).bind(keep.to_string())).await
}

/// Remembers that the account works in the workspace from now on.
async fn begun(tx: &mut Tx<'_>, account: &str, workspace: WorkspaceId, now: Timestamp) -> Stored<()> {
    let sql = "UPDATE account_role SET signed_in_at = $3 WHERE account_id = $1 AND workspace_id = $2";
    tx.run(sqlx::query(sql).bind(account).bind(workspace.to_string()).bind(now.0)).await?;
    tx.changed(workspace, &[Topic::Accounts]);
    Ok(())
}

/// Writes into the audit log who signed in, which only their password or link has proven.
async fn signed_in(tx: &mut Tx<'_>, session: NewSession, workspace: WorkspaceId) -> Stored<()> {
    let sql = "SELECT id, email, name, language FROM account WHERE id = $1";
    let row = tx.row(sqlx::query(sql).bind(session.account.to_string())).await?;
    let account = account(&row.ok_or(StoreError::NotFound)?)?;
    let from = Some(session.address).filter(|address| !address.is_empty());
    let act = Act { by: By::account(&account), from, at: session.now };
    let note = Note::new(Action::SignedIn, Subject::new(account.id, account.email.as_str()));
    tx.note_by(&act, workspace, note).await
}

#[async_trait]
impl SessionStore for Sqlite {
    async fn add_session(&self, secret: [u8; 32], session: NewSession) -> Stored<()> {
        commit!(self, |tx| {
            let (now, account) = (session.now, session.account.to_string());
            tx.run(sqlx::query("DELETE FROM session WHERE expires_at <= $1").bind(now.0)).await?;
            let sql = "INSERT INTO session (secret, account_id, workspace_id, created_at, last_used, expires_at, id, agent, address)
                        SELECT $1, account_id, workspace_id, $3, $3, $4, $5, $6, $7 FROM account_role
                        WHERE account_id = $2 AND workspace_id = coalesce($8, workspace_id) ORDER BY workspace_id LIMIT 1
                        RETURNING workspace_id";
            let agent: String = session.agent.chars().filter(|c| !c.is_control()).take(AGENT).collect();
            let query = sqlx::query(sql)
                .bind(secret.as_slice())
                .bind(&account)
                .bind(now.0)
                .bind(session.expires_at.0)
                .bind(session.id.to_string())
                .bind(agent)
                .bind(&session.address)
                .bind(session.workspace.map(|w| w.to_string()));
            let row = tx.row(query).await?.ok_or(StoreError::NotFound)?;
            let workspace = row.parsed("workspace_id")?;
            begun(tx, &account, workspace, now).await?;
            signed_in(tx, session, workspace).await
        })
    }

    async fn session(
        &self,
        secret: [u8; 32],
        now: Timestamp,
        idle_after: Timestamp,
    ) -> Stored<Option<SessionRow>> {
        let sql =
            "SELECT a.id, a.email, a.name, a.language, s.id AS session, s.workspace_id, s.last_used, r.role
            FROM session s JOIN account a ON a.id = s.account_id
            JOIN account_role r ON r.account_id = s.account_id AND r.workspace_id = s.workspace_id
            WHERE s.secret = $1 AND s.expires_at > $2 AND s.last_used >= $3";
        let query = sqlx::query(sql).bind(secret.as_slice()).bind(now.0).bind(idle_after.0);
        let row = query.fetch_optional(&self.readers).await.map_err(failed)?;
        row.map(|r| {
            let who = Who {
                account: account(&r)?,
                workspace: r.parsed("workspace_id")?,
                role: r.named("role", Role::from_name)?,
            };
            Ok(SessionRow { id: r.parsed("session")?, who, last_used: r.time("last_used")? })
        })
        .transpose()
    }

    async fn touch_session(&self, secret: [u8; 32], now: Timestamp) -> Stored<()> {
        commit!(self, |tx| {
            let sql = "UPDATE session SET last_used = $2 WHERE secret = $1 AND last_used < $2";
            tx.run(sqlx::query(sql).bind(secret.as_slice()).bind(now.0)).await?;
            Ok(())
        })
    }

    async fn switch_session(&self, secret: [u8; 32], to: WorkspaceId, now: Timestamp) -> Stored<()> {
        commit!(self, |tx| {
            let sql = "SELECT s.account_id, s.workspace_id FROM session s
                JOIN account_role r ON r.account_id = s.account_id AND r.workspace_id = $2 WHERE s.secret = $1";
            let query = sqlx::query(sql).bind(secret.as_slice()).bind(to.to_string());
            let row = tx.row(query).await?.ok_or(StoreError::NotFound)?;
            let sql = "UPDATE session SET workspace_id = $2 WHERE secret = $1";
            tx.run(sqlx::query(sql).bind(secret.as_slice()).bind(to.to_string())).await?;
            // Streams of the workspace that is left end.
            tx.changed(row.parsed("workspace_id")?, &[Topic::Accounts]);
            begun(tx, &row.text("account_id")?, to, now).await
        })
    }

    async fn sessions(
        &self,
        account: AccountId,
        now: Timestamp,
        idle_after: Timestamp,
    ) -> Stored<Vec<SessionSeen>> {
        let sql = "SELECT id, agent, address, created_at, last_used FROM session
            WHERE account_id = $1 AND expires_at > $2 AND last_used >= $3 ORDER BY last_used DESC, id";
        let query = sqlx::query(sql).bind(account.to_string()).bind(now.0).bind(idle_after.0);
        let rows = query.fetch_all(&self.readers).await.map_err(failed)?;
        rows.iter()
            .map(|r| {
                Ok(SessionSeen {
                    id: r.parsed("id")?,
                    agent: r.text("agent")?,
                    address: r.text("address")?,
                    began_at: r.time("created_at")?,
                    last_used: r.time("last_used")?,
                })
            })
            .collect()
    }

    async fn end_session(&self, secret: [u8; 32]) -> Stored<()> {
        commit!(self, |tx| {
            let sql = "DELETE FROM session WHERE secret = $1 RETURNING workspace_id, account_id";
            let row = tx.row(sqlx::query(sql).bind(secret.as_slice())).await?;
            let Some(row) = row else { return Ok(()) };
            let workspace = row.parsed("workspace_id")?;
            tx.changed(workspace, &[Topic::Accounts]);
            let subject = audit::account(tx, row.parsed("account_id")?).await?;
            tx.note(workspace, Note::new(Action::SignedOut, subject)).await
        })
    }

    async fn end_session_of(&self, account: AccountId, id: SessionId) -> Stored<()> {
        commit!(self, |tx| {
            let sql = "DELETE FROM session WHERE account_id = $1 AND id = $2 RETURNING workspace_id";
            let row = tx.row(sqlx::query(sql).bind(account.to_string()).bind(id.to_string())).await?;
            let workspace = row.ok_or(StoreError::NotFound)?.parsed("workspace_id")?;
            tx.changed(workspace, &[Topic::Accounts]);
            let subject = audit::account(tx, account).await?;
            tx.note(workspace, Note::new(Action::SessionsEnded, subject)).await
        })
    }

    async fn end_other_sessions(&self, account: AccountId, keep: SessionId) -> Stored<u64> {
        commit!(self, |tx| {
            let ended = end_others(tx, account, keep).await?;
            if ended > 0 {
                let note = Note::new(Action::SessionsEnded, audit::account(tx, account).await?);
                tx.note_everywhere(account, note).await?;
            }
            Ok(ended)
        })
    }

    async fn end_sessions(&self, account: AccountId) -> Stored<()> {
        commit!(self, |tx| {
            end_all(tx, account).await?;
            let subject = audit::account(tx, account).await?;
            tx.note_everywhere(account, Note::new(Action::SessionsEnded, subject)).await
        })
    }
}
