//! Names, addresses and languages, parsed once at the border (ABUSE A25: no control characters pass).

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Why a text was not accepted. The console translates the kind; the words are for the command line and logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum InvalidText {
    /// Nothing but blanks.
    #[error("is empty")]
    Empty,
    /// Longer than allowed.
    #[error("is too long")]
    TooLong,
    /// A line break, NUL or another control character.
    #[error("contains a line break or another control character")]
    Control,
    /// Not of the form `name@domain`.
    #[error("is not an e-mail address of the form name@example.org")]
    NotAnAddress,
    /// Other than ASCII letters before the `@`: such mailboxes need SMTPUTF8, which most servers lack.
    #[error(
        "has other than Latin letters, digits and signs before the @, which most mail servers do not take"
    )]
    LocalPart,
}

/// Trims, and refuses control and bidirectional override characters and more than `max` characters.
///
/// # Errors
/// [`InvalidText`] says which rule is broken.
pub fn line(text: &str, max: usize) -> Result<String, InvalidText> {
    let text = text.trim();
    if text.is_empty() {
        return Err(InvalidText::Empty);
    }
    if text.chars().any(|c| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    }) {
        return Err(InvalidText::Control);
    }
    if text.chars().count() > max {
        return Err(InvalidText::TooLong);
    }
    Ok(text.to_owned())
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $parse:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl FromStr for $name {
            type Err = InvalidText;
            fn from_str(text: &str) -> Result<Self, InvalidText> {
                let parse: fn(&str) -> Result<String, InvalidText> = $parse;
                parse(text).map(Self)
            }
        }
        impl TryFrom<String> for $name {
            type Error = InvalidText;
            fn try_from(text: String) -> Result<Self, InvalidText> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }
    };
}

text! {
    /// A person's, group's, device's or company's name: one line of at most 120 characters.
    PersonName, |text| line(text, 120)
}
text! {
    /// An e-mail address (RFC 5321, section 4.1.2, without quoted local parts and address literals).
    /// The domain is kept in lower case; the local part as it was written.
    EmailAddress, address
}

impl EmailAddress {
    /// What two addresses are compared by: mailboxes that differ in case alone are one in practice.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }

    /// The part behind the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

fn address(text: &str) -> Result<String, InvalidText> {
    let text = line(text, 254)?;
    let (local, domain) = text.rsplit_once('@').ok_or(InvalidText::NotAnAddress)?;
    if !local.is_ascii() {
        return Err(InvalidText::LocalPart);
    }
    let local_ok = !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c));
    let label_ok = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    if local_ok && domain.contains('.') && domain.split('.').all(label_ok) {
        // Letter by letter, as names of domains are compared (UTS 46): no letter has a form of its own at the end.
        let domain: String = domain.chars().flat_map(char::to_lowercase).collect();
        Ok(format!("{local}@{domain}"))
    } else {
        Err(InvalidText::NotAnAddress)
    }
}

/// A language of the console, the phone page and the mails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    En,
    /// Russian.
    #[serde(rename = "ru")]
    Ru,
}

impl Language {
    /// All of them, in the order of the menus.
    pub const ALL: [Self; 2] = [Self::En, Self::Ru];

    /// The language tag (BCP 47).
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
        }
    }

    /// The language of a tag such as `ru` or `ru-RU`.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?.trim();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The best language for an `Accept-Language` header (RFC 9110, section 12.5.4).
    #[must_use]
    pub fn from_accept(header: &str) -> Option<Self> {
        let mut best: Option<(u16, Self)> = None;
        for part in header.split(',').take(20) {
            let mut pieces = part.split(';');
            let tag = pieces.next().unwrap_or_default();
            let quality = pieces
                .find_map(|p| p.trim().strip_prefix("q="))
                .map_or(1000, |q| q.parse::<f32>().map_or(0, |q| (q.clamp(0.0, 1.0) * 1000.0) as u16));
            if let Some(language) = Self::from_tag(tag.trim())
                && quality > best.map_or(0, |(q, _)| q)
            {
                best = Some((quality, language));
            }
        }
        best.map(|(_, language)| language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a25_line_breaks_and_nul_pass_in_no_name_and_no_address() {
        for text in ["Ada\r\nBcc: x@y.z", "Ada\nL", "A\0B", "A\u{2028}B", "Ada\u{202E}gnp"] {
            assert_eq!(text.parse::<PersonName>(), Err(InvalidText::Control), "{text:?}");
        }
        for text in ["a@b.c\r\nRCPT TO:<x@y.z>", "a\n@b.c", "a@b.c\0d"] {
            assert_eq!(text.parse::<EmailAddress>(), Err(InvalidText::Control), "{text:?}");
        }
    }

    #[test]
    fn addresses_are_checked_by_form() {
        for good in ["ada@example.org", "a.b+c@ex-ample.co.uk", "o'neil@example.org", "user@почта.рф"]
        {
            assert!(good.parse::<EmailAddress>().is_ok(), "{good}");
        }
        for bad in [
            "ada",
            "ada@",
            "@example.org",
            "a b@example.org",
            "a@localhost",
            "a..b@example.org",
            "<a@b.c>",
            "a@b..c",
            "a@-b.c",
            "a,b@c.de",
        ] {
            assert_eq!(bad.parse::<EmailAddress>(), Err(InvalidText::NotAnAddress), "{bad}");
        }
        assert_eq!("дарья@example.org".parse::<EmailAddress>(), Err(InvalidText::LocalPart));
    }

    #[test]
    fn accept_language_is_weighed() {
        assert_eq!(Language::from_accept("de, ru;q=0.8, en;q=0.5"), Some(Language::Ru));
        assert_eq!(Language::from_accept("en-GB,en;q=0.9,ru;q=0.8"), Some(Language::En));
        assert_eq!(Language::from_accept("ru;q=0, de"), None);
    }
}
