//! The lineage of rotated keys ("Proof-of-rotation struct"): each key has signed the certificate of the next.

use super::{
    algorithm::Algorithm,
    certificate::{Key, fingerprint},
};
use crate::{Error, bytes::Bytes};

/// The most keys in a lineage that is read.
const MAX_KEYS: usize = 64;

/// One key of it.
struct Level<'a> {
    signed: &'a [u8],
    certificate: &'a [u8],
    /// With which its predecessor signed it.
    signed_with: u32,
    /// With which it signs its successor.
    signs_with: u32,
    signature: &'a [u8],
}

/// The certificates' SHA-256, from the oldest to `last`, which must be the signer's.
pub(super) fn read(value: &[u8], last: &[u8; 32]) -> Result<Vec<[u8; 32]>, Error> {
    let mut bytes = Bytes::new(value);
    let version = bytes.u32();
    let levels = bytes.each(MAX_KEYS, level).filter(|_| version == Some(1));
    let levels = levels.ok_or(Error::Lineage("it cannot be read"))?;
    for pair in levels.windows(2) {
        let [before, after] = pair else { continue };
        succeeds(before, after)?;
    }
    let certificates: Vec<_> = levels.iter().map(|level| fingerprint(level.certificate)).collect();
    let twice =
        certificates.iter().enumerate().any(|(n, one)| certificates.iter().skip(n + 1).any(|c| c == one));
    if twice {
        Err(Error::Lineage("a key is in it twice"))
    } else if certificates.last() != Some(last) {
        Err(Error::Lineage("it ends with another key than the signer's"))
    } else {
        Ok(certificates)
    }
}

/// Whether one key has signed the next.
fn succeeds(before: &Level<'_>, after: &Level<'_>) -> Result<(), Error> {
    let algorithm = Algorithm::from_id(before.signs_with).filter(|_| before.signs_with == after.signed_with);
    let algorithm = algorithm.ok_or(Error::Lineage("a way of signing that is not known"))?;
    let key = Key::of_certificate(before.certificate)?;
    algorithm.verify(&key, after.signed, after.signature).map_err(|error| match error {
        Error::Signature => Error::Lineage("a key was not signed by the one before it"),
        other => other,
    })
}

fn level<'a>(bytes: &mut Bytes<'a>) -> Option<Level<'a>> {
    let mut level = bytes.prefixed()?;
    let mut signed = level.prefixed()?;
    let whole = signed.rest();
    let (certificate, signed_with) = (signed.prefixed()?.rest(), signed.u32()?);
    // The flags say what the older key may still do on a phone, which is no question here.
    let (_flags, signs_with) = (level.u32()?, level.u32()?);
    let signature = level.prefixed()?.rest();
    Some(Level { signed: whole, certificate, signed_with, signs_with, signature })
}
