//! How a workspace looks to its people: colour, logo, whom to ask; and all of it together with its words.

use crate::{
    EmailAddress, Language,
    text::{InvalidText, line},
    wording::Wording,
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A colour of sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour([u8; 3]);

/// Contrast that text needs on its ground (WCAG 2.2, 1.4.3).
pub const READABLE: f64 = 4.5;
/// Contrast that a button's edge needs against what is around it (WCAG 2.2, 1.4.11).
pub const VISIBLE: f64 = 3.0;

impl Colour {
    /// White.
    pub const WHITE: Self = Self([255; 3]);
    /// Black.
    pub const BLACK: Self = Self([0; 3]);
    /// The page's ground in light and in dark.
    pub const GROUNDS: [Self; 2] = [Self([0xf7, 0xf7, 0xf5]), Self([0x13, 0x15, 0x16])];

    /// The relative luminance (WCAG 2.2, its definition).
    #[must_use]
    pub fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [r, g, b] = self.0.map(linear);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// The contrast to another colour, from 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The colour of text on it, white where that can be read, else black; none if neither can.
    #[must_use]
    pub fn text(self) -> Option<Self> {
        [Self::WHITE, Self::BLACK].into_iter().find(|text| self.contrast(*text) >= READABLE)
    }
}

/// It does not look like `#0b5f7d`, or no text can be read on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a colour looks like #0b5f7d")]
pub struct NoColour;

impl FromStr for Colour {
    type Err = NoColour;

    fn from_str(text: &str) -> Result<Self, NoColour> {
        let digits = text.trim().strip_prefix('#').ok_or(NoColour)?;
        let long: String = digits.chars().flat_map(|digit| [digit, digit]).collect();
        let digits = if digits.len() == 3 { &long } else { digits };
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(NoColour);
        }
        let number = u32::from_str_radix(digits, 16).map_err(|_| NoColour)?;
        let [_, r, g, b] = number.to_be_bytes();
        Some(Self([r, g, b])).filter(|colour| colour.text().is_some()).ok_or(NoColour)
    }
}

impl TryFrom<String> for Colour {
    type Error = NoColour;

    fn try_from(text: String) -> Result<Self, NoColour> {
        text.parse()
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_string()
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

/// A telephone number as people write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

/// It is no telephone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a telephone number has digits, blanks and the signs + ( ) - . / alone, and at least three digits")]
pub struct NoPhoneNumber;

impl PhoneNumber {
    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a telephone dials (RFC 3966): the digits, and the plus before them.
    #[must_use]
    pub fn dialled(&self) -> String {
        let plus = if self.0.starts_with('+') { "+" } else { "" };
        format!("{plus}{}", self.0.chars().filter(char::is_ascii_digit).collect::<String>())
    }
}

impl FromStr for PhoneNumber {
    type Err = NoPhoneNumber;

    fn from_str(text: &str) -> Result<Self, NoPhoneNumber> {
        let text = line(text, 40).map_err(|_: InvalidText| NoPhoneNumber)?;
        let signs = text.chars().all(|c| c.is_ascii_digit() || " +()-./".contains(c));
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let plus = text.chars().skip(1).all(|c| c != '+');
        if signs && plus && digits >= 3 { Ok(Self(text)) } else { Err(NoPhoneNumber) }
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = NoPhoneNumber;

    fn try_from(text: String) -> Result<Self, NoPhoneNumber> {
        text.parse()
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> Self {
        number.0
    }
}

/// What a workspace sets of its look. The company's name, and the name of whom to ask, are among its settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Look {
    /// The colour of the button.
    pub accent: Option<Colour>,
    /// The telephone number of whom to ask.
    pub phone: Option<PhoneNumber>,
    /// The address of whom to ask.
    pub email: Option<EmailAddress>,
}

impl Look {
    /// Whom to ask, in one line: name, number, address; as many of them as there are.
    #[must_use]
    pub fn contact(&self, name: Option<&str>) -> Option<String> {
        let parts = [
            name.map(str::trim),
            self.phone.as_ref().map(PhoneNumber::as_str),
            self.email.as_ref().map(EmailAddress::as_str),
        ];
        let mut told: Vec<&str> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        // The name may be the address itself, as it was when there was nothing but one line for all.
        told.dedup();
        (!told.is_empty()).then(|| told.join(", "))
    }
}

/// A logo, as Muster drew it anew: a PNG of a bounded size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// Its name on the web, made of its content; it tells nothing of whose it is.
    pub name: String,
    /// Its size as it is shown, half of what it has.
    pub width: u32,
    /// Its height as it is shown.
    pub height: u32,
    /// The picture.
    pub png: Vec<u8>,
}

/// Everything of a workspace's own that people see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brand {
    /// Colour and whom to ask.
    pub look: Look,
    /// The logo.
    pub logo: Option<Logo>,
    /// Words of its own, by language.
    pub wordings: Vec<(Language, Wording)>,
}

impl Brand {
    /// The words of its own in a language.
    #[must_use]
    pub fn wording(&self, language: Language) -> Option<&Wording> {
        self.wordings.iter().find(|(l, _)| *l == language).map(|(_, wording)| wording)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn contrast_is_what_the_standard_says() {
        let colour = |text: &str| text.parse::<Colour>().unwrap();
        assert!((Colour::WHITE.contrast(Colour::BLACK) - 21.0).abs() < 1e-9);
        assert!((colour("#767676").contrast(Colour::WHITE) - 4.54).abs() < 0.01);
        assert_eq!(colour("#0b5f7d").text(), Some(Colour::WHITE));
        assert_eq!(colour("#ffcc00").text(), Some(Colour::BLACK));
        assert_eq!(colour("#777777").text(), Some(Colour::BLACK), "4.48 is not enough for white");
    }

    #[test]
    fn colours_are_six_or_three_digits_behind_a_hash_and_nothing_else() {
        assert_eq!("#fC0".parse::<Colour>().unwrap().to_string(), "#ffcc00");
        assert_eq!(" #FFcc00 ".parse::<Colour>().unwrap().to_string(), "#ffcc00");
        for bad in [
            "",
            "#",
            "red",
            "ffcc00",
            "#fc",
            "#fc0a",
            "#фco",
            "#ffcc0g",
            "#ffcc001",
            "#+fcc00",
            "#ffcc00;}",
            "#ффф",
            "url(x)",
        ] {
            assert_eq!(bad.parse::<Colour>(), Err(NoColour), "{bad}");
        }
    }

    #[test]
    fn telephone_numbers_are_digits_and_a_few_signs() {
        for (good, dialled) in
            [("+49 (30) 123-45", "+493012345"), ("4400", "4400"), ("8/800/555.35.35", "88005553535")]
        {
            assert_eq!(good.parse::<PhoneNumber>().unwrap().dialled(), dialled);
        }
        for bad in
            ["", "12", "ext 4400", "1+2345", "javascript:1234", "<1234>", "12\n345", "١٢٣٤٥", &"1".repeat(41)]
        {
            assert_eq!(bad.parse::<PhoneNumber>(), Err(NoPhoneNumber), "{bad}");
        }
    }

    #[test]
    fn whom_to_ask_is_as_much_as_is_known() {
        let look = Look { phone: "4400".parse().ok(), email: "it@example.org".parse().ok(), accent: None };
        assert_eq!(look.contact(Some("IT desk")).as_deref(), Some("IT desk, 4400, it@example.org"));
        assert_eq!(Look::default().contact(None), None);
        assert_eq!(Look::default().contact(Some(" ")), None);
        let one = Look { email: "it@example.org".parse().ok(), ..Look::default() };
        assert_eq!(one.contact(Some("it@example.org")).as_deref(), Some("it@example.org"));
    }

    proptest! {
        #[test]
        fn text_can_be_read_on_every_colour(rgb: [u8; 3]) {
            let colour = Colour(rgb);
            prop_assert!(colour.text().is_some_and(|text| colour.contrast(text) >= READABLE));
            prop_assert_eq!(colour.to_string().parse::<Colour>(), Ok(colour));
        }
    }
}
