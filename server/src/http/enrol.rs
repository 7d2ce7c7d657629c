//! `/{token}`: the page on the person's phone. Nothing here uses a link up (ABUSE A21).

use super::{Shared, Site, page, session};
use crate::{
    adapters::qr,
    phone::{self, Chosen, State, View},
};
use axum::{
    Json,
    extract::{Path, Query, State as Extract},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use muster_agent_protocol::messages::Descriptor;
use muster_domain::{
    Timestamp,
    detect::{Visitor, detect},
    device::Platform,
    invitation::{Invitation, Refusal, State as Reached},
    settings::Settings,
    token::InvitationToken,
};
use serde::Deserialize;
use serde_json::json;

/// What a page's query may hold.
#[derive(Deserialize)]
pub struct Asked {
    r#as: Option<String>,
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|v| v.to_str().ok())
}

/// What kind of machine asks.
#[must_use]
pub fn visitor(headers: &HeaderMap) -> Visitor {
    detect(
        text(headers, "user-agent").unwrap_or_default(),
        text(headers, "sec-ch-ua-platform"),
        text(headers, "sec-ch-ua-mobile"),
        text(headers, "x-requested-with"),
    )
}

/// The invitation of a link with its workspace's settings; `Ok(None)` for what is shaped like a token and known
/// to nobody.
async fn find(site: &Site, token: &InvitationToken) -> Result<Option<(Invitation, Settings)>, Response> {
    let failed = |error: muster_domain::ports::StoreError| {
        tracing::error!(%error, "link");
        (StatusCode::SERVICE_UNAVAILABLE, "Muster cannot look this up now. Try again in a minute.\n")
            .into_response()
    };
    let Some(invitation) = site.ports.store.find_invitation(token.hash()).await.map_err(failed)? else {
        return Ok(None);
    };
    let settings = site.ports.store.settings(invitation.workspace).await.map_err(failed)?;
    Ok(Some((invitation, settings)))
}

/// What is not shaped like a token is a plain 404.
fn nothing() -> Response {
    (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response()
}

fn reached<'a>(invitation: &Invitation, model: Option<&'a str>, now: Timestamp) -> State<'a> {
    match invitation.admits(None, now) {
        _ if invitation.state == Reached::Enrolled => State::Connected { model },
        Err(refusal) => State::Refused(refusal),
        Ok(()) => State::Waiting,
    }
}

async fn model(site: &Site, invitation: &Invitation) -> Option<String> {
    let device = site.ports.store.device(invitation.workspace, invitation.device?).await.ok().flatten()?;
    device.facts.model
}

/// The first word of a name, as one greets somebody.
fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

struct Shown<'a> {
    token: &'a InvitationToken,
    headers: &'a HeaderMap,
    chosen: Option<Chosen>,
}

fn show(
    site: &Site,
    shown: &Shown<'_>,
    found: Option<&(Invitation, Settings)>,
    state: State<'_>,
) -> Response {
    let mut nonce = [0; 16];
    site.ports.secrets.fill(&mut nonce);
    let nonce = STANDARD_NO_PAD.encode(nonce);
    let defaults = Settings::default();
    let settings = found.map_or(&defaults, |(_, settings)| settings);
    let token = shown.token.reveal();
    let link = format!("{}/{token}", settings.public_url.as_deref().unwrap_or(&site.address));
    let view = View {
        language: session::language(shown.headers),
        nonce: &nonce,
        company: settings.name.as_str(),
        person_first_name: found.map_or("", |(i, _)| first_name(&i.user_name)),
        link: &link,
        link_path: &format!("/{token}"),
        svg_qr: qr::svg,
        visitor: visitor(shown.headers),
        chosen: shown.chosen,
        expires_at: found.map_or(Timestamp::default(), |(i, _)| i.expires_at),
        help: settings.help_contact.as_deref(),
        agent_package: &settings.agent_package,
        apple_ready: false,
        state,
    };
    let status = StatusCode::from_u16(phone::status(&state)).unwrap_or(StatusCode::OK);
    let mut response = (status, Html(phone::page(&view))).into_response();
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; \
         img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let vary = HeaderValue::from_static("Accept, Accept-Language, User-Agent, Sec-CH-UA-Platform");
    response.headers_mut().insert(header::VARY, vary);
    response
}

/// `GET /{token}`: the page, or the descriptor for an agent that asks for JSON.
pub async fn look(
    Extract(site): Shared,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let Ok(token) = token.parse::<InvitationToken>() else { return nothing() };
    let found = match find(&site, &token).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let now = site.ports.clock.now();
    let wants_json =
        text(&headers, "accept").is_some_and(|a| a.contains("application/json") && !a.contains("text/html"));
    if wants_json {
        return descriptor(&site, &token, found.as_ref(), now);
    }
    let model = match &found {
        Some((invitation, _)) => model(&site, invitation).await,
        None => None,
    };
    let state = found.as_ref().map_or(State::Unknown, |(i, _)| reached(i, model.as_deref(), now));
    let shown = Shown {
        token: &token,
        headers: &headers,
        chosen: asked.r#as.as_deref().and_then(Chosen::from_query),
    };
    show(&site, &shown, found.as_ref(), state)
}

fn descriptor(
    site: &Site,
    token: &InvitationToken,
    found: Option<&(Invitation, Settings)>,
    now: Timestamp,
) -> Response {
    use muster_agent_protocol::problem::ProblemCode;
    let Some((invitation, settings)) = found else { return super::agent::problem(ProblemCode::LinkUnknown) };
    // A device that was connected may come back: only what nobody can use any more is refused here.
    match invitation.admits(invitation.hardware_id.as_deref(), now) {
        Err(Refusal::Expired) => return super::agent::problem(ProblemCode::LinkExpired),
        Err(Refusal::Revoked) => return super::agent::problem(ProblemCode::LinkRevoked),
        _ => {}
    }
    let base = settings.public_url.as_deref().unwrap_or(&site.address);
    Json(Descriptor {
        protocol: muster_agent_protocol::PROTOCOL.into(),
        version: muster_agent_protocol::VERSION,
        organisation: settings.name.to_string(),
        claim_url: muster_agent_protocol::paths::claim(&format!("{base}/{}", token.reveal())),
        expires_at: invitation.expires_at.rfc3339(),
        server_time: now.rfc3339(),
    })
    .into_response()
}

/// `POST /{token}/opened`: the page was looked at for two seconds. A hint, and never a claim.
pub async fn opened(Extract(site): Shared, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let Ok(token) = token.parse::<InvitationToken>() else { return nothing() };
    let prefetch =
        text(&headers, "sec-purpose").or(text(&headers, "purpose")).is_some_and(|p| p.contains("prefetch"));
    let visitor = visitor(&headers);
    if let Ok(Some((invitation, _))) = find(&site, &token).await
        && !prefetch
        && visitor != Visitor::Bot
    {
        let platform = match visitor {
            Visitor::Android { .. } => Some(Platform::Android),
            Visitor::Iphone { .. } => Some(Platform::Ios),
            Visitor::Ipad { .. } => Some(Platform::Ipados),
            _ => None,
        };
        let now = site.ports.clock.now();
        if let Err(error) = site.ports.store.opened(invitation.workspace, invitation.id, platform, now).await
        {
            tracing::error!(%error, "opened");
        }
    }
    StatusCode::NO_CONTENT.into_response()
}

/// `GET /{token}/state`: what the open page asks for.
pub async fn state(Extract(site): Shared, Path(token): Path<String>) -> Response {
    let Ok(token) = token.parse::<InvitationToken>() else { return nothing() };
    match find(&site, &token).await {
        Ok(Some((invitation, _))) => {
            let model = model(&site, &invitation).await;
            let state = match reached(&invitation, None, site.ports.clock.now()) {
                State::Connected { .. } => "connected",
                State::Waiting => "waiting",
                _ => "refused",
            };
            Json(json!({ "state": state, "model": model })).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(response) => response,
    }
}

/// `POST /{token}/request`: asks for a new link; works without a script.
pub async fn request(Extract(site): Shared, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let Ok(token) = token.parse::<InvitationToken>() else { return nothing() };
    let found = match find(&site, &token).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let shown = Shown { token: &token, headers: &headers, chosen: None };
    let Some((invitation, _)) = &found else { return show(&site, &shown, None, State::Unknown) };
    let now = site.ports.clock.now();
    let state = reached(invitation, None, now);
    if state != State::Refused(Refusal::Expired) {
        return show(&site, &shown, found.as_ref(), state);
    }
    match site.ports.store.request_link(invitation.workspace, invitation.id, now).await {
        Ok(()) => show(&site, &shown, found.as_ref(), State::Requested),
        Err(error) => {
            tracing::error!(%error, "request");
            let body = String::new();
            page::page(
                &*site.ports.secrets,
                session::language(&headers),
                StatusCode::SERVICE_UNAVAILABLE,
                "Muster",
                &body,
            )
        }
    }
}
