//! What differs between two configurations, value by value, in the order of the fields.

use super::{
    cell::Kind,
    field::{ConfigurationSettings, Field},
    list::Column,
};
use serde::{Deserialize, Serialize};

/// A value before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Of which field.
    pub field: Field,
    /// Of which row, by what stands in it first; none outside of lists.
    pub item: Option<String>,
    /// Of which column; none where a whole row came or went.
    pub column: Option<Column>,
    /// Before; none if nothing stood there.
    pub before: Option<String>,
    /// After; none if nothing stands there.
    pub after: Option<String>,
    /// What stands in the row that came or went, but by what it is told from others.
    pub row: Vec<(Column, String)>,
}

/// All that differs. A row is the same one if its keys are; that it stands elsewhere is no difference but of pages and apps, whose
/// order is their own column.
#[must_use]
pub fn differences(before: &ConfigurationSettings, after: &ConfigurationSettings) -> Vec<Difference> {
    let (before, after) = (before.form(), after.form());
    let mut found = Vec::new();
    for field in Field::ALL {
        let Kind::Rows(columns) = field.kind() else {
            let (old, new) = (before.text(*field), after.text(*field));
            if old != new {
                let said = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
                found.push(Difference {
                    field: *field,
                    item: None,
                    column: None,
                    before: said(old),
                    after: said(new),
                    row: Vec::new(),
                });
            }
            continue;
        };
        let (old, new) = (before.rows(*field), after.rows(*field));
        let key = |row: &Vec<String>| row.get(..keys(*field)).unwrap_or_default().to_vec();
        let name = |row: &Vec<String>| Some(key(row).join(" "));
        // What stands in a row: the flags that are on, and the texts. And the same in a line.
        let shown = |row: &Vec<String>| {
            let cells = columns.iter().zip(row).skip(keys(*field));
            let shown = cells.filter(|(column, cell)| is_shown(column.kind, cell));
            shown.map(|(column, cell)| (column.column, cell.clone())).collect::<Vec<_>>()
        };
        let whole = |row: &Vec<String>| {
            let is_flag = |of: Column| columns.iter().any(|c| c.column == of && c.kind == Kind::Flag);
            let word = |(column, cell)| if is_flag(column) { column.name().to_owned() } else { cell };
            shown(row).into_iter().map(word).collect::<Vec<_>>().join(", ")
        };
        for row in old.iter().filter(|row| !new.iter().any(|other| key(other) == key(row))) {
            found.push(Difference {
                field: *field,
                item: name(row),
                column: None,
                before: Some(whole(row)),
                after: None,
                row: shown(row),
            });
        }
        for row in new {
            let Some(known) = old.iter().find(|other| key(other) == key(row)) else {
                found.push(Difference {
                    field: *field,
                    item: name(row),
                    column: None,
                    before: None,
                    after: Some(whole(row)),
                    row: shown(row),
                });
                continue;
            };
            for (column, (was, is)) in columns.iter().zip(known.iter().zip(row)) {
                if was != is && column.kind != Kind::Hidden {
                    let said = |text: &String| Some(text.clone()).filter(|t| !t.is_empty());
                    found.push(Difference {
                        field: *field,
                        item: name(row),
                        column: Some(column.column),
                        before: said(was),
                        after: said(is),
                        row: Vec::new(),
                    });
                }
            }
        }
    }
    found
}

/// By how many of its first cells a row is told from others.
pub(super) fn keys(field: Field) -> usize {
    match field {
        Field::AppSettings => 2,
        Field::Actions => 3,
        _ => 1,
    }
}

fn is_shown(kind: Kind, cell: &str) -> bool {
    match kind {
        Kind::Hidden => false,
        Kind::Flag => cell == "yes",
        _ => !cell.is_empty(),
    }
}
