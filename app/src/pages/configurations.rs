//! Configurations for Android devices with the Headwind agent: in their order, for whom each is, and how many devices it reaches.

pub(crate) mod editor;
pub(in crate::pages) mod words;

use crate::{
    AppError,
    api::configurations::{configuration_delete, configurations_list, configurations_order},
    text::{self, t},
    ui::{
        announce::announcer,
        confirm::Confirm,
        dialog::land,
        fetch::Fetched,
        flow::{Erased, For, Show, Wait, boxed, look, spawn},
        help::Help,
        icon::{self, Icon},
        live::live,
        modal::about,
        problem::Problem,
        role::may,
        skeleton::Bones,
        views::SettingsViews,
    },
};
use leptos::prelude::*;
use muster_domain::{
    ConfigurationId, Language,
    account::Permission,
    ports::{Audience, ConfigurationRow},
};

/// Where they are.
pub(in crate::pages) const PATH: &str = "/configurations";

/// For whom, in words.
pub(in crate::pages) fn whom(language: Language, audience: &Audience) -> String {
    if audience.everybody {
        return t::cfg_everybody(language).to_owned();
    }
    if audience.groups.is_empty() {
        return t::cfg_nobody(language).to_owned();
    }
    audience.groups.join(", ")
}

type Rows = RwSignal<Vec<ConfigurationRow>>;

#[component]
pub(crate) fn Configurations() -> impl IntoView {
    let language = text::language();
    let version = live().version;
    let fetched = Fetched::new(move || version.get(), |_| configurations_list());
    let rows: Rows = RwSignal::new(Vec::new());
    let (problem, forbidden) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let take = move || match fetched.get() {
        Some(Ok(found)) => {
            problem.set(None);
            if rows.with_untracked(|rows| *rows != found) {
                rows.set(found);
            }
        }
        Some(Err(AppError::Forbidden)) => forbidden.set(true),
        Some(Err(error)) => problem.set(Some(text::error(language, &error))),
        None => {}
    };
    let configure = may(Permission::Configure);
    view! {
        <main class="main set cfg">
            <div class="head"><h1 tabindex="-1">{t::cfg_title(language)}</h1><Help page="configurations" about=t::cfg_title(language)/><SettingsViews/></div>
            <Show when=move || !forbidden.get() fallback=move || view! { <p class="muted">{t::cfg_forbidden(language)}</p> }>
                <div class="cfg-top">
                    <p class="muted">{t::cfg_about(language)}</p>
                    <Show when=move || configure.get()><a class="btn primary" href="/configurations/new"><Icon path=icon::PLUS/>{t::cfg_new(language)}</a></Show>
                </div>
            </Show>
            <Problem problem=problem/>
            <Wait take=take bones=Bones::Window>
                <p class="muted" hidden=move || forbidden.get() || !rows.read().is_empty()>{t::cfg_none(language)}</p>
                <Listed rows=rows problem=problem/>
            </Wait>
        </main>
    }
    .erased()
}

#[component]
fn Listed(rows: Rows, problem: RwSignal<Option<String>>) -> impl IntoView {
    let language = text::language();
    let configure = may(Permission::Configure);
    let say = announcer();
    let deleting = RwSignal::new(None::<ConfigurationRow>);
    let delete_problem = RwSignal::new(None::<String>);
    let open = about(deleting, move |_| delete_problem.set(None));
    let moved = move |id: ConfigurationId, down: bool| {
        let mut order: Vec<_> = rows.with_untracked(|rows| rows.iter().map(|row| row.id).collect());
        let Some(from) = order.iter().position(|known| *known == id) else { return };
        let to = if down { from.checked_add(1) } else { from.checked_sub(1) };
        let Some(to) = to.filter(|to| *to < order.len()) else { return };
        order.swap(from, to);
        rows.update(|rows| rows.swap(from, to));
        // The row has gone elsewhere, and the focus with it: to the same button, or the other one where there is no more to go.
        let [same, other] = if down { ["down", "up"] } else { ["up", "down"] };
        land([same, other].map(|way| format!("#cfg-{way}-{id}:not([disabled])")).into());
        spawn(async move {
            match configurations_order(order).await {
                Ok(()) => say.done(t::cfg_said_ordered(language)),
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
        });
    };
    let delete = move || {
        let Some(row) = deleting.get_untracked() else { return };
        spawn(async move {
            match configuration_delete(row.id).await {
                Ok(()) => {
                    open.set(false);
                    rows.update(|rows| rows.retain(|known| known.id != row.id));
                    say.done(t::cfg_said_deleted(language, row.name));
                }
                Err(error) => delete_problem.set(Some(text::error(language, &error))),
            }
        });
    };
    let row = move |row: ConfigurationRow| {
        let id = row.id;
        // The row stays when something of it changes: what has the focus keeps it.
        let its = Memo::new(move |former: Option<&ConfigurationRow>| {
            let found = look!(rows, |rows| rows.iter().find(|known| known.id == id).cloned());
            found.or_else(|| former.cloned()).unwrap_or_else(|| row.clone())
        });
        let name = move || look!(its, |row| row.name.clone());
        let facts = move || {
            look!(its, |row| {
                let when = text::moment(language, row.changed_at);
                let changed = t::cfg_changed(language, when, row.changed_by.clone());
                format!("{} · {changed}", t::cfg_version(language, row.version))
            })
        };
        let devices = move || t::cfg_devices(language, look!(its, |row| row.devices));
        let whom = move || look!(its, |row| whom(language, &row.audience));
        let place = move || look!(rows, |rows| rows.iter().position(|known| known.id == id));
        let is_first = move || place() == Some(0);
        let is_last = move || place().is_some_and(|place| place + 1 == rows.read().len());
        let up = move || t::cfg_up(language, name());
        let down = move || t::cfg_down(language, name());
        let label = move || format!("{}: {}", t::delete(language), name());
        view! {
            <li>
                <div>
                    <a class="link" href=format!("{PATH}/{id}")>{name}</a>
                    <div class="sub">{whom}</div>
                </div>
                <div class="cfg-facts">
                    <span class="num">{devices}</span>
                    <span class="sub">{facts}</span>
                </div>
                <div class="cfg-acts" hidden=move || !configure.get()>
                    <button type="button" class="btn" id=format!("cfg-up-{id}") aria-label=up disabled=is_first on:click=boxed(move |_| moved(id, false))>"↑"</button>
                    <button type="button" class="btn" id=format!("cfg-down-{id}") aria-label=down disabled=is_last on:click=boxed(move |_| moved(id, true))>"↓"</button>
                    <button type="button" class="btn" aria-label=label on:click=boxed(move |_| deleting.set(Some(its.get_untracked())))>{t::delete(language)}</button>
                </div>
            </li>
        }
    };
    let title = Signal::derive(move || {
        t::cfg_delete_title(
            language,
            look!(deleting, |d| d.as_ref().map(|d| d.name.clone()).unwrap_or_default()),
        )
    });
    let lost = Signal::derive(move || {
        t::cfg_delete_text(language, look!(deleting, |d| d.as_ref().map(|d| d.devices).unwrap_or_default()))
    });
    view! {
        <ol class="cfg-list card" hidden=move || rows.read().is_empty()>
            <For each=move || rows.get() key=|row| row.id children=row/>
        </ol>
        <Confirm open=open title=title text=lost action=t::delete(language) problem=delete_problem confirmed=delete/>
    }
    .erased()
}
