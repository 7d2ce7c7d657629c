//! One configuration: what devices are told, field by field, for whom, and its former versions.

mod audience;
mod field;
mod history;
mod rows;
mod said;
mod save;

use super::{PATH, words};
use crate::{
    AppError,
    api::configurations::{ConfigurationDesk, configuration_get},
    text::{self, t},
    ui::{
        announce::announcer,
        fetch::Fetched,
        flow::{Erased, Show, Wait, boxed, look},
        help::Help,
        leave,
        live::live,
        parts::Back,
        problem::Problem as Trouble,
        role::may,
        skeleton::Bones,
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use muster_domain::{
    ConfigurationId, Language,
    account::Permission,
    configuration::{Clash, Column, Field, Form, Problem, Section},
    ports::{Audience, ConfigurationRow, VersionRow},
};
use std::cell::RefCell;

/// What stands in the editor.
#[derive(Clone, Debug, Default, PartialEq)]
struct Draft {
    name: String,
    audience: Audience,
    form: Form,
}

thread_local! {
    /// What was typed when the editor was left, in this tab.
    static LEFT: RefCell<Option<Left>> = const { RefCell::new(None) };
}

/// What was typed in an editor: of which configuration, on which version it is based, and what that says.
#[derive(Clone)]
struct Left {
    of: Option<ConfigurationId>,
    base: u64,
    saved: Draft,
    draft: Draft,
}

/// What was left behind of a configuration. The server has one memory for everybody, and keeps nothing.
fn left_behind(of: Option<ConfigurationId>) -> Option<Left> {
    let its = |left: &mut Left| left.of == of;
    if cfg!(feature = "hydrate") { LEFT.with_borrow_mut(|left| left.take_if(its)) } else { None }
}

/// The editor: what is typed, what is saved, what is wrong.
#[derive(Clone, Copy)]
struct Desk {
    language: Language,
    row: RwSignal<Option<ConfigurationRow>>,
    /// On which version what is typed is based; 0 for a new one.
    base: RwSignal<u64>,
    /// The version that is looked at, or brought back, where it is not the one that holds.
    former: RwSignal<Option<u64>>,
    draft: RwSignal<Draft>,
    saved: RwSignal<Draft>,
    versions: RwSignal<Vec<VersionRow>>,
    groups: RwSignal<Vec<String>>,
    problems: RwSignal<Vec<Problem>>,
    /// What is wrong with the name.
    bad_name: RwSignal<Option<&'static str>>,
    /// Somebody has saved this version meanwhile.
    newer: RwSignal<Option<u64>>,
    /// What both have changed, once mine was laid over theirs.
    clashes: RwSignal<Vec<Clash>>,
    trouble: RwSignal<Option<String>>,
    there: RwSignal<bool>,
    /// It was deleted meanwhile.
    gone: RwSignal<bool>,
    asking: RwSignal<Option<save::Asked>>,
    may: Signal<bool>,
}

impl Desk {
    fn new() -> Self {
        Self {
            language: text::language(),
            row: RwSignal::new(None),
            base: RwSignal::new(0),
            former: RwSignal::new(None),
            draft: RwSignal::new(Draft::default()),
            saved: RwSignal::new(Draft::default()),
            versions: RwSignal::new(Vec::new()),
            groups: RwSignal::new(Vec::new()),
            problems: RwSignal::new(Vec::new()),
            bad_name: RwSignal::new(None),
            newer: RwSignal::new(None),
            clashes: RwSignal::new(Vec::new()),
            trouble: RwSignal::new(None),
            there: RwSignal::new(false),
            gone: RwSignal::new(false),
            asking: RwSignal::new(None),
            may: may(Permission::Configure),
        }
    }

    /// Takes what the server has. What is typed stays, and is based on what it was based on.
    fn take(self, found: ConfigurationDesk, looked_at: Option<u64>) {
        let name = found.row.as_ref().map(|row| row.name.clone()).unwrap_or_default();
        let audience = found.row.as_ref().map(|row| row.audience.clone()).unwrap_or_default();
        let now = found.row.as_ref().map_or(0, |row| row.version);
        let new = Draft { name, audience, form: found.form };
        let is_other = looked_at.filter(|version| *version != now) != self.former.get_untracked();
        let touched = self.there.get_untracked() && !is_other && untrack(|| self.changed());
        let left = left_behind(found.row.as_ref().map(|row| row.id)).filter(|_| !self.there.get_untracked());
        if let Some(left) = left.filter(|_| looked_at.is_none()) {
            set_if_new(self.draft, left.draft);
            set_if_new(self.saved, left.saved);
            self.base.set(left.base);
            self.former.set(None);
            self.newer.set(Some(now).filter(|now| *now != left.base));
        } else if touched && now != self.base.get_untracked() {
            self.newer.set(Some(now));
        } else if !touched {
            set_if_new(self.draft, new.clone());
            set_if_new(self.saved, new);
            self.base.set(now);
            self.former.set(looked_at.filter(|version| *version != now));
            self.newer.set(None);
        }
        set_if_new(self.row, found.row);
        set_if_new(self.versions, found.versions);
        set_if_new(self.groups, found.groups);
        self.there.set(true);
    }

    fn discard(self) {
        self.draft.set(self.saved.get_untracked());
        self.problems.set(Vec::new());
        self.clashes.set(Vec::new());
        self.bad_name.set(None);
    }

    /// Keeps what is typed until the page is opened again.
    fn leave(self) {
        let kept = untrack(|| Left {
            of: look!(self.row, |row| row.as_ref().map(|row| row.id)),
            base: self.base.get(),
            saved: self.saved.get(),
            draft: self.draft.get(),
        });
        LEFT.set(Some(kept));
    }

    fn changed(self) -> bool {
        look!(self.draft, |draft| look!(self.saved, |saved| draft != saved))
    }

    /// What stands in a field.
    fn text(self, field: Field) -> String {
        look!(self.draft, |draft| draft.form.text(field).to_owned())
    }

    fn put(self, field: Field, text: String) {
        self.mend(field, None);
        self.draft.update(|draft| draft.form.entry(field).text = text);
        self.tidy(field);
    }

    /// Nothing is wrong any more with what is typed just now.
    fn mend(self, field: Field, row: Option<usize>) {
        if self.problems.with_untracked(|all| all.iter().any(|p| p.field == field)) {
            self.problems.update(|all| all.retain(|p| p.field != field || p.row != row));
        }
    }

    /// An entry in which nothing stands is none, so that what was emptied is as if it had never been touched.
    fn tidy(self, field: Field) {
        let is_empty =
            self.draft.with_untracked(|d| d.form.text(field).is_empty() && d.form.rows(field).is_empty());
        if is_empty {
            self.draft.update(|draft| draft.form.entries.retain(|entry| entry.field != field));
        } else {
            self.draft.update(|draft| draft.form.entries.sort_by_key(|entry| entry.field));
        }
    }

    fn wrong(self, field: Field, row: Option<usize>, column: Option<Column>) -> Option<String> {
        let language = self.language;
        let is_it = |p: &&Problem| p.field == field && p.row == row && p.column == column;
        look!(self.problems, |all| all.iter().find(is_it).map(|p| words::fault(language, &p.fault)))
    }
}

/// The id of a place's control on the page.
fn id_of(field: Field, row: Option<usize>, column: Option<Column>) -> String {
    let row = row.map(|n| format!("-{n}")).unwrap_or_default();
    let column = column.map(|c| format!("-{}", c.name())).unwrap_or_default();
    format!("cfg-{}{row}{column}", field.name())
}

fn set_if_new<T: Clone + PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}

#[component]
pub(crate) fn Editor() -> impl IntoView {
    let language = text::language();
    let (params, query) = (use_params_map(), use_query_map());
    let which = Memo::new(move |_| {
        let id = params.read().get("id").unwrap_or_default();
        let version = query.read().get("version").and_then(|n| n.parse::<u64>().ok());
        (id, version)
    });
    let live = live().version;
    let fetched = Fetched::new(
        move || (which.get(), live.get()),
        |((id, version), _)| async move {
            let found = match (id.as_str(), id.parse::<ConfigurationId>()) {
                ("new", _) => configuration_get(None, None).await,
                (_, Ok(id)) => configuration_get(Some(id), version).await,
                _ => Err(AppError::NotFound.told()),
            };
            found.map(|found| (id, version, found))
        },
    );
    let desk = Desk::new();
    let say = announcer();
    let going = leave::guard(
        move || desk.there.get() && desk.may.get() && desk.changed(),
        move || {
            desk.leave();
            say.done(t::cfg_kept(language));
        },
    );
    let (gone, forbidden) = (desk.gone, RwSignal::new(false));
    let shown = RwSignal::new(String::new());
    let take = move || match fetched.get() {
        Some(Ok((id, version, found))) => {
            gone.set(false);
            if shown.get_untracked() != id {
                desk.there.set(false);
                shown.set(id);
            }
            desk.take(found, version);
        }
        Some(Err(AppError::NotFound)) => gone.set(true),
        Some(Err(AppError::Forbidden)) => forbidden.set(true),
        Some(Err(error)) => desk.trouble.set(Some(text::error(language, &error))),
        None => {}
    };
    let name = move || {
        let named = look!(desk.row, |row| row.as_ref().map(|row| row.name.clone()));
        named.unwrap_or_else(|| t::cfg_new(language).to_owned())
    };
    view! {
        <Title text=name/>
        <main class="main window set cfg">
            <Back to=PATH label=t::cfg_title(language)/>
            <Wait take=take bones=Bones::Window>
                <Show when=move || gone.get() && !desk.there.get()><div class="empty"><h1 tabindex="-1">{t::cfg_gone(language)}</h1></div></Show>
                <Show when=move || forbidden.get()><p class="muted">{t::cfg_forbidden(language)}</p></Show>
                <Show when=move || desk.there.get()>
                    <div class="head"><h1 tabindex="-1">{name}</h1><Help page="configurations" about=t::cfg_title(language)/></div>
                    <Sections desk=desk/>
                </Show>
            </Wait>
            <save::Ask desk=desk/>
            <leave::Ask going=going discard=Callback::new(move |()| desk.discard())/>
        </main>
    }
    .erased()
}

#[component]
fn Sections(desk: Desk) -> impl IntoView {
    let language = desk.language;
    let part = move |section: Section| {
        let (title, about) = words::section(language, section);
        let fields = Field::ALL.iter().copied().filter(|field| field.section() == section);
        let fields = fields.map(|field| field::of(desk, field)).collect_view();
        view! {
            <section class="set-part" aria-label=title>
                <div class="set-about"><h2>{title}</h2><p class="muted">{about}</p></div>
                <div class="set-fields card">{fields}</div>
            </section>
        }
        .into_any()
    };
    let looking = move || {
        let now = look!(desk.row, |row| row.as_ref().map_or(0, |row| row.version));
        desk.former.get().map(|version| t::cfg_looking(language, now, version)).unwrap_or_default()
    };
    let holds = move || {
        look!(desk.row, |row| row.as_ref().map(|row| format!("{PATH}/{}", row.id)).unwrap_or_default())
    };
    view! {
        <Show when=move || desk.former.get().is_some()>
            <p class="note warn" role="status"><span>{looking}</span>" "<a class="link" href=holds>{t::cfg_holds(language)}</a></p>
        </Show>
        <form class="set-form" novalidate on:submit=boxed(move |event| save::review(desk, &event))>
            <audience::Who desk=desk/>
            {Section::ALL.map(part).collect_view()}
            <Trouble problem=desk.trouble grave=true/>
            <save::Bar desk=desk/>
        </form>
        <history::History desk=desk/>
    }
    .erased()
}
