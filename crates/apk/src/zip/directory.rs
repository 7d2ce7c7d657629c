//! The central directory (section 4.3.12): what it says of each entry.

use crate::{Error, MAX_UNPACKED, bytes::Bytes};
use std::collections::HashSet;

const SIGNATURE: &[u8] = b"PK\x01\x02";
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// Encrypted, strongly encrypted, with a masked directory (section 4.4.4).
pub(super) const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
/// The longest name that is taken, in bytes.
const MAX_NAME: usize = 512;
/// Deflate makes a byte of no more than 1032.
const DEFLATE_AT_MOST: u64 = 1032;

/// An entry.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) method: u16,
    pub(super) crc: u32,
    /// Its size in the file.
    pub(super) packed: u32,
    /// Its size when unpacked.
    pub(super) unpacked: u32,
    /// Where its local header is.
    pub(super) offset: u32,
}

impl Entry {
    pub(super) const fn is_deflated(&self) -> bool {
        self.method == DEFLATED
    }
}

/// All entries: so many, and nothing after them.
pub(super) fn read(bytes: &[u8], count: u16) -> Result<Vec<Entry>, Error> {
    let damaged = || Error::Zip("its list of entries");
    let mut bytes = Bytes::new(bytes);
    let mut entries = Vec::new();
    for _ in 0..count {
        entries.push(entry(&mut bytes).ok_or_else(damaged)??);
    }
    if !bytes.is_empty() {
        return Err(damaged());
    }
    let mut names = HashSet::new();
    if let Some(twice) = entries.iter().find(|e| !names.insert(e.name.as_str())) {
        return Err(Error::Twice(twice.name.clone()));
    }
    let unpacked: u64 = entries.iter().map(|e| u64::from(e.unpacked)).sum();
    if unpacked > MAX_UNPACKED {
        return Err(Error::Bomb);
    }
    Ok(entries)
}

fn entry(bytes: &mut Bytes<'_>) -> Option<Result<Entry, Error>> {
    if bytes.take(SIGNATURE.len())? != SIGNATURE {
        return None;
    }
    let (_made_by, _needed, flags, method) = (bytes.u16()?, bytes.u16()?, bytes.u16()?, bytes.u16()?);
    let (_time, _date) = (bytes.u16()?, bytes.u16()?);
    let (crc, packed, unpacked) = (bytes.u32()?, bytes.u32()?, bytes.u32()?);
    let (name, extra, comment) = (bytes.u16()?, bytes.u16()?, bytes.u16()?);
    let (_disk, _internal, _external, offset) = (bytes.u16()?, bytes.u16()?, bytes.u32()?, bytes.u32()?);
    let name = bytes.take(usize::from(name))?;
    bytes.take(usize::from(extra))?;
    bytes.take(usize::from(comment))?;
    let entry = |name| Entry { name, method, crc, packed, unpacked, offset };
    Some(safe_name(name).map(entry).and_then(|entry| checked(entry, flags)))
}

fn checked(entry: Entry, flags: u16) -> Result<Entry, Error> {
    let (packed, unpacked) = (u64::from(entry.packed), u64::from(entry.unpacked));
    if entry.packed == u32::MAX || entry.unpacked == u32::MAX || entry.offset == u32::MAX {
        Err(Error::Zip64)
    } else if flags & ENCRYPTED != 0 {
        Err(Error::Encrypted(entry.name))
    } else if entry.method != STORED && entry.method != DEFLATED {
        Err(Error::Packing(entry.name))
    } else if (entry.method == STORED && packed != unpacked) || unpacked > packed * DEFLATE_AT_MOST {
        Err(Error::Untrue(entry.name))
    } else {
        Ok(entry)
    }
}

/// A name of a length that can be shown, that stays inside whatever folder it is unpacked into, and has
/// no control characters.
fn safe_name(name: &[u8]) -> Result<String, Error> {
    let beginning = name.get(..MAX_NAME).unwrap_or(name);
    let bad = || Error::EntryName(String::from_utf8_lossy(beginning).into_owned());
    let text = str::from_utf8(name).map_err(|_| bad())?;
    // A folder's name ends with a slash.
    let path = text.strip_suffix('/').unwrap_or(text);
    let stays = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if stays && text.len() <= MAX_NAME && !text.contains('\\') && !text.contains(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err(bad())
    }
}
