//! `/guide`: the user's guide. It holds nothing of a workspace, so that whoever cannot sign in can read it too, and it needs
//! no JavaScript.

use super::{Shared, Site, page, session, words};
use crate::{
    guide::{self, DARK, Page},
    html::escape,
};
use app::services::Visit;
use axum::{
    body::Body,
    extract::{Path, Query, Request, State},
    response::{Html, IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use muster_domain::Language;
use serde::Deserialize;
use std::fmt::Write;

/// What a page may load: the console's style, typeface and pictures.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; img-src 'self'; style-src 'self'; font-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
);

/// A language other than the visitor's.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(rename = "in")]
    language: Option<String>,
}

/// `GET /guide`.
pub async fn index(site: Shared, asked: Query<Asked>, request: Request<Body>) -> Response {
    show(site, Path("index".into()), asked, request).await
}

/// `GET /guide/{page}`.
pub async fn show(
    State(site): Shared,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
    request: Request<Body>,
) -> Response {
    let visit = session::visit(&site, request.headers(), request.extensions()).await;
    let other = asked.language.as_deref().and_then(Language::from_tag);
    let language = other.unwrap_or(visit.language);
    let Some(page) = guide::pages(language).iter().find(|page| page.name == name) else {
        return missing(&site, language);
    };
    let html = document(&site, &visit, language, other.is_some(), page);
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::VARY, HeaderValue::from_static("Accept-Language, Cookie")),
    ];
    (headers, Html(html)).into_response()
}

fn missing(site: &Site, language: Language) -> Response {
    let body = format!(
        "<p>{}</p><p><a href=\"/guide\">{}</a></p>",
        words::missing_text(language),
        words::guide(language)
    );
    page::page(&*site.ports.secrets, language, StatusCode::NOT_FOUND, words::missing(language), &body)
}

/// `GET /guide/pictures/{name}`.
pub async fn picture(Path(name): Path<String>) -> Response {
    let Some(png) = guide::picture(&name) else {
        return (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response();
    };
    let headers = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "public, max-age=3600")];
    (headers, png).into_response()
}

/// The whole page; `kept` says that links keep to this language.
fn document(site: &Site, visit: &Visit, language: Language, kept: bool, page: &Page) -> String {
    let tag = language.tag();
    let theme = visit.theme.as_ref().map(|theme| format!(" data-theme=\"{theme}\"")).unwrap_or_default();
    let other = Language::ALL.into_iter().find(|l| *l != language).unwrap_or(language);
    let other_name = if other == Language::En { "English" } else { "Русский" };
    let (title, css, tongue) = (escape(&page.title), &site.services.assets.css, other.tag());
    let head = format!(
        "<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title} · Muster</title><link rel=\"stylesheet\" href=\"/pkg/{css}\">"
    );
    let top = format!(
        "<a class=\"brand\" href=\"/guide\">Muster · {}</a>\
         <a href=\"{}?in={tongue}\" lang=\"{tongue}\" hreflang=\"{tongue}\">{other_name}</a><a href=\"/users\">{}</a>",
        words::guide(language),
        guide::address(page.name),
        words::guide_back(language),
    );
    let html = format!(
        "<!doctype html><html lang=\"{tag}\"{theme}><head>{head}</head><body class=\"guide\"><header>{top}</header>\
         <nav aria-label=\"{}\"><details><summary>{}</summary></details>{}</nav><main>{}</main></body></html>",
        words::guide_pages(language),
        words::guide_pages(language),
        contents(language, page),
        page.html,
    );
    let html = match visit.theme.as_deref() {
        Some("dark") => html.replace(DARK, "all"),
        Some(_) => html.replace(DARK, "not all"),
        None => html,
    };
    if kept { keeping(&html, tag) } else { html }
}

/// Links within the guide that keep to a language.
fn keeping(html: &str, tag: &str) -> String {
    let mut out = String::with_capacity(html.len() + 1024);
    let mut parts = html.split("href=\"/guide");
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (link, rest) = part.split_once('"').unwrap_or((part, ""));
        let (path, place) = link.split_once('#').unwrap_or((link, ""));
        let place = if place.is_empty() { String::new() } else { format!("#{place}") };
        let asked = if path.contains('?') { String::new() } else { format!("?in={tag}") };
        let _ = write!(out, "href=\"/guide{path}{asked}{place}\"{rest}");
    }
    out
}

fn contents(language: Language, here: &Page) -> String {
    let mut list = String::from("<ol>");
    for page in guide::pages(language) {
        let current = if page.name == here.name { " aria-current=\"page\"" } else { "" };
        let (address, title) = (guide::address(page.name), escape(&page.title));
        let _ = write!(list, "<li><a href=\"{address}\"{current}>{title}</a></li>");
    }
    list + "</ol>"
}

#[cfg(test)]
mod tests {
    use super::keeping;

    #[test]
    fn links_of_the_guide_keep_to_a_language_and_others_are_left_alone() {
        let html = r#"<a href="/guide/users#who">a</a><a href="/guide">b</a><a href="/guide/x?in=en">c</a><a href="/users">d</a>"#;
        let kept = r#"<a href="/guide/users?in=ru#who">a</a><a href="/guide?in=ru">b</a><a href="/guide/x?in=en">c</a><a href="/users">d</a>"#;
        assert_eq!(keeping(html, "ru"), kept);
    }
}
