//! A pattern that names many devices: `{owner} {model} {n}`.

use crate::{
    PersonName,
    device::Device,
    text::{InvalidText, line},
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Characters of a pattern at most.
pub const LONGEST: usize = 200;

/// What stands in braces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The owner's name.
    Owner,
    /// The model.
    Model,
    /// The serial number.
    Serial,
    /// The name that it has.
    Name,
    /// Its number among those that are named, from 1.
    Number,
}

impl Field {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Owner, Self::Model, Self::Number, Self::Serial, Self::Name];

    /// The word between the braces.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Model => "model",
            Self::Serial => "serial",
            Self::Name => "name",
            Self::Number => "n",
        }
    }
}

/// What is wrong with a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum InvalidPattern {
    /// The text itself.
    #[error("the pattern {0}")]
    Text(InvalidText),
    /// An opening brace without a closing one.
    #[error("a {{ is not closed")]
    Unclosed,
    /// A closing brace without an opening one.
    #[error("a }} was not opened")]
    Unopened,
    /// A word in braces that means nothing.
    #[error("there is no {{{0}}}: the placeholders are {{owner}}, {{model}}, {{n}}, {{serial}} and {{name}}")]
    Unknown(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Value(Field),
}

/// A pattern as it was parsed: one line of text and placeholders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern {
    source: String,
    pieces: Vec<Piece>,
}

/// What a device's name can be made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Values {
    /// The owner's name.
    pub owner: String,
    /// The model; empty if it is not known.
    pub model: String,
    /// The serial number; empty if it is not known.
    pub serial: String,
    /// The name that it has.
    pub name: String,
}

impl From<&Device> for Values {
    fn from(device: &Device) -> Self {
        let known = |fact: &Option<String>| fact.clone().unwrap_or_default();
        Self {
            owner: device.owner_name.clone(),
            model: known(&device.facts.model),
            serial: known(&device.facts.serial),
            name: device.name.clone(),
        }
    }
}

impl Pattern {
    /// As it was typed.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The name of one device. What is not known leaves no gap behind.
    ///
    /// # Errors
    /// What is wrong with the name that comes out.
    pub fn render(&self, values: &Values, n: u32) -> Result<PersonName, InvalidText> {
        let mut name = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => name.push_str(text),
                Piece::Value(Field::Owner) => name.push_str(&values.owner),
                Piece::Value(Field::Model) => name.push_str(&values.model),
                Piece::Value(Field::Serial) => name.push_str(&values.serial),
                Piece::Value(Field::Name) => name.push_str(&values.name),
                Piece::Value(Field::Number) => name.push_str(&n.to_string()),
            }
        }
        name.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ").parse()
    }
}

impl FromStr for Pattern {
    type Err = InvalidPattern;

    fn from_str(text: &str) -> Result<Self, InvalidPattern> {
        let source = line(text, LONGEST).map_err(InvalidPattern::Text)?;
        let pieces = pieces(&source)?;
        Ok(Self { source, pieces })
    }
}

/// Takes a pattern apart at its braces, which are single or, as in the words of messages, double.
fn pieces(source: &str) -> Result<Vec<Piece>, InvalidPattern> {
    let mut pieces = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['{', '}']) {
        let (text, from) = rest.split_at(at);
        let (open, close) = if from.starts_with("{{") { ("{{", "}}") } else { ("{", "}") };
        let inside = from.strip_prefix(open).ok_or(InvalidPattern::Unopened)?;
        let end = inside.find(['{', '}']).filter(|end| inside[*end..].starts_with(close));
        let (word, behind) = inside.split_at(end.ok_or(InvalidPattern::Unclosed)?);
        let word = word.trim();
        let field = Field::ALL.into_iter().find(|field| field.word() == word);
        let field = field.ok_or_else(|| InvalidPattern::Unknown(word.chars().take(40).collect()))?;
        if !text.is_empty() {
            pieces.push(Piece::Text(text.to_owned()));
        }
        pieces.push(Piece::Value(field));
        rest = &behind[close.len()..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(pieces)
}

impl TryFrom<String> for Pattern {
    type Error = InvalidPattern;

    fn try_from(text: String) -> Result<Self, InvalidPattern> {
        text.parse()
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.source
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values() -> Values {
        Values {
            owner: "Anna Petrova".into(),
            model: "Pixel 8".into(),
            serial: String::new(),
            name: "Pixel 8".into(),
        }
    }

    fn named(pattern: &str) -> Result<String, InvalidText> {
        pattern.parse::<Pattern>().unwrap().render(&values(), 7).map(String::from)
    }

    #[test]
    fn placeholders_become_what_is_known_and_leave_no_gap_where_nothing_is() {
        assert_eq!(named("{owner} {model} {n}").as_deref(), Ok("Anna Petrova Pixel 8 7"));
        assert_eq!(named("Ward-{ n }: {serial} {model}").as_deref(), Ok("Ward-7: Pixel 8"));
        assert_eq!(named("Ward 3").as_deref(), Ok("Ward 3"));
        assert_eq!(named("{{ owner }} {n}{{n}}").as_deref(), Ok("Anna Petrova 77"));
        assert_eq!(named("{serial}"), Err(InvalidText::Empty));
        assert_eq!(named(&"{owner}".repeat(20)), Err(InvalidText::TooLong));
    }

    #[test]
    fn what_is_wrong_is_said_as_it_is_typed() {
        let wrong = |text: &str| text.parse::<Pattern>().unwrap_err();
        assert_eq!(wrong(" "), InvalidPattern::Text(InvalidText::Empty));
        assert_eq!(wrong(&"x".repeat(LONGEST + 1)), InvalidPattern::Text(InvalidText::TooLong));
        assert_eq!(wrong("a\n{n}"), InvalidPattern::Text(InvalidText::Control));
        assert_eq!(wrong("Ward {n"), InvalidPattern::Unclosed);
        assert_eq!(wrong("Ward {n {model}"), InvalidPattern::Unclosed);
        assert_eq!(wrong("{{n} {model}"), InvalidPattern::Unclosed);
        assert_eq!(wrong("Ward n}"), InvalidPattern::Unopened);
        assert_eq!(wrong("{n}}"), InvalidPattern::Unopened);
        assert_eq!(wrong("{owner} {ward}"), InvalidPattern::Unknown("ward".into()));
        assert_eq!(wrong("{}"), InvalidPattern::Unknown(String::new()));
        assert_eq!(wrong("{Имя}"), InvalidPattern::Unknown("Имя".into()));
    }

    #[test]
    fn values_are_not_looked_at_again() {
        let odd = Values { owner: "{model}".into(), ..values() };
        let pattern: Pattern = "{owner} {n}".parse().unwrap();
        assert_eq!(pattern.render(&odd, 1).map(String::from).as_deref(), Ok("{model} 1"));
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_or_refused_and_a_parsed_one_reads_back(text in "\\PC{0,80}|[a-z{}n ]{0,30}") {
            if let Ok(pattern) = text.parse::<Pattern>() {
                prop_assert_eq!(pattern.source(), text.trim());
                prop_assert_eq!(String::from(pattern.clone()).parse::<Pattern>(), Ok(pattern));
            }
        }

        #[test]
        fn a_name_that_comes_out_is_a_name(owner in "\\PC{0,140}", model in ".{0,20}", n: u32) {
            let pattern: Pattern = "{owner}  {model} {n}".parse().unwrap();
            let values = Values { owner, model, ..Values::default() };
            if let Ok(name) = pattern.render(&values, n) {
                prop_assert_eq!(name.as_str().parse::<PersonName>(), Ok(name.clone()));
                prop_assert!(name.as_str().ends_with(&n.to_string()) && !name.as_str().contains("  "));
            }
        }

        #[test]
        fn numbers_tell_devices_apart(a: u32, b: u32) {
            let pattern: Pattern = "Ward {n}".parse().unwrap();
            let name = |n| pattern.render(&Values::default(), n).unwrap();
            prop_assert_eq!(name(a) == name(b), a == b);
        }
    }
}
