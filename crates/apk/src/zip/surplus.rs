//! What stands before or after a ZIP that is whole in itself, so that it can be said what is wrong.

use super::{
    end::{LENGTH, SIGNATURE, begins_at},
    read_at,
};
use crate::{Error, bytes::Bytes};
use std::io::{Read, Seek};

/// The bytes that are looked through at once.
const PIECE: usize = 1024 * 1024;

/// What an end says of the directory and of the comment behind it.
struct Said {
    size: u64,
    offset: u64,
    comment: u64,
}

impl Said {
    fn read(raw: &[u8]) -> Option<Self> {
        let mut bytes = Bytes::new(raw);
        bytes.take(SIGNATURE.len() + 8)?;
        Some(Self {
            size: u64::from(bytes.u32()?),
            offset: u64::from(bytes.u32()?),
            comment: u64::from(bytes.u16()?),
        })
    }
}

/// Of a file that begins as a ZIP and does not end as one: bytes were added, or it is cut off.
pub(super) fn after(file: &mut (impl Read + Seek), size: u64) -> Result<Error, Error> {
    let mut stop = size;
    loop {
        let start = stop.saturating_sub(PIECE as u64);
        let length = usize::try_from(size.min(stop + LENGTH as u64) - start).unwrap_or_default();
        let mut piece = vec![0; length];
        read_at(file, start, &mut piece)?;
        for at in (0..piece.len()).rev() {
            let raw = piece.get(at..).unwrap_or_default();
            let said = if raw.starts_with(SIGNATURE) { Said::read(raw) } else { None };
            let Some(said) = said else { continue };
            let place = start + at as u64;
            let end = place + LENGTH as u64 + said.comment;
            // What is only a package inside this one does not end its own directory.
            if said.size > 0 && said.offset + said.size == place && end < size {
                return Ok(Error::After(size - end));
            }
        }
        if start == 0 {
            return Ok(Error::CutOff);
        }
        stop = start;
    }
}

/// Of a file whose end is found: whether everything in it stands later than it says.
pub(super) fn before(file: &mut (impl Read + Seek), raw: &[u8], start: u64) -> Result<Option<Error>, Error> {
    let Some(said) = Said::read(raw) else { return Ok(None) };
    let moved = start.checked_sub(said.offset + said.size).filter(|moved| *moved > 0 && said.size > 0);
    let Some(moved) = moved else { return Ok(None) };
    let mut directory = [0; 4];
    read_at(file, moved + said.offset, &mut directory)?;
    let whole = directory == *b"PK\x01\x02" && begins_at(file, moved)?;
    Ok(whole.then_some(Error::Before(moved)))
}
