//! The built console: files with hashed names, so that a browser keeps each for ever; compressed beforehand.

use app::services::Assets;
use axum::{
    body::Body,
    extract::Path,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::Embed;
use serde::Deserialize;
use std::{collections::BTreeMap, sync::LazyLock};

#[derive(Embed)]
#[folder = "$MUSTER_SITE"]
struct Site;

/// What the build wrote of its files' names.
#[derive(Deserialize)]
struct Manifest {
    js: String,
    wasm: String,
    css: String,
    parts: BTreeMap<String, Vec<String>>,
    texts: BTreeMap<String, String>,
}

/// The names of the files that pages load; empty when the server was built without the console.
#[must_use]
pub fn names() -> Assets {
    let manifest = Site::get("manifest.json").and_then(|f| serde_json::from_slice::<Manifest>(&f.data).ok());
    let Some(Manifest { js, wasm, css, parts, texts }) = manifest else { return Assets::default() };
    let fonts = font("inter-latin").unwrap_or_default();
    Assets { js, wasm, css, parts, texts, fonts }
}

/// The name of a font's file.
fn font(family: &str) -> Option<String> {
    let of = |name: &str| {
        name.strip_prefix("pkg/").is_some_and(|n| n.starts_with(family)) && name.ends_with(".woff2")
    };
    Site::iter().find(|name| of(name)).map(|name| name.trim_start_matches("pkg/").to_owned())
}

/// The console's font for pages that are whole without its style sheet, as rules of CSS.
#[must_use]
pub fn faces() -> &'static str {
    static FACES: LazyLock<String> = LazyLock::new(|| {
        let ranges = [("inter-latin", "U+0000-024F,U+2000-22FF"), ("inter-cyrillic", "U+0400-052F")];
        let face = |(family, range): (&str, &str)| {
            let name = font(family)?;
            Some(format!(
                "@font-face{{font-family:Inter;src:url(/pkg/{name}) format(\"woff2\");font-weight:100 900;font-display:swap;unicode-range:{range}}}"
            ))
        };
        ranges.into_iter().filter_map(face).collect()
    });
    &FACES
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Whether the browser takes an encoding. A quality of zero means no (RFC 9110, section 12.5.3).
fn takes(headers: &HeaderMap, encoding: &str) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|part| {
        let mut pieces = part.split(';').map(str::trim);
        pieces.next() == Some(encoding)
            && !pieces.any(|p| matches!(p, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// The mark in the browser's tab.
const ICON: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#0b5f7d"/><path d="M9 23V9.5l7 8 7-8V23" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>"##;

/// `GET /favicon.ico`.
pub async fn icon() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (headers, ICON)
}

/// Whether it can be a name of the build's. A debug build reads the files from the folder, where a decoded `%2f`
/// would lead to its neighbours.
fn is_name(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

/// `GET /pkg/{name}`. Only names of the build are found; there is no path to leave (ABUSE A43).
pub async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    if !is_name(&name) {
        return (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response();
    }
    let compressed = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(encoding, _)| takes(&headers, encoding))
        .find_map(|(encoding, ending)| Some((Site::get(&format!("pkg/{name}{ending}"))?, Some(encoding))));
    let found = compressed.or_else(|| Some((Site::get(&format!("pkg/{name}"))?, None)));
    let Some((file, encoding)) = found.filter(|_| !name.ends_with(".br") && !name.ends_with(".gz")) else {
        return (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response();
    };
    let tag = HeaderValue::try_from(format!("\"{name}\"")).unwrap_or(HeaderValue::from_static("\"-\""));
    let mut response = if headers.get(header::IF_NONE_MATCH) == Some(&tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(file.data).into_response()
    };
    let own = response.headers_mut();
    own.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(&name)));
    own.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    own.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    own.insert(header::ETAG, tag);
    if let Some(encoding) = encoding {
        own.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}
