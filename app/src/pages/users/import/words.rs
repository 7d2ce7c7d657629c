//! What is wrong with a list, in words.

use crate::{
    api::imports::{Refusal, Which},
    text::t,
};
use muster_domain::{Language, PersonName, import::Change, text::InvalidText};
use muster_roster::{
    columns::Column,
    encoding::Unreadable,
    limits::TooMuch,
    people::Why,
    table::{Delimiter, Refused},
};

/// The meaning of a column.
pub(super) fn column(language: Language, column: Column) -> &'static str {
    match column {
        Column::Name => t::name(language),
        Column::GivenName => t::imp_given(language),
        Column::FamilyName => t::imp_family(language),
        Column::Email => t::email(language),
        Column::Groups => t::groups(language),
        Column::Language => t::language(language),
        Column::Nothing => t::imp_skip(language),
    }
}

/// Which rows are looked through.
pub(super) fn which(language: Language, which: Which) -> &'static str {
    match which {
        Which::All => t::imp_which_all(language),
        Which::Updates => t::imp_which_updates(language),
        Which::Made => t::imp_which_made(language),
        Which::Bad => t::imp_which_bad(language),
        Which::LeftOut => t::imp_which_out(language),
    }
}

/// What is changed of somebody, a line for each.
pub(super) fn change(language: Language, name: &PersonName, change: &Change) -> Vec<String> {
    let names = |groups: &[PersonName]| groups.iter().map(PersonName::as_str).collect::<Vec<_>>().join(", ");
    let mut lines = Vec::new();
    if let Some(new) = &change.name {
        lines.push(t::imp_fate_renamed(language, new, name));
    }
    if let Some(address) = &change.email {
        lines.push(t::imp_fate_email(language, address));
    }
    if let Some(to) = change.language {
        lines.push(t::imp_fate_language(
            language,
            match to {
                Language::En => "English",
                Language::Ru => "Русский",
            },
        ));
    }
    if !change.joins.is_empty() {
        lines.push(t::imp_fate_joins(language, names(&change.joins)));
    }
    if !change.leaves.is_empty() {
        lines.push(t::imp_fate_leaves(language, names(&change.leaves)));
    }
    lines
}

pub(super) fn delimiter(language: Language, delimiter: Delimiter) -> &'static str {
    match delimiter {
        Delimiter::Comma => t::imp_comma(language),
        Delimiter::Semicolon => t::imp_semicolon(language),
        Delimiter::Tab => t::imp_tab(language),
        Delimiter::Bar => t::imp_bar(language),
    }
}

pub(super) fn invalid(language: Language, why: InvalidText) -> &'static str {
    match why {
        InvalidText::Empty => t::imp_text_empty(language),
        InvalidText::TooLong => t::imp_text_long(language),
        InvalidText::Control => t::imp_text_control(language),
        InvalidText::NotAnAddress => t::imp_text_address(language),
        InvalidText::LocalPart => t::imp_text_local(language),
    }
}

/// What is wrong with a row.
pub(super) fn why(language: Language, why: &Why) -> String {
    match why {
        Why::NameMissing => t::imp_why_nothing(language).to_owned(),
        Why::Name { text, why } => t::imp_why_name(language, text, invalid(language, *why)),
        Why::Email { text, why } => t::imp_why_email(language, text, invalid(language, *why)),
        Why::Group { text, why } => t::imp_why_group(language, text, invalid(language, *why)),
        Why::Language { text } => t::imp_why_language(language, text),
        Why::TooManyColumns { found, expected } => t::imp_why_columns(language, expected, found),
        Why::TooManyLines { lines } => t::imp_why_lines(language, lines),
        Why::SameAddress { text, line } => t::imp_why_same(language, line, text),
    }
}

pub(super) fn too_much(language: Language, why: TooMuch) -> String {
    match why {
        TooMuch::Text => t::imp_too_large(language).to_owned(),
        TooMuch::Rows => t::imp_much_rows(language).to_owned(),
        TooMuch::Columns { line } => t::imp_much_columns(language, line),
        TooMuch::Cells => t::imp_much_cells(language).to_owned(),
    }
}

/// Why a file has no rows; at its first look, no encoding was chosen that could be another.
pub(super) fn refused(language: Language, why: Refusal, first: bool) -> String {
    match why {
        Refusal::Unreadable(Unreadable::Damaged { .. }) if first => t::imp_no_text(language).to_owned(),
        Refusal::Unreadable(Unreadable::Spreadsheet) => t::imp_no_spreadsheet(language).to_owned(),
        Refusal::Unreadable(Unreadable::Pdf) => t::imp_no_pdf(language).to_owned(),
        Refusal::Unreadable(Unreadable::Markup) => t::imp_no_markup(language).to_owned(),
        Refusal::Unreadable(Unreadable::Binary) => t::imp_no_text(language).to_owned(),
        Refusal::Unreadable(Unreadable::TooMuch(why)) | Refusal::Table(Refused::TooMuch(why)) => {
            too_much(language, why)
        }
        Refusal::Unreadable(Unreadable::Damaged { .. }) => t::imp_no_such_encoding(language).to_owned(),
        Refusal::Table(Refused::OpenQuote { line }) => t::imp_open_quote(language, line),
        Refusal::Table(Refused::Malformed { line }) => t::imp_malformed(language, line),
    }
}
