//! Sessions: the cookie, who it stands for, and its end.

use super::{
    Shared, Site,
    client::{self, Peer},
    page, words,
};
use app::services::Visit;
use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use muster_domain::{
    Language, WorkspaceId,
    account::{Permission, Who},
    audit::By,
    ports::{SessionRow, StoreError},
    usecase::sign_in,
};

/// The cookie of a session.
pub const COOKIE: &str = "muster_session";
/// Where a session begins, unless a page was asked for.
pub const HOME: &str = "/users";
/// The workspace that the page which asks was made for. Its scripts and links say it in the query.
pub const SHOWN: HeaderName = HeaderName::from_static("x-muster-workspace");

/// The value of a cookie.
#[must_use]
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, value)| value)
}

/// The language of a page for someone who is not signed in.
#[must_use]
pub fn language(headers: &HeaderMap) -> Language {
    let chosen = cookie(headers, "muster_language").and_then(Language::from_tag);
    let accepted =
        || headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).and_then(Language::from_accept);
    chosen.or_else(accepted).unwrap_or_default()
}

/// The session, if it is alive.
pub async fn live(site: &Site, headers: &HeaderMap) -> Option<SessionRow> {
    let secret = cookie(headers, COOKIE).filter(|c| c.len() == 43)?;
    match sign_in::session(&site.ports, secret).await {
        Ok(session) => session,
        Err(error) => {
            tracing::error!(%error, "session");
            None
        }
    }
}

/// Who asks, if the session is alive.
pub async fn who(site: &Site, headers: &HeaderMap) -> Option<Who> {
    live(site, headers).await.map(|session| session.who)
}

/// Whether the page that asks was made for another workspace than the session looks at by now: in another tab somebody
/// has switched. What such a page shows must not be written into, or be told as, the other one (ABUSE A29).
#[must_use]
pub fn is_elsewhere(headers: &HeaderMap, who: &Who) -> bool {
    headers.get(SHOWN).is_some_and(|shown| shown.as_bytes() != who.workspace.to_string().as_bytes())
}

/// Who asks, or the answer to who does not get anything.
///
/// # Errors
/// 401 without a session; 409 from a page that shows another workspace.
pub async fn asks(site: &Site, headers: &HeaderMap) -> Result<Who, Response> {
    let who = who(site, headers).await.ok_or_else(|| StatusCode::UNAUTHORIZED.into_response())?;
    if is_elsewhere(headers, &who) {
        let language = who.account.language.unwrap_or_else(|| language(headers));
        return Err((StatusCode::CONFLICT, words::elsewhere(language)).into_response());
    }
    Ok(who)
}

/// Who asks, if their role allows it; else what they are answered.
pub async fn allowed(site: &Site, headers: &HeaderMap, permission: Permission) -> Result<Who, Response> {
    let who = asks(site, headers).await?;
    if who.role.may(permission) {
        return Ok(who);
    }
    let language = who.account.language.unwrap_or_else(|| language(headers));
    let (title, text) = (words::forbidden(language), words::forbidden_text(language));
    Err(page::told(&*site.ports.secrets, headers, language, StatusCode::FORBIDDEN, title, text))
}

/// Whether the session is still alive and the same, without using it: an open stream is no use of a console.
pub async fn still(site: &Site, headers: &HeaderMap, who: &Who) -> bool {
    let Some(secret) = cookie(headers, COOKIE) else { return false };
    let now = site.ports.clock.now();
    let session =
        site.ports.store.session(sign_in::Secret::hash(secret), now, now.plus(-sign_in::IDLE)).await;
    session.is_ok_and(|s| s.is_some_and(|s| s.who == *who))
}

/// What the app knows of a visit.
pub async fn visit(site: &Site, headers: &HeaderMap, extensions: &Extensions) -> Visit {
    let from = client::address(headers, extensions, &site.proxies);
    let live = live(site, headers).await;
    let (session, who) = live.map_or((None, None), |live| (Some(live.id), Some(live.who)));
    let language = who.as_ref().and_then(|w| w.account.language).unwrap_or_else(|| language(headers));
    let theme = cookie(headers, "muster_theme").filter(|t| matches!(*t, "light" | "dark")).map(str::to_owned);
    Visit { who, session, language, theme, from: Some(from.to_string()) }
}

/// Begins a session in the browser: a new cookie always, and the one from before the sign-in ends (ABUSE A33).
pub async fn begin(site: &Site, headers: &HeaderMap, secret: &sign_in::Secret, to: &str) -> Response {
    if let Some(former) = cookie(headers, COOKIE)
        && let Err(error) = site.ports.store.end_session(sign_in::Secret::hash(former)).await
    {
        tracing::error!(%error, "the former session");
    }
    with_session(site, &secret.0, sign_in::ABSOLUTE / muster_domain::time::SECOND, to).await
}

async fn with_session(site: &Site, value: &str, seconds: i64, to: &str) -> Response {
    with_cookie(site, format!("{COOKIE}={value}; HttpOnly; Max-Age={seconds}"), to).await
}

/// Leads on, with a cookie for all of this server and for nobody else.
async fn with_cookie(site: &Site, cookie: String, to: &str) -> Response {
    let secure = if site.secure().await { "; Secure" } else { "" };
    let mut response = Redirect::to(to).into_response();
    if let Ok(cookie) = HeaderValue::try_from(format!("{cookie}; Path=/; SameSite=Lax{secure}")) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// `POST /session/end`: signs out here.
pub async fn end(State(site): Shared, peer: Peer, headers: HeaderMap) -> Response {
    if let Some(secret) = cookie(&headers, COOKIE)
        && let Some(who) = who(&site, &headers).await
        && let by = site.acting(By::account(&who.account), &peer.0)
        && let Err(error) = by.store.end_session(sign_in::Secret::hash(secret)).await
    {
        tracing::error!(%error, "sign out");
    }
    with_session(&site, "", 0, "/login").await
}

/// `POST /session/end-all`: signs out everywhere.
pub async fn end_all(State(site): Shared, peer: Peer, headers: HeaderMap) -> Response {
    if let Some(who) = who(&site, &headers).await
        && let by = site.acting(By::account(&who.account), &peer.0)
        && let Err(error) = by.store.end_sessions(who.account.id).await
    {
        tracing::error!(%error, "sign out everywhere");
    }
    with_session(&site, "", 0, "/login").await
}

/// What the switcher's buttons send.
#[derive(serde::Deserialize)]
pub struct Switched {
    workspace: String,
}

/// `POST /session/workspace`: the session looks at another workspace of its account. One that is none of them changes
/// nothing.
pub async fn switched(State(site): Shared, headers: HeaderMap, Form(to): Form<Switched>) -> Response {
    if let (Some(secret), Ok(workspace)) = (cookie(&headers, COOKIE), to.workspace.parse()) {
        switch(&site, secret, workspace).await;
    }
    Redirect::to(HOME).into_response()
}

async fn switch(site: &Site, secret: &str, to: WorkspaceId) {
    let (hash, now) = (sign_in::Secret::hash(secret), site.ports.clock.now());
    match site.ports.store.switch_session(hash, to, now).await {
        Ok(()) | Err(StoreError::NotFound) => {}
        Err(error) => tracing::error!(%error, "another workspace"),
    }
}

/// Lets the session of these headers look at another workspace of its account.
pub async fn go_to(site: &Site, headers: &HeaderMap, to: WorkspaceId) -> Response {
    if let Some(secret) = cookie(headers, COOKIE) {
        switch(site, secret, to).await;
    }
    Redirect::to(HOME).into_response()
}

/// What the language's buttons send.
#[derive(serde::Deserialize)]
pub struct Chosen {
    language: String,
    #[serde(default)]
    back: String,
}

/// `POST /session/language`: another language, for the account if there is one.
pub async fn language_chosen(
    State(site): Shared,
    headers: HeaderMap,
    Form(chosen): Form<Chosen>,
) -> Response {
    let Some(language) = Language::from_tag(&chosen.language) else {
        return Redirect::to(back(&chosen.back)).into_response();
    };
    if let Some(who) = who(&site, &headers).await
        && let Err(error) = site.ports.store.set_language(who.account.id, language).await
    {
        tracing::error!(%error, "language");
    }
    preference(&site, "muster_language", language.tag(), &chosen.back).await
}

/// What the theme's buttons send.
#[derive(serde::Deserialize)]
pub struct Turned {
    theme: String,
    #[serde(default)]
    back: String,
}

/// `POST /session/theme`: light, dark, or as the system.
pub async fn theme_turned(State(site): Shared, Form(turned): Form<Turned>) -> Response {
    let theme = ["light", "dark"].into_iter().find(|theme| *theme == turned.theme).unwrap_or("system");
    preference(&site, "muster_theme", theme, &turned.back).await
}

async fn preference(site: &Site, name: &str, value: &'static str, to: &str) -> Response {
    with_cookie(site, format!("{name}={value}; Max-Age=31536000"), back(to)).await
}

/// The page of the console that a form came from, with what was looked for there; its first page for anything else
/// (ABUSE A39).
#[must_use]
pub fn back(address: &str) -> &str {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let made_of =
        |text: &str, more: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c));
    let plain = address.len() <= 2_000 && made_of(path, "/-") && made_of(query, "=&%+-._~*");
    let first = |path: &str| path.split('/').nth(1).map(str::to_owned).filter(|name| !name.is_empty());
    let ours = first(path).is_some_and(|name| app::PATHS.iter().any(|p| first(p).as_ref() == Some(&name)));
    if plain && path.starts_with('/') && ours { address } else { HOME }
}

/// The sign-in that leads to this address afterwards.
#[must_use]
pub fn sign_in_for(address: &str) -> String {
    match back(address) {
        HOME => "/login".to_owned(),
        to => serde_urlencoded::to_string([("back", to)])
            .map_or("/login".to_owned(), |back| format!("/login?{back}")),
    }
}

/// The browser that signs in, as its account sees it in the list of sessions.
#[must_use]
pub fn browser(site: &Site, request: &http::request::Parts) -> sign_in::Browser {
    let agent = request.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let address = client::address(&request.headers, &request.extensions, &site.proxies);
    sign_in::Browser { agent: agent.to_owned(), address: address.to_string() }
}

/// The network that attempts of this request count for.
#[must_use]
pub fn network(site: &Site, request: &http::request::Parts) -> std::net::IpAddr {
    client::network(client::address(&request.headers, &request.extensions, &site.proxies))
}

#[cfg(test)]
mod tests {
    use super::{back, sign_in_for};

    #[test]
    fn a39_a_form_leads_back_to_a_page_of_the_console_alone() {
        for ours in [
            "/users",
            "/devices",
            "/users/01900000-0000-7000-8000-000000000001",
            "/users?q=%D0%90%D0%BD%D0%BD%D0%B0+x&sort=seen&desc=1&page=2",
        ] {
            assert_eq!(back(ours), ours);
        }
        for theirs in [
            "",
            "/",
            "users",
            "//users",
            "//elsewhere.example/users",
            "/\\elsewhere",
            "https://elsewhere.example",
            "javascript:alert(1)",
            "/session/end",
            "/users?x=//y",
            "/users\r\nSet-Cookie: a=b",
            "/users/../session/end",
        ] {
            assert_eq!(back(theirs), "/users", "{theirs}");
            assert_eq!(sign_in_for(theirs), "/login", "{theirs}");
        }
        assert_eq!(
            sign_in_for("/devices?status=critical&page=2"),
            "/login?back=%2Fdevices%3Fstatus%3Dcritical%26page%3D2"
        );
    }
}
