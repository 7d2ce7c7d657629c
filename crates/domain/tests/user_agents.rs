//! How often the guess is right, counted over user agents that others collected and labelled (docs/detection.md); and that no
//! header, however strange or long, breaks it.

#[path = "user_agents/corpus.rs"]
mod corpus;

use corpus::{CLASSES, HELD, TUNED, count, lines};
use muster_domain::detect::{detect, ios_version};
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// A header of 8 kB: what the server takes at most, and more than any browser sends.
const LONGEST_HEADER: usize = 8 * 1024;

#[test]
fn each_class_of_both_halves_gets_its_page_as_often_as_it_should() {
    for (half, file) in [("tuned", TUNED), ("held", HELD)] {
        for (class, least) in CLASSES {
            let (right, all) = count(file, class);
            assert!(all > 0, "{half} has no {class}");
            let least = least.unwrap_or_default();
            assert!(
                right as f64 >= least * all as f64,
                "{half}, {class}: {right} of {all}, should be {least}"
            );
        }
    }
}

#[test]
fn nobody_gets_the_page_of_the_other_maker() {
    for file in [TUNED, HELD] {
        let crossed: Vec<_> = lines(file).filter(|line| line.is_crossed()).collect();
        assert!(crossed.is_empty(), "{crossed:#?}");
    }
}

#[test]
fn every_line_has_a_class_and_stands_in_one_half_only() {
    let all: Vec<_> = lines(TUNED).chain(lines(HELD)).collect();
    assert_eq!(all.len(), TUNED.lines().count() + HELD.lines().count());
    assert!(all.len() > 4000, "{}", all.len());
    for line in &all {
        assert!(CLASSES.iter().any(|(class, _)| *class == line.class), "{line:?}");
    }
    assert!(lines(HELD).all(|held| lines(TUNED).all(|tuned| tuned.text != held.text)));
}

/// Words that the rules look for, so that random text comes past the first of them.
const WORDS: [&str; 12] = [
    "Mozilla/5.0 (",
    "Android ",
    ") ",
    "bot",
    "Puffin/",
    "iPhone",
    "Macintosh",
    "compatible; ",
    "CPU OS ",
    "KF",
    "Linux; ",
    "\u{130}",
];

proptest! {
    #[test]
    fn no_text_breaks_it(parts in prop::collection::vec((0..WORDS.len(), ".{0,20}"), 0..12), hint in ".{0,20}") {
        let ua: String = parts.iter().map(|(word, text)| format!("{}{text}", WORDS[*word])).collect();
        let _ = detect(&ua, Some(&hint), Some(&hint), Some(&hint));
        let _ = ios_version(&ua);
    }

    #[test]
    fn what_stands_past_the_first_kilobyte_changes_nothing(text in "[a-z]{1011}", more in ".{0,7000}") {
        let first = format!("Mozilla/5.0 ({text}");
        let all = format!("{first}; Android 14; compatible; a bot; {more}");
        prop_assert_eq!(detect(&all, None, None, None), detect(&first, None, None, None));
    }
}

#[test]
fn the_longest_header_takes_less_than_a_millisecond() {
    for word in WORDS {
        let ua: String = word.chars().cycle().take(LONGEST_HEADER).collect();
        let quickest = (0..50).map(|_| {
            let begin = Instant::now();
            let _ = detect(&ua, Some(&ua), Some(&ua), Some(&ua));
            begin.elapsed()
        });
        // The best of several: another program may hold the processor in the meantime.
        assert!(quickest.min() < Some(Duration::from_millis(1)), "{word}");
    }
}
