//! What an agent that asks for JSON at a link is told; it uses nothing up.

use super::{Found, Site};
use crate::http::agent::problem;
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header};
use muster_agent_protocol::{messages::Descriptor, problem::ProblemCode};
use muster_domain::{Timestamp, invitation::Refusal, ports::StoreError, token::InvitationToken};

/// The address of ours at which the agent asked: agents claim nowhere else than where their link leads, and a link may be
/// of a former address. A `Host` chooses among the addresses that are known, and makes none (ABUSE A24).
async fn asked_at(site: &Site, found: &Found, headers: &HeaderMap) -> String {
    let current = found.settings.public_url.as_ref().unwrap_or(&site.address);
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let asked = |address: &&String| address.split_once("://").is_some_and(|(_, at)| at == host);
    if asked(&current) {
        return current.clone();
    }
    let known = site.ports.store.addresses(found.invitation.workspace).await.unwrap_or_default();
    known.iter().find(asked).unwrap_or(current).clone()
}

/// The descriptor, or why there is none.
pub(super) async fn answer(
    site: &Site,
    token: &InvitationToken,
    found: &Result<Option<Found>, StoreError>,
    headers: &HeaderMap,
    now: Timestamp,
) -> Response {
    let found = match found {
        Ok(Some(found)) => found,
        Ok(None) => return problem(ProblemCode::LinkUnknown),
        Err(error) => {
            tracing::error!(%error, "link");
            return problem(ProblemCode::Unavailable);
        }
    };
    let invitation = &found.invitation;
    // A device that was connected may come back: only what nobody can use any more is refused here.
    match invitation.admits(invitation.hardware_id.as_deref(), now) {
        Err(Refusal::Expired) => return problem(ProblemCode::LinkExpired),
        Err(Refusal::Revoked) => return problem(ProblemCode::LinkRevoked),
        _ => {}
    }
    let base = asked_at(site, found, headers).await;
    Json(Descriptor {
        protocol: muster_agent_protocol::PROTOCOL.into(),
        version: muster_agent_protocol::VERSION,
        organisation: found.settings.name.to_string(),
        claim_url: muster_agent_protocol::paths::claim(&format!("{base}/{}", token.reveal())),
        expires_at: invitation.expires_at.rfc3339(),
        server_time: now.rfc3339(),
    })
    .into_response()
}
