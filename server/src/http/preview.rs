//! `/preview`: the very mail, in a frame of the Send dialog. Mail needs inline styles, which no page of the console
//! may have: so it is a document of its own, without scripts, that only the console may frame.

use super::{Shared, Site, session};
use crate::{
    adapters::qr,
    headwind::owner::{self, Codes},
};
use app::services::{Preview, PreviewHtml};
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
    let who = match session::allowed(&site, &headers, Permission::Invite).await {
        Ok(who) => who,
        Err(answer) => return answer,
    };
    let store = &site.ports.store;
    let (user, settings, brand) = match (
        store.user(who.workspace, asked.user).await,
        store.settings(who.workspace).await,
        store.brand(who.workspace).await,
    ) {
        (Ok(Some(user)), Ok(settings), Ok(brand)) => (user, settings, brand),
        (Ok(None), ..) => return StatusCode::NOT_FOUND.into_response(),
        _ => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    let address = settings.public_url.as_ref().unwrap_or(&site.address).clone();
    let codes = Codes { ports: &site.ports, settings: &settings, base: &address };
    let Ok((agent, owner)) = codes.mailed(who.workspace).await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let note: String = asked.note.trim().chars().take(1000).collect();
    let preview = Preview {
        company: settings.name.to_string(),
        address: address.clone(),
        person: user.name,
        note: (!note.is_empty()).then_some(note),
        expires_at: site.ports.clock.now().plus_days(asked.days.clamp(1, 90)),
        help: brand.look.contact(settings.help_contact.as_deref()),
        language: Language::from_tag(&asked.language).unwrap_or(settings.language),
        agent,
        owner,
        brand,
    };
    framed(Html(whole(&site, &preview).html).into_response())
}

/// A picture as an address.
pub(super) fn data(png: &[u8]) -> String {
    format!("data:image/png;base64,{}", STANDARD.encode(png))
}

/// The mail with its pictures in it.
pub(super) fn whole(site: &Site, preview: &Preview) -> PreviewHtml {
    // With its quotation marks it stands in no text: there they are escaped.
    let quoted = |address: &str| format!("\"{address}\"");
    // The picture leads to the address alone, where nothing connects.
    let code = qr::png(&preview.address).map(|png| data(&png)).unwrap_or_default();
    let mut made = (site.services.preview)(preview);
    made.html = made.html.replace("\"cid:qr\"", &quoted(&code));
    for (name, picture) in owner::samples(&preview.address, preview.agent, preview.owner).named() {
        made.html = made.html.replace(&format!("\"cid:{name}\""), &quoted(&data(&picture)));
    }
    if let Some(logo) = &preview.brand.logo {
        made.html = made.html.replace("\"cid:logo\"", &quoted(&data(&logo.png)));
    }
    made
}

/// A mail as a document: no script, nothing from elsewhere, and only the console may frame it.
pub(super) fn framed(mut response: Response) -> Response {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox";
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response.headers_mut().insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    response
}
