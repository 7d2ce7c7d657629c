//! Saving: first what differs and how many devices that reaches, then the save. What is based on a former version is not saved over
//! a newer one, and nothing that is typed is lost.

use super::{Desk, Draft, PATH, id_of, said};
use crate::{
    AppError,
    api::configurations::{
        ConfigurationDesk, ConfigurationSaved, Previewed, configuration_get, configuration_preview,
        configuration_save,
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
    configuration::{Form, Merged, one_of},
    ports::{Audience, Reach, SavedConfiguration},
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
    let Ok(name) = draft.name.parse::<PersonName>() else {
        desk.bad_name.set(Some(t::cfg_bad_name(language)));
        return show("cfg-name".into());
    };
    desk.trouble.set(None);
    let (id, base) = id_and_base(desk);
    spawn(async move {
        match configuration_preview(id, base, name, draft.audience.clone(), draft.form.clone()).await {
            Ok(preview) if !preview.problems.is_empty() => {
                let first = preview.problems.first().map(|p| id_of(p.field, p.row, p.column));
                desk.problems.set(preview.problems);
                first.into_iter().for_each(show);
            }
            Ok(preview) => {
                desk.problems.set(Vec::new());
                desk.newer.set(preview.newer);
                if preview.name_taken {
                    refused(desk, SavedConfiguration::NameTaken);
                } else if preview.newer.is_none() {
                    desk.asking.set(Some(Asked { draft, restored, preview }));
                }
            }
            Err(AppError::NotFound) => desk.gone.set(true),
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

/// Lays what is typed over the version that holds: what I did not touch is as it is there.
fn onto(desk: Desk) {
    let Some(id) = id_and_base(desk).0 else { return };
    let base = desk.base.get_untracked();
    spawn(async move {
        let both = match configuration_get(Some(id), Some(base)).await {
            Ok(base) => configuration_get(Some(id), None).await.map(|theirs| (base, theirs)),
            Err(error) => Err(error),
        };
        match both {
            Ok((base, theirs)) => desk.lay_over(&base.form, theirs),
            Err(AppError::NotFound) => desk.gone.set(true),
            Err(error) => desk.trouble.set(Some(text::error(desk.language, &error))),
        }
    });
}

impl Desk {
    fn lay_over(self, base: &Form, theirs: ConfigurationDesk) {
        let Some(row) = theirs.row else { return };
        let (saved, mine) = (self.saved.get_untracked(), self.draft.get_untracked());
        let Merged { form, clashes } = Form::merged(base, &mine.form, &theirs.form);
        let name = one_of(&saved.name, &mine.name, &row.name).0.clone();
        let audience = Audience::merged(&saved.audience, &mine.audience, &row.audience);
        let now = Draft { name: row.name.clone(), audience: row.audience.clone(), form: theirs.form };
        self.base.set(row.version);
        self.former.set(None);
        self.newer.set(None);
        self.problems.set(Vec::new());
        self.clashes.set(clashes);
        self.row.set(Some(row));
        self.versions.set(theirs.versions);
        self.saved.set(now);
        self.draft.set(Draft { name, audience, form });
    }
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
                    desk.clashes.set(Vec::new());
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
    // A new one without a word is none that changes nothing: it may keep another one away.
    let nothing = move || match look!(desk.row, |row| row.is_some()) {
        true => t::cfg_diff_none(language),
        false => t::cfg_diff_empty(language),
    };
    let reaches = move || look!(desk.asking, |asked| asked.as_ref().map(|asked| reached(language, asked)));
    view! {
        <Modal open=open title=t::cfg_diff_title(language)>
            <p class="muted" hidden=move || !none()>{nothing}</p>
            <ul class="cfg-diff" tabindex="0" aria-label=t::cfg_diff_title(language) hidden=none>
                <For each=rows key=|(n, d)| format!("{n} {d:?}") let(difference)>{said::row(language, &difference.1)}</For>
            </ul>
            <div class="cfg-reach">{reaches}</div>
            <Trouble problem=trouble grave=true/>
            <div class="end">
                <button type="button" class="btn" on:click=boxed(move |_| open.set(false))>{t::cancel(language)}</button>
                <button type="button" class="btn primary" disabled=busy on:click=boxed(save)>{t::save(language)}</button>
            </div>
        </Modal>
    }
    .erased()
}

/// Which devices it reaches, and why no more.
fn reached(language: Language, asked: &Asked) -> AnyView {
    let Reach { devices, elsewhere } = &asked.preview.reach;
    let others = elsewhere.iter().map(|(name, devices)| t::cfg_elsewhere(language, *devices, name));
    let why = match (*devices, elsewhere.is_empty(), asked.draft.audience.is_nobody()) {
        (0, true, true) => Some(t::cfg_reaches_nobody(language)),
        (0, true, false) => Some(t::cfg_reaches_none_yet(language)),
        _ => None,
    };
    let lines = others.chain(why.map(str::to_owned)).map(|line| view! { <p class="muted">{line}</p> });
    view! { <p>{t::cfg_reaches(language, *devices)}</p>{lines.collect_view()} }.into_any()
}

/// The bar at the foot: what happened meanwhile, the state in words, and the two buttons.
#[component]
pub(super) fn Bar(desk: Desk) -> impl IntoView {
    let language = desk.language;
    let changed = move || desk.changed() || desk.former.get().is_some();
    let words = move || match look!(desk.problems, |all| all.len()) {
        0 if desk.changed() => t::set_unsaved(language).to_owned(),
        0 => String::new(),
        wrong => t::cfg_problems(language, wrong as u64),
    };
    view! {
        <Show when=move || desk.may.get() || desk.gone.get()>
            <div class="set-bar cfg-bar">
                <Meanwhile desk=desk/>
                <span class="set-said" role="status">{words}</span>
                <button type="button" class="btn" disabled=move || !desk.changed() on:click=boxed(move |_| desk.discard())>{t::set_discard(language)}</button>
                <button class="btn primary" disabled=move || !changed() || desk.gone.get()>{t::cfg_review(language)}</button>
            </div>
        </Show>
    }
    .erased()
}

/// What somebody else did while this was typed: it stands where it is seen, however far one has scrolled.
#[component]
fn Meanwhile(desk: Desk) -> impl IntoView {
    let language = desk.language;
    let theirs = move || {
        look!(desk.row, |row| row.as_ref().map(|row| format!("{PATH}/{}", row.id)).unwrap_or_default())
    };
    let newer = move || desk.newer.get().unwrap_or_default();
    let clashes = move || {
        look!(desk.clashes, |all| {
            let rows = all.iter().map(|clash| said::clash(language, clash));
            rows.collect_view()
        })
    };
    view! {
        <Show when=move || desk.gone.get()><p class="note warn cfg-stale" role="alert">{t::cfg_gone(language)}</p></Show>
        <Show when=move || desk.newer.get().is_some() && !desk.gone.get()>
            <div class="note warn cfg-stale" role="alert">
                <span>{move || t::cfg_stale(language, newer())}</span>
                <a class="link" href=theirs target="_blank" rel="noopener">{move || t::cfg_theirs(language, newer())}</a>
                <button type="button" class="btn" on:click=boxed(move |_| onto(desk))>{move || t::cfg_onto(language, newer())}</button>
            </div>
        </Show>
        <Show when=move || !desk.clashes.read().is_empty()>
            <div class="note warn cfg-clash" role="alert"><p>{t::cfg_clash(language)}</p><ul>{clashes}</ul></div>
        </Show>
    }
    .erased()
}
