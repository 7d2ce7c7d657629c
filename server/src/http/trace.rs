//! Around everything else: each request gets an id, one line in the log, and its place in the figures.
//!
//! The route's template stands in all of them, never the path: a path may be a link (ABUSE A26).

use super::{Site, client};
use crate::metrics::metrics;
use app::services::RequestId;
use axum::{
    body::Body,
    extract::{MatchedPath, Request},
    response::Response,
};
use http::{HeaderName, HeaderValue, Method};
use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
    time::Instant,
};
use tracing::{Instrument, Span};

/// The header of a request's id.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// What is counted when the client left before the answer, as nginx does.
pub const LEFT: u16 = 499;

/// A new id: 40 random bits, short enough to be read out to somebody. With the time of the line it names one request.
fn made(site: &Site) -> Arc<str> {
    let mut bytes = [0; 5];
    site.ports.secrets.fill(&mut bytes);
    written(bytes).into()
}

/// Two groups of four characters, none of which looks like another.
fn written(bytes: [u8; 5]) -> String {
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let bits = bytes.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let digit = |place: usize| char::from(DIGITS[(bits >> (5 * (7 - place)) & 31) as usize]);
    let group = |from: usize| (from..from + 4).map(digit).collect::<String>();
    format!("{}-{}", group(0), group(4))
}

/// An id that a proxy may give: it can stand in a line of a log.
fn well_formed(id: &str) -> bool {
    (8..=64).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

fn id(site: &Site, request: &Request<Body>) -> Arc<str> {
    let mut given = request.headers().get_all(HEADER).iter().filter_map(|v| v.to_str().ok());
    match (given.next(), given.next()) {
        (Some(one), None)
            if well_formed(one) && client::through_proxy(request.extensions(), &site.proxies) =>
        {
            one.into()
        }
        _ => made(site),
    }
}

/// A method from the list, so that nobody can make up labels.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Whether this is the path of a server function.
pub(super) fn is_function(path: &str) -> bool {
    static FUNCTIONS: LazyLock<BTreeSet<&'static str>> =
        LazyLock::new(|| leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect());
    FUNCTIONS.contains(path)
}

/// The template of the route; a server function by its name, if there is one of that name.
fn route(request: &Request<Body>) -> Arc<str> {
    let path = request.uri().path();
    match request.extensions().get::<MatchedPath>().map(MatchedPath::as_str) {
        Some("/api/fn/{name}") if is_function(path) => path.into(),
        Some(template) => template.into(),
        None => "none".into(),
    }
}

/// Writes the line when the answer is there, or when the client left before.
struct Line {
    span: Span,
    route: Arc<str>,
    method: &'static str,
    status: u16,
    begun: Instant,
}

impl Drop for Line {
    fn drop(&mut self) {
        let took = self.begun.elapsed();
        metrics().answered(&self.route, self.method, self.status, took);
        let ms = took.as_micros() as f64 / 1000.0;
        self.span.in_scope(|| tracing::info!(status = self.status, ms, "request"));
    }
}

/// The outermost layer.
pub async fn layer<F: Future<Output = Response>>(
    site: &Site,
    mut request: Request<Body>,
    next: impl FnOnce(Request<Body>) -> F,
) -> Response {
    let id = id(site, &request);
    let (method, route) = (method(request.method()), route(&request));
    // At the level of an error, so that whatever is logged of this request carries it.
    let span = tracing::error_span!("request", id = %id, method, route = %route);
    let mut line = Line { span: span.clone(), route, method, status: LEFT, begun: Instant::now() };
    let header = HeaderValue::try_from(&*id);
    request.extensions_mut().insert(RequestId(id));
    let mut response = next(request).instrument(span).await;
    line.status = response.status().as_u16();
    if let Ok(header) = header {
        response.headers_mut().insert(HEADER, header);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_can_be_read_out() {
        assert_eq!(written([0; 5]), "0000-0000");
        assert_eq!(written([255; 5]), "ZZZZ-ZZZZ");
        assert_eq!(written([0, 0, 0, 0, 33]), "0000-0011");
        assert!(well_formed(&written([1, 2, 3, 4, 5])));
    }

    #[test]
    fn an_id_from_a_proxy_is_short_and_cannot_break_a_line() {
        assert!(well_formed("0af7651916cd43dd8448eb211c80319c") && well_formed("req-1.2_3"));
        for bad in ["", "short", "with space", "line\nbreak", "a=\"b\"1234", "ключ-ключ", &"a".repeat(65)]
        {
            assert!(!well_formed(bad), "{bad:?}");
        }
    }
}
