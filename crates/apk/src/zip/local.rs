//! The header before an entry's data (section 4.3.7), which must agree with the directory.

use super::{
    directory::{ENCRYPTED, Entry},
    read_at,
};
use crate::{Error, bytes::Bytes};
use std::{
    io::{Read, Seek},
    ops::Range,
};

const SIGNATURE: &[u8] = b"PK\x03\x04";
/// Its length without name and extra field.
const LENGTH: usize = 30;
/// The sizes follow the data (section 4.4.4, bit 3).
const DESCRIPTOR: u16 = 1 << 3;

/// Where the entry's data is.
pub(super) fn data(file: &mut (impl Read + Seek), entry: &Entry) -> Result<Range<u64>, Error> {
    // What cannot be read there is no end of the file: the directory lies behind.
    let untrue = || Error::Untrue(entry.name.clone());
    let mut header = vec![0; LENGTH + entry.name.len()];
    read_at(file, u64::from(entry.offset), &mut header).map_err(|error| match error {
        Error::CutOff => untrue(),
        other => other,
    })?;
    let extra = agreed(&header, entry).ok_or_else(untrue)?;
    let start = u64::from(entry.offset) + header.len() as u64 + u64::from(extra);
    Ok(start..start + u64::from(entry.packed))
}

/// The length of the extra field, if all that the header says is what the directory says.
fn agreed(header: &[u8], entry: &Entry) -> Option<u16> {
    let mut bytes = Bytes::new(header);
    let signature = bytes.take(SIGNATURE.len())?;
    let (_needed, flags, method) = (bytes.u16()?, bytes.u16()?, bytes.u16()?);
    let (_time, _date) = (bytes.u16()?, bytes.u16()?);
    let said = (bytes.u32()?, bytes.u32()?, bytes.u32()?);
    let (name, extra) = (bytes.u16()?, bytes.u16()?);
    let later = flags & DESCRIPTOR != 0 && said == (0, 0, 0);
    let same = signature == SIGNATURE
        && flags & ENCRYPTED == 0
        && method == entry.method
        && (later || said == (entry.crc, entry.packed, entry.unpacked))
        && usize::from(name) == entry.name.len()
        && bytes.rest() == entry.name.as_bytes();
    same.then_some(extra)
}
