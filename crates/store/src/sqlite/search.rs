//! What is looked for, and how it is compared with what it is looked for in.

use sqlx::QueryBuilder;

/// So much of what was typed is looked for; nobody types more.
const MOST: usize = 500;
/// The search index knows three letters and more.
const TRIGRAM: usize = 3;

/// A text as it is compared and sorted: small letters, ё as е, and й as one letter however it was typed.
pub(crate) fn folded(text: &str) -> String {
    let text = text.to_lowercase();
    if text.is_ascii() {
        return text;
    }
    // U+0306 and U+0308 are the marks above, as some systems write them apart.
    text.replace("и\u{306}", "й").replace("е\u{308}", "е").replace('ё', "е")
}

/// The words that were typed. Each is to be found, anywhere and in any order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    /// Those that the search index finds.
    long: Vec<String>,
    /// Those that are too short for it.
    short: Vec<String>,
}

impl Words {
    pub(crate) fn new(typed: &str) -> Self {
        let typed: String = typed.chars().take(MOST).collect();
        let mut words = Self::default();
        for word in folded(&typed).split(|c: char| c.is_whitespace() || c.is_control()) {
            let into = if word.chars().count() < TRIGRAM { &mut words.short } else { &mut words.long };
            if !word.is_empty() && !into.iter().any(|there| there == word) {
                into.push(word.to_owned());
            }
        }
        words
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.long.is_empty() && self.short.is_empty()
    }

    /// What the search index is asked for; none if it can help with no word.
    pub(crate) fn phrases(&self) -> Option<String> {
        let phrase = |word: &String| format!("\"{}\"", word.replace('"', "\"\""));
        (!self.long.is_empty()).then(|| self.long.iter().map(phrase).collect::<Vec<_>>().join(" "))
    }

    /// The condition that a column has all words.
    pub(crate) fn all_in(self, query: &mut QueryBuilder<sqlx::Sqlite>, column: &'static str) {
        Self::found(query, column, self.long.into_iter().chain(self.short));
    }

    /// The condition that a column has the words that the search index is not asked for.
    pub(crate) fn short_in(self, query: &mut QueryBuilder<sqlx::Sqlite>, column: &'static str) {
        Self::found(query, column, self.short);
    }

    fn found(
        query: &mut QueryBuilder<sqlx::Sqlite>,
        column: &'static str,
        words: impl IntoIterator<Item = String>,
    ) {
        for word in words {
            query.push(" AND instr(").push(column).push(", ").push_bind(word).push(") > 0");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_people_take_for_one_are_one() {
        assert_eq!(folded("АЛЁНА Йод"), "алена йод");
        assert_eq!(folded("Але\u{308}на И\u{306}од"), "алена йод");
        assert_eq!(folded("Ada LOVELACE"), "ada lovelace");
    }

    #[test]
    fn words_are_taken_apart_and_what_is_no_letter_passes_no_further() {
        let words = Words::new("  Petrov\tИВАН\0 ab petrov \u{7} ");
        assert_eq!(words.long, ["petrov", "иван"]);
        assert_eq!(words.short, ["ab"]);
        assert_eq!(Words::new("say \"hi\"").phrases().unwrap(), "\"say\" \"\"\"hi\"\"\"");
        assert!(Words::new("\0 \n").is_empty() && Words::new("ab").phrases().is_none());
        assert!(Words::new(&"word ".repeat(100_000)).long == ["word"]);
    }
}
