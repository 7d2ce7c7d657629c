//! Who signed a package: the APK Signature Schemes v2, v3 and v3.1 (source.android.com, "Application signing").
//!
//! Every scheme that is there is verified, not the newest alone, since older phones look at the older ones.

mod algorithm;
mod block;
mod certificate;
mod contents;
mod lineage;
mod signer;

pub(crate) use block::Block;

use crate::{Error, Scheme, zip::Archive};
use aws_lc_rs::digest::Context;
use contents::Digests;
use signer::Signer;
use std::io::{Read, Seek};

/// The block of each scheme (the identifiers in the signing block).
const V2: u32 = 0x7109_871a;
const V3: u32 = 0xf053_68c0;
const V31: u32 = 0x1b93_ad61;
/// The most signers in one scheme, as in Android.
const MAX_SIGNERS: usize = 10;
/// The first API levels that look at v3 and at v3.1.
const V3_SINCE: u32 = 28;
const V31_SINCE: u32 = 33;
/// The last API level that there can be.
const FOREVER: u32 = i32::MAX.cast_unsigned();

/// Who signed, once all has been verified.
pub(crate) struct Signers {
    pub(crate) scheme: Scheme,
    pub(crate) certificates: Vec<[u8; 32]>,
}

pub(crate) fn sha256_of(context: Context) -> [u8; 32] {
    let (digest, mut out) = (context.finish(), [0; 32]);
    out.copy_from_slice(digest.as_ref());
    out
}

/// Verifies all signatures over the contents; `min_sdk` is the first API level that the package is for.
pub(crate) fn verify(
    file: &mut (impl Read + Seek),
    archive: &Archive,
    block: &Block,
    min_sdk: u32,
) -> Result<Signers, Error> {
    let signers = |id, scheme| block.value(id).map_or(Ok(Vec::new()), |value| signer::read(value, scheme));
    let (v2, v3, v31) = (signers(V2, Scheme::V2)?, signers(V3, Scheme::V3)?, signers(V31, Scheme::V31)?);
    let (v3, v31) = (at_most_one(v3)?, at_most_one(v31)?);
    not_stripped(&v2, v3.as_ref(), v31.as_ref())?;
    whole_range(v3.as_ref(), v31.as_ref(), min_sdk)?;
    let all = || v2.iter().chain(&v3).chain(&v31);
    if all().next().is_none() {
        return Err(if archive.has_jar_signature() { Error::JarAlone } else { Error::NotSigned });
    }
    let digests = Digests::of(file, archive.end(), block.start(), all().map(Signer::digest_algorithm))?;
    if !all().all(|signer| digests.match_signed(signer.digest_algorithm(), signer.digest())) {
        return Err(Error::Changed);
    }
    together(v2, v3, v31)
}

/// v3 knows several signers for separate ranges of API levels; nothing makes such packages, and which one a phone takes would
/// hang on its Android.
fn at_most_one(mut signers: Vec<Signer>) -> Result<Option<Signer>, Error> {
    let one = signers.pop();
    if signers.is_empty() { Ok(one) } else { Err(Error::Signers) }
}

/// Each scheme says that the newer one is there, so that nobody takes it away.
fn not_stripped(v2: &[Signer], v3: Option<&Signer>, v31: Option<&Signer>) -> Result<(), Error> {
    if v3.is_none() && v2.iter().any(|signer| signer.newer_scheme == Some(3)) {
        return Err(Error::Stripped("v3"));
    }
    match (v3, v31) {
        // Android 9 to 12 knows no v3.1.
        (None, Some(_)) => Err(Error::Stripped("v3")),
        (Some(v3), None) if v3.rotation_since.is_some() => Err(Error::Stripped("v3.1")),
        (Some(v3), Some(v31)) if v3.rotation_since.is_some_and(|since| since != *v31.sdks.start()) => {
            Err(Error::SdkRange)
        }
        _ => Ok(()),
    }
}

/// From the first Android that looks at v3, or that the package is for, to the last there can be.
fn whole_range(v3: Option<&Signer>, v31: Option<&Signer>, min_sdk: u32) -> Result<(), Error> {
    let Some(v3) = v3 else { return Ok(()) };
    let begins = *v3.sdks.start() <= min_sdk.max(V3_SINCE);
    let ends = match v31 {
        None => *v3.sdks.end() == FOREVER,
        Some(v31) => {
            let since = (*v31.sdks.start()).max(V31_SINCE);
            *v31.sdks.end() == FOREVER && *v3.sdks.end() >= since - 1
        }
    };
    if begins && ends { Ok(()) } else { Err(Error::SdkRange) }
}

/// The newest scheme's certificates. The older schemes must have signers from its lineage: v2, which knows no rotation, the oldest.
fn together(v2: Vec<Signer>, v3: Option<Signer>, v31: Option<Signer>) -> Result<Signers, Error> {
    let (scheme, newest, older) = match (v3, v31) {
        (None, None) => {
            return Ok(Signers {
                scheme: Scheme::V2,
                certificates: v2.iter().map(Signer::certificate).collect(),
            });
        }
        (Some(v3), None) => (Scheme::V3, v3, None),
        (v3, Some(v31)) => (Scheme::V31, v31, v3),
    };
    let certificates = newest.lineage();
    let oldest = certificates.first();
    let v2_fits = v2.is_empty() || (v2.len() == 1 && v2.first().map(Signer::certificate).as_ref() == oldest);
    let older_fits = older.is_none_or(|older| certificates.starts_with(&older.lineage()));
    if v2_fits && older_fits { Ok(Signers { scheme, certificates }) } else { Err(Error::SchemesDiffer) }
}
