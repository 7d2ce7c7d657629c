//! `/preview`: the very mail, in a frame of the Send dialog. Mail needs inline styles, which no page of the console
//! may have: so it is a document of its own, without scripts, that only the console may frame.

use super::{Shared, session};
use crate::adapters::qr;
use app::services::Preview;
use axum::{
    extract::{Query, State},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use muster_domain::{Language, UserId, account::Permission};
use serde::Deserialize;

/// What the dialog shows a preview of.
#[derive(Deserialize)]
pub struct Asked {
    user: UserId,
    language: String,
    days: u32,
    #[serde(default)]
    note: String,
}

/// `GET /preview`: it holds no working link.
pub async fn show(State(site): Shared, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    let who = match session::asks(&site, &headers).await {
        Ok(who) => who,
        Err(answer) => return answer,
    };
    if !who.role.may(Permission::Invite) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let (user, settings) = match (
        site.ports.store.user(who.workspace, asked.user).await,
        site.ports.store.settings(who.workspace).await,
    ) {
        (Ok(Some(user)), Ok(settings)) => (user, settings),
        (Ok(None), _) => return StatusCode::NOT_FOUND.into_response(),
        _ => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    let address = settings.public_url.as_ref().unwrap_or(&site.address).clone();
    let note: String = asked.note.trim().chars().take(1000).collect();
    let preview = Preview {
        company: settings.name.to_string(),
        address,
        person: user.name,
        note: (!note.is_empty()).then_some(note),
        expires_at: site.ports.clock.now().plus_days(asked.days.clamp(1, 90)),
        help: settings.help_contact,
        language: Language::from_tag(&asked.language).unwrap_or(settings.language),
    };
    // The picture leads to the address alone, where nothing connects.
    let picture = qr::png(&preview.address).map(|png| STANDARD.encode(png)).unwrap_or_default();
    let html =
        (site.services.preview)(&preview).html.replace("cid:qr", &format!("data:image/png;base64,{picture}"));
    framed(Html(html).into_response())
}

/// A mail as a document: no script, nothing from elsewhere, and only the console may frame it.
pub(super) fn framed(mut response: Response) -> Response {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox";
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response.headers_mut().insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    response
}
