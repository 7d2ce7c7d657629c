//! How large a list may be.

use serde::{Deserialize, Serialize};

/// Bytes of a file, and of its text in UTF-8.
pub const TEXT: usize = 64 * 1024 * 1024;
/// Rows of a file; entries of a pasted text.
pub const ROWS: usize = 200_000;
/// Cells of one row.
pub const COLUMNS: usize = 200;
/// Cells of all rows, so that a file of separators alone does not take twenty times its size in memory.
pub const CELLS: usize = 5_000_000;

/// A limit that a list is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum TooMuch {
    /// Over [`TEXT`].
    #[error("it is larger than {} MiB", TEXT / 1024 / 1024)]
    Text,
    /// Over [`ROWS`].
    #[error("it has more than {ROWS} rows: import it in parts")]
    Rows,
    /// A row that is over [`COLUMNS`]; mostly the separator is another.
    #[error("line {line} has more than {COLUMNS} columns")]
    Columns {
        /// Where the row begins.
        line: u32,
    },
    /// Over [`CELLS`].
    #[error("it has more than {CELLS} cells: leave out columns that are not needed")]
    Cells,
}
