//! Apple's routes. No browser of the console comes here: who asks proves it with a certificate (ABUSE A9 to A11).

pub mod check_in;
pub mod commands;
pub mod profile;
pub mod proof;
pub mod scep;

use super::{Site, fault::Worded};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use muster_apple_mdm::document::Limits;
use muster_domain::{WorkspaceId, ports::StoreError, settings::Settings};

/// Bytes of a message at most: what devices list can be long.
pub const BODY: usize = Limits::ANSWER.bytes;

/// An answer with a body of that type.
fn body(kind: &'static str, bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], Bytes::from(bytes)).into_response()
}

/// In plain words, for who reads logs: a device shows none of it.
fn refused(status: StatusCode, words: &'static str) -> Response {
    (status, words).into_response()
}

/// Something failed here: the device comes again.
fn unavailable(error: &impl std::error::Error) -> Response {
    tracing::error!(%error, "apple");
    refused(StatusCode::SERVICE_UNAVAILABLE, "Not now. Come again.\n")
}

/// What a device sends was not taken in.
fn not_taken_in(answer: Response) -> Response {
    if answer.status() != StatusCode::PAYLOAD_TOO_LARGE {
        return answer;
    }
    // The words of the other pages name another limit.
    let mut answer = refused(StatusCode::PAYLOAD_TOO_LARGE, "Larger than a device's message may be.\n");
    answer.extensions_mut().insert(Worded);
    answer
}

/// The settings with the address under which phones reach this server.
async fn reached(site: &Site, workspace: WorkspaceId) -> Result<(Settings, String), StoreError> {
    let settings = site.ports.store.settings(workspace).await?;
    let base = settings.public_url.clone().unwrap_or_else(|| site.address.clone());
    Ok((settings, base))
}
