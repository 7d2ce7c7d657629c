//! The Cryptographic Message Syntax (RFC 5652): signed and enveloped data.

mod attributes;
mod enveloped;
mod sign;
mod signed;

pub use attributes::Attributes;
pub use enveloped::{DecryptError, EncryptError, Opened, decrypt, encrypt};
pub use sign::{Content, SignError, Signature, certificates_only};
pub use signed::{SignedData, SignedError, Verified, certificates};

use crate::asn1::{Malformed, Reader, constructed, oid, write};
use der::asn1::ObjectIdentifier;

/// What is in a ContentInfo of that type (section 3).
fn content_info(der: &[u8], wanted: ObjectIdentifier) -> Result<Reader<'_>, Malformed> {
    let what = "ContentInfo";
    let mut outer = Reader::whole(der, what)?;
    if outer.oid(what)? != wanted {
        return Err(Malformed("the type of the content"));
    }
    let content = outer.take(constructed(0), what)?;
    outer.end(what)?;
    Reader::whole(content.content, what)
}

/// A ContentInfo of that type.
fn write_content_info(kind: ObjectIdentifier, content: &[u8]) -> Vec<u8> {
    write::sequence(&[&write::oid(kind), &write::explicit(0, content)])
}

/// id-data, as most contents are.
pub const DATA: ObjectIdentifier = oid::DATA;
