//! Cells that leave the console as CSV, so that no spreadsheet calculates what a person was named (ABUSE A37, OWASP
//! "CSV Injection"), and so that they come back as they were.

use crate::people::groups::{self, SEPARATORS};
use muster_domain::PersonName;
use std::borrow::Cow;

/// The quotation mark by which a spreadsheet takes a cell for text.
const GUARD: char = '\'';

/// Whether a spreadsheet may take it for a formula, or an import take away the guard that was in it from the beginning.
fn wants_guard(text: &str) -> bool {
    let text = text.trim_start_matches(GUARD);
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// A cell with its guard, if it wants one. Quotation marks and delimiters are left to the writer of CSV.
#[must_use]
pub fn cell(text: &str) -> Cow<'_, str> {
    if wants_guard(text) { Cow::Owned(format!("{GUARD}{text}")) } else { Cow::Borrowed(text) }
}

/// What a cell says without its guard: what [`cell`] made, or a spreadsheet.
#[must_use]
pub fn without_guard(cell: &str) -> &str {
    cell.strip_prefix(GUARD).filter(|text| wants_guard(text)).unwrap_or(cell)
}

/// The names of groups as one cell: with semicolons between, and in quotation marks where a name would be taken for
/// several or for a path. It still wants [`cell`].
#[must_use]
pub fn groups(names: &[PersonName]) -> String {
    let names = names.iter().map(|name| {
        let name = name.as_str();
        let plain = !name.contains(SEPARATORS) && !name.contains('"') && !groups::is_path(name);
        if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
    });
    names.collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a37_nothing_that_leaves_is_a_formula() {
        for text in ["=1+1", "+7 999", "-2", "@SUM(A1)", "\tx", "\rx", "＝1", "'=1", "''@x"] {
            let guarded = cell(text);
            assert_eq!(guarded, format!("'{text}"));
            assert_eq!(without_guard(&guarded), text);
        }
        for text in ["", "Ada", "'", "''", "'Ada'", "O'Neil", "1-2", "a=b", " =1"] {
            assert_eq!((cell(text), without_guard(text)), (Cow::Borrowed(text), text));
        }
        assert_eq!(without_guard("'=1+1"), "=1+1");
    }

    #[test]
    fn groups_stand_in_one_cell() {
        let names = ["Ward 3", "Legal, Compliance", "A;B", "5\" pads", "/root"].map(|n| n.parse().unwrap());
        assert_eq!(groups(&names), "Ward 3;\"Legal, Compliance\";\"A;B\";\"5\"\" pads\";\"/root\"");
        assert_eq!(groups(&[]), "");
    }
}
