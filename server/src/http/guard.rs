//! One layer over everything: who may ask from where, and the headers that every answer carries.

use super::{Site, session::SHOWN};
use axum::{
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

/// What a page without a policy of its own may load: nothing.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// Paths of the console: what changes something there must come from its own pages. Agents and phones are no
/// browsers of the console and bring proofs of their own.
fn console(path: &str) -> bool {
    [
        "/api/fn/",
        "/import/",
        "/message/",
        "/session/",
        "/settings/",
        "/login",
        "/setup/",
        "/join/",
        "/workspaces/",
        "/sheets",
    ]
    .iter()
    .any(|prefix| path.starts_with(prefix))
}

/// Whether a request comes from a page of the same origin (ABUSE A45). Browsers say so by `Sec-Fetch-Site`;
/// older ones only send `Origin`. Under `no-referrer` a form sends `Origin: null`, which is taken with
/// `Sec-Fetch-Site: same-origin` alone. A request with neither is no browser's.
fn same_origin(headers: &HeaderMap) -> bool {
    let one = |name: HeaderName| {
        let mut values = headers.get_all(name).iter();
        let value = values.next().and_then(|v| v.to_str().ok());
        (value, values.next().is_some())
    };
    let (site, sites) = one(HeaderName::from_static("sec-fetch-site"));
    let (origin, origins) = one(header::ORIGIN);
    let (host, hosts) = one(header::HOST);
    if sites || origins || hosts {
        return false;
    }
    let own = |origin: &str| {
        let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        authority.is_some() && authority == host
    };
    match (site, origin) {
        (Some("same-origin"), None | Some("null")) => true,
        (Some("same-origin") | None, Some(origin)) => own(origin),
        (None, None) => true,
        _ => false,
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|k| k.trim().eq_ignore_ascii_case("application/json"))
}

/// Checks a request and finishes its answer.
pub async fn layer<F: Future<Output = Response>>(
    site: &Site,
    mut request: Request<Body>,
    next: impl FnOnce(Request<Body>) -> F,
) -> Response {
    let path = request.uri().path().to_owned();
    let refused = if !matches!(*request.method(), Method::GET | Method::HEAD)
        && console(&path)
        && !same_origin(request.headers())
    {
        Some((StatusCode::FORBIDDEN, "This has to come from a page of the console itself.\n"))
    } else if path.starts_with("/api/fn/") && *request.method() != Method::POST {
        Some((StatusCode::METHOD_NOT_ALLOWED, "POST only.\n"))
    } else if path.starts_with("/api/fn/") && !is_json(request.headers()) {
        Some((StatusCode::UNSUPPORTED_MEDIA_TYPE, "application/json only.\n"))
    } else {
        None
    };
    if path.starts_with("/api/fn/") {
        // For forms without JavaScript, Leptos redirects to the referrer, wherever that is. We have none of those.
        request.headers_mut().remove(header::REFERER);
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    }
    let shown = request.uri().query().and_then(|q| q.split('&').find_map(|p| p.strip_prefix("workspace=")));
    if let Some(shown) = shown.and_then(|shown| HeaderValue::from_str(shown).ok()) {
        request.headers_mut().insert(SHOWN, shown);
    }
    let mut response = match refused {
        Some(refused) => refused.into_response(),
        None => next(request).await,
    };
    let secure = site.secure().await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow")),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ] {
        headers.entry(name).or_insert(value);
    }
    if secure {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(year);
    }
    response
}
