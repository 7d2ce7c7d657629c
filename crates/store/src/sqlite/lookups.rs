//! The look-ups that find a workspace, by a link's token or a device's key: the only ones that do not name one.

use super::{Sqlite, failed, invitations, row::Read};
use async_trait::async_trait;
use muster_domain::{
    DeviceId, WorkspaceId,
    invitation::Invitation,
    ports::{Lookups, Stored},
    token::TokenHash,
};
use sqlx::AssertSqlSafe;

#[async_trait]
impl Lookups for Sqlite {
    async fn find_invitation(&self, token: TokenHash) -> Stored<Option<Invitation>> {
        let sql = format!("{} WHERE i.token_hash = $1", invitations::SELECT);
        let query = sqlx::query(AssertSqlSafe(sql)).bind(token.0.as_slice());
        query.fetch_optional(&self.readers).await.map_err(failed)?.as_ref().map(invitations::row).transpose()
    }

    async fn find_device_key(&self, id: DeviceId) -> Stored<Option<(WorkspaceId, Vec<u8>)>> {
        let sql = "SELECT workspace_id, public_key FROM device WHERE id = $1 AND left_at IS NULL";
        let row =
            sqlx::query(sql).bind(id.to_string()).fetch_optional(&self.readers).await.map_err(failed)?;
        row.map(|r| Ok((r.parsed("workspace_id")?, r.val("public_key")?))).transpose()
    }
}
