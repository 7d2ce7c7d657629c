//! For whoever watches: alive, and ready to answer.

use super::Shared;
use axum::extract::State;
use http::StatusCode;

/// `GET /healthz`: the process runs.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers.
pub async fn ready(State(site): Shared) -> (StatusCode, &'static str) {
    match site.ports.store.last_change().await {
        Ok(_) => (StatusCode::OK, "ok\n"),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
