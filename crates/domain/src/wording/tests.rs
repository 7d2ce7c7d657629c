//! What is taken and what is refused, and that nothing is evaluated twice.

use super::*;
use crate::Language;
use proptest::prelude::*;

fn parsed(part: Part, text: &str) -> Result<Template, Problem> {
    Template::parse(part, text)
}

fn filled(template: &Template) -> String {
    template.render(str::to_owned, |p| format!("<{}>", p.name()))
}

#[test]
fn the_usual_words_are_words_that_people_could_have_typed() {
    for language in Language::ALL {
        for contact in [false, true] {
            let words = Words::usual(language, contact);
            assert_eq!(words.problems(), []);
            let wording = Wording::usual(language, contact);
            assert_eq!(Words::from(wording.clone()), words);
            assert_eq!(wording.footer.names(Placeholder::Contact), contact);
            for part in Part::ALL {
                assert!(
                    words.get(part).chars().count() * 4 < part.most() * 3,
                    "there is room to say more: {part:?}"
                );
            }
        }
    }
}

#[test]
fn placeholders_are_filled_where_they_stand_and_blanks_within_the_braces_do_not_matter() {
    let template =
        parsed(Part::Text, "Hello {{name}}, {{ company }} wants {{link}}{{name}}.\n\nBye").unwrap();
    assert_eq!(filled(&template), "Hello <name>, <company> wants <link><name>.\n\nBye");
    let template = parsed(Part::Text, "  a {b} } { {c\r\nd\te  ").unwrap();
    assert_eq!(filled(&template), "a {b} } { {c\nd e");
}

/// Each with what is said about it.
#[test]
fn a41_what_is_no_placeholder_is_refused_with_its_place() {
    let unknown = |at, name: &str| Problem::Unknown { at, name: name.into() };
    for (typed, problem) in [
        ("{{7*7}}", unknown(1, "7*7")),
        ("Привет, {{имя}}", unknown(9, "имя")),
        ("a {{Name}}", unknown(3, "Name")),
        ("{{}}", unknown(1, "")),
        ("{{ }}", unknown(1, "")),
        ("{{#name}}x", unknown(1, "#name")),
        ("{{{name}}}", unknown(1, "{name")),
        ("{{name|safe}}", unknown(1, "name|safe")),
        ("{{name.password}}", unknown(1, "name.password")),
        ("{{constructor}}", unknown(1, "constructor")),
        ("{{company}} {{", Problem::Unclosed { at: 13 }),
        ("{{name", Problem::Unclosed { at: 1 }),
        ("{{name} }", Problem::Unclosed { at: 1 }),
        ("{{name\n\nand {{company}}", Problem::Unclosed { at: 1 }),
        ("{{name {{company}}", Problem::Nested { at: 8 }),
        ("{{{{name}}}}", Problem::Nested { at: 3 }),
        ("яя {name}}", Problem::Unopened { at: 9 }),
        ("{{name}} }}", Problem::Unopened { at: 10 }),
        ("}}{{name}}", Problem::Unopened { at: 1 }),
    ] {
        assert_eq!(parsed(Part::Text, typed), Err(problem), "{typed}");
    }
    assert_eq!(parsed(Part::Text, &format!("{{{{{}}}}}", "x".repeat(500))), Err(unknown(1, &"x".repeat(40))));
    for other in
        ["{% raw %}", "${7*7}", "<%= 7*7 %>", "#{7*7}", "[[7*7]]", "{{name}}<script>alert(1)</script>"]
    {
        assert!(parsed(Part::Text, other).is_ok(), "text like any other: {other}");
    }
}

#[test]
fn each_placeholder_stands_only_where_it_makes_sense() {
    for part in Part::ALL {
        for placeholder in Placeholder::ALL {
            let fits = part.placeholders().contains(&placeholder);
            let parsed = parsed(part, &format!("x {}", placeholder.typed()));
            let refused = Err(Problem::NotHere { at: 3, placeholder });
            assert!(if fits { parsed.is_ok() } else { parsed == refused }, "{part:?} {placeholder:?}");
        }
    }
    for part in [Part::Subject, Part::Headline, Part::Button] {
        assert!(!part.placeholders().contains(&Placeholder::Link), "the link is never in {part:?}");
    }
}

#[test]
fn a25_no_line_break_stands_in_a_line_and_no_control_character_anywhere() {
    for part in [Part::Subject, Part::Headline, Part::Button] {
        for typed in ["a\nb", "a\r\nBcc: eve@example.net", "a\n\nb"] {
            assert_eq!(parsed(part, typed), Err(Problem::Lines), "{part:?} {typed:?}");
        }
    }
    for part in Part::ALL {
        for foul in [
            '\0', '\r', '\u{7}', '\u{1b}', '\u{7f}', '\u{85}', '\u{2028}', '\u{202e}', '\u{2066}', '\u{200f}',
        ] {
            assert_eq!(
                parsed(part, &format!("aя{foul}b")),
                Err(Problem::Control { at: 3 }),
                "{part:?} {foul:?}"
            );
        }
    }
}

#[test]
fn lengths_count_characters_and_what_has_to_be_there_is_there() {
    for part in Part::ALL {
        assert!(parsed(part, &"я".repeat(part.most())).is_ok());
        assert_eq!(parsed(part, &"я".repeat(part.most() + 1)), Err(Problem::TooLong { most: part.most() }));
        assert_eq!(parsed(part, " \n ").is_ok(), part.may_be_empty(), "{part:?}");
    }
    assert!(parsed(Part::Steps, "a\n\nb\nc\nd\ne\nf\ng\nh\ni").is_ok());
    assert_eq!(parsed(Part::Steps, "a\nb\nc\nd\ne\nf\ng\nh\ni\nj"), Err(Problem::TooMany));
}

#[test]
fn what_is_wrong_is_told_part_by_part_and_stays_out_of_the_database() {
    let mut words = Words::usual(Language::En, true);
    words.put(Part::Subject, "{{link}}");
    words.put(Part::Button, "");
    let wrong: Vec<Part> = words.problems().into_iter().map(|p| p.part).collect();
    assert_eq!(wrong, [Part::Subject, Part::Button]);
    assert_eq!(
        words.parse().unwrap_err().to_string(),
        "subject has {{link}} at character 1, which is not for this part"
    );
    let json = serde_json::to_string(&words).unwrap();
    assert!(serde_json::from_str::<Wording>(&json).is_err());
    let good = Wording::usual(Language::Ru, false);
    let json = serde_json::to_string(&good).unwrap();
    assert_eq!(serde_json::from_str::<Wording>(&json).unwrap(), good);
}

/// Texts of what people might type, and of what they should not.
fn typed() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{{name}}".to_owned()),
        Just("{{ link }}".to_owned()),
        Just("{{company}}".to_owned()),
        Just("{{".to_owned()),
        Just("}}".to_owned()),
        Just("{".to_owned()),
        Just("}".to_owned()),
        Just("\n".to_owned()),
        Just("<b>".to_owned()),
        "[a-zа-я <>&\"'{}#/]{0,8}",
        any::<String>(),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn a41_whatever_is_taken_renders_and_nothing_is_looked_at_twice(typed in typed(), value in typed()) {
        for part in Part::ALL {
            // Taken or refused, and never a panic.
            let Ok(template) = Template::parse(part, &typed) else { continue };
            prop_assert_eq!(&Template::parse(part, template.source()), &Ok(template.clone()), "what is kept is taken again");
            let out = template.render(str::to_owned, |_| value.clone());
            // Each placeholder gave the value as it is, and the text around them stayed as it is.
            let mut expected = template.source().to_owned();
            let mut whole = String::new();
            while let Some((before, rest)) = expected.split_once("{{") {
                let (_, after) = rest.split_once("}}").unwrap_or_default();
                whole.push_str(before);
                whole.push_str(&value);
                expected = after.to_owned();
            }
            whole.push_str(&expected);
            prop_assert_eq!(out, whole);
        }
    }

    #[test]
    fn places_are_within_the_text(typed in typed()) {
        for part in Part::ALL {
            let Err(problem) = Template::parse(part, &typed) else { continue };
            let at = match problem {
                Problem::Control { at }
                | Problem::Unknown { at, .. }
                | Problem::NotHere { at, .. }
                | Problem::Unclosed { at }
                | Problem::Unopened { at }
                | Problem::Nested { at } => at,
                _ => continue,
            };
            prop_assert!(at >= 1 && at <= typed.chars().count());
        }
    }
}
