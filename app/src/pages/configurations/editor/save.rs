//! Saving: first what differs and how many devices that reaches, then the save. What is based on a former version is not saved over
//! a newer one, and nothing that is typed is lost.

use super::{Desk, Draft, PATH, id_of, words};
use crate::{
    api::configurations::{
        ConfigurationSaved, Previewed, configuration_get, configuration_preview, configuration_save,
    },
    text::{self, t},
    ui::{
        announce::announcer,
        flow::{Erased, For, Show, boxed, look, spawn},
        modal::{Modal, about},
        problem::Problem as Trouble,
    },
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use muster_domain::{
    ConfigurationId, Language, PersonName,
    configuration::{Difference, Kind},
    ports::SavedConfiguration,
};
use wasm_bindgen::JsCast;

/// What the dialog asks about.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    draft: Draft,
    restored: Option<u64>,
    preview: Previewed,
}

fn id_and_base(desk: Desk) -> (Option<ConfigurationId>, Option<u64>) {
    let id = desk.row.with_untracked(|row| row.as_ref().map(|row| row.id));
    (id, id.map(|_| desk.base.get_untracked()))
}

/// Goes to what is wrong first.
fn show(id: String) {
    request_animation_frame(move || {
        let found = document().get_element_by_id(&id);
        if let Some(control) = found.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = control.focus();
        }
    });
}

/// Asks the server what a draft would change, and opens the dialog with it.
fn ask(desk: Desk, draft: Draft, restored: Option<u64>) {
    let language = desk.language;
    if draft.name.parse::<PersonName>().is_err() {
        desk.bad_name.set(Some(t::cfg_bad_name(language)));
        return show("cfg-name".into());
    }
    desk.trouble.set(None);
    let (id, base) = id_and_base(desk);
    spawn(async move {
        match configuration_preview(id, base, draft.audience.clone(), draft.form.clone()).await {
            Ok(preview) if !preview.problems.is_empty() => {
                let first = preview.problems.first().map(|p| id_of(p.field, p.row, p.column));
                desk.problems.set(preview.problems);
                first.into_iter().for_each(show);
            }
            Ok(preview) => {
                desk.problems.set(Vec::new());
                desk.newer.set(preview.newer);
                if preview.newer.is_none() {
                    desk.asking.set(Some(Asked { draft, restored, preview }));
                }
            }
            Err(error) => desk.trouble.set(Some(text::error(language, &error))),
        }
    });
}

pub(super) fn review(desk: Desk, event: &leptos::ev::SubmitEvent) {
    event.prevent_default();
    // A former version that was changed is none that is brought back.
    let restored = desk.former.get_untracked().filter(|_| !untrack(|| desk.changed()));
    ask(desk, desk.draft.get_untracked(), restored);
}

/// Asks whether a former version is to hold again.
pub(super) fn bring_back(desk: Desk, version: u64) {
    let Some(id) = id_and_base(desk).0 else { return };
    spawn(async move {
        match configuration_get(Some(id), Some(version)).await {
            Ok(found) => {
                let holds = desk.saved.get_untracked();
                ask(desk, Draft { form: found.form, ..holds }, Some(version));
            }
            Err(error) => desk.trouble.set(Some(text::error(desk.language, &error))),
        }
    });
}

/// What became of a save, where it was not done.
fn refused(desk: Desk, saved: SavedConfiguration) {
    let language = desk.language;
    match saved {
        SavedConfiguration::Saved { .. } => {}
        SavedConfiguration::Stale { version } => desk.newer.set(Some(version)),
        SavedConfiguration::NameTaken => {
            desk.bad_name.set(Some(t::cfg_name_taken(language)));
            show("cfg-name".into());
        }
        SavedConfiguration::NoSuchGroup => desk.trouble.set(Some(t::cfg_no_group(language).to_owned())),
    }
}

/// A value as it is said.
fn said(language: Language, difference: &Difference, value: Option<&String>) -> String {
    let Some(value) = value else { return t::cfg_nothing(language).to_owned() };
    let kind = match (difference.field.kind(), difference.column) {
        (Kind::Rows(columns), Some(column)) => columns.iter().find(|c| c.column == column).map(|c| c.kind),
        (kind, None) => Some(kind),
        _ => None,
    };
    match (kind, value.as_str()) {
        (Some(Kind::Flag), "yes") => t::dev_yes(language).to_owned(),
        (Some(Kind::Flag), "no") => t::dev_no(language).to_owned(),
        (Some(Kind::Choice(_)), name) => words::choice(language, name).to_owned(),
        _ => value.clone(),
    }
}

/// A difference: of what, and from what to what.
fn row(language: Language, difference: &Difference) -> AnyView {
    let column = difference.column.map(|column| words::column(language, column).to_owned());
    let place = difference.item.iter().cloned().chain(column).collect::<Vec<_>>().join(" · ");
    let whole = matches!(difference.field.kind(), Kind::Rows(_)) && difference.column.is_none();
    let line = match (whole, &difference.before, &difference.after) {
        (true, None, _) => t::cfg_row_added(language).to_owned(),
        (true, ..) => t::cfg_row_gone(language).to_owned(),
        _ => {
            let before = said(language, difference, difference.before.as_ref());
            t::cfg_arrow(language, said(language, difference, difference.after.as_ref()), before)
        }
    };
    view! {
        <li><b>{words::label(language, difference.field)}</b><span class="sub">{place}</span><span>{line}</span></li>
    }
    .into_any()
}

/// The dialog: what differs, how many devices it reaches, and the button that does it.
#[component]
pub(super) fn Ask(desk: Desk) -> impl IntoView {
    let language = desk.language;
    let (busy, trouble) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let open = about(desk.asking, move |_| trouble.set(None));
    let say = announcer();
    let navigate = StoredValue::new(use_navigate());
    let save = move |_| {
        let Some(Asked { draft, restored, .. }) = desk.asking.get_untracked() else { return };
        let Ok(name) = draft.name.parse::<PersonName>() else { return };
        let (id, base) = id_and_base(desk);
        busy.set(true);
        spawn(async move {
            let done =
                configuration_save(id, base, name, draft.audience.clone(), draft.form.clone(), restored)
                    .await;
            busy.set(false);
            match done {
                Ok(ConfigurationSaved::Done { id: made, saved: SavedConfiguration::Saved { version } }) => {
                    desk.base.set(version);
                    // What came of this very save while it was on its way was no other one.
                    desk.newer.set(None);
                    desk.former.set(None);
                    desk.saved.set(draft.clone());
                    desk.draft.set(draft);
                    desk.asking.set(None);
                    say.done(t::cfg_said_saved(language, version));
                    // To where it is from now on, also from a former version.
                    navigate.with_value(|go| go(&format!("{PATH}/{made}"), NavigateOptions::default()));
                }
                Ok(ConfigurationSaved::Done { saved, .. }) => {
                    desk.asking.set(None);
                    refused(desk, saved);
                }
                Ok(ConfigurationSaved::Wrong { problems }) => {
                    desk.asking.set(None);
                    desk.problems.set(problems);
                }
                Err(error) => trouble.set(Some(text::error(language, &error))),
            }
        });
    };
    let rows = move || {
        look!(desk.asking, |asked| {
            let found = asked.as_ref().map(|asked| asked.preview.differences.clone()).unwrap_or_default();
            found.into_iter().enumerate().collect::<Vec<_>>()
        })
    };
    let none =
        move || look!(desk.asking, |asked| asked.as_ref().is_some_and(|a| a.preview.differences.is_empty()));
    let reaches = move || {
        let devices = look!(desk.asking, |asked| asked.as_ref().map_or(0, |asked| asked.preview.devices));
        t::cfg_reaches(language, devices)
    };
    view! {
        <Modal open=open title=t::cfg_diff_title(language)>
            <p class="muted" hidden=move || !none()>{t::cfg_diff_none(language)}</p>
            <ul class="cfg-diff" tabindex="0" aria-label=t::cfg_diff_title(language) hidden=none>
                <For each=rows key=|(n, d)| format!("{n} {d:?}") let(difference)>{row(language, &difference.1)}</For>
            </ul>
            <p class="cfg-reach">{reaches}</p>
            <Trouble problem=trouble grave=true/>
            <div class="end">
                <button type="button" class="btn" on:click=boxed(move |_| open.set(false))>{t::cancel(language)}</button>
                <button type="button" class="btn primary" disabled=busy on:click=boxed(save)>{t::save(language)}</button>
            </div>
        </Modal>
    }
    .erased()
}

/// The bar at the foot: the state in words, and the two buttons.
#[component]
pub(super) fn Bar(desk: Desk) -> impl IntoView {
    let language = desk.language;
    let changed = move || desk.changed() || desk.former.get().is_some();
    let words = move || match look!(desk.problems, |all| all.len()) {
        0 if desk.changed() => t::set_unsaved(language).to_owned(),
        0 => String::new(),
        wrong => t::cfg_problems(language, wrong as u64),
    };
    let discard = move |_| {
        desk.draft.set(desk.saved.get_untracked());
        desk.problems.set(Vec::new());
        desk.bad_name.set(None);
    };
    let theirs = move || {
        look!(desk.row, |row| row.as_ref().map(|row| format!("{PATH}/{}", row.id)).unwrap_or_default())
    };
    let newer = move || desk.newer.get().unwrap_or_default();
    let onto = move |_| {
        desk.base.set(desk.newer.get_untracked().unwrap_or_default());
        desk.newer.set(None);
    };
    view! {
        <Show when=move || desk.newer.get().is_some()>
            <div class="note warn cfg-stale" role="alert">
                <span>{move || t::cfg_stale(language, newer())}</span>
                <a class="link" href=theirs target="_blank" rel="noopener">{move || t::cfg_theirs(language, newer())}</a>
                <button type="button" class="btn" on:click=boxed(onto)>{move || t::cfg_onto(language, newer())}</button>
            </div>
        </Show>
        <Show when=move || desk.may.get()>
            <div class="set-bar">
                <span class="set-said" role="status">{words}</span>
                <button type="button" class="btn" disabled=move || !desk.changed() on:click=boxed(discard)>{t::set_discard(language)}</button>
                <button class="btn primary" disabled=move || !changed()>{t::cfg_review(language)}</button>
            </div>
        </Show>
    }
    .erased()
}
