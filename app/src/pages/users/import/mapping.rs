//! How a file is read: its encoding, its separator, what its groups are to who is there; and how many people it brings.

use super::{file::Sight, words};
use crate::{
    api::imports::{How, Look, Part},
    text::{self, t},
    ui::flow::{Show, boxed, look},
};
use leptos::prelude::*;
use muster_domain::{Language, import::Grouping};
use muster_roster::{columns::Column, encoding::Encoding, table::Delimiter};

/// The place of a choice among all.
fn at<T: PartialEq>(all: &[T], one: &T) -> String {
    all.iter().position(|o| o == one).unwrap_or_default().to_string()
}

/// What was chosen among all.
pub(super) fn picked<T: Copy>(all: &[T], event: &web_sys::Event) -> Option<T> {
    all.get(event_target_value(event).parse::<usize>().ok()?).copied()
}

#[component]
pub(super) fn Mapping(sight: Sight) -> impl IntoView {
    let language = text::language();
    let Sight { seen, how, part, .. } = sight;
    // Read another way it has other columns, and other rows.
    let other = move |change: &dyn Fn(&mut How)| {
        part.set(Part::default());
        how.update(|how| {
            change(how);
            how.columns = None;
            how.left_out.clear();
            how.named.clear();
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
    let changes = move || look!(seen, |s| s.as_ref().map(|s| changed(language, s)));
    let of_groups = move || look!(seen, |s| s.as_ref().is_some_and(|s| s.columns.contains(&Column::Groups)));
    let grouping = move || look!(how, |how| at(&GROUPINGS, &how.groups));
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
                <Show when=of_groups>
                    <label>{t::imp_grouping(language)}
                        <select class="input" prop:value=grouping on:change=boxed(move |e| if let Some(to) = picked(&GROUPINGS, &e) { how.update(|how| how.groups = to) })>
                            <option value="0">{t::imp_grouping_add(language)}</option>
                            <option value="1">{t::imp_grouping_replace(language)}</option>
                        </select>
                    </label>
                </Show>
                <label class="row"><input type="checkbox" class="check" prop:checked=header on:change=boxed(move |e| { let to = event_target_checked(&e); other(&|how| how.header = Some(to)); })/>{t::imp_header(language)}</label>
            </div>
            <p role="status" id="import-found" tabindex="-1"><b>{summary}</b>" "<span>{changes}</span></p>
            <p class="muted small">{groups}</p>
        </section>
    }
    .into_any()
}

/// Both, in the order of their menu.
const GROUPINGS: [Grouping; 2] = [Grouping::Add, Grouping::Replace];

/// What becomes of who is there already, in numbers.
fn changed(language: Language, seen: &Look) -> String {
    if seen.there == 0 {
        return String::new();
    }
    let changes = seen.changes;
    let n = |n| text::number(language, n);
    let words = [
        (changes.renamed, t::imp_renamed(language, n(changes.renamed))),
        (changes.language, t::imp_spoken(language, n(changes.language))),
        (changes.joining, t::imp_joining(language, n(changes.joining))),
        (changes.leaving, t::imp_leaving(language, n(changes.leaving), seen.left.join(", "))),
        (seen.there - changes.people, t::imp_unchanged(language, n(seen.there - changes.people))),
    ];
    let words: Vec<_> = words.into_iter().filter(|(n, _)| *n > 0).map(|(_, words)| words).collect();
    t::imp_of_there(language, words.join(" · "))
}
