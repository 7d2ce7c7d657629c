//! Distinguished names (RFC 5280, section 4.1.2.4): ours are written from parts, others' are kept as they came.

use crate::asn1::{
    BMP_STRING, IA5_STRING, Malformed, PRINTABLE_STRING, Reader, SET, TELETEX_STRING, UTF8_STRING, oid, write,
};
use der::asn1::ObjectIdentifier;
use std::fmt;

/// The longest value of an attribute, in characters (RFC 5280, appendix A.1, ub-common-name and its like).
pub const MAX_VALUE: usize = 64;

/// What an attribute says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Attribute {
    /// CN.
    CommonName,
    /// O.
    Organization,
    /// OU.
    OrganizationalUnit,
    /// C, two letters.
    Country,
    /// UID, in which Apple writes a push certificate's topic.
    UserId,
    /// The serial number of a device.
    SerialNumber,
    /// An e-mail address.
    Email,
}

impl Attribute {
    const ALL: [(Self, ObjectIdentifier, &'static str); 7] = [
        (Self::CommonName, oid::COMMON_NAME, "CN"),
        (Self::Organization, oid::ORGANIZATION, "O"),
        (Self::OrganizationalUnit, oid::ORGANIZATIONAL_UNIT, "OU"),
        (Self::Country, oid::COUNTRY, "C"),
        (Self::UserId, oid::USER_ID, "UID"),
        (Self::SerialNumber, oid::SERIAL_NUMBER, "serialNumber"),
        (Self::Email, oid::EMAIL, "emailAddress"),
    ];

    const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::CommonName => oid::COMMON_NAME,
            Self::Organization => oid::ORGANIZATION,
            Self::OrganizationalUnit => oid::ORGANIZATIONAL_UNIT,
            Self::Country => oid::COUNTRY,
            Self::UserId => oid::USER_ID,
            Self::SerialNumber => oid::SERIAL_NUMBER,
            Self::Email => oid::EMAIL,
        }
    }
}

/// A part of a name that cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Empty, or longer than [`MAX_VALUE`] characters (an e-mail address: 254).
    #[error("a part of the name is empty or too long")]
    Length,
    /// A control character, or one that the attribute does not allow.
    #[error("a part of the name has a character that it must not have")]
    Character,
}

/// A distinguished name: its DER.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Name(Vec<u8>);

impl Name {
    /// From its parts, the first being the outermost.
    ///
    /// # Errors
    /// [`NameError`].
    pub fn new(parts: &[(Attribute, &str)]) -> Result<Self, NameError> {
        let mut sets = Vec::with_capacity(parts.len());
        for (attribute, value) in parts {
            let limit = if *attribute == Attribute::Email { 254 } else { MAX_VALUE };
            if value.is_empty() || value.chars().count() > limit {
                return Err(NameError::Length);
            }
            let tag = match attribute {
                Attribute::Country => {
                    if value.len() != 2 || !value.bytes().all(|b| b.is_ascii_uppercase()) {
                        return Err(NameError::Character);
                    }
                    PRINTABLE_STRING
                }
                Attribute::SerialNumber => PRINTABLE_STRING,
                Attribute::Email => IA5_STRING,
                _ => UTF8_STRING,
            };
            let fits = match tag {
                PRINTABLE_STRING => value.bytes().all(printable),
                IA5_STRING => value.is_ascii(),
                _ => true,
            };
            if !fits || value.chars().any(char::is_control) {
                return Err(NameError::Character);
            }
            let value = write::element(tag, &[value.as_bytes()]);
            let pair = write::sequence(&[&write::oid(attribute.oid()), &value]);
            sets.push(write::element(SET, &[&pair]));
        }
        Ok(Self(write::sequence(&sets.iter().map(Vec::as_slice).collect::<Vec<_>>())))
    }

    /// From DER, as it came.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn from_der(raw: &[u8]) -> Result<Self, Malformed> {
        let name = Self(raw.to_vec());
        name.parts()?;
        Ok(name)
    }

    /// Its DER.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.0
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts().is_ok_and(|parts| parts.is_empty())
    }

    fn parts(&self) -> Result<Vec<(ObjectIdentifier, Option<String>)>, Malformed> {
        let what = "a name";
        let (mut sets, mut parts) = (Reader::whole(&self.0, what)?, Vec::new());
        while !sets.is_empty() {
            let mut set = sets.take(SET, what)?.inside();
            while !set.is_empty() {
                let mut pair = set.sequence(what)?;
                let kind = pair.oid(what)?;
                let value = pair.any(what)?;
                pair.end(what)?;
                parts.push((kind, text(value.tag, value.content)));
            }
        }
        Ok(parts)
    }

    /// The values of an attribute, in their order.
    #[must_use]
    pub fn values(&self, attribute: Attribute) -> Vec<String> {
        let parts = self.parts().unwrap_or_default();
        parts
            .into_iter()
            .filter(|(kind, _)| *kind == attribute.oid())
            .filter_map(|(_, value)| value)
            .collect()
    }
}

impl fmt::Display for Name {
    /// In the manner of RFC 4514, for people to read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (kind, value)) in self.parts().unwrap_or_default().iter().rev().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            match Attribute::ALL.iter().find(|(_, oid, _)| oid == kind) {
                Some((_, _, short)) => write!(f, "{comma}{short}=")?,
                None => write!(f, "{comma}{kind}=")?,
            }
            for c in value.as_deref().unwrap_or("?").chars() {
                if matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=') {
                    f.write_str("\\")?;
                }
                write!(f, "{}", if c.is_control() { '\u{fffd}' } else { c })?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

/// The characters of PrintableString (X.680, section 41.4).
#[must_use]
pub const fn printable(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b' ' | b'\'' | b'(' | b')' | b'+'..=b'/' | b':' | b'=' | b'?')
}

/// The text of a string element; TeletexString is read as Latin-1, which is what is written in it.
#[must_use]
pub fn text(tag: u8, content: &[u8]) -> Option<String> {
    match tag {
        UTF8_STRING => String::from_utf8(content.to_vec()).ok(),
        PRINTABLE_STRING | IA5_STRING if content.is_ascii() => String::from_utf8(content.to_vec()).ok(),
        TELETEX_STRING => Some(content.iter().map(|b| char::from(*b)).collect()),
        BMP_STRING if content.len().is_multiple_of(2) => {
            let units: Vec<u16> = content.chunks_exact(2).map(|c| u16::from_be_bytes([c[0], c[1]])).collect();
            String::from_utf16(&units).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_and_read() {
        let parts = [
            (Attribute::Country, "DE"),
            (Attribute::Organization, "Müller, Söhne"),
            (Attribute::CommonName, "a=b"),
        ];
        let name = Name::new(&parts).unwrap();
        assert_eq!(name.to_string(), "CN=a\\=b,O=Müller\\, Söhne,C=DE");
        assert_eq!(name.values(Attribute::Organization), ["Müller, Söhne"]);
        assert_eq!(Name::from_der(name.as_der()).unwrap(), name);
    }

    #[test]
    fn a_part_that_cannot_stand_in_a_name_is_refused() {
        let cn = |value: &str| Name::new(&[(Attribute::CommonName, value)]).map(|_| ());
        assert_eq!(cn(""), Err(NameError::Length));
        assert_eq!(cn(&"я".repeat(65)), Err(NameError::Length));
        assert_eq!(cn(&"я".repeat(64)), Ok(()));
        assert_eq!(cn("a\0b"), Err(NameError::Character));
        assert!(Name::new(&[(Attribute::Country, "de")]).is_err());
        assert!(Name::new(&[(Attribute::SerialNumber, "a_b")]).is_err());
    }
}
