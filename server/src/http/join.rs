//! `/join/{link}`: an invitation to a workspace's console, taken up by the account of its address alone (ABUSE A27). A
//! plain page that works without JavaScript; opening it uses nothing up.

use super::{Shared, Site, fault, page, session, words};
use crate::{
    html::escape,
    metrics::{TurnedAway, metrics},
};
use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header, request::Parts};
use muster_domain::{
    AccountId, Language,
    account::{Account, Role},
    audit::By,
    ports::{Offered, StoreError},
    usecase::{
        colleagues,
        sign_in::{self, SetupError},
    },
};
use serde::Deserialize;

/// What was typed into the form.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
}

/// Who opens the link.
enum Visitor {
    /// Signed in with the account that it is for.
    Invited(AccountId),
    /// Signed in with another one.
    Other(Account),
    /// Not signed in; the address has an account.
    Known,
    /// Not signed in; it has none.
    New,
}

async fn visitor(site: &Site, headers: &HeaderMap, offered: &Offered) -> Result<Visitor, StoreError> {
    if let Some(who) = session::who(site, headers).await {
        let same = who.account.email.key() == offered.email.key();
        return Ok(if same { Visitor::Invited(who.account.id) } else { Visitor::Other(who.account) });
    }
    let known = site.ports.store.account_by_email(&offered.email).await?.is_some();
    Ok(if known { Visitor::Known } else { Visitor::New })
}

fn dead(site: &Site, language: Language) -> Response {
    let body = format!("<p>{}</p>", words::join_dead_text(language));
    page::page(&*site.ports.secrets, language, StatusCode::NOT_FOUND, words::join_dead(language), &body)
}

fn broken(error: &StoreError) -> Response {
    tracing::error!(%error, "an account's invitation");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

fn role(language: Language, role: Role) -> &'static str {
    match role {
        Role::Owner => words::join_role_owner(language),
        Role::Administrator => words::join_role_administrator(language),
        Role::Operator => words::join_role_operator(language),
        Role::Auditor => words::join_role_auditor(language),
    }
}

/// The part of the page that is for this visitor.
fn form_for(language: Language, visitor: &Visitor, offered: &Offered, typed: &Typed) -> String {
    // It stands there for password managers; the invitation knows its address.
    let address = format!(
        "<input type=\"email\" name=\"email\" value=\"{}\" autocomplete=\"username\" readonly hidden>",
        escape(offered.email.as_str())
    );
    match visitor {
        Visitor::Invited(_) => format!(
            "<p>{}</p><form method=\"post\"><button>{}</button></form>",
            words::join_signed_in(language),
            words::join_button(language)
        ),
        Visitor::Other(account) => format!(
            "<p class=\"error\" role=\"alert\">{} {}. {}</p><form method=\"post\" action=\"/session/end\"><button>{}</button></form>",
            words::join_other(language),
            escape(account.email.as_str()),
            words::join_other_text(language),
            words::sign_out(language)
        ),
        Visitor::Known => format!(
            "<p>{}</p><form method=\"post\">{address}<label for=\"password\">{}</label>\
             <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" required autofocus>\
             <button>{}</button></form><p class=\"hint\">{}</p>",
            words::join_known(language),
            words::password(language),
            words::join_button(language),
            words::forgotten(language)
        ),
        Visitor::New => format!(
            "<p>{}</p><form method=\"post\">{address}<label for=\"name\">{}</label>\
             <input id=\"name\" name=\"name\" autocomplete=\"name\" required autofocus maxlength=\"120\" value=\"{}\">\
             <label for=\"password\">{}</label>\
             <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"new-password\" minlength=\"10\" maxlength=\"200\" required>\
             <p class=\"hint\">{}</p><button>{}</button></form>",
            words::join_new(language),
            words::name(language),
            escape(&typed.name),
            words::new_password(language),
            words::password_rule(language),
            words::join_create(language)
        ),
    }
}

fn show(
    site: &Site,
    language: Language,
    (visitor, offered): (&Visitor, &Offered),
    (status, error): (StatusCode, Option<&str>),
    typed: &Typed,
) -> Response {
    let by = offered.by.as_deref().map(|by| format!("<br>{}: {}", words::join_by(language), escape(by)));
    // The form posts to the page's own address: the link stands nowhere in the page.
    let body = format!(
        "<p>{}</p><p>{}: {}{}</p>{}{}",
        role(language, offered.role),
        words::join_for(language),
        escape(offered.email.as_str()),
        by.unwrap_or_default(),
        page::error(error),
        form_for(language, visitor, offered, typed)
    );
    let title = format!("{} {}", words::join_as(language), offered.name);
    page::page(&*site.ports.secrets, language, status, &title, &body)
}

/// `GET /join/{link}`: shows what is offered; uses nothing up.
pub async fn form(State(site): Shared, Path(link): Path<String>, headers: HeaderMap) -> Response {
    let language = session::language(&headers);
    let offered = match colleagues::offered(&site.ports, &link).await {
        Ok(Some(offered)) => offered,
        Ok(None) => return dead(&site, language),
        Err(error) => return broken(&error),
    };
    let typed = Typed { name: String::new(), password: String::new() };
    match visitor(&site, &headers, &offered).await {
        Ok(visitor) => show(&site, language, (&visitor, &offered), (StatusCode::OK, None), &typed),
        Err(error) => broken(&error),
    }
}

/// `POST /join/{link}`: takes it up, if who asks is the one that it is for.
pub async fn submit(
    State(site): Shared,
    Path(link): Path<String>,
    parts: Parts,
    Form(typed): Form<Typed>,
) -> Response {
    let (headers, browser) = (&parts.headers, session::browser(&site, &parts));
    let language = session::language(headers);
    let offered = match colleagues::offered(&site.ports, &link).await {
        Ok(Some(offered)) => offered,
        Ok(None) => return dead(&site, language),
        Err(error) => return broken(&error),
    };
    let visitor = match visitor(&site, headers, &offered).await {
        Ok(visitor) => visitor,
        Err(error) => return broken(&error),
    };
    let again = |status, error| show(&site, language, (&visitor, &offered), (status, Some(error)), &typed);
    let guesses = matches!(visitor, Visitor::Known | Visitor::New);
    let network = session::network(&site, &parts);
    if guesses && !site.attempts.allow(offered.email.as_str(), network, site.ports.clock.now()) {
        metrics().turned_away(TurnedAway::Attempts);
        let mut response = again(StatusCode::TOO_MANY_REQUESTS, words::too_many(language));
        response.headers_mut().insert(header::RETRY_AFTER, fault::LATER);
        return response;
    }
    let ports = site.acting(By::Visitor, &browser.address);
    let done = match &visitor {
        Visitor::Other(_) => {
            let none = (StatusCode::FORBIDDEN, None);
            return show(&site, language, (&visitor, &offered), none, &typed);
        }
        Visitor::Invited(account) => colleagues::join_known(&ports, &link, *account, &browser).await,
        Visitor::Known => match sign_in::proven(&site.ports, offered.email.as_str(), &typed.password).await {
            Ok(Some(account)) => colleagues::join_known(&ports, &link, account.id, &browser).await,
            Ok(None) => return again(StatusCode::UNAUTHORIZED, words::join_wrong(language)),
            Err(error) => return broken(&error),
        },
        Visitor::New => {
            let Ok(name) = typed.name.parse() else {
                return again(StatusCode::UNPROCESSABLE_ENTITY, words::bad_name(language));
            };
            colleagues::join_new(&ports, &link, name, &typed.password, &browser).await
        }
    };
    match done {
        Ok(secret) => {
            site.attempts.forget(offered.email.as_str());
            session::begin(&site, headers, &secret, "/users").await
        }
        Err(SetupError::Password) => again(StatusCode::UNPROCESSABLE_ENTITY, words::password_rule(language)),
        Err(SetupError::Link | SetupError::Nowhere) => dead(&site, language),
        Err(SetupError::Store(error)) => broken(&error),
    }
}
