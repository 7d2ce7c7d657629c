//! A list: rows with a control for each column, added at the end and taken out by a button of their own.

use super::{
    Desk,
    field::{Below, mode, options},
    id_of, words,
};
use crate::{
    text::t,
    ui::{
        dialog::land,
        flow::{Erased, For, Show, boxed, look},
    },
};
use leptos::prelude::*;
use muster_domain::configuration::{ColumnKind, Field, Kind, MOST_ROWS};

fn cell(desk: Desk, field: Field, row: usize, place: usize) -> String {
    look!(desk.draft, |draft| {
        draft.form.rows(field).get(row).and_then(|cells| cells.get(place)).cloned().unwrap_or_default()
    })
}

fn put(desk: Desk, field: Field, row: usize, place: usize, text: String) {
    desk.mend(field, Some(row));
    desk.draft.update(|draft| {
        if let Some(cell) = draft.form.entry(field).rows.get_mut(row).and_then(|cells| cells.get_mut(place)) {
            *cell = text;
        }
    });
}

#[component]
pub(super) fn Rows(desk: Desk, field: Field, columns: &'static [ColumnKind]) -> impl IntoView {
    let language = desk.language;
    let label = words::label(language, field);
    let count = Memo::new(move |_| look!(desk.draft, |draft| draft.form.rows(field).len()));
    let add = move |_| {
        desk.draft.update(|draft| {
            let empty =
                |column: &ColumnKind| if column.kind == Kind::Flag { "no".to_owned() } else { String::new() };
            draft.form.entry(field).rows.push(columns.iter().map(empty).collect());
        });
        desk.tidy(field);
        let last = count.get_untracked().saturating_sub(1);
        if let Some(first) = columns.first() {
            land(vec![format!("#{}", id_of(field, Some(last), Some(first.column)))]);
        }
    };
    let numbers = move || (0..count.get()).collect::<Vec<_>>();
    let row = move |n: usize| view! { <OneRow desk=desk field=field columns=columns row=n/> };
    view! {
        <div class="set-field cfg-rows" role="group" aria-label=label>
            <span class="cfg-label" id=id_of(field, None, None) tabindex="-1">{label}</span>
            <Below desk=desk field=field help=words::help(language, field)/>
            <For each=numbers key=|n| *n children=row/>
            <Show when=move || desk.may.get()>
                <button type="button" class="btn" aria-label=t::cfg_add_to(language, label) disabled=move || { count.get() >= MOST_ROWS } on:click=boxed(add)>{t::cfg_add(language)}</button>
            </Show>
        </div>
    }
    .erased()
}

#[component]
fn OneRow(desk: Desk, field: Field, columns: &'static [ColumnKind], row: usize) -> impl IntoView {
    let language = desk.language;
    let label = words::label(language, field);
    let take = move |_| {
        desk.problems.update(|all| all.retain(|p| p.field != field));
        desk.draft.update(|draft| {
            let rows = &mut draft.form.entry(field).rows;
            if row < rows.len() {
                rows.remove(row);
            }
        });
        desk.tidy(field);
        land(vec![format!("#{}", id_of(field, None, None))]);
    };
    let cells = columns.iter().enumerate().filter(|(_, column)| column.kind != Kind::Hidden).map(
        |(place, column)| {
            view! { <Cell desk=desk field=field column=*column row=row place=place/> }.into_any()
        },
    );
    view! {
        <div class="cfg-row" role="group" aria-label=t::cfg_row(language, label, row + 1)>
            <div class="cfg-cells">{cells.collect_view()}</div>
            <Show when=move || desk.may.get()>
                <button type="button" class="btn" aria-label=t::cfg_take_row(language, label, row + 1) on:click=boxed(take)>{t::cfg_take(language)}</button>
            </Show>
        </div>
    }
    .erased()
}

#[component]
fn Cell(desk: Desk, field: Field, column: ColumnKind, row: usize, place: usize) -> impl IntoView {
    let language = desk.language;
    let ColumnKind { column: which, kind, required } = column;
    let id = id_of(field, Some(row), Some(which));
    let below = format!("{id}-below");
    let value = move || cell(desk, field, row, place);
    let typed = move |text: String| put(desk, field, row, place, text);
    let wrong = move || desk.wrong(field, Some(row), Some(which)).is_some().then_some("true");
    let off = move || !desk.may.get();
    let label = words::column(language, which);
    if kind == Kind::Flag {
        let on = move || value() == "yes";
        let tick = move |event| typed(if event_target_checked(&event) { "yes".into() } else { "no".into() });
        return view! {
            <div class="cfg-tick">
                <label class="ticked-line"><input type="checkbox" id=id disabled=off aria-describedby=below prop:checked=on checked=untrack(on) on:change=boxed(tick)/>{label}</label>
                <Below desk=desk field=field row=row column=which help=""/>
            </div>
        }
        .erased();
    }
    let control = if let Kind::Choice(_) = kind {
        let mut offered = options(language, field, kind);
        if let Some(none) = offered.first_mut() {
            none.1 = "–".to_owned();
        }
        let offered = offered.into_iter().map(move |(name, words)| {
            view! { <option value=name selected=move || value() == name>{words}</option> }
        });
        view! {
            <select class="input" id=id.clone() aria-describedby=below aria-invalid=wrong disabled=off prop:value=value
                on:change=boxed(move |event| typed(event_target_value(&event)))>
                {offered.collect_view()}
            </select>
        }
        .into_any()
    } else {
        view! {
            <input class="input" id=id.clone() type="text" inputmode=mode(kind) autocomplete="off" spellcheck="false"
                aria-describedby=below aria-invalid=wrong aria-required=required.then_some("true") readonly=off value=untrack(value) prop:value=value
                on:input=boxed(move |event| typed(event_target_value(&event)))/>
        }
        .into_any()
    };
    view! {
        <div class="cfg-cell">
            <label for=id>{label}</label>
            {control}
            <Below desk=desk field=field row=row column=which help=""/>
        </div>
    }
    .erased()
}
