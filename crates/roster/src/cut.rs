//! Texts shortened to be shown in a list or an error.

/// So many characters of a text are shown.
pub const SHOWN: usize = 60;

/// The beginning of a text, with an ellipsis if there is more.
pub(crate) fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_by_letters_not_bytes() {
        assert_eq!(cut("Дарья"), "Дарья");
        assert_eq!(cut(&"ж".repeat(60)), "ж".repeat(60));
        assert_eq!(cut(&"ж".repeat(61)), format!("{}…", "ж".repeat(60)));
    }
}
