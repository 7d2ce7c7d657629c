//! Accounts and one-time links; secrets are known by their SHA-256 alone.

use super::{
    Sqlite, audit, failed,
    row::Read,
    sessions,
    writer::{Tx, commit},
};
use async_trait::async_trait;
use muster_domain::{
    AccountId, EmailAddress, Language, PersonName, SessionId, Timestamp, WorkspaceId,
    account::{Account, Role},
    audit::{Action, Note, Subject},
    ports::{AccountStore, StoreError, Stored, Ticket, Topic},
};
use sqlx::sqlite::SqliteRow;

pub(super) fn account(row: &SqliteRow) -> Stored<Account> {
    Ok(Account {
        id: row.parsed("id")?,
        email: row.parsed("email")?,
        name: row.parsed("name")?,
        language: row.language_or_none("language")?,
    })
}

fn ticket(row: &SqliteRow) -> Stored<Ticket> {
    Ok(row.parsed_or_none("account_id")?.map_or(Ticket::Owner, Ticket::Password))
}

pub(super) async fn insert(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    account: &Account,
    role: Role,
    password: Option<&str>,
    now: Timestamp,
) -> Stored<()> {
    let sql = "INSERT INTO account (id, email, email_key, name, language, password, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    tx.run(
        sqlx::query(sql)
            .bind(account.id.to_string())
            .bind(account.email.as_str())
            .bind(account.email.key())
            .bind(account.name.as_str())
            .bind(account.language.map(Language::tag))
            .bind(password)
            .bind(now.0),
    )
    .await?;
    let sql = "INSERT INTO account_role (account_id, workspace_id, role) VALUES ($1, $2, $3)";
    tx.run(sqlx::query(sql).bind(account.id.to_string()).bind(workspace.to_string()).bind(role.name()))
        .await?;
    tx.changed(workspace, &[Topic::Accounts]);
    Ok(())
}

/// Writes into the audit log that an account is there now.
pub(super) async fn made(
    tx: &mut Tx<'_>,
    action: Action,
    workspace: WorkspaceId,
    account: &Account,
    role: Role,
) -> Stored<()> {
    let note = Note::new(action, Subject::new(account.id, account.email.as_str()));
    tx.note(workspace, note.now("name", account.name.as_str()).now("role", role.name())).await
}

/// Tells the live pages of all workspaces of an account.
pub(super) async fn told(tx: &mut Tx<'_>, account: AccountId) -> Stored<()> {
    let sql = "SELECT workspace_id FROM account_role WHERE account_id = $1";
    for row in tx.rows(sqlx::query(sql).bind(account.to_string())).await? {
        tx.changed(row.parsed("workspace_id")?, &[Topic::Accounts]);
    }
    Ok(())
}

pub(super) async fn end_all(tx: &mut Tx<'_>, account: AccountId) -> Stored<()> {
    told(tx, account).await?;
    tx.run(sqlx::query("DELETE FROM session WHERE account_id = $1").bind(account.to_string())).await?;
    Ok(())
}

#[async_trait]
impl AccountStore for Sqlite {
    async fn has_owner(&self) -> Stored<bool> {
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM account_role WHERE role = 'owner')")
            .fetch_one(&self.readers)
            .await
            .map_err(failed)
    }

    async fn account_by_email(&self, email: &EmailAddress) -> Stored<Option<(Account, Option<String>)>> {
        let sql = "SELECT id, email, name, language, password FROM account WHERE email_key = $1";
        let row = sqlx::query(sql).bind(email.key()).fetch_optional(&self.readers).await.map_err(failed)?;
        row.map(|r| Ok((account(&r)?, r.maybe("password")?))).transpose()
    }

    async fn account(&self, id: AccountId) -> Stored<Option<(Account, Option<String>)>> {
        let sql = "SELECT id, email, name, language, password FROM account WHERE id = $1";
        let row =
            sqlx::query(sql).bind(id.to_string()).fetch_optional(&self.readers).await.map_err(failed)?;
        row.map(|r| Ok((account(&r)?, r.maybe("password")?))).transpose()
    }

    async fn add_account(
        &self,
        workspace: WorkspaceId,
        account: &Account,
        role: Role,
        password: Option<&str>,
        now: Timestamp,
    ) -> Stored<()> {
        let (account, password) = (account.clone(), password.map(str::to_owned));
        commit!(self, |tx| {
            insert(tx, workspace, &account, role, password.as_deref(), now).await?;
            made(tx, Action::AccountAdded, workspace, &account, role).await
        })
    }

    async fn set_password(&self, account: AccountId, password: &str, _now: Timestamp) -> Stored<()> {
        let password = password.to_owned();
        commit!(self, |tx| {
            let sql = "UPDATE account SET password = $2 WHERE id = $1";
            tx.run(sqlx::query(sql).bind(account.to_string()).bind(password)).await?;
            end_all(tx, account).await?;
            let subject = audit::account(tx, account).await?;
            tx.note_everywhere(account, Note::new(Action::PasswordChanged, subject)).await
        })
    }

    async fn change_password(&self, account: AccountId, keep: SessionId, old: &str, new: &str) -> Stored<()> {
        let (old, new) = (old.to_owned(), new.to_owned());
        commit!(self, |tx| {
            let sql = "UPDATE account SET password = $3 WHERE id = $1 AND password = $2";
            if tx.run(sqlx::query(sql).bind(account.to_string()).bind(old).bind(new)).await? == 0 {
                return Err(StoreError::State);
            }
            tx.run(sqlx::query("DELETE FROM ticket WHERE account_id = $1").bind(account.to_string())).await?;
            sessions::end_others(tx, account, keep).await?;
            let subject = audit::account(tx, account).await?;
            tx.note_everywhere(account, Note::new(Action::PasswordChanged, subject)).await
        })
    }

    async fn rename_account(&self, account: AccountId, name: &PersonName) -> Stored<()> {
        let name = name.clone();
        commit!(self, |tx| {
            let row = tx
                .row(sqlx::query("SELECT name FROM account WHERE id = $1").bind(account.to_string()))
                .await?;
            let before = row.ok_or(StoreError::NotFound)?.text("name")?;
            let sql = "UPDATE account SET name = $2 WHERE id = $1";
            tx.run(sqlx::query(sql).bind(account.to_string()).bind(name.as_str())).await?;
            told(tx, account).await?;
            let note = Note::new(Action::AccountRenamed, audit::account(tx, account).await?);
            tx.note_everywhere(account, note.with("name", Some(&before), Some(name.as_str()))).await
        })
    }

    async fn set_language(&self, account: AccountId, language: Language) -> Stored<()> {
        commit!(self, |tx| {
            let sql = "UPDATE account SET language = $2 WHERE id = $1";
            tx.run(sqlx::query(sql).bind(account.to_string()).bind(language.tag())).await?;
            Ok(())
        })
    }

    async fn add_ticket(&self, secret: [u8; 32], ticket: &Ticket, expires_at: Timestamp) -> Stored<()> {
        let account = match ticket {
            Ticket::Owner => None,
            Ticket::Password(account) => Some(account.to_string()),
        };
        commit!(self, |tx| {
            tx.run(sqlx::query("DELETE FROM ticket WHERE account_id IS $1").bind(&account)).await?;
            let sql = "INSERT INTO ticket (secret, account_id, expires_at) VALUES ($1, $2, $3)";
            tx.run(sqlx::query(sql).bind(secret.as_slice()).bind(&account).bind(expires_at.0)).await?;
            let Some(id) = account.and_then(|id| id.parse().ok()) else { return Ok(()) };
            let note = Note::new(Action::TicketMade, audit::account(tx, id).await?);
            tx.note_everywhere(id, note.now("until", &expires_at.rfc3339())).await
        })
    }

    async fn ticket(&self, secret: [u8; 32], now: Timestamp) -> Stored<Option<Ticket>> {
        let sql = "SELECT account_id FROM ticket WHERE secret = $1 AND used_at IS NULL AND expires_at > $2";
        let row = sqlx::query(sql)
            .bind(secret.as_slice())
            .bind(now.0)
            .fetch_optional(&self.readers)
            .await
            .map_err(failed)?;
        row.as_ref().map(ticket).transpose()
    }

    async fn take_ticket(&self, secret: [u8; 32], now: Timestamp) -> Stored<Option<Ticket>> {
        commit!(self, |tx| {
            let sql = "UPDATE ticket SET used_at = $2 WHERE secret = $1 AND used_at IS NULL AND expires_at > $2 RETURNING account_id";
            let row = tx.row(sqlx::query(sql).bind(secret.as_slice()).bind(now.0)).await?;
            row.as_ref().map(ticket).transpose()
        })
    }

    async fn create_owner(
        &self,
        secret: [u8; 32],
        workspace: WorkspaceId,
        account: &Account,
        password: &str,
        now: Timestamp,
    ) -> Stored<()> {
        let (account, password) = (account.clone(), password.to_owned());
        commit!(self, |tx| {
            let sql = "UPDATE ticket SET used_at = $2 WHERE secret = $1 AND account_id IS NULL AND used_at IS NULL AND expires_at > $2
                        AND NOT EXISTS (SELECT 1 FROM account_role WHERE role = 'owner')";
            let done = tx.run(sqlx::query(sql).bind(secret.as_slice()).bind(now.0)).await?;
            if done == 0 {
                return Err(StoreError::State);
            }
            insert(tx, workspace, &account, Role::Owner, Some(&password), now).await?;
            made(tx, Action::AccountAdded, workspace, &account, Role::Owner).await
        })
    }
}
