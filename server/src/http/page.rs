//! The frame of small pages that are whole without the app: sign-in and first set-up.

use super::assets;
use crate::html::escape;
use axum::response::{Html, IntoResponse, Response};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use muster_domain::{Language, ports::Secrets};

const TOKENS: &str = include_str!("../../../style/tokens.css");
const STYLE: &str = "*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:15px/22px var(--sans)}\
main{max-width:400px;margin:0 auto;padding:12vh 20px 40px}h1{font-size:24px;line-height:30px;letter-spacing:-.015em;margin:0 0 8px}\
p{margin:0 0 16px;color:var(--ink-2)}label{display:block;margin:16px 0 4px;font-weight:500}\
input{width:100%;height:44px;padding:0 12px;border:1px solid var(--line-strong);border-radius:8px;background:var(--surface);color:var(--ink);font:inherit}\
button{width:100%;height:44px;margin-top:24px;border:0;border-radius:8px;background:var(--accent);color:var(--accent-ink);font:inherit;font-weight:600;cursor:pointer}\
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}.hint{margin:4px 0 0;font-size:13px}\
.error{padding:10px 12px;border-radius:8px;background:var(--crit-soft);color:var(--ink)}.brand{font-weight:600;margin-bottom:24px;color:var(--ink)}";

/// A page: its title, and its body as HTML that is already escaped.
pub fn page(
    secrets: &dyn Secrets,
    language: Language,
    status: StatusCode,
    title: &str,
    body: &str,
) -> Response {
    styled(secrets, language, status, title, STYLE, body)
}

/// Whether a browser asks that shows what it gets.
pub fn wanted(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|a| a.contains("text/html"))
}

/// What [`told`] says, to be said with the request's reference ([`super::fault::layer`]).
#[derive(Clone)]
pub struct Told {
    /// In which language.
    pub language: Language,
    /// What happened.
    pub title: String,
    /// What to do.
    pub text: String,
}

/// A sentence for whoever asks: a page for a browser that opens one, else plain text.
pub fn told(
    secrets: &dyn Secrets,
    headers: &HeaderMap,
    language: Language,
    status: StatusCode,
    title: &str,
    text: &str,
) -> Response {
    let mut response = if wanted(headers) {
        page(secrets, language, status, title, &format!("<p>{}</p>", escape(text)))
    } else {
        (status, format!("{title}. {text}\n")).into_response()
    };
    let told = Told { language, title: title.to_owned(), text: text.to_owned() };
    response.extensions_mut().insert(told);
    response
}

/// A page with a style of its own.
pub fn styled(
    secrets: &dyn Secrets,
    language: Language,
    status: StatusCode,
    title: &str,
    style: &str,
    body: &str,
) -> Response {
    let mut nonce = [0; 16];
    secrets.fill(&mut nonce);
    let nonce = STANDARD_NO_PAD.encode(nonce);
    let html = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{} · Muster</title><style nonce=\"{nonce}\">{}{TOKENS}{style}</style></head>\
         <body><main><p class=\"brand\">Muster</p><h1>{}</h1>{body}</main></body></html>",
        language.tag(),
        escape(title),
        assets::faces(),
        escape(title),
    );
    let policy = format!(
        "default-src 'none'; img-src 'self'; style-src 'nonce-{nonce}'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let mut response = (status, Html(html)).into_response();
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept-Language, Cookie"));
    response
}

/// A message about what was typed, or nothing.
#[must_use]
pub fn error(text: Option<&str>) -> String {
    text.map(|t| format!("<p class=\"error\" role=\"alert\">{}</p>", escape(t))).unwrap_or_default()
}
