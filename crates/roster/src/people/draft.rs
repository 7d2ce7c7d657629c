//! One row, cell by cell.

use super::{Person, Why, groups};
use crate::{columns::Column, cut::cut, export::without_guard, invented::name_of, table::Row};
use muster_domain::{EmailAddress, Language, PersonName, text::InvalidText, user::UserDetails};
use std::{borrow::Cow, str::FromStr};

/// A cell with more lines is a quotation mark that was closed too late, even in a column that is not imported.
const LINES: usize = 20;
/// What no one sees and web pages put into addresses: zero-width characters, marks of direction, soft hyphens.
const INVISIBLE: [char; 8] =
    ['\u{AD}', '\u{200B}', '\u{200C}', '\u{200D}', '\u{200E}', '\u{200F}', '\u{2060}', '\u{FEFF}'];

/// A row, as far as it was understood.
pub(super) struct Draft {
    name: Option<PersonName>,
    pub(super) email: Option<EmailAddress>,
    language: Option<Language>,
    groups: Vec<PersonName>,
    pub(super) why: Vec<Why>,
}

impl Draft {
    pub(super) fn of(row: &Row, columns: &[Column]) -> Self {
        let first = |column| cells(row, columns, column).next().unwrap_or_default();
        let mut why = shape(row, columns.len());
        let halves = [first(Column::GivenName), first(Column::FamilyName)].join(" ");
        let name = match first(Column::Name) {
            "" => halves.trim(),
            name => name,
        };
        let name = parsed(name).map_err(|(text, reason)| why.push(Why::Name { text, why: reason }));
        let email = visible(first(Column::Email));
        let email = parsed(email.trim()).map_err(|(text, reason)| why.push(Why::Email { text, why: reason }));
        let language = match first(Column::Language) {
            "" => None,
            text => language(text).or_else(|| {
                why.push(Why::Language { text: cut(text) });
                None
            }),
        };
        let mut groups = Vec::new();
        for cell in cells(row, columns, Column::Groups) {
            groups::read(cell, &mut groups, &mut why);
        }
        if (&name, &email) == (&Ok(None), &Ok(None)) {
            why.push(Why::NameMissing);
        }
        Self { name: name.ok().flatten(), email: email.ok().flatten(), language, groups, why }
    }

    pub(super) fn person(self, line: u32) -> Result<Person, Vec<Why>> {
        if !self.why.is_empty() {
            return Err(self.why);
        }
        let invented = self.name.is_none();
        let name = self
            .name
            .or_else(|| self.email.as_ref().and_then(name_of))
            .ok_or_else(|| vec![Why::NameMissing])?;
        let details = UserDetails { name, email: self.email, language: self.language, groups: self.groups };
        Ok(Person { line, details, invented })
    }
}

/// What a row says in the columns of one meaning, without guards, blanks and empty cells.
fn cells<'a>(row: &'a Row, columns: &'a [Column], column: Column) -> impl Iterator<Item = &'a str> {
    let of_column = row.cells.iter().zip(columns).filter(move |(_, c)| **c == column);
    of_column.map(|(cell, _)| without_guard(cell).trim()).filter(|cell| !cell.is_empty())
}

/// A row that is no row: too wide, or several in one.
fn shape(row: &Row, columns: usize) -> Vec<Why> {
    let mut why = Vec::new();
    // Empty cells at the end are nobody's fault: spreadsheets write them.
    let found = row.cells.iter().rposition(|c| !c.trim().is_empty()).map_or(0, |last| last + 1);
    if found > columns {
        why.push(Why::TooManyColumns { found: found as u32, expected: columns as u32 });
    }
    let lines = row.cells.iter().map(|cell| cell.trim().lines().count()).max().unwrap_or_default();
    if lines > LINES {
        why.push(Why::TooManyLines { lines: lines as u32 });
    }
    why
}

/// What a cell says, or nothing if it is empty; the error has the cell as it is shown.
fn parsed<T: FromStr<Err = InvalidText>>(text: &str) -> Result<Option<T>, (String, InvalidText)> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|why| (cut(text), why))
}

fn visible(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.replace(INVISIBLE, "")) }
}

/// By its tag, or its name in one of both languages.
fn language(text: &str) -> Option<Language> {
    match text.to_lowercase().as_str() {
        "english" | "английский" | "eng" => Some(Language::En),
        "russian" | "русский" | "rus" => Some(Language::Ru),
        tag => Language::from_tag(tag),
    }
}
