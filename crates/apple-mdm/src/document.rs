//! Reading XML property lists that come from outside: bounded, refused rather than guessed at, never a panic.
//!
//! Binary and ASCII property lists are not read: Apple's devices send XML, and 134 bytes of a binary one can become
//! a gigabyte. Everything is looked at twice: by a scan of our own, which refuses what the `plist` crate would
//! silently drop or would not survive, and then by that crate.

use crate::scan;
use plist::{Dictionary, Value};

/// How much is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole document.
    pub bytes: usize,
    /// Elements, keys counted too.
    pub elements: usize,
    /// Containers inside each other.
    pub depth: usize,
}

impl Limits {
    /// For check-in messages: the largest real one, `TokenUpdate` with its `UnlockToken`, has 5 kB.
    pub const CHECK_IN: Self = Self { bytes: 1 << 20, elements: 4_000, depth: 16 };
    /// For answers to commands: a list of a thousand apps has 600 kB.
    pub const ANSWER: Self = Self { bytes: 4 << 20, elements: 100_000, depth: 64 };
    /// For profiles that people upload.
    pub const UPLOAD: Self = Self { bytes: 1 << 20, elements: 20_000, depth: 64 };
}

/// Why a document is not read. `at` is a byte offset.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// More bytes than allowed.
    #[error("larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// Containers too deep inside each other.
    #[error("nested deeper than {limit} levels at byte {at}")]
    TooDeep {
        /// The limit.
        limit: usize,
        /// Where.
        at: usize,
    },
    /// More elements than allowed.
    #[error("more than {limit} elements")]
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// It is not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// It is not XML at all; a binary property list or a signed (CMS) message, for instance.
    #[error("not an XML property list")]
    NotXml,
    /// A document type with an internal subset, which may define entities; or a second one.
    #[error("a document type that defines something at byte {at}")]
    DocumentType {
        /// Where.
        at: usize,
    },
    /// A reference that is neither one of XML's five nor a character's number.
    #[error("an unknown reference at byte {at}")]
    Reference {
        /// Where.
        at: usize,
    },
    /// CDATA, a processing instruction, attributes, an element that property lists do not have, a wrong place.
    #[error("{what} at byte {at}")]
    Structure {
        /// What it is.
        what: &'static str,
        /// Where.
        at: usize,
    },
    /// A key twice in the same dictionary: programs differ in which of the two counts.
    #[error("the key {key:?} is there twice at byte {at}")]
    DuplicateKey {
        /// Its name, cut to 64 characters.
        key: String,
        /// Where.
        at: usize,
    },
    /// A value that is none of its kind: base64, number, date.
    #[error("a value that cannot be read: {0}")]
    Value(String),
    /// The outermost value is no dictionary.
    #[error("not a dictionary")]
    NotDictionary,
}

/// Reads any value.
///
/// # Errors
/// [`Unreadable`] says why not.
pub fn value(bytes: &[u8], limits: Limits) -> Result<Value, Unreadable> {
    if bytes.len() > limits.bytes {
        return Err(Unreadable::TooLarge { limit: limits.bytes });
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| match bytes.first() {
        Some(b'<') => Unreadable::NotUtf8,
        _ => Unreadable::NotXml,
    })?;
    scan::check(text, limits)?;
    Value::from_reader_xml(bytes).map_err(|e| Unreadable::Value(e.to_string()))
}

/// Reads a document whose outermost value is a dictionary, as all of the protocol's are.
///
/// # Errors
/// [`Unreadable`] says why not.
pub fn dictionary(bytes: &[u8], limits: Limits) -> Result<Dictionary, Unreadable> {
    value(bytes, limits)?.into_dictionary().ok_or(Unreadable::NotDictionary)
}
