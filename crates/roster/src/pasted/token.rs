//! A line of pasted text as words, addresses and what stands between them.

/// What stands between people or between a name and an address.
const SEPARATORS: [char; 9] = [',', ';', '|', '\t', ':', '，', '；', '、', '：'];
/// What is around names and addresses.
const BRACKETS: [char; 8] = ['<', '>', '(', ')', '[', ']', '{', '}'];
/// Quotation marks with those that close them.
const QUOTES: [(char, &[char]); 4] = [('"', &['"']), ('“', &['”', '“']), ('„', &['“', '”']), ('«', &['»'])];
/// So far a bracket or a quotation mark is followed to its end, in bytes: names are shorter, and texts may be all marks.
const FAR: usize = 400;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Words without a separator between them.
    Words(&'a str),
    /// What stands in quotation marks.
    Quoted(&'a str),
    /// What stands in parentheses.
    Note(&'a str),
    /// One of the separators.
    Separator(char),
    /// What has an `@` in it.
    Address {
        text: &'a str,
        /// Whether a bracket is before it, so that the words before the bracket are its name.
        bracketed: bool,
    },
}

/// The tokens of a line, one after the other.
pub(super) struct Tokens<'a> {
    rest: &'a str,
    /// Whether an open bracket was the last mark.
    bracketed: bool,
    /// What closes the quotation marks around an address.
    closing: &'static [char],
}

impl<'a> Tokens<'a> {
    pub(super) fn of(line: &'a str) -> Self {
        Self { rest: line, bracketed: false, closing: &[] }
    }

    /// What is between an opening mark and the next that closes it, if it is near; an address in it stays in the line.
    fn enclosed(&mut self, open: char, close: &'static [char]) -> Option<&'a str> {
        let inner = &self.rest[open.len_utf8()..];
        let near = &inner[..inner.floor_char_boundary(FAR)];
        let end = near.find(close)?;
        let text = &near[..end];
        if text.contains('@') {
            self.closing = close;
            return None;
        }
        self.skip(open);
        self.rest = &self.rest[end..];
        self.skip(self.rest.chars().next()?);
        Some(text)
    }

    fn skip(&mut self, first: char) {
        self.rest = &self.rest[first.len_utf8()..];
    }

    /// A run of letters up to a blank or a mark.
    fn run(&self) -> &'a str {
        let ends = |c: char| c.is_whitespace() || is_mark(c);
        &self.rest[..self.rest.find(ends).unwrap_or(self.rest.len())]
    }

    /// An address in a run, and what follows it.
    fn address(&mut self, run: &'a str) -> Token<'a> {
        let at = run.find('@').unwrap_or_default();
        // Behind the `@` nothing else can belong to it: `?subject=…`, `/`, a closing `*`.
        let of_domain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@');
        let end = run[at..].find(|c| !of_domain(c)).map_or(run.len(), |length| at + length);
        self.rest = &self.rest[end..];
        let text = run[..end].trim_start_matches(is_ornament).trim_end_matches(['.', '-', '_']);
        Token::Address { text, bracketed: std::mem::take(&mut self.bracketed) }
    }

    /// Words up to a mark, a TAB or a run with an `@`.
    fn words(&mut self) -> Token<'a> {
        let whole = self.rest;
        let mut length = 0;
        loop {
            let blanks = self.rest.find(|c: char| !c.is_whitespace() || c == '\t').unwrap_or(self.rest.len());
            self.rest = &self.rest[blanks..];
            let run = self.run();
            if run.is_empty() || run.contains('@') {
                return Token::Words(&whole[..length]);
            }
            self.rest = &self.rest[run.len()..];
            length = whole.len() - self.rest.len();
        }
    }
}

fn is_mark(c: char) -> bool {
    SEPARATORS.contains(&c) || BRACKETS.contains(&c) || is_quote(c)
}

fn is_quote(c: char) -> bool {
    QUOTES.iter().any(|(open, close)| c == *open || close.contains(&c))
}

/// What stands before an address without belonging to it: bullets, quotation marks, emphasis, arrows.
fn is_ornament(c: char) -> bool {
    matches!(c, '\'' | '`' | '*' | '-' | '=' | '/' | '\\' | '~') || (!c.is_ascii() && !c.is_alphanumeric())
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let first = self.rest.chars().next()?;
            if SEPARATORS.contains(&first) {
                self.skip(first);
                return Some(Token::Separator(first));
            }
            if self.closing.contains(&first) {
                self.closing = &[];
                self.skip(first);
                continue;
            }
            if let Some((open, close)) = QUOTES.iter().find(|(open, _)| *open == first)
                && let Some(text) = self.enclosed(*open, close)
            {
                return Some(Token::Quoted(text));
            }
            if first == '('
                && let Some(text) = self.enclosed('(', &[')'])
            {
                return Some(Token::Note(text));
            }
            if !first.is_whitespace() && !is_mark(first) {
                let run = self.run();
                return Some(if run.contains('@') { self.address(run) } else { self.words() });
            }
            self.bracketed = matches!(first, '<' | '(' | '[') || (self.bracketed && first.is_whitespace());
            self.skip(first);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Token::{Address, Note, Quoted, Separator, Words};
    use super::*;

    fn plain(text: &str) -> Token<'_> {
        Address { text, bracketed: false }
    }

    fn bracketed(text: &str) -> Token<'_> {
        Address { text, bracketed: true }
    }

    #[test]
    fn a_line_comes_apart_at_its_marks() {
        for (line, expected) in [
            ("", vec![]),
            (" Anna  Petrova a@x.example ", vec![Words("Anna  Petrova"), plain("a@x.example")]),
            ("Anna<a@x.example>", vec![Words("Anna"), bracketed("a@x.example")]),
            ("a@x.example (Anna P.)", vec![plain("a@x.example"), Note("Anna P.")]),
            ("Anna (a@x.example)", vec![Words("Anna"), bracketed("a@x.example")]),
            (
                "\"P, Anna\" <mailto:a@x.example>",
                vec![Quoted("P, Anna"), Words("mailto"), Separator(':'), bracketed("a@x.example")],
            ),
            (
                "\"a@x.example\",\"b@x.example\"",
                vec![plain("a@x.example"), Separator(','), plain("b@x.example")],
            ),
            ("«Анна» „Ж“ “Z”", vec![Quoted("Анна"), Quoted("Ж"), Quoted("Z")]),
            ("[x] a@x.example", vec![Words("x"), plain("a@x.example")]),
            (
                "mailto:a@x.example?subject=b",
                vec![Words("mailto"), Separator(':'), plain("a@x.example"), Words("?subject=b")],
            ),
            ("a@x.example/b@x.example.", vec![plain("a@x.example"), plain("b@x.example")]),
            ("*a@x.example*", vec![plain("a@x.example"), Words("*")]),
            ("→'a@x.example'", vec![plain("a@x.example"), Words("'")]),
            ("a\tb", vec![Words("a"), Separator('\t'), Words("b")]),
            ("\"open, x", vec![Words("open"), Separator(','), Words("x")]),
            ("@", vec![plain("@")]),
        ] {
            assert_eq!(Tokens::of(line).collect::<Vec<_>>(), expected, "{line}");
        }
    }
}
