//! Saving: what is wrong is told at its field and nothing is lost; what was saved is said.

use super::{
    Form,
    draft::{Draft, Field, Problem, field_of},
};
use crate::ui::flow::{Erased, boxed, look, spawn};
use crate::{
    AppError,
    api::settings::settings_set,
    text::{self, t},
};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Where the last attempt to save stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Said {
    #[default]
    Nothing,
    Saving,
    Saved,
    Failed(String),
}

/// Goes to the first field that is wrong.
fn show_first(form: Form) {
    let Some((field, _)) = form.problems.with_untracked(|p| p.first().copied()) else { return };
    // The password's place is a menu while one is kept.
    let other = (field == Field::Password).then_some("set-keeping");
    let found = document()
        .get_element_by_id(&field.id())
        .or_else(|| other.and_then(|id| document().get_element_by_id(id)));
    if let Some(control) = found.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = control.focus();
    }
}

/// The settings as typed, if nothing is wrong with them; else the first wrong field is shown.
pub(super) fn checked(form: Form) -> Option<muster_domain::settings::Settings> {
    form.tried.set(true);
    form.refused.set(None);
    let (settings, problems) = form.draft.with_untracked(Draft::settings);
    if problems.is_empty() {
        return Some(settings);
    }
    form.said.set(Said::Nothing);
    // Fields that a problem makes appear are there after this turn.
    request_animation_frame(move || show_first(form));
    None
}

/// What the server did not take: at the field, if it names one; else the words for it.
pub(super) fn refused(form: Form, error: &AppError) -> Option<String> {
    if let AppError::Setting { problem } = error {
        form.refused.set(Some((field_of(*problem), Problem::Setting(*problem))));
        request_animation_frame(move || show_first(form));
        return None;
    }
    Some(text::error(form.language, error))
}

pub(super) fn save(form: Form, event: &leptos::ev::SubmitEvent) {
    event.prevent_default();
    let Some(settings) = checked(form) else { return };
    let (typed, password) = (form.draft.get_untracked(), form.password());
    form.said.set(Said::Saving);
    spawn(async move {
        match settings_set(settings.clone(), password).await {
            Ok(()) => {
                // What was typed while it was being saved stays.
                let new = Draft::of(&settings);
                form.draft.update(|d| d.follow(&typed, &new));
                form.saved.set(new);
                form.forget_password();
                form.tried.set(false);
                form.said.set(Said::Saved);
                form.version.update(|v| *v = v.wrapping_add(1));
            }
            Err(error) => form.said.set(refused(form, &error).map_or(Said::Nothing, Said::Failed)),
        }
    });
}

/// The bar at the foot: the state in words, and the two buttons.
#[component]
pub(super) fn Bar(form: Form) -> impl IntoView {
    let language = form.language;
    let wrong = move || form.problems.with(Vec::len);
    let words = move || match form.said.get() {
        Said::Saving => t::set_saving(language).to_owned(),
        Said::Failed(why) => why,
        _ if wrong() > 0 => t::set_problems(language, wrong() as u64),
        _ if form.changed() => t::set_unsaved(language).to_owned(),
        Said::Saved => t::set_saved(language).to_owned(),
        Said::Nothing => String::new(),
    };
    let busy = move || look!(form.said, |s| *s == Said::Saving);
    view! {
        <div class="set-bar">
            <span class="set-said" role="status">{words}</span>
            <button type="button" class="btn" disabled=move || !form.changed() || busy() on:click=boxed(move |_| form.discard())>{t::set_discard(language)}</button>
            <button class="btn primary" disabled=busy>{t::save(language)}</button>
        </div>
    }
    .erased()
}
