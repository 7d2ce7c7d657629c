//! DER (ITU-T X.690) in bytes: a reader that keeps the bytes as they came, since signatures are over those, and a writer.
//!
//! `der` sorts each SET OF that it writes again, and so breaks signatures of whoever did not sort.

use crate::error::AgentError;
use der::{Encode, asn1::ObjectIdentifier};

/// The tags that are used here.
pub mod tag {
    /// INTEGER.
    pub const INTEGER: u8 = 0x02;
    /// BIT STRING.
    pub const BIT_STRING: u8 = 0x03;
    /// OCTET STRING.
    pub const OCTET_STRING: u8 = 0x04;
    /// OBJECT IDENTIFIER.
    pub const OID: u8 = 0x06;
    /// UTF8String.
    pub const UTF8: u8 = 0x0c;
    /// PrintableString.
    pub const PRINTABLE: u8 = 0x13;
    /// IA5String.
    pub const IA5: u8 = 0x16;
    /// UTCTime.
    pub const UTC_TIME: u8 = 0x17;
    /// SEQUENCE.
    pub const SEQUENCE: u8 = 0x30;
    /// SET.
    pub const SET: u8 = 0x31;
    /// `[0]`, constructed.
    pub const CONTEXT_0: u8 = 0xa0;
}

/// One element.
#[derive(Clone, Copy, Debug)]
pub struct Tlv<'a> {
    /// The tag's octet.
    pub tag: u8,
    /// All of it, as it came.
    pub whole: &'a [u8],
    /// What is in it.
    pub content: &'a [u8],
}

fn odd(why: &str) -> AgentError {
    AgentError::Answer(format!("damaged ASN.1: {why}"))
}

/// The first element, and what comes after it.
///
/// # Errors
/// [`AgentError::Answer`] for lengths that are not definite, or longer than what is there.
pub fn first(bytes: &[u8]) -> Result<(Tlv<'_>, &[u8]), AgentError> {
    let (&tag, rest) = bytes.split_first().ok_or_else(|| odd("it ends early"))?;
    if tag & 0x1f == 0x1f {
        return Err(odd("a tag of several octets"));
    }
    let (&length, rest) = rest.split_first().ok_or_else(|| odd("it ends early"))?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(length), rest),
        0x81..=0x84 => {
            let (octets, rest) =
                rest.split_at_checked(usize::from(length & 0x7f)).ok_or_else(|| odd("it ends early"))?;
            (octets.iter().fold(0, |n, o| n << 8 | usize::from(*o)), rest)
        }
        _ => return Err(odd("a length that is not definite, or too long")),
    };
    let (content, after) = rest.split_at_checked(length).ok_or_else(|| odd("it ends early"))?;
    let whole = &bytes[..bytes.len() - after.len()];
    Ok((Tlv { tag, whole, content }, after))
}

/// The one element that there is.
///
/// # Errors
/// [`AgentError::Answer`], also if something follows.
pub fn only(bytes: &[u8]) -> Result<Tlv<'_>, AgentError> {
    match first(bytes)? {
        (tlv, []) => Ok(tlv),
        _ => Err(odd("something follows")),
    }
}

impl<'a> Tlv<'a> {
    /// The elements in it.
    ///
    /// # Errors
    /// [`AgentError::Answer`].
    pub fn children(&self) -> Result<Children<'a>, AgentError> {
        let (mut rest, mut all) = (self.content, Vec::new());
        while !rest.is_empty() {
            let (child, after) = first(rest)?;
            all.push(child);
            rest = after;
        }
        Ok(Children(all.into_iter()))
    }

    /// It, if it has this tag.
    ///
    /// # Errors
    /// [`AgentError::Answer`].
    pub fn expect(self, tag: u8) -> Result<Self, AgentError> {
        match self.tag == tag {
            true => Ok(self),
            false => Err(odd(&format!("tag {:#04x} where {tag:#04x} belongs", self.tag))),
        }
    }

    /// An object identifier.
    ///
    /// # Errors
    /// [`AgentError::Answer`].
    pub fn oid(self) -> Result<ObjectIdentifier, AgentError> {
        ObjectIdentifier::from_bytes(self.expect(tag::OID)?.content).map_err(|e| odd(&e.to_string()))
    }

    /// The bytes of an OCTET STRING, or of one in pieces (BER), whatever its own tag is.
    ///
    /// # Errors
    /// [`AgentError::Answer`].
    pub fn octets(self) -> Result<Vec<u8>, AgentError> {
        if self.tag & 0x20 == 0 {
            return Ok(self.content.to_vec());
        }
        let mut all = Vec::new();
        for piece in self.children()? {
            all.extend_from_slice(piece.expect(tag::OCTET_STRING)?.content);
        }
        Ok(all)
    }

    /// The bytes of a BIT STRING of whole octets.
    ///
    /// # Errors
    /// [`AgentError::Answer`].
    pub fn bits(self) -> Result<&'a [u8], AgentError> {
        match self.expect(tag::BIT_STRING)?.content {
            [0, bits @ ..] => Ok(bits),
            _ => Err(odd("a BIT STRING with odd bits")),
        }
    }
}

/// What is in an element, one after the other.
#[derive(Clone, Debug)]
pub struct Children<'a>(std::vec::IntoIter<Tlv<'a>>);

impl<'a> Iterator for Children<'a> {
    type Item = Tlv<'a>;

    fn next(&mut self) -> Option<Tlv<'a>> {
        self.0.next()
    }
}

impl<'a> Children<'a> {
    /// The next one, which has to be there.
    ///
    /// # Errors
    /// [`AgentError::Answer`].
    pub fn need(&mut self) -> Result<Tlv<'a>, AgentError> {
        self.0.next().ok_or_else(|| odd("something is missing"))
    }

    /// The next one, if it has this tag.
    pub fn maybe(&mut self, tag: u8) -> Option<Tlv<'a>> {
        let next = *self.0.as_slice().first()?;
        (next.tag == tag).then(|| self.0.next())?
    }
}

/// An element.
#[must_use]
pub fn write(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + 6);
    out.push(tag);
    let length = content.len().to_be_bytes();
    match content.len() {
        n @ 0..=0x7f => out.push(n as u8),
        n => {
            let octets = &length[n.leading_zeros() as usize / 8..];
            out.push(0x80 | octets.len() as u8);
            out.extend_from_slice(octets);
        }
    }
    out.extend_from_slice(content);
    out
}

/// A SEQUENCE.
#[must_use]
pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    write(tag::SEQUENCE, &parts.concat())
}

/// A SET OF, in DER's order.
#[must_use]
pub fn set_of(mut parts: Vec<Vec<u8>>) -> Vec<u8> {
    parts.sort();
    write(tag::SET, &parts.concat())
}

/// An INTEGER that is not negative, from its octets.
#[must_use]
pub fn integer(octets: &[u8]) -> Vec<u8> {
    let start = octets.iter().position(|o| *o != 0).unwrap_or(octets.len().saturating_sub(1));
    let octets = &octets[start..];
    let sign: &[u8] = if octets.first().is_none_or(|o| o & 0x80 != 0) { &[0] } else { &[] };
    write(tag::INTEGER, &[sign, octets].concat())
}

/// An OBJECT IDENTIFIER.
#[must_use]
pub fn oid(id: ObjectIdentifier) -> Vec<u8> {
    id.to_der().unwrap_or_default()
}

/// An AlgorithmIdentifier without parameters but NULL.
#[must_use]
pub fn algorithm(id: ObjectIdentifier) -> Vec<u8> {
    sequence(&[&oid(id), &[5, 0]])
}

/// A BIT STRING of whole octets.
#[must_use]
pub fn bit_string(octets: &[u8]) -> Vec<u8> {
    write(tag::BIT_STRING, &[&[0], octets].concat())
}

/// An OCTET STRING.
#[must_use]
pub fn octet_string(octets: &[u8]) -> Vec<u8> {
    write(tag::OCTET_STRING, octets)
}

/// A UTCTime (RFC 5280, 4.1.2.5.1), for seconds since the Unix epoch.
///
/// # Errors
/// [`AgentError::Local`] outside 1970 to 2049.
pub fn utc_time(seconds: i64) -> Result<Vec<u8>, AgentError> {
    let wrong = || AgentError::Local("the clock stands outside 1970 to 2049".into());
    let since = std::time::Duration::from_secs(u64::try_from(seconds).map_err(|_| wrong())?);
    der::asn1::UtcTime::from_unix_duration(since).and_then(|t| t.to_der()).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_integers_are_written_as_der_wants() {
        assert_eq!(write(4, &[7; 3]), [4, 3, 7, 7, 7]);
        assert_eq!(write(4, &[0; 200])[..3], [4, 0x81, 200]);
        assert_eq!(write(4, &[0; 300])[..4], [4, 0x82, 1, 44]);
        assert_eq!(integer(&[0, 0, 0x80]), [2, 2, 0, 0x80]);
        assert_eq!(integer(&[0]), [2, 1, 0]);
        assert_eq!(set_of(vec![vec![4, 1, 9], vec![2, 1, 1]]), [0x31, 6, 2, 1, 1, 4, 1, 9]);
    }

    #[test]
    fn what_is_damaged_is_refused_and_never_panics() {
        let good = sequence(&[&integer(&[1]), &octet_string(b"abc"), &write(0xa0, &octet_string(b"d"))]);
        let mut parts = only(&good).unwrap().children().unwrap();
        assert_eq!(parts.need().unwrap().content, [1]);
        assert!(parts.maybe(tag::SET).is_none());
        assert_eq!(parts.need().unwrap().octets().unwrap(), b"abc");
        assert_eq!(parts.need().unwrap().octets().unwrap(), b"d", "in pieces");
        for end in 0..good.len() {
            assert!(only(&good[..end]).is_err());
        }
        for bytes in [&[0x30, 0x80, 0, 0][..], &[0x30, 0x85, 1, 1, 1, 1, 1], &[0x1f, 1, 0], &[4, 0, 0]] {
            assert!(only(bytes).is_err(), "{bytes:?}");
        }
    }
}
