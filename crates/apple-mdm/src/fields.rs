//! Taking fields out of dictionaries, with errors that name them.

use crate::document::Unreadable;
use muster_legible::line;
use plist::{Dictionary, Value};

/// Why a message is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMessage {
    /// It cannot be read at all.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// A field that has to be there is not.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A field is of another kind, too long, or has characters that it may not have.
    #[error("{0} is not in order")]
    Field(&'static str),
    /// The `MessageType` is none that the protocol has. Cut to 64 characters.
    #[error("unknown MessageType {0:?}")]
    UnknownMessage(String),
    /// The `Status` is none that the protocol has. Cut to 64 characters.
    #[error("unknown Status {0:?}")]
    UnknownStatus(String),
}

/// Fields of a dictionary by name.
pub(crate) trait Fields {
    fn text(&self, key: &'static str) -> Result<Option<&str>, InvalidMessage>;
    fn data(&self, key: &'static str, most: usize) -> Result<Option<&[u8]>, InvalidMessage>;
    fn flag(&self, key: &'static str) -> Result<Option<bool>, InvalidMessage>;

    /// A text that `parse` takes.
    fn parsed<T>(
        &self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, InvalidMessage> {
        self.text(key)?.map(|text| parse(text).ok_or(InvalidMessage::Field(key))).transpose()
    }

    fn required<T>(
        &self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, InvalidMessage> {
        self.parsed(key, parse)?.ok_or(InvalidMessage::Missing(key))
    }
}

impl Fields for Dictionary {
    fn text(&self, key: &'static str) -> Result<Option<&str>, InvalidMessage> {
        self.get(key).map(|v| v.as_string().ok_or(InvalidMessage::Field(key))).transpose()
    }

    fn data(&self, key: &'static str, most: usize) -> Result<Option<&[u8]>, InvalidMessage> {
        self.get(key)
            .map(|v| v.as_data().filter(|d| d.len() <= most).ok_or(InvalidMessage::Field(key)))
            .transpose()
    }

    fn flag(&self, key: &'static str) -> Result<Option<bool>, InvalidMessage> {
        self.get(key).map(|v| v.as_boolean().ok_or(InvalidMessage::Field(key))).transpose()
    }
}

/// Inventory is taken leniently: a device whose answer has one odd field would otherwise send the same for ever.
pub(crate) trait Inventory {
    /// Text without characters that act or hide, cut; nothing if it is empty or no text.
    fn clean(&mut self, key: &str) -> Option<String>;
    /// The same of a name, which stands in lists.
    fn name(&mut self, key: &str) -> Option<String>;
    /// A number that is not negative.
    fn count(&mut self, key: &str) -> Option<u64>;
    /// A number with fractions; whole ones are taken too.
    fn number(&mut self, key: &str) -> Option<f64>;
    /// Yes or no; some versions send 0 and 1.
    fn yes(&mut self, key: &str) -> Option<bool>;
}

/// The longest inventory text that is kept, in characters.
pub(crate) const LONGEST: usize = 512;

/// The longest name or model that is kept, in characters: it stands in one line of a list.
pub(crate) const LONGEST_NAME: usize = 128;

/// One line of text, cut.
pub(crate) fn clean(text: &str) -> Option<String> {
    line(text, LONGEST)
}

/// A name, as [`clean`].
pub(crate) fn name(text: &str) -> Option<String> {
    line(text, LONGEST_NAME)
}

impl Inventory for Dictionary {
    fn clean(&mut self, key: &str) -> Option<String> {
        self.get(key)?.as_string()?;
        clean(&self.remove(key)?.into_string()?)
    }

    fn name(&mut self, key: &str) -> Option<String> {
        name(&self.clean(key)?)
    }

    fn count(&mut self, key: &str) -> Option<u64> {
        let number = self.get(key)?.as_unsigned_integer()?;
        self.remove(key);
        Some(number)
    }

    fn number(&mut self, key: &str) -> Option<f64> {
        let number = match self.get(key)? {
            Value::Real(number) if number.is_finite() => *number,
            Value::Integer(number) => number.to_string().parse().ok()?,
            _ => return None,
        };
        self.remove(key);
        Some(number)
    }

    fn yes(&mut self, key: &str) -> Option<bool> {
        let flag = match self.get(key)? {
            Value::Boolean(flag) => *flag,
            Value::Integer(number) => number.as_signed()? != 0,
            _ => return None,
        };
        self.remove(key);
        Some(flag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a13_a_name_has_nothing_that_hides_or_turns_the_words_around_it() {
        for (said, kept) in [
            ("Anna's iPhone", "Anna's iPhone"),
            (" Anna\u{202E}enohPi\u{202C} ", "AnnaenohPi"),
            ("\u{34F}Ward\u{17B4}\u{17B5} 3\u{1D173}", "Ward 3"),
            ("A\u{200B}n\u{AD}n\u{2060}a\u{FEFF}", "Anna"),
            ("A\nnn\u{2028}a\u{85}", "Anna"),
            // What belongs to letters and pictures stays.
            (
                "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467} \u{2764}\u{FE0F}",
                "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467} \u{2764}\u{FE0F}",
            ),
            ("\u{646}\u{6CC}\u{200C}\u{632}", "\u{646}\u{6CC}\u{200C}\u{632}"),
        ] {
            assert_eq!(name(said).as_deref(), Some(kept), "{said:?}");
        }
        for nothing in [
            "",
            " ",
            "\u{200B}\u{FEFF}",
            "\u{200D}\u{200D}",
            "\u{3164}",
            "\u{2800} \u{2800}",
            "\u{FE0F}\u{A0}",
        ] {
            assert_eq!(name(nothing), None, "{nothing:?}");
        }
        assert_eq!(name(&"x".repeat(999)).unwrap().len(), LONGEST_NAME);
        assert_eq!(clean(&"x".repeat(999)).unwrap().len(), LONGEST);
    }
}
