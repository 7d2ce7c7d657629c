//! Whether words beside an address are a name, and which.

use crate::columns;
use muster_domain::PersonName;

/// Words before an address that say what it is, not whose.
const LABELS: [&str; 18] = [
    "mailto",
    "email",
    "e-mail",
    "mail",
    "smtp",
    "to",
    "cc",
    "bcc",
    "from",
    "reply-to",
    "кому",
    "копия",
    "скрытая копия",
    "от",
    "от кого",
    "почта",
    "имейл",
    "адрес",
];
/// Small words within names.
const PARTICLES: [&str; 32] = [
    "van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le", "el", "al", "bin",
    "ibn", "ben", "bint", "ter", "ten", "zu", "af", "y", "e", "i", "фон", "де", "ван", "оглы", "кызы", "ибн",
];
/// No more words make a name.
const WORDS: usize = 6;

/// Words without what stands around them: bullets, dashes, quotation marks, the number in a list.
pub(super) fn tidy(words: &str) -> &str {
    let ornament = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '-' | '–' | '—' | '*' | '\'' | '`' | '"' | '~' | '=' | '/' | '\\' | '_' | '#' | '>'
            )
            || (!c.is_ascii() && !c.is_alphanumeric() && !matches!(c, '’' | '\u{300}'..='\u{36F}'))
    };
    let words = words.trim_matches(ornament);
    let number = words.find(|c: char| !c.is_ascii_digit()).unwrap_or(words.len());
    let rest = &words[number..];
    match rest.strip_prefix('.') {
        Some(rest) if (1..=6).contains(&number) => rest.trim_matches(ornament),
        _ if rest.is_empty() && number <= 4 => "",
        _ => words,
    }
}

/// Words without the label at their end, which a colon follows.
pub(super) fn without_label(words: &str) -> &str {
    let is_label = |word: &str| {
        let word = word.to_lowercase();
        LABELS.contains(&word.as_str())
    };
    if words.len() < 40 && (is_label(words) || columns::is_known(words)) {
        return "";
    }
    let before = words.rfind(char::is_whitespace).map_or("", |at| words[..at].trim_end());
    let last = words[before.len()..].trim_start();
    if last.len() < 40 && !before.is_empty() && is_label(last) { before } else { words }
}

/// Words as a name, with the given name before the family name: of "Petrova, Anna" it is "Anna Petrova".
pub(super) fn name(words: &str) -> Option<PersonName> {
    let words = words.replace("\\\"", "\"").replace("\"\"", "\"");
    let turned = words.split_once(',').map(|(family, given)| (family.trim(), given.trim()));
    let name = match turned {
        Some((family, given)) if !family.is_empty() && !given.is_empty() && !given.contains(',') => {
            format!("{given} {family}")
        }
        _ => words,
    };
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    name.parse().ok().filter(|_| has_letter(&name))
}

pub(super) fn has_letter(words: &str) -> bool {
    words.chars().any(char::is_alphabetic)
}

/// Whether it is one word.
pub(super) fn is_single(words: &str) -> bool {
    words.split_whitespace().count() == 1
}

/// Whether words of which nothing else says that they are a name look like one: each begins with a capital, or one of
/// them stands in the address.
pub(super) fn is_like_a_name(words: &str, address: &str) -> bool {
    let mut count = 0;
    let (mut all, mut some) = (true, false);
    let mut in_address = false;
    let address = address.to_lowercase();
    for word in words.split_whitespace() {
        count += 1;
        if count > WORDS || word.chars().any(char::is_numeric) {
            return false;
        }
        let first = word.chars().find(|c| c.is_alphabetic());
        let small = word.to_lowercase();
        let capital = first.is_some_and(|c| !c.is_lowercase());
        some |= capital;
        all &= capital || PARTICLES.contains(&small.as_str());
        in_address |=
            small.chars().count() > 2 && address.split('@').next().is_some_and(|l| l.contains(&small));
    }
    (all && some) || in_address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ornaments_and_numbers_go() {
        for (words, expected) in [
            (" - Anna", "Anna"),
            ("• Anna –", "Anna"),
            ("1. Anna P.", "Anna P."),
            ("12", ""),
            ("2024.5 x", "5 x"),
            ("12345", "12345"),
            ("'Anna O'Neil'", "Anna O'Neil"),
            ("* ", ""),
            ("Ёлкин", "Ёлкин"),
        ] {
            assert_eq!(tidy(words), expected, "{words:?}");
        }
    }

    #[test]
    fn labels_go() {
        for (words, expected) in [
            ("To", ""),
            ("Эл. почта", ""),
            ("Full name", ""),
            ("Anna Petrova mailto", "Anna Petrova"),
            ("Anna Petrova", "Anna Petrova"),
            ("Anna  E-mail", "Anna"),
        ] {
            assert_eq!(without_label(words), expected, "{words:?}");
        }
    }

    #[test]
    fn the_given_name_comes_first() {
        for (words, expected) in [
            ("Petrova, Anna", Some("Anna Petrova")),
            ("Anna  Petrova", Some("Anna Petrova")),
            ("A, B, C", Some("A, B, C")),
            ("Anna,", Some("Anna,")),
            ("Anna \\\"Nura\\\" P", Some("Anna \"Nura\" P")),
            ("123", None),
            ("A\u{7}", None),
        ] {
            assert_eq!(name(words).as_ref().map(PersonName::as_str), expected, "{words:?}");
        }
    }

    #[test]
    fn a_name_has_capitals_or_stands_in_the_address() {
        for words in ["Anna Petrova", "Ludwig van Beethoven", "Дарья В.", "anna petrova", "李小龙", "O'Neil"]
        {
            assert!(is_like_a_name(words, "petrova@x.example"), "{words}");
        }
        for words in
            ["please add", "de la", "Write to us Anna", "Ward 3", "", "-", "A B C D E F G", "x example"]
        {
            assert!(!is_like_a_name(words, "petrova@x.example"), "{words}");
        }
    }
}
