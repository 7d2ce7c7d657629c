//! A part of the message as it was parsed: text and placeholders in turn.

use super::{Part, Placeholder, Problem, STEPS};

/// Text with placeholders. It can always be rendered: whatever could fail was refused when it was parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    source: String,
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Value(Placeholder),
}

/// What stands in no message (ABUSE A25): signs that control, or that turn the reading direction (Trojan Source).
fn is_foul(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{2028}' | '\u{2029}')
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        || (c.is_control() && c != '\n')
}

/// As browsers and editors send it: line breaks are one sign, a tab is a blank, and nothing hangs over at the ends.
fn plain(typed: &str) -> String {
    typed.replace("\r\n", "\n").replace('\t', " ").trim().to_owned()
}

impl Template {
    /// Reads a part.
    ///
    /// # Errors
    /// The first thing that is wrong with it, with its place.
    pub fn parse(part: Part, typed: &str) -> Result<Self, Problem> {
        let source = plain(typed);
        if source.is_empty() && !part.may_be_empty() {
            return Err(Problem::Empty);
        }
        if part.is_line() && source.contains('\n') {
            return Err(Problem::Lines);
        }
        if let Some(at) = source.chars().position(is_foul) {
            return Err(Problem::Control { at: at + 1 });
        }
        if source.chars().count() > part.most() {
            return Err(Problem::TooLong { most: part.most() });
        }
        if part == Part::Steps && source.lines().filter(|line| !line.trim().is_empty()).count() > STEPS {
            return Err(Problem::TooMany);
        }
        let pieces = pieces(part, &source)?;
        Ok(Self { source, pieces })
    }

    /// As it was typed.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.source.is_empty()
    }

    /// Whether a placeholder is in it.
    #[must_use]
    pub fn names(&self, placeholder: Placeholder) -> bool {
        self.pieces.contains(&Piece::Value(placeholder))
    }

    /// Puts it together in one pass: both functions give what is fit for the output (HTML, plain text, a header), and
    /// nothing that they gave is looked at again.
    pub fn render(&self, text: impl Fn(&str) -> String, value: impl Fn(Placeholder) -> String) -> String {
        let part = |piece: &Piece| match piece {
            Piece::Text(written) => text(written),
            Piece::Value(placeholder) => value(*placeholder),
        };
        self.pieces.iter().map(part).collect()
    }
}

/// Takes a text apart at its braces.
fn pieces(part: Part, source: &str) -> Result<Vec<Piece>, Problem> {
    // A place in bytes as people count it.
    let at = |byte: usize| source[..byte].chars().count() + 1;
    let mut pieces = Vec::new();
    let mut done = 0;
    loop {
        let rest = &source[done..];
        let open = rest.find("{{").unwrap_or(rest.len());
        let (before, opened) = rest.split_at(open);
        // A closing without an opening is a slip: `{name}}`.
        if let Some(close) = before.find("}}") {
            return Err(Problem::Unopened { at: at(done + close) });
        }
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        let Some(inside) = opened.strip_prefix("{{") else { return Ok(pieces) };
        let here = done + open;
        let close = inside.find("}}").ok_or(Problem::Unclosed { at: at(here) })?;
        let name = &inside[..close];
        // An opening that was forgotten reaches as far as the next closing, over lines and sentences.
        if name.contains('\n') {
            return Err(Problem::Unclosed { at: at(here) });
        }
        if let Some(inner) = name.find("{{") {
            return Err(Problem::Nested { at: at(here + 2 + inner) });
        }
        let name = name.trim();
        let Some(placeholder) = Placeholder::ALL.into_iter().find(|p| p.name() == name) else {
            return Err(Problem::Unknown { at: at(here), name: name.chars().take(40).collect() });
        };
        if !part.placeholders().contains(&placeholder) {
            return Err(Problem::NotHere { at: at(here), placeholder });
        }
        pieces.push(Piece::Value(placeholder));
        done = here + close + 4;
    }
}
