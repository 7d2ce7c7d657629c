//! The audit log: who did what to whom, when and from where, with every value before and after.

mod filter;
mod words;

use crate::{
    AppError,
    api::audit::{Audited, audit_list},
    text::{self, t},
    ui::{
        fetch::Fetched,
        flow::{Erased, For, Show, Wait, look},
        help::Help,
        list::{Foot, Rows, Search, Unknown, empty_unless, known, merge, query_page, query_size},
        live::live,
        moment,
        problem::Problem,
        role::may,
        skeleton::Bones,
        views::SettingsViews,
    },
    zone::Zone,
};
use filter::Filter;
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use muster_domain::{
    Language,
    account::Permission,
    audit::{Area, By, Difference, Entry},
    ports::{AuditRow, Author},
    query::{AuditQuery, Window},
};

pub(crate) const PATH: &str = "/audit";

/// What the address asks for, on whichever page; days begin and end as in the zone of who asks. None where it filters by
/// something that is not known.
pub(crate) fn asked(query: &ParamsMap, zone: &Zone) -> Option<AuditQuery> {
    Some(AuditQuery {
        search: query.get("q").unwrap_or_default(),
        area: known(query, "about", Area::from_name)?,
        author: query.get("by").filter(|by| !by.is_empty()),
        since: known(query, "from", |day| zone.day(day, 0))?,
        until: known(query, "to", |day| zone.day(day, 1))?,
        ..AuditQuery::default()
    })
}

/// Whether the address asks for less than all.
fn is_filtered(query: &AuditQuery) -> bool {
    *query != AuditQuery { window: query.window, ..AuditQuery::default() }
}

#[component]
pub(crate) fn Audit() -> impl IntoView {
    let language = text::language();
    let (page, size, address) = (query_page(), query_size(), use_query_map());
    let zone = moment::clock().map(|clock| clock.zone);
    let asked = Memo::new(move |_| {
        let zone = zone.map(|zone| zone.get()).unwrap_or_default();
        look!(address, |query| asked(query, &zone))
    });
    let unknown = Signal::derive(move || asked.read().is_none());
    let query = Memo::new(move |_| AuditQuery {
        window: Window { page: page.get(), size: size.get() },
        ..asked.get().unwrap_or_default()
    });
    let filtered = Memo::new(move |_| look!(query, |query| is_filtered(query)));
    let version = live().version;
    let list = Fetched::new(
        move || (query.get(), unknown.get(), version.get()),
        |(query, unknown, _)| async move { if unknown { Ok(None) } else { audit_list(query).await.map(Some) } },
    );
    let rows: Rows<u64, AuditRow> = RwSignal::new(Vec::new());
    let (total, authors) = (RwSignal::new(0_u64), RwSignal::new(Vec::<Author>::new()));
    let (end, problem) = (RwSignal::new(None::<AuditRow>), RwSignal::new(None::<String>));
    let take = move || match list.get() {
        Some(Ok(listed)) => {
            let page = listed.map(|Audited { page, authors: there, last }| {
                authors.set(there);
                end.set(last);
                page
            });
            let page = page.unwrap_or_default();
            total.set(page.total);
            problem.set(None);
            merge(rows, page.rows, |row| row.entry.seq);
        }
        Some(Err(error)) => problem.set(Some(text::error(language, &error))),
        None => {}
    };
    let may = may(Permission::Audit);
    let refused = move || {
        let words = text::error(language, &AppError::Forbidden);
        view! { <p class="note warn" role="alert">{words}</p> }.into_any()
    };
    view! {
        <main class="main">
            <div class="head"><h1 tabindex="-1">{t::audit(language)}</h1><Help page="audit" about=t::audit(language)/><SettingsViews/></div>
            <Show when=move || may.get() fallback=refused>
                <div class="bar">
                    <Search path=PATH label=t::audit_search(language)/>
                    <Filter authors=authors/>
                </div>
                <Unknown path=PATH unknown=unknown/>
                <Problem problem=problem/>
                <div class="card">
                    <Wait take=take bones=Bones::Rows> <Table rows=rows empty=empty_unless(unknown, total, problem) filtered=filtered/>
                        <Foot path=PATH total=Signal::from(total) size=size choose=true/> <End last=end/></Wait>
                </div>
            </Show>
        </main>
    }
    .erased()
}

/// Where the log ends, to be noted elsewhere.
#[component]
fn End(last: RwSignal<Option<AuditRow>>) -> impl IntoView {
    let language = text::language();
    let end = move || {
        look!(last, |l| l.as_ref().map(|l| format!("{}:{}", l.entry.seq, l.hash)).unwrap_or_default())
    };
    view! {
        <p class="muted small log-end" hidden=move || last.read().is_none()>{t::audit_end(language)}" "<code>{end}</code></p>
    }
    .erased()
}

#[component]
fn Table(rows: Rows<u64, AuditRow>, empty: Signal<bool>, filtered: Memo<bool>) -> impl IntoView {
    let language = text::language();
    view! {
        <table class="log">
            <thead><tr>
                <th scope="col">{t::audit_when(language)}</th>
                <th scope="col">{t::audit_who(language)}</th>
                <th scope="col">{t::audit_what(language)}</th>
            </tr></thead>
            <tbody>
                <For each=move || rows.get() key=|(seq, _)| *seq let((_, row))><Row row=row/></For>
            </tbody>
        </table>
        <Show when=move || empty.get()>
            <div class="empty">
                <b>{move || if filtered.get() { t::empty_search(language) } else { t::audit_empty(language) }}</b>
                <a class="link" href=PATH hidden=move || !filtered.get()>{t::audit_show_all(language)}</a>
            </div>
        </Show>
    }
    .erased()
}

/// Who it was, and below it from where.
fn author(language: Language, entry: &Entry) -> (String, String) {
    let from = entry.from.clone().unwrap_or_default();
    match &entry.by {
        By::Account { name, .. } => (name.clone(), from),
        By::CommandLine { user } => (user.clone(), t::audit_command_line(language).to_owned()),
        By::Device => (t::audit_device(language).to_owned(), from),
        By::Visitor => (t::audit_visitor(language).to_owned(), from),
    }
}

/// The window of what it was done to, where there may still be one.
fn window(entry: &Entry) -> Option<String> {
    let id = entry.subject.id.as_ref()?;
    let name = entry.action.name();
    let list = match entry.action.area() {
        Area::User => "users",
        Area::Device => "devices",
        Area::Invitation if !entry.subject.name.is_empty() => "invitations",
        _ => return None,
    };
    (!name.ends_with(".deleted")).then(|| format!("/{list}/{id}"))
}

/// The values in one line.
fn summary(language: Language, changes: &[Difference]) -> String {
    let one = |change: &Difference| {
        let field = words::field(language, &change.field);
        match words::values(language, change) {
            (Some(before), Some(after)) => format!("{field}: {before} → {after}"),
            (None, Some(after)) => format!("{field}: {after}"),
            (Some(before), None) => format!("{field}: {before} → –"),
            (None, None) => field.to_owned(),
        }
    };
    changes.iter().map(one).collect::<Vec<_>>().join(" · ")
}

#[component]
fn Row(row: ArcRwSignal<AuditRow>) -> impl IntoView {
    // An entry never changes.
    let AuditRow { entry, hash } = row.get_untracked();
    let language = text::language();
    let (who, from) = author(language, &entry);
    let what = words::action(language, entry.action);
    let subject = words::subject(language, entry.action, &entry.subject.name).to_owned();
    let subject = match window(&entry) {
        Some(href) => view! { <a class="name-2" href=href>{subject}</a> }.into_any(),
        None => view! { <span class="name-2">{subject}</span> }.into_any(),
    };
    let at = entry.at;
    let changes = entry.changes.iter().map(|change| {
        let (before, after) = words::values(language, change);
        let said = |value: Option<&str>| value.unwrap_or("–").to_owned();
        let (before, after) = (said(before), said(after));
        view! {
            <tr>
                <th scope="row">{words::field(language, &change.field).to_owned()}</th>
                <td data-of=t::audit_before(language)>{before}</td>
                <td data-of=t::audit_after(language)>{after}</td>
            </tr>
        }
    });
    // With nothing in it, it would still keep its distance.
    let line =
        (!entry.changes.is_empty()).then(|| view! { <span>{summary(language, &entry.changes)}</span> });
    let changes = (!entry.changes.is_empty()).then(|| {
        view! {
            <table class="values">
                <thead><tr><th scope="col">{t::audit_value(language)}</th><th scope="col">{t::audit_before(language)}</th><th scope="col">{t::audit_after(language)}</th></tr></thead>
                <tbody>{changes.collect_view()}</tbody>
            </table>
        }
    });
    view! {
        <tr>
            <td class="c-when"><span class="num">{move || text::moment(language, at)}</span></td>
            <td class="c-by"><div class="name-2">{who}</div><div class="sub">{from}</div></td>
            <td class="c-what">
                <div>{what}" "{subject}</div>
                <details>
                    <summary class="sub">{line}<span class="link">{t::audit_details(language)}</span></summary>
                    {changes}
                    <p class="sub">{t::audit_entry(language, entry.seq)}" · "{entry.at.rfc3339()}" · "<code>{hash}</code></p>
                </details>
            </td>
        </tr>
    }
    .erased()
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_domain::{
        Timestamp,
        audit::{Action, Note, Subject},
    };

    #[test]
    fn days_of_the_address_are_whole_days_of_the_zone() {
        let mut map = ParamsMap::new();
        map.insert("from", "2026-11-25".to_owned());
        map.insert("to", "2026-11-26".to_owned());
        let asked = |zone: &str| {
            let query = asked(&map, &Zone::parse(zone).unwrap()).unwrap();
            (query.since.unwrap().rfc3339(), query.until.unwrap().rfc3339())
        };
        assert_eq!(asked("0"), ("2026-11-25T00:00:00Z".into(), "2026-11-27T00:00:00Z".into()));
        assert_eq!(asked("330"), ("2026-11-24T18:30:00Z".into(), "2026-11-26T18:30:00Z".into()));
        map.insert("from", "yesterday".to_owned());
        assert_eq!(super::asked(&map, &Zone::default()), None);
    }

    #[test]
    fn a_line_says_what_a_value_was_and_is() {
        let note = Note::new(Action::UserChanged, Subject::default())
            .with("name", Some("Ada"), Some("Ada Lovelace"))
            .was("email", "a@b.example")
            .now("groups", "Night");
        assert_eq!(
            summary(Language::En, &note.changes),
            "Name: Ada → Ada Lovelace · E-mail: a@b.example → – · Groups: Night"
        );
    }

    #[test]
    fn what_was_deleted_has_no_window_any_more() {
        let entry = |action| Entry {
            seq: 1,
            at: Timestamp(0),
            by: By::Device,
            from: None,
            action,
            subject: Subject::new("7", "Ada"),
            changes: Vec::new(),
        };
        assert_eq!(window(&entry(Action::UserAdded)).as_deref(), Some("/users/7"));
        assert_eq!(window(&entry(Action::UserDeleted)), None);
        assert_eq!(window(&entry(Action::GroupAdded)), None);
    }
}
