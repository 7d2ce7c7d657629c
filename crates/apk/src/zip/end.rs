//! The end of a ZIP: the end of central directory record (section 4.3.16).

use super::{read_at, surplus};
use crate::{Error, MAX_DIRECTORY, bytes::Bytes};
use std::io::{Read, Seek};

pub(super) const SIGNATURE: &[u8] = b"PK\x05\x06";
const ZIP64_LOCATOR: &[u8] = b"PK\x06\x07";
/// Its length without the comment.
pub(super) const LENGTH: usize = 22;
/// The length of ZIP64's locator, which stands right before it.
const LOCATOR: usize = 20;
/// Where in it the directory's offset stands.
const OFFSET_AT: usize = 16;

/// The end of central directory record.
pub(crate) struct End {
    /// Where the central directory begins.
    pub(crate) directory_start: u64,
    /// Where it ends and this record begins.
    pub(crate) start: u64,
    /// How many entries there are.
    pub(super) entries: u16,
    raw: Vec<u8>,
}

impl End {
    /// Finds it as Android does: the one with the shortest comment that reaches to the file's end.
    pub(super) fn find(file: &mut (impl Read + Seek), size: u64) -> Result<Self, Error> {
        let begins = begins_at(file, 0)?;
        let most = LOCATOR + LENGTH + usize::from(u16::MAX);
        let length = usize::try_from(size).map_or(most, |size| size.min(most));
        let mut tail = vec![0; length];
        let tail_start = size - length as u64;
        read_at(file, tail_start, &mut tail)?;
        let last = length.checked_sub(LENGTH);
        let Some(at) = last.and_then(|last| (0..=last).rev().find(|&at| is_end(&tail, at))) else {
            return Err(if begins { surplus::after(file, size)? } else { Error::NotZip });
        };
        let (raw, start) = (tail.get(at..).unwrap_or_default(), tail_start + at as u64);
        if let Some(before) = surplus::before(file, raw, start)? {
            return Err(before);
        }
        if !begins {
            return Err(Error::NotZip);
        }
        if at.checked_sub(LOCATOR).is_some_and(|at| starts_at(&tail, at, ZIP64_LOCATOR)) {
            return Err(Error::Zip64);
        }
        Self::parse(raw, start)
    }

    fn parse(raw: &[u8], start: u64) -> Result<Self, Error> {
        let mut bytes = Bytes::new(raw);
        let mut fields = || {
            bytes.take(SIGNATURE.len())?;
            let disks_and_counts = (bytes.u16()?, bytes.u16()?, bytes.u16()?, bytes.u16()?);
            Some((disks_and_counts, bytes.u32()?, bytes.u32()?))
        };
        let ((disk, directory_disk, entries_here, entries), size, offset) = fields().ok_or(Error::CutOff)?;
        if entries == u16::MAX || size == u32::MAX || offset == u32::MAX {
            return Err(Error::Zip64);
        }
        // Android wants the directory right before this record, so that nothing hides between.
        let adjacent = u64::from(offset) + u64::from(size) == start;
        if disk != 0 || directory_disk != 0 || entries_here != entries || !adjacent {
            return Err(Error::Zip("its end"));
        }
        if u64::from(size) > MAX_DIRECTORY {
            return Err(Error::Bomb);
        }
        Ok(Self { directory_start: u64::from(offset), start, entries, raw: raw.to_vec() })
    }

    pub(super) const fn directory_size(&self) -> u64 {
        self.start - self.directory_start
    }

    /// The record as it was when it was signed: the directory began where the signing block begins now.
    pub(crate) fn with_directory_at(&self, offset: u32) -> Vec<u8> {
        let mut raw = self.raw.clone();
        if let Some(field) = raw.get_mut(OFFSET_AT..OFFSET_AT + 4) {
            field.copy_from_slice(&offset.to_le_bytes());
        }
        raw
    }
}

/// Whether the first entry of a ZIP begins at that place; a file that ends before has none.
pub(super) fn begins_at(file: &mut (impl Read + Seek), offset: u64) -> Result<bool, Error> {
    let mut magic = [0; 4];
    match read_at(file, offset, &mut magic) {
        Err(Error::CutOff) => Ok(false),
        read => read.map(|()| magic == *b"PK\x03\x04"),
    }
}

fn is_end(tail: &[u8], at: usize) -> bool {
    let comment = tail.get(at + LENGTH - 2..at + LENGTH).map(|b| Bytes::new(b).u16());
    starts_at(tail, at, SIGNATURE) && comment == Some(u16::try_from(tail.len() - at - LENGTH).ok())
}

fn starts_at(bytes: &[u8], at: usize, what: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(what))
}
