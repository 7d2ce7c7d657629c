//! Invitations: every message with its state, and what can be done about it.

pub(crate) mod many;
pub(super) mod steps;
mod way;
pub(crate) mod window;

use crate::{
    api::invitations::{invitations_counts, invitations_list},
    text::{self, t},
    ui::{
        chips::{Chip, Chips},
        desk::{self, Desk, Dialogs},
        fetch::Fetched,
        flow::{Erased, For, Show, Wait, boxed, look},
        help::Help,
        list::{Foot, Rows, Search, Unknown, empty_unless, known, merge, query_page, query_size, seconds},
        live::live,
        moment,
        parts::{First, address},
        picked::{self, Picked},
        problem::Problem,
        role::may,
        skeleton::Bones,
        tabs::{Tab, Tabs},
        ticks::{Tick, ticks},
    },
};
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use muster_domain::{
    InvitationId, Language,
    account::Permission,
    invitation::{Act, Invitation, Reach, State, StateCounts},
    query::{InvitationQuery, Window},
};

pub(crate) const PATH: &str = "/invitations";
/// The tab's value for those whose person asks for a new link; it is no state.
const ASKING: &str = "asking";

/// The same for those who wait with an iPhone or iPad for the APNs certificate.
const APPLE: &str = "apple";

/// What is ticked.
pub(crate) type Ticked = Picked<InvitationId, InvitationQuery>;

/// What the address asks for, on whichever page; none where it filters by something that is not known.
pub(crate) fn asked(query: &ParamsMap) -> Option<InvitationQuery> {
    let value = |name| query.get(name).unwrap_or_default();
    let (asking, apple) = (value("state") == ASKING, value("state") == APPLE);
    Some(InvitationQuery {
        search: value("q"),
        state: if asking || apple { None } else { known(query, "state", State::from_name)? },
        asking,
        apple,
        since: known(query, "since", seconds)?,
        reached: known(query, "reached", Reach::from_name)?,
        ends: known(query, "ends", seconds)?,
        waiting: known(query, "waiting", |value| (value == "1").then_some(()))?.is_some(),
        ..InvitationQuery::default()
    })
}

/// What the list is filtered by, beside the tabs and what is searched for.
fn chips(language: Language, query: &InvitationQuery) -> Vec<Chip> {
    let since = query.since.map(|at| Chip::of(t::inv_since(language, text::day(language, at)), &["since"]));
    let reached = query.reached.map(|reach| {
        let words = match reach {
            Reach::Connected => t::inv_connected(language).to_owned(),
            reach => t::inv_reached(language, text::reach(language, reach)),
        };
        Chip::of(words, &["reached"])
    });
    let ends = query.ends.map(|at| Chip::of(t::inv_ends_by(language, text::moment(language, at)), &["ends"]));
    let waiting = query.waiting.then(|| Chip::of(t::inv_waiting(language).to_owned(), &["waiting"]));
    let apple = query.apple.then(|| Chip::of(t::inv_apple(language).to_owned(), &["state"]));
    [since, reached, ends, waiting, apple].into_iter().flatten().collect()
}

#[component]
pub(crate) fn Invitations() -> impl IntoView {
    let language = text::language();
    let (page, size, address) = (query_page(), query_size(), use_query_map());
    let asked = Memo::new(move |_| look!(address, |query| asked(query)));
    let unknown = Signal::derive(move || asked.read().is_none());
    let query = Memo::new(move |_| InvitationQuery {
        window: Window { page: page.get(), size: size.get() },
        ..asked.get().unwrap_or_default()
    });
    // What the list is filtered by, on whichever page.
    let filter = Memo::new(move |_| InvitationQuery { window: Window::default(), ..query.get() });
    let filtered = Memo::new(move |_| look!(filter, |f| *f != InvitationQuery::default()));
    let (picked, invite) = (RwSignal::new(Ticked::default()), may(Permission::Invite));
    picked::ask_anew(picked, filter);
    let shown = Signal::derive(move || look!(query, |q| chips(language, q)));
    let version = live().version;
    let list = Fetched::new(
        move || (query.get(), unknown.get(), version.get()),
        |(query, unknown, _)| async move {
            if unknown { Ok(None) } else { invitations_list(query).await.map(Some) }
        },
    );
    let rows: Rows<InvitationId, Invitation> = RwSignal::new(Vec::new());
    let total = RwSignal::new(0_u64);
    let problem = RwSignal::new(None::<String>);
    let take = move || match list.get() {
        Some(Ok(listed)) => {
            let page = listed.map(|listed| listed.page).unwrap_or_default();
            total.set(page.total);
            problem.set(None);
            merge(rows, page.rows, |i| i.id);
        }
        Some(Err(error)) => problem.set(Some(text::error(language, &error))),
        None => {}
    };
    let desk = Desk::new();
    view! {
        <main class="main">
            <div class="head"><h1 tabindex="-1">{t::invitations(language)}</h1><Help page="invitations" about=t::invitations(language)/></div>
            <div class="bar"><Search path=PATH label=t::search_invitations(language)/></div>
            <Show when=move || look!(query, |q| q.ends.is_none() && !q.waiting && !q.apple)><StateTabs query=query/></Show>
            <Chips path=PATH chips=shown/>
            <Unknown path=PATH unknown=unknown/>
            <Problem problem=problem/>
            <div class="card">
                <Show when=move || invite.get()><many::Many picked=picked filter=filter total=total/></Show>
                <Wait take=take bones=Bones::Rows> <Table rows=rows picked=picked empty=empty_unless(unknown, total, problem) filtered=filtered desk=desk/> <Foot path=PATH total=Signal::from(total) size=size choose=true/></Wait>
            </div>
            <Dialogs desk=desk/>
        </main>
    }
    .erased()
}

#[component]
fn StateTabs(query: Memo<InvitationQuery>) -> impl IntoView {
    let language = text::language();
    let version = live().version;
    let fetched = Fetched::new(
        move || (look!(query, |q| (q.since, q.reached)), version.get()),
        |((since, reached), _)| invitations_counts(since, reached),
    );
    let counts = RwSignal::new(StateCounts::default());
    let take = move || {
        if let Some(Ok(new)) = fetched.get() {
            counts.set(new);
        }
    };
    let of = move |state: State| Some(Signal::derive(move || look!(counts, |c| c.of(state))));
    let mut tabs = vec![
        Tab {
            count: Some(Signal::derive(move || counts.with(StateCounts::all))),
            ..Tab::new("", t::inv_all(language))
        },
        Tab {
            count: Some(Signal::derive(move || look!(counts, |c| c.asking))),
            ..Tab::new(ASKING, t::inv_asking(language))
        },
    ];
    tabs.extend(State::ALL.map(|state| Tab {
        count: of(state),
        // Android devices connect at once.
        rare: state == State::Enrolling,
        ..Tab::new(state.name(), text::state(language, state))
    }));
    view! {
        <Wait take=take> <Tabs path=PATH name="state" label=t::inv_state(language) tabs=tabs.clone()/></Wait>
    }
    .erased()
}

#[component]
fn Table(
    rows: Rows<InvitationId, Invitation>,
    picked: RwSignal<Ticked>,
    empty: Signal<bool>,
    filtered: Memo<bool>,
    desk: Desk,
) -> impl IntoView {
    let language = text::language();
    let ticks = ticks(rows, picked);
    view! {
        <div class="wide"><table class="message-list">
            <thead><tr>
                {ticks.head(may(Permission::Invite))}
                <th scope="col">{t::person(language)}</th>
                <th scope="col">{t::message(language)}</th>
                <th scope="col" class="c-times">{t::history(language)}</th>
                <th scope="col" class="c-sender">{t::inv_sent_by(language)}</th>
                <th scope="col"><span class="unseen">{t::inv_acts(language)}</span></th>
            </tr></thead>
            <tbody>
                <For each=move || rows.get() key=|(id, _)| *id let((id, row))><Row id=id row=row picked=picked tick=ticks.row desk=desk/></For>
            </tbody>
        </table></div>
        <Show when=move || empty.get() && !filtered.get()>
            <div class="empty"><b>{t::empty_invitations(language)}</b><First text=t::inv_empty_text(language) reader=t::inv_empty_reader(language)/></div>
        </Show>
        <Show when=move || empty.get() && filtered.get()>
            <div class="empty"><b>{t::empty_search(language)}</b><a class="link" href=PATH>{t::inv_show_all(language)}</a></div>
        </Show>
    }
    .erased()
}

/// The times of what was reached, one under the other.
fn history(language: Language, i: &Invitation) -> Vec<String> {
    let times = [(State::Sent, i.sent_at), (State::Opened, i.opened_at), (State::Enrolled, i.enrolled_at)];
    let reached = times
        .into_iter()
        .filter_map(|(s, at)| Some(format!("{} {}", text::state(language, s), text::moment(language, at?))));
    reached.collect()
}

/// What explains the state: the server's words, the request, or until when the link works.
pub(super) fn below(language: Language, i: &Invitation) -> String {
    if let Some(error) = i.error.as_ref().filter(|_| i.state == State::Failed) {
        return error.clone();
    }
    if let Some(why) = i.waiting.as_ref().filter(|_| i.state == State::Queued) {
        return t::delayed(language, text::delay(language, why));
    }
    match i.state {
        State::Revoked | State::Enrolled => text::moment(language, i.state_at),
        _ if i.requested_at.is_some() => t::wants_link(language).to_owned(),
        State::Expired => text::moment(language, i.expires_at),
        _ => text::waits(language, i.state, i.platform, i.apple_waits)
            .map_or_else(|| t::until(language, text::moment(language, i.expires_at)), str::to_owned),
    }
}

/// What is most likely wanted next; all else is in the message's window.
fn next(i: &Invitation) -> Option<Act> {
    let likely = match i.state {
        State::Failed => Act::Resend,
        State::Expired => Act::Renew,
        _ => Act::CopyLink,
    };
    [likely, Act::Renew, Act::CopyLink].into_iter().find(|act| i.offers(*act, moment::now()))
}

#[component]
fn Row(
    id: InvitationId,
    row: ArcRwSignal<Invitation>,
    picked: RwSignal<Ticked>,
    tick: Callback<(InvitationId, bool)>,
    desk: Desk,
) -> impl IntoView {
    let language = text::language();
    let row = RwSignal::from(row);
    let on = Memo::new(move |_| look!(picked, |p| p.has(id)));
    let name = Signal::derive(move || look!(row, |i| i.user_name.clone()));
    let act = Memo::new(move |_| row.with(next));
    let act = move || act.get().filter(|act| desk::allowed(*act).get());
    let class = move || {
        look!(row, |i| match i.state {
            State::Failed => "name crit",
            _ if i.requested_at.is_some() && i.state != State::Revoked => "name warn",
            _ => "name",
        })
    };
    let begin = move |_| {
        if let Some(act) = untrack(act) {
            desk.begin(act, row.get_untracked());
        }
    };
    let sender =
        move || look!(row, |i| i.sent_by.clone().unwrap_or_else(|| t::inv_by_command(language).to_owned()));
    view! {
        <tr aria-selected=move || on.get().to_string()>
            <Tick may=may(Permission::Invite) on=on name=name pressed=move |shift| tick.run((id, shift))/>
            <td class="c-person">
                <a class="name-2" href=move || look!(row, |i| format!("/users/{}", i.user))>{move || look!(row, |i| i.user_name.clone())}</a>
                <div class="sub">{move || look!(row, |i| address(i.email.as_deref().unwrap_or_else(|| t::no_email(language))))}</div>
            </td>
            <td class="c-state">
                <a class=class href=format!("{PATH}/{id}")>{move || look!(row, |i| text::invitation(language, i))}</a>
                <div class="sub">{move || look!(row, |i| below(language, i))}</div>
            </td>
            <td class="c-times muted small">{move || look!(row, |i| history(language, i)).into_iter().map(|line| view! { <div>{line}</div> }).collect_view()}</td>
            <td class="c-sender muted small"><div>{sender}</div><div class="sub cut">{move || look!(row, |i| i.note.clone().unwrap_or_default())}</div></td>
            <td class="acts">
                <button class="btn quiet" hidden=move || act().is_none() on:click=boxed(begin)>{move || act().map(|act| desk::word(language, act)).unwrap_or_default()}</button>
                <a class="btn quiet" href=format!("{PATH}/{id}") aria-label=move || look!(row, |i| t::inv_details_of(language, &i.user_name))>{t::inv_details(language)}</a>
            </td>
        </tr>
    }
    .erased()
}
