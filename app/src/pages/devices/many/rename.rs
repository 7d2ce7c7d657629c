//! A pattern that names many devices, with the first names as one types.

use crate::{
    text::{self, t},
    ui::{
        bulk::why,
        flow::{Erased, boxed, effect, look},
        modal::Modal,
    },
};
use leptos::{html, prelude::*};
use muster_domain::{
    DeviceId, Language,
    bulk::{
        Chosen, Refused,
        pattern::{Field, InvalidPattern, LONGEST, Pattern},
    },
    text::InvalidText,
};

/// What stands there at first.
const FIRST: &str = "{owner} {model} {n}";

/// What is wrong with a pattern.
fn wrong(language: Language, error: &InvalidPattern) -> String {
    match error {
        InvalidPattern::Text(InvalidText::Empty) => t::bulk_pattern_empty(language).to_owned(),
        InvalidPattern::Text(InvalidText::TooLong) => t::bulk_pattern_long(language).to_owned(),
        InvalidPattern::Text(_) => t::bulk_why_name_sign(language).to_owned(),
        InvalidPattern::Unclosed => t::bulk_pattern_unclosed(language).to_owned(),
        InvalidPattern::Unopened => t::bulk_pattern_unopened(language).to_owned(),
        InvalidPattern::Unknown(word) => t::bulk_pattern_unknown(language, format!("{{{word}}}")),
    }
}

fn meaning(language: Language, field: Field) -> &'static str {
    match field {
        Field::Owner => t::owner(language),
        Field::Model => t::model(language),
        Field::Serial => t::dev_serial(language),
        Field::Name => t::bulk_field_name(language),
        Field::Number => t::bulk_field_number(language),
    }
}

#[component]
pub(super) fn Rename(
    open: RwSignal<bool>,
    /// The devices.
    picking: RwSignal<Option<Chosen<DeviceId>>>,
    title: Signal<String>,
    /// What to do with a pattern that is one.
    #[prop(into)]
    chosen: Callback<Pattern>,
) -> impl IntoView {
    let language = text::language();
    let typed = RwSignal::new(String::new());
    effect(move || {
        if open.get() {
            typed.set(FIRST.to_owned());
        }
    });
    let parsed = Memo::new(move |_| look!(typed, |text| text.parse::<Pattern>()));
    let is_wrong = move || parsed.read().is_err();
    let problem = move || look!(parsed, |p| p.as_ref().err().map(|e| wrong(language, e)));
    let input = NodeRef::<html::Input>::new();
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Ok(pattern) = parsed.get_untracked() {
            chosen.run(pattern);
        }
    };
    let add = move |field: Field| {
        typed.update(|text| {
            let gap = if text.is_empty() || text.ends_with(' ') { "" } else { " " };
            text.push_str(&format!("{gap}{{{}}}", field.word()));
        });
        if let Some(input) = input.get_untracked() {
            let _ = input.focus();
        }
    };
    let fields = Field::ALL.map(|field| {
        let word = format!("{{{}}}", field.word());
        view! {
            <button type="button" class="tag" title=meaning(language, field) on:click=boxed(move |_| add(field))>
                <code>{word}</code>" "{meaning(language, field)}
            </button>
        }
    });
    view! {
        <Modal open=open title=title>
            <form class="stack" on:submit=boxed(save)>
                <label>{t::bulk_pattern(language)}
                    <input class="input" required maxlength=LONGEST.to_string() autocomplete="off" spellcheck="false" autofocus node_ref=input
                        aria-invalid=move || is_wrong().then_some("true") aria-describedby=move || is_wrong().then_some("pattern-wrong") prop:value=typed on:input=boxed(move |e| typed.set(event_target_value(&e)))/>
                </label>
                <div class="fields" role="group" aria-label=t::bulk_fields(language)>{fields}</div>
                <p id="pattern-wrong" class="crit" role="status">{problem}</p>
                <div>{move || preview(picking, parsed)}</div>
                <p class="muted small">{t::bulk_can_undo(language)}</p>
                <div class="end">
                    <button type="button" class="btn" on:click=boxed(move |_| open.set(false))>{t::cancel(language)}</button>
                    <button class="btn primary" disabled=move || parsed.read().is_err()>{t::dev_rename(language)}</button>
                </div>
            </form>
        </Modal>
    }
    .erased()
}

/// The first names that come out, or why one does not.
fn preview(
    picking: RwSignal<Option<Chosen<DeviceId>>>,
    parsed: Memo<Result<Pattern, InvalidPattern>>,
) -> AnyView {
    let language = text::language();
    let Ok(pattern) = parsed.get() else { return ().into_any() };
    let Some(chosen) = picking.get() else { return ().into_any() };
    let line = |(values, n): (&muster_domain::bulk::pattern::Values, u32)| {
        let new = match pattern.render(values, n) {
            Ok(name) => view! { <b>{name.to_string()}</b> }.erased(),
            Err(text) => view! { <span class="crit">{why(language, Refused::Name(text))}</span> }.erased(),
        };
        view! { <li><span class="muted">{values.name.clone()}" → "</span>{new}</li> }
    };
    let lines: Vec<_> = chosen.first.iter().zip(1..).map(line).collect();
    let more = chosen.ids.len().saturating_sub(lines.len()) as u64;
    let more = (more > 0).then(|| view! { <li class="muted">{t::users_and_more(language, more)}</li> });
    view! { <p class="muted">{t::bulk_first_names(language)}</p><ul class="names">{lines}{more}</ul> }
        .into_any()
}
