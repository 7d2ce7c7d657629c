//! Upkeep: what is over is taken away.

use super::{
    Sqlite,
    writer::{Tx, commit},
};
use async_trait::async_trait;
use muster_domain::{
    Timestamp,
    ports::{Cleaned, Stored, UpkeepStore},
    time::{DAY, MINUTE},
};

/// Nonces are kept longer than a signature is taken (300 s, and 30 s of clock skew).
const NONCES: i64 = 15 * MINUTE;
/// The longest limit of a workspace is one of a day.
const MAILS: i64 = 2 * DAY;
/// Ended commands are history for so long.
const COMMANDS: i64 = 90 * DAY;
/// Changes that are kept for those who were away.
const CHANGES: i64 = 10_000;
/// Rows of one kind at once, so that others get their turn at the writer.
const CHUNK: u64 = 10_000;

async fn delete(tx: &mut Tx<'_>, sql: &'static str, before: i64) -> Stored<u64> {
    tx.run(sqlx::query(sql).bind(before)).await
}

#[async_trait]
impl UpkeepStore for Sqlite {
    async fn clean(&self, now: Timestamp) -> Stored<Cleaned> {
        commit!(self, |tx| {
            const NONCE: &str = "DELETE FROM nonce_log WHERE at < $1 AND number IN (SELECT number FROM nonce_log ORDER BY number LIMIT 10000)";
            const MAIL: &str =
                "DELETE FROM mail_log WHERE rowid IN (SELECT rowid FROM mail_log WHERE at < $1 LIMIT 10000)";
            let mut cleaned = Cleaned {
                nonces: delete(tx, NONCE, now.0 - NONCES).await?,
                sessions: delete(tx, "DELETE FROM session WHERE expires_at <= $1", now.0).await?,
                tickets: delete(tx, "DELETE FROM ticket WHERE expires_at <= $1", now.0).await?,
                mails: delete(tx, MAIL, now.0 - MAILS).await?,
                more: false,
                commands: delete(tx, "DELETE FROM device_command WHERE ended_at < $1", now.0 - COMMANDS)
                    .await?,
                changes: delete(
                    tx,
                    "DELETE FROM change WHERE seq <= (SELECT max(seq) FROM change) - $1",
                    CHANGES,
                )
                .await?,
            };
            delete(tx, "DELETE FROM apple_gone WHERE not_after < $1", now.0).await?;
            delete(tx, "DELETE FROM account_offer WHERE expires_at <= $1", now.0).await?;
            delete(tx, "DELETE FROM mail_claim WHERE number < (SELECT max(number) FROM mail_claim) - $1", 0)
                .await?;
            // What is older is answered no more: an act's beginning lies within the last day.
            delete(
                tx,
                "DELETE FROM bulk_done WHERE workspace_id IN (SELECT id FROM workspace) AND begun < $1",
                now.0 - DAY,
            )
            .await?;
            cleaned.more = cleaned.nonces.max(cleaned.mails) >= CHUNK;
            Ok(cleaned)
        })
    }
}
