//! People in pasted text: addresses with anything between them, and the names beside them.

mod line;
mod name;
mod token;

use crate::{
    cut::cut,
    invented::name_of,
    limits::{self, TooMuch},
    people::Person,
};
use line::Line;
use muster_domain::{EmailAddress, PersonName, text::InvalidText, user::UserDetails};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, hash_map::Entry};

/// What is meant as an address and is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("line {line}: {text:?} {why}")]
pub struct NoAddress {
    /// The line that it stands in.
    pub line: u32,
    /// It, with the name beside it; cut to [`SHOWN`](crate::SHOWN).
    pub text: String,
    /// The rule that it breaks.
    pub why: InvalidText,
}

/// Words that belong to no address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOver {
    /// The line that they stand in.
    pub line: u32,
    /// They, cut to [`SHOWN`](crate::SHOWN).
    pub text: String,
}

/// What a text says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pasted {
    /// The people, in their order, each address once. They have an address, no groups and no language.
    pub people: Vec<Person>,
    /// What is meant as an address and is none.
    pub bad: Vec<NoAddress>,
    /// Words that belong to no address, so that none is lost unseen. Bullets, numbers of a list and labels such as
    /// `To:` are not among them.
    pub left_over: Vec<LeftOver>,
    /// How many addresses stood there again.
    pub repeated: u32,
}

/// Reads people from a text of any form.
///
/// # Errors
/// [`TooMuch`]: the text is too large, or has more in it than [`limits::ROWS`].
pub fn read(text: &str) -> Result<Pasted, TooMuch> {
    if text.len() > limits::TEXT {
        return Err(TooMuch::Text);
    }
    let mut list = List::default();
    // As an editor counts: a line ends in LF, CRLF or CR.
    let lines = text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'));
    for (number, line) in (1..).zip(lines) {
        list.line = number;
        Line::read(line, &mut list)?;
    }
    Ok(list.pasted)
}

/// What was found so far.
#[derive(Default)]
struct List {
    pasted: Pasted,
    /// Where each address stands among the people.
    places: HashMap<String, usize>,
    line: u32,
}

impl List {
    fn person(&mut self, email: EmailAddress, name: Option<PersonName>) -> Result<(), TooMuch> {
        let invented = name.is_none();
        let Some(name) = name.or_else(|| name_of(&email)) else { return Ok(()) };
        match self.places.entry(email.key()) {
            Entry::Vacant(place) => {
                place.insert(self.pasted.people.len());
                let details = UserDetails { name, email: Some(email), language: None, groups: Vec::new() };
                self.pasted.people.push(Person { line: self.line, details, invented });
            }
            Entry::Occupied(place) => {
                self.pasted.repeated += 1;
                let Some(known) = self.pasted.people.get_mut(*place.get()) else { return Ok(()) };
                // The name may stand beside the second mention alone; a third is not lost unseen.
                if known.invented && !invented {
                    known.details.name = name;
                    known.invented = false;
                } else if !invented && known.details.name != name {
                    return self.left_over(&format!("{name} <{email}>"));
                }
            }
        }
        self.in_bounds()
    }

    fn no_address(&mut self, text: &str, name: Option<&PersonName>, why: InvalidText) -> Result<(), TooMuch> {
        let text = name.map_or_else(|| cut(text), |name| cut(&format!("{name} <{text}>")));
        self.pasted.bad.push(NoAddress { line: self.line, text, why });
        self.in_bounds()
    }

    fn left_over(&mut self, text: &str) -> Result<(), TooMuch> {
        self.pasted.left_over.push(LeftOver { line: self.line, text: cut(text) });
        self.in_bounds()
    }

    fn in_bounds(&self) -> Result<(), TooMuch> {
        let Pasted { people, bad, left_over, .. } = &self.pasted;
        let all = people.len() + bad.len() + left_over.len();
        if all > limits::ROWS { Err(TooMuch::Rows) } else { Ok(()) }
    }
}
