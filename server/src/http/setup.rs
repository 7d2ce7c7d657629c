//! `/setup/{link}`: the one-time link creates the owner's account, or sets a password.

use super::{Shared, Site, page, session, words};
use crate::html::escape;
use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, request::Parts};
use muster_domain::{
    Language,
    audit::By,
    ports::Ticket,
    usecase::sign_in::{self, Secret, SetupError},
};
use serde::Deserialize;

/// What was typed into the form.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    password: String,
}

fn dead(site: &Site, language: Language) -> Response {
    let body = format!("<p>{}</p>", words::link_dead_text(language));
    page::page(&*site.ports.secrets, language, StatusCode::NOT_FOUND, words::link_dead(language), &body)
}

fn show(
    site: &Site,
    language: Language,
    ticket: &Ticket,
    status: StatusCode,
    error: Option<&str>,
    typed: (&str, &str),
) -> Response {
    let (title, text, button) = match ticket {
        Ticket::Owner => {
            (words::create_owner(language), words::owner_text(language), words::create_button(language))
        }
        Ticket::Password(_) => {
            (words::set_password(language), words::set_text(language), words::set_button(language))
        }
    };
    let account = match ticket {
        Ticket::Owner => format!(
            "<label for=\"name\">{}</label><input id=\"name\" name=\"name\" autocomplete=\"name\" required maxlength=\"120\" value=\"{}\">\
             <label for=\"email\">{}</label><input id=\"email\" name=\"email\" type=\"email\" autocomplete=\"username\" required value=\"{}\">",
            words::name(language),
            escape(typed.0),
            words::email(language),
            escape(typed.1),
        ),
        Ticket::Password(_) => String::new(),
    };
    // The form posts to the page's own address: the link stands nowhere in the page.
    let body = format!(
        "<p>{text}</p>{}<form method=\"post\">{account}<label for=\"password\">{}</label>\
         <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"new-password\" minlength=\"10\" maxlength=\"200\" required>\
         <p class=\"hint\">{}</p><button>{button}</button></form>",
        page::error(error),
        words::new_password(language),
        words::password_rule(language),
    );
    page::page(&*site.ports.secrets, language, status, title, &body)
}

async fn ticket(site: &Site, link: &str) -> Option<Ticket> {
    site.ports.store.ticket(Secret::hash(link), site.ports.clock.now()).await.ok().flatten()
}

/// `GET /setup/{link}`: shows the form; uses nothing up.
pub async fn form(State(site): Shared, Path(link): Path<String>, headers: HeaderMap) -> Response {
    let language = session::language(&headers);
    match ticket(&site, &link).await {
        Some(ticket) => show(&site, language, &ticket, StatusCode::OK, None, ("", "")),
        None => dead(&site, language),
    }
}

/// `POST /setup/{link}`: uses the link up, if what was typed can be taken.
pub async fn submit(
    State(site): Shared,
    Path(link): Path<String>,
    parts: Parts,
    Form(typed): Form<Typed>,
) -> Response {
    let (headers, browser) = (&parts.headers, session::browser(&site, &parts));
    let language = session::language(headers);
    let Some(ticket) = ticket(&site, &link).await else { return dead(&site, language) };
    let again = |error| {
        show(
            &site,
            language,
            &ticket,
            StatusCode::UNPROCESSABLE_ENTITY,
            Some(error),
            (&typed.name, &typed.email),
        )
    };
    let ports = site.acting(By::Visitor, &browser.address);
    let done = match &ticket {
        Ticket::Owner => {
            let Ok(name) = typed.name.parse() else { return again(words::bad_name(language)) };
            let Ok(email) = typed.email.parse() else { return again(words::bad_email(language)) };
            sign_in::create_owner(&ports, &link, site.workspace, email, name, &typed.password, &browser).await
        }
        Ticket::Password(_) => sign_in::set_password(&ports, &link, &typed.password, &browser).await,
    };
    match done {
        Ok(secret) => session::begin(&site, headers, &secret, "/users").await,
        Err(SetupError::Link) => dead(&site, language),
        Err(SetupError::Password) => again(words::password_rule(language)),
        Err(SetupError::Nowhere) => {
            let body = format!("<p>{}</p>", words::nowhere(language));
            page::page(
                &*site.ports.secrets,
                language,
                StatusCode::FORBIDDEN,
                words::set_password(language),
                &body,
            )
        }
        Err(SetupError::Store(error)) => {
            tracing::error!(%error, "set-up");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
