//! `/settings/apple/…`: what the browser downloads of the APNs certificate. The key leaves the server only here, in PKCS#12
//! behind a password, and in no JSON (ABUSE A30).

use super::{Shared, Site, client::Peer, page, session, words};
use crate::{apple::certificates, html::escape};
use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, StatusCode, header};
use muster_domain::{
    Language,
    account::{Permission, Who},
    audit::Act,
    ports::StoreError,
    usecase::Ports,
};
use serde::Deserialize;

/// The file of the request, with its name.
fn file(name: &str, kind: &'static str, bytes: impl IntoResponse) -> Response {
    let named = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, named)], bytes).into_response()
}

fn acting(site: &Site, who: &Who, peer: Peer) -> Ports {
    let act = Act::of(who, Some(peer.0), site.ports.clock.now());
    Ports { store: site.ports.store.acting(act), ..site.ports.clone() }
}

/// Why there is no file, on a page with the way back.
fn told(
    site: &Site,
    who: &Who,
    headers: &HeaderMap,
    status: StatusCode,
    why: fn(Language) -> &'static str,
) -> Response {
    let language = who.account.language.unwrap_or_else(|| session::language(headers));
    let body = format!(
        "<p>{}</p><p><a href=\"/settings/apple\">{}</a></p>",
        escape(why(language)),
        words::certificate_back(language)
    );
    page::page(&*site.ports.secrets, language, status, words::certificate(language), &body)
}

fn failed(error: &StoreError) -> Response {
    tracing::error!(%error, "certificate");
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

/// `GET /settings/apple/request.csr`: the request that was made here, in PEM.
pub async fn request(State(site): Shared, headers: HeaderMap) -> Response {
    let who = match session::allowed(&site, &headers, Permission::Configure).await {
        Ok(who) => who,
        Err(answer) => return answer,
    };
    match site.ports.store.push_request(who.workspace).await {
        Ok(Some((request, _))) => {
            file("muster-push.csr", "application/x-pem-file", certificates::csr_pem(&request))
        }
        Ok(None) => told(&site, &who, &headers, StatusCode::NOT_FOUND, words::certificate_no_request),
        Err(error) => failed(&error),
    }
}

/// `POST /settings/apple/request.plist`: the same, signed by the workspace's vendor certificate, for Apple's portal.
pub async fn signed_request(State(site): Shared, peer: Peer, headers: HeaderMap) -> Response {
    let who = match session::allowed(&site, &headers, Permission::Configure).await {
        Ok(who) => who,
        Err(answer) => return answer,
    };
    match certificates::signed_request(&acting(&site, &who, peer), who.workspace).await {
        Ok(signed) => file("PushCertificateRequest.plist", "application/octet-stream", signed),
        Err(StoreError::NotFound) => {
            told(&site, &who, &headers, StatusCode::NOT_FOUND, words::certificate_no_request)
        }
        Err(StoreError::State) => {
            told(&site, &who, &headers, StatusCode::CONFLICT, words::certificate_no_vendor)
        }
        Err(error) => failed(&error),
    }
}

/// What the form of the export sends.
#[derive(Deserialize)]
pub struct Wanted {
    password: String,
}

/// `POST /settings/apple/export`: certificate and key, for who may change the settings.
pub async fn export(
    State(site): Shared,
    peer: Peer,
    headers: HeaderMap,
    Form(wanted): Form<Wanted>,
) -> Response {
    let who = match session::allowed(&site, &headers, Permission::Configure).await {
        Ok(who) => who,
        Err(answer) => return answer,
    };
    match certificates::export(&acting(&site, &who, peer), who.workspace, &wanted.password).await {
        Ok(bytes) => {
            let mut response = file("muster-apns.p12", "application/x-pkcs12", bytes);
            let no_store = http::HeaderValue::from_static("no-store");
            response.headers_mut().insert(HeaderName::from_static("cache-control"), no_store);
            response
        }
        Err(StoreError::NotFound) => {
            told(&site, &who, &headers, StatusCode::NOT_FOUND, words::certificate_none)
        }
        Err(StoreError::State) => {
            told(&site, &who, &headers, StatusCode::UNPROCESSABLE_ENTITY, words::certificate_password)
        }
        Err(error) => failed(&error),
    }
}
