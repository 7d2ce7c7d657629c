//! The console's pages, rendered by the app.

use super::{
    Shared, Site, page, session,
    within::{Known, Within},
    words,
};
use app::services::Visit;
use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderValue, Method, StatusCode, Uri, header};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;
use tokio::task::JoinError;
use tracing::Instrument;

/// What a page of the console may load: its own files, and scripts with the nonce of this answer alone.
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'strict-dynamic' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// `GET` of a page. Who is not signed in is led to the sign-in, and from there back to it.
pub async fn page(State(site): Shared, request: Request<Body>) -> Response {
    let visit = session::visit(&site, request.headers(), request.extensions()).await;
    if visit.who.is_none() {
        let asked = request.uri().path_and_query().map_or("", |asked| asked.as_str());
        return Redirect::to(&session::sign_in_for(asked)).into_response();
    }
    render(&site, visit, request).await
}

/// `GET` of a page's address with a slash at its end: leads to the address without.
pub async fn slashed(uri: Uri) -> Redirect {
    let path = uri.path().trim_end_matches('/');
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    Redirect::permanent(&format!("{path}{query}"))
}

/// Where no route leads. Who is signed in gets the console with the way back, anyone else a plain page.
pub async fn missing(State(site): Shared, request: Request<Body>) -> Response {
    let page = matches!(*request.method(), Method::GET | Method::HEAD);
    if !page || !page::wanted(request.headers()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let visit = session::visit(&site, request.headers(), request.extensions()).await;
    if visit.who.is_some() {
        return render(&site, visit, request).await;
    }
    let (title, text) = (words::missing(visit.language), words::missing_text(visit.language));
    let body =
        format!("<p>{text}</p><p><a href=\"/login\">{}</a></p>", words::sign_in_button(visit.language));
    page::page(&*site.ports.secrets, visit.language, StatusCode::NOT_FOUND, title, &body)
}

async fn render(site: &Site, visit: Visit, request: Request<Body>) -> Response {
    let zone = session::cookie(request.headers(), app::zone::COOKIE).and_then(app::Zone::parse);
    let services = site.services.clone();
    let id = request.extensions().get::<app::services::RequestId>().cloned();
    let (assets, seen, path) = (services.assets.clone(), visit.clone(), request.uri().path().to_owned());
    let owner = Known::default();
    let known = owner.clone();
    let context = move || {
        if let Some(owner) = Owner::current() {
            let _ = known.set(owner);
        }
        provide_context(services.clone());
        provide_context(visit.clone());
        provide_context(zone.clone().unwrap_or_default());
        if let Some(id) = &id {
            provide_context(id.clone());
        }
        if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
            && let Ok(policy) = HeaderValue::try_from(policy(&nonce))
        {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    };
    let document = move || app::document_of(&assets, &seen, &path);
    let render = leptos_axum::render_app_async_with_context(context, document);
    // As a task of its own, which goes on when the browser hangs up: what Leptos has spawned for a page reads its signals
    // until it is rendered, and would find them gone.
    let rendered = tokio::spawn(Within::new(owner, render(request)).in_current_span()).await;
    match rendered.map_err(JoinError::try_into_panic) {
        Ok(page) => page.into_response(),
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        // The server has ended.
        Err(Err(_)) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
