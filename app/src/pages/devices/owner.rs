//! Gives a device to somebody else: a search that finds people, then the choice.

use super::window::Shown;
use crate::{
    api::{devices::device_move, users::users_list},
    text::{self, t},
    ui::{
        announce::announcer,
        dialog::focus,
        fetch::Asked,
        flow::{Erased, boxed, effect, look, spawn},
        icon::{self, Icon},
        live::live,
        modal::Modal,
        problem::Problem,
    },
};
use leptos::prelude::*;
use muster_domain::{
    UserId,
    query::{UserFilter, UserQuery, Window},
    user::UserRow,
};
use std::time::Duration;
use wasm_bindgen::JsCast;

/// People that are offered at once.
const FOUND: u32 = 8;

/// Gives one device to somebody else.
#[component]
pub(super) fn ChangeOwner(shown: Shown, open: RwSignal<bool>) -> impl IntoView {
    let language = text::language();
    let problem = RwSignal::new(None::<String>);
    effect(move || {
        if open.get() {
            problem.set(None);
        }
    });
    let has = Signal::derive(move || look!(shown, |s| s.as_ref().map(|f| f.device.owner)));
    let (say, version) = (announcer(), live().version);
    let give = move |(owner, name): (UserId, String)| {
        let Some(id) = shown.with_untracked(|s| s.as_ref().map(|f| f.device.id)) else { return };
        spawn(async move {
            match device_move(id, owner).await {
                Ok(()) => {
                    open.set(false);
                    say.done(t::dev_said_moved(language, name));
                    version.update(|v| *v = v.wrapping_add(1));
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
        });
    };
    let title = Signal::stored(t::dev_move(language).to_owned());
    view! { <Give open=open title=title text=t::dev_move_text(language).to_owned() has=has problem=problem given=give/> }
        .erased()
}

/// Finds the person, for one device or for many.
#[component]
pub(super) fn Give(
    open: RwSignal<bool>,
    title: Signal<String>,
    /// What happens, and to which.
    #[prop(into)]
    text: Signal<String>,
    /// Who has it, and cannot be chosen.
    has: Signal<Option<UserId>>,
    /// What went wrong the last time.
    #[prop(into)]
    problem: Signal<Option<String>>,
    /// What to do with who was chosen, and their name.
    #[prop(into)]
    given: Callback<(UserId, String)>,
) -> impl IntoView {
    let language = text::language();
    let (term, searched) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let chosen = RwSignal::new(None::<(UserId, String)>);
    effect(move || {
        if open.get() {
            term.set(String::new());
            searched.set(String::new());
            chosen.set(None);
        }
    });
    let latest = StoredValue::new(0_u32);
    let typed = move |event| {
        term.set(event_target_value(&event));
        latest.update_value(|n| *n = n.wrapping_add(1));
        let mine = latest.get_value();
        let search = move || {
            if latest.try_get_value() == Some(mine) {
                searched.set(term.get_untracked());
            }
        };
        set_timeout(search, Duration::from_millis(200));
    };
    let people = Asked::new(move || {
        let asked = open.get().then(|| searched.get());
        async move {
            let query = UserQuery {
                filter: UserFilter { search: asked?, ..UserFilter::default() },
                window: Window { page: 1, size: FOUND },
                ..UserQuery::default()
            };
            users_list(query).await.ok().map(|listed| listed.page.rows)
        }
    });
    let give = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(chosen) = chosen.get_untracked() {
            given.run(chosen);
        }
    };
    let button = move || match chosen.get() {
        Some((_, name)) => t::dev_give_to(language, name),
        None => t::dev_give(language).to_owned(),
    };
    view! {
        <Modal open=open title=title>
            <form class="stack" on:submit=boxed(give) on:keydown=boxed(|event: leptos::ev::KeyboardEvent| walk(&event))>
                <Problem problem=problem/>
                <p class="muted lines">{text}</p>
                <label class="field search">
                    <Icon path=icon::SEARCH/>
                    <input type="search" autocomplete="off" autofocus placeholder=t::search_users(language) aria-label=t::dev_find_person(language)
                        prop:value=term on:input=boxed(typed)/>
                </label>
                <ul class="people">
                    {move || people.get().flatten().map(|rows| found(rows, has, chosen))}
                </ul>
                <p class="muted" role="status">{move || {
                    let none = people.get().flatten().is_some_and(|rows| rows.is_empty());
                    if none { t::empty_search(language) } else { "" }
                }}</p>
                <div class="end">
                    <button type="button" class="btn" on:click=boxed(move |_| open.set(false))>{t::cancel(language)}</button>
                    <button class="btn primary" disabled=move || chosen.read().is_none()>{button}</button>
                </div>
            </form>
        </Modal>
    }
    .erased()
}

/// Where one types, and a person who can be chosen.
const SEARCH: &str = "dialog[open] .search input";
const PERSON: &str = "button:not(:disabled)";

/// The arrow keys go from the search into its results, along them and back. Enter in the search goes there, too: who is
/// chosen must have been looked at.
fn walk(event: &leptos::ev::KeyboardEvent) {
    let Some(here) = document().active_element() else { return };
    let key = event.key();
    let typing = here.matches(SEARCH).unwrap_or(false);
    let person = here.closest(".people li").ok().flatten();
    let to = match key.as_str() {
        "ArrowDown" | "Enter" if typing => focus(&format!("dialog[open] .people {PERSON}")),
        "ArrowDown" => person.is_some_and(|person| step(person.next_element_sibling(), true)),
        "ArrowUp" => person.is_some_and(|p| step(p.previous_element_sibling(), false) || focus(SEARCH)),
        _ => return,
    };
    if to {
        event.prevent_default();
    }
}

/// Gives the focus to this person, or to the next one who can be chosen; whether there is one.
fn step(mut person: Option<web_sys::Element>, down: bool) -> bool {
    while let Some(here) = person {
        if let Some(button) = here.query_selector(PERSON).ok().flatten() {
            return button.dyn_into::<web_sys::HtmlElement>().is_ok_and(|button| button.focus().is_ok());
        }
        person = if down { here.next_element_sibling() } else { here.previous_element_sibling() };
    }
    false
}

fn found(
    rows: Vec<UserRow>,
    has: Signal<Option<UserId>>,
    chosen: RwSignal<Option<(UserId, String)>>,
) -> impl IntoView {
    let language = text::language();
    let owner = has.get_untracked();
    let person = move |row: UserRow| {
        let (id, name) = (row.id, row.name.clone());
        let has_it = owner == Some(id);
        let below = if has_it {
            t::dev_has_it(language).to_owned()
        } else {
            row.email.unwrap_or_else(|| t::no_email(language).to_owned())
        };
        view! {
            <li>
                <button type="button" class="plain" disabled=has_it
                    aria-pressed=move || look!(chosen, |c| c.as_ref().is_some_and(|(c, _)| *c == id)).to_string()
                    on:click=boxed(move |_| chosen.set(Some((id, name.clone()))))>
                    <b>{row.name}</b><span class="sub">{below}</span>
                </button>
            </li>
        }
    };
    rows.into_iter().map(person).collect_view()
}
