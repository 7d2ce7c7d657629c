//! What a person sees of a text that a device sent (ABUSE A13): one line, without what controls how other text is shown.

/// What controls how other text is shown, or is not seen: controls, separators of lines, marks that turn the direction (Unicode
/// TR 36, section 2.9), and what is blank without being a space. What joins letters and pictures is none of it.
#[must_use]
pub fn acts(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
        )
        || matches!(c, '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFB}')
        || matches!(c, '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}')
        || matches!(c, '\u{2800}' | '\u{3164}' | '\u{FFA0}')
        || matches!(c, '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}')
}

/// What joins other characters, and is nothing by itself.
const fn joins(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0000}'..='\u{E01EF}')
}

/// Whether there is nothing to be seen: blanks, and what joins other characters.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| joins(c) || c.is_whitespace())
}

/// One line of text without what acts, cut after so many characters; nothing if there is nothing to be seen.
#[must_use]
pub fn line(text: &str, longest: usize) -> Option<String> {
    let line: String = text.chars().filter(|c| !acts(*c)).take(longest).collect();
    (!is_blank(&line)).then(|| line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a13_what_acts_on_a_screen_is_left_out_and_nothing_to_see_is_nothing() {
        assert_eq!(line(" Anna\u{202E}'s\u{0} phone\n", 40).as_deref(), Some("Anna's phone"));
        for blank in ["", " \t", "\u{200D}\u{FE0F}", "\u{2800}", "\u{3164} \u{200B}"] {
            assert_eq!(line(blank, 40), None, "{blank:?}");
        }
        assert_eq!(
            line("👩\u{200D}⚕\u{FE0F}", 40).as_deref(),
            Some("👩\u{200D}⚕\u{FE0F}"),
            "a picture stays whole"
        );
        assert_eq!(line("größer", 3).as_deref(), Some("grö"), "characters, not bytes");
    }
}
