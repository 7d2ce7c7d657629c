//! The APK Signing Block, which lies right before the central directory ("APK Signing Block", format).

use crate::{Error, MAX_SIGNING_BLOCK, bytes::Bytes, zip};
use std::io::{Read, Seek};

const MAGIC: &[u8] = b"APK Sig Block 42";
/// The size once more, and the magic.
const FOOTER: u64 = 24;
/// The size in front.
const HEADER: u64 = 8;
/// The most pairs in it.
const MAX_PAIRS: usize = 64;

/// The signing block: values by their identifiers.
pub(crate) struct Block {
    start: u64,
    pairs: Vec<(u32, Vec<u8>)>,
}

impl Block {
    /// The block that ends where the directory starts, if there is one.
    pub(crate) fn find(file: &mut (impl Read + Seek), directory_start: u64) -> Result<Option<Self>, Error> {
        let Some(footer_at) = directory_start.checked_sub(FOOTER) else { return Ok(None) };
        let mut footer = [0; FOOTER as usize];
        zip::read_at(file, footer_at, &mut footer)?;
        let mut footer = Bytes::new(&footer);
        let size = footer.u64().unwrap_or_default();
        if footer.rest() != MAGIC {
            return Ok(None);
        }
        let damaged = |what| move || Error::SigningBlock(what);
        // The size counts what comes after the first field.
        if !(FOOTER..=MAX_SIGNING_BLOCK).contains(&size) {
            return Err(Error::SigningBlock("its size"));
        }
        let start = directory_start.checked_sub(size + HEADER).ok_or_else(damaged("its size"))?;
        let length = usize::try_from(size + HEADER - FOOTER).map_err(|_| Error::SigningBlock("its size"))?;
        let mut bytes = vec![0; length];
        zip::read_at(file, start, &mut bytes)?;
        let mut bytes = Bytes::new(&bytes);
        if bytes.u64() != Some(size) {
            return Err(Error::SigningBlock("its two sizes"));
        }
        let pairs = bytes.each(MAX_PAIRS, pair).ok_or_else(damaged("its parts"))?;
        let twice = pairs.iter().enumerate().any(|(n, pair)| pairs.iter().skip(n + 1).any(|p| p.0 == pair.0));
        if twice {
            Err(Error::SigningBlock("a part that is there twice"))
        } else {
            Ok(Some(Self { start, pairs }))
        }
    }

    /// Where it starts, and the contents end.
    pub(crate) const fn start(&self) -> u64 {
        self.start
    }

    pub(super) fn value(&self, id: u32) -> Option<&[u8]> {
        self.pairs.iter().find(|pair| pair.0 == id).map(|pair| pair.1.as_slice())
    }
}

fn pair(bytes: &mut Bytes<'_>) -> Option<(u32, Vec<u8>)> {
    let length = usize::try_from(bytes.u64()?).ok()?;
    let mut pair = Bytes::new(bytes.take(length)?);
    Some((pair.u32()?, pair.rest().to_vec()))
}
