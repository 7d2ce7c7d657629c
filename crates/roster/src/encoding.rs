//! How the text of a file is written in bytes.

#[cfg(feature = "read")]
mod decode;

#[cfg(feature = "read")]
pub use decode::decode;

use crate::limits::TooMuch;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The encodings that spreadsheets and directories write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// UTF-8, with or without its mark.
    Utf8,
    /// UTF-16, low byte first: Excel's "Unicode text".
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// Cyrillic Windows: Excel's "CSV" in Russia and around.
    Windows1251,
    /// Western Windows.
    Windows1252,
}

impl Encoding {
    /// All of them, in the order of a menu.
    pub const ALL: [Self; 5] =
        [Self::Utf8, Self::Utf16Le, Self::Utf16Be, Self::Windows1251, Self::Windows1252];

    /// The name, in every language.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16 LE",
            Self::Utf16Be => "UTF-16 BE",
            Self::Windows1251 => "Windows-1251",
            Self::Windows1252 => "Windows-1252",
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why bytes were not read as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Unreadable {
    /// The file of a spreadsheet, or an archive, which looks the same from outside (xlsx, ods, numbers; xls).
    #[error("it is a spreadsheet (or an archive), not CSV: open it and save it as \"CSV UTF-8\"")]
    Spreadsheet,
    /// A PDF.
    #[error("it is a PDF, not CSV: save the list that it was made from as \"CSV UTF-8\"")]
    Pdf,
    /// A web page or another XML, which some programs write under the name `.xls`.
    #[error("it is a web page or XML, not CSV: open it in a spreadsheet and save it as \"CSV UTF-8\"")]
    Markup,
    /// Some other file that is no text.
    #[error("it is not a text: save the list as \"CSV UTF-8\"")]
    Binary,
    /// Bytes that the encoding does not have.
    #[error(
        "it is not {encoding}, or damaged: see line {line}; choose another encoding or save it as \"CSV UTF-8\""
    )]
    Damaged {
        /// The encoding that was chosen, or that nearly all of the file is in.
        encoding: Encoding,
        /// The first line that cannot be read.
        line: u32,
    },
    /// Too large.
    #[error(transparent)]
    TooMuch(#[from] TooMuch),
}
