//! Which answers are compressed on the way: pages and JSON of the console, where it pays.
//!
//! Not the pages behind a link and the one-time links' forms: they are small, and what holds a secret is not
//! compressed, so that its length tells nothing (BREACH). The console's pages hold no secret of long life: the
//! session is in a cookie that no page shows, and the nonce is new in each answer. Links come by server functions, which no
//! other site can call. Files of the build are compressed beforehand, and event streams are never held back for it.

use axum::{
    body::Body,
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use http::{Extensions, HeaderMap, StatusCode, Version, header};
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer,
        predicate::{And, Predicate, SizeAbove},
    },
};

/// Smaller ones fit into one packet anyway.
const PAYS: u16 = 1400;

/// Put into an answer that must not be compressed.
#[derive(Clone, Copy)]
struct Plain;

/// Marks what may hold a link.
pub(super) async fn mark(request: Request<Body>, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
    let secret = route.starts_with("/{token}")
        || route.starts_with("/setup/")
        || route.starts_with("/join/")
        || route == "/preview";
    let mut response = next.run(request).await;
    if secret {
        response.extensions_mut().insert(Plain);
    }
    response
}

fn pays(_: StatusCode, _: Version, headers: &HeaderMap, extensions: &Extensions) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    matches!(kind, "text/html" | "application/json" | "application/openmetrics-text")
        && extensions.get::<Plain>().is_none()
}

type Pays = fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool;

pub(super) fn layer() -> CompressionLayer<And<SizeAbove, Pays>> {
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(PAYS).and(pays as Pays))
}
