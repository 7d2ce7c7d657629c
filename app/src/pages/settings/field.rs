//! A field with its label, its help and what is wrong with it; and the section that it stands in.

use super::{Form, draft::Field};
use crate::text;
use crate::ui::flow::{Erased, Show, boxed, look};
use leptos::prelude::*;

#[component]
pub(super) fn Section(title: &'static str, about: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="set-part">
            <div class="set-about"><h2>{title}</h2><p class="muted">{about}</p></div>
            <div class="set-fields card">{children()}</div>
        </section>
    }
    .erased()
}

/// What is wrong, and what to know: both are read with the control.
#[component]
pub(super) fn Below(form: Form, field: Field, #[prop(into)] help: Signal<String>) -> impl IntoView {
    let language = text::language();
    let words = move || form.problem(field).map(|p| p.words(language)).unwrap_or_default();
    view! {
        <div id=format!("{}-below", field.id())>
            <Show when=move || form.problem(field).is_some()><p class="set-error">{words}</p></Show>
            <Show when=move || look!(help, |h| !h.is_empty())><p class="set-help">{move || help.get()}</p></Show>
        </div>
    }
    .erased()
}

#[component]
pub(super) fn Input(
    form: Form,
    field: Field,
    label: &'static str,
    #[prop(into)] help: Signal<String>,
    /// The kind of the input; numbers are typed as text with the digits' keyboard, so that nothing typed is lost.
    #[prop(default = "text")]
    kind: &'static str,
) -> impl IntoView {
    let value = move || look!(form.draft, |d| d.get(field).to_owned());
    let wrong = move || form.problem(field).is_some().then_some("true");
    let mode = match kind {
        "number" => "numeric",
        "email" => "email",
        "url" => "url",
        _ => "text",
    };
    view! {
        <div class="set-field" class:number=kind == "number">
            <label for=field.id()>{label}</label>
            <input class="input" id=field.id() type="text" inputmode=mode autocomplete="off" spellcheck="false"
                aria-describedby=format!("{}-below", field.id()) aria-invalid=wrong
                value=form.draft.with_untracked(|d| d.get(field).to_owned())
                prop:value=value on:input=boxed(move |e| form.put(field, event_target_value(&e)))/>
            <Below form=form field=field help=help/>
        </div>
    }
    .erased()
}

#[component]
pub(super) fn Select(
    form: Form,
    field: Field,
    label: &'static str,
    #[prop(into)] help: Signal<String>,
    choices: Vec<(&'static str, String)>,
) -> impl IntoView {
    let value = move || look!(form.draft, |d| d.get(field).to_owned());
    let choose = move |event| {
        let chosen = event_target_value(&event);
        if field == Field::Tls {
            form.draft.update(|d| d.choose_tls(&chosen));
        } else {
            form.put(field, chosen);
        }
    };
    let options = choices.into_iter().map(move |(name, words)| {
        view! { <option value=name selected=move || look!(form.draft, |d| d.get(field) == name)>{words}</option> }
    });
    view! {
        <div class="set-field">
            <label for=field.id()>{label}</label>
            <select class="input" id=field.id() aria-describedby=format!("{}-below", field.id()) prop:value=value on:change=boxed(choose)>
                {options.collect_view()}
            </select>
            <Below form=form field=field help=help/>
        </div>
    }
    .erased()
}
