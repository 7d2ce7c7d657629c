//! Sheets of paper for people without an address: each with the link and the QR code that connect one device. `POST /sheets`
//! makes the links, `GET /sheets` shows them, to be printed.

use super::{Shared, Site, client::Peer, page, session, words};
use crate::{adapters::qr, html::escape, message::date_in_words};
use axum::{
    Form,
    extract::{Query, State, rejection::FormRejection},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, StatusCode};
use muster_domain::{
    InvitationId, Language, UserId,
    account::{Permission, Who},
    audit::{Act, Action, By, Note, Subject},
    invitation::{Invitation, State as Reached},
    ports::Recipient,
    query::{LeaveOut, Selection},
    settings::Settings,
    usecase::send::{self, SendError},
};
use serde::Deserialize;
use std::{collections::HashMap, fmt::Write};

/// Sheets of one page: its address names the links.
const MOST: usize = 100;
/// People of one form.
const MOST_AT_ONCE: usize = 1000;
/// People who are named on the page that asks.
const NAMED: usize = 10;

const STYLE: &str = "*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:16px/24px var(--sans)}\
main{max-width:720px;margin:0 auto;padding:32px 20px}h1{font-size:24px;line-height:30px;margin:0 0 8px}p{margin:0 0 12px}\
.hint{color:var(--ink-2)}a{color:var(--accent)}.brand{font-weight:600}\
article{margin:24px 0;padding:32px;border:1px solid var(--line);border-radius:10px;background:#fff;color:#191c1e;break-inside:avoid;break-after:page}\
article h2{font-size:22px;line-height:28px;margin:0 0 4px}article .who{font-size:18px;margin:0 0 20px}article svg{display:block;width:240px;height:240px;margin:-12px 0 0 -24px}\
article ol{padding-left:22px;margin:0 0 16px}article code{overflow-wrap:anywhere;font:14px/20px var(--mono)}article .ends{color:#565d62;margin:0}\
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}\
@media print{body{background:#fff}main>h1,main>.brand,main>p{display:none}main{padding:0;max-width:none}article{margin:0;border:0}}";

/// The fields of `POST /sheets`.
#[derive(Deserialize)]
pub(super) struct Wanted {
    /// Whom to print for: a [`Selection`], of which those without an address are meant, and who is left out of it, as JSON.
    people: String,
    /// What becomes of those who have a link already; asked where it is not said and somebody has one.
    way: Option<Way>,
}

/// What becomes of people whose link is open.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Way {
    /// The link that they have is printed again.
    Again,
    /// They get another one, for another device.
    More,
}

/// The query of `GET /sheets`.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// The ids of invitations, with commas between.
    #[serde(default)]
    of: String,
}

/// Ids with commas between; none if one is none, or there are too many.
fn ids(list: &str) -> Option<Vec<InvitationId>> {
    let ids: Option<Vec<_>> = list.split(',').map(|id| id.parse().ok()).collect();
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

/// `POST /sheets`: a link for each of these people; leads to their sheets.
pub(super) async fn make(
    State(site): Shared,
    peer: Peer,
    headers: HeaderMap,
    wanted: Result<Form<Wanted>, FormRejection>,
) -> Response {
    let who = match session::allowed(&site, &headers, Permission::Invite).await {
        Ok(who) => who,
        Err(answer) => return answer,
    };
    let wanted = wanted.ok().and_then(|Form(wanted)| Some((people(&wanted)?, wanted)));
    let Some(((selection, leave_out), wanted)) = wanted else {
        let (language, status) = (language_of(&who, &headers), StatusCode::UNPROCESSABLE_ENTITY);
        let (title, text) = (words::sheets_unread(language), words::sheets_unread_text(language));
        return page::told(&*site.ports.secrets, &headers, language, status, title, text);
    };
    let store = &site.ports.store;
    let limit = MOST_AT_ONCE as u32 + 1;
    let people = match store.without_address(who.workspace, &selection, leave_out, limit).await {
        Ok(people) if people.is_empty() => return told(&site, &headers, &who, StatusCode::NOT_FOUND),
        Ok(people) => people,
        Err(error) => return broken(&error),
    };
    let more = people.len() > MOST_AT_ONCE;
    let people: Vec<Recipient> = people.into_iter().take(MOST_AT_ONCE).collect();
    match links(&site, &who, peer, &people, wanted.way).await {
        Ok(Links::Ask(open)) => ask(&site, language_of(&who, &headers), &wanted.people, &open),
        Ok(Links::Of(links)) if links.len() <= MOST && !more => {
            Redirect::to(&format!("/sheets?of={}", list(&links))).into_response()
        }
        Ok(Links::Of(links)) => parts(&site, language_of(&who, &headers), &people, &links, more),
        Err(error) => broken(&error),
    }
}

/// What the form says of whom it is for.
fn people(wanted: &Wanted) -> Option<(Selection, LeaveOut)> {
    serde_json::from_str(&wanted.people).ok()
}

/// Links with commas between, as an address has them.
fn list(links: &[InvitationId]) -> String {
    links.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// What comes of a form.
enum Links {
    /// These have a link already: what becomes of it is to be said first.
    Ask(Vec<String>),
    /// One for each person.
    Of(Vec<InvitationId>),
}

/// A link for each person: the one that is open already, unless more are wanted, or a new one.
async fn links(
    site: &Site,
    who: &Who,
    peer: Peer,
    people: &[Recipient],
    way: Option<Way>,
) -> Result<Links, SendError> {
    let ids: Vec<UserId> = people.iter().map(|p| p.id).collect();
    let open: HashMap<_, _> = match way {
        Some(Way::More) => HashMap::new(),
        _ => site.ports.store.open_links(who.workspace, &ids).await?.into_iter().collect(),
    };
    if way.is_none() && !open.is_empty() {
        let names = people.iter().filter(|p| open.contains_key(&p.id)).map(|p| p.name.clone());
        return Ok(Links::Ask(names.collect()));
    }
    let new: Vec<UserId> = ids.iter().filter(|id| !open.contains_key(id)).copied().collect();
    let mut links = open;
    if !new.is_empty() {
        let ports = site.acting(By::account(&who.account), &peer.0);
        links.extend(send::links(&ports, who.workspace, &new, 1).await?.0);
    }
    Ok(Links::Of(ids.iter().filter_map(|id| links.get(id).copied()).collect()))
}

/// Asks what becomes of the links that are there.
fn ask(site: &Site, language: Language, people: &str, open: &[String]) -> Response {
    let named: String = open.iter().take(NAMED).map(|name| format!("<li>{}</li>", escape(name))).collect();
    let others = match open.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!("<li>{}: {more}</li>", words::sheets_and_others(language)),
    };
    let way = |name: &str, words: &str, text: &str| {
        format!(
            "<p><button name=\"way\" value=\"{name}\">{words}</button><br><span class=\"hint\">{text}</span></p>"
        )
    };
    let body = format!(
        "<p>{}</p><ul>{named}{others}</ul><form method=\"post\" action=\"/sheets\"><input type=\"hidden\" name=\"people\" value=\"{}\">{}{}</form>\
         <p><a href=\"/users\">{}</a></p>",
        words::sheets_again_text(language),
        escape(people),
        way("again", words::sheets_print_again(language), words::sheets_print_again_text(language)),
        way("more", words::sheets_make_more(language), words::sheets_make_more_text(language)),
        words::back(language),
    );
    page::page(&*site.ports.secrets, language, StatusCode::OK, words::sheets_again(language), &body)
}

/// The ways to more sheets than one page shows. They stay what they are: who comes back finds the same links.
fn parts(
    site: &Site,
    language: Language,
    people: &[Recipient],
    links: &[InvitationId],
    more: bool,
) -> Response {
    let mut all = String::new();
    for (n, (people, links)) in people.chunks(MOST).zip(links.chunks(MOST)).enumerate() {
        let (from, to) = (n * MOST + 1, n * MOST + links.len());
        let ends = [people.first(), people.last()].map(|p| p.map(|p| escape(&p.name)).unwrap_or_default());
        let _ = write!(
            all,
            "<li><a href=\"/sheets?of={}\" target=\"_blank\">{from}–{to}</a> {} – {}</li>",
            list(links),
            ends[0],
            ends[1]
        );
    }
    let first = if more { format!("<p>{}</p>", words::sheets_first(language)) } else { String::new() };
    let body = format!(
        "<p>{}</p><ul>{all}</ul>{first}<p><a href=\"/users\">{}</a></p>",
        words::sheets_parts(language),
        words::back(language)
    );
    page::page(&*site.ports.secrets, language, StatusCode::OK, words::sheets(language), &body)
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
    let Some(wanted) = ids(&asked.of) else {
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
        assert_eq!(ids(id).map(|ids| ids.len()), Some(1));
        assert!(ids("").is_none());
        assert!(ids(&format!("{id},x")).is_none());
        assert_eq!(ids(&[id; MOST].join(",")).map(|ids| ids.len()), Some(MOST));
        assert!(ids(&[id; MOST + 1].join(",")).is_none());
    }
}
