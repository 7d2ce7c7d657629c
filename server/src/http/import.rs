//! `POST /import/file`: a file of people, which the console then looks at and imports.

use super::{Shared, session};
use axum::{
    Json,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use http::HeaderMap;
use muster_domain::account::Permission;
use muster_roster::limits::TEXT;
use serde::Serialize;

#[derive(Serialize)]
struct Taken {
    upload: String,
}

/// Takes the file as the request's body; answers the name under which the server functions ask for it.
pub async fn file(State(site): Shared, headers: HeaderMap, sent: Body) -> Response {
    let who = match session::allowed(&site, &headers, Permission::Manage).await {
        Ok(who) => who,
        Err(answer) => return answer,
    };
    match site.load.taken(sent, TEXT).await {
        Ok(file) => Json(Taken { upload: site.uploads.put(&who, file.bytes.into()) }).into_response(),
        Err(answer) => answer,
    }
}
