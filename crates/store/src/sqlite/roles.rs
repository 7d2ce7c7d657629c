//! Roles of accounts that are there already.

use super::{Sqlite, failed, writer::commit};
use async_trait::async_trait;
use muster_domain::{
    AccountId, WorkspaceId,
    account::Role,
    ports::{RoleStore, StoreError, Stored, Topic},
};

#[async_trait]
impl RoleStore for Sqlite {
    async fn set_role(&self, workspace: WorkspaceId, account: AccountId, role: Role) -> Stored<()> {
        commit!(self, |tx| {
            let sql = "UPDATE account_role SET role = $3 WHERE workspace_id = $1 AND account_id = $2";
            let query =
                sqlx::query(sql).bind(workspace.to_string()).bind(account.to_string()).bind(role.name());
            if tx.run(query).await? == 0 {
                return Err(StoreError::NotFound);
            }
            let sql = "SELECT EXISTS (SELECT 1 FROM account_role WHERE workspace_id = $1 AND role = 'owner')";
            let query = sqlx::query_scalar(sql).bind(workspace.to_string());
            let owned: bool = query.fetch_one(&mut *tx.conn).await.map_err(failed)?;
            if !owned {
                return Err(StoreError::State);
            }
            tx.run(sqlx::query("DELETE FROM session WHERE account_id = $1").bind(account.to_string()))
                .await?;
            tx.changed(workspace, &[Topic::Accounts]);
            Ok(())
        })
    }
}
