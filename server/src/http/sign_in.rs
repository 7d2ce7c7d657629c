//! `/login`: a plain form that works without JavaScript.

use super::{Shared, Site, fault, page, session, words};
use crate::html::escape;
use crate::metrics::{TurnedAway, metrics};
use axum::{
    Form,
    extract::{FromRequest, Request, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, StatusCode, Uri, header};
use muster_domain::{
    EmailAddress, Language,
    audit::{Action, By, Note, Subject},
    usecase::sign_in::{self, SignedIn},
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Typed {
    email: String,
    password: String,
    /// The page that was asked for: one of the console's own, or none (ABUSE A39).
    #[serde(default)]
    back: String,
}

/// What the address of the form may say.
#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    back: String,
}

/// What stands in the form beside the password.
#[derive(Clone, Copy, Default)]
struct Filled<'t> {
    email: &'t str,
    back: &'t str,
}

fn show(
    site: &Site,
    language: Language,
    status: StatusCode,
    error: Option<&str>,
    filled: Filled<'_>,
) -> Response {
    let back = match session::back(filled.back) {
        session::HOME => String::new(),
        back => format!("<input type=\"hidden\" name=\"back\" value=\"{}\">", escape(back)),
    };
    let body = format!(
        "{}<form method=\"post\" action=\"/login\">{back}\
         <label for=\"email\">{}</label><input id=\"email\" name=\"email\" type=\"email\" autocomplete=\"username\" required autofocus value=\"{}\">\
         <label for=\"password\">{}</label><input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" required>\
         <button>{}</button></form><p class=\"hint\">{} <a href=\"/guide/sign-in\">{}</a></p>",
        page::error(error),
        words::email(language),
        escape(filled.email),
        words::password(language),
        words::sign_in_button(language),
        words::forgotten(language),
        words::sign_in_help(language),
    );
    page::page(&*site.ports.secrets, language, status, words::sign_in(language), &body)
}

/// `GET /login`.
pub async fn form(State(site): Shared, uri: Uri, headers: HeaderMap) -> Response {
    let asked: Asked = uri.query().and_then(|q| serde_urlencoded::from_str(q).ok()).unwrap_or_default();
    if session::who(&site, &headers).await.is_some() {
        return Redirect::to(session::back(&asked.back)).into_response();
    }
    let filled = Filled { back: &asked.back, ..Filled::default() };
    show(&site, session::language(&headers), StatusCode::OK, None, filled)
}

/// Tells the audit log of the account's workspaces, if there is such an account, when the answer is on its way: it takes as
/// long for a name that nobody has (ABUSE A33).
fn refused(site: &Site, email: &str, address: &str) {
    let Ok(email) = email.parse::<EmailAddress>() else { return };
    let store = site.acting(By::Visitor, address).store;
    tokio::spawn(async move {
        let note = Note::new(Action::SignInRefused, Subject::named(email.as_str()));
        if let Err(error) = store.note_account(&email, note).await {
            tracing::error!(%error, "sign in refused");
        }
    });
}

/// `POST /login`.
pub async fn submit(State(site): Shared, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let language = session::language(&parts.headers);
    let network = session::network(&site, &parts);
    let (headers, browser) = (parts.headers.clone(), session::browser(&site, &parts));
    let typed = Form::<Typed>::from_request(Request::from_parts(parts, body), &()).await;
    let Ok(Form(typed)) = typed else {
        let (status, words) = (StatusCode::UNPROCESSABLE_ENTITY, words::wrong(language));
        return show(&site, language, status, Some(words), Filled::default());
    };
    let filled = Filled { email: &typed.email, back: &typed.back };
    if !site.attempts.allow(&typed.email, network, site.ports.clock.now()) {
        metrics().turned_away(TurnedAway::Attempts);
        let (status, words) = (StatusCode::TOO_MANY_REQUESTS, words::too_many(language));
        let mut response = show(&site, language, status, Some(words), filled);
        response.headers_mut().insert(header::RETRY_AFTER, fault::LATER);
        return response;
    }
    match sign_in::sign_in(&site.ports, &typed.email, &typed.password, &browser).await {
        Ok(SignedIn::Yes(secret)) => {
            site.attempts.forget(&typed.email);
            session::begin(&site, &headers, &secret, session::back(&typed.back)).await
        }
        Ok(SignedIn::Nowhere) => {
            show(&site, language, StatusCode::FORBIDDEN, Some(words::nowhere(language)), filled)
        }
        Ok(SignedIn::No) => {
            refused(&site, &typed.email, &browser.address);
            show(&site, language, StatusCode::UNAUTHORIZED, Some(words::wrong(language)), filled)
        }
        // `fault` says so in words, with the reference.
        Err(error) => {
            tracing::error!(%error, "sign in");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
