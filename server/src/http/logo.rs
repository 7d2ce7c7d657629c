//! `POST /message/logo` takes a company's logo; `GET /logo/{name}` shows it on the phone's page.

use super::{Shared, client::Peer, session};
use crate::adapters::logo::{self, NoLogo};
use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use muster_domain::{account::Permission, audit::Act};
use serde_json::json;

fn refused(why: NoLogo) -> Response {
    let told = json!({ "refused": why, "message": why.to_string() });
    let status =
        if why == NoLogo::Large { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::UNPROCESSABLE_ENTITY };
    (status, Json(told)).into_response()
}

/// Takes the file as the request's body: it has no name, and what its kind is called does not count.
pub async fn take(State(site): Shared, peer: Peer, headers: HeaderMap, sent: Body) -> Response {
    let who = match session::allowed(&site, &headers, Permission::Configure).await {
        Ok(who) => who,
        Err(answer) => return answer,
    };
    let file = match site.load.taken(sent, logo::FILE).await {
        Ok(file) => file,
        Err(answer) if answer.status() == StatusCode::PAYLOAD_TOO_LARGE => return refused(NoLogo::Large),
        Err(answer) => return answer,
    };
    let logo = match logo::drawn(who.workspace, file.bytes.to_vec()).await {
        Ok(logo) => logo,
        Err(why) => return refused(why),
    };
    let act = Act::of(&who, Some(peer.0), site.ports.clock.now());
    match site.ports.store.acting(act).set_logo(who.workspace, Some(&logo)).await {
        Ok(()) => Json(json!({ "address": format!("/logo/{}.png", logo.name) })).into_response(),
        Err(error) => {
            tracing::error!(%error, "logo");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// `GET /logo/{name}`: a name is of what the picture shows, so a browser keeps it for ever. Nothing but digits is looked up
/// (ABUSE A43).
pub async fn show(State(site): Shared, Path(name): Path<String>) -> Response {
    let nothing = || (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response();
    let digits =
        |name: &&str| name.len() == 32 && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let Some(name) = name.strip_suffix(".png").filter(digits) else { return nothing() };
    match site.ports.store.find_logo(name).await {
        Ok(Some(png)) => {
            let headers = [
                (header::CONTENT_TYPE, "image/png"),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ];
            (headers, png).into_response()
        }
        Ok(None) => nothing(),
        Err(error) => {
            tracing::error!(%error, "logo");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
