//! From BER to DER (X.690): what streaming signers write is put into the one form that the readers here take.
//!
//! Indefinite lengths become definite, long ones short, and an OCTET STRING in pieces becomes one. What is DER
//! already comes back as it is, so signatures over certificates and attributes still hold.

use crate::asn1::{Element, Malformed, OCTET_STRING, Reader, read_header, write};
use std::borrow::Cow;

/// An OCTET STRING in pieces.
const PIECES: u8 = OCTET_STRING | 0x20;

/// How much is taken.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The size of all, in bytes.
    pub size: usize,
    /// Levels of nesting.
    pub depth: usize,
    /// Elements.
    pub elements: usize,
}

impl Limits {
    /// For messages of CMS: 2 MiB, 32 levels, 20,000 elements.
    pub const MESSAGE: Self = Self { size: 2 * 1024 * 1024, depth: 32, elements: 20_000 };
}

/// Why bytes were not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BerError {
    /// More bytes than the limit.
    #[error("larger than is taken")]
    Size,
    /// Deeper than the limit.
    #[error("nested deeper than is taken")]
    Depth,
    /// More elements than the limit.
    #[error("more elements than are taken")]
    Elements,
    /// A length that leads outside, a tag that cannot be, bytes after the end.
    #[error("malformed: {0}")]
    Malformed(&'static str),
}

struct Walk<'a> {
    rest: &'a [u8],
    elements: usize,
    limits: Limits,
    changed: bool,
}

/// The one element that the bytes are, in DER.
///
/// # Errors
/// [`BerError`].
pub fn to_der(bytes: &[u8], limits: Limits) -> Result<Cow<'_, [u8]>, BerError> {
    if bytes.len() > limits.size {
        return Err(BerError::Size);
    }
    let mut walk = Walk { rest: bytes, elements: 0, limits, changed: false };
    let mut out = Vec::with_capacity(bytes.len());
    walk.element(&mut out, 0)?;
    if !walk.rest.is_empty() {
        return Err(BerError::Malformed("bytes after the end"));
    }
    Ok(if walk.changed { Cow::Owned(out) } else { Cow::Borrowed(bytes) })
}

impl<'a> Walk<'a> {
    fn advance(&mut self, count: usize) -> Result<&'a [u8], BerError> {
        let (taken, rest) =
            self.rest.split_at_checked(count).ok_or(BerError::Malformed("a length that leads outside"))?;
        self.rest = rest;
        Ok(taken)
    }

    /// One element to the end of `out`.
    fn element(&mut self, out: &mut Vec<u8>, depth: usize) -> Result<(), BerError> {
        let (tag, header, length) = read_header(self.rest).ok_or(BerError::Malformed("a tag or a length"))?;
        self.elements += 1;
        if self.elements > self.limits.elements {
            return Err(BerError::Elements);
        }
        let before = self.advance(header)?;
        if tag & 0x20 == 0 {
            let content = self.advance(length.ok_or(BerError::Malformed("a primitive without a length"))?)?;
            self.write(out, tag, before, content);
            return Ok(());
        }
        if depth >= self.limits.depth {
            return Err(BerError::Depth);
        }
        let mut inner = Vec::new();
        self.children(&mut inner, length, depth)?;
        match tag {
            PIECES => {
                let joined = join(&inner).map_err(|_| BerError::Malformed("pieces of an OCTET STRING"))?;
                self.changed = true;
                write::header(out, OCTET_STRING, joined.len());
                out.extend_from_slice(&joined);
            }
            // Other strings in pieces are in no message that we know.
            0x20..0x30 | 0x32..0x40 => return Err(BerError::Malformed("a string in pieces")),
            _ => self.write(out, tag, before, &inner),
        }
        Ok(())
    }

    fn write(&mut self, out: &mut Vec<u8>, tag: u8, before: &[u8], content: &[u8]) {
        let start = out.len();
        write::header(out, tag, content.len());
        self.changed |= out.get(start..) != Some(before);
        out.extend_from_slice(content);
    }

    fn children(&mut self, inner: &mut Vec<u8>, length: Option<usize>, depth: usize) -> Result<(), BerError> {
        let Some(length) = length else {
            self.changed = true;
            while !self.rest.starts_with(&[0, 0]) {
                self.element(inner, depth + 1)?;
            }
            self.advance(2)?;
            return Ok(());
        };
        let content = self.advance(length)?;
        let after = std::mem::replace(&mut self.rest, content);
        while !self.rest.is_empty() {
            self.element(inner, depth + 1)?;
        }
        self.rest = after;
        Ok(())
    }
}

/// The pieces of an OCTET STRING, in DER, put together.
fn join(pieces: &[u8]) -> Result<Vec<u8>, Malformed> {
    let (mut reader, mut out) = (Reader::new(pieces), Vec::with_capacity(pieces.len()));
    while !reader.is_empty() {
        out.extend_from_slice(reader.octets("a piece of an OCTET STRING")?);
    }
    Ok(out)
}

/// The content of `[0] IMPLICIT OCTET STRING`, which some write in pieces (EncryptedContentInfo, RFC 5652, section
/// 6.1; OpenSSL when it streams, Go's `pkcs7` always). Only the reader of that place can tell it from an explicit tag.
///
/// # Errors
/// [`Malformed`].
pub fn joined<'a>(element: &Element<'a>) -> Result<Cow<'a, [u8]>, Malformed> {
    match element.tag {
        0x80 => Ok(Cow::Borrowed(element.content)),
        0xa0 => join(element.content).map(Cow::Owned),
        _ => Err(Malformed("encrypted content")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn der(bytes: &[u8]) -> Result<Vec<u8>, BerError> {
        to_der(bytes, Limits::MESSAGE).map(Cow::into_owned)
    }

    #[test]
    fn indefinite_lengths_and_strings_in_pieces_become_der() {
        let ber = [
            0x30, 0x80, 0x24, 0x80, 0x04, 0x01, b'a', 0x24, 0x03, 0x04, 0x01, b'b', 0, 0, 0x02, 0x81, 0x01,
            5, 0, 0,
        ];
        assert_eq!(der(&ber).unwrap(), [0x30, 0x07, 0x04, 0x02, b'a', b'b', 0x02, 0x01, 5]);
    }

    #[test]
    fn der_comes_back_as_it_is() {
        let bytes = [0x30, 0x03, 0x02, 0x01, 0x05];
        assert!(matches!(to_der(&bytes, Limits::MESSAGE), Ok(Cow::Borrowed(_))));
    }

    #[test]
    fn a8_lengths_that_lead_outside_are_refused() {
        for bytes in [
            &[0x30, 0x05, 0x04, 0x01, b'a'][..],
            &[0x30, 0x03, 0x04, 0x05, b'a'],
            &[0x30, 0x80, 0x04, 0x01, b'a'],
            &[0x30, 0x80, 0x04, 0x01, b'a', 0],
            &[0x04, 0x80, 0, 0],
            &[0x30, 0x00, 0x00],
            &[0x24, 0x03, 0x02, 0x01, 0x05],
            &[0x2c, 0x03, 0x0c, 0x01, b'a'],
            &[],
        ] {
            assert!(matches!(der(bytes), Err(BerError::Malformed(_))), "{bytes:02x?}");
        }
    }

    #[test]
    fn a8_depth_size_and_number_have_limits() {
        let nested = |levels: usize| [[0x30, 0x80].repeat(levels), vec![0; 2 * levels]].concat();
        assert!(der(&nested(32)).is_ok());
        assert_eq!(der(&nested(33)), Err(BerError::Depth));
        assert_eq!(der(&nested(400_000)), Err(BerError::Depth));
        let many = write::sequence(&[&[0x05, 0x00].repeat(20_000)]);
        assert_eq!(der(&many), Err(BerError::Elements));
        assert_eq!(der(&vec![0x04; 2 * 1024 * 1024 + 1]), Err(BerError::Size));
    }

    proptest! {
        #[test]
        fn any_bytes_end_in_an_answer_and_der_stays(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(once) = der(&bytes) {
                prop_assert_eq!(der(&once).unwrap(), once);
            }
        }
    }
}
