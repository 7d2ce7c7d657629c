//! A CSV file of people: what it says, or each row that has to be mended.

use anyhow::{Context, bail};
use csv::StringRecord;
use muster_domain::{PersonName, user::UserDetails};
use std::collections::HashMap;

/// Rows that are named at most when they have to be mended.
const NAMED: usize = 50;
/// So much of a text is repeated in an error.
const SHOWN: usize = 60;
const HEADER: &str = "the first row must be the header name,email,groups, with commas between";

/// What a file says.
pub(super) struct File {
    /// The people, in the order of their rows.
    pub(super) people: Vec<UserDetails>,
    /// Whether it says anything about groups.
    pub(super) groups: bool,
}

/// Where the columns stand in a row.
struct Columns {
    name: usize,
    email: usize,
    groups: Option<usize>,
    all: usize,
}

fn shown(text: &str) -> String {
    let short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() { format!("{short:?}…") } else { format!("{short:?}") }
}

impl Columns {
    /// In any order and case, beside columns that mean nothing here.
    fn of(header: &StringRecord) -> anyhow::Result<Self> {
        let column = |name: &str| {
            let mut places = header.iter().enumerate().filter(|(_, h)| h.trim().eq_ignore_ascii_case(name));
            let first = places.next().map(|(place, _)| place);
            if places.next().is_some() {
                bail!("the header has the column {name} twice");
            }
            Ok(first)
        };
        let (Some(name), Some(email)) = (column("name")?, column("email")?) else {
            bail!("{HEADER}; it is {}", shown(&header.iter().collect::<Vec<_>>().join(",")));
        };
        Ok(Self { name, email, groups: column("groups")?, all: header.len() })
    }

    /// One row; the error says what to mend.
    fn details(&self, row: &StringRecord) -> Result<UserDetails, String> {
        if row.len() > self.all {
            return Err(format!(
                "it has {} columns, and the header {}: a text with a comma in it stands in quotation marks",
                row.len(),
                self.all
            ));
        }
        let cell = |place: usize| row.get(place).unwrap_or_default().trim();
        let name = cell(self.name);
        let name = name.parse().map_err(|e| format!("name {} {e}", shown(name)))?;
        let email = match cell(self.email) {
            "" => None,
            email => Some(email.parse().map_err(|e| format!("address {} {e}", shown(email)))?),
        };
        let groups = self.groups.map(cell).unwrap_or_default();
        Ok(UserDetails { name, email, language: None, groups: names(groups)? })
    }
}

fn names(text: &str) -> Result<Vec<PersonName>, String> {
    let names = text.split(';').map(str::trim).filter(|g| !g.is_empty());
    names.map(|g| g.parse().map_err(|e| format!("group {} {e}", shown(g)))).collect()
}

/// Reads a file, all of it or nothing.
///
/// # Errors
/// When it is no such file, or with each row that has to be mended.
pub(super) fn read(bytes: &[u8]) -> anyhow::Result<File> {
    // Spreadsheets write it before UTF-8.
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).context("the file is not in UTF-8: save it as \"CSV UTF-8\"")?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let columns = Columns::of(reader.headers().context("the file is not CSV")?)?;
    let (mut people, mut bad) = (Vec::new(), Vec::new());
    let mut lines: HashMap<String, u64> = HashMap::new();
    for row in reader.records() {
        let row = row.context("the file is not CSV")?;
        // Empty rows of a spreadsheet have nothing but commas.
        if row.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let line = line(text, &row);
        match columns.details(&row) {
            Ok(details) => {
                if let Some(email) = &details.email
                    && let Some(first) = lines.insert(email.key(), line)
                {
                    bad.push(format!("line {line}: address \"{email}\" stands in line {first} already"));
                }
                people.push(details);
            }
            Err(why) => bad.push(format!("line {line}: {why}")),
        }
    }
    if bad.len() > NAMED {
        let more = bad.len() - NAMED;
        bad.truncate(NAMED);
        bad.push(format!("and {more} more"));
    }
    if !bad.is_empty() {
        bail!("nothing was imported. Mend these rows and import again:\n{}", bad.join("\n"));
    }
    Ok(File { people, groups: columns.groups.is_some() })
}

/// The line that a row begins in, as an editor counts. The reader's own count is where it began to look, before lines
/// that are empty.
fn line(text: &str, row: &StringRecord) -> u64 {
    let Some(position) = row.position() else { return 0 };
    let rest = usize::try_from(position.byte()).ok().and_then(|at| text.get(at..)).unwrap_or_default();
    let empty = rest.bytes().take_while(|b| matches!(b, b'\r' | b'\n')).filter(|b| *b == b'\n').count();
    position.line() + empty as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(csv: &str) -> Vec<(String, Option<String>, Vec<String>)> {
        let all = read(csv.as_bytes()).unwrap().people.into_iter();
        all.map(|d| {
            let groups = d.groups.iter().map(ToString::to_string).collect();
            (d.name.to_string(), d.email.map(|e| e.to_string()), groups)
        })
        .collect()
    }

    fn refused(csv: impl AsRef<[u8]>) -> String {
        format!("{:#}", read(csv.as_ref()).err().unwrap())
    }

    fn ada() -> Vec<(String, Option<String>, Vec<String>)> {
        let groups = vec!["Ward 3".to_owned(), "Nurses".to_owned()];
        vec![("Ada".to_owned(), Some("ada@example.org".to_owned()), groups)]
    }

    #[test]
    fn what_spreadsheets_write_is_read() {
        for csv in [
            "name,email,groups\nAda,ada@example.org,Ward 3;Nurses\n",
            "\u{FEFF}name,email,groups\r\nAda,ada@example.org,Ward 3;Nurses\r\n",
            "\u{FEFF}\"Name\",\"EMAIL\",\"Groups\"\r\n\"Ada\",\"ada@example.org\",\" Ward 3 ; Nurses ;; \"",
            "groups, Email ,phone,NAME\nWard 3; Nurses,ada@example.org,+1,Ada\n",
            "name,email,groups\n\n\nAda , ada@EXAMPLE.org ,Ward 3;Nurses\n\n,,\n , , \n",
            "name,email,groups\r\n\r\nAda,ada@example.org,Ward 3;Nurses\r\n,,\r\n",
        ] {
            assert_eq!(people(csv), ada(), "{csv:?}");
        }
        let short = people("name,email,groups\n\"Волкова, Дарья\"\nBob,b@example.org\n");
        assert_eq!((short.len(), short[0].0.as_str()), (2, "Волкова, Дарья"));
        assert!(people("name,email,groups\n").is_empty());
        assert!(!read(b"name,email\nAda,\n").unwrap().groups);
    }

    #[test]
    fn a_file_without_its_header_or_in_another_form_is_refused_with_what_to_do() {
        for csv in
            ["", "\n", "Ada,ada@example.org\n", "name;email;groups\nAda;a@b.cd;\n", "name\temail\nA\tb\n"]
        {
            assert!(refused(csv).contains("header name,email,groups, with commas"), "{csv:?}");
        }
        assert!(refused("name,email,Name\nA,,B\n").contains("column name twice"));
        for csv in [&b"name,email\n\xCE\xE2\xE0\xED,\n"[..], b"\xFF\xFEn\0a\0m\0e\0", b"PK\x03\x04\xFF"] {
            assert!(refused(csv).contains("CSV UTF-8"), "{csv:?}");
        }
    }

    #[test]
    fn each_bad_row_is_named_by_its_line() {
        let words = refused(
            "name,email,groups\r\n\r\n,a@example.org,\r\n\"two\nlines\",b@example.org,\r\nBad,not an address,\r\n\
             Ivanov, Ivan,i@example.org,Ward 3\r\nA\0da,c@example.org,\r\nGood,g@example.org,W\u{7}\r\n\
             One,same@example.org,\r\n\r\n\r\nTwo,SAME@example.org,\r\n",
        );
        let expected = [
            "line 3: name \"\" is empty",
            "line 4: name \"two\\nlines\" contains a line break",
            "line 6: address \"not an address\" is not",
            "line 7: it has 4 columns, and the header 3",
            "line 8: name \"A\\0da\" contains a line break or another control character",
            "line 9: group \"W\\u{7}\" contains",
            "line 13: address \"SAME@example.org\" stands in line 10 already",
        ];
        let lines: Vec<&str> = words.lines().skip(1).collect();
        assert_eq!(lines.len(), expected.len(), "{words}");
        for (line, expected) in lines.iter().zip(expected) {
            assert!(line.starts_with(expected), "{line} instead of {expected}");
        }
    }

    #[test]
    fn what_is_told_of_a_bad_file_has_an_end() {
        let many = format!("name,email\n{}", ",x@example.org\n".repeat(1000));
        let words = refused(many);
        assert!(words.lines().count() == NAMED + 2 && words.ends_with("and 950 more"), "{words}");
        let long = refused(format!("name,email\n{},\n", "x".repeat(100_000)));
        assert!(long.contains("is too long") && long.len() < 300, "{long}");
    }
}
