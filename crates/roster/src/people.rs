//! From rows to people, and to each row that has to be mended.

mod draft;
pub(crate) mod groups;

use crate::{columns::Column, cut::cut, table::Row};
use draft::Draft;
use muster_domain::{text::InvalidText, user::UserDetails};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// A person as a list has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The line that they begin in, as an editor counts.
    pub line: u32,
    /// Who they are.
    pub details: UserDetails,
    /// Whether the name was made of the address, because the list has none: one that is known already is better.
    pub invented: bool,
}

/// A row that has to be mended or left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bad {
    /// The line that it begins in, as an editor counts.
    pub line: u32,
    /// Its cells, each with its first [`SHOWN`](crate::SHOWN) letters.
    pub cells: Vec<String>,
    /// All that is wrong with it.
    pub why: Vec<Why>,
}

/// What is wrong with a row. The console translates it; the words are for the command line. Texts are cut to [`SHOWN`](crate::SHOWN).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Neither a name nor an address that one could be made of.
    #[error("there is no name and no address")]
    NameMissing,
    /// The name is none.
    #[error("name {text:?} {why}")]
    Name {
        /// As it is written.
        text: String,
        /// The rule that it breaks.
        why: InvalidText,
    },
    /// The address is none.
    #[error("address {text:?} {why}")]
    Email {
        /// As it is written.
        text: String,
        /// The rule that it breaks.
        why: InvalidText,
    },
    /// The name of a group is none.
    #[error("group {text:?} {why}")]
    Group {
        /// As it is written.
        text: String,
        /// The rule that it breaks.
        why: InvalidText,
    },
    /// A language that the console does not have.
    #[error("language {text:?} is neither en nor ru")]
    Language {
        /// As it is written.
        text: String,
    },
    /// More cells than columns; mostly a delimiter stands within a cell.
    #[error(
        "it has {found} columns instead of {expected}: a text with a delimiter in it stands in quotation marks"
    )]
    TooManyColumns {
        /// Cells in this row.
        found: u32,
        /// Columns of the table.
        expected: u32,
    },
    /// A cell that has swallowed other rows.
    #[error("a cell of it has {lines} lines: is a quotation mark missing?")]
    TooManyLines {
        /// Lines of that cell.
        lines: u32,
    },
    /// An address that an earlier row has.
    #[error("address {text:?} stands in line {line} already")]
    SameAddress {
        /// As it is written here.
        text: String,
        /// The line of the first row that has it.
        line: u32,
    },
}

impl std::fmt::Display for Bad {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: ", self.line)?;
        for (at, why) in self.why.iter().enumerate() {
            if at > 0 {
                f.write_str("; ")?;
            }
            why.fmt(f)?;
        }
        Ok(())
    }
}

/// What rows say of people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// The people, in the order of their rows.
    pub people: Vec<Person>,
    /// The rows that have to be mended, in their order.
    pub bad: Vec<Bad>,
    /// How many rows were left out, as was asked.
    pub left_out: u32,
}

/// Reads people from the rows below the header. Rows that begin in one of the lines `left_out` count for nothing, also
/// not as the first with an address.
#[must_use]
pub fn read(rows: &[Row], columns: &[Column], left_out: &BTreeSet<u32>) -> Read {
    let mut read = Read::default();
    let mut lines: HashMap<String, u32> = HashMap::new();
    for row in rows {
        if left_out.contains(&row.line) {
            read.left_out += 1;
            continue;
        }
        let mut draft = Draft::of(row, columns);
        if let Some(email) = &draft.email {
            match lines.get(&email.key()) {
                Some(&line) => draft.why.push(Why::SameAddress { text: cut(email.as_str()), line }),
                // A row that has to be mended is no reason against another.
                None if draft.why.is_empty() => drop(lines.insert(email.key(), row.line)),
                None => {}
            }
        }
        match draft.person(row.line) {
            Ok(person) => read.people.push(person),
            Err(why) => {
                read.bad.push(Bad { line: row.line, cells: row.cells.iter().map(|c| cut(c)).collect(), why })
            }
        }
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;
    use Column::{Email, FamilyName, GivenName, Groups, Language as Tongue, Name, Nothing};
    use muster_domain::{EmailAddress, Language, PersonName};

    fn rows(text: &str) -> Vec<Row> {
        let lines = text.lines().enumerate().filter(|(_, l)| !l.is_empty());
        lines
            .map(|(at, l)| Row { line: at as u32 + 1, cells: l.split('^').map(unescaped).collect() })
            .collect()
    }

    fn unescaped(cell: &str) -> String {
        cell.replace("\\n", "\n").replace("\\0", "\0")
    }

    fn read_all(text: &str, columns: &[Column]) -> Read {
        read(&rows(text), columns, &BTreeSet::new())
    }

    /// One person as `name <address> language [groups]`, with `~` before a name that was made of the address.
    fn one(text: &str, columns: &[Column]) -> String {
        let read = read_all(text, columns);
        assert!(read.bad.is_empty() && read.people.len() == 1, "{text}: {read:?}");
        let Person { details: UserDetails { name, email, language, groups }, invented, .. } = &read.people[0];
        let groups: Vec<&str> = groups.iter().map(PersonName::as_str).collect();
        let email = email.as_ref().map_or("", EmailAddress::as_str);
        let language = language.map_or("", Language::tag);
        format!("{}{name} <{email}> {language} {groups:?}", if *invented { "~" } else { "" })
    }

    #[test]
    fn cells_become_people() {
        for (row, columns, expected) in [
            (
                " Ada ^ ada@X.example ^Ward 3;Nurses",
                &[Name, Email, Groups][..],
                "Ada <ada@x.example>  [\"Ward 3\", \"Nurses\"]",
            ),
            ("Ada", &[Name, Email], "Ada <>  []"),
            ("Ada^Lovelace^a@x.example", &[GivenName, FamilyName, Email], "Ada Lovelace <a@x.example>  []"),
            ("Lovelace^Ada", &[FamilyName, GivenName], "Ada Lovelace <>  []"),
            ("Lovelace^", &[FamilyName, GivenName], "Lovelace <>  []"),
            ("^Ada^Lovelace", &[Name, GivenName, FamilyName], "Ada Lovelace <>  []"),
            ("A. L.^Ada^Lovelace", &[Name, GivenName, FamilyName], "A. L. <>  []"),
            ("^ada.lovelace@x.example", &[Name, Email], "~Ada Lovelace <ada.lovelace@x.example>  []"),
            ("ada.l@x.example", &[Email], "~Ada L. <ada.l@x.example>  []"),
            ("^b@x.example^c@x.example", &[Email, Email, Email], "~B <b@x.example>  []"),
            (
                "Ada^Wards^/Org/Ward 3^Wards",
                &[Name, Groups, Groups, Groups],
                "Ada <>  [\"Wards\", \"Ward 3\"]",
            ),
            ("Ada^ru-RU", &[Name, Tongue], "Ada <> ru []"),
            ("Ada^English", &[Name, Tongue], "Ada <> en []"),
            ("Ada^^", &[Name], "Ada <>  []"),
            ("Ada^x", &[Name, Nothing], "Ada <>  []"),
            ("Ada^\u{200B}a@x.example\u{FEFF}", &[Name, Email], "Ada <a@x.example>  []"),
            ("Волкова, Дарья^", &[Name, Email], "Волкова, Дарья <>  []"),
        ] {
            assert_eq!(one(row, columns), expected, "{row}");
        }
    }

    #[test]
    fn a37_a_formula_is_a_text_and_its_guard_goes() {
        for (cell, name) in [
            ("=1+1", "=1+1"),
            ("'=1+1", "=1+1"),
            ("'+A", "+A"),
            ("'-A", "-A"),
            ("'@A", "@A"),
            ("'Ada'", "'Ada'"),
        ] {
            assert_eq!(one(cell, &[Name]), format!("{name} <>  []"));
        }
        assert_eq!(one("A^'+a@x.example^'=G;H", &[Name, Email, Groups]), "A <+a@x.example>  [\"=G\", \"H\"]");
    }

    #[test]
    fn each_bad_row_says_all_that_is_wrong() {
        let read = read_all(
            "^\nA\\0^nobody^^de\ntwo\\nlines^дарья@x.example\nOne^same@x.example\nTwo^SAME@x.example^G;W\u{7}\n\
             A^a@x.example^^^^x\n^^Ward 3",
            &[Name, Email, Groups, Tongue],
        );
        let told: Vec<String> = read.bad.iter().map(ToString::to_string).collect();
        let expected = [
            "line 1: there is no name and no address",
            "line 2: name \"A\\0\" contains a line break or another control character; address \"nobody\" is not an \
             e-mail address of the form name@example.org; language \"de\" is neither en nor ru",
            "line 3: name \"two\\nlines\" contains a line break or another control character; address \
             \"дарья@x.example\" has other than Latin letters, digits and signs before the @, which most mail servers \
             do not take",
            "line 5: group \"W\\u{7}\" contains a line break or another control character; address \
             \"SAME@x.example\" stands in line 4 already",
            "line 6: it has 6 columns instead of 4: a text with a delimiter in it stands in quotation marks",
            "line 7: there is no name and no address",
        ];
        assert_eq!(told, expected);
        assert_eq!(read.people.iter().map(|p| p.line).collect::<Vec<_>>(), [4]);
        assert_eq!(read.bad[1].cells, ["A\0", "nobody", "", "de"]);
    }

    #[test]
    fn a_cell_that_swallowed_rows_is_told_in_any_column() {
        let swallowed = format!("Ada^{}", "x,y@x.example\\n".repeat(30));
        let read = read_all(&swallowed, &[Name, Nothing]);
        assert_eq!(read.bad[0].why, [Why::TooManyLines { lines: 30 }]);
        assert!(read.bad[0].cells[1].chars().count() == crate::SHOWN + 1);
        assert!(read_all("Ada^a note\\nof three\\nlines", &[Name, Nothing]).bad.is_empty());
    }

    #[test]
    fn rows_left_out_count_for_nothing() {
        let rows = rows("One^same@x.example\nTwo^same@x.example\nbad^no address");
        let left = |lines: &[u32]| read(&rows, &[Name, Email], &lines.iter().copied().collect());
        assert_eq!((left(&[]).people.len(), left(&[]).bad.len(), left(&[]).left_out), (1, 2, 0));
        let without_first = left(&[1, 3, 99]);
        assert_eq!(without_first.people[0].details.name.as_str(), "Two");
        assert!(without_first.bad.is_empty() && without_first.left_out == 2);
    }

    #[test]
    fn an_address_of_a_bad_row_does_not_stand_against_a_good_one() {
        let read = read_all("A\\0^same@x.example\nTwo^same@x.example", &[Name, Email]);
        assert_eq!((read.people.len(), read.bad.len()), (1, 1));
    }

    #[test]
    fn what_is_wrong_crosses_to_the_browser() {
        let why = Why::SameAddress { text: "a@x.example".to_owned(), line: 3 };
        let json = serde_json::to_string(&why).unwrap();
        assert_eq!(json, r#"{"same_address":{"text":"a@x.example","line":3}}"#);
        assert_eq!(serde_json::from_str::<Why>(&json).unwrap(), why);
    }
}
