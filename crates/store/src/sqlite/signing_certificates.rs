//! The workspace's own certificate for signing profiles.

use super::{
    Sqlite, failed,
    push_certificates::{chain, written},
    row::Read,
    writer::{Tx, commit},
};
use async_trait::async_trait;
use muster_domain::{
    WorkspaceId,
    apple::SigningCertificate,
    audit::{Action, Note, Subject},
    ports::{SigningCertificateStore, Stored, Topic},
};
use sqlx::sqlite::SqliteRow;

const READ: &str =
    "SELECT chain, key, subject, issuer, not_before, not_after, uploaded_at FROM signing_certificate
    WHERE workspace_id = $1";

fn certificate(row: &SqliteRow) -> Stored<SigningCertificate> {
    Ok(SigningCertificate {
        chain: chain(row)?,
        subject: row.text("subject")?,
        issuer: row.text("issuer")?,
        not_before: row.time("not_before")?,
        not_after: row.time("not_after")?,
        uploaded_at: row.time("uploaded_at")?,
    })
}

/// The certificate that is there, as the transaction finds it.
async fn present(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Stored<Option<SigningCertificate>> {
    tx.row(sqlx::query(READ).bind(workspace.to_string())).await?.as_ref().map(certificate).transpose()
}

/// What the log says of a certificate that came, or went.
fn told(before: Option<&SigningCertificate>, after: Option<&SigningCertificate>) -> Note {
    let ends = |c: &SigningCertificate| c.not_after.rfc3339();
    let note = Note::new(Action::SigningChanged, Subject::default());
    let Some(after) = after else {
        return note.with("name", before.map(|c| c.subject.as_str()), None).now("state", "removed");
    };
    note.with("name", before.map(|c| c.subject.as_str()), Some(&after.subject)).with(
        "until",
        before.map(ends).as_deref(),
        Some(&ends(after)),
    )
}

#[async_trait]
impl SigningCertificateStore for Sqlite {
    async fn signing_certificate(
        &self,
        workspace: WorkspaceId,
    ) -> Stored<Option<(SigningCertificate, Vec<u8>)>> {
        let row = sqlx::query(READ).bind(workspace.to_string()).fetch_optional(&self.readers).await;
        let found = |row: &SqliteRow| Ok((certificate(row)?, row.val("key")?));
        row.map_err(failed)?.as_ref().map(found).transpose()
    }

    async fn set_signing_certificate(
        &self,
        workspace: WorkspaceId,
        new: Option<(SigningCertificate, Vec<u8>)>,
    ) -> Stored<()> {
        let new = match new {
            Some((new, key)) => Some((written(&new.chain)?, new, key)),
            None => None,
        };
        commit!(self, |tx| {
            let before = present(tx, workspace).await?;
            let note = told(before.as_ref(), new.as_ref().map(|(_, new, _)| new));
            let id = workspace.to_string();
            let query = match new {
                Some((chain, new, key)) => {
                    let sql = "INSERT OR REPLACE INTO signing_certificate
                            (workspace_id, chain, key, subject, issuer, not_before, not_after, uploaded_at)
                        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
                    sqlx::query(sql)
                        .bind(id)
                        .bind(chain)
                        .bind(key)
                        .bind(new.subject)
                        .bind(new.issuer)
                        .bind(new.not_before.0)
                        .bind(new.not_after.0)
                        .bind(new.uploaded_at.0)
                }
                None => sqlx::query("DELETE FROM signing_certificate WHERE workspace_id = $1").bind(id),
            };
            if tx.run(query).await? == 0 {
                return Ok(());
            }
            tx.changed(workspace, &[Topic::Settings]);
            tx.note(workspace, note).await
        })
    }
}
