//! The message in the company's own words: its parts as plain text with placeholders, parsed once.
//!
//! There is no template engine and no HTML in people's hands: a part is text with `{{names}}` of a fixed list, and the
//! layout around it stays Muster's. What is filled in is never looked at again (ABUSE A41).

mod template;
mod usual;

pub use template::Template;

use serde::{Deserialize, Serialize};

/// A part of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The subject: one line, and never with the link in it.
    Subject,
    /// What stands above the text.
    Headline,
    /// The paragraphs above the button; an empty line begins the next.
    Text,
    /// What the button says. It leads to the link.
    Button,
    /// What to do, one step a line; the layout numbers them.
    Steps,
    /// What stands at the end.
    Footer,
}

impl Part {
    /// All of them, in the order of the message.
    pub const ALL: [Self; 6] =
        [Self::Subject, Self::Headline, Self::Text, Self::Button, Self::Steps, Self::Footer];

    /// Characters as typed, at most.
    #[must_use]
    pub fn most(self) -> usize {
        match self {
            Self::Subject | Self::Headline => 120,
            Self::Button => 40,
            Self::Text => 2000,
            Self::Steps | Self::Footer => 1000,
        }
    }

    /// Whether it is one line.
    #[must_use]
    pub fn is_line(self) -> bool {
        matches!(self, Self::Subject | Self::Headline | Self::Button)
    }

    /// Whether the message can do without it.
    #[must_use]
    pub fn may_be_empty(self) -> bool {
        matches!(self, Self::Steps | Self::Footer)
    }

    /// The placeholders that make sense in it.
    #[must_use]
    pub fn placeholders(self) -> &'static [Placeholder] {
        use Placeholder::{Company, Contact, Expires, Link, Name};
        match self {
            Self::Subject | Self::Headline => &[Name, Company, Expires],
            Self::Button => &[Company],
            Self::Text | Self::Steps | Self::Footer => &[Name, Company, Expires, Contact, Link],
        }
    }

    /// The name in forms and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Headline => "headline",
            Self::Text => "text",
            Self::Button => "button",
            Self::Steps => "steps",
            Self::Footer => "footer",
        }
    }
}

/// Steps that a message lists at most.
pub const STEPS: usize = 9;

/// What is filled in for each message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Placeholder {
    /// The person's name.
    Name,
    /// The company's name.
    Company,
    /// Until when the link works.
    Expires,
    /// Whom to ask.
    Contact,
    /// The link.
    Link,
}

impl Placeholder {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Name, Self::Company, Self::Expires, Self::Contact, Self::Link];

    /// The name between the braces.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Company => "company",
            Self::Expires => "expires",
            Self::Contact => "contact",
            Self::Link => "link",
        }
    }

    /// As it is typed.
    #[must_use]
    pub fn typed(self) -> String {
        format!("{{{{{}}}}}", self.name())
    }
}

/// What is wrong with a part as typed. Positions count characters from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// Nothing, where there has to be something.
    #[error("is empty")]
    Empty,
    /// Too long.
    #[error("is longer than {most} characters")]
    TooLong {
        /// Characters at most.
        most: usize,
    },
    /// More steps than a message lists.
    #[error("has more than {STEPS} steps")]
    TooMany,
    /// A line break in what is one line.
    #[error("has a line break, and must be one line")]
    Lines,
    /// A control character, or a sign that turns the reading direction.
    #[error("has a control character at character {at}")]
    Control {
        /// Where.
        at: usize,
    },
    /// A placeholder that there is not.
    #[error("has {{{{{name}}}}} at character {at}, which is none of the placeholders")]
    Unknown {
        /// Where.
        at: usize,
        /// What stands between the braces.
        name: String,
    },
    /// A placeholder that is not for this part.
    #[error("has {} at character {at}, which is not for this part", placeholder.typed())]
    NotHere {
        /// Where.
        at: usize,
        /// Which.
        placeholder: Placeholder,
    },
    /// Opened and not closed.
    #[error("has {{{{ at character {at} and no }}}} that closes it")]
    Unclosed {
        /// Where it opens.
        at: usize,
    },
    /// Closed and not opened.
    #[error("has }}}} at character {at} and no {{{{ before it")]
    Unopened {
        /// Where it closes.
        at: usize,
    },
    /// Opened within another.
    #[error("has {{{{ at character {at} within another placeholder")]
    Nested {
        /// Where the inner one opens.
        at: usize,
    },
}

/// A part that cannot be taken, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{} {problem}", part.name())]
pub struct Invalid {
    /// Which part.
    pub part: Part,
    /// What is wrong with it.
    pub problem: Problem,
}

/// The parts as they are typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Words {
    /// [`Part::Subject`].
    pub subject: String,
    /// [`Part::Headline`].
    pub headline: String,
    /// [`Part::Text`].
    pub text: String,
    /// [`Part::Button`].
    pub button: String,
    /// [`Part::Steps`].
    pub steps: String,
    /// [`Part::Footer`].
    pub footer: String,
}

impl Words {
    /// A part.
    #[must_use]
    pub fn get(&self, part: Part) -> &str {
        match part {
            Part::Subject => &self.subject,
            Part::Headline => &self.headline,
            Part::Text => &self.text,
            Part::Button => &self.button,
            Part::Steps => &self.steps,
            Part::Footer => &self.footer,
        }
    }

    /// Writes a part.
    pub fn put(&mut self, part: Part, text: impl Into<String>) {
        let slot = match part {
            Part::Subject => &mut self.subject,
            Part::Headline => &mut self.headline,
            Part::Text => &mut self.text,
            Part::Button => &mut self.button,
            Part::Steps => &mut self.steps,
            Part::Footer => &mut self.footer,
        };
        *slot = text.into();
    }

    /// All that is wrong, a part at a time.
    #[must_use]
    pub fn problems(&self) -> Vec<Invalid> {
        let wrong = |part| {
            let problem = Template::parse(part, self.get(part)).err()?;
            Some(Invalid { part, problem })
        };
        Part::ALL.into_iter().filter_map(wrong).collect()
    }

    /// The wording that they are.
    ///
    /// # Errors
    /// The first part that cannot be taken.
    pub fn parse(&self) -> Result<Wording, Invalid> {
        let part =
            |part: Part| Template::parse(part, self.get(part)).map_err(|problem| Invalid { part, problem });
        Ok(Wording {
            subject: part(Part::Subject)?,
            headline: part(Part::Headline)?,
            text: part(Part::Text)?,
            button: part(Part::Button)?,
            steps: part(Part::Steps)?,
            footer: part(Part::Footer)?,
        })
    }
}

/// The words of a message in one language: each part is text with placeholders that make sense in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Words", into = "Words")]
pub struct Wording {
    /// [`Part::Subject`].
    pub subject: Template,
    /// [`Part::Headline`].
    pub headline: Template,
    /// [`Part::Text`].
    pub text: Template,
    /// [`Part::Button`].
    pub button: Template,
    /// [`Part::Steps`].
    pub steps: Template,
    /// [`Part::Footer`].
    pub footer: Template,
}

impl TryFrom<Words> for Wording {
    type Error = Invalid;

    fn try_from(words: Words) -> Result<Self, Invalid> {
        words.parse()
    }
}

impl From<Wording> for Words {
    fn from(wording: Wording) -> Self {
        let text = |template: Template| template.source().to_owned();
        Self {
            subject: text(wording.subject),
            headline: text(wording.headline),
            text: text(wording.text),
            button: text(wording.button),
            steps: text(wording.steps),
            footer: text(wording.footer),
        }
    }
}

#[cfg(test)]
mod tests;
