//! What a device says about itself: versions and numbers.

use crate::ids::InvalidId;

/// A version of iOS or iPadOS: up to four numbers, compared as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OsVersion([u16; 4]);

impl OsVersion {
    /// A version from its first two numbers.
    #[must_use]
    pub const fn new(major: u16, minor: u16) -> Self {
        Self([major, minor, 0, 0])
    }

    /// Parses `17`, `17.4`, `17.4.1`; a rapid security response's `(a)` after a space is left out.
    ///
    /// # Errors
    /// [`InvalidId`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let invalid = InvalidId("OSVersion");
        let numbers = match text.split_once(" (") {
            Some((numbers, letter)) if letter.len() == 2 && letter.ends_with(')') => numbers,
            Some(_) => return Err(invalid),
            None => text,
        };
        let mut version = [0; 4];
        let parts: Vec<&str> = numbers.split('.').collect();
        if parts.len() > version.len() {
            return Err(invalid);
        }
        for (place, part) in version.iter_mut().zip(parts) {
            let digits = (1..=5).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            *place = Some(part).filter(|_| digits).and_then(|p| p.parse().ok()).ok_or(invalid)?;
        }
        Ok(Self(version))
    }

    /// The first number: 17 for iOS 17.4.1.
    #[must_use]
    pub fn major(self) -> u16 {
        self.0[0]
    }
}

impl std::fmt::Display for OsVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [major, minor, patch, fourth] = self.0;
        write!(f, "{major}.{minor}")?;
        if patch > 0 || fourth > 0 {
            write!(f, ".{patch}")?;
        }
        if fourth > 0 {
            write!(f, ".{fourth}")?;
        }
        Ok(())
    }
}

/// A serial number: 1 to 32 letters, digits and hyphens.
pub(crate) fn serial(text: &str) -> Option<String> {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (plain && (1..=32).contains(&text.len())).then(|| text.to_ascii_uppercase())
}

/// A product such as `iPhone15,2`: 1 to 32 letters, digits and commas.
pub(crate) fn product(text: &str) -> Option<String> {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b',');
    (plain && (1..=32).contains(&text.len())).then(|| text.to_owned())
}

/// A build such as `21E236`: 1 to 16 letters and digits.
pub(crate) fn build(text: &str) -> Option<String> {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric());
    (plain && (1..=16).contains(&text.len())).then(|| text.to_owned())
}

/// An IMEI or IMEISV (3GPP TS 23.003, section 6.2): 14 to 16 digits; devices write spaces between them.
pub(crate) fn imei(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| *c != ' ').collect();
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    (plain && (14..=16).contains(&digits.len()) && text.len() <= 24).then_some(digits)
}

/// A MEID: 14 hexadecimal digits, or 18 decimal ones.
pub(crate) fn meid(text: &str) -> Option<String> {
    let plain = text.bytes().all(|b| b.is_ascii_hexdigit());
    (plain && matches!(text.len(), 14 | 15 | 18)).then(|| text.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        let v = |t: &str| OsVersion::parse(t).unwrap();
        assert!(v("9.3.5") < v("10.0") && v("17.10") > v("17.9") && v("17") == v("17.0.0"));
        assert!(v("16.4.1 (a)") == v("16.4.1") && v("16.4.1.2") > v("16.4.1"));
        assert_eq!(v("17").to_string(), "17.0");
        assert_eq!(v("17.4.1").to_string(), "17.4.1");
        for bad in ["", ".", "17.", "x", "17.4.1.2.3", "99999", "1 7", "-1", "17.4 (abc)", "17.4 ("] {
            assert!(OsVersion::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a13_numbers_of_the_hardware_have_strict_alphabets() {
        assert_eq!(imei("35 698202 123456 7").as_deref(), Some("356982021234567"));
        assert_eq!(serial("f5jm992lf193").as_deref(), Some("F5JM992LF193"));
        for bad in ["", "a b", "a\0", "<b>", "=1+1", &"a".repeat(33)] {
            assert_eq!(
                (serial(bad), product(bad), build(bad), imei(bad)),
                (None, None, None, None),
                "{bad:?}"
            );
        }
    }
}
