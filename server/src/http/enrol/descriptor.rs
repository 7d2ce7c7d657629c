//! What an agent that asks for JSON at a link is told; it uses nothing up.

use super::{Found, Site};
use crate::http::agent::problem;
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use muster_agent_protocol::{messages::Descriptor, problem::ProblemCode};
use muster_domain::{Timestamp, invitation::Refusal, ports::StoreError, token::InvitationToken};

/// The descriptor, or why there is none.
pub(super) fn answer(
    site: &Site,
    token: &InvitationToken,
    found: &Result<Option<Found>, StoreError>,
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
    let base = found.settings.public_url.as_deref().unwrap_or(&site.address);
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
