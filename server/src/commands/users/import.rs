//! A CSV file of people: what it says, or each row that has to be mended.

use anyhow::{Context, bail};
use muster_roster::{
    SHOWN,
    columns::{self, Column},
    encoding,
    people::{self, Read},
    table,
};
use std::collections::BTreeSet;

/// Rows that are named at most when they have to be mended.
const NAMED: usize = 50;
const HEADER: &str = "the first row must be the header name,email,groups or one like it";

fn shown(text: &str) -> String {
    let short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() { format!("{short:?}…") } else { format!("{short:?}") }
}

/// Reads a file, all of it or nothing.
///
/// # Errors
/// When it is no such file, or with each row that has to be mended.
pub(super) fn read(bytes: &[u8]) -> anyhow::Result<Read> {
    let (text, _) = encoding::decode(bytes, None).context("the file cannot be read")?;
    let table = table::read(&text, None).context("the file is not CSV")?;
    let columns = columns::guess(table.head(), table.body());
    // Nobody looks at what was guessed: without a header there must at least be addresses.
    if !columns::suffice(&columns) || !(table.header || columns.contains(&Column::Email)) {
        let first = table.rows.first().map(|row| row.cells.join(",")).unwrap_or_default();
        bail!("{HEADER}; it is {}", shown(&first));
    }
    let read = people::read(table.body(), &columns, &BTreeSet::new());
    let mut bad: Vec<_> = read.bad.iter().take(NAMED).map(ToString::to_string).collect();
    if read.bad.len() > NAMED {
        bad.push(format!("and {} more", read.bad.len() - NAMED));
    }
    if !bad.is_empty() {
        bail!("nothing was imported. Mend these rows and import again:\n{}", bad.join("\n"));
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(csv: &str) -> Vec<(String, Option<String>, Vec<String>)> {
        let all = read(csv.as_bytes()).unwrap().people.into_iter();
        all.map(|person| {
            let d = person.details;
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
    }

    #[test]
    fn a_file_without_people_is_refused_with_what_to_do() {
        for csv in ["", "\n", "who,where\nA,b\n", "phone;room\n1;2\n"] {
            assert!(refused(csv).contains("header name,email,groups"), "{csv:?}: {}", refused(csv));
        }
        assert!(refused(b"PK\x03\x04\xFF").contains("CSV UTF-8"));
    }

    /// As Excel's "Unicode text" has it.
    fn utf16(text: &str) -> Vec<u8> {
        [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn other_separators_and_encodings_are_read() {
        for csv in [
            &b"name;email;groups\nAda;ada@example.org;Ward 3,Nurses\n"[..],
            b"name\temail\tgroups\nAda\tada@example.org\tWard 3;Nurses\n",
            &utf16("name;email;groups\nAda;ada@example.org;Ward 3,Nurses"),
        ] {
            let all = read(csv).unwrap().people;
            assert_eq!(all[0].details.name.as_str(), "Ada");
            assert_eq!(all[0].details.groups.len(), 2, "{csv:?}");
        }
        // Without a name the address gives one.
        assert_eq!(people("name,email\n,ada.king@example.org\n")[0].0, "Ada King");
    }

    #[test]
    fn each_bad_row_is_named_by_its_line() {
        let words = refused(
            "name,email,groups\r\n\r\n,,Ward 3\r\n\"two\nlines\",b@example.org,\r\nBad,not an address,\r\n\
             Ivanov, Ivan,i@example.org,Ward 3\r\nA\0da,c@example.org,\r\nGood,g@example.org,W\u{7}\r\n\
             One,same@example.org,\r\n\r\n\r\nTwo,SAME@example.org,\r\n",
        );
        let expected = [
            "line 3: there is no name and no address",
            "line 4: name \"two\\nlines\" contains a line break",
            "line 6: address \"not an address\" is not",
            "line 7: it has 4 columns instead of 3",
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
        let many = format!("name,email\n{}", "A,no address\n".repeat(1000));
        let words = refused(many);
        assert!(words.lines().count() == NAMED + 2 && words.ends_with("and 950 more"), "{words}");
        let long = refused(format!("name,email\n{},\n", "x".repeat(100_000)));
        assert!(long.contains("is too long") && long.len() < 300, "{long}");
    }
}
