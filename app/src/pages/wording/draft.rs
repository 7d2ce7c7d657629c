//! What stands in the form, as it was typed, and what is wrong with it.

use super::{Both, place};
use crate::{api::wording::Desk, text::t};
use muster_domain::{
    EmailAddress, Language,
    look::{Colour, Look, PhoneNumber},
    text::line,
    wording::{Part, Placeholder, Problem, Words},
};

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    Part(Language, Part),
    Accent,
    Contact,
    Phone,
    Email,
}

impl At {
    /// Those that are one for all languages.
    const LOOK: [Self; 4] = [Self::Accent, Self::Contact, Self::Phone, Self::Email];

    /// The id of its control on the page.
    pub(super) fn id(self) -> String {
        match self {
            Self::Part(language, part) => format!("own-{}-{}", language.tag(), part.name()),
            Self::Accent => "own-accent".into(),
            Self::Contact => "own-contact".into(),
            Self::Phone => "own-phone".into(),
            Self::Email => "own-email".into(),
        }
    }
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) at: At,
    /// Of a part; the other fields have one thing each that can be wrong.
    pub(super) problem: Option<Problem>,
}

impl Wrong {
    pub(super) fn words(&self, language: Language) -> String {
        let known = |part: Part| part.placeholders().iter().map(|p| p.typed()).collect::<Vec<_>>().join(", ");
        let (part, problem) = match (self.at, &self.problem) {
            (At::Part(_, part), Some(problem)) => (part, problem),
            (At::Accent, _) => return t::own_bad_colour(language).to_owned(),
            (At::Phone, _) => return t::own_bad_phone(language).to_owned(),
            (At::Email, _) => return t::invalid_email(language).to_owned(),
            _ => return t::own_bad_contact(language).to_owned(),
        };
        match problem {
            Problem::Empty => t::own_bad_empty(language).to_owned(),
            Problem::TooLong { most } => t::own_bad_long(language, *most as u64),
            Problem::TooMany => t::own_bad_many(language).to_owned(),
            Problem::Lines => t::own_bad_lines(language).to_owned(),
            Problem::Control { at } => t::own_bad_control(language, at),
            Problem::Unknown { at, name } => {
                t::own_bad_unknown(language, at, known(part), format!("{{{{{name}}}}}"))
            }
            Problem::NotHere { at, placeholder } => {
                t::own_bad_here(language, at, known(part), Placeholder::typed(*placeholder))
            }
            Problem::Unclosed { at } => t::own_bad_open(language, at, "}}", "{{"),
            Problem::Unopened { at } => t::own_bad_close(language, at, "}}", "{{"),
            Problem::Nested { at } => t::own_bad_nested(language, at, "{{"),
        }
    }
}

/// All fields as they were typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Draft {
    pub(super) words: Both,
    look: [String; 4],
}

impl Draft {
    fn all() -> impl Iterator<Item = At> {
        let parts = Language::ALL.into_iter().flat_map(|l| Part::ALL.map(|part| At::Part(l, part)));
        parts.chain(At::LOOK)
    }

    pub(super) fn get(&self, at: At) -> &str {
        match at {
            At::Part(language, part) => self.words.get(place(language)).map_or("", |words| words.get(part)),
            At::Accent => &self.look[0],
            At::Contact => &self.look[1],
            At::Phone => &self.look[2],
            At::Email => &self.look[3],
        }
    }

    pub(super) fn put(&mut self, at: At, text: impl Into<String>) {
        match at {
            At::Part(language, part) => self.words[place(language)].put(part, text),
            At::Accent => self.look[0] = text.into(),
            At::Contact => self.look[1] = text.into(),
            At::Phone => self.look[2] = text.into(),
            At::Email => self.look[3] = text.into(),
        }
    }

    pub(super) fn of(desk: &Desk) -> Self {
        let mut draft = Self::default();
        for worded in &desk.words {
            draft.words[place(worded.language)] = worded.own.as_ref().unwrap_or(&worded.usual).clone();
        }
        let Look { accent, phone, email } = &desk.look;
        draft.put(At::Accent, accent.map(|c| c.to_string()).unwrap_or_default());
        draft.put(At::Contact, desk.contact.as_deref().unwrap_or_default());
        draft.put(At::Phone, phone.as_ref().map(PhoneNumber::as_str).unwrap_or_default());
        draft.put(At::Email, email.as_ref().map(EmailAddress::as_str).unwrap_or_default());
        draft
    }

    /// The usual words of both languages.
    pub(super) fn usual(desk: &Desk) -> Both {
        let mut both = Both::default();
        for worded in &desk.words {
            both[place(worded.language)] = worded.usual.clone();
        }
        both
    }

    /// Takes what changed elsewhere, but for fields that were typed in.
    pub(super) fn follow(&mut self, before: &Self, now: &Self) {
        for at in Self::all() {
            if self.get(at) == before.get(at) {
                self.put(at, now.get(at));
            }
        }
    }

    /// Something that was typed, without blanks around it.
    fn typed(&self, at: At) -> Option<&str> {
        Some(self.get(at).trim()).filter(|text| !text.is_empty())
    }

    pub(super) fn accent(&self) -> Option<Colour> {
        self.typed(At::Accent)?.parse().ok()
    }

    /// Colour and whom to ask, and the name of whom to ask.
    pub(super) fn look(&self) -> (Look, Option<String>) {
        let look = Look {
            accent: self.accent(),
            phone: self.typed(At::Phone).and_then(|text| text.parse().ok()),
            email: self.typed(At::Email).and_then(|text| text.parse().ok()),
        };
        (look, self.typed(At::Contact).map(str::to_owned))
    }

    /// Whether these say the same of the look.
    pub(super) fn looks_like(&self, other: &Self) -> bool {
        self.look == other.look
    }

    /// All that is wrong.
    pub(super) fn wrong(&self) -> Vec<Wrong> {
        let of = |language: Language| {
            let problems = self.words[place(language)].problems().into_iter();
            problems.map(move |p| Wrong { at: At::Part(language, p.part), problem: Some(p.problem) })
        };
        let fits = |at: At| match (at, self.typed(at)) {
            (_, None) => true,
            (At::Accent, Some(text)) => text.parse::<Colour>().is_ok(),
            (At::Phone, Some(text)) => text.parse::<PhoneNumber>().is_ok(),
            (At::Email, Some(text)) => text.parse::<EmailAddress>().is_ok(),
            (_, Some(text)) => line(text, 200).is_ok(),
        };
        let look = At::LOOK.into_iter().filter(|at| !fits(*at)).map(|at| Wrong { at, problem: None });
        Language::ALL.into_iter().flat_map(of).chain(look).collect()
    }
}

/// The parts that differ between words.
pub(super) fn differing(a: &Words, b: &Words) -> Vec<Part> {
    Part::ALL.into_iter().filter(|part| a.get(*part) != b.get(*part)).collect()
}

/// Puts a text in place of what is selected; selections count as browsers do, in UTF-16. Answers where the caret goes.
pub(super) fn insert(text: &str, from: usize, to: usize, what: &str) -> (String, usize) {
    let units: Vec<u16> = text.encode_utf16().collect();
    let from = from.min(units.len());
    let to = to.clamp(from, units.len());
    let piece = |units: &[u16]| String::from_utf16_lossy(units);
    let whole = format!("{}{what}{}", piece(&units[..from]), piece(&units[to..]));
    (whole, from + what.encode_utf16().count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::wording::Worded;

    fn desk() -> Desk {
        let worded = |language| Worded { language, own: None, usual: Words::usual(language, true) };
        Desk {
            company: "Northwind".into(),
            language: Language::En,
            words: Language::ALL.map(worded).into(),
            look: Look { accent: "#aa3300".parse().ok(), ..Look::default() },
            contact: Some("IT desk".into()),
            logo: None,
            my_email: "me@example.org".into(),
            kept: true,
        }
    }

    #[test]
    fn what_is_shown_means_the_same() {
        let draft = Draft::of(&desk());
        assert_eq!(draft.wrong(), []);
        assert_eq!(draft.look(), (desk().look, desk().contact));
        assert_eq!(draft.words, Draft::usual(&desk()));
    }

    #[test]
    fn each_problem_stands_at_its_field_with_words_in_both_languages() {
        let mut draft = Draft::of(&desk());
        let fields = [
            (At::Part(Language::En, Part::Subject), "{{link}}"),
            (At::Part(Language::En, Part::Text), "a {{nobody}}"),
            (At::Part(Language::En, Part::Button), " "),
            (At::Part(Language::Ru, Part::Headline), "{{name"),
            (At::Part(Language::Ru, Part::Footer), "x }}"),
            (At::Accent, "red"),
            (At::Phone, "x"),
            (At::Email, "x"),
        ];
        for (at, text) in fields {
            draft.put(at, text);
        }
        let wrong = draft.wrong();
        assert_eq!(wrong.iter().map(|w| w.at).collect::<Vec<_>>(), fields.map(|(at, _)| at));
        let words = |language| wrong.iter().map(|w| w.words(language)).collect::<Vec<_>>();
        assert!(
            words(Language::En)[1].contains("{{nobody}}") && words(Language::En)[1].contains("{{contact}}")
        );
        assert!(words(Language::Ru).iter().zip(words(Language::En)).all(|(ru, en)| *ru != en));
    }

    #[test]
    fn a_change_from_elsewhere_leaves_what_was_typed() {
        let before = Draft::of(&desk());
        let mut draft = before.clone();
        draft.put(At::Part(Language::Ru, Part::Subject), "Моё");
        let mut now = before.clone();
        now.put(At::Part(Language::Ru, Part::Subject), "Их");
        now.put(At::Contact, "Somebody else");
        draft.follow(&before, &now);
        assert_eq!(draft.get(At::Part(Language::Ru, Part::Subject)), "Моё");
        assert_eq!(draft.get(At::Contact), "Somebody else");
        let differ = differing(&draft.words[1], &before.words[1]);
        assert_eq!(differ, [Part::Subject]);
    }

    #[test]
    fn a_placeholder_goes_where_the_caret_is_and_takes_the_place_of_what_is_selected() {
        assert_eq!(insert("ab", 1, 1, "{{name}}"), ("a{{name}}b".into(), 9));
        assert_eq!(insert("Привет, друг!", 8, 12, "{{name}}"), ("Привет, {{name}}!".into(), 16));
        assert_eq!(insert("📱x", 2, 9, "y"), ("📱y".into(), 3));
        assert_eq!(insert("", 7, 3, "y"), ("y".into(), 1));
    }
}
