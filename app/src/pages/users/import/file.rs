//! A file in two steps: it is looked at as often as one likes, and then written as a whole.

use super::{bad::Bad, mapping::Mapping, rows::Rows, words};
use crate::{
    AppError,
    api::imports::{How, Look, Part, Which, Writing, import_look, import_state, import_write},
    text::{self, t},
    ui::{
        dialog::land,
        flow::{Show, boxed, effect, look, spawn},
        icon::{self, Icon},
        live::live,
        problem::Problem,
        upload::{chosen, dropped, send},
    },
};
use leptos::prelude::*;
use muster_domain::ports::Imported;
use std::time::Duration;

/// How often one looks how far an import is.
const PACE: Duration = Duration::from_millis(300);
/// Bytes of a file at most.
const MOST: f64 = 64.0 * 1024.0 * 1024.0;

/// A file that the server has.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Uploaded {
    id: String,
    /// What the file is called; nothing, if a table was pasted.
    name: Option<String>,
}

/// What the parts of the page share of a file.
#[derive(Clone, Copy)]
pub(super) struct Sight {
    /// What it says; none before its first look.
    pub(super) seen: RwSignal<Option<Look>>,
    /// How it is read.
    pub(super) how: RwSignal<How>,
    /// Which of its rows are shown.
    pub(super) part: RwSignal<Part>,
    /// What gets the focus after the next look: the first of these that is there.
    after: StoredValue<Vec<String>>,
}

impl Sight {
    /// Reads it another way; then the first of these gets the focus.
    pub(super) fn change(self, near: Vec<String>, change: impl FnOnce(&mut How)) {
        self.after.set_value(near);
        self.how.update(change);
    }

    /// Shows other rows of it.
    pub(super) fn turn(self, near: Vec<String>, part: Part) {
        self.after.set_value(near);
        self.part.set(part);
    }
}

/// The line that tells how many people were found.
pub(super) const FOUND: &str = "#import-found";
/// The button that imports, when it can.
pub(super) const DO: &str = "#import-do:not(:disabled)";

#[component]
pub(super) fn File(done: RwSignal<Option<Imported>>) -> impl IntoView {
    let language = text::language();
    let uploaded = RwSignal::new(None::<Uploaded>);
    let (how, seen) = (RwSignal::new(How::default()), RwSignal::new(None::<Look>));
    let (part, after) = (RwSignal::new(Part::default()), StoredValue::new(Vec::new()));
    let sight = Sight { seen, how, part, after };
    let (busy, problem) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let writing = RwSignal::new(None::<Writing>);
    let forget = move || {
        uploaded.set(None);
        how.set(How::default());
        part.set(Part::default());
        seen.set(None);
        writing.set(None);
    };
    // The answer to an older question comes too late.
    let latest = StoredValue::new(0_u32);
    effect(move || {
        let (how, shown) = (how.get(), part.get());
        let Some(file) = uploaded.get() else { return };
        let mine = latest.get_value().wrapping_add(1);
        latest.set_value(mine);
        busy.set(true);
        spawn(async move {
            let answer = import_look(file.id, how, shown).await;
            if latest.try_get_value() != Some(mine) {
                return;
            }
            busy.set(false);
            match answer {
                Ok(Ok(found)) => {
                    problem.set(None);
                    // Of these rows none is left.
                    if found.shown.is_empty() && shown.which != Which::All {
                        return part.set(Part { which: Which::All, page: 0, ..shown });
                    }
                    seen.set(Some(found));
                }
                Ok(Err(why)) => {
                    let first = seen.read_untracked().is_none();
                    problem.set(Some(words::refused(language, why, first)));
                    // What is shown stays, and the focus with what was chosen last.
                    if first {
                        after.update_value(|near| near.push(OTHER.to_owned()));
                    }
                }
                Err(error) => {
                    problem.set(Some(lost(&error)));
                    if error == AppError::NotFound {
                        uploaded.set(None);
                        seen.set(None);
                        after.set_value(vec![CHOOSE.to_owned()]);
                    }
                }
            }
            let near = after.try_update_value(std::mem::take).unwrap_or_default();
            if !near.is_empty() {
                land(near);
            }
        });
    });
    let take = Callback::new(move |(name, file): (Option<String>, web_sys::Blob)| {
        forget();
        problem.set(None);
        if file.size() > MOST {
            return problem.set(Some(t::imp_too_large(language).to_owned()));
        }
        busy.set(true);
        spawn(async move {
            match send("/import/file", &file).await {
                Ok(id) => {
                    after.set_value(vec![FOUND.to_owned()]);
                    uploaded.set(Some(Uploaded { id, name }));
                }
                Err(why) => {
                    busy.set(false);
                    let lost = || t::imp_no_upload(language).to_owned();
                    problem.set(Some(why.map_or_else(lost, |error| text::error(language, &error))));
                }
            }
        });
    });
    let pasted = move || look!(uploaded, |u| u.as_ref().is_some_and(|u| u.name.is_none()));
    let other = move |_| {
        forget();
        problem.set(None);
        land(vec![CHOOSE.to_owned()]);
    };
    view! {
        <Problem problem=problem grave=true/>
        <Show when=move || uploaded.read().is_some() fallback=move || view! { <Choose take=take busy=busy/> }.into_any()>
            <div class="bar chosen">
                <b>{move || look!(uploaded, |u| u.as_ref().map(|u| u.name.clone().unwrap_or_else(|| t::imp_pasted(language).to_owned())))}</b>
                <span class="muted" role="status">{move || if busy.get() { t::imp_reading(language) } else { "" }}</span>
                <button class="btn quiet" id="import-other" disabled=move || writing.read().is_some() on:click=boxed(other)>{move || if pasted() { t::imp_other_table(language) } else { t::imp_other_file(language) }}</button>
            </div>
        </Show>
        <Show when=move || seen.read().is_some()>
            <Mapping sight=sight/>
            <Bad sight=sight/>
            <Rows sight=sight/>
            <Import uploaded=uploaded sight=sight busy=busy writing=writing problem=problem done=done/>
        </Show>
    }
    .into_any()
}

/// Where another file is asked for, and chosen.
const OTHER: &str = "#import-other";
const CHOOSE: &str = "#import-file";

/// What went wrong on the way to the server or there.
fn lost(error: &AppError) -> String {
    let language = text::language();
    match error {
        AppError::NotFound => t::imp_lost(language).to_owned(),
        error => text::error(language, error),
    }
}

/// A file is dropped or chosen, or a table pasted.
#[component]
fn Choose(take: Callback<(Option<String>, web_sys::Blob)>, busy: RwSignal<bool>) -> impl IntoView {
    let language = text::language();
    let (over, table) = (RwSignal::new(false), RwSignal::new(String::new()));
    let file = move |file: Option<web_sys::File>| {
        if let Some(file) = file {
            take.run((Some(file.name()), file.into()));
        }
    };
    let drop = move |event: web_sys::DragEvent| {
        event.prevent_default();
        over.set(false);
        file(dropped(&event));
    };
    let drag = move |event: web_sys::DragEvent| {
        event.prevent_default();
        over.set(true);
    };
    let pasted = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let parts = js_sys::Array::of1(&table.get_untracked().into());
        if let Ok(text) = web_sys::Blob::new_with_str_sequence(&parts) {
            take.run((None, text));
        }
    };
    view! {
        <label class="drop" class:over=over on:dragover=boxed(drag) on:dragleave=boxed(move |_| over.set(false)) on:drop=boxed(drop)>
            <Icon path=icon::PLUS/>
            <b>{move || if busy.get() { t::imp_reading(language) } else { t::imp_drop(language) }}</b>
            <span class="muted small">{t::imp_drop_text(language)}</span>
            <input type="file" id="import-file" accept=".csv,.txt,.tsv,text/csv,text/plain" on:change=boxed(move |event| file(chosen(&event)))/>
        </label>
        <form class="stack" on:submit=boxed(pasted)>
            <label>{t::imp_table(language)}
                <textarea class="input" rows="4" spellcheck="false" prop:value=table on:input=boxed(move |e| table.set(event_target_value(&e)))></textarea>
            </label>
            <div><button class="btn" disabled=move || look!(table, |t| t.trim().is_empty())>{t::imp_read(language)}</button></div>
        </form>
    }
    .into_any()
}

/// The button, and how far it is.
#[component]
fn Import(
    uploaded: RwSignal<Option<Uploaded>>,
    sight: Sight,
    busy: RwSignal<bool>,
    writing: RwSignal<Option<Writing>>,
    problem: RwSignal<Option<String>>,
    done: RwSignal<Option<Imported>>,
) -> impl IntoView {
    let language = text::language();
    let version = live().version;
    let Sight { seen, how, .. } = sight;
    let people = move || look!(seen, |s| s.as_ref().map_or(0, |s| s.new + s.there));
    let bad = move || look!(seen, |s| s.as_ref().map_or(0, |s| s.bad_total));
    let ready = move || !busy.get() && people() > 0 && writing.read().is_none() && bad() == 0;
    let over = move |why: String| {
        writing.set(None);
        problem.set(Some(why));
        land(vec![DO.to_owned(), OTHER.to_owned()]);
    };
    let import = move |_| {
        let Some(file) = uploaded.get_untracked() else { return };
        let how = how.get_untracked();
        writing.set(Some(Writing::Going { written: 0, total: people() }));
        problem.set(None);
        spawn(async move {
            if let Err(error) = import_write(file.id.clone(), how).await {
                return over(lost(&error));
            }
            loop {
                gloo_timers::future::sleep(PACE).await;
                if writing.try_get_untracked().is_none() {
                    // The page was left; it is written all the same.
                    return;
                }
                match import_state(file.id.clone()).await {
                    Ok(Writing::Done(imported)) => {
                        version.update(|v| *v = v.wrapping_add(1));
                        done.set(Some(imported));
                        land(vec![super::DONE.to_owned()]);
                        return;
                    }
                    Ok(Writing::Failed | Writing::NotBegun) => {
                        return over(t::imp_failed(language).to_owned());
                    }
                    Ok(going) => writing.set(Some(going)),
                    // Away for a moment: it is asked again. What was lost says so.
                    Err(AppError::Failed { .. }) => {}
                    Err(error) => return over(lost(&error)),
                }
            }
        });
    };
    let part = move || match writing.get() {
        Some(Writing::Going { written, total }) => (written, total),
        _ => (0, 1),
    };
    view! {
        <div class="end import-end">
            <Show when=move || writing.read().is_some() fallback=move || view! {
                <span class="why">{move || Some(bad()).filter(|n| *n > 0).map(|n| t::imp_first_bad(language, n))}</span>
                <button class="btn primary" id="import-do" disabled=move || !ready() on:click=boxed(import)>{move || t::imp_do(language, people())}</button>
            }.into_any()>
                <progress max=move || part().1.to_string() prop:value=move || part().0.to_string()></progress>
                <span class="muted" role="status">{move || t::imp_writing(language, text::number(language, part().1), text::number(language, part().0))}</span>
            </Show>
        </div>
    }
    .into_any()
}
