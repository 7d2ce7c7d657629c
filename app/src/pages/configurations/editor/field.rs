//! A field with its label, its help and what is wrong with it.

use super::{Desk, id_of, rows, words};
use crate::{
    text::t,
    ui::flow::{Erased, Show, boxed, look},
};
use leptos::prelude::*;
use muster_domain::{
    Language,
    configuration::{Column, Field, Kind},
};

/// A field, as it is filled in.
pub(super) fn of(desk: Desk, field: Field) -> AnyView {
    match field.kind() {
        Kind::Rows(columns) => view! { <rows::Rows desk=desk field=field columns=columns/> }.into_any(),
        Kind::Hidden => ().into_any(),
        kind => view! { <Scalar desk=desk field=field kind=kind/> }.into_any(),
    }
}

/// What is wrong, and what to know: both are read with the control.
#[component]
pub(super) fn Below(
    desk: Desk,
    field: Field,
    #[prop(optional)] row: Option<usize>,
    #[prop(optional)] column: Option<Column>,
    help: &'static str,
) -> impl IntoView {
    let wrong = Memo::new(move |_| desk.wrong(field, row, column));
    view! {
        <div id=format!("{}-below", id_of(field, row, column))>
            <Show when=move || look!(wrong, |wrong| wrong.is_some())><p class="set-error">{move || wrong.get()}</p></Show>
            {(!help.is_empty()).then(|| view! { <p class="set-help">{help}</p> })}
        </div>
    }
    .erased()
}

/// What can be chosen: nothing first, which leaves it as it is.
pub(super) fn options(language: Language, field: Field, kind: Kind) -> Vec<(&'static str, String)> {
    let none = std::iter::once(("", t::cfg_as_is(language).to_owned()));
    match kind {
        Kind::Flag => none
            .chain(
                [("yes", true), ("no", false)]
                    .map(|(name, on)| (name, words::flag(language, field, on).to_owned())),
            )
            .collect(),
        Kind::Choice(names) => {
            none.chain(names.iter().map(|name| (*name, words::choice(language, name).to_owned()))).collect()
        }
        _ => Vec::new(),
    }
}

/// The keyboard of a phone that fits.
pub(super) fn mode(kind: Kind) -> &'static str {
    match kind {
        Kind::Number { .. } => "numeric",
        Kind::Address => "url",
        _ => "text",
    }
}

#[component]
fn Scalar(desk: Desk, field: Field, kind: Kind) -> impl IntoView {
    let language = desk.language;
    let id = id_of(field, None, None);
    let below = format!("{id}-below");
    let value = move || desk.text(field);
    let wrong = move || desk.wrong(field, None, None).is_some().then_some("true");
    let off = move || !desk.may.get();
    let control = if matches!(kind, Kind::Flag | Kind::Choice(_)) {
        let options = options(language, field, kind).into_iter().map(move |(name, words)| {
            view! { <option value=name selected=move || desk.text(field) == name>{words}</option> }
        });
        view! {
            <select class="input" id=id.clone() aria-describedby=below aria-invalid=wrong disabled=off prop:value=value
                on:change=boxed(move |event| desk.put(field, event_target_value(&event)))>
                {options.collect_view()}
            </select>
        }
        .into_any()
    } else {
        view! {
            <input class="input" id=id.clone() type="text" inputmode=mode(kind) autocomplete="off" spellcheck="false"
                aria-describedby=below aria-invalid=wrong readonly=off value=untrack(value) prop:value=value
                on:input=boxed(move |event| desk.put(field, event_target_value(&event)))/>
        }
        .into_any()
    };
    view! {
        <div class="set-field" class:number=matches!(kind, Kind::Number { .. })>
            <label for=id>{words::label(language, field)}</label>
            {control}
            <Below desk=desk field=field help=words::help(language, field)/>
        </div>
    }
    .erased()
}
