//! Text within HTML.

/// Text as it stands in HTML, in elements and in quoted attributes.
#[must_use]
pub fn escape(text: &str) -> String {
    html_escape::encode_quoted_attribute(text).into_owned()
}
