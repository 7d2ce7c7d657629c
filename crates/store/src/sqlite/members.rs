//! Who is in a workspace's console, who is invited to it, and which workspaces an account is in.

use super::{
    Sqlite, accounts, audit, failed, roles,
    row::{Read, json},
    writer::{Tx, commit},
};
use async_trait::async_trait;
use muster_domain::{
    AccountId, Language, OfferId, PersonName, Timestamp, WorkspaceId,
    account::Role,
    audit::{Action, Note, Subject},
    ports::{
        Delivery, Joining, Member, MemberStore, NewOffer, Offer, Offered, Space, StoreError, Stored, Topic,
    },
    settings::Settings,
};
use sqlx::sqlite::SqliteRow;

/// An invitation with the name of who made it.
const OFFER: &str = "SELECT o.id, o.email, o.role, o.language, o.expires_at, o.delivery,
    (SELECT a.name FROM account a WHERE a.id = o.by_account) AS by_name FROM account_offer o
    WHERE o.workspace_id = $1 AND o.expires_at > $2";

fn language(row: &SqliteRow) -> Stored<Language> {
    Ok(row.language_or_none("language")?.unwrap_or_default())
}

fn offer(row: &SqliteRow) -> Stored<Offer> {
    Ok(Offer {
        id: row.parsed("id")?,
        email: row.text("email")?,
        role: row.named("role", Role::from_name)?,
        language: language(row)?,
        by: row.maybe("by_name")?,
        expires_at: row.time("expires_at")?,
        delivery: row.json("delivery")?,
    })
}

/// Writes into the audit log what became of a colleague's invitation.
async fn offered(
    tx: &mut Tx<'_>,
    action: Action,
    workspace: WorkspaceId,
    id: OfferId,
    email: &str,
    role: Role,
) -> Stored<()> {
    let note = Note::new(action, Subject::new(id, email));
    tx.note(workspace, note.now("role", role.name())).await
}

#[async_trait]
impl MemberStore for Sqlite {
    async fn members(&self, workspace: WorkspaceId) -> Stored<Vec<Member>> {
        let sql = "SELECT a.id, a.name, a.email, r.role, r.signed_in_at FROM account_role r
            JOIN account a ON a.id = r.account_id WHERE r.workspace_id = $1 ORDER BY a.name COLLATE NOCASE, a.id";
        let query = sqlx::query(sql).bind(workspace.to_string());
        let rows = query.fetch_all(&self.readers).await.map_err(failed)?;
        rows.iter()
            .map(|r| {
                Ok(Member {
                    account: r.parsed("id")?,
                    name: r.text("name")?,
                    email: r.text("email")?,
                    role: r.named("role", Role::from_name)?,
                    signed_in_at: r.time_or_none("signed_in_at")?,
                })
            })
            .collect()
    }

    async fn offers(&self, workspace: WorkspaceId, now: Timestamp) -> Stored<Vec<Offer>> {
        let sql = format!("{OFFER} ORDER BY o.email_key");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(workspace.to_string()).bind(now.0);
        query.fetch_all(&self.readers).await.map_err(failed)?.iter().map(offer).collect()
    }

    async fn add_offer(&self, workspace: WorkspaceId, by: Option<AccountId>, new: NewOffer) -> Stored<()> {
        commit!(self, |tx| {
            roles::check(tx, workspace, by, &[new.role]).await?;
            let sql = "SELECT 1 FROM account a JOIN account_role r ON r.account_id = a.id AND r.workspace_id = $1 WHERE a.email_key = $2";
            let query = sqlx::query(sql).bind(workspace.to_string()).bind(new.email.key());
            if tx.row(query).await?.is_some() {
                return Err(StoreError::Exists);
            }
            let sql = "DELETE FROM account_offer WHERE expires_at <= $1";
            tx.run(sqlx::query(sql).bind(new.now.0)).await?;
            // One that is open already makes the index refuse it.
            let sql = "INSERT INTO account_offer (workspace_id, id, email, email_key, role, language, secret, by_account, created_at, expires_at, delivery)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
            let query = sqlx::query(sql)
                .bind(workspace.to_string())
                .bind(new.id.to_string())
                .bind(new.email.as_str())
                .bind(new.email.key())
                .bind(new.role.name())
                .bind(new.language.tag())
                .bind(new.secret.as_slice())
                .bind(by.map(|by| by.to_string()))
                .bind(new.now.0)
                .bind(new.expires_at.0)
                .bind(json(&new.delivery)?);
            tx.run(query).await?;
            tx.changed(workspace, &[Topic::Accounts]);
            offered(tx, Action::AccountInvited, workspace, new.id, new.email.as_str(), new.role).await
        })
    }

    async fn renew_offer(
        &self,
        workspace: WorkspaceId,
        by: Option<AccountId>,
        id: OfferId,
        secret: [u8; 32],
        expires_at: Timestamp,
        delivery: Delivery,
    ) -> Stored<Offer> {
        commit!(self, |tx| {
            let sql = "UPDATE account_offer SET secret = $3, expires_at = $4, delivery = $5, by_account = $6
                WHERE workspace_id = $1 AND id = $2";
            let query = sqlx::query(sql)
                .bind(workspace.to_string())
                .bind(id.to_string())
                .bind(secret.as_slice())
                .bind(expires_at.0)
                .bind(json(&delivery)?)
                .bind(by.map(|by| by.to_string()));
            tx.run(query).await?;
            let sql = format!("{OFFER} AND o.id = $3");
            let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(workspace.to_string()).bind(0);
            let row = tx.row(query.bind(id.to_string())).await?;
            let renewed = row.as_ref().map(offer).transpose()?.ok_or(StoreError::NotFound)?;
            roles::check(tx, workspace, by, &[renewed.role]).await?;
            tx.changed(workspace, &[Topic::Accounts]);
            offered(tx, Action::OfferRenewed, workspace, id, &renewed.email, renewed.role).await?;
            Ok(renewed)
        })
    }

    async fn offer_delivered(
        &self,
        workspace: WorkspaceId,
        secret: [u8; 32],
        delivery: Delivery,
    ) -> Stored<()> {
        commit!(self, |tx| {
            let sql = "UPDATE account_offer SET delivery = $3 WHERE workspace_id = $1 AND secret = $2";
            let query = sqlx::query(sql).bind(workspace.to_string()).bind(secret.as_slice());
            tx.run(query.bind(json(&delivery)?)).await?;
            tx.changed(workspace, &[Topic::Accounts]);
            Ok(())
        })
    }

    async fn revoke_offer(&self, workspace: WorkspaceId, by: Option<AccountId>, id: OfferId) -> Stored<()> {
        commit!(self, |tx| {
            let sql = "DELETE FROM account_offer WHERE workspace_id = $1 AND id = $2 RETURNING role, email";
            let row = tx.row(sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string())).await?;
            let row = row.ok_or(StoreError::NotFound)?;
            let role = row.named("role", Role::from_name)?;
            roles::check(tx, workspace, by, &[role]).await?;
            tx.changed(workspace, &[Topic::Accounts]);
            offered(tx, Action::OfferRevoked, workspace, id, &row.text("email")?, role).await
        })
    }

    async fn offered(&self, secret: [u8; 32], now: Timestamp) -> Stored<Option<Offered>> {
        let sql = "SELECT o.workspace_id, o.email, o.role, o.language, w.settings ->> 'name' AS name,
            (SELECT a.name FROM account a WHERE a.id = o.by_account) AS by_name
            FROM account_offer o JOIN workspace w ON w.id = o.workspace_id WHERE o.secret = $1 AND o.expires_at > $2";
        let query = sqlx::query(sql).bind(secret.as_slice()).bind(now.0);
        let row = query.fetch_optional(&self.readers).await.map_err(failed)?;
        row.map(|r| {
            Ok(Offered {
                workspace: r.parsed("workspace_id")?,
                name: r.text("name")?,
                email: r.parsed("email")?,
                role: r.named("role", Role::from_name)?,
                language: language(&r)?,
                by: r.maybe("by_name")?,
            })
        })
        .transpose()
    }

    async fn take_offer(
        &self,
        secret: [u8; 32],
        who: Joining,
        now: Timestamp,
    ) -> Stored<(AccountId, WorkspaceId)> {
        commit!(self, |tx| {
            let sql = "DELETE FROM account_offer WHERE secret = $1 AND expires_at > $2 RETURNING workspace_id, email_key, role";
            let row = tx.row(sqlx::query(sql).bind(secret.as_slice()).bind(now.0)).await?;
            let row = row.ok_or(StoreError::State)?;
            let (workspace, key): (WorkspaceId, _) = (row.parsed("workspace_id")?, row.text("email_key")?);
            let role = row.named("role", Role::from_name)?;
            tx.changed(workspace, &[Topic::Accounts]);
            match who {
                Joining::New(account, _) if account.email.key() != key => Err(StoreError::State),
                Joining::New(account, password) => {
                    accounts::insert(tx, workspace, &account, role, Some(&password), now).await?;
                    accounts::made(tx, Action::AccountJoined, workspace, &account, role).await?;
                    Ok((account.id, workspace))
                }
                Joining::Known(account) => {
                    // The address is looked at where it is written: whoever holds the link proves nothing by it.
                    let sql = "INSERT INTO account_role (account_id, workspace_id, role)
                        SELECT id, $2, $3 FROM account WHERE id = $1 AND email_key = $4";
                    let query = sqlx::query(sql).bind(account.to_string()).bind(workspace.to_string());
                    if tx.run(query.bind(role.name()).bind(key)).await? == 0 {
                        return Err(StoreError::State);
                    }
                    let note = Note::new(Action::AccountJoined, audit::account(tx, account).await?);
                    tx.note(workspace, note.now("role", role.name())).await?;
                    Ok((account, workspace))
                }
            }
        })
    }

    async fn spaces(&self, account: AccountId) -> Stored<Vec<Space>> {
        let sql = "SELECT r.workspace_id, r.role, w.settings ->> 'name' AS name,
            r.role = 'owner' AND NOT EXISTS (SELECT 1 FROM account_role o
                WHERE o.workspace_id = r.workspace_id AND o.role = 'owner' AND o.account_id <> r.account_id) AS only_owner
            FROM account_role r JOIN workspace w ON w.id = r.workspace_id WHERE r.account_id = $1
            ORDER BY name COLLATE NOCASE, r.workspace_id";
        let query = sqlx::query(sql).bind(account.to_string());
        let rows = query.fetch_all(&self.readers).await.map_err(failed)?;
        rows.iter()
            .map(|r| {
                Ok(Space {
                    workspace: r.parsed("workspace_id")?,
                    name: r.text("name")?,
                    role: r.named("role", Role::from_name)?,
                    only_owner: r.val::<i64>("only_owner")? == 1,
                })
            })
            .collect()
    }

    async fn found_workspace(
        &self,
        id: WorkspaceId,
        like: WorkspaceId,
        owner: AccountId,
        name: &PersonName,
        now: Timestamp,
    ) -> Stored<()> {
        let name = name.clone();
        commit!(self, |tx| {
            let sql = "SELECT settings, addresses FROM workspace WHERE id = $1";
            let row = tx.row(sqlx::query(sql).bind(like.to_string())).await?.ok_or(StoreError::NotFound)?;
            let from: Settings = row.json("settings")?;
            let settings = Settings {
                name,
                public_url: from.public_url,
                language: from.language,
                ..Settings::default()
            };
            let sql = "INSERT INTO workspace (id, created_at, settings, addresses) VALUES ($1, $2, $3, $4)";
            let query = sqlx::query(sql).bind(id.to_string()).bind(now.0).bind(json(&settings)?);
            tx.run(query.bind(row.text("addresses")?)).await?;
            let sql = "INSERT INTO account_role (account_id, workspace_id, role) VALUES ($1, $2, 'owner')";
            tx.run(sqlx::query(sql).bind(owner.to_string()).bind(id.to_string())).await?;
            tx.changed(id, &[Topic::Accounts]);
            accounts::told(tx, owner).await?;
            tx.note(id, Note::new(Action::WorkspaceMade, Subject::named(settings.name.as_str()))).await
        })
    }
}
