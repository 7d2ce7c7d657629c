//! `/workspaces/new`: another workspace, by a plain form that works without JavaScript.

use super::{Shared, Site, client::Peer, page, session, words};
use crate::html::escape;
use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, StatusCode};
use muster_domain::{
    Language, WorkspaceId,
    account::{Permission, Who},
    audit::By,
};
use serde::Deserialize;

/// What was typed into the form.
#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    name: String,
}

fn show(site: &Site, language: Language, status: StatusCode, error: Option<&str>, name: &str) -> Response {
    let body = format!(
        "<p>{}</p>{}<form method=\"post\"><label for=\"name\">{}</label>\
         <input id=\"name\" name=\"name\" required autofocus maxlength=\"120\" autocomplete=\"organization\" value=\"{}\">\
         <button>{}</button></form><p class=\"hint\"><a href=\"/users\">{}</a></p>",
        words::workspace_text(language),
        page::error(error),
        words::workspace_name(language),
        escape(name),
        words::workspace_create(language),
        words::back(language),
    );
    page::page(&*site.ports.secrets, language, status, words::workspace_new(language), &body)
}

/// Who asks, if they may: an owner sets where Muster connects to, and an auditor must not become one by this.
async fn founder(site: &Site, headers: &HeaderMap) -> Result<(Who, Language), Response> {
    let Some(who) = session::who(site, headers).await else {
        return Err(Redirect::to("/login").into_response());
    };
    let language = who.account.language.unwrap_or_else(|| session::language(headers));
    if who.role.may(Permission::Accounts) {
        return Ok((who, language));
    }
    let body = format!(
        "<p>{}</p><p><a href=\"/users\">{}</a></p>",
        words::workspace_refused(language),
        words::back(language)
    );
    let (secrets, title) = (&*site.ports.secrets, words::workspace_new(language));
    Err(page::page(secrets, language, StatusCode::FORBIDDEN, title, &body))
}

/// `GET /workspaces/new`.
pub(super) async fn form(State(site): Shared, headers: HeaderMap) -> Response {
    match founder(&site, &headers).await {
        Ok((_, language)) => show(&site, language, StatusCode::OK, None, ""),
        Err(answer) => answer,
    }
}

/// `POST /workspaces/new`: who makes it owns it, and looks at it from now on.
pub(super) async fn submit(
    State(site): Shared,
    peer: Peer,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Response {
    let (who, language) = match founder(&site, &headers).await {
        Ok(founder) => founder,
        Err(answer) => return answer,
    };
    let Ok(name) = typed.name.parse() else {
        let (status, words) = (StatusCode::UNPROCESSABLE_ENTITY, words::bad_name(language));
        return show(&site, language, status, Some(words), &typed.name);
    };
    let now = site.ports.clock.now();
    let id = WorkspaceId::new(now, &*site.ports.secrets);
    let ports = site.acting(By::account(&who.account), &peer.0);
    match ports.store.found_workspace(id, who.workspace, who.account.id, &name, now).await {
        Ok(()) => session::go_to(&site, &headers, id).await,
        Err(error) => {
            tracing::error!(%error, "new workspace");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
