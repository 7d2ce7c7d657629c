//! Saving what differs, and going back to the usual words.

use super::{
    Form,
    draft::{At, Draft, differing},
    name, place, tongue,
};
use crate::ui::{
    confirm::Confirm,
    flow::{Erased, Show, boxed, look, spawn},
};
use crate::{
    AppError,
    api::wording::{look_set, wording_set},
    text::{self, t},
};
use leptos::prelude::*;
use muster_domain::Language;
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

/// Goes to the first field that is wrong, in its language.
fn show_first(form: Form) {
    let Some(at) = form.wrong.with_untracked(|w| w.first().map(|w| w.at)) else { return };
    if let At::Part(of, _) = at {
        form.tab.set(of);
    }
    request_animation_frame(move || {
        let found = document().get_element_by_id(&at.id());
        if let Some(control) = found.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = control.focus();
        }
    });
}

/// Writes what differs from what is saved; words that say what the usual ones do are the usual ones.
async fn write(form: Form, draft: &Draft) -> Result<(), AppError> {
    let saved = form.saved.get_untracked();
    for language in Language::ALL {
        let words = &draft.words[place(language)];
        if *words != saved.words[place(language)] {
            let usual = form.usual.with_untracked(|usual| usual[place(language)] == *words);
            wording_set(language, (!usual).then(|| words.clone())).await?;
        }
    }
    if !draft.looks_like(&saved) {
        let (look, contact) = draft.look();
        look_set(look, contact).await?;
    }
    Ok(())
}

pub(super) fn save(form: Form, event: &leptos::ev::SubmitEvent) {
    event.prevent_default();
    if form.wrong.with_untracked(|w| !w.is_empty()) {
        return show_first(form);
    }
    let draft = form.draft.get_untracked();
    form.said.set(Said::Saving);
    spawn(async move {
        match write(form, &draft).await {
            Ok(()) => {
                form.saved.set(draft);
                form.said.set(Said::Saved);
                form.version.update(|v| *v = v.wrapping_add(1));
            }
            Err(error) => form.said.set(Said::Failed(text::error(form.language, &error))),
        }
    });
}

/// The bar at the foot: the state in words, and the two buttons.
#[component]
pub(super) fn Bar(form: Form) -> impl IntoView {
    let language = form.language;
    let wrong = move || form.wrong.with(Vec::len);
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

/// The way back to the usual words of a language; the question names what is lost.
#[component]
pub(super) fn Reset(form: Form, of: Language) -> impl IntoView {
    let language = form.language;
    let open = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let own = Memo::new(move |_| {
        look!(form.usual, |usual| {
            let usual = &usual[place(of)];
            // What is saved is lost too, whatever stands in the form.
            let typed = look!(form.draft, |d| differing(&d.words[place(of)], usual));
            let saved = look!(form.saved, |s| differing(&s.words[place(of)], usual));
            if typed.len() >= saved.len() { typed } else { saved }
        })
    });
    let lost = move || {
        let parts = own.get().into_iter().map(|part| name(language, part)).collect::<Vec<_>>().join(", ");
        t::own_reset_text(language, parts)
    };
    let back = move |()| {
        spawn(async move {
            match wording_set(of, None).await {
                Ok(()) => {
                    let usual = form.usual.with_untracked(|usual| usual[place(of)].clone());
                    form.saved.update(|s| s.words[place(of)] = usual.clone());
                    form.draft.update(|d| d.words[place(of)] = usual);
                    form.said.set(Said::Nothing);
                    problem.set(None);
                    open.set(false);
                    form.version.update(|v| *v = v.wrapping_add(1));
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
        });
    };
    view! {
        <Show when=move || look!(own, |own| !own.is_empty())
            fallback=move || view! { <p class="set-help">{t::own_usual(language, tongue(of))}</p> }>
            <button type="button" class="btn own-reset" on:click=boxed(move |_| open.set(true))>{t::own_reset(language)}</button>
        </Show>
        <Confirm open=open title=t::own_reset_title(language, tongue(of)) text=Signal::derive(lost)
            action=t::own_reset(language) problem=problem confirmed=Callback::new(back)/>
    }
    .erased()
}
