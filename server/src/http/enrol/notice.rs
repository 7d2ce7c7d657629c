//! What an open page tells and asks: "looked at", "connected yet?", "a new link".

use super::{Asked, Shared, Shown, apple_ready, find, nothing, text, visitor};
use crate::phone::{self, Chosen, State};
use axum::{
    Json,
    extract::{Path, Query, State as Extract},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, StatusCode};
use muster_domain::{
    apple::progress,
    detect::Visitor,
    device::Platform,
    invitation::{Refusal, State as Reached},
    ports::StoreError,
    token::InvitationToken,
};
use serde::Deserialize;
use serde_json::json;

/// What the page says with "looked at".
#[derive(Deserialize)]
pub struct Seen {
    #[serde(default)]
    r#as: Option<String>,
}

/// Whether a script of the page itself asks: JSON, which no form can send, from this origin if the browser says
/// from where, and not ahead of time.
fn own_script(headers: &HeaderMap) -> bool {
    let ahead = text(headers, "sec-purpose").or(text(headers, "purpose")).is_some_and(|p| p.contains("pre"));
    !ahead && text(headers, "sec-fetch-site").is_none_or(|site| site == "same-origin")
}

/// `POST /{token}/opened`: the page was looked at for two seconds. A hint, and never a claim.
pub async fn opened(
    Extract(site): Shared,
    Path(token): Path<String>,
    headers: HeaderMap,
    Json(seen): Json<Seen>,
) -> Response {
    let Ok(token) = token.parse::<InvitationToken>() else { return nothing() };
    let told = visitor(&headers);
    if told == Visitor::Bot || !own_script(&headers) {
        return StatusCode::NO_CONTENT.into_response();
    }
    let found = match find(&site, &token).await {
        Ok(Some(found)) => found,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "opened");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let platform = phone::platform(phone::visitor(told, seen.r#as.as_deref().and_then(Chosen::from_query)));
    let (invitation, now) = (&found.invitation, site.ports.clock.now());
    let store = &site.ports.store;
    let done = async {
        store.opened(invitation.workspace, invitation.id, platform, now).await?;
        // Nothing can be done on it yet: the console tells how many wait, and tells them when it works.
        let is_apple = matches!(platform, Some(Platform::Ios | Platform::Ipados));
        if is_apple && invitation.admits(None, now).is_ok() && !apple_ready(&site, Some(&found)).await {
            store.apple_waits(invitation.workspace, invitation.id, now).await?;
        }
        Ok::<_, StoreError>(())
    };
    match done.await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => {
            tracing::error!(%error, "opened");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// `GET /{token}/state`: what the open page asks for.
pub async fn state(Extract(site): Shared, Path(token): Path<String>) -> Response {
    let Ok(token) = token.parse::<InvitationToken>() else { return nothing() };
    match find(&site, &token).await {
        Ok(Some(found)) => {
            let state = match found.invitation.admits(None, site.ports.clock.now()) {
                _ if found.invitation.state == Reached::Enrolled => "connected",
                _ if found.is_on_its_way() => "waiting",
                Ok(()) => "waiting",
                Err(_) => "refused",
            };
            let mut told = json!({ "state": state, "model": found.model() });
            if state == "waiting" {
                let invitation = &found.invitation;
                let way = site.ports.store.way_so_far(invitation.workspace, invitation.id).await;
                let way = way.unwrap_or_default();
                told["step"] = way.iter().map(|p| phone::apple::rank(p.step)).max().unwrap_or(0).into();
                let stopped = progress::stopped(&way, site.ports.clock.now());
                told["stopped"] = stopped.map(phone::apple::stop).into();
            }
            Json(told).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "state");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// `POST /{token}/request`: asks for a new link; works without a script. The page that follows says so.
pub async fn request(
    Extract(site): Shared,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let Ok(token) = token.parse::<InvitationToken>() else { return nothing() };
    let now = site.ports.clock.now();
    let done = async {
        let Some(found) = find(&site, &token).await? else { return Ok(()) };
        let invitation = &found.invitation;
        if invitation.admits(None, now) == Err(Refusal::Expired) {
            site.ports.store.request_link(invitation.workspace, invitation.id, now).await?;
        }
        Ok::<_, StoreError>(())
    };
    if let Err(error) = done.await {
        tracing::error!(%error, "request");
        let shown = Shown { token: &token, headers: &headers, asked: &asked };
        return shown.page(&site, None, State::Unavailable).await;
    }
    let query = asked.language().map_or(String::new(), |l| format!("?lang={}", l.tag()));
    Redirect::to(&format!("/{}{query}", token.reveal())).into_response()
}
