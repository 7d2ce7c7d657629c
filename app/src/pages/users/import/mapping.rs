//! How a file is read: its encoding, its separator, and what its columns mean, beside its first rows.

use super::words;
use crate::{
    api::imports::{How, Look},
    text::{self, t},
    ui::flow::{Erased, boxed, look},
};
use leptos::prelude::*;
use muster_roster::{columns::Column, encoding::Encoding, table::Delimiter};

/// The place of a choice among all.
fn at<T: PartialEq>(all: &[T], one: &T) -> String {
    all.iter().position(|o| o == one).unwrap_or_default().to_string()
}

/// What was chosen among all.
fn picked<T: Copy>(all: &[T], event: &web_sys::Event) -> Option<T> {
    all.get(event_target_value(event).parse::<usize>().ok()?).copied()
}

#[component]
pub(super) fn Mapping(seen: RwSignal<Option<Look>>, how: RwSignal<How>) -> impl IntoView {
    let language = text::language();
    // Read another way it has other columns, and other rows.
    let other = move |change: &dyn Fn(&mut How)| {
        how.update(|how| {
            change(how);
            how.columns = None;
            how.left_out.clear();
            how.without_bad = false;
        });
    };
    let encoding = move || look!(seen, |s| s.as_ref().map(|s| at(&Encoding::ALL, &s.encoding)));
    let delimiter = move || look!(seen, |s| s.as_ref().map(|s| at(&Delimiter::ALL, &s.delimiter)));
    let header = move || look!(seen, |s| s.as_ref().is_some_and(|s| s.header));
    let summary = move || {
        look!(seen, |s| s.as_ref().map(|s| {
            if s.columns.is_empty() {
                return t::own_logo_empty(language).to_owned();
            }
            if s.new + s.there == 0 && s.bad_total == 0 {
                return t::imp_nobody(language).to_owned();
            }
            let n = |n| text::number(language, n);
            let mut words =
                format!("{}: {}", t::imp_people(language, s.new + s.there), t::imp_new(language, n(s.new)));
            if s.there > 0 {
                words = format!("{words}, {}", t::imp_there(language, n(s.there)));
            }
            words
        }))
    };
    let groups = move || {
        look!(seen, |s| s
            .as_ref()
            .filter(|s| !s.groups.is_empty())
            .map(|s| t::imp_groups(language, s.groups.join(", "))))
    };
    view! {
        <section class="card mapping">
            <div class="bar">
                <label>{t::imp_encoding(language)}
                    <select class="input" prop:value=encoding on:change=boxed(move |e| { let to = picked(&Encoding::ALL, &e); other(&|how| how.encoding = to); })>
                        {Encoding::ALL.iter().enumerate().map(|(at, e)| view! { <option value=at.to_string()>{e.name()}</option> }).collect_view()}
                    </select>
                </label>
                <label>{t::imp_delimiter(language)}
                    <select class="input" prop:value=delimiter on:change=boxed(move |e| { let to = picked(&Delimiter::ALL, &e); other(&|how| how.delimiter = to); })>
                        {Delimiter::ALL.iter().enumerate().map(|(at, d)| view! { <option value=at.to_string()>{words::delimiter(language, *d)}</option> }).collect_view()}
                    </select>
                </label>
                <label class="row"><input type="checkbox" class="check" prop:checked=header on:change=boxed(move |e| { let to = event_target_checked(&e); other(&|how| how.header = Some(to)); })/>{t::imp_header(language)}</label>
            </div>
            <p role="status"><b>{summary}</b></p>
            <p class="muted small">{groups}</p>
            <div class="scroll" tabindex="0" role="region" aria-label=t::imp_sample(language)>
                {move || look!(seen, |s| s.as_ref().map(|s| table(language, s, how)))}
            </div>
        </section>
    }
    .into_any()
}

/// The first rows, each column with what it means.
fn table(language: muster_domain::Language, seen: &Look, how: RwSignal<How>) -> AnyView {
    let columns = seen.columns.clone();
    let head = columns.clone().into_iter().enumerate().map(|(place, column)| {
        let name = seen.names.get(place).filter(|n| !n.is_empty()).cloned();
        let name = name.unwrap_or_else(|| t::imp_column(language, place + 1));
        let all = columns.clone();
        let change = move |event: web_sys::Event| {
            let Some(to) = picked(&Column::ALL, &event) else { return };
            // What was chosen a moment ago may not have been looked at yet.
            let mut all = how.with_untracked(|how| how.columns.clone()).unwrap_or_else(|| all.clone());
            if let Some(column) = all.get_mut(place) {
                *column = to;
            }
            how.update(|how| how.columns = Some(all));
        };
        let options = Column::ALL.iter().enumerate().map(|(at, c)| {
            view! { <option value=at.to_string() selected=*c == column>{words::column(language, *c)}</option> }
        });
        view! {
            <th scope="col" class:nothing=column == Column::Nothing>
                <span>{name.clone()}</span>
                <select class="input" aria-label=t::imp_means(language, name) on:change=boxed(change)>{options.collect_view()}</select>
            </th>
        }
    });
    let head = head.collect_view();
    let rows = seen.sample.iter().map(|row| {
        let cells = columns.iter().enumerate().map(|(place, column)| {
            let cell = row.cells.get(place).cloned().unwrap_or_default();
            view! { <td class:nothing=*column == Column::Nothing>{cell}</td> }
        });
        view! { <tr>{cells.collect_view()}</tr> }
    });
    view! { <table><thead><tr>{head}</tr></thead><tbody>{rows.collect_view()}</tbody></table> }.erased()
}
