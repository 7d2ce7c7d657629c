//! The agent protocol over HTTP: every call is verified before anything of it is believed (ABUSE A18, A20).

use super::{Shared, Site, client::Peer};
use crate::metrics::metrics;
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, Uri, header};
use muster_agent_protocol::{
    CLAIM_KEYID, MAX_BODY,
    key::PublicKey,
    messages::{
        AckRequest, AckStatus, CheckInRequest, CheckInResponse, ClaimRequest, ClaimResponse, Command,
    },
    problem::{ProblemCode, ProblemResponse},
    report::{Protection, Report},
    verify::{Request, Verified, parse},
};
use muster_domain::{
    CommandId, DeviceId, Timestamp, WorkspaceId,
    audit::{Act, By},
    command,
    device::{Facts, Platform},
    invitation::Refusal,
    ports::{Answer, Answered, Claim, Claimed, DeviceKey, Store, StoreError},
    token::InvitationToken,
};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Seconds between check-ins of an agent.
const CHECK_IN: u32 = 15 * 60;

/// A refusal as the protocol words it.
#[must_use]
pub fn problem(code: ProblemCode) -> Response {
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::BAD_REQUEST);
    (status, Json(ProblemResponse::from(code))).into_response()
}

fn failed(error: &StoreError) -> ProblemCode {
    tracing::error!(%error, "agent");
    ProblemCode::Unavailable
}

/// A request as it came, to be verified.
struct Call<'r> {
    site: &'r Site,
    headers: &'r HeaderMap,
    uri: &'r Uri,
    body: &'r [u8],
    /// Where it comes from, for what the audit log tells.
    peer: Option<String>,
}

impl Call<'_> {
    /// Verifies the signature with the key. The address that was signed is ours from the settings, never one
    /// from the request's `Host` (ABUSE A24).
    async fn verify(
        &self,
        workspace: WorkspaceId,
        key: &PublicKey,
        keyid: &str,
    ) -> Result<Verified, ProblemCode> {
        let settings = self.site.ports.store.settings(workspace).await.map_err(|e| failed(&e))?;
        let path = self.uri.path_and_query().map_or(self.uri.path(), |p| p.as_str());
        let mut fields = Vec::new();
        for (name, value) in self.headers {
            let value = value.to_str().map_err(|_| ProblemCode::SignatureInvalid)?;
            fields.push((name.as_str(), value));
        }
        let now = self.site.ports.clock.now().seconds();
        let signed_for = |base: &str| {
            let target_uri = format!("{base}{path}");
            let request =
                Request { method: "POST", target_uri: &target_uri, headers: &fields, body: self.body };
            let unverified = parse(&request).map_err(ProblemCode::from)?;
            if unverified.keyid() != keyid {
                return Err(ProblemCode::DeviceUnknown);
            }
            unverified.verify(key, &request, now).map_err(ProblemCode::from)
        };
        let current = settings.public_url.as_deref().unwrap_or(&self.site.address);
        let refusal = match signed_for(current) {
            Err(ProblemCode::SignatureInvalid) => ProblemCode::SignatureInvalid,
            done => return done,
        };
        // Mails and agents keep the address that they were given when the workspace gets another.
        let former = self.site.ports.store.addresses(workspace).await.map_err(|e| failed(&e))?;
        former.iter().filter(|base| *base != current).find_map(|base| signed_for(base).ok()).ok_or(refusal)
    }

    /// The store for what the device does itself.
    fn acting(&self, at: Timestamp) -> Arc<dyn Store> {
        self.site.ports.store.acting(Act { by: By::Device, from: self.peer.clone(), at })
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, ProblemCode> {
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if self.body.len() > MAX_BODY {
            return Err(ProblemCode::TooLarge);
        }
        if !kind.starts_with("application/json") {
            return Err(ProblemCode::Malformed);
        }
        serde_json::from_slice(self.body).map_err(|_| ProblemCode::Malformed)
    }

    /// The device of a path, if its own key signed the request.
    async fn device(&self, id: &str) -> Result<(WorkspaceId, DeviceId, Verified), ProblemCode> {
        if self.body.len() > MAX_BODY {
            return Err(ProblemCode::TooLarge);
        }
        let id: DeviceId = id.parse().map_err(|_| ProblemCode::DeviceUnknown)?;
        let found = self.site.ports.store.find_device_key(id).await.map_err(|e| failed(&e))?;
        let DeviceKey { workspace, point, left } = found.ok_or(ProblemCode::DeviceUnknown)?;
        let key = PublicKey::from_point(&point).map_err(|_| ProblemCode::SignatureInvalid)?;
        let verified = self.verify(workspace, &key, &id.to_string()).await?;
        // Only now: nobody else is told.
        if left { Err(ProblemCode::DeviceLeft) } else { Ok((workspace, id, verified)) }
    }
}

fn facts(report: Report) -> Facts {
    let some = |text: String| Some(text).filter(|t| !t.is_empty());
    Facts {
        name: report.name,
        manufacturer: some(report.manufacturer),
        model: some(report.model),
        os_version: some(report.os_version),
        agent_version: some(report.agent_version),
        serial: report.serial,
        battery_percent: report.battery_percent,
        battery_charging: report.battery_charging,
        storage_total_bytes: report.storage_total_bytes,
        storage_free_bytes: report.storage_free_bytes,
        protection: report.protection.map(|p| p == Protection::Enabled),
        // A report without another management says that there is none (any more).
        managed_by: Some(report.managed_by.unwrap_or_default()),
        apple: None,
        headwind: None,
    }
}

/// `POST /{token}/claim`: binds the link to the device whose key signed this.
pub async fn claim(
    State(site): Shared,
    peer: Peer,
    Path(token): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call { site: &site, headers: &headers, uri: &uri, body: &body, peer: Some(peer.0) };
    let done = claimed(&call, &token).await;
    let result = done.as_ref().map_or_else(|code| code.name(), |_| "connected");
    metrics().enrolment(result, Platform::Android.name());
    done.unwrap_or_else(problem)
}

async fn claimed(call: &Call<'_>, token: &str) -> Result<Response, ProblemCode> {
    let (ports, site) = (&call.site.ports, call.site);
    let token: InvitationToken = token.parse().map_err(|_| ProblemCode::LinkUnknown)?;
    let asked: ClaimRequest = call.read()?;
    let key = asked.validate().map_err(|_| ProblemCode::Malformed)?;
    let found = ports.store.find_invitation(token.hash()).await.map_err(|e| failed(&e))?;
    let workspace = found.ok_or(ProblemCode::LinkUnknown)?.workspace;
    let verified = call.verify(workspace, &key, CLAIM_KEYID).await?;
    let now = ports.clock.now();
    let claim = Claim {
        token: token.hash(),
        device: DeviceId::new(now, &*ports.secrets),
        hardware_id: asked.hardware_id,
        public_key: key.point().to_vec(),
        platform: Platform::Android,
        facts: facts(asked.report),
        nonce: verified.nonce,
        now,
    };
    match call.acting(now).claim(claim).await.map_err(|e| failed(&e))? {
        Claimed::Connected { workspace, device, owner } => {
            let settings = ports.store.settings(workspace).await.map_err(|e| failed(&e))?;
            Ok(Json(ClaimResponse {
                device_id: device.to_string(),
                api_base: settings.public_url.unwrap_or_else(|| site.address.clone()),
                owner_name: owner,
                organisation: settings.name.to_string(),
                check_in_seconds: CHECK_IN,
                server_time: now.rfc3339(),
            })
            .into_response())
        }
        Claimed::Replayed => Err(ProblemCode::Replayed),
        Claimed::Refused(refusal) => Err(match refusal {
            Refusal::Unknown => ProblemCode::LinkUnknown,
            Refusal::Expired => ProblemCode::LinkExpired,
            Refusal::Revoked => ProblemCode::LinkRevoked,
            Refusal::Used => ProblemCode::LinkUsed,
            Refusal::OtherManagement => ProblemCode::OtherEmm,
        }),
    }
}

/// A refusal by the store, about a device whose key has signed.
fn refused(error: StoreError) -> ProblemCode {
    match error {
        // It has left, or was deleted, since its key was looked up.
        StoreError::NotFound => ProblemCode::DeviceLeft,
        error => failed(&error),
    }
}

fn validated(report: Option<Report>) -> Result<Option<Facts>, ProblemCode> {
    if report.as_ref().is_some_and(|r| r.validate().is_err()) {
        return Err(ProblemCode::Malformed);
    }
    Ok(report.map(facts))
}

/// `POST /agent/v1/devices/{id}/check-in`.
pub async fn check_in(
    State(site): Shared,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call { site: &site, headers: &headers, uri: &uri, body: &body, peer: None };
    fetched(&call, &id).await.map_or_else(problem, |commands| {
        let server_time = site.ports.clock.now().rfc3339();
        Json(CheckInResponse { commands, check_in_seconds: CHECK_IN, server_time }).into_response()
    })
}

/// Writes that a device was heard of, and answers what it is to do.
async fn fetched(call: &Call<'_>, id: &str) -> Result<Vec<Command>, ProblemCode> {
    let asked: CheckInRequest = call.read()?;
    let facts = validated(asked.report)?;
    let (workspace, id, verified) = call.device(id).await?;
    let (store, now) = (&call.site.ports.store, call.site.ports.clock.now());
    let fetched = store.fetch_commands(workspace, id, &verified.nonce, facts.as_ref(), now).await;
    let commands = fetched.map_err(refused)?.ok_or(ProblemCode::Replayed)?;
    Ok(commands.into_iter().map(told).collect())
}

fn told(command: command::Command) -> Command {
    Command {
        id: command.id.to_string(),
        kind: command.order.kind().name().to_owned(),
        created_at: command.created_at.rfc3339(),
        payload: serde_json::Value::Null,
    }
}

/// `POST /agent/v1/devices/{id}/report`.
pub async fn report(
    State(site): Shared,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call { site: &site, headers: &headers, uri: &uri, body: &body, peer: None };
    let done = async {
        let facts = validated(Some(call.read()?))?;
        let (workspace, id, verified) = call.device(&id).await?;
        let now = site.ports.clock.now();
        match site.ports.store.check_in(workspace, id, &verified.nonce, facts.as_ref(), now).await {
            Ok(true) => Ok(StatusCode::NO_CONTENT.into_response()),
            Ok(false) => Err(ProblemCode::Replayed),
            Err(error) => Err(refused(error)),
        }
    };
    done.await.unwrap_or_else(problem)
}

/// `POST /agent/v1/devices/{id}/commands/{command}/ack`: the first answer counts.
pub async fn ack(
    State(site): Shared,
    Path((id, command)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call { site: &site, headers: &headers, uri: &uri, body: &body, peer: None };
    let done = async {
        let asked: AckRequest = call.read()?;
        asked.validate().map_err(|_| ProblemCode::Malformed)?;
        let command: CommandId = command.parse().map_err(|_| ProblemCode::CommandUnknown)?;
        let (workspace, device, verified) = call.device(&id).await?;
        let answer = Answer {
            device,
            command,
            done: asked.status == AckStatus::Done,
            detail: asked.detail,
            nonce: verified.nonce,
            now: site.ports.clock.now(),
        };
        match site.ports.store.answer_command(workspace, answer).await.map_err(refused)? {
            Answered::Noted | Answered::Before => Ok(StatusCode::NO_CONTENT.into_response()),
            Answered::Unknown => Err(ProblemCode::CommandUnknown),
            Answered::Replayed => Err(ProblemCode::Replayed),
        }
    };
    done.await.unwrap_or_else(problem)
}

/// `POST /agent/v1/devices/{id}/leave`.
pub async fn leave(
    State(site): Shared,
    peer: Peer,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call { site: &site, headers: &headers, uri: &uri, body: &body, peer: Some(peer.0) };
    let done = async {
        let (workspace, id, verified) = call.device(&id).await?;
        let now = site.ports.clock.now();
        match call.acting(now).leave(workspace, id, &verified.nonce, now).await {
            Ok(true) => Ok(StatusCode::NO_CONTENT.into_response()),
            Ok(false) => Err(ProblemCode::Replayed),
            Err(error) => Err(refused(error)),
        }
    };
    done.await.unwrap_or_else(problem)
}
