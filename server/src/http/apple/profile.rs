//! `GET /{token}/profile`: the enrolment profile. Fetching it uses nothing up (ABUSE A21).

use super::{reached, unavailable};
use crate::{
    apple::profile::{self, NoProfile, Way},
    http::{Shared, enrol, session},
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use muster_domain::{
    apple::{Purpose, Step},
    detect::Visitor,
    token::InvitationToken,
};

/// The type of profiles (Apple: "Distributing a profile").
const PROFILE: HeaderValue = HeaderValue::from_static("application/x-apple-aspen-config");
/// The name under which a computer would save it.
const NAME: HeaderValue = HeaderValue::from_static("attachment; filename=\"muster.mobileconfig\"");

/// `GET /{token}/profile`. Who cannot have it is led to the page, which says why.
pub async fn fetch(State(site): Shared, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let Ok(token) = token.parse::<InvitationToken>() else {
        return (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response();
    };
    let page = || Redirect::to(&format!("/{}", token.reveal())).into_response();
    let store = &site.ports.store;
    let invitation = match store.find_invitation(token.hash()).await {
        Ok(Some(invitation)) => invitation,
        Ok(None) => return page(),
        Err(error) => return unavailable(&error),
    };
    let now = site.ports.clock.now();
    // A link that has its device may be opened by that very device again: whose it is shows at Authenticate.
    if invitation.admits(invitation.hardware_id.as_deref(), now).is_err() {
        return page();
    }
    let workspace = invitation.workspace;
    let (settings, base) = match reached(&site, workspace).await {
        Ok(reached) => reached,
        Err(error) => return unavailable(&error),
    };
    let way = Way { base: &base, purpose: Purpose::Connect, language: session::language(&headers) };
    match profile::signed(&site.ports, &site.apple, &invitation, &settings, way).await {
        Ok(bytes) => {
            if matches!(
                enrol::visitor(&headers),
                Visitor::Iphone { .. } | Visitor::Ipad { .. } | Visitor::Desktop { maybe_ipad: true }
            ) && let Err(error) = store.note_step(workspace, invitation.id, Step::Profile, None, now).await
            {
                tracing::warn!(%error, "how far a phone came");
            }
            ([(header::CONTENT_TYPE, PROFILE), (header::CONTENT_DISPOSITION, NAME)], Bytes::from(bytes))
                .into_response()
        }
        Err(NoProfile::Store(error)) => unavailable(&error),
        Err(error @ (NoProfile::NoCertificate | NoProfile::Address)) => {
            tracing::warn!(%error, "no enrolment profile");
            page()
        }
        Err(error) => {
            tracing::error!(%error, "no enrolment profile");
            (StatusCode::INTERNAL_SERVER_ERROR, "Not now.\n").into_response()
        }
    }
}
