//! Roles of accounts that are there already: changed, taken, given back. The rules are looked at in the transaction that
//! writes, so that of two owners who leave at once one stays.

use super::{
    Sqlite, audit,
    row::Read,
    writer::{Tx, commit},
};
use async_trait::async_trait;
use muster_domain::{
    AccountId, WorkspaceId,
    account::Role,
    audit::{Action, Note},
    ports::{RoleStore, StoreError, Stored, Topic},
};

/// The account's role in the workspace.
pub(super) async fn role(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    account: AccountId,
) -> Stored<Option<Role>> {
    let sql = "SELECT role FROM account_role WHERE workspace_id = $1 AND account_id = $2";
    let row = tx.row(sqlx::query(sql).bind(workspace.to_string()).bind(account.to_string())).await?;
    row.map(|r| r.named("role", Role::from_name)).transpose()
}

/// Whether `by` may give and take these roles at this moment. Nobody is the command line, which may.
pub(super) async fn check(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    by: Option<AccountId>,
    roles: &[Role],
) -> Stored<()> {
    let Some(by) = by else { return Ok(()) };
    let mine = role(tx, workspace, by).await?;
    if mine.is_some_and(|mine| roles.iter().all(|role| mine.may_give(*role))) {
        Ok(())
    } else {
        Err(StoreError::State)
    }
}

/// A workspace always has an owner: what would take the last one is taken back.
async fn owned(tx: &mut Tx<'_>, workspace: WorkspaceId, before: Role) -> Stored<()> {
    let sql = "SELECT 1 FROM account_role WHERE workspace_id = $1 AND role = 'owner' LIMIT 1";
    let other = tx.row(sqlx::query(sql).bind(workspace.to_string())).await?;
    if before == Role::Owner && other.is_none() { Err(StoreError::State) } else { Ok(()) }
}

/// Open invitations that the account made end where it could not make them any more: else whoever is removed could
/// come back by one.
async fn withdraw(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    account: AccountId,
    role: Option<Role>,
) -> Stored<()> {
    for given in Role::ALL.into_iter().filter(|given| role.is_none_or(|role| !role.may_give(*given))) {
        let sql = "DELETE FROM account_offer WHERE workspace_id = $1 AND by_account = $2 AND role = $3";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(account.to_string());
        tx.run(query.bind(given.name())).await?;
    }
    Ok(())
}

/// Takes the account out of the workspace. Its sessions there end with the role (foreign key).
async fn take_out(tx: &mut Tx<'_>, workspace: WorkspaceId, account: AccountId) -> Stored<()> {
    let sql = "DELETE FROM account_role WHERE workspace_id = $1 AND account_id = $2 RETURNING role";
    let row = tx.row(sqlx::query(sql).bind(workspace.to_string()).bind(account.to_string())).await?;
    let before = row.ok_or(StoreError::NotFound)?.named("role", Role::from_name)?;
    owned(tx, workspace, before).await?;
    withdraw(tx, workspace, account, None).await?;
    tx.changed(workspace, &[Topic::Accounts]);
    Ok(())
}

#[async_trait]
impl RoleStore for Sqlite {
    async fn set_role(
        &self,
        workspace: WorkspaceId,
        by: Option<AccountId>,
        account: AccountId,
        new: Role,
    ) -> Stored<()> {
        commit!(self, |tx| {
            let before = role(tx, workspace, account).await?.ok_or(StoreError::NotFound)?;
            check(tx, workspace, by, &[before, new]).await?;
            let sql = "UPDATE account_role SET role = $3 WHERE workspace_id = $1 AND account_id = $2";
            let query = sqlx::query(sql).bind(workspace.to_string()).bind(account.to_string());
            tx.run(query.bind(new.name())).await?;
            owned(tx, workspace, before).await?;
            withdraw(tx, workspace, account, Some(new)).await?;
            // Sessions that look at another workspace have another role there, which stays.
            let sql = "DELETE FROM session WHERE workspace_id = $1 AND account_id = $2";
            tx.run(sqlx::query(sql).bind(workspace.to_string()).bind(account.to_string())).await?;
            tx.changed(workspace, &[Topic::Accounts]);
            let note = Note::new(Action::RoleChanged, audit::account(tx, account).await?);
            let note = note.with("role", Some(before.name()), Some(new.name()));
            if before == new { Ok(()) } else { tx.note(workspace, note).await }
        })
    }

    async fn remove_member(
        &self,
        workspace: WorkspaceId,
        by: Option<AccountId>,
        account: AccountId,
    ) -> Stored<()> {
        commit!(self, |tx| {
            let before = role(tx, workspace, account).await?.ok_or(StoreError::NotFound)?;
            check(tx, workspace, by, &[before]).await?;
            take_out(tx, workspace, account).await?;
            let note = Note::new(Action::AccountRemoved, audit::account(tx, account).await?);
            tx.note(workspace, note.was("role", before.name())).await
        })
    }

    async fn leave_workspace(&self, workspace: WorkspaceId, account: AccountId) -> Stored<()> {
        commit!(self, |tx| {
            let sql = "UPDATE session SET workspace_id = other.workspace_id FROM
                (SELECT workspace_id FROM account_role WHERE account_id = $2 AND workspace_id <> $1 ORDER BY workspace_id LIMIT 1) AS other
                WHERE session.workspace_id = $1 AND session.account_id = $2";
            tx.run(sqlx::query(sql).bind(workspace.to_string()).bind(account.to_string())).await?;
            take_out(tx, workspace, account).await?;
            let note = Note::new(Action::AccountLeft, audit::account(tx, account).await?);
            tx.note(workspace, note).await
        })
    }
}
