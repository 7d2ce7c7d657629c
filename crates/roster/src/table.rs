//! Rows of cells, as they stand in a file or in text pasted from a spreadsheet.

#[cfg(feature = "read")]
mod read;

#[cfg(feature = "read")]
pub use read::read;

use crate::limits::TooMuch;
use serde::{Deserialize, Serialize};

/// What stands between the cells of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`, as spreadsheets write where the comma is the decimal sign.
    Semicolon,
    /// TAB, as what is copied from a spreadsheet has.
    Tab,
    /// `|`
    Bar,
}

impl Delimiter {
    /// All of them, in the order of a menu.
    pub const ALL: [Self; 4] = [Self::Comma, Self::Semicolon, Self::Tab, Self::Bar];

    /// The character.
    #[must_use]
    pub fn character(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Semicolon => ';',
            Self::Tab => '\t',
            Self::Bar => '|',
        }
    }
}

/// A row that has something in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The line of the file that it begins in, as an editor counts: from one. No two rows have the same.
    pub line: u32,
    /// Its cells as they are written, without the quotation marks around them. Rows may differ in length.
    pub cells: Vec<String>,
}

/// What a file says, before its columns have a meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// What stands between its cells.
    pub delimiter: Delimiter,
    /// Whether its first row names the columns; a guess that may be corrected.
    pub header: bool,
    /// All rows but empty ones.
    pub rows: Vec<Row>,
}

impl Table {
    /// The row that names the columns, if there is one.
    #[must_use]
    pub fn head(&self) -> Option<&Row> {
        self.rows.first().filter(|_| self.header)
    }

    /// The rows of people.
    #[must_use]
    pub fn body(&self) -> &[Row] {
        self.rows.get(usize::from(self.header)..).unwrap_or_default()
    }
}

/// Why there are no rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// A cell that begins with a quotation mark and does not end with one: what follows would be part of it.
    #[error(
        "the quotation mark that is opened in line {line} is not closed at the end of its cell; one that belongs to the text is written twice"
    )]
    OpenQuote {
        /// Where the cell begins.
        line: u32,
    },
    /// The parser has a complaint of its own.
    #[error("it cannot be read as CSV from line {line} on")]
    Malformed {
        /// The last line that was read.
        line: u32,
    },
    /// Too large.
    #[error(transparent)]
    TooMuch(#[from] TooMuch),
}
