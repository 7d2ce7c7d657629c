//! `/{token}`: the page on the person's phone. Nothing here uses a link up (ABUSE A21).

mod descriptor;
mod notice;

pub use notice::{opened, request, state};

use super::{Shared, Site, console, page, session};
use crate::{
    adapters::qr,
    headwind::{
        owner::{Codes, NoCode},
        sheet,
        told::AGENT,
    },
    phone::{self, Chosen, State, View},
};
use axum::{
    body::Body,
    extract::{Path, Query, RawQuery, Request, State as Extract},
    response::{Html, IntoResponse, Redirect, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use muster_domain::{
    Language, Timestamp,
    detect::{Visitor, detect, ios_version},
    device::Device,
    headwind::given_number,
    host::is_for_apple,
    invitation::{Invitation, Refusal, State as Reached},
    look::Brand,
    package::AppPackage,
    ports::StoreError,
    settings::Settings,
    time::MINUTE,
    token::InvitationToken,
};
use serde::Deserialize;
use std::sync::Arc;

/// So long after a device was connected, whoever opens the link is taken for its owner who comes back to the page.
const JUST_NOW: i64 = 60 * MINUTE;
/// What an answer depends on.
const VARY: &str =
    "Accept, Accept-Language, Cookie, User-Agent, Sec-CH-UA-Platform, Sec-CH-UA-Mobile, X-Requested-With";

/// What a page's query may hold.
#[derive(Deserialize)]
pub struct Asked {
    r#as: Option<String>,
    lang: Option<String>,
}

impl Asked {
    fn chosen(&self) -> Option<Chosen> {
        self.r#as.as_deref().and_then(Chosen::from_query)
    }

    fn language(&self) -> Option<Language> {
        self.lang.as_deref().and_then(Language::from_tag)
    }
}

/// What a browser says of itself; what is no ASCII in it is no reason not to look at the rest.
fn user_agent(headers: &HeaderMap) -> String {
    let said = headers.get(header::USER_AGENT).map(HeaderValue::as_bytes).unwrap_or_default();
    String::from_utf8_lossy(said).into_owned()
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|v| v.to_str().ok())
}

/// What kind of machine asks.
#[must_use]
pub fn visitor(headers: &HeaderMap) -> Visitor {
    detect(
        &user_agent(headers),
        text(headers, "sec-ch-ua-platform"),
        text(headers, "sec-ch-ua-mobile"),
        text(headers, "x-requested-with"),
    )
}

/// A link that somebody has, with the workspace's settings and the device that it connected.
struct Found {
    invitation: Invitation,
    settings: Settings,
    device: Option<Device>,
}

impl Found {
    fn model(&self) -> Option<&str> {
        self.device.as_ref()?.facts.model.as_deref()
    }

    /// A device has begun with the link and is not connected yet (Apple: between `Authenticate` and `TokenUpdate`): the page
    /// that waits for it is most likely its own.
    fn is_on_its_way(&self) -> bool {
        self.invitation.state == Reached::Enrolling && self.invitation.hardware_id.is_some()
    }

    /// The codes for its phones.
    fn codes<'c>(&'c self, site: &'c Site) -> Codes<'c> {
        let base = self.settings.public_url.as_deref().unwrap_or(&site.address);
        Codes { ports: &site.ports, settings: &self.settings, base }
    }

    /// How far the link came, for a page; `visitor` is what asks for it.
    fn reached(&self, visitor: Visitor, now: Timestamp) -> State<'_> {
        let Invitation { state, enrolled_at, requested_at, .. } = &self.invitation;
        if *state == Reached::Enrolled {
            let at = enrolled_at.unwrap_or(now);
            let platform = self.device.as_ref().map(|d| d.platform);
            let other = phone::platform(visitor).is_some_and(|asks| platform.is_some_and(|p| p != asks));
            if self.device.as_ref().is_some_and(|d| d.left_at.is_some()) {
                return State::Left { model: self.model() };
            }
            return if other || now.since(at) > JUST_NOW {
                State::Used { model: self.model(), at }
            } else {
                State::Connected { model: self.model() }
            };
        }
        if self.is_on_its_way() {
            return State::Waiting;
        }
        match self.invitation.admits(None, now) {
            Err(Refusal::Expired) if requested_at.is_some() => State::Requested,
            Err(refusal) => State::Refused(refusal),
            Ok(()) => State::Waiting,
        }
    }
}

/// The link; `None` for what is shaped like a token and known to nobody.
async fn find(site: &Site, token: &InvitationToken) -> Result<Option<Found>, StoreError> {
    let store = &site.ports.store;
    let Some(invitation) = store.find_invitation(token.hash()).await? else { return Ok(None) };
    let settings = store.settings(invitation.workspace).await?;
    let device = match invitation.device {
        Some(id) => store.device(invitation.workspace, id).await?,
        None => None,
    };
    Ok(Some(Found { invitation, settings, device }))
}

/// Whose server it is, for links that nobody knows: told where one company alone has it.
async fn host(site: &Site) -> Settings {
    let store = &site.ports.store;
    match store.workspaces().await.as_deref() {
        Ok([only]) => store.settings(*only).await.unwrap_or_default(),
        _ => Settings::default(),
    }
}

/// The same of how it looks.
async fn brand_of_host(site: &Site) -> Result<Arc<Brand>, StoreError> {
    let store = &site.ports.store;
    match store.workspaces().await?.as_slice() {
        [only] => store.brand(*only).await,
        _ => Ok(Arc::default()),
    }
}

/// Whether iPhones and iPads can be connected now: the workspace has an APNs certificate that holds, and they reach this server
/// by an address that they take.
async fn apple_ready(site: &Site, found: Option<&Found>) -> bool {
    let Some(found) = found else { return false };
    let base = found.settings.public_url.as_deref().unwrap_or(&site.address);
    if !is_for_apple(base) {
        tracing::warn!(
            "iPhones and iPads cannot be connected: the public address does not begin with https://"
        );
        return false;
    }
    match site.ports.store.push_certificate(found.invitation.workspace).await {
        Ok(certificate) => certificate.is_some_and(|c| c.holds_at(site.ports.clock.now())),
        Err(error) => {
            tracing::error!(%error, "certificate");
            false
        }
    }
}

/// What is not shaped like a token is a plain 404.
fn nothing() -> Response {
    (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response()
}

/// A page to be shown.
struct Shown<'a> {
    token: &'a InvitationToken,
    headers: &'a HeaderMap,
    asked: &'a Asked,
}

impl Shown<'_> {
    async fn page(&self, site: &Site, found: Option<&Found>, state: State<'_>) -> Response {
        let mut nonce = [0; 16];
        site.ports.secrets.fill(&mut nonce);
        let nonce = STANDARD_NO_PAD.encode(nonce);
        let hosts;
        let settings = match found {
            Some(found) => &found.settings,
            None => {
                hosts = host(site).await;
                &hosts
            }
        };
        let brand = match found {
            Some(found) => site.ports.store.brand(found.invitation.workspace).await,
            None => brand_of_host(site).await,
        };
        // A page without the company's colour is better than none.
        let brand = brand.unwrap_or_else(|error| {
            tracing::error!(%error, "look");
            Arc::default()
        });
        let logo = brand.logo.as_ref().map(|logo| (format!("/logo/{}.png", logo.name), logo));
        let token = self.token.reveal();
        let link = format!("{}/{token}", settings.public_url.as_deref().unwrap_or(&site.address));
        let language = self.asked.language();
        let number = found.filter(|_| settings.agent_package == AGENT).map(|f| given_number(f.invitation.id));
        let here = visitor(self.headers);
        let package = match (phone::visitor(here, self.asked.chosen()), found) {
            (Visitor::Android { .. }, Some(found)) => package(site, found).await,
            _ => None,
        };
        let owner = match (phone::visitor(here, self.asked.chosen()), found) {
            (Visitor::Desktop { .. } | Visitor::Bot | Visitor::Other, Some(found)) => {
                found.codes(site).ready(found.invitation.workspace).await.is_ok()
            }
            _ => false,
        };
        let view = View {
            language: language.unwrap_or_else(|| session::language(self.headers)),
            language_chosen: language.is_some(),
            nonce: &nonce,
            company: settings.name.as_str(),
            person: found.map_or("", |f| f.invitation.user_name.as_str()),
            link: &link,
            link_path: &format!("/{token}"),
            svg_qr: qr::svg,
            visitor: here,
            chosen: self.asked.chosen(),
            expires_at: found.map_or(Timestamp::default(), |f| f.invitation.expires_at),
            help: settings.help_contact.as_deref(),
            look: &brand.look,
            logo: logo.as_ref().map(|(address, logo)| phone::Logo {
                address,
                width: logo.width,
                height: logo.height,
            }),
            agent_package: &settings.agent_package,
            headwind: number.as_deref().map(|number| phone::Headwind { number }),
            package: package.as_ref().map(|(address, package, version)| phone::Package {
                address,
                version,
                size: package.size,
                sha256: &package.sha256,
            }),
            owner,
            apple_ready: apple_ready(site, found).await,
            ios: text(self.headers, "user-agent").and_then(ios_version),
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
        response
    }
}

/// The agent's package as a page offers it: its address, itself, its version. A page without it is better than none.
async fn package(site: &Site, found: &Found) -> Option<(String, AppPackage, String)> {
    let store = &site.ports.store;
    let package = store.package(found.invitation.workspace, &found.settings.agent_package).await;
    let package = package.unwrap_or_else(|error| {
        tracing::error!(%error, "package");
        None
    })?;
    let version = package.version();
    Some((site.ports.secrets.package_address(package.id).path(), package, version))
}

/// `GET /{token}/owner.png`: the code that a phone fresh from its box scans, while the link connects a device.
pub async fn owner(Extract(site): Shared, Path(token): Path<String>) -> Response {
    let Ok(token) = token.parse::<InvitationToken>() else { return nothing() };
    let found = match find(&site, &token).await {
        Ok(Some(found)) => found,
        Ok(None) => return nothing(),
        Err(error) => {
            tracing::error!(%error, "code");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    if found.invitation.admits(None, site.ports.clock.now()).is_err() {
        return nothing();
    }
    let codes = found.codes(&site);
    match codes.owner(&found.invitation, &format!("{}/{}", codes.base, token.reveal())).await {
        Ok(text) => match qr::large(&text) {
            Ok(png) => ([(header::CONTENT_TYPE, "image/png")], png).into_response(),
            Err(_) => nothing(),
        },
        Err(NoCode::Store(error)) => {
            tracing::error!(%error, "code");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        Err(why) => {
            if matches!(why, NoCode::Unwritten(_)) {
                tracing::warn!(%why, "no code for new phones");
            }
            nothing()
        }
    }
}

/// `GET /{token}/code.png`: the code that Headwind's agent scans in place of server and number, while the link connects a device.
pub async fn code(Extract(site): Shared, Path(token): Path<String>) -> Response {
    let Ok(token) = token.parse::<InvitationToken>() else { return nothing() };
    let found = match find(&site, &token).await {
        Ok(Some(found)) => found,
        Ok(None) => return nothing(),
        Err(error) => {
            tracing::error!(%error, "code");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let (invitation, settings) = (&found.invitation, &found.settings);
    if settings.agent_package != AGENT || invitation.admits(None, site.ports.clock.now()).is_err() {
        return nothing();
    }
    let base = settings.public_url.as_deref().unwrap_or(&site.address);
    let text = sheet::scanned(&format!("{base}/{}", token.reveal()), &given_number(invitation.id));
    match text.map(|text| qr::png(&text)) {
        Some(Ok(png)) => ([(header::CONTENT_TYPE, "image/png")], png).into_response(),
        _ => nothing(),
    }
}

/// An agent asks for JSON, and a browser always for HTML too.
fn wants_json(headers: &HeaderMap) -> bool {
    text(headers, "accept").is_some_and(|a| a.contains("application/json") && !a.contains("text/html"))
}

/// `GET /{token}/`: some mail programs and people end an address so. Leads to the address without the slash.
pub async fn slashed(Path(token): Path<String>, RawQuery(query): RawQuery) -> Response {
    let Ok(token) = token.parse::<InvitationToken>() else { return nothing() };
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    Redirect::permanent(&format!("/{}{query}", token.reveal())).into_response()
}

/// `GET /{token}`: the page, or the descriptor for an agent that asks for JSON.
pub async fn look(
    Extract(site): Shared,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
    request: Request<Body>,
) -> Response {
    let Ok(token) = token.parse::<InvitationToken>() else {
        // Who is signed in mistyped an address of the console.
        let headers = request.headers();
        let known = session::cookie(headers, session::COOKIE).is_some();
        return if known && page::wanted(headers) {
            console::missing(Extract(site), request).await
        } else {
            nothing()
        };
    };
    let headers = request.headers().clone();
    let found = find(&site, &token).await;
    let now = site.ports.clock.now();
    let shown = Shown { token: &token, headers: &headers, asked: &asked };
    let mut response = match &found {
        _ if wants_json(&headers) => descriptor::answer(&site, &token, &found, &headers, now).await,
        Ok(None) => shown.page(&site, None, State::Unknown).await,
        Ok(Some(found)) => {
            let asks = phone::visitor(visitor(&headers), asked.chosen());
            shown.page(&site, Some(found), found.reached(asks, now)).await
        }
        Err(error) => {
            tracing::error!(%error, "link");
            shown.page(&site, None, State::Unavailable).await
        }
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static(VARY));
    response
}
