//! The authority and the certificates that it issued. Each number of a link is taken once.

use super::{Enrolment, fingerprint, note_step, of_link};
use crate::sqlite::{Sqlite, failed, invitations, row::Read, writer::Tx};
use muster_domain::{
    InvitationId, Timestamp, WorkspaceId,
    apple::{Authority, End, Fingerprint, Identity, Purpose, Step},
    invitation::Refusal,
    ports::{Ended, Issue, Issued, Stored},
    time::DAY,
};
use sqlx::{AssertSqlSafe, sqlite::SqliteRow};

fn authority(row: &SqliteRow) -> Stored<Authority> {
    Ok(Authority {
        certificate: row.val("certificate")?,
        key: row.val("key")?,
        recipient: row.val("recipient")?,
        recipient_key: row.val("recipient_key")?,
        made_at: row.time("made_at")?,
    })
}

const AUTHORITY: &str =
    "SELECT certificate, key, recipient, recipient_key, made_at FROM apple_authority WHERE workspace_id = $1";

/// Keeps an authority, unless one is there; answers the one that is.
pub(super) async fn add_authority(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    new: Authority,
) -> Stored<Authority> {
    let sql =
        "INSERT INTO apple_authority (workspace_id, certificate, key, recipient, recipient_key, made_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let query = sqlx::query(sql)
        .bind(workspace.to_string())
        .bind(&new.certificate)
        .bind(&new.key)
        .bind(&new.recipient)
        .bind(&new.recipient_key)
        .bind(new.made_at.0);
    tx.run(query).await?;
    let there = tx.row(sqlx::query(AUTHORITY).bind(workspace.to_string())).await?;
    there.as_ref().map_or(Ok(new), authority)
}

const IDENTITY: &str =
    "SELECT fingerprint, serial, certificate, key_hash, renews, issued_at, not_after FROM apple_identity";

fn identity(row: &SqliteRow) -> Stored<Identity> {
    let key: Vec<u8> = row.val("key_hash")?;
    Ok(Identity {
        fingerprint: fingerprint(row.val("fingerprint")?, "fingerprint")?,
        serial: row.val("serial")?,
        certificate: row.val("certificate")?,
        key: key.try_into().map_err(|_| crate::sqlite::row::damaged("key_hash"))?,
        renews: row.val::<Option<Vec<u8>>>("renews")?.map(|r| fingerprint(r, "renews")).transpose()?,
        issued_at: row.time("issued_at")?,
        not_after: row.time("not_after")?,
    })
}

/// Whether a device that is connected by the link has this identity, so that it can be renewed.
fn renewable(found: Option<&Enrolment>, of: Fingerprint) -> bool {
    found.is_some_and(|e| e.identity == of && e.connected && !e.ended)
}

/// Certificates of one link in a day at most: a phone needs one, and one more each time its profile is installed again.
const IN_A_DAY: i64 = 100;

/// Issues a certificate, or answers the one that the same challenge and key have got.
pub(super) async fn issue(tx: &mut Tx<'_>, workspace: WorkspaceId, issue: Issue) -> Stored<Issued> {
    let (ws, link) = (workspace.to_string(), issue.invitation.to_string());
    let sql = format!("{} WHERE i.workspace_id = $1 AND i.id = $2", invitations::SELECT);
    let Some(row) = tx.row(sqlx::query(AssertSqlSafe(sql)).bind(&ws).bind(&link)).await? else {
        return Ok(Issued::Refused(Refusal::Unknown));
    };
    let invitation = invitations::row(&row)?;
    // What was spent is answered before anything else: the answer was lost, and the device asks again.
    if let Some(before) = spent(tx, workspace, &issue).await? {
        return Ok(if before.key == issue.identity.key {
            Issued::Certificate(Box::new(before))
        } else {
            Issued::Spent
        });
    }
    match issue.purpose {
        Purpose::Connect => {
            if issue.generation.is_some_and(|g| g != invitation.generation) {
                return Ok(Issued::Refused(Refusal::Unknown));
            }
            // Who it is for shows at Authenticate. A link that is bound already may be its own device's again.
            if let Err(refusal) = invitation.admits(invitation.hardware_id.as_deref(), issue.now) {
                return Ok(Issued::Refused(refusal));
            }
        }
        Purpose::Renew(of) => {
            let found = of_link(tx, workspace, issue.invitation).await?;
            if !renewable(found.as_ref(), of) {
                return Ok(Issued::NothingToRenew);
            }
        }
    }
    let new = issue.identity;
    let sql = "INSERT INTO apple_identity (workspace_id, invitation_id, number, fingerprint, serial, certificate, key_hash, renews, issued_at, not_after)
        SELECT $1, $2, coalesce($3, (SELECT coalesce(max(number), 0) + 1 FROM apple_identity WHERE workspace_id = $1 AND invitation_id = $2)),
            $4, $5, $6, $7, $8, $9, $10
        WHERE (SELECT count(*) FROM apple_identity WHERE workspace_id = $1 AND invitation_id = $2 AND issued_at > $11) < $12";
    let query = sqlx::query(sql)
        .bind(&ws)
        .bind(&link)
        .bind(issue.number)
        .bind(new.fingerprint.0.to_vec())
        .bind(&new.serial)
        .bind(&new.certificate)
        .bind(new.key.to_vec())
        .bind(new.renews.map(|r| r.0.to_vec()))
        .bind(new.issued_at.0)
        .bind(new.not_after.0)
        .bind(issue.now.plus(-DAY).0)
        .bind(IN_A_DAY);
    if tx.run(query).await? == 0 {
        return Ok(Issued::TooMany);
    }
    if issue.purpose == Purpose::Connect {
        note_step(tx, workspace, issue.invitation, Step::Identity, None, issue.now).await?;
    }
    Ok(Issued::Certificate(Box::new(new)))
}

/// The certificate that the number has got; for a renewal by signature, the newest one that renews the same for the same key.
async fn spent(tx: &mut Tx<'_>, workspace: WorkspaceId, issue: &Issue) -> Stored<Option<Identity>> {
    let (ws, link) = (workspace.to_string(), issue.invitation.to_string());
    let found = match issue.number {
        Some(number) => {
            let sql = format!("{IDENTITY} WHERE workspace_id = $1 AND invitation_id = $2 AND number = $3");
            tx.row(sqlx::query(AssertSqlSafe(sql)).bind(ws).bind(link).bind(number)).await?
        }
        None => {
            let sql = format!(
                "{IDENTITY} WHERE workspace_id = $1 AND invitation_id = $2 AND renews = $3 AND key_hash = $4 AND ended_at IS NULL
                    ORDER BY number DESC LIMIT 1"
            );
            let renews = issue.identity.renews.map(|r| r.0.to_vec());
            let query = sqlx::query(AssertSqlSafe(sql)).bind(ws).bind(link).bind(renews);
            tx.row(query.bind(issue.identity.key.to_vec())).await?
        }
    };
    found.as_ref().map(identity).transpose()
}

/// A certificate holds no longer.
pub(super) async fn end(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    certificate: Fingerprint,
    why: End,
    now: Timestamp,
) -> Stored<()> {
    let sql = "UPDATE apple_identity SET ended_at = $3, ended = $4 WHERE workspace_id = $1 AND fingerprint = $2 AND ended_at IS NULL";
    let query = sqlx::query(sql)
        .bind(workspace.to_string())
        .bind(certificate.0.to_vec())
        .bind(now.0)
        .bind(why.name());
    tx.run(query).await.map(|_| ())
}

/// The renewed certificate takes the place of the one that is pinned.
pub(super) async fn repin(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    invitation: InvitationId,
    new: Fingerprint,
    now: Timestamp,
) -> Stored<()> {
    let Some(found) = of_link(tx, workspace, invitation).await? else { return Ok(()) };
    let sql = "SELECT renews, not_after FROM apple_identity WHERE workspace_id = $1 AND invitation_id = $2 AND fingerprint = $3 AND ended_at IS NULL";
    let query = sqlx::query(sql).bind(workspace.to_string()).bind(invitation.to_string());
    let Some(row) = tx.row(query.bind(new.0.to_vec())).await? else { return Ok(()) };
    if found.ended || row.val::<Option<Vec<u8>>>("renews")? != Some(found.identity.0.to_vec()) {
        return Ok(());
    }
    let sql = "UPDATE apple_enrolment SET identity = $3 WHERE workspace_id = $1 AND invitation_id = $2";
    let query = sqlx::query(sql).bind(workspace.to_string()).bind(invitation.to_string());
    tx.run(query.bind(new.0.to_vec())).await?;
    end(tx, workspace, found.identity, End::Superseded, now).await?;
    if let Some(device) = found.device {
        super::enrol::identity_of(tx, workspace, device, new, row.time("not_after")?, now).await?;
    }
    Ok(())
}

impl Sqlite {
    pub(super) async fn read_authority(&self, workspace: WorkspaceId) -> Stored<Option<Authority>> {
        let query = sqlx::query(AUTHORITY).bind(workspace.to_string());
        query.fetch_optional(&self.readers).await.map_err(failed)?.as_ref().map(authority).transpose()
    }

    pub(super) async fn read_next_number(&self, workspace: WorkspaceId, link: InvitationId) -> Stored<u32> {
        let sql = "SELECT coalesce(max(number), 0) + 1 FROM apple_identity WHERE workspace_id = $1 AND invitation_id = $2";
        let query = sqlx::query_scalar(sql).bind(workspace.to_string()).bind(link.to_string());
        query.fetch_one(&self.readers).await.map_err(failed)
    }

    pub(super) async fn read_identity(
        &self,
        workspace: WorkspaceId,
        link: InvitationId,
        number: u32,
    ) -> Stored<Option<Identity>> {
        let sql = format!("{IDENTITY} WHERE workspace_id = $1 AND invitation_id = $2 AND number = $3");
        let query =
            sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(link.to_string()).bind(number);
        query.fetch_optional(&self.readers).await.map_err(failed)?.as_ref().map(identity).transpose()
    }

    pub(super) async fn read_ended(&self, workspace: WorkspaceId, now: Timestamp) -> Stored<Vec<Ended>> {
        let sql = "SELECT serial, ended_at, ended FROM apple_identity WHERE workspace_id = $1 AND ended_at IS NOT NULL AND not_after >= $2
            UNION ALL SELECT serial, ended_at, ended FROM apple_gone WHERE workspace_id = $1 AND serial IS NOT NULL AND not_after >= $2
            ORDER BY ended_at";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(now.0);
        let rows = query.fetch_all(&self.readers).await.map_err(failed)?;
        let ended = |row: &SqliteRow| {
            Ok(Ended {
                serial: row.val("serial")?,
                at: row.time("ended_at")?,
                end: row.named("ended", End::from_name)?,
            })
        };
        rows.iter().map(ended).collect()
    }
}
