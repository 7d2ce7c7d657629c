//! `/mails/{id}/html` and `/mails/{id}/parts/{number}`: what a kept message holds, for the console's page about it.
//!
//! They hold working links: whoever may see no link gets neither. Mail needs inline styles, so its HTML is a document
//! of its own, without scripts, as `/preview`.

use super::{Shared, client::Peer, preview, session};
use axum::{
    extract::{Path, State},
    response::{Html, IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use muster_domain::{account::Permission, audit::Act, kept::KeptMail};

/// The message, or the answer to who does not get it.
async fn find(site: &super::Site, headers: &HeaderMap, peer: Peer, id: &str) -> Result<KeptMail, Response> {
    let who = session::allowed(site, headers, Permission::SeeLinks).await?;
    let act = Act::of(&who, Some(peer.0), site.ports.clock.now());
    match site.services.kept_message(&*site.ports.store.acting(act), &who, id).await {
        Ok(Some(mail)) => Ok(mail),
        Ok(None) => Err(StatusCode::NOT_FOUND.into_response()),
        Err(error) => {
            tracing::error!(%error, "kept mail");
            Err(StatusCode::SERVICE_UNAVAILABLE.into_response())
        }
    }
}

/// `GET /mails/{id}/html`: pictures that the message carries stand in the document itself.
pub async fn html(State(site): Shared, Path(id): Path<String>, peer: Peer, headers: HeaderMap) -> Response {
    let mail = match find(&site, &headers, peer, &id).await {
        Ok(mail) => mail,
        Err(answer) => return answer,
    };
    let mut html = mail.html;
    for part in mail.parts.iter().filter(|p| p.kind == "image/png") {
        if let Some(id) = part.content_id.as_ref().filter(|id| !id.is_empty()) {
            // With its quotation marks it stands in no text: there they are escaped.
            html = html.replace(&format!("\"cid:{id}\""), &format!("\"{}\"", preview::data(&part.bytes)));
        }
    }
    preview::framed(Html(html).into_response())
}

/// `GET /mails/{id}/parts/{number}`: a picture or attachment, always as a file to keep, never as a page.
pub async fn part(
    State(site): Shared,
    Path((id, number)): Path<(String, usize)>,
    peer: Peer,
    headers: HeaderMap,
) -> Response {
    let mail = match find(&site, &headers, peer, &id).await {
        Ok(mail) => mail,
        Err(answer) => return answer,
    };
    let Some(part) = mail.parts.into_iter().nth(number) else { return StatusCode::NOT_FOUND.into_response() };
    let plain = |c: &char| c.is_ascii_alphanumeric() || "._-".contains(*c);
    let name: String = part.name.chars().filter(plain).take(100).collect();
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    let mut response = part.bytes.into_response();
    let own = response.headers_mut();
    own.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    own.insert(header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment")));
    response
}
