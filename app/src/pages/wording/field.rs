//! A field of the message: its label with what is left of its length, its placeholders as buttons, what is wrong with it.

use super::{
    Form,
    draft::{At, insert},
    name,
};
use crate::text::t;
use crate::ui::flow::{Erased, Show, boxed, look};
use leptos::prelude::*;
use muster_domain::{
    Language,
    wording::{Part, Placeholder},
};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};

/// What a placeholder stands for.
fn meaning(language: Language, placeholder: Placeholder) -> &'static str {
    match placeholder {
        Placeholder::Name => t::own_p_name(language),
        Placeholder::Company => t::own_p_company(language),
        Placeholder::Expires => t::own_p_expires(language),
        Placeholder::Contact => t::own_p_contact(language),
        Placeholder::Link => t::own_p_link(language),
    }
}

/// What to know about a part.
fn help(language: Language, part: Part) -> &'static str {
    match part {
        Part::Text => t::own_body_help(language),
        Part::Steps => t::own_steps_help(language),
        Part::Button => t::own_button_help(language),
        Part::Subject | Part::Headline | Part::Footer => "",
    }
}

/// Puts a placeholder where the caret is in a field, and the caret behind it.
fn put_in(form: Form, at: At, placeholder: Placeholder) {
    let Some(control) = document().get_element_by_id(&at.id()) else { return };
    let typed = placeholder.typed();
    let number = |place: Result<Option<u32>, _>| place.ok().flatten().unwrap_or(u32::MAX) as usize;
    if let Some(area) = control.dyn_ref::<HtmlTextAreaElement>() {
        let (from, to) = (number(area.selection_start()), number(area.selection_end()));
        let (text, caret) = insert(&area.value(), from, to, &typed);
        area.set_value(&text);
        form.put(at, text);
        let _ = area.focus();
        let _ = area.set_selection_range(caret as u32, caret as u32);
    } else if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
        let (from, to) = (number(input.selection_start()), number(input.selection_end()));
        let (text, caret) = insert(&input.value(), from, to, &typed);
        input.set_value(&text);
        form.put(at, text);
        let _ = input.focus();
        let _ = input.set_selection_range(caret as u32, caret as u32);
    }
}

/// What is wrong, and what to know: both are read with the control.
#[component]
pub(super) fn Below(form: Form, at: At, help: &'static str) -> impl IntoView {
    let language = form.language;
    let wrong =
        Memo::new(move |_| look!(form.wrong, |w| w.iter().find(|w| w.at == at).map(|w| w.words(language))));
    view! {
        <div id=format!("{}-below", at.id())>
            <Show when=move || look!(wrong, |w| w.is_some())><p class="set-error">{move || wrong.get()}</p></Show>
            {(!help.is_empty()).then(|| view! { <p class="set-help">{help}</p> })}
        </div>
    }
    .erased()
}

/// Whether a field is marked as wrong.
pub(super) fn invalid(form: Form, at: At) -> impl Fn() -> Option<&'static str> + Copy + Send + Sync {
    move || look!(form.wrong, |w| w.iter().any(|w| w.at == at).then_some("true"))
}

#[component]
pub(super) fn Text(form: Form, at: At, part: Part) -> impl IntoView {
    let language = form.language;
    let id = at.id();
    let value = move || look!(form.draft, |d| d.get(at).to_owned());
    let typed = move |event| form.put(at, event_target_value(&event));
    let below = format!("{id}-below {id}-left");
    let left = move || {
        let typed = look!(form.draft, |d| d.get(at).trim().chars().count());
        match part.most().checked_sub(typed) {
            Some(left) => t::own_left(language, left as u64),
            None => t::own_over(language, (typed - part.most()) as u64),
        }
    };
    // The placeholders are read with the words' language, not with the console's.
    let control = if part.is_line() {
        view! {
            <input class="input" id=id.clone() type="text" autocomplete="off" aria-describedby=below
                aria-invalid=invalid(form, at) value=form.draft.with_untracked(|d| d.get(at).to_owned())
                prop:value=value on:input=boxed(typed)/>
        }
        .into_any()
    } else {
        let rows = if part == Part::Text { "7" } else { "4" };
        view! {
            <textarea class="input" id=id.clone() rows=rows aria-describedby=below aria-invalid=invalid(form, at)
                prop:value=value on:input=boxed(typed)></textarea>
        }
        .into_any()
    };
    let buttons = part.placeholders().iter().map(|placeholder| {
        let placeholder = *placeholder;
        let words = t::own_insert(language, placeholder.typed(), meaning(language, placeholder));
        let press = move |_| put_in(form, at, placeholder);
        view! { <button type="button" class="own-chip" title=meaning(language, placeholder) aria-label=words on:click=boxed(press)>{placeholder.typed()}</button> }
    });
    view! {
        <div class="set-field own-field">
            <div class="own-label">
                <label for=id.clone()>{name(language, part)}</label>
                <span class="small muted num" id=format!("{id}-left")>{left}</span>
            </div>
            {control}
            <div class="own-chips" role="group" aria-label=t::own_placeholders(language, name(language, part))>{buttons.collect_view()}</div>
            <Below form=form at=at help=help(language, part)/>
        </div>
    }
    .erased()
}
