//! The marks of mails that a server has taken. Each connection waits for its mark before the next message; those that
//! wait at the same time are written together.

use crate::sqlite::{
    row::{Read, json},
    together::Together,
    users,
    writer::Tx,
};
use futures::{FutureExt, future::BoxFuture};
use muster_domain::{
    InvitationId, Timestamp, WorkspaceId,
    invitation::State,
    ports::{StoreError, Stored, Topic},
};
use std::{
    collections::{BTreeMap, HashSet},
    time::Duration,
};

/// Live pages are told of sent messages once in so long.
const TELL: Duration = Duration::from_millis(300);

/// A message that was taken.
pub(crate) struct Sent {
    pub(crate) worker: String,
    pub(crate) workspace: WorkspaceId,
    pub(crate) invitation: InvitationId,
    /// The number of the claim under which it was sent.
    pub(crate) claim: i64,
    pub(crate) now: Timestamp,
}

impl Together for Sent {
    type Answer = ();

    fn all<'t>(tx: &'t mut Tx<'_>, waiting: &'t [Self]) -> BoxFuture<'t, Stored<Vec<Stored<()>>>> {
        all(tx, waiting).boxed()
    }
}

async fn all(tx: &mut Tx<'_>, marks: &[Sent]) -> Stored<Vec<Stored<()>>> {
    let mut held = finish(tx, marks).await?;
    let mut done: BTreeMap<WorkspaceId, Vec<&Sent>> = BTreeMap::new();
    let mut outcomes = Vec::with_capacity(marks.len());
    for mark in marks {
        // Of two for the same job the first one has it.
        if held.remove(&(mark.workspace, mark.invitation)) {
            done.entry(mark.workspace).or_default().push(mark);
            outcomes.push(Ok(()));
        } else {
            outcomes.push(Err(StoreError::State));
        }
    }
    for (workspace, marks) in done {
        write(tx, workspace, &marks).await?;
    }
    Ok(outcomes)
}

/// Takes the jobs that their workers still hold out of the outbox; see [`super::finish`].
async fn finish(tx: &mut Tx<'_>, marks: &[Sent]) -> Stored<HashSet<(WorkspaceId, InvitationId)>> {
    let jobs: Vec<_> = marks.iter().map(|m| (m.workspace, m.invitation, &m.worker, m.claim)).collect();
    let sql = "DELETE FROM mail_job WHERE (workspace_id, id, worker, claim)
        IN (SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1)) RETURNING workspace_id, id";
    let rows = tx.rows(sqlx::query(sql).bind(json(&jobs)?)).await?;
    rows.iter().map(|r| Ok((r.parsed("workspace_id")?, r.parsed("id")?))).collect()
}

/// Writes what the mark means: the entry for the limits, the step, the state, and the rows of the people.
async fn write(tx: &mut Tx<'_>, workspace: WorkspaceId, marks: &[&Sent]) -> Stored<()> {
    let marks = json(&marks.iter().map(|m| (workspace, m.invitation, m.now.0)).collect::<Vec<_>>())?;
    let before: Vec<_> =
        State::ALL.into_iter().filter(|s| s.may_become(State::Sent)).map(State::name).collect();
    let before = json(&before)?;
    let sql = "INSERT INTO mail_log (workspace_id, at) SELECT value ->> 0, value ->> 2 FROM json_each($1)";
    tx.run(sqlx::query(sql).bind(&marks)).await?;
    let sql = "INSERT INTO invitation_step (workspace_id, invitation_id, seq, state, at)
        SELECT i.workspace_id, i.id, coalesce((SELECT max(s.seq) FROM invitation_step s
            WHERE s.workspace_id = i.workspace_id AND s.invitation_id = i.id), 0) + 1, $2, j.value ->> 2
        FROM json_each($1) AS j CROSS JOIN invitation i ON i.workspace_id = j.value ->> 0 AND i.id = j.value ->> 1
        WHERE i.state IN (SELECT value FROM json_each($3))";
    let query = sqlx::query(sql).bind(&marks).bind(State::Sent.name()).bind(&before);
    tx.run(query).await?;
    let sql = "UPDATE invitation SET sent_at = j.value ->> 2, error = NULL,
            state = CASE WHEN state IN (SELECT value FROM json_each($3)) THEN $2 ELSE state END,
            state_at = CASE WHEN state IN (SELECT value FROM json_each($3)) THEN j.value ->> 2 ELSE state_at END
        FROM json_each($1) AS j WHERE invitation.workspace_id = j.value ->> 0 AND invitation.id = j.value ->> 1
        RETURNING user_id";
    let query = sqlx::query(sql).bind(&marks).bind(State::Sent.name()).bind(&before);
    let people = tx.rows(query).await?.iter().map(|r| r.text("user_id")).collect::<Stored<Vec<_>>>()?;
    users::refresh_messages(tx, workspace, &people).await?;
    tx.changed_soon(workspace, &[Topic::Users, Topic::Invitations], TELL);
    Ok(())
}
