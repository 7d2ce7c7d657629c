//! A reader of DER that gives slices of its input and never panics.

use super::{
    BIT_STRING, GENERALIZED_TIME, INTEGER, Malformed, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, UTC_TIME,
};
use der::{
    Decode,
    asn1::{GeneralizedTime, ObjectIdentifier, UtcTime},
};

/// One element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element<'a> {
    /// Its identifier octet.
    pub tag: u8,
    /// All of it, as it came.
    pub raw: &'a [u8],
    /// What is in it.
    pub content: &'a [u8],
}

impl<'a> Element<'a> {
    /// A reader of what is in it.
    #[must_use]
    pub const fn inside(&self) -> Reader<'a> {
        Reader::new(self.content)
    }
}

/// Elements one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Of these bytes.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The one SEQUENCE that the bytes are, with nothing after it.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn whole(bytes: &'a [u8], what: &'static str) -> Result<Self, Malformed> {
        let mut outer = Self::new(bytes);
        let inner = outer.take(SEQUENCE, what)?.inside();
        outer.end(what)?;
        Ok(inner)
    }

    /// Whether nothing is left.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next identifier octet.
    #[must_use]
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next element, whatever it is (X.690, sections 8.1 and 10.1: definite, shortest lengths).
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn any(&mut self, what: &'static str) -> Result<Element<'a>, Malformed> {
        let (tag, header, length) = header(self.rest).ok_or(Malformed(what))?;
        let length = length.ok_or(Malformed(what))?;
        let total = header.checked_add(length).ok_or(Malformed(what))?;
        let raw = self.rest.get(..total).ok_or(Malformed(what))?;
        // Up to 127 in one octet, more in as few as they need.
        if header != 2 + long_form(length) {
            return Err(Malformed(what));
        }
        self.rest = self.rest.get(total..).ok_or(Malformed(what))?;
        Ok(Element { tag, raw, content: raw.get(header..).ok_or(Malformed(what))? })
    }

    /// The next element, which must have this tag.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn take(&mut self, tag: u8, what: &'static str) -> Result<Element<'a>, Malformed> {
        let element = self.any(what)?;
        if element.tag == tag { Ok(element) } else { Err(Malformed(what)) }
    }

    /// The next element if it has this tag.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn optional(&mut self, tag: u8, what: &'static str) -> Result<Option<Element<'a>>, Malformed> {
        if self.peek() == Some(tag) { self.any(what).map(Some) } else { Ok(None) }
    }

    /// What is in the next SEQUENCE.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn sequence(&mut self, what: &'static str) -> Result<Self, Malformed> {
        self.take(SEQUENCE, what).map(|e| e.inside())
    }

    /// The next SEQUENCE, whole.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn sequence_element(&mut self, what: &'static str) -> Result<Element<'a>, Malformed> {
        self.take(SEQUENCE, what)
    }

    /// An OBJECT IDENTIFIER.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn oid(&mut self, what: &'static str) -> Result<ObjectIdentifier, Malformed> {
        let element = self.take(OBJECT_IDENTIFIER, what)?;
        ObjectIdentifier::from_bytes(element.content).map_err(|_| Malformed(what))
    }

    /// An OCTET STRING.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn octets(&mut self, what: &'static str) -> Result<&'a [u8], Malformed> {
        self.take(OCTET_STRING, what).map(|e| e.content)
    }

    /// The content of an INTEGER, not empty.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn integer(&mut self, what: &'static str) -> Result<&'a [u8], Malformed> {
        let content = self.take(INTEGER, what)?.content;
        if content.is_empty() { Err(Malformed(what)) } else { Ok(content) }
    }

    /// An INTEGER that is neither negative nor large.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn small(&mut self, what: &'static str) -> Result<u32, Malformed> {
        let content = self.integer(what)?;
        let (first, rest) = content.split_first().ok_or(Malformed(what))?;
        // A leading zero octet is there for the sign alone.
        let redundant = *first == 0 && !rest.is_empty() && rest.first().is_some_and(|b| *b < 0x80);
        if *first >= 0x80 || redundant || content.len() > 5 || (content.len() == 5 && *first != 0) {
            return Err(Malformed(what));
        }
        Ok(content.iter().fold(0_u32, |n, b| (n << 8) | u32::from(*b)))
    }

    /// A BIT STRING of whole octets.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn bits(&mut self, what: &'static str) -> Result<&'a [u8], Malformed> {
        match self.take(BIT_STRING, what)?.content.split_first() {
            Some((0, octets)) => Ok(octets),
            _ => Err(Malformed(what)),
        }
    }

    /// UTCTime or GeneralizedTime (RFC 5280, section 4.1.2.5) in seconds since the Unix epoch.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn time(&mut self, what: &'static str) -> Result<i64, Malformed> {
        let element = self.any(what)?;
        let since = match element.tag {
            UTC_TIME => UtcTime::from_der(element.raw).map(|t| t.to_unix_duration()),
            GENERALIZED_TIME => GeneralizedTime::from_der(element.raw).map(|t| t.to_unix_duration()),
            _ => return Err(Malformed(what)),
        };
        let since = since.map_err(|_| Malformed(what))?;
        i64::try_from(since.as_secs()).map_err(|_| Malformed(what))
    }

    /// Nothing more.
    ///
    /// # Errors
    /// [`Malformed`] if there is.
    pub const fn end(&self, what: &'static str) -> Result<(), Malformed> {
        if self.is_empty() { Ok(()) } else { Err(Malformed(what)) }
    }
}

/// How many octets follow the first one of a length.
fn long_form(length: usize) -> usize {
    if length < 0x80 { 0 } else { (usize::BITS - length.leading_zeros()).div_ceil(8) as usize }
}

/// Tag, octets of the header, and the length, which is `None` when it is indefinite. At most four octets of length;
/// tags above 30 are in none of the standards that are read here.
pub(crate) fn header(bytes: &[u8]) -> Option<(u8, usize, Option<usize>)> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    if tag & 0x1f == 0x1f {
        return None;
    }
    match first {
        0x80 => Some((tag, 2, None)),
        0..0x80 => Some((tag, 2, Some(usize::from(first)))),
        _ => {
            let count = usize::from(first & 0x7f);
            let octets = rest.get(..count).filter(|_| count <= 4)?;
            Some((tag, 2 + count, Some(octets.iter().fold(0, |n, b| (n << 8) | usize::from(*b)))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_that_are_wrong_or_longer_than_needed_are_refused() {
        for bytes in [
            &[0x04][..],
            &[0x04, 0x01],
            &[0x04, 0x81, 0x01, 0x00],
            &[0x04, 0x82, 0x00, 0x80],
            &[0x04, 0x80, 0x00, 0x00],
            &[0x04, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[0x04, 0x85, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00],
            &[0x1f, 0x01, 0x00],
        ] {
            assert_eq!(Reader::new(bytes).any("x"), Err(Malformed("x")), "{bytes:02x?}");
        }
    }

    #[test]
    fn small_numbers_are_read_and_others_refused() {
        let small = |bytes: &[u8]| Reader::new(bytes).small("x").ok();
        assert_eq!(small(&[2, 1, 0]), Some(0));
        assert_eq!(small(&[2, 2, 0, 0x80]), Some(128));
        assert_eq!(small(&[2, 5, 0, 0xff, 0xff, 0xff, 0xff]), Some(u32::MAX));
        assert_eq!(small(&[2, 1, 0xff]), None);
        assert_eq!(small(&[2, 2, 0, 1]), None);
        assert_eq!(small(&[2, 0]), None);
        assert_eq!(small(&[2, 5, 1, 0, 0, 0, 0]), None);
    }
}
