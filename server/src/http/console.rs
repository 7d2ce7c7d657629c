//! The console's pages, rendered by the app.

use super::Shared;
use crate::http::session;
use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderValue, header};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;

/// What a page of the console may load: its own files, and scripts with the nonce of this answer alone.
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'strict-dynamic' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// `GET` of a page. Who is not signed in is led to the sign-in.
pub async fn page(State(site): Shared, request: Request<Body>) -> Response {
    let visit = session::visit(&site, request.headers()).await;
    if visit.who.is_none() {
        return Redirect::to("/login").into_response();
    }
    let services = site.services.clone();
    let id = request.extensions().get::<app::services::RequestId>().cloned();
    let (assets, seen) = (services.assets.clone(), visit.clone());
    let context = move || {
        provide_context(services.clone());
        provide_context(visit.clone());
        if let Some(id) = &id {
            provide_context(id.clone());
        }
        if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
            && let Ok(policy) = HeaderValue::try_from(policy(&nonce))
        {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    };
    let render =
        leptos_axum::render_app_async_with_context(context, move || app::document_of(&assets, &seen));
    render(request).await.into_response()
}
