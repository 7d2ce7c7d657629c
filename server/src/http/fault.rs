//! What is answered when something went wrong here: a sentence, what to do, and the reference to be found in the log.

use super::{Site, page, session, words};
use crate::html::escape;
use app::{AppError, error::Invalid, services::RequestId};
use axum::{
    Json,
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use muster_domain::Language;

/// Marks an answer that has words of its own.
#[derive(Clone, Copy)]
pub struct Worded;

/// When attempts that were too many are forgotten, in seconds.
pub const LATER: HeaderValue = HeaderValue::from_static("900");

/// Not now: too much is going on. Come again soon.
#[must_use]
pub fn busy() -> Response {
    let mut response = StatusCode::SERVICE_UNAVAILABLE.into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    response
}

/// Too many attempts from one place.
#[must_use]
pub fn too_many() -> Response {
    let mut response = StatusCode::TOO_MANY_REQUESTS.into_response();
    response.headers_mut().insert(header::RETRY_AFTER, LATER);
    response
}

fn plain(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    kind.is_none_or(|k| k.starts_with("text/plain"))
}

/// The same for a function of the console, whose page has the words.
fn for_the_console(status: StatusCode, response: &Response, id: &str) -> Response {
    let error = match status {
        StatusCode::SERVICE_UNAVAILABLE => AppError::Busy,
        StatusCode::PAYLOAD_TOO_LARGE => {
            AppError::Invalid { code: Invalid::Request, message: "too large".to_owned() }
        }
        StatusCode::TOO_MANY_REQUESTS => {
            AppError::Invalid { code: Invalid::Often, message: "too many attempts".to_owned() }
        }
        _ => AppError::Failed { reference: id.to_owned() },
    };
    let mut told = (status, Json(error)).into_response();
    if let Some(after) = response.headers().get(header::RETRY_AFTER) {
        told.headers_mut().insert(header::RETRY_AFTER, after.clone());
    }
    told
}

/// Puts words and the reference into answers that have none. What was wrong stays in the log.
pub async fn layer<F: Future<Output = Response>>(
    site: &Site,
    request: Request<Body>,
    next: impl FnOnce(Request<Body>) -> F,
) -> Response {
    let (language, page) = (session::language(request.headers()), page::wanted(request.headers()));
    let is_function = request.uri().path().starts_with("/api/fn/");
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let response = next(request).await;
    let status = response.status();
    if let Some(told) = response.extensions().get::<page::Told>() {
        return with_reference(site, told.language, status, (&told.title, &told.text), page, &id);
    }
    let ours = status.is_server_error()
        || matches!(
            status,
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS | StatusCode::PAYLOAD_TOO_LARGE
        );
    if !ours || !plain(&response) || response.extensions().get::<Worded>().is_some() {
        return response;
    }
    if is_function {
        return for_the_console(status, &response, &id);
    }
    let (title, text) = match status {
        StatusCode::SERVICE_UNAVAILABLE => (words::busy(language), words::busy_text(language)),
        StatusCode::REQUEST_TIMEOUT => (words::slow(language), words::slow_text(language)),
        StatusCode::TOO_MANY_REQUESTS => (words::often(language), words::too_many(language)),
        StatusCode::PAYLOAD_TOO_LARGE => (words::large(language), words::large_text(language)),
        _ => (words::broken(language), words::failed(language)),
    };
    let mut worded = with_reference(site, language, status, (title, text), page, &id);
    if let Some(after) = response.headers().get(header::RETRY_AFTER) {
        worded.headers_mut().insert(header::RETRY_AFTER, after.clone());
    }
    worded
}

/// A title and a sentence, with the reference to be found in the log.
fn with_reference(
    site: &Site,
    language: Language,
    status: StatusCode,
    (title, text): (&str, &str),
    page: bool,
    id: &str,
) -> Response {
    let reference = format!("{}: {id}", words::reference(language));
    if page {
        let body = format!("<p>{}</p><p class=\"hint\">{}</p>", escape(text), escape(&reference));
        page::page(&*site.ports.secrets, language, status, title, &body)
    } else {
        (status, format!("{title}. {text}\n{reference}\n")).into_response()
    }
}
