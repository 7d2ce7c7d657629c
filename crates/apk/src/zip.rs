//! The ZIP around a package (PKWARE's APPNOTE 6.3, sections 4.3 and 4.4), without ZIP64, and more strictly than Android reads it:
//! what two readers could understand in two ways is refused.

mod directory;
mod end;
mod local;
mod surplus;

use crate::{Error, MAX_MANIFEST};
use directory::Entry;
pub(crate) use end::End;
use flate2::{Crc, read::DeflateDecoder};
use std::{
    io::{Read, Seek, SeekFrom},
    ops::Range,
};

const MANIFEST: &str = "AndroidManifest.xml";

/// What a ZIP is, by the names in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An Android package, whole or split.
    Package,
    /// An Android App Bundle.
    AppBundle,
    /// Several packages in one file.
    PackageSet,
    /// Something else.
    Other,
}

/// A ZIP whose directory has been read.
pub(crate) struct Archive {
    entries: Vec<Entry>,
    end: End,
}

impl Archive {
    pub(crate) fn open(file: &mut (impl Read + Seek), size: u64) -> Result<Self, Error> {
        let end = End::find(file, size)?;
        let mut bytes = vec![0; usize::try_from(end.directory_size()).map_err(|_| Error::Bomb)?];
        read_at(file, end.directory_start, &mut bytes)?;
        let entries = directory::read(&bytes, end.entries)?;
        Ok(Self { entries, end })
    }

    pub(crate) const fn directory_start(&self) -> u64 {
        self.end.directory_start
    }

    pub(crate) const fn end(&self) -> &End {
        &self.end
    }

    pub(crate) fn kind(&self) -> Kind {
        let has = |test: &dyn Fn(&str) -> bool| self.entries.iter().any(|e| test(&e.name));
        if has(&|name| name == "BundleConfig.pb" || name == "base/manifest/AndroidManifest.xml") {
            Kind::AppBundle
        } else if has(&|name| name == MANIFEST) {
            Kind::Package
        } else if has(&|name| name == "toc.pb" || name.ends_with(".apk")) {
            Kind::PackageSet
        } else {
            Kind::Other
        }
    }

    /// Whether there is a signature of the JAR scheme (v1): a signature file and a block of signatures.
    pub(crate) fn has_jar_signature(&self) -> bool {
        let has = |ending: &str| {
            let name = |e: &Entry| {
                let upper = e.name.to_ascii_uppercase();
                upper.starts_with("META-INF/") && upper.ends_with(ending)
            };
            self.entries.iter().any(name)
        };
        has(".SF") && [".RSA", ".DSA", ".EC"].into_iter().any(has)
    }

    /// Looks at every entry where it lies: before `limit`, not on top of another, and as the directory says.
    pub(crate) fn check_entries(&self, file: &mut (impl Read + Seek), limit: u64) -> Result<(), Error> {
        let mut places = Vec::with_capacity(self.entries.len());
        for entry in &self.entries {
            places.push(u64::from(entry.offset)..local::data(file, entry)?.end);
        }
        places.sort_unstable_by_key(|place| place.start);
        let apart = places.windows(2).all(|pair| matches!(pair, [a, b] if a.end <= b.start));
        if apart && places.last().is_none_or(|last| last.end <= limit) { Ok(()) } else { Err(Error::Overlap) }
    }

    /// `AndroidManifest.xml`, unpacked.
    pub(crate) fn manifest(&self, file: &mut (impl Read + Seek)) -> Result<Vec<u8>, Error> {
        let entry = self.entries.iter().find(|e| e.name == MANIFEST).ok_or(Error::NotAndroid)?;
        if u64::from(entry.unpacked) > MAX_MANIFEST {
            return Err(Error::Bomb);
        }
        let Range { start, end } = local::data(file, entry)?;
        file.seek(SeekFrom::Start(start))?;
        let packed = file.take(end - start);
        // One more than it may be, to notice when it is.
        let limit = u64::from(entry.unpacked) + 1;
        let mut bytes = Vec::new();
        let read = match entry.is_deflated() {
            true => DeflateDecoder::new(packed).take(limit).read_to_end(&mut bytes),
            false => packed.take(limit).read_to_end(&mut bytes),
        };
        let mut crc = Crc::new();
        crc.update(&bytes);
        let true_to_directory =
            read.is_ok_and(|count| count == entry.unpacked as usize) && crc.sum() == entry.crc;
        if true_to_directory { Ok(bytes) } else { Err(Error::Untrue(entry.name.clone())) }
    }
}

/// Fills the bytes from that place of the file; that it ends before is said as such.
pub(crate) fn read_at(file: &mut (impl Read + Seek), offset: u64, bytes: &mut [u8]) -> Result<(), Error> {
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(bytes).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => Error::CutOff,
        _ => Error::Io(error),
    })
}
