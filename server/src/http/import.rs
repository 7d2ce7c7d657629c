//! `POST /import/file`: a file of people, which the console then looks at and imports.

use super::{Shared, session};
use axum::{
    Json,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};
use muster_domain::account::Permission;
use serde::Serialize;

#[derive(Serialize)]
struct Taken {
    upload: String,
}

/// Takes the file as the request's body; answers the name under which the server functions ask for it.
pub async fn file(State(site): Shared, headers: HeaderMap, bytes: Bytes) -> Response {
    let who = match session::asks(&site, &headers).await {
        Ok(who) => who,
        Err(answer) => return answer,
    };
    if !who.role.may(Permission::Manage) {
        return StatusCode::FORBIDDEN.into_response();
    }
    Json(Taken { upload: site.uploads.put(&who, bytes.into()) }).into_response()
}
