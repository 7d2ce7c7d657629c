//! The words in the browser: those of the page's language alone, from the file that came with the page.

use super::{Form, form, number};
use muster_domain::Language;
use std::{cell::OnceCell, fmt::Display};

thread_local! {
    static WORDS: OnceCell<Vec<&'static str>> = const { OnceCell::new() };
}

/// Takes the texts of the page's language (`muster_texts::Texts::file`); whether they are those that this code was made for.
/// They stay for as long as the page does.
pub fn speak(texts: String) -> bool {
    let texts: &'static str = Box::leak(texts.into_boxed_str());
    let words: Vec<_> = texts.split('\0').collect();
    words.len() == super::t::COUNT && WORDS.with(|kept| kept.set(words).is_ok())
}

/// The text with this number.
pub(super) fn text(number: usize) -> &'static str {
    WORDS.with(|words| words.get().and_then(|words| words.get(number)).copied().unwrap_or_default())
}

/// The text with this number, with values for its placeholders.
pub(super) fn fill(number: usize, values: &[&dyn Display]) -> String {
    let mut parts = text(number).split('\u{1}');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let place = part.bytes().next().map_or(0, |digit| usize::from(digit.wrapping_sub(b'0')));
        if let Some(value) = values.get(place) {
            out += &value.to_string();
        }
        out += part.get(1..).unwrap_or_default();
    }
    out
}

/// The plural form for this count of the text whose forms begin at this number, with the count and other values.
pub(super) fn plural(language: Language, first: usize, count: u64, values: &[&dyn Display]) -> String {
    let place = match form(language, count) {
        Form::One => 0,
        Form::Few => 1,
        Form::Many => 2,
    };
    let count = number(language, count);
    let mut all: Vec<&dyn Display> = vec![&count];
    all.extend(values);
    fill(first + place, &all)
}
