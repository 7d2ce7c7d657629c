//! iPhones and iPads: the authority and its identities, enrolments, what they say, and their calls.

pub(super) mod calls;
pub(super) mod enrol;
mod identities;
mod known;
pub(super) mod talk;

use super::{
    Sqlite,
    devices::check_in::{CheckIn, Fetch},
    failed, headwind,
    row::Read,
    writer::{Tx, commit},
};
use async_trait::async_trait;
use muster_domain::{
    DeviceId, InvitationId, Timestamp, WorkspaceId,
    apple::{Authority, Fingerprint, Identity, Progress, Step},
    audit::{Action, Note, Subject},
    command::{Command, CommandKind},
    device::Facts,
    ports::{
        AppleStore, Begin, Begun, Call, CallStore, Called, Ended, Issue, Issued, Reachable, StoreError,
        Stored, Taken, Talk, Tokens, Topic,
    },
    time::MINUTE,
};
use sqlx::sqlite::SqliteRow;
use talk::Spoken;

/// A fingerprint as it is kept.
fn fingerprint(bytes: Vec<u8>, column: &str) -> Stored<Fingerprint> {
    bytes.try_into().map(Fingerprint).map_err(|_| super::row::damaged(column))
}

/// The enrolment of a link or of a device, as far as rules need it.
struct Enrolment {
    invitation: InvitationId,
    udid: String,
    identity: Fingerprint,
    device: Option<DeviceId>,
    connected: bool,
    ended: bool,
}

const ENROLMENT: &str =
    "SELECT invitation_id, udid, identity, device_id, connected_at, ended_at FROM apple_enrolment";

fn enrolment(row: &SqliteRow) -> Stored<Enrolment> {
    Ok(Enrolment {
        invitation: row.parsed("invitation_id")?,
        udid: row.text("udid")?,
        identity: fingerprint(row.val("identity")?, "identity")?,
        device: row.parsed_or_none("device_id")?,
        connected: row.time_or_none("connected_at")?.is_some(),
        ended: row.time_or_none("ended_at")?.is_some(),
    })
}

/// The enrolment of a link.
async fn of_link(tx: &mut Tx<'_>, workspace: WorkspaceId, link: InvitationId) -> Stored<Option<Enrolment>> {
    let sql = sqlx::AssertSqlSafe(format!("{ENROLMENT} WHERE workspace_id = $1 AND invitation_id = $2"));
    let query = sqlx::query(sql).bind(workspace.to_string()).bind(link.to_string());
    tx.row(query).await?.as_ref().map(enrolment).transpose()
}

/// A device is to come and ask for its commands: it is called. Calls that are due already are one with it. One that APNs does not
/// know any more is not called: what waits for it waits until it comes or hands over another token.
pub(super) async fn call(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    device: DeviceId,
    now: Timestamp,
) -> Stored<bool> {
    let sql = "UPDATE apple_enrolment SET push_due_at = coalesce(min(push_due_at, $3), $3), push_attempts = 0
        WHERE workspace_id = $1 AND device_id = $2 AND ended_at IS NULL AND push_token IS NOT NULL AND push_reason IS NOT $4";
    let query =
        sqlx::query(sql).bind(workspace.to_string()).bind(device.to_string()).bind(now.0).bind(calls::GONE);
    let called = tx.run(query).await? > 0;
    if called {
        tx.changed(workspace, &[Topic::Jobs]);
    }
    Ok(called)
}

#[async_trait]
impl AppleStore for Sqlite {
    async fn authority(&self, workspace: WorkspaceId) -> Stored<Option<Authority>> {
        self.read_authority(workspace).await
    }

    async fn add_authority(&self, workspace: WorkspaceId, authority: &Authority) -> Stored<Authority> {
        let new = authority.clone();
        commit!(self, |tx| identities::add_authority(tx, workspace, new).await)
    }

    async fn next_identity(&self, workspace: WorkspaceId, invitation: InvitationId) -> Stored<u32> {
        self.read_next_number(workspace, invitation).await
    }

    async fn identity(
        &self,
        workspace: WorkspaceId,
        invitation: InvitationId,
        number: u32,
    ) -> Stored<Option<Identity>> {
        self.read_identity(workspace, invitation, number).await
    }

    async fn issue(&self, workspace: WorkspaceId, issue: Issue) -> Stored<Issued> {
        commit!(self, |tx| identities::issue(tx, workspace, issue).await)
    }

    async fn ended_identities(&self, workspace: WorkspaceId, now: Timestamp) -> Stored<Vec<Ended>> {
        self.read_ended(workspace, now).await
    }

    async fn begin(&self, workspace: WorkspaceId, begin: Begin) -> Stored<Begun> {
        commit!(self, |tx| enrol::begin(tx, workspace, begin).await)
    }

    async fn take_tokens(&self, workspace: WorkspaceId, tokens: Tokens) -> Stored<Taken> {
        commit!(self, |tx| enrol::take_tokens(tx, workspace, tokens).await)
    }

    async fn repin(
        &self,
        workspace: WorkspaceId,
        invitation: InvitationId,
        identity: Fingerprint,
        now: Timestamp,
    ) -> Stored<()> {
        commit!(self, |tx| identities::repin(tx, workspace, invitation, identity, now).await)
    }

    async fn check_out(
        &self,
        workspace: WorkspaceId,
        invitation: InvitationId,
        now: Timestamp,
    ) -> Stored<()> {
        commit!(self, |tx| {
            match of_link(tx, workspace, invitation).await? {
                Some(found) => enrol::end(tx, workspace, &found, now).await,
                None => Err(StoreError::NotFound),
            }
        })
    }

    async fn talk(&self, workspace: WorkspaceId, talk: Talk) -> Stored<Option<Command>> {
        let Talk { invitation, device, answer, detail, facts, list, now } = talk;
        let spoken = Spoken { invitation, answer, detail, facts, list };
        let check_in = CheckIn {
            workspace,
            device,
            nonce: None,
            facts: None,
            fetch: Fetch::Next(Box::new(spoken)),
            now,
        };
        Ok(self.writer.check_in(check_in).await?.and_then(|next| next.into_iter().next()))
    }

    async fn told(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        facts: &Facts,
        now: Timestamp,
    ) -> Stored<()> {
        let facts = Some(facts.clone());
        let check_in = CheckIn { workspace, device, nonce: None, facts, fetch: Fetch::Nothing, now };
        self.writer.check_in(check_in).await.map(|_| ())
    }

    async fn unlock_token(&self, workspace: WorkspaceId, device: DeviceId) -> Stored<Option<Vec<u8>>> {
        let sql = "SELECT unlock_token FROM apple_enrolment WHERE workspace_id = $1 AND device_id = $2 AND ended_at IS NULL";
        let query = sqlx::query_scalar(sql).bind(workspace.to_string()).bind(device.to_string());
        Ok(query.fetch_optional(&self.readers).await.map_err(failed)?.flatten())
    }

    async fn device_list(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        kind: CommandKind,
    ) -> Stored<Option<(Timestamp, String)>> {
        self.read_list(workspace, device, kind).await
    }

    async fn note_step(
        &self,
        workspace: WorkspaceId,
        invitation: InvitationId,
        step: Step,
        detail: Option<String>,
        now: Timestamp,
    ) -> Stored<()> {
        commit!(self, |tx| note_step(tx, workspace, invitation, step, detail, now).await)
    }

    async fn way_so_far(&self, workspace: WorkspaceId, invitation: InvitationId) -> Stored<Vec<Progress>> {
        self.read_steps(workspace, invitation).await
    }

    async fn let_move(&self, workspace: WorkspaceId, device: DeviceId, now: Timestamp) -> Stored<()> {
        commit!(self, |tx| {
            let sql = "UPDATE apple_enrolment SET may_move = 1 WHERE workspace_id = $1 AND device_id = $2 AND ended_at IS NULL";
            let query = sqlx::query(sql).bind(workspace.to_string()).bind(device.to_string());
            if tx.run(query).await? == 0 {
                return Err(StoreError::State);
            }
            let device = super::devices::get(tx, workspace, device).await?;
            tx.changed(workspace, &[Topic::Devices]);
            let note = Note::new(Action::DeviceMayMove, Subject::new(device.id, &device.name));
            tx.note(workspace, note.now("at", &now.rfc3339())).await
        })
    }

    async fn reachable(&self, workspace: WorkspaceId, device: DeviceId) -> Stored<Option<Reachable>> {
        match self.read_reachable(workspace, device).await? {
            None => self.agent_reachable(workspace, device).await,
            found => Ok(found),
        }
    }

    async fn call_device(&self, workspace: WorkspaceId, device: DeviceId, now: Timestamp) -> Stored<()> {
        commit!(self, |tx| {
            let called =
                call(tx, workspace, device, now).await? || headwind::call(tx, workspace, device, now).await?;
            if called { Ok(()) } else { Err(StoreError::State) }
        })
    }

    async fn topics(&self, workspace: WorkspaceId) -> Stored<Vec<(String, u64)>> {
        self.read_topics(workspace).await
    }

    async fn identities_ending(
        &self,
        workspace: WorkspaceId,
        before: Timestamp,
        since: Timestamp,
    ) -> Stored<Vec<DeviceId>> {
        self.read_ending(workspace, before, since).await
    }

    async fn devices_to_ask(&self, workspace: WorkspaceId, since: Timestamp) -> Stored<Vec<DeviceId>> {
        self.read_to_ask(workspace, since).await
    }
}

#[async_trait]
impl CallStore for Sqlite {
    async fn due_calls(&self, limit: u32, now: Timestamp, until: Timestamp) -> Stored<Vec<Call>> {
        commit!(self, |tx| calls::due(tx, limit, now, until).await)
    }

    async fn called(&self, calls: Vec<(Call, Called)>, now: Timestamp) -> Stored<()> {
        commit!(self, |tx| calls::called(tx, calls, now).await)
    }

    async fn next_call(&self) -> Stored<Option<Timestamp>> {
        let sql = "SELECT min(push_due_at) FROM apple_enrolment WHERE push_due_at IS NOT NULL";
        let next: Option<i64> = sqlx::query_scalar(sql).fetch_one(&self.readers).await.map_err(failed)?;
        Ok(next.map(Timestamp))
    }
}

/// Notes a step of the way. One that comes again within a minute is no news.
pub(super) async fn note_step(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    invitation: InvitationId,
    step: Step,
    detail: Option<String>,
    now: Timestamp,
) -> Stored<()> {
    let sql = "INSERT INTO enrolment_progress (workspace_id, invitation_id, step, at, detail) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO UPDATE SET at = excluded.at, detail = excluded.detail
            WHERE at <= excluded.at - $6 OR detail IS NOT excluded.detail
                OR at <= (SELECT max(r.at) FROM enrolment_progress r
                    WHERE r.workspace_id = $1 AND r.invitation_id = $2 AND r.step = 'refused' AND $3 <> 'refused')";
    let query = sqlx::query(sql)
        .bind(workspace.to_string())
        .bind(invitation.to_string())
        .bind(step.name())
        .bind(now.0)
        .bind(detail)
        .bind(MINUTE);
    if tx.run(query).await? > 0 {
        tx.changed(workspace, &[Topic::Invitations]);
    }
    Ok(())
}
