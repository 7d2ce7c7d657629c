//! A signer of scheme v2 or v3: read, and verified but for the contents' digest ("APK Signature Scheme v2 Block").

use super::{
    MAX_SIGNERS,
    algorithm::{Algorithm, Digest},
    certificate::{Key, fingerprint},
    lineage,
};
use crate::{Error, Scheme, bytes::Bytes};
use std::ops::RangeInclusive;

/// The most signatures, digests, certificates or attributes of a signer.
const MAX_PARTS: usize = 64;
/// In v2: the number of a newer scheme by which the package is signed, too.
const NEWER_SCHEME: u32 = 0xbeef_f00d;
/// In v3: the lineage; the first API level of v3.1.
const LINEAGE: u32 = 0x3ba0_6f8c;
const ROTATION_SINCE: u32 = 0x559f_8b02;

/// A signer whose signature holds.
pub(super) struct Signer {
    digest: (Digest, Vec<u8>),
    certificate: [u8; 32],
    lineage: Vec<[u8; 32]>,
    /// The API levels for which it signs.
    pub(super) sdks: RangeInclusive<u32>,
    pub(super) newer_scheme: Option<u32>,
    pub(super) rotation_since: Option<u32>,
}

/// What was read of a signer.
struct Parts<'a> {
    signed: Bytes<'a>,
    sdks: RangeInclusive<u32>,
    signatures: Vec<(u32, &'a [u8])>,
    key: &'a [u8],
}

/// What is in its signed data.
struct Signed<'a> {
    digests: Vec<(u32, &'a [u8])>,
    certificates: Vec<&'a [u8]>,
    sdks: RangeInclusive<u32>,
    attributes: Vec<(u32, &'a [u8])>,
}

/// All signers of a scheme's block; at least one.
pub(super) fn read(value: &[u8], scheme: Scheme) -> Result<Vec<Signer>, Error> {
    let mut block = Bytes::new(value);
    let signers = block.prefixed().filter(|_| block.is_empty()).ok_or(Error::SigningBlock("its signers"))?;
    // One more than may be, to tell too many from what cannot be read.
    let signers = signers.each(MAX_SIGNERS + 1, Bytes::prefixed).ok_or(Error::SigningBlock("its signers"))?;
    if signers.is_empty() {
        return Err(Error::SigningBlock("its signers"));
    }
    if signers.len() > MAX_SIGNERS {
        return Err(Error::Signers);
    }
    signers.into_iter().map(|signer| Signer::verify(signer, scheme)).collect()
}

impl Signer {
    fn verify(bytes: Bytes<'_>, scheme: Scheme) -> Result<Self, Error> {
        let parts = parts(bytes, scheme).ok_or(Error::SigningBlock("a signer"))?;
        let ids: Vec<u32> = parts.signatures.iter().map(|signature| signature.0).collect();
        let known = parts.signatures.iter().filter_map(|s| Some((Algorithm::from_id(s.0)?, s)));
        // Of equals the first, as in Android.
        let best = known.rev().max_by_key(|(algorithm, _)| algorithm.digest());
        let (algorithm, (id, signature)) = best.ok_or_else(|| Algorithm::refused(&ids))?;
        algorithm.verify(&Key::from_spki(parts.key)?, parts.signed.rest(), signature)?;
        let signed = signed(parts.signed, scheme).ok_or(Error::SigningBlock("signed data"))?;
        if !signed.digests.iter().map(|digest| digest.0).eq(ids) {
            return Err(Error::Digests);
        }
        if signed.sdks != parts.sdks {
            return Err(Error::SdkRange);
        }
        let certificate = *signed.certificates.first().ok_or(Error::Certificate)?;
        if Key::of_certificate(certificate)?.spki != parts.key {
            return Err(Error::OtherKey);
        }
        let digest = signed.digests.iter().find(|digest| digest.0 == *id).ok_or(Error::Digests)?;
        let attribute = |id| signed.attributes.iter().find(|a| a.0 == id).map(|a| a.1);
        let certificate = fingerprint(certificate);
        let lineage = match attribute(LINEAGE) {
            Some(value) if scheme != Scheme::V2 => lineage::read(value, &certificate)?,
            _ => vec![certificate],
        };
        let number = |id| attribute(id).and_then(|value| Bytes::new(value).u32());
        Ok(Self {
            digest: (algorithm.digest(), digest.1.to_vec()),
            certificate,
            lineage,
            sdks: signed.sdks,
            newer_scheme: number(NEWER_SCHEME).filter(|_| scheme == Scheme::V2),
            rotation_since: number(ROTATION_SINCE).filter(|_| scheme == Scheme::V3),
        })
    }

    pub(super) const fn digest_algorithm(&self) -> Digest {
        self.digest.0
    }

    /// The digest over the contents that it has signed.
    pub(super) fn digest(&self) -> &[u8] {
        &self.digest.1
    }

    pub(super) const fn certificate(&self) -> [u8; 32] {
        self.certificate
    }

    /// Its certificates from the oldest to its own, which is the only one without rotation.
    pub(super) fn lineage(&self) -> Vec<[u8; 32]> {
        self.lineage.clone()
    }
}

fn parts(mut bytes: Bytes<'_>, scheme: Scheme) -> Option<Parts<'_>> {
    let signed = bytes.prefixed()?;
    let sdks = sdks(&mut bytes, scheme)?;
    let signatures = bytes.prefixed()?.each(MAX_PARTS, numbered)?;
    let key = bytes.prefixed()?.rest();
    Some(Parts { signed, sdks, signatures, key })
}

fn signed(mut bytes: Bytes<'_>, scheme: Scheme) -> Option<Signed<'_>> {
    let digests = bytes.prefixed()?.each(MAX_PARTS, numbered)?;
    let certificates = bytes.prefixed()?.each(MAX_PARTS, |bytes| Some(bytes.prefixed()?.rest()))?;
    let sdks = sdks(&mut bytes, scheme)?;
    let attributes = bytes.prefixed()?.each(MAX_PARTS, |bytes| {
        let mut attribute = bytes.prefixed()?;
        Some((attribute.u32()?, attribute.rest()))
    })?;
    Some(Signed { digests, certificates, sdks, attributes })
}

/// An algorithm's number and what goes with it.
fn numbered<'a>(bytes: &mut Bytes<'a>) -> Option<(u32, &'a [u8])> {
    let mut one = bytes.prefixed()?;
    Some((one.u32()?, one.prefixed()?.rest()))
}

/// The first and last API level, which v2 does not have.
fn sdks(bytes: &mut Bytes<'_>, scheme: Scheme) -> Option<RangeInclusive<u32>> {
    if scheme == Scheme::V2 {
        return Some(0..=u32::MAX);
    }
    Some(bytes.u32()?..=bytes.u32()?)
}
