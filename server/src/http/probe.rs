//! Who asks for links that are not there, or claims again and again what was refused, is told to wait (ABUSE A32).
//!
//! Links have 130 bits, so this guards no secret: it keeps guessing and hammering from taking the database's time.
//! A link that is there is always answered, so that nobody can shut colleagues behind one address out.

use super::{Site, agent, fault, session};
use crate::metrics::{TurnedAway, metrics};
use axum::{
    body::Body,
    extract::{MatchedPath, Request},
    response::Response,
};
use http::StatusCode;
use muster_agent_protocol::problem::ProblemCode;
use sha2::{Digest, Sha256};

/// Counts what `/{token}`, its claim and the addresses of packages refuse.
pub async fn layer<F: Future<Output = Response>>(
    site: &Site,
    request: Request<Body>,
    next: impl FnOnce(Request<Body>) -> F,
) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let claim = route == Some("/{token}/claim");
    if !claim && !matches!(route, Some("/{token}" | "/{token}/request" | "/apk/{address}")) {
        return next(request).await;
    }
    let link: [u8; 32] = Sha256::digest(request.uri().path()).into();
    let (parts, body) = request.into_parts();
    let network = session::network(site, &parts);
    let now = site.ports.clock.now();
    if claim && !site.attempts.may_claim(network, link, now) {
        metrics().turned_away(TurnedAway::Attempts);
        return agent::problem(ProblemCode::Unavailable);
    }
    let response = next(Request::from_parts(parts, body)).await;
    match response.status() {
        StatusCode::NOT_FOUND if !site.attempts.missed(network, now) => {
            metrics().turned_away(TurnedAway::Attempts);
            fault::too_many()
        }
        StatusCode::CONFLICT | StatusCode::GONE if claim => {
            site.attempts.refused(network, link, now);
            response
        }
        _ => response,
    }
}
