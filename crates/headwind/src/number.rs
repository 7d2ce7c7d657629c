//! The number of a device: what its person typed, or what the server named it.

use muster_legible::{acts, is_blank};
use serde::Serialize;
use std::{fmt, str::FromStr};

/// Characters of a number at most.
pub const MAX_NUMBER: usize = 64;

/// A device's number: 1 to 64 characters, kept exactly as the agent has it, since signatures are over it: the agent
/// cuts no blanks that a keyboard left at the end.
///
/// The agent itself takes any text. Refused is what hides or turns other words, and what a path could mistake for
/// its own: `/`, `\`, `%`, and a number that is `.` or `..`, which the agent cannot send either.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Number(String);

/// It is no number of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a number has 1 to 64 characters without / \\ % and control characters")]
pub struct InvalidNumber;

impl Number {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Number {
    type Err = InvalidNumber;

    fn from_str(text: &str) -> Result<Self, InvalidNumber> {
        let refused = |c: char| acts(c) || matches!(c, '/' | '\\' | '%');
        let nothing = is_blank(text) || matches!(text.trim(), "." | "..");
        if nothing || text.chars().count() > MAX_NUMBER || text.chars().any(refused) {
            return Err(InvalidNumber);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_kept_as_it_was_typed() {
        for good in ["1", "Phone #5", "12 ", "h0001", "Телефон", "a?b", &"x".repeat(64)] {
            assert_eq!(good.parse::<Number>().unwrap().as_str(), good);
        }
    }

    #[test]
    fn a43_a_number_that_a_path_could_mistake_for_its_own_is_none() {
        for bad in [
            "",
            "  ",
            "\u{200D}",
            ".",
            "..",
            " .. ",
            "a/b",
            "a\\b",
            "%2e",
            "a\0",
            "a\nb",
            "a\u{202E}b",
            &"x".repeat(65),
        ] {
            assert_eq!(bad.parse::<Number>(), Err(InvalidNumber), "{bad:?}");
        }
    }
}
