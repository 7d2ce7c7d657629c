//! Gives a device to somebody else: a search that finds people, then the choice.

use super::window::Shown;
use crate::{
    api::{devices::device_move, users::users_list},
    text::{self, t},
    ui::{
        announce::announcer,
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

/// People that are offered at once.
const FOUND: u32 = 8;

#[component]
pub(super) fn ChangeOwner(shown: Shown, open: RwSignal<bool>) -> impl IntoView {
    let language = text::language();
    let (term, searched) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let chosen = RwSignal::new(None::<(UserId, String)>);
    let problem = RwSignal::new(None::<String>);
    effect(move || {
        if open.get() {
            term.set(String::new());
            searched.set(String::new());
            chosen.set(None);
            problem.set(None);
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
    let (say, version) = (announcer(), live().version);
    let give = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (Some((owner, name)), Some(id)) =
            (chosen.get_untracked(), shown.with_untracked(|s| s.as_ref().map(|f| f.device.id)))
        else {
            return;
        };
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
    let button = move || match chosen.get() {
        Some((_, name)) => t::dev_give_to(language, name),
        None => t::dev_give(language).to_owned(),
    };
    let title = Signal::derive(move || t::dev_move(language).to_owned());
    view! {
        <Modal open=open title=title>
            <form class="stack" on:submit=boxed(give)>
                <Problem problem=problem/>
                <p class="muted">{t::dev_move_text(language)}</p>
                <label class="field search">
                    <Icon path=icon::SEARCH/>
                    <input type="search" autocomplete="off" autofocus placeholder=t::search_users(language) aria-label=t::dev_find_person(language)
                        prop:value=term on:input=boxed(typed)/>
                </label>
                <ul class="people">
                    {move || people.get().flatten().map(|rows| found(rows, shown, chosen))}
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

fn found(rows: Vec<UserRow>, shown: Shown, chosen: RwSignal<Option<(UserId, String)>>) -> impl IntoView {
    let language = text::language();
    let owner = shown.with_untracked(|s| s.as_ref().map(|f| f.device.owner));
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
