//! DER (X.690) as this crate needs it: elements as slices of the bytes as they came, and a small writer.
//!
//! Signatures are verified over bytes as they came: parsers into owned types write a SET OF in another order
//! than some clients sign it in, and their signatures then seem wrong.

pub mod oid;
mod read;
pub mod write;

pub(crate) use read::header as read_header;
pub use read::{Element, Reader};

/// BOOLEAN.
pub const BOOLEAN: u8 = 0x01;
/// INTEGER.
pub const INTEGER: u8 = 0x02;
/// BIT STRING.
pub const BIT_STRING: u8 = 0x03;
/// OCTET STRING.
pub const OCTET_STRING: u8 = 0x04;
/// NULL.
pub const NULL: u8 = 0x05;
/// OBJECT IDENTIFIER.
pub const OBJECT_IDENTIFIER: u8 = 0x06;
/// ENUMERATED.
pub const ENUMERATED: u8 = 0x0a;
/// UTF8String.
pub const UTF8_STRING: u8 = 0x0c;
/// PrintableString.
pub const PRINTABLE_STRING: u8 = 0x13;
/// TeletexString.
pub const TELETEX_STRING: u8 = 0x14;
/// IA5String.
pub const IA5_STRING: u8 = 0x16;
/// UTCTime.
pub const UTC_TIME: u8 = 0x17;
/// GeneralizedTime.
pub const GENERALIZED_TIME: u8 = 0x18;
/// BMPString.
pub const BMP_STRING: u8 = 0x1e;
/// SEQUENCE.
pub const SEQUENCE: u8 = 0x30;
/// SET.
pub const SET: u8 = 0x31;

/// `[n]`, constructed.
#[must_use]
pub const fn constructed(n: u8) -> u8 {
    0xa0 | n
}

/// `[n]`, primitive.
#[must_use]
pub const fn primitive(n: u8) -> u8 {
    0x80 | n
}

/// The bytes are not what they should be. Says which part, never what it held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed: {0}")]
pub struct Malformed(pub &'static str);
