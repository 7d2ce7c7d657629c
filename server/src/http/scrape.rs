//! `/metrics`: the figures, for whoever brings the token (ABUSE A42).

use super::Shared;
use crate::metrics::metrics;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use muster_domain::Timestamp;
use sha2::{Digest, Sha256};

const KIND: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Who may read the figures.
#[derive(Default)]
pub struct Scrape {
    /// SHA-256 of the token; without one nobody may.
    token: Option<[u8; 32]>,
    /// When the process began.
    pub started: Timestamp,
}

impl Scrape {
    /// With the token, if one is set.
    #[must_use]
    pub fn new(token: Option<&str>, started: Timestamp) -> Self {
        Self { token: token.map(|t| Sha256::digest(t.trim()).into()), started }
    }

    /// Whether the request brings the token. Hashes of one length are compared, in constant time.
    fn admits(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
        let given = given.and_then(|v| v.split_once(' ')).filter(|(s, _)| s.eq_ignore_ascii_case("bearer"));
        let hash: [u8; 32] = Sha256::digest(given.map_or("", |(_, token)| token.trim())).into();
        let expected = self.token.unwrap_or_default();
        aws_lc_rs::constant_time::verify_slices_are_equal(&hash, &expected).is_ok()
    }
}

/// `GET /metrics`. Without a configured token there is no such page; with another token nothing is told.
pub async fn show(State(site): Shared, headers: HeaderMap) -> Response {
    if site.scrape.token.is_none() {
        return (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response();
    }
    if !site.scrape.admits(&headers) {
        let ask = [(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"metrics\""))];
        return (StatusCode::UNAUTHORIZED, ask, "A bearer token is needed.\n").into_response();
    }
    let figures = match site.ports.store.figures(site.ports.clock.now()).await {
        Ok(figures) => figures,
        Err(error) => {
            tracing::error!(%error, "figures");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    match metrics().document(&figures, site.scrape.started) {
        Ok(text) => ([(header::CONTENT_TYPE, HeaderValue::from_static(KIND))], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "figures");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(scrape: &Scrape, authorization: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        if let Some(value) = authorization {
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
        }
        scrape.admits(&headers)
    }

    #[test]
    fn a42_only_the_very_token_opens_the_figures() {
        let scrape = Scrape::new(Some(" 0123456789abcdef\n"), Timestamp(0));
        assert!(admits(&scrape, Some("Bearer 0123456789abcdef")));
        assert!(admits(&scrape, Some("bearer 0123456789abcdef")));
        let bad =
            ["", "Bearer", "Bearer ", "Bearer 0123456789abcde", "Basic 0123456789abcdef", "0123456789abcdef"];
        for bad in bad.map(Some).into_iter().chain([None]) {
            assert!(!admits(&scrape, bad), "{bad:?}");
        }
        let none = Scrape::default();
        for any in ["Bearer ", "Bearer x", ""] {
            assert!(!admits(&none, Some(any)));
        }
    }
}
