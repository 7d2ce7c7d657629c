//! One line of pasted text: which words belong to which of its addresses.

use super::{
    List,
    name::{has_letter, is_like_a_name, is_single, name, tidy, without_label},
    token::{Token, Tokens},
};
use crate::limits::TooMuch;
use muster_domain::{EmailAddress, PersonName};
use std::mem::take;

/// So many pieces before an address are kept in mind; nobody's name stands further away.
const PIECES: usize = 8;

/// Words that no address has taken yet.
struct Piece {
    text: String,
    /// In quotation marks, which are not put around anything but a name.
    quoted: bool,
    /// In parentheses, which stand behind what they explain.
    note: bool,
    /// What follows it, if not the next piece.
    separator: Option<char>,
}

/// An address whose name may still follow.
struct Found<'a> {
    address: &'a str,
    name: Option<PersonName>,
}

/// A line, as far as it was read.
pub(super) struct Line<'a, 'l> {
    list: &'l mut List,
    found: Option<Found<'a>>,
    pieces: Vec<Piece>,
    /// The separator before the first of the pieces.
    apart: Option<char>,
    /// Whether there is another address before.
    several: bool,
    /// Whether names stand before their addresses here: there is something before the first address.
    before: bool,
}

impl<'a, 'l> Line<'a, 'l> {
    pub(super) fn read(line: &'a str, list: &'l mut List) -> Result<(), TooMuch> {
        if !line.contains('@') {
            let words = tidy(line);
            return if words.chars().any(char::is_alphanumeric) { list.left_over(words) } else { Ok(()) };
        }
        let mut this =
            Self { list, found: None, pieces: Vec::new(), apart: None, several: false, before: false };
        for token in Tokens::of(line) {
            match token {
                Token::Words(text) => this.words(tidy(text), false, false)?,
                Token::Quoted(text) => this.words(tidy(text), true, false)?,
                Token::Note(text) => this.words(tidy(text), false, true)?,
                Token::Separator(separator) => this.separator(separator),
                Token::Address { text, bracketed } => this.address(text, bracketed)?,
            }
        }
        let behind = take(&mut this.pieces);
        this.end_of_address(behind)
    }

    fn words(&mut self, text: &str, quoted: bool, note: bool) -> Result<(), TooMuch> {
        if !text.chars().any(char::is_alphanumeric) {
            return Ok(());
        }
        match self.pieces.last_mut() {
            Some(last) if last.separator.is_none() && !last.note && !note && last.text.len() < 400 => {
                last.text = format!("{} {text}", last.text);
                last.quoted &= quoted;
            }
            _ => self.pieces.push(Piece { text: text.to_owned(), quoted, note, separator: None }),
        }
        if self.pieces.len() > PIECES {
            let far = self.pieces.remove(0);
            self.apart = self.apart.or(far.separator);
            self.list.left_over(&far.text)?;
        }
        Ok(())
    }

    fn separator(&mut self, separator: char) {
        match self.pieces.last_mut() {
            None => self.apart = self.apart.or(Some(separator).filter(|s| *s != ':')),
            Some(last) if separator == ':' && last.separator.is_none() => {
                let rest = without_label(&last.text);
                if rest.len() == last.text.len() {
                    last.separator = Some(separator);
                } else if rest.is_empty() {
                    self.pieces.pop();
                } else {
                    last.text.truncate(rest.len());
                }
            }
            Some(last) => last.separator = last.separator.or(Some(separator)),
        }
    }

    /// Divides the words between two addresses among them.
    fn address(&mut self, address: &'a str, bracketed: bool) -> Result<(), TooMuch> {
        let pieces = &self.pieces;
        let behind_last = if self.found.is_none() {
            self.before = !pieces.is_empty();
            0
        } else if let [first, .., last] = pieces.as_slice() {
            let notes = usize::from(first.note || self.apart.is_none());
            if self.before || bracketed {
                notes
            } else {
                pieces.len() - usize::from(last.separator.is_none())
            }
        } else {
            let touched = pieces.first().map(|p| (self.apart.is_none(), p.separator.is_none() && !p.note));
            usize::from(match touched {
                Some((true, false)) => true,
                Some((false, true)) => false,
                _ => !(self.before || bracketed),
            })
        };
        let ahead = self.pieces.split_off(behind_last.min(self.pieces.len()));
        let behind = take(&mut self.pieces);
        self.several = self.found.is_some();
        self.end_of_address(behind)?;
        let name = self.name_before(ahead, address, bracketed)?;
        self.found = Some(Found { address, name });
        self.apart = None;
        Ok(())
    }

    /// The name among the pieces before an address; the others are left over.
    fn name_before(
        &mut self,
        mut pieces: Vec<Piece>,
        address: &str,
        bracketed: bool,
    ) -> Result<Option<PersonName>, TooMuch> {
        let turned = match pieces.as_slice() {
            [family, given] => two_halves(family, given, address),
            _ => None,
        };
        if turned.is_some() {
            return Ok(turned);
        }
        let fits = |p: &Piece| {
            let sure = bracketed || p.quoted || p.separator.is_some_and(is_between_cells);
            !p.note
                && has_letter(&p.text)
                && (sure || is_like_a_name(&p.text, address))
                && name(&p.text).is_some()
        };
        let chosen = pieces.iter().rposition(fits).map(|at| pieces.remove(at));
        self.leave(pieces)?;
        Ok(chosen.and_then(|piece| name(&piece.text)))
    }

    /// The last address has all that belongs to it.
    fn end_of_address(&mut self, mut behind: Vec<Piece>) -> Result<(), TooMuch> {
        let Some(Found { address, name: mut known }) = self.found.take() else { return self.leave(behind) };
        if known.is_none() {
            // A line of two cells, with the address in the first.
            let in_cell = !self.several && self.apart.is_some_and(is_between_cells);
            let explains = self.apart.is_none();
            let fits = |(at, p): (usize, &Piece)| {
                let sure = p.quoted || (at == 0 && (in_cell || (p.note && explains)));
                has_letter(&p.text) && (sure || is_like_a_name(&p.text, address)) && name(&p.text).is_some()
            };
            if let Some(at) = behind.iter().enumerate().position(fits) {
                known = name(&behind.remove(at).text);
            }
        }
        match address.parse::<EmailAddress>() {
            Ok(email) => self.list.person(email, known)?,
            Err(why) => self.list.no_address(address, known.as_ref(), why)?,
        }
        self.leave(behind)
    }

    fn leave(&mut self, pieces: Vec<Piece>) -> Result<(), TooMuch> {
        pieces.into_iter().try_for_each(|piece| self.list.left_over(&piece.text))
    }
}

/// Whether a separator divides cells of a table rather than words of a sentence.
fn is_between_cells(separator: char) -> bool {
    matches!(separator, ';' | '\t' | '|')
}

/// A name in two pieces: "Petrova, Anna" with a comma, "Anna" and "Petrova" in two cells.
fn two_halves(first: &Piece, second: &Piece, address: &str) -> Option<PersonName> {
    let like = |p: &Piece| !p.quoted && !p.note && is_like_a_name(&p.text, address);
    if !like(first) || !like(second) {
        return None;
    }
    match first.separator {
        Some(',') => name(&format!("{}, {}", first.text, second.text)),
        Some(separator)
            if is_between_cells(separator) && is_single(&first.text) && is_single(&second.text) =>
        {
            name(&format!("{} {}", first.text, second.text))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use muster_domain::text::InvalidText;
    use proptest::prelude::*;

    /// People as `name <local part>` with `~` before a name that was made of the address; then what is left over.
    fn told(text: &str) -> String {
        let pasted = read(text).unwrap();
        let people = pasted.people.iter().map(|p| {
            let email = p.details.email.as_ref().unwrap().as_str();
            let sign = if p.invented { "~" } else { "" };
            format!("{sign}{} <{}>", p.details.name, email.strip_suffix("@x.example").unwrap_or(email))
        });
        let bad = pasted.bad.iter().map(|b| format!("!{}", b.text));
        let left = pasted.left_over.iter().map(|l| format!("?{}", l.text));
        people.chain(bad).chain(left).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn addresses_are_found_with_anything_between_them() {
        for separator in [
            ",", ";", " ", "\n", "\r\n", "\t", " , ", ";\n", "|", " / ", ">, <", "\", \"", "\n• ", "\n- ",
            "\n1. ",
        ] {
            let text = ["anna", "bob", "carl"].map(|n| format!("{n}@x.example")).join(separator);
            assert_eq!(told(&text), "~Anna <anna>, ~Bob <bob>, ~Carl <carl>", "{separator:?}");
        }
        for text in [
            "mailto:anna@x.example",
            "<anna@x.example>",
            "'anna@x.example'",
            "«anna@x.example».",
            "1) anna@x.example",
            "E-mail: anna@x.example",
            "To: <mailto:anna@x.example>;",
            "anna@x.example<mailto:anna@x.example>",
            "**anna@x.example**",
        ] {
            assert_eq!(told(text), "~Anna <anna>", "{text}");
        }
    }

    #[test]
    fn names_stand_in_many_forms() {
        for (text, expected) in [
            ("Anna Petrova <a@x.example>", "Anna Petrova <a>"),
            ("\"Petrova, Anna\" <a@x.example>", "Anna Petrova <a>"),
            ("Petrova, Anna <a@x.example>; Ivanov, Ivan <i@x.example>", "Anna Petrova <a>, Ivan Ivanov <i>"),
            ("To: Anna Petrova <a@x.example>, Bob <b@x.example>", "Anna Petrova <a>, Bob <b>"),
            ("a@x.example (Anna Petrova)", "Anna Petrova <a>"),
            ("a@x.example (Anna Petrova), b@x.example (Bob)", "Anna Petrova <a>, Bob <b>"),
            ("Anna Petrova (a@x.example)", "Anna Petrova <a>"),
            ("Anna Petrova a@x.example", "Anna Petrova <a>"),
            ("Anna Petrova a@x.example Bob b@x.example", "Anna Petrova <a>, Bob <b>"),
            ("a@x.example Anna Petrova b@x.example Bob", "Anna Petrova <a>, Bob <b>"),
            ("a@x.example Anna, b@x.example Bob", "Anna <a>, Bob <b>"),
            ("a@x.example, Bob <b@x.example>", "~A <a>, Bob <b>"),
            ("a@x.example, Bob b@x.example", "~A <a>, Bob <b>"),
            ("Anna Petrova;a@x.example\nBob;b@x.example", "Anna Petrova <a>, Bob <b>"),
            ("сестра на посту;a@x.example", "сестра на посту <a>"),
            ("Anna Petrova\ta@x.example", "Anna Petrova <a>"),
            ("Anna\tPetrova\ta@x.example", "Anna Petrova <a>"),
            ("a@x.example;Anna Petrova", "Anna Petrova <a>"),
            ("a@x.example\tAnna Petrova", "Anna Petrova <a>"),
            ("a@x.example;сестра на посту;Ward 3", "сестра на посту <a>, ?Ward 3"),
            ("Anna Petrova, a@x.example", "Anna Petrova <a>"),
            ("Anna;a@x.example;Bob;b@x.example", "Anna <a>, Bob <b>"),
            ("a@x.example;Anna;b@x.example;Bob", "Anna <a>, Bob <b>"),
            ("• 'Anna Petrova' - a@x.example", "Anna Petrova <a>"),
            ("1. Anna Petrova: a@x.example", "Anna Petrova <a>"),
            ("anna petrova apetrova@x.example", "anna petrova <apetrova>"),
            ("Волкова Дарья d@x.example", "Волкова Дарья <d>"),
            ("\"Anna Petrova\",\"a@x.example\",\"Nurses\"", "Anna Petrova <a>, ?Nurses"),
            ("Anna Petrova, +7 999 123-45-67, a@x.example", "Anna Petrova <a>, ?+7 999 123-45-67"),
            ("Anna Petrova <a@x.example> (Ward 3)", "Anna Petrova <a>, ?Ward 3"),
            ("Anna (Ward 3) <a@x.example>", "Anna <a>, ?Ward 3"),
            ("Имя: Анна; Почта: a@x.example", "Анна <a>"),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }

    #[test]
    fn nothing_is_lost_unseen() {
        for (text, expected) in [
            (
                "Hello team,\nplease add anna@x.example\nBest, Bob",
                "~Anna <anna>, ?Hello team,, ?please add, ?Best, Bob",
            ),
            ("anna@x.example and others please", "~Anna <anna>, ?and others please"),
            ("name;email\nAnna;a@x.example", "Anna <a>, ?name;email"),
            ("Anna <anna@localhost>", "!Anna <anna@localhost>"),
            ("@anna, anna@, a@b@x.example", "!@anna, !anna@, !a@b@x.example"),
            ("дарья@x.example", "!дарья@x.example"),
            ("anna@x.example?subject=hi", "~Anna <anna>, ??subject=hi"),
            ("- \n***\n\n12\n", ""),
            ("a,b,c,d,e,f,g,h,i,j anna@x.example", "~Anna <anna>, ?a, ?b, ?c, ?d, ?e, ?f, ?g, ?h, ?i, ?j"),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
        let reasons = |text| read(text).unwrap().bad.into_iter().map(|b| (b.line, b.why)).collect::<Vec<_>>();
        assert_eq!(
            reasons("\nдарья@x.example\r\na@b\r"),
            [(2, InvalidText::LocalPart), (3, InvalidText::NotAnAddress)]
        );
    }

    #[test]
    fn an_address_comes_once_and_with_the_name_that_is_given_somewhere() {
        let text = "anna@x.example\nAnna Petrova <ANNA@x.example>\nOther <anna@X.example>";
        assert_eq!(told(text), "Anna Petrova <anna>, ?Other <anna@x.example>");
        let pasted = read(text).unwrap();
        assert_eq!((pasted.repeated, pasted.people[0].line), (2, 1));
    }

    #[test]
    fn a_long_word_is_cut_and_a_long_list_refused() {
        assert!(told(&"x".repeat(1000)).chars().count() == 62);
        let many = |n: usize| (0..n).map(|i| format!("a{i}@x.example,")).collect::<String>();
        assert!(read(&many(200_000)).is_ok());
        assert_eq!(read(&many(200_001)), Err(crate::limits::TooMuch::Rows));
        assert_eq!(read(&"a\n".repeat(200_001)), Err(crate::limits::TooMuch::Rows));
    }

    proptest! {
        #[test]
        fn no_text_brings_it_down(text: String) {
            let _ = read(&text);
        }

        #[test]
        fn each_address_is_found(
            words in proptest::collection::vec("[a-zA-Z а-я,;:|<>()\\[\\]\"“”«»'*.\t\n-]{0,9}", 1..9),
        ) {
            // A blank on both sides: what touches an address may be part of it.
            let text: String = words.iter().enumerate().map(|(i, w)| format!("{w} u{i}@x.example ")).collect();
            let pasted = read(&text).unwrap();
            prop_assert_eq!(pasted.people.len(), words.len(), "{}", text);
            prop_assert!(pasted.bad.is_empty());
        }

        #[test]
        fn no_word_is_lost(words in proptest::collection::vec("[b-z]{3,8}|[,;:|()\"]|[b-z]{2}[0-9]@x\\.example|\n", 0..40)) {
            let pasted = read(&words.join(" ")).unwrap();
            let said = pasted.people.iter().map(|p| {
                format!("{} {}", p.details.name, p.details.email.as_ref().unwrap())
            });
            let said = said.chain(pasted.left_over.iter().map(|l| l.text.clone())).collect::<Vec<_>>().join(" ");
            for word in words.iter().filter(|w| w.starts_with(char::is_alphabetic) && !w.contains('@')) {
                let label = super::without_label(word).is_empty();
                let cut = pasted.left_over.iter().any(|l| l.text.ends_with('…'));
                prop_assert!(label || cut || said.contains(word.as_str()), "{word:?} of {words:?} in {said:?}");
            }
        }
    }
}
