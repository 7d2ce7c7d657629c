//! A writer of ZIPs, honest or not.

use super::manifest::manifest;
use flate2::{Compression, Crc, write::DeflateEncoder};
use std::io::Write;

/// What a header says of an entry.
#[derive(Clone)]
pub struct Header {
    pub name: Vec<u8>,
    pub flags: u16,
    pub method: u16,
    pub crc: u32,
    pub packed: u32,
    pub unpacked: u32,
}

/// An entry: its data, what stands before it, and what the directory says.
#[derive(Clone)]
pub struct Entry {
    pub local: Header,
    pub central: Header,
    pub data: Vec<u8>,
    /// Where the directory says it is, if that is not where it is.
    pub offset: Option<u32>,
}

impl Entry {
    pub fn new(name: &str, content: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).unwrap();
        Self::packed(name, 8, encoder.finish().unwrap(), content)
    }

    pub fn stored(name: &str, content: &[u8]) -> Self {
        Self::packed(name, 0, content.to_vec(), content)
    }

    fn packed(name: &str, method: u16, data: Vec<u8>, content: &[u8]) -> Self {
        let mut crc = Crc::new();
        crc.update(content);
        let (packed, unpacked) = (data.len() as u32, content.len() as u32);
        let header = Header { name: name.into(), flags: 0, method, crc: crc.sum(), packed, unpacked };
        Self { local: header.clone(), central: header, data, offset: None }
    }

    /// Changes what both headers say.
    pub fn both(mut self, change: impl Fn(&mut Header)) -> Self {
        change(&mut self.local);
        change(&mut self.central);
        self
    }

    pub fn central(mut self, change: impl Fn(&mut Header)) -> Self {
        change(&mut self.central);
        self
    }

    pub fn local(mut self, change: impl Fn(&mut Header)) -> Self {
        change(&mut self.local);
        self
    }
}

/// A ZIP in its three parts.
#[derive(Clone)]
pub struct Zip {
    pub contents: Vec<u8>,
    pub directory: Vec<u8>,
    pub count: u16,
    pub comment: Vec<u8>,
}

impl Zip {
    pub fn new(entries: &[Entry]) -> Self {
        let (mut contents, mut directory) = (Vec::new(), Vec::new());
        for entry in entries {
            let offset = entry.offset.unwrap_or(contents.len() as u32);
            let Header { name, .. } = &entry.local;
            contents.extend([b"PK\x03\x04\x14\0", &entry.local.bytes()[..]].concat());
            contents.extend([&[0, 0], &name[..], &entry.data].concat());
            let Header { name, .. } = &entry.central;
            directory.extend([b"PK\x01\x02\x14\0\x14\0", &entry.central.bytes()[..], &[0; 12]].concat());
            directory.extend([&offset.to_le_bytes(), &name[..]].concat());
        }
        Self { contents, directory, count: entries.len() as u16, comment: Vec::new() }
    }

    /// The end of central directory record, with the directory at that place.
    pub fn end(&self, at: usize) -> Vec<u8> {
        let count = self.count.to_le_bytes();
        let (size, at) = ((self.directory.len() as u32).to_le_bytes(), (at as u32).to_le_bytes());
        let comment = (self.comment.len() as u16).to_le_bytes();
        [b"PK\x05\x06\0\0\0\0", &count[..], &count, &size, &at, &comment, &self.comment].concat()
    }

    /// All of it, with a block before the directory.
    pub fn with_block(&self, block: &[u8]) -> Vec<u8> {
        let end = self.end(self.contents.len() + block.len());
        [&self.contents, block, &self.directory, &end].concat()
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.with_block(&[])
    }
}

impl Header {
    fn bytes(&self) -> Vec<u8> {
        let (flags, method, name) = (self.flags, self.method, self.name.len() as u16);
        let (crc, packed, unpacked) = (self.crc, self.packed, self.unpacked);
        let numbers = [crc.to_le_bytes(), packed.to_le_bytes(), unpacked.to_le_bytes()].concat();
        [&flags.to_le_bytes()[..], &method.to_le_bytes(), &[0, 0, 0x21, 0], &numbers, &name.to_le_bytes()]
            .concat()
    }
}

/// The entries of a package that is as it should be, but for a signature.
pub fn entries() -> Vec<Entry> {
    vec![
        Entry::new("AndroidManifest.xml", &manifest().binary(false)),
        Entry::new("classes.dex", &b"dex\n035\0 and what follows".repeat(20)),
        Entry::stored("res/raw/picture.png", &[7; 300]),
    ]
}

/// The same with an entry more.
pub fn with(entry: Entry) -> Zip {
    let mut entries = entries();
    entries.push(entry);
    Zip::new(&entries)
}
