//! The pool of strings of a binary XML (AOSP, `ResourceTypes.h`, `ResStringPool_header`).

use crate::bytes::Bytes;

/// The strings are in UTF-8, not in UTF-16.
const UTF8: u32 = 1 << 8;
/// The longest string that is read, in its own units: names are shorter, and what is longer is none of ours.
const MAX_LENGTH: usize = 1024;

/// The pool, whose strings are read when they are asked for: many attributes may name one long string.
#[derive(Clone, Copy)]
pub(super) struct Strings<'a> {
    offsets: &'a [u8],
    data: &'a [u8],
    utf8: bool,
}

impl<'a> Strings<'a> {
    /// From the whole chunk.
    pub(super) fn parse(chunk: &'a [u8]) -> Option<Self> {
        let mut header = Bytes::new(chunk);
        let (_type, header_size, _size) = (header.u16()?, header.u16()?, header.u32()?);
        let (count, _styles, flags, start) = (header.u32()?, header.u32()?, header.u32()?, header.u32()?);
        let offsets = usize::try_from(count).ok()?.checked_mul(4)?;
        let offsets = Bytes::new(chunk.get(usize::from(header_size)..)?).take(offsets)?;
        let data = chunk.get(usize::try_from(start).ok()?..)?;
        Some(Self { offsets, data, utf8: flags & UTF8 != 0 })
    }

    /// The string of that number.
    pub(super) fn get(&self, index: u32) -> Option<String> {
        let at = usize::try_from(index).ok()?.checked_mul(4)?;
        let offset = Bytes::new(self.offsets.get(at..)?).u32()?;
        let mut bytes = Bytes::new(self.data.get(usize::try_from(offset).ok()?..)?);
        if self.utf8 {
            // The length in UTF-16 units goes first.
            length8(&mut bytes)?;
            let length = length8(&mut bytes).filter(|length| *length <= MAX_LENGTH)?;
            String::from_utf8(bytes.take(length)?.to_vec()).ok()
        } else {
            let length = length16(&mut bytes).filter(|length| *length <= MAX_LENGTH)?;
            let units = Bytes::new(bytes.take(length * 2)?).each(length, Bytes::u16)?;
            String::from_utf16(&units).ok()
        }
    }
}

/// One byte, or two if the first has its highest bit set.
fn length8(bytes: &mut Bytes<'_>) -> Option<usize> {
    let first = usize::from(bytes.u8()?);
    Some(if first & 0x80 == 0 { first } else { (first & 0x7f) << 8 | usize::from(bytes.u8()?) })
}

/// One unit, or two if the first has its highest bit set.
fn length16(bytes: &mut Bytes<'_>) -> Option<usize> {
    let first = usize::from(bytes.u16()?);
    Some(if first & 0x8000 == 0 { first } else { (first & 0x7fff) << 16 | usize::from(bytes.u16()?) })
}
