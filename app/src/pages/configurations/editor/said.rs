//! What differs, in words: of what, from what, to what.

use super::words;
use crate::text::t;
use leptos::prelude::*;
use muster_domain::{
    Language,
    configuration::{Clash, Column, Difference, Field, Kind},
};

/// A value as it is said.
fn value(language: Language, field: Field, column: Option<Column>, value: Option<&String>) -> String {
    let Some(value) = value else {
        let empty = if column.is_some() { "–" } else { t::cfg_as_is(language) };
        return empty.to_owned();
    };
    let kind = match (field.kind(), column) {
        (Kind::Rows(columns), Some(column)) => columns.iter().find(|c| c.column == column).map(|c| c.kind),
        (kind, None) => Some(kind),
        _ => None,
    };
    match kind {
        Some(Kind::Flag) => words::flag(language, field, value == "yes").to_owned(),
        Some(Kind::Choice(_)) => words::choice(language, value).to_owned(),
        _ => value.clone(),
    }
}

/// Of what: the field, and the place in it.
fn place(language: Language, item: Option<&String>, column: Option<Column>) -> String {
    let column = column.map(|column| words::column(language, column).to_owned());
    item.cloned().into_iter().chain(column).collect::<Vec<_>>().join(" · ")
}

/// What stands in a row that came or went.
fn cells(language: Language, difference: &Difference) -> String {
    let cell = |(column, text): &(Column, String)| {
        let said = value(language, difference.field, Some(*column), Some(text));
        format!("{}: {said}", words::column(language, *column))
    };
    difference.row.iter().map(cell).collect::<Vec<_>>().join("; ")
}

/// A difference: of what, and from what to what.
pub(super) fn row(language: Language, difference: &Difference) -> AnyView {
    let Difference { field, item, column, before, after, .. } = difference;
    let whole = matches!(field.kind(), Kind::Rows(_)) && column.is_none();
    let line = match (whole, before) {
        (true, None) => [t::cfg_row_added(language).to_owned(), cells(language, difference)].join(" "),
        (true, Some(_)) => t::cfg_row_gone(language).to_owned(),
        _ => {
            let [before, after] = [before, after].map(|v| value(language, *field, *column, v.as_ref()));
            t::cfg_arrow(language, after, before)
        }
    };
    let place = place(language, item.as_ref(), *column);
    view! { <li><b>{words::label(language, *field)}</b><span class="sub">{place}</span><span>{line}</span></li> }
        .into_any()
}

/// What both have changed: mine, and theirs.
pub(super) fn clash(language: Language, clash: &Clash) -> AnyView {
    let Clash { field, item, column, mine, theirs } = clash;
    let whole = matches!(field.kind(), Kind::Rows(_)) && column.is_none();
    let side = |side: &Option<String>| match (whole, side) {
        (true, None) => t::cfg_row_gone(language).to_owned(),
        (true, Some(_)) => t::cfg_row_stays(language).to_owned(),
        _ => value(language, *field, *column, side.as_ref()),
    };
    let place = place(language, item.as_ref(), *column);
    let line = t::cfg_clash_row(language, side(mine), side(theirs));
    view! { <li><b>{words::label(language, *field)}</b>" "<span class="sub">{place}</span>" "<span>{line}</span></li> }
        .into_any()
}
