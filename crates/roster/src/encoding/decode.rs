//! From bytes to text.

use super::{Encoding, Unreadable};
use crate::limits::{self, TooMuch};

/// So many bytes say whether a text is in UTF-16.
const LOOKED_AT: usize = 4096;
/// The mark before a text in UTF-8.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// The text, without its mark, and its encoding: the one that was chosen, or what the bytes look like.
///
/// # Errors
/// [`Unreadable`]: the file is no text, or damaged, or too large.
pub fn decode(bytes: &[u8], chosen: Option<Encoding>) -> Result<(String, Encoding), Unreadable> {
    if bytes.len() > limits::TEXT {
        return Err(TooMuch::Text.into());
    }
    if let Some(other) = other_kind(bytes) {
        return Err(other);
    }
    let encoding = chosen.unwrap_or_else(|| guess(bytes));
    let bytes = bytes.strip_prefix(mark(encoding)).unwrap_or(bytes);
    let (text, damaged) = table(encoding).decode_without_bom_handling(bytes);
    // First of all: a file of bytes is damaged in any encoding.
    if !is_text(&text) {
        return Err(Unreadable::Binary);
    }
    if damaged {
        let whole = text.split('\u{FFFD}').next().unwrap_or_default();
        return Err(Unreadable::Damaged { encoding, line: 1 + whole.matches('\n').count() as u32 });
    }
    Ok((text.into_owned(), encoding))
}

/// What a file that is no CSV is, by its first bytes.
fn other_kind(bytes: &[u8]) -> Option<Unreadable> {
    // ZIP (xlsx, ods, numbers), and the compound file of old Office (xls).
    if [&b"PK\x03\x04"[..], b"PK\x05\x06", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"]
        .iter()
        .any(|s| bytes.starts_with(s))
    {
        return Some(Unreadable::Spreadsheet);
    }
    let text = bytes.strip_prefix(MARK).unwrap_or(bytes).trim_ascii_start();
    let begins = |with: &str| text.get(..with.len()).is_some_and(|t| t.eq_ignore_ascii_case(with.as_bytes()));
    if begins("%PDF-") {
        return Some(Unreadable::Pdf);
    }
    ["<!doctype", "<html", "<?xml", "<table", "<meta"]
        .iter()
        .any(|tag| begins(tag))
        .then_some(Unreadable::Markup)
}

fn mark(encoding: Encoding) -> &'static [u8] {
    match encoding {
        Encoding::Utf8 => MARK,
        Encoding::Utf16Le => b"\xFF\xFE",
        Encoding::Utf16Be => b"\xFE\xFF",
        Encoding::Windows1251 | Encoding::Windows1252 => b"",
    }
}

fn table(encoding: Encoding) -> &'static encoding_rs::Encoding {
    match encoding {
        Encoding::Utf8 => encoding_rs::UTF_8,
        Encoding::Utf16Le => encoding_rs::UTF_16LE,
        Encoding::Utf16Be => encoding_rs::UTF_16BE,
        Encoding::Windows1251 => encoding_rs::WINDOWS_1251,
        Encoding::Windows1252 => encoding_rs::WINDOWS_1252,
    }
}

/// Whether it reads as text: one control character may be a slip of the hand, and its row says so; many are none.
fn is_text(text: &str) -> bool {
    let other = text.chars().filter(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')).count();
    other * 50 <= text.len()
}

fn guess(bytes: &[u8]) -> Encoding {
    let marked = [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be].into_iter();
    if let Some(encoding) = marked.into_iter().find(|e| bytes.starts_with(mark(*e))) {
        return encoding;
    }
    utf16(bytes).unwrap_or_else(|| if mostly_utf8(bytes) { Encoding::Utf8 } else { alphabet(bytes) })
}

/// UTF-16 without a mark: signs, digits and line breaks, which each list has, have a zero for their high byte.
fn utf16(bytes: &[u8]) -> Option<Encoding> {
    let pairs = bytes.get(..LOOKED_AT.min(bytes.len()) / 2 * 2)?.chunks_exact(2);
    let all = pairs.len();
    let (first, second) = pairs.fold((0, 0), |(first, second), pair| {
        (first + usize::from(pair[0] == 0), second + usize::from(pair[1] == 0))
    });
    let many = |zeros: usize| zeros > 0 && zeros * 20 >= all;
    match (many(first), many(second)) {
        (true, false) => Some(Encoding::Utf16Be),
        (false, true) => Some(Encoding::Utf16Le),
        _ => None,
    }
}

/// Whether it is UTF-8, or would be but for a few bytes: such a file is damaged, not in another encoding.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().bytes().filter(|b| *b >= 0xC0).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    bad == 0 || good > bad * 4
}

/// Windows-1251 or -1252. A Cyrillic word has high bytes alone; in a Latin one an accent stands among letters of ASCII.
fn alphabet(bytes: &[u8]) -> Encoding {
    // Letters in both tables but for a few signs: Љ and Š, Ё and ¨, І and ².
    let high = |b: u8| {
        matches!(b, 0xC0..|0x83| 0x8A | 0x8C | 0x8E | 0x9A | 0x9C | 0x9E | 0x9F)
            || matches!(b, 0xA3 | 0xA5 | 0xA8 | 0xAA | 0xAF | 0xB2..=0xB4 | 0xB8 | 0xBA | 0xBC..=0xBF)
    };
    let (mut cyrillic, mut latin) = (0_usize, 0_usize);
    for word in bytes.split(|b| !b.is_ascii_alphabetic() && !high(*b)) {
        let accents = word.iter().filter(|b| !b.is_ascii()).count();
        if accents == word.len() {
            cyrillic += accents;
        } else {
            latin += accents;
        }
    }
    if cyrillic > latin { Encoding::Windows1251 } else { Encoding::Windows1252 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As `iconv -t WINDOWS-1251` writes it; `encoding_rs` is not asked to check itself.
    const CYRILLIC: &[u8] = b"\xD4\xC8\xCE;\xCF\xEE\xF7\xF2\xE0\r\n\
        \xCF\xE5\xF2\xF0\xEE\xE2\xE0 \xC0\xED\xED\xE0;anna@x.example\r\n\
        \xB8\xEB\xEA\xE8\xED \xCF.;p@x.example\r\n";
    const CYRILLIC_TEXT: &str = "ФИО;Почта\r\nПетрова Анна;anna@x.example\r\nёлкин П.;p@x.example\r\n";

    fn utf16(text: &str, to: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to).collect()
    }

    fn read(bytes: &[u8]) -> (String, Encoding) {
        decode(bytes, None).unwrap()
    }

    #[test]
    fn each_encoding_is_told_by_its_bytes() {
        let text = "ФИО\tПочта\r\nПетрова Анна\tanna@x.example\r\n";
        assert_eq!(read(text.as_bytes()), (text.to_owned(), Encoding::Utf8));
        assert_eq!(read(&[MARK, text.as_bytes()].concat()), (text.to_owned(), Encoding::Utf8));
        for (mark, to, encoding) in [
            ("\u{FEFF}", u16::to_le_bytes as fn(u16) -> [u8; 2], Encoding::Utf16Le),
            ("\u{FEFF}", u16::to_be_bytes, Encoding::Utf16Be),
            ("", u16::to_le_bytes, Encoding::Utf16Le),
            ("", u16::to_be_bytes, Encoding::Utf16Be),
        ] {
            let bytes = utf16(&format!("{mark}{text}"), to);
            assert_eq!(read(&bytes), (text.to_owned(), encoding), "{mark:?}");
        }
        assert_eq!(read(CYRILLIC), (CYRILLIC_TEXT.to_owned(), Encoding::Windows1251));
        assert_eq!(read(b""), (String::new(), Encoding::Utf8));
    }

    #[test]
    fn excels_unicode_text_is_read() {
        // "Имя⇥email", as Excel for Windows saves it: UTF-16, low byte first, with its mark, tabs between.
        let bytes = b"\xFF\xFE\x18\x04\x3C\x04\x4F\x04\x09\0e\0m\0a\0i\0l\0\r\0\n\0";
        assert_eq!(read(bytes), ("Имя\temail\r\n".to_owned(), Encoding::Utf16Le));
    }

    #[test]
    fn accents_are_western_and_cyrillic_words_are_not() {
        for (bytes, text) in [
            (&b"J\xFCrgen M\xFCller,j@x.example"[..], "Jürgen Müller,j@x.example"),
            (b"Andr\xE9 Fran\xE7ois \x96 \xC9lys\xE9e", "André François – Élysée"),
            (b"Tom\xE1\x9A \x8Ekoda", "Tomáš Žkoda"),
            (b"A \x93quote\x94", "A “quote”"),
        ] {
            assert_eq!(read(bytes), (text.to_owned(), Encoding::Windows1252));
        }
        for (bytes, text) in [
            (&b"\xC8\xE2\xE0\xED \x97 CEO, Anna"[..], "Иван — CEO, Anna"),
            (b"\xCA\xE8\xBF\xE2, \xB3\xED\xF8\xB3", "Київ, інші"),
        ] {
            assert_eq!(read(bytes), (text.to_owned(), Encoding::Windows1251));
        }
    }

    #[test]
    fn a_chosen_encoding_is_taken_at_its_word() {
        let (text, encoding) = decode(CYRILLIC, Some(Encoding::Windows1252)).unwrap();
        assert!(text.starts_with("ÔÈÎ") && encoding == Encoding::Windows1252, "{text}");
        let marked = [MARK, "Ж".as_bytes()].concat();
        assert_eq!(decode(&marked, Some(Encoding::Utf8)).unwrap().0, "Ж");
        assert_eq!(
            decode(CYRILLIC, Some(Encoding::Utf8)),
            Err(Unreadable::Damaged { encoding: Encoding::Utf8, line: 1 })
        );
    }

    #[test]
    fn a_damaged_file_is_told_by_its_line_not_read_as_another_encoding() {
        let mut bytes = "Имя,Почта\nАнна,a@x.example\nПётр,p@x.example\n".as_bytes().to_vec();
        bytes.truncate(bytes.len() - 12);
        assert_eq!(
            decode(&bytes, None),
            Ok(("Имя,Почта\nАнна,a@x.example\nПётр,".to_owned(), Encoding::Utf8))
        );
        bytes.truncate(bytes.len() - 2);
        assert_eq!(decode(&bytes, None), Err(Unreadable::Damaged { encoding: Encoding::Utf8, line: 3 }));
        let odd = b"\xFF\xFEa\0\n\0b";
        assert_eq!(decode(odd, None), Err(Unreadable::Damaged { encoding: Encoding::Utf16Le, line: 2 }));
    }

    #[test]
    fn what_is_no_text_is_named() {
        for (bytes, why) in [
            (&b"PK\x03\x04\x14\0\x06\0"[..], Unreadable::Spreadsheet),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0", Unreadable::Spreadsheet),
            (b"%PDF-1.7\n", Unreadable::Pdf),
            (b"\xEF\xBB\xBF \n<!DOCTYPE html>", Unreadable::Markup),
            (b"<?xml version=\"1.0\"?>", Unreadable::Markup),
            (b"\0\0\0\0\0\0", Unreadable::Binary),
            (b"\xFF\xFE\0\0a\0\0\0", Unreadable::Binary),
            (b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", Unreadable::Binary),
            (b"\x1F\x8B\x08\0\0\0\0\0\0\x03", Unreadable::Binary),
        ] {
            assert_eq!(decode(bytes, None), Err(why), "{bytes:?}");
        }
        let large = vec![b'a'; limits::TEXT + 1];
        assert_eq!(decode(&large, None), Err(Unreadable::TooMuch(TooMuch::Text)));
    }

    #[test]
    fn a_slip_of_the_hand_is_left_to_its_row() {
        let text = format!("name,email\nA\0da,ada@x.example\n{}", "Bob,bob@x.example\n".repeat(3));
        assert_eq!(read(text.as_bytes()).0, text);
    }

    proptest! {
        #[test]
        fn no_bytes_bring_it_down(bytes: Vec<u8>, chosen in proptest::sample::select(&[
            None, Some(Encoding::Utf8), Some(Encoding::Utf16Le), Some(Encoding::Utf16Be), Some(Encoding::Windows1251),
        ])) {
            let _ = decode(&bytes, chosen);
        }

        #[test]
        fn a_text_in_utf8_is_itself(text in "\\PC*") {
            prop_assume!(other_kind(text.as_bytes()).is_none() && !text.starts_with('\u{FEFF}'));
            prop_assert_eq!(decode(text.as_bytes(), None), Ok((text, Encoding::Utf8)));
        }
    }
}
