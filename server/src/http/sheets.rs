//! Sheets of paper for people without an address: each with the link and the QR code that connect one device. `POST /sheets`
//! makes the links, `GET /sheets` shows them, to be printed.

use super::{Shared, Site, client::Peer, page, session, words};
use crate::{adapters::qr, html::escape, message::date_in_words};
use axum::{
    Form,
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, StatusCode};
use muster_domain::{
    InvitationId, Language, UserId,
    account::{Permission, Who},
    audit::{Act, Action, By, Note, Subject},
    invitation::{Invitation, State as Reached},
    settings::Settings,
    usecase::send,
};
use serde::Deserialize;
use std::{fmt::Write, str::FromStr};

/// People, or links, of one call: the answer names the links in its address.
const MOST: usize = 100;

const STYLE: &str = "*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:16px/24px var(--sans)}\
main{max-width:720px;margin:0 auto;padding:32px 20px}h1{font-size:24px;line-height:30px;margin:0 0 8px}p{margin:0 0 12px}\
.hint{color:var(--ink-2)}a{color:var(--accent)}.brand{font-weight:600}\
article{margin:24px 0;padding:32px;border:1px solid var(--line);border-radius:10px;background:#fff;color:#191c1e;break-inside:avoid;break-after:page}\
article h2{font-size:22px;line-height:28px;margin:0 0 4px}article .who{font-size:18px;margin:0 0 20px}article svg{display:block;width:240px;height:240px;margin:0 0 12px}\
article ol{padding-left:22px;margin:0 0 16px}article code{overflow-wrap:anywhere;font:14px/20px var(--mono)}article .ends{color:#565d62;margin:0}\
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}\
@media print{body{background:#fff}main>h1,main>.brand,main>p{display:none}main{padding:0;max-width:none}article{margin:0;border:0}}";

/// The fields of `POST /sheets`.
#[derive(Deserialize)]
pub(super) struct Wanted {
    /// The ids of people, with commas between.
    people: String,
}

/// The query of `GET /sheets`.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// The ids of invitations, with commas between.
    #[serde(default)]
    of: String,
}

/// Ids with commas between; none if one is none, or there are too many.
fn ids<I: FromStr>(list: &str) -> Option<Vec<I>> {
    let ids: Option<Vec<I>> = list.split(',').map(|id| id.parse().ok()).collect();
    ids.filter(|ids| ids.len() <= MOST)
}

fn language_of(who: &Who, headers: &HeaderMap) -> Language {
    who.account.language.unwrap_or_else(|| session::language(headers))
}

fn told(site: &Site, headers: &HeaderMap, who: &Who, status: StatusCode) -> Response {
    let language = language_of(who, headers);
    let (title, text) = (words::sheets_none(language), words::sheets_none_text(language));
    page::told(&*site.ports.secrets, headers, language, status, title, text)
}

/// `POST /sheets`: one link for each of these people; leads to their sheets.
pub(super) async fn make(
    State(site): Shared,
    peer: Peer,
    headers: HeaderMap,
    Form(wanted): Form<Wanted>,
) -> Response {
    let who = match session::allowed(&site, &headers, Permission::Invite).await {
        Ok(who) => who,
        Err(answer) => return answer,
    };
    let Some(people) = ids::<UserId>(&wanted.people) else {
        return told(&site, &headers, &who, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let there = match site.ports.store.still_there(who.workspace, &people).await {
        Ok(there) => there,
        Err(error) => return broken(&error),
    };
    if there.is_empty() {
        return told(&site, &headers, &who, StatusCode::NOT_FOUND);
    }
    let ports = site.acting(By::account(&who.account), &peer.0);
    match send::links(&ports, who.workspace, &there, 1).await {
        Ok((made, _)) => {
            let made: Vec<_> = made.iter().map(|(_, id)| id.to_string()).collect();
            Redirect::to(&format!("/sheets?of={}", made.join(","))).into_response()
        }
        Err(error) => broken(&error),
    }
}

fn broken(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "sheets");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// `GET /sheets`: those of these invitations whose links still connect a device. The audit log tells that they were seen.
pub(super) async fn show(
    State(site): Shared,
    peer: Peer,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Response {
    let who = match session::allowed(&site, &headers, Permission::SeeLinks).await {
        Ok(who) => who,
        Err(answer) => return answer,
    };
    let Some(wanted) = ids::<InvitationId>(&asked.of) else {
        return told(&site, &headers, &who, StatusCode::NOT_FOUND);
    };
    match sheets(&site, &who, peer, &wanted).await {
        Ok(sheets) if sheets.is_empty() => told(&site, &headers, &who, StatusCode::NOT_FOUND),
        Ok(sheets) => {
            let language = language_of(&who, &headers);
            let body = format!(
                "<p class=\"hint\">{}</p><p><a href=\"/users\">{}</a></p>{sheets}",
                words::sheets_text(language),
                words::back(language),
            );
            page::styled(
                &*site.ports.secrets,
                language,
                StatusCode::OK,
                words::sheets(language),
                STYLE,
                &body,
            )
        }
        Err(error) => broken(&error),
    }
}

async fn sheets(
    site: &Site,
    who: &Who,
    peer: Peer,
    wanted: &[InvitationId],
) -> Result<String, muster_domain::ports::StoreError> {
    let settings = site.ports.store.settings(who.workspace).await?;
    let act = Act::of(who, Some(peer.0), site.ports.clock.now());
    let store = site.ports.store.acting(act);
    let mut sheets = String::new();
    for id in wanted {
        let Some(found) = store.invitation(who.workspace, *id).await? else { continue };
        if !Reached::OPEN.contains(&found.state) {
            continue;
        }
        store.note(who.workspace, Note::new(Action::LinkShown, Subject::new(*id, &found.user_name))).await?;
        sheets.push_str(&sheet(site, &settings, &found));
    }
    Ok(sheets)
}

/// A sheet, in the language of the message.
fn sheet(site: &Site, settings: &Settings, found: &Invitation) -> String {
    let language = found.language;
    let address = settings.public_url.as_ref().unwrap_or(&site.address);
    let token = site.ports.secrets.link_token(found.id, found.generation);
    let link = format!("{address}/{}", token.reveal());
    let mut html = format!(
        "<article lang=\"{}\"><h2>{}</h2><p class=\"who\">{} · {}</p>{}<ol><li>{}</li><li>{}</li></ol><p><code>{}</code></p>",
        language.tag(),
        words::sheet_title(language),
        escape(&found.user_name),
        escape(settings.name.as_str()),
        qr::svg(&link),
        words::sheet_scan(language),
        words::sheet_follow(language),
        escape(&link),
    );
    let ends = date_in_words(language, found.expires_at);
    let _ = write!(html, "<p class=\"ends\">{} {ends}.</p>", words::sheet_ends(language));
    if let Some(contact) = &settings.help_contact {
        let _ = write!(html, "<p class=\"ends\">{} {}</p>", words::sheet_ask(language), escape(contact));
    }
    html.push_str("</article>");
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_taken_all_or_none_and_not_more_than_a_page_shows() {
        let id = "01a20b00-0000-7000-8000-000000000000";
        assert_eq!(ids::<UserId>(id).map(|ids| ids.len()), Some(1));
        assert!(ids::<UserId>("").is_none());
        assert!(ids::<UserId>(&format!("{id},x")).is_none());
        assert_eq!(ids::<UserId>(&[id; MOST].join(",")).map(|ids| ids.len()), Some(MOST));
        assert!(ids::<UserId>(&[id; MOST + 1].join(",")).is_none());
    }
}
