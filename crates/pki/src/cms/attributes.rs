//! The signed attributes of a message.

use super::signed::SignedError;
use crate::asn1::{Element, Reader, SET};
use der::asn1::ObjectIdentifier;

/// Signed attributes (section 5.3): each is there once.
#[derive(Clone, Debug, Default)]
pub struct Attributes<'a>(Vec<(ObjectIdentifier, &'a [u8])>);

impl<'a> Attributes<'a> {
    /// From the SET.
    pub(super) fn read(set: &'a [u8]) -> Result<Self, SignedError> {
        let what = "the signed attributes";
        let mut outer = Reader::new(set);
        let mut reader = outer.take(SET, what)?.inside();
        let mut list: Vec<(ObjectIdentifier, &[u8])> = Vec::new();
        while !reader.is_empty() {
            let mut attribute = reader.sequence(what)?;
            let kind = attribute.oid(what)?;
            let values = attribute.take(SET, what)?.content;
            attribute.end(what)?;
            if list.iter().any(|(k, _)| *k == kind) {
                return Err(SignedError::Attributes("one is there twice"));
            }
            list.push((kind, values));
        }
        Ok(Self(list))
    }

    /// The one value of that attribute; `None` when it is not there, or has another number of values.
    #[must_use]
    pub fn one(&self, wanted: ObjectIdentifier) -> Option<Element<'a>> {
        let (_, values) = self.0.iter().find(|(kind, _)| *kind == wanted)?;
        let mut reader = Reader::new(values);
        let value = reader.any("a value").ok()?;
        reader.is_empty().then_some(value)
    }
}
