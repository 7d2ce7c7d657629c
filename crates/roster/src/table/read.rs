//! From text to rows (RFC 4180, and what spreadsheets make of it).

use super::{Delimiter, Refused, Row, Table};
use crate::{
    columns,
    limits::{self, TooMuch},
};
use csv::{Reader, ReaderBuilder, StringRecord};

/// So much of a text says what its delimiter is.
const LOOKED_AT: usize = 64 * 1024;
const ROWS_LOOKED_AT: usize = 50;
/// The mark before a text in Unicode; two, if a file with one was written with another.
const MARK: char = '\u{FEFF}';

/// Reads rows. The delimiter is the chosen one, or what the first line says (`sep=;`, as Excel has it), or what divides
/// the first rows best.
///
/// # Errors
/// [`Refused`]: a quotation mark is open at the end, or the text is too large.
pub fn read(text: &str, chosen: Option<Delimiter>) -> Result<Table, Refused> {
    if text.len() > limits::TEXT {
        return Err(TooMuch::Text.into());
    }
    let text = text.trim_start_matches(MARK);
    let (said, lines) = said(text);
    // The parser leaves a mark out, and counts on without it.
    let rest = text[lines..].trim_start_matches(MARK);
    let delimiter = chosen.or(said).unwrap_or_else(|| guess(rest));
    let rows = rows(text, text.len() - rest.len(), delimiter)?;
    Ok(Table { delimiter, header: columns::is_header(&rows), rows })
}

/// The delimiter of the line `sep=;`, and where the rows begin.
fn said(text: &str) -> (Option<Delimiter>, usize) {
    let first = text.split_inclusive(['\r', '\n']).next().unwrap_or_default();
    // Not the blanks around it: one of them may be the delimiter.
    let line = first.trim_end_matches(['\r', '\n']).trim_matches('"');
    let mark = line.get(..4).filter(|mark| mark.eq_ignore_ascii_case("sep=")).map(|_| &line[4..]);
    let said = Delimiter::ALL.into_iter().find(|d| mark.is_some_and(|m| m.chars().eq([d.character()])));
    (said, if said.is_some() { first.len() } else { 0 })
}

fn reader(text: &str, delimiter: Delimiter) -> Reader<&[u8]> {
    let mut builder = ReaderBuilder::new();
    builder.flexible(true).has_headers(false).delimiter(delimiter.character() as u8);
    builder.from_reader(text.as_bytes())
}

/// The delimiter that shows most addresses and names of columns; then the one that makes rows of one length; then the
/// one that makes most of them.
fn guess(text: &str) -> Delimiter {
    let text = &text[..text.floor_char_boundary(LOOKED_AT)];
    let score = |delimiter| {
        let rows: Vec<StringRecord> =
            reader(text, delimiter).into_records().flatten().take(ROWS_LOOKED_AT).collect();
        let Some(first) = rows.first() else { return (0, 0, 0) };
        let names = first.iter().filter(|cell| columns::is_known(cell)).count();
        let addresses = rows.iter().flatten().filter(|cell| columns::is_like_an_address(cell)).count();
        let even = rows.iter().filter(|row| row.len() == first.len() && row.len() > 1).count();
        (names + addresses, even, first.len())
    };
    // The last of the best is taken: the comma, if nothing speaks for another.
    Delimiter::ALL.into_iter().rev().max_by_key(|d| score(*d)).unwrap_or(Delimiter::Comma)
}

fn rows(text: &str, begin: usize, delimiter: Delimiter) -> Result<Vec<Row>, Refused> {
    let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
    if let Some(cell) = torn(&text.as_bytes()[begin..], delimiter.character() as u8) {
        return Err(Refused::OpenQuote { line: lines.of_row(begin + cell) });
    }
    let mut reader = reader(&text[begin..], delimiter);
    let (mut rows, mut cells) = (Vec::new(), 0);
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(|_| Refused::Malformed { line: lines.line })? {
        let position = record.position().map(csv::Position::byte).and_then(|at| usize::try_from(at).ok());
        let line = lines.of_row(begin + position.unwrap_or_default());
        // Empty rows of a spreadsheet have nothing but delimiters.
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        cells += record.len();
        let over = [
            (record.len() > limits::COLUMNS, TooMuch::Columns { line }),
            (rows.len() == limits::ROWS, TooMuch::Rows),
            (cells > limits::CELLS, TooMuch::Cells),
        ];
        if let Some((_, over)) = over.into_iter().find(|(is_over, _)| *is_over) {
            return Err(over.into());
        }
        rows.push(Row { line, cells: record.iter().map(str::to_owned).collect() });
    }
    Ok(rows)
}

/// Where a cell begins in quotation marks and does not end with them, which the parser takes in silence, with all rows up
/// to the next mark. RFC 4180, section 2, 5 to 7: after the mark that closes come a delimiter, the line's end or the text's.
fn torn(text: &[u8], delimiter: u8) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        let cell = at;
        if text[cell] == b'"' {
            // The mark that closes; two of them are one of the text.
            at = cell + 1;
            loop {
                let Some(mark) = text[at..].iter().position(|byte| *byte == b'"') else { return Some(cell) };
                at += mark + 1;
                if text.get(at) != Some(&b'"') {
                    break;
                }
                at += 1;
            }
            if !matches!(text.get(at), None | Some(b'\r' | b'\n')) && text.get(at) != Some(&delimiter) {
                return Some(cell);
            }
        }
        let ends = |byte: &u8| *byte == delimiter || matches!(byte, b'\r' | b'\n');
        at += text[at..].iter().position(ends).unwrap_or(text.len() - at) + 1;
    }
    None
}

/// Counts lines as an editor does. The parser's own count is where it began to look, before lines that are empty, and
/// knows no line that ends in CR alone.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u32,
}

impl Lines<'_> {
    /// The line of the row that the parser looked for from a byte on; rows come in order.
    fn of_row(&mut self, from: usize) -> u32 {
        let empty =
            self.text.get(from..).unwrap_or_default().iter().take_while(|b| matches!(b, b'\r' | b'\n'));
        let row = from + empty.count();
        let passed = self.text.get(self.at..row).unwrap_or_default();
        let breaks = passed.iter().enumerate().filter(|(at, byte)| match byte {
            b'\n' => true,
            b'\r' => passed.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        self.line += breaks.count() as u32;
        self.at = row;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table(text: &str) -> Table {
        read(text, None).unwrap()
    }

    fn lines(text: &str) -> Vec<u32> {
        table(text).rows.iter().map(|r| r.line).collect()
    }

    #[test]
    fn the_delimiter_is_the_one_that_divides() {
        use Delimiter::{Bar, Comma, Semicolon, Tab};
        for (text, delimiter, width) in [
            ("name,email,groups\nAda,ada@x.example,Ward 3;Nurses\n", Comma, 3),
            ("name;email;groups\nAda;ada@x.example;Ward 3,Nurses\n", Semicolon, 3),
            ("name\temail\nLovelace, Ada\tada@x.example\n", Tab, 2),
            ("Lovelace, Ada;ada@x.example\nBabbage, Charles;c@x.example\n", Semicolon, 2),
            ("Ada|ada@x.example\n", Bar, 2),
            ("ФИО;Эл. почта;Отдел\nВолкова, Дарья;d@x.example;Сёстры\n", Semicolon, 3),
            ("\"Name; first\",email\n\"A;B\",a@x.example\n", Comma, 2),
            ("one;two;three\n1;2;3\n4;5;6,7\n", Semicolon, 3),
            ("ada@x.example\nbob@x.example\n", Comma, 1),
            ("", Comma, 0),
            ("sep=;\nname,with,commas;email\n", Semicolon, 2),
            ("\"SEP=|\"\r\nname,email|x\n", Bar, 2),
            ("sep=\t\r\na\tb;c;d\n", Tab, 2),
        ] {
            let table = table(text);
            let cells = table.rows.first().map_or(0, |r| r.cells.len());
            assert_eq!((table.delimiter, cells), (delimiter, width), "{text:?}");
        }
        let chosen = read("name,email\n", Some(Semicolon)).unwrap();
        assert_eq!((chosen.delimiter, chosen.rows[0].cells.len()), (Semicolon, 1));
    }

    #[test]
    fn cells_are_quoted_as_in_rfc_4180() {
        let text =
            "name,email\r\n\"Lovelace, \"\"Ada\"\"\",ada@x.example\r\n\"two\r\nlines\", b \r\nshort\r\n";
        let cells: Vec<_> = table(text).rows.into_iter().map(|r| r.cells).collect();
        let expected: [&[&str]; 4] = [
            &["name", "email"],
            &["Lovelace, \"Ada\"", "ada@x.example"],
            &["two\r\nlines", " b "],
            &["short"],
        ];
        assert_eq!(cells, expected);
    }

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        for (text, expected) in [
            ("a,b\nc,d\n", &[1, 2][..]),
            ("\u{FEFF}a,b\r\n\r\n\r\nc,d\r\n", &[1, 4]),
            ("\n\n\na,b\n,,\n , \nc,d", &[4, 7]),
            ("a,b\r\n\"two\r\nlines\",x\r\nc,d\r\n", &[1, 2, 4]),
            ("a,b\rc,d\r\re,f", &[1, 2, 4]),
            ("sep=;\r\na;b\r\nc;d", &[2, 3]),
            ("sep=;\n\n\na;b", &[4]),
            ("\u{FEFF}\u{FEFF}\na", &[2]),
            ("sep=;\n\u{FEFF}\na;b", &[3]),
            ("a,\"x\n\n\ny\"\n\nb,c\n", &[1, 6]),
        ] {
            assert_eq!(lines(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_is_told() {
        for text in [
            "a,b\n\n\"Ada,ada@x.example\nBob,bob@x.example\n",
            "a,b\n\n\"Ada,\"\"x\ny",
            // Closed by what opens a later cell: the rows between would be gone.
            "a,b\n\nCy,\"open\nDi,d@x.example\nEd,\"y\"\n",
            "a,b\n\n\"Ada\" Lovelace,x\n",
            "a,b\n\nx,\"open",
        ] {
            assert_eq!(read(text, None), Err(Refused::OpenQuote { line: 3 }), "{text:?}");
        }
        for text in [
            "a,b\nx,5\" pad\n",
            "a,b\n5\" pad,\"two\nlines\"\n",
            "a,b\n\"two\nlines\",x",
            "a,b\n\"x \"\"y\"\"\"",
            "a,b\n\"\",\"\"\r\n\"\"",
        ] {
            assert!(read(text, None).is_ok(), "{text:?}");
        }
    }

    #[test]
    fn a_first_row_is_a_header_if_it_has_no_address() {
        for (text, header) in [
            ("name,email\nAda,ada@x.example\n", true),
            ("Wer,Wohin\nAda,ada@x.example\n", true),
            ("name,email\n", true),
            ("Ada,ada@x.example\nBob,bob@x.example\n", false),
            ("Ada,ada@localhost\nBob,bob@x.example\n", false),
            ("Ada\nBob\n", false),
            ("", false),
        ] {
            let table = table(text);
            assert_eq!(table.header, header, "{text:?}");
            assert_eq!(table.head().is_some(), header);
            assert_eq!(table.body().len(), table.rows.len() - usize::from(header));
        }
    }

    #[test]
    fn limits_have_their_words() {
        let many = "a\n".repeat(limits::ROWS + 1);
        assert_eq!(read(&many, None), Err(TooMuch::Rows.into()));
        assert_eq!(table(&many[2..]).rows.len(), limits::ROWS);
        let wide = format!("a\n\n{}x", ",".repeat(limits::COLUMNS));
        assert_eq!(read(&wide, None), Err(TooMuch::Columns { line: 3 }.into()));
        let cells =
            format!("{}x\n", ",".repeat(limits::COLUMNS - 1)).repeat(limits::CELLS / limits::COLUMNS + 1);
        assert_eq!(read(&cells, None), Err(TooMuch::Cells.into()));
        let words = Refused::from(TooMuch::Rows).to_string();
        assert!(words.contains("200000 rows"), "{words}");
    }

    proptest! {
        #[test]
        fn no_text_brings_it_down(text: String, chosen in proptest::sample::select(&[None, Some(Delimiter::Tab)])) {
            let _ = read(&text, chosen);
        }

        #[test]
        fn rows_begin_where_they_are_said_to(text in "([ab,;\"\r\n\u{FEFF}ж])*") {
            let lines: Vec<&str> = text.split('\n').flat_map(|l| l.strip_suffix('\r').unwrap_or(l).split('\r')).collect();
            let mut before = 0;
            for row in read(&text, Some(Delimiter::Comma)).map(|t| t.rows).unwrap_or_default() {
                prop_assert!(row.line > before);
                before = row.line;
                let line = lines[row.line as usize - 1];
                let begin = row.cells[0].chars().next().filter(|c| !matches!(c, '\r' | '\n'));
                prop_assert!(begin.is_none_or(|c| line.contains(c)), "{line:?} {row:?}");
            }
        }
    }
}
