//! Lists as CSV files: `GET /users.csv` and so on, with the query of the list's page. Cells are protected against being
//! taken as formulas (ABUSE A37).

use super::{Site, client::Peer, page, session, words};
use axum::{
    body::{Body, Bytes},
    extract::{FromRequestParts, Query},
    response::{IntoResponse, Response},
};
use futures::{Stream, stream};
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use muster_domain::{
    Language, PersonName, Timestamp, WorkspaceId,
    account::Permission,
    audit::{self, Act, Action, Note, Subject},
    device::{Device, Reason, Status},
    invitation::Invitation,
    kept::{KeptQuery, KeptRow},
    ports::{AuditRow, GroupRow, Member, Offer, Stored},
    query::{Page, Window},
    user::UserRow,
};
use muster_roster::export;
use std::{io, mem::take, sync::Arc};

type Record = Vec<String>;

/// Who asks for a list, and for which rows.
pub struct By {
    site: Arc<Site>,
    peer: Peer,
    headers: HeaderMap,
    filter: Option<String>,
    asked: Vec<(String, String)>,
}

impl FromRequestParts<Arc<Site>> for By {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Response> {
        let Query(asked) = Query::try_from_uri(&parts.uri).map_err(IntoResponse::into_response)?;
        let Ok(peer) = Peer::from_request_parts(parts, site).await;
        // Which workspace the page showed says nothing of the rows.
        let pairs = parts.uri.query().unwrap_or_default().split('&');
        let pairs: Vec<_> = pairs.filter(|pair| !pair.starts_with("workspace=")).collect();
        let filter = Some(pairs.join("&")).filter(|filter| !filter.is_empty());
        Ok(Self { site: site.clone(), peer, headers: parts.headers.clone(), filter, asked })
    }
}

/// Spreadsheets take a file for UTF-8 by it.
const MARK: &str = "\u{FEFF}";

/// `GET /users.csv`: in the form that the import reads.
pub async fn users(mut by: By) -> Response {
    let Some(query) = app::asked::users(take(&mut by.asked)) else { return unknown(&by) };
    let head =
        ["name", "email", "groups", "language", "devices", "status", "message", "message_at", "last_seen"];
    file(by, Permission::Read, "users", &head, user, move |site, workspace, window| {
        let query = muster_domain::query::UserQuery { window, ..query.clone() };
        async move { site.ports.store.users(workspace, &query).await }
    })
    .await
}

/// `GET /groups.csv`.
pub async fn groups(mut by: By) -> Response {
    let query = app::asked::groups(take(&mut by.asked));
    file(
        by,
        Permission::Read,
        "groups",
        &["name", "people", "connected"],
        group,
        move |site, workspace, window| {
            let query = muster_domain::query::GroupQuery { window, ..query.clone() };
            async move { site.ports.store.group_page(workspace, &query).await }
        },
    )
    .await
}

/// `GET /devices.csv`.
pub async fn devices(mut by: By) -> Response {
    let Some(query) = app::asked::devices(take(&mut by.asked)) else { return unknown(&by) };
    let head = [
        "name",
        "owner",
        "owner_email",
        "platform",
        "os_version",
        "model",
        "status",
        "reasons",
        "agent_version",
        "enrolled_at",
        "last_seen",
    ];
    file(by, Permission::Read, "devices", &head, device, move |site, workspace, window| {
        let query = muster_domain::query::DeviceQuery { window, ..query.clone() };
        async move { site.ports.store.devices(workspace, &query).await }
    })
    .await
}

/// `GET /invitations.csv`. No link is in it.
pub async fn invitations(mut by: By) -> Response {
    let Some(query) = app::asked::invitations(take(&mut by.asked)) else { return unknown(&by) };
    let head = [
        "name",
        "email",
        "state",
        "platform",
        "created_at",
        "sent_at",
        "opened_at",
        "enrolled_at",
        "expires_at",
        "sent_by",
        "note",
        "error",
    ];
    file(by, Permission::Read, "invitations", &head, invitation, move |site, workspace, window| {
        let query = muster_domain::query::InvitationQuery { window, ..query.clone() };
        async move { site.ports.store.invitations(workspace, &query).await }
    })
    .await
}

/// `GET /accounts.csv`: who is in the workspace, and who is invited. No link is in it.
pub async fn accounts(by: By) -> Response {
    let head = ["name", "email", "role", "state", "last_at_work", "invitation_ends", "invited_by"];
    file(by, Permission::Read, "accounts", &head, colleague, |site, workspace, window| async move {
        let (store, now) = (&site.ports.store, site.ports.clock.now());
        // They are one page.
        let rows = if window.offset() > 0 {
            Vec::new()
        } else {
            let members = store.members(workspace).await?.into_iter().map(Colleague::Member);
            members.chain(store.offers(workspace, now).await?.into_iter().map(Colleague::Invited)).collect()
        };
        Ok(Page { total: rows.len() as u64, rows })
    })
    .await
}

enum Colleague {
    Member(Member),
    Invited(Offer),
}

fn colleague(row: Colleague) -> Record {
    match row {
        Colleague::Member(m) => vec![
            m.name,
            m.email,
            m.role.name().into(),
            "member".into(),
            time(m.signed_in_at),
            String::new(),
            String::new(),
        ],
        Colleague::Invited(o) => vec![
            String::new(),
            o.email,
            o.role.name().into(),
            "invited".into(),
            String::new(),
            time(Some(o.expires_at)),
            o.by.unwrap_or_default(),
        ],
    }
}

/// `GET /mails.csv`: which messages were kept as files; no text and no link is in it.
pub async fn mails(mut by: By) -> Response {
    let query = app::asked::mails(take(&mut by.asked));
    let head = ["subject", "to", "at", "file"];
    file(by, Permission::SeeLinks, "mails", &head, mail, move |site, workspace, window| {
        let query = KeptQuery { window, ..query.clone() };
        async move { site.services.kept.list(workspace, &query).await }
    })
    .await
}

fn mail(row: KeptRow) -> Record {
    vec![row.subject, row.to, time(Some(row.at)), row.id]
}

/// To an address that filters by something that is not known: all rows would be more than were meant.
fn unknown(by: &By) -> Response {
    let language = session::language(&by.headers);
    page::told(
        &*by.site.ports.secrets,
        &by.headers,
        language,
        StatusCode::BAD_REQUEST,
        words::unknown(language),
        words::unknown_text(language),
    )
}

fn time(at: Option<Timestamp>) -> String {
    at.map(|at| at.to_string()).unwrap_or_default()
}

fn user(row: UserRow) -> Record {
    let groups: Vec<PersonName> = row.groups.iter().filter_map(|name| name.parse().ok()).collect();
    vec![
        row.name,
        row.email.unwrap_or_default(),
        export::groups(&groups),
        row.language.map(Language::tag).unwrap_or_default().to_owned(),
        row.devices.to_string(),
        row.status.map(Status::name).unwrap_or_default().to_owned(),
        row.message.as_ref().map(|m| m.state.name()).unwrap_or_default().to_owned(),
        time(row.message.map(|m| m.at)),
        time(row.last_seen),
    ]
}

fn group(row: GroupRow) -> Record {
    vec![row.name, row.users.to_string(), row.connected.to_string()]
}

fn device(row: Device) -> Record {
    let facts = row.facts;
    vec![
        row.name,
        row.owner_name,
        row.owner_email.unwrap_or_default(),
        row.platform.name().to_owned(),
        facts.os_version.unwrap_or_default(),
        facts.model.unwrap_or_default(),
        row.status.name().to_owned(),
        row.reasons.iter().map(Reason::code).collect::<Vec<_>>().join(";"),
        facts.agent_version.unwrap_or_default(),
        time(Some(row.enrolled_at)),
        time(Some(row.last_seen)),
    ]
}

fn invitation(row: Invitation) -> Record {
    vec![
        row.user_name,
        row.email.unwrap_or_default(),
        row.state.name().to_owned(),
        row.platform.map(|p| p.name()).unwrap_or_default().to_owned(),
        time(Some(row.created_at)),
        time(row.sent_at),
        time(row.opened_at),
        time(row.enrolled_at),
        time(Some(row.expires_at)),
        row.sent_by.unwrap_or_default(),
        row.note.unwrap_or_default(),
        row.error.unwrap_or_default(),
    ]
}

/// Rows as CSV, each cell protected.
fn lines(records: impl IntoIterator<Item = Record>) -> io::Result<Bytes> {
    let mut out = csv::Writer::from_writer(Vec::new());
    for record in records {
        let cells = record.iter().map(|cell| export::cell(cell));
        out.write_record(cells.map(|cell| cell.into_owned().into_bytes()))?;
    }
    out.into_inner().map(Bytes::from).map_err(|error| io::Error::other(error.to_string()))
}

/// `GET /audit.csv`: each entry with its hash, the newest first.
pub async fn audit(mut by: By) -> Response {
    let zone = session::cookie(&by.headers, app::zone::COOKIE).and_then(app::Zone::parse).unwrap_or_default();
    let Some(query) = app::asked::audit(take(&mut by.asked), &zone) else { return unknown(&by) };
    let head = ["number", "at", "by", "from", "action", "subject", "subject_id", "changes", "hash"];
    file(by, Permission::Audit, "audit", &head, entry, move |site, workspace, window| {
        let query = muster_domain::query::AuditQuery { window, ..query.clone() };
        async move { site.ports.store.audit(workspace, &query).await }
    })
    .await
}

fn entry(row: AuditRow) -> Record {
    let AuditRow { entry, hash } = row;
    let by = match entry.by {
        audit::By::Account { email, .. } => email,
        audit::By::CommandLine { user } => user,
        audit::By::Device => "device".into(),
        audit::By::Visitor => "visitor".into(),
    };
    vec![
        entry.seq.to_string(),
        entry.at.rfc3339(),
        by,
        entry.from.unwrap_or_default(),
        entry.action.name().into(),
        entry.subject.name,
        entry.subject.id.unwrap_or_default(),
        serde_json::to_string(&entry.changes).unwrap_or_default(),
        hash,
    ]
}

/// A file whose rows are read page by page while it is sent.
async fn file<R, F>(
    by: By,
    permission: Permission,
    name: &'static str,
    head: &[&str],
    record: fn(R) -> Record,
    page: impl Fn(Arc<Site>, WorkspaceId, Window) -> F + Send + Sync + 'static,
) -> Response
where
    R: Send + 'static,
    F: Future<Output = Stored<Page<R>>> + Send + 'static,
{
    let site = by.site;
    let who = match session::allowed(&site, &by.headers, permission).await {
        Ok(who) => who,
        Err(answer) => return answer,
    };
    let note = Note::new(Action::ListExported, Subject::named(name));
    let note = note.with("filter", None, by.filter.as_deref());
    let act = Act::of(&who, Some(by.peer.0), site.ports.clock.now());
    if let Err(error) = site.ports.store.acting(act).note(who.workspace, note).await {
        tracing::error!(%error, "export");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let first = lines([head.iter().map(ToString::to_string).collect()]);
    let first = first.map(|line| Bytes::from([MARK.as_bytes(), &line].concat()));
    let rest = pages(site, who.workspace, record, page);
    let body = Body::from_stream(futures::StreamExt::chain(stream::iter([first]), rest));
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    if let Ok(named) = HeaderValue::try_from(format!("attachment; filename=\"{name}.csv\"")) {
        headers.insert(header::CONTENT_DISPOSITION, named);
    }
    response
}

fn pages<R, F>(
    site: Arc<Site>,
    workspace: WorkspaceId,
    record: fn(R) -> Record,
    page: impl Fn(Arc<Site>, WorkspaceId, Window) -> F + Send + Sync + 'static,
) -> impl Stream<Item = io::Result<Bytes>>
where
    R: Send + 'static,
    F: Future<Output = Stored<Page<R>>> + Send + 'static,
{
    stream::try_unfold((1_u32, page), move |(number, page)| {
        let site = site.clone();
        async move {
            let window = Window { page: number, size: Window::LARGE };
            let found = page(site, workspace, window).await.map_err(|error| {
                tracing::error!(%error, "export");
                io::Error::other("the database failed")
            })?;
            if found.rows.is_empty() {
                return Ok(None);
            }
            Ok(Some((lines(found.rows.into_iter().map(record))?, (number + 1, page))))
        }
    })
}
