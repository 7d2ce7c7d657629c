//! What is looked for, and how it is compared with what it is looked for in.

use super::{Sqlite, failed};
use muster_domain::ports::Stored;
use sqlx::QueryBuilder;
use unicode_normalization::UnicodeNormalization;

/// So much of what was typed is looked for; nobody types more.
const MOST: usize = 500;
/// The search index knows three letters and more.
const TRIGRAM: usize = 3;

/// A row that is looked up costs as much as so many entries of the index that all are looked for in.
pub(super) const LOOK_UP: u64 = 16;

/// Letters that have no mark to take away, and are still looked for as others.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        _ => return None,
    })
}

/// A text as it is compared and sorted: small letters without their marks, however they were typed, so that "Muller" finds
/// Müller and é stands beside e. Only й is a letter of its own. ё is looked for as е.
pub(crate) fn folded(text: &str) -> String {
    let text = text.to_lowercase();
    if text.is_ascii() {
        return text;
    }
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfd() {
        match letter {
            // The mark above й.
            '\u{306}' if folded.ends_with('и') => {
                folded.pop();
                folded.push('й');
            }
            '\u{300}'..='\u{36f}' => {}
            _ => match plain(letter) {
                Some(letters) => folded.push_str(letters),
                None => folded.push(letter),
            },
        }
    }
    // Letters of scripts that are put together of parts, as Korean is.
    folded.nfc().collect()
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

    /// Whether the index of letters is asked for all of them.
    pub(crate) fn all_long(&self) -> bool {
        self.short.is_empty()
    }

    /// Whether a text has all words.
    pub(crate) fn are_in(&self, folded: &str) -> bool {
        self.long.iter().chain(&self.short).all(|word| folded.contains(word.as_str()))
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

impl Sqlite {
    /// Whether an index of letters finds so few of `all` that they are better looked up one by one. It counts no further than needed.
    pub(super) async fn finds_few(&self, index: &'static str, words: &Words, all: u64) -> Stored<bool> {
        let Some(phrases) = words.phrases() else { return Ok(false) };
        let mut query = QueryBuilder::new("SELECT 1 FROM ");
        query.push(index).push(" WHERE ").push(index).push(" MATCH ").push_bind(phrases);
        query.push(" LIMIT 1 OFFSET ").push_bind(i64::try_from(all / LOOK_UP).unwrap_or(i64::MAX));
        Ok(query.build().fetch_optional(&self.readers).await.map_err(failed)?.is_none())
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
        assert_eq!(folded("Émilie Mu\u{308}ller-Weiß"), "emilie muller-weiss");
        assert_eq!(folded("Łukasz Ørsted Đorđe"), "lukasz orsted dorde");
        assert_eq!(folded("김민준"), "김민준");
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
