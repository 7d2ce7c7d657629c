//! The names of groups in one cell.

use super::Why;
use crate::cut::cut;
use muster_domain::PersonName;
use std::mem::take;

/// What may stand between groups, the surest first.
pub(crate) const SEPARATORS: [char; 3] = [';', '|', ','];

/// Whether it is a path of organisational units (`/Wards/Ward 3`), as Google has it.
pub(crate) fn is_path(text: &str) -> bool {
    text.starts_with('/')
}

/// The groups of a cell. Between them stands the surest separator that is in it, so that "Legal, Compliance; Nurses" are
/// two; in quotation marks any name is taken as it is. Of a path the last unit counts.
pub(super) fn read(cell: &str, names: &mut Vec<PersonName>, why: &mut Vec<Why>) {
    // Units have commas in their names.
    let may_divide = |s: &char| cell.contains(*s) && (*s != ',' || !is_path(cell.trim_start()));
    let separators = SEPARATORS.into_iter().filter(may_divide);
    let parts = separators.map(|separator| split(cell, Some(separator))).find(|parts| parts.len() > 1);
    for (name, quoted) in parts.unwrap_or_else(|| split(cell, None)) {
        let name = if !quoted && is_path(&name) { unit(&name) } else { &name };
        if name.trim().is_empty() {
            continue;
        }
        match name.parse::<PersonName>() {
            Ok(name) if names.contains(&name) => {}
            Ok(name) => names.push(name),
            Err(reason) => why.push(Why::Group { text: cut(name), why: reason }),
        }
    }
}

fn unit(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

/// The parts, trimmed, and whether each stood in quotation marks (which begin at its first letter, doubled within).
fn split(cell: &str, separator: Option<char>) -> Vec<(String, bool)> {
    let (mut parts, mut part, mut quoted, mut open) = (Vec::new(), String::new(), false, false);
    let mut letters = cell.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' if open && letters.peek() == Some(&'"') => part.extend(letters.next()),
            '"' if open => open = false,
            '"' if part.trim().is_empty() && !quoted => (quoted, open) = (true, true),
            c if Some(c) == separator && !open => {
                parts.push((take(&mut part).trim().to_owned(), take(&mut quoted)));
            }
            c => part.push(c),
        }
    }
    parts.push((part.trim().to_owned(), quoted));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_domain::text::InvalidText;

    fn names(cell: &str) -> Vec<String> {
        let (mut names, mut why) = (Vec::new(), Vec::new());
        read(cell, &mut names, &mut why);
        assert!(why.is_empty(), "{cell}: {why:?}");
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn groups_are_divided_by_the_surest_sign() {
        let table: &[(&str, &[&str])] = &[
            ("", &[]),
            (" ; ; ", &[]),
            ("Ward 3;Nurses", &["Ward 3", "Nurses"]),
            (" Ward 3 ; Nurses ;; ", &["Ward 3", "Nurses"]),
            ("Ward 3, Nurses", &["Ward 3", "Nurses"]),
            ("Ward 3|Nurses", &["Ward 3", "Nurses"]),
            ("Legal, Compliance; Nurses", &["Legal, Compliance", "Nurses"]),
            ("\"Legal, Compliance\", Nurses", &["Legal, Compliance", "Nurses"]),
            ("\"A;B\"", &["A;B"]),
            ("\"A \"\"x\"\" B\";C", &["A \"x\" B", "C"]),
            ("5\" pads", &["5\" pads"]),
            ("5\" pads;Nurses", &["5\" pads", "Nurses"]),
            ("Nurses; Nurses", &["Nurses"]),
            ("/Wards/Ward 3", &["Ward 3"]),
            ("/Sales, EU/North, East", &["North, East"]),
            ("/", &[]),
            ("/A/B;/C/", &["B", "C"]),
            ("\"/A/B\"", &["/A/B"]),
            ("A/B", &["A/B"]),
        ];
        for (cell, expected) in table {
            assert_eq!(names(cell), *expected, "{cell}");
        }
    }

    #[test]
    fn a_group_that_is_no_name_is_told() {
        let (mut names, mut why) = (Vec::new(), Vec::new());
        read(&format!("Good;W\u{7};{}", "x".repeat(121)), &mut names, &mut why);
        assert_eq!(names.len(), 1);
        let told = |why: &Why| matches!(why, Why::Group { text, .. } if text.chars().count() < 62);
        assert!(why.len() == 2 && why.iter().all(told), "{why:?}");
        assert_eq!(why[0], Why::Group { text: "W\u{7}".to_owned(), why: InvalidText::Control });
    }
}
