//! The digest over a package's contents ("Integrity-protected contents"): over pieces of 1 MiB of what is before the signing
//! block, of the central directory, and of the end of central directory record.

use super::algorithm::Digest;
use crate::{
    Error,
    zip::{self, End},
};
use aws_lc_rs::digest::Context;
use std::io::{Read, Seek};

const PIECE: usize = 1024 * 1024;
/// What goes before a piece, and before the digests of all pieces.
const OF_PIECE: u8 = 0xa5;
const OF_ALL: u8 = 0x5a;

/// The digests that the signers have signed one of.
pub(super) struct Digests(Vec<(Digest, Vec<u8>)>);

impl Digests {
    /// Reads the contents once, whatever the number of digests.
    pub(super) fn of(
        file: &mut (impl Read + Seek),
        end: &End,
        block_start: u64,
        wanted: impl Iterator<Item = Digest>,
    ) -> Result<Self, Error> {
        let mut wanted: Vec<Digest> = wanted.collect();
        wanted.sort_unstable();
        wanted.dedup();
        let as_signed = end.with_directory_at(u32::try_from(block_start).map_err(|_| Error::Zip64)?);
        let sections = [0..block_start, end.directory_start..end.start];
        let pieces = |length: u64| length.div_ceil(PIECE as u64);
        let count =
            sections.iter().map(|s| pieces(s.end - s.start)).sum::<u64>() + pieces(as_signed.len() as u64);
        let mut sums: Vec<Sum> = wanted.iter().map(|digest| Sum::new(*digest, count as u32)).collect();
        let mut buffer = vec![0; PIECE];
        for section in sections {
            let mut at = section.start;
            while at < section.end {
                let length = usize::try_from(section.end - at).map_or(PIECE, |left| left.min(PIECE));
                let piece = buffer.get_mut(..length).unwrap_or_default();
                zip::read_at(file, at, piece)?;
                sums.iter_mut().for_each(|sum| sum.add(piece));
                at += length as u64;
            }
        }
        sums.iter_mut().for_each(|sum| sum.add(&as_signed));
        Ok(Self(wanted.into_iter().zip(sums.into_iter().map(Sum::finish)).collect()))
    }

    /// Whether this is the digest of that kind.
    pub(super) fn match_signed(&self, digest: Digest, signed: &[u8]) -> bool {
        self.0.iter().any(|(kind, value)| *kind == digest && value == signed)
    }
}

/// A digest over the digests of pieces.
struct Sum {
    digest: Digest,
    all: Context,
}

impl Sum {
    fn new(digest: Digest, count: u32) -> Self {
        let mut all = Context::new(digest.algorithm());
        all.update(&[OF_ALL]);
        all.update(&count.to_le_bytes());
        Self { digest, all }
    }

    fn add(&mut self, piece: &[u8]) {
        let mut one = Context::new(self.digest.algorithm());
        one.update(&[OF_PIECE]);
        one.update(&(piece.len() as u32).to_le_bytes());
        one.update(piece);
        self.all.update(one.finish().as_ref());
    }

    fn finish(self) -> Vec<u8> {
        self.all.finish().as_ref().to_vec()
    }
}
