//! A writer of DER: each function gives the bytes of one element.

use super::{
    BIT_STRING, BOOLEAN, GENERALIZED_TIME, INTEGER, Malformed, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE,
    SET, UTC_TIME, constructed,
};
use der::asn1::ObjectIdentifier;

/// NULL.
pub const NULL: &[u8] = &[0x05, 0x00];

/// An element with these parts in it.
#[must_use]
pub fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|p| p.len()).sum();
    let mut out = Vec::with_capacity(length + 6);
    header(&mut out, tag, length);
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

/// Tag and length (X.690, section 10.1).
pub(crate) fn header(out: &mut Vec<u8>, tag: u8, length: usize) {
    out.push(tag);
    if let Ok(short @ 0..0x80) = u8::try_from(length) {
        out.push(short);
        return;
    }
    let octets = length.to_be_bytes();
    let start = octets.iter().position(|b| *b != 0).unwrap_or(octets.len());
    let octets = octets.get(start..).unwrap_or_default();
    // A usize has eight octets at most.
    out.push(0x80 | u8::try_from(octets.len()).unwrap_or_default());
    out.extend_from_slice(octets);
}

/// SEQUENCE.
#[must_use]
pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(SEQUENCE, parts)
}

/// SET OF, its elements in order (X.690, section 11.6).
#[must_use]
pub fn set_of(mut elements: Vec<Vec<u8>>) -> Vec<u8> {
    elements.sort_unstable();
    element(SET, &elements.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// `[n]` EXPLICIT.
#[must_use]
pub fn explicit(n: u8, inner: &[u8]) -> Vec<u8> {
    element(constructed(n), &[inner])
}

/// OBJECT IDENTIFIER.
#[must_use]
pub fn oid(oid: ObjectIdentifier) -> Vec<u8> {
    element(OBJECT_IDENTIFIER, &[oid.as_bytes()])
}

/// AlgorithmIdentifier with these parameters (RFC 5280, section 4.1.1.2).
#[must_use]
pub fn algorithm(algorithm: ObjectIdentifier, parameters: &[u8]) -> Vec<u8> {
    sequence(&[&oid(algorithm), parameters])
}

/// OCTET STRING.
#[must_use]
pub fn octets(content: &[u8]) -> Vec<u8> {
    element(OCTET_STRING, &[content])
}

/// BIT STRING of whole octets.
#[must_use]
pub fn bits(content: &[u8]) -> Vec<u8> {
    element(BIT_STRING, &[&[0], content])
}

/// BOOLEAN TRUE.
#[must_use]
pub fn yes() -> Vec<u8> {
    element(BOOLEAN, &[&[0xff]])
}

/// INTEGER of an unsigned number, big-endian.
#[must_use]
pub fn unsigned(number: &[u8]) -> Vec<u8> {
    let start = number.iter().position(|b| *b != 0).unwrap_or(number.len());
    let digits = number.get(start..).unwrap_or_default();
    match digits.first() {
        Some(first) if *first < 0x80 => element(INTEGER, &[digits]),
        _ => element(INTEGER, &[&[0], digits]),
    }
}

/// A small INTEGER.
#[must_use]
pub fn small(number: u32) -> Vec<u8> {
    unsigned(&number.to_be_bytes())
}

/// UTCTime until 2049, GeneralizedTime after (RFC 5280, section 4.1.2.5); seconds since the Unix epoch.
///
/// # Errors
/// [`Malformed`] before 1970 and after 9999.
pub fn time(seconds: i64) -> Result<Vec<u8>, Malformed> {
    let wrong = Malformed("a time outside the years 1970 to 9999");
    let since = std::time::Duration::from_secs(u64::try_from(seconds).map_err(|_| wrong)?);
    let t = der::DateTime::from_unix_duration(since).map_err(|_| wrong)?;
    let rest = format!("{:02}{:02}{:02}{:02}{:02}Z", t.month(), t.day(), t.hour(), t.minutes(), t.seconds());
    Ok(if t.year() < 2050 {
        element(UTC_TIME, &[format!("{:02}", t.year() % 100).as_bytes(), rest.as_bytes()])
    } else {
        element(GENERALIZED_TIME, &[format!("{:04}", t.year()).as_bytes(), rest.as_bytes()])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::Reader;

    #[test]
    fn what_is_written_is_read_again() {
        for length in [0_usize, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000] {
            let bytes = octets(&vec![7; length]);
            assert_eq!(Reader::new(&bytes).octets("x").map(<[u8]>::len), Ok(length));
        }
        for number in [0, 1, 127, 128, 255, 256, u32::MAX] {
            assert_eq!(Reader::new(&small(number)).small("x"), Ok(number));
        }
    }

    #[test]
    fn times_change_their_form_in_2050() {
        let form = |seconds| String::from_utf8_lossy(&time(seconds).unwrap()[2..]).into_owned();
        assert_eq!(form(0), "700101000000Z");
        assert_eq!(form(2_524_607_999), "491231235959Z");
        assert_eq!(form(2_524_608_000), "20500101000000Z");
        assert_eq!(Reader::new(&time(2_524_608_000).unwrap()).time("x"), Ok(2_524_608_000));
        assert!(time(-1).is_err() && time(i64::MAX).is_err());
    }
}
