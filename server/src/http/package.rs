//! `POST /settings/android/package` takes an Android package; `GET /apk/{address}` gives it to phones.
//!
//! The address is a secret of 130 bits, of which the database has the SHA-256 alone (ABUSE A28): whoever set up a phone by Muster's code
//! has it, and nobody can guess it.

use super::{Shared, Site, client::Peer, fault, session};
use crate::{
    metrics::{TurnedAway, metrics},
    packages::{self, Draft, FILE, Refused, Shelf},
};
use axum::{
    Json,
    body::Body,
    extract::{Path, Query, Request, State},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures::StreamExt;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt;
use muster_domain::{
    account::Permission, audit::Act, package::AppPackage, ports::Meant, token::PackageAddress, usecase::Ports,
};
use serde::Deserialize;
use serde_json::json;
use std::{io, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncWrite, AsyncWriteExt},
    sync::OwnedSemaphorePermit,
};
use tower::ServiceExt;
use tower_http::services::ServeFile;

/// Where the console sends a package.
pub const UPLOAD: &str = "/settings/android/package";
/// How long a package may take to come.
pub(super) const TIME: Duration = Duration::from_secs(1800);
/// Nothing comes for so long: whoever sends has gone.
const SILENT: Duration = Duration::from_secs(60);

/// What the console says beside the file.
#[derive(Deserialize)]
pub struct Asked {
    /// `other`: it may be signed by another key than the version that is here.
    #[serde(default)]
    signer: String,
    /// `older`: it may be older than that.
    #[serde(default)]
    version: String,
}

fn refused(why: &Refused) -> Response {
    let status = match why.kind() {
        packages::Kind::Large => StatusCode::PAYLOAD_TOO_LARGE,
        packages::Kind::NoRoom => StatusCode::INSUFFICIENT_STORAGE,
        packages::Kind::Failed => {
            tracing::error!(error = %why, "package");
            StatusCode::SERVICE_UNAVAILABLE
        }
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    // What failed here is for the log alone.
    let message = if why.kind() == packages::Kind::Failed { String::new() } else { why.to_string() };
    (status, Json(json!({ "refused": why.kind(), "message": message }))).into_response()
}

/// Writes what comes into a file; `None` if it was broken off.
async fn written(shelf: &Arc<Shelf>, sent: Body, length: u64) -> Result<Option<Draft>, Refused> {
    let to = shelf.clone();
    let draft =
        tokio::task::spawn_blocking(move || to.draft_of(length)).await.map_err(io::Error::other)??;
    let file = tokio::fs::File::from_std(draft.file().try_clone()?);
    poured(draft, file, sent).await
}

/// Writes what comes into a draft's file; the draft is gone if that fails.
async fn poured(
    draft: Draft,
    mut file: impl AsyncWrite + Unpin,
    sent: Body,
) -> Result<Option<Draft>, Refused> {
    let (mut stream, mut size) = (sent.into_data_stream(), 0);
    loop {
        let part = match tokio::time::timeout(SILENT, stream.next()).await {
            Ok(Some(Ok(part))) => part,
            Ok(None) => break,
            Ok(Some(Err(_))) if size > FILE => return Err(Refused::Large),
            Ok(Some(Err(_))) | Err(_) => return Ok(None),
        };
        size += part.len();
        if size > FILE {
            return Err(Refused::Large);
        }
        file.write_all(&part).await?;
    }
    file.flush().await?;
    Ok(Some(draft))
}

/// Takes the file as the request's body: it has no name, and what its kind is called does not count.
pub async fn take(
    State(site): Shared,
    peer: Peer,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    sent: Body,
) -> Response {
    let who = match session::allowed(&site, &headers, Permission::Configure).await {
        Ok(who) => who,
        Err(answer) => return answer,
    };
    let Ok(_coming) = site.packages.coming.try_acquire() else { return fault::busy() };
    let length = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    let draft = match written(&site.packages, sent, length.unwrap_or_default()).await {
        Ok(Some(draft)) => draft,
        // Nobody hears it.
        Ok(None) => return StatusCode::BAD_REQUEST.into_response(),
        Err(why) => return refused(&why),
    };
    let act = Act::of(&who, Some(peer.0), site.ports.clock.now());
    let ports = Ports { store: site.ports.store.acting(act), ..site.ports.clone() };
    let meant = Meant { other_signer: asked.signer == "other", older: asked.version == "older" };
    match packages::take(&site.packages, &ports, who.workspace, draft, meant).await {
        Ok(package) => Json(package).into_response(),
        Err(why) => refused(&why),
    }
}

/// What is not there, whatever it looks like.
fn nothing() -> Response {
    (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response()
}

/// Whether the file is the one that a header names.
fn names(headers: &HeaderMap, header: HeaderName, tag: &str) -> bool {
    let values = headers.get_all(header).iter().filter_map(|v| v.to_str().ok());
    values.flat_map(|v| v.split(',')).any(|v| matches!(v.trim(), "*") || v.trim() == tag)
}

/// Whether it asks for one part as RFC 9110 (section 14.1.2) writes it: `bytes=0-99`, `bytes=100-`, `bytes=-500`. All else is as if it
/// were not there (section 14.2); several parts at once are fetched as a whole, too.
fn is_range(value: &HeaderValue) -> bool {
    let Some(range) = value.to_str().ok().and_then(|v| v.strip_prefix("bytes=")) else { return false };
    let Some((first, last)) = range.trim().split_once('-') else { return false };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match (is_number(first), is_number(last)) {
        (true, true) => {
            let places = first.parse::<u64>().ok().zip(last.parse::<u64>().ok());
            places.is_some_and(|(first, last)| first <= last)
        }
        (true, false) => last.is_empty(),
        (false, true) => first.is_empty(),
        (false, false) => false,
    }
}

/// A file of which parts can be fetched (RFC 9110, section 14), with a digest of the whole (RFC 9530), never packed again.
async fn file(site: &Site, package: &AppPackage, place: &std::path::Path, request: Request) -> Response {
    let tag = format!("\"{}\"", package.sha256);
    if names(request.headers(), header::IF_NONE_MATCH, &tag) {
        return described(StatusCode::NOT_MODIFIED.into_response(), package, &tag);
    }
    let permit = if *request.method() == Method::HEAD {
        None
    } else {
        let Ok(permit) = site.packages.fetching.clone().try_acquire_owned() else {
            metrics().turned_away(TurnedAway::Requests);
            let mut later = fault::busy();
            later.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
            return later;
        };
        Some(permit)
    };
    let mut asked = Request::builder().method(request.method().clone()).uri("/");
    // A part of another version would spoil what has come already.
    let same = request.headers().get(header::IF_RANGE).is_none_or(|v| v.as_bytes() == tag.as_bytes());
    if let Some(range) = request.headers().get(header::RANGE).filter(|range| same && is_range(range)) {
        asked = asked.header(header::RANGE, range);
    }
    let Ok(asked) = asked.body(Body::empty()) else { return nothing() };
    // It answers whatever happens.
    let Ok(answer) = ServeFile::new(place).oneshot(asked).await;
    if answer.status() == StatusCode::NOT_FOUND {
        tracing::error!(
            package = package.name,
            "the file of a package is not there: restore it, or upload it again"
        );
        return nothing();
    }
    described(answer.map(|body| held(body, permit)), package, &tag)
}

/// The place of whoever fetches is free when all has been fetched, or nobody fetches any more.
fn held<B>(body: B, permit: Option<OwnedSemaphorePermit>) -> Body
where
    B: axum::body::HttpBody<Data = bytes::Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    Body::new(body.map_frame(move |frame| {
        let _fetching = &permit;
        frame
    }))
}

fn described(mut answer: Response, package: &AppPackage, tag: &str) -> Response {
    let bytes: Vec<u8> =
        (0..32).filter_map(|n| u8::from_str_radix(package.sha256.get(2 * n..2 * n + 2)?, 16).ok()).collect();
    let named = format!("attachment; filename=\"{}\"", package.file_name());
    let digest = format!("sha-256=:{}:", STANDARD.encode(bytes));
    for (name, value) in [
        (header::ETAG, tag),
        (header::CONTENT_DISPOSITION, &named),
        (HeaderName::from_static("repr-digest"), &digest),
        (header::CACHE_CONTROL, "private, no-cache"),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}

/// Gives a package to whoever knows its address.
pub async fn fetch(State(site): Shared, Path(address): Path<String>, request: Request) -> Response {
    let Ok(address) = address.parse::<PackageAddress>() else { return nothing() };
    let found = match site.ports.store.find_package(address.hash()).await {
        Ok(found) => found,
        Err(error) => {
            tracing::error!(%error, "package");
            return fault::busy();
        }
    };
    let Some((workspace, package)) = found else { return nothing() };
    match site.packages.file(workspace, &package.sha256) {
        Some(place) => file(&site, &package, &place, request).await,
        None => nothing(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_disk_that_becomes_full_says_so_and_nothing_is_left() {
        let data = tempfile::tempdir().unwrap();
        let draft = Shelf::new(data.path()).draft().unwrap();
        let full = tokio::fs::OpenOptions::new().write(true).open("/dev/full").await.unwrap();
        let why = poured(draft, full, Body::from(vec![7; 100_000])).await.err().unwrap();
        assert_eq!(why.kind(), packages::Kind::NoRoom);
        assert!(why.to_string().starts_with("the server's disk became full"), "{why}");
        assert_eq!(refused(&why).status(), StatusCode::INSUFFICIENT_STORAGE);
        assert_eq!(std::fs::read_dir(data.path().join("packages")).unwrap().count(), 0);
    }
}
