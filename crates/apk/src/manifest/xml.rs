//! Android's binary XML (AOSP, `ResourceTypes.h`, `ResXMLTree_*`), element by element, without a tree: what is nested deeply or
//! names one string many times takes no more memory.

use super::strings::Strings;
use crate::{Error, bytes::Bytes};

const XML: u16 = 0x0003;
const STRING_POOL: u16 = 0x0001;
const RESOURCE_MAP: u16 = 0x0180;
const START_ELEMENT: u16 = 0x0102;
const END_ELEMENT: u16 = 0x0103;
/// The header of a chunk; that of a node; an attribute.
const CHUNK_HEADER: u16 = 8;
const NODE_HEADER: u16 = 16;
const ATTRIBUTE: u16 = 20;
/// An attribute without a namespace.
const NONE: u32 = u32::MAX;

/// A document, of which nodes are still to be read.
pub(super) struct Document<'a> {
    strings: Strings<'a>,
    /// Identifiers of the attributes whose names are the pool's first strings.
    resources: &'a [u8],
    nodes: Bytes<'a>,
}

/// Where an element begins or ends.
pub(super) enum Node<'a> {
    Start(Element<'a>),
    End,
}

/// An element's name and attributes.
pub(super) struct Element<'a> {
    strings: Strings<'a>,
    resources: &'a [u8],
    name: u32,
    attributes: Vec<Attribute>,
}

struct Attribute {
    namespace: u32,
    name: u32,
    kind: u8,
    data: u32,
}

/// An attribute's value (`Res_value`), of the kinds that a manifest's names, numbers and switches have.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Number(i32),
    Boolean(bool),
    /// In the resources, or of another kind.
    Other,
}

/// A chunk: its type and all of it. Its end must lie within what it is in.
fn chunk<'a>(bytes: &mut Bytes<'a>) -> Option<(u16, u16, &'a [u8])> {
    let mut header = *bytes;
    let (kind, header_size, size) = (header.u16()?, header.u16()?, header.u32()?);
    let fits = header_size >= CHUNK_HEADER && u32::from(header_size) <= size;
    fits.then_some((kind, header_size, bytes.take(usize::try_from(size).ok()?)?))
}

impl<'a> Document<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        Self::begin(bytes).ok_or(Error::Manifest("it is no binary XML"))
    }

    fn begin(bytes: &'a [u8]) -> Option<Self> {
        let mut whole = Bytes::new(bytes);
        let (kind, header_size, document) = chunk(&mut whole)?;
        if kind != XML || !whole.is_empty() {
            return None;
        }
        let mut nodes = Bytes::new(document.get(usize::from(header_size)..)?);
        let (kind, _, pool) = chunk(&mut nodes)?;
        let strings = Strings::parse(pool).filter(|_| kind == STRING_POOL)?;
        let mut after = nodes;
        let resources = match chunk(&mut after)? {
            (RESOURCE_MAP, header_size, map) => {
                nodes = after;
                map.get(usize::from(header_size)..)?
            }
            _ => &[],
        };
        Some(Self { strings, resources, nodes })
    }

    /// The next place where an element begins or ends.
    pub(super) fn next(&mut self) -> Result<Option<Node<'a>>, Error> {
        while !self.nodes.is_empty() {
            let (kind, header_size, chunk) = chunk(&mut self.nodes).ok_or(Error::Manifest("its elements"))?;
            let node = match kind {
                START_ELEMENT => self.start(header_size, chunk).map(Node::Start),
                END_ELEMENT => Some(Node::End),
                // Namespaces and text: nothing in a manifest hangs on them.
                _ => continue,
            };
            return node.map(Some).ok_or(Error::Manifest("an element"));
        }
        Ok(None)
    }

    fn start(&self, header_size: u16, chunk: &[u8]) -> Option<Element<'a>> {
        let body = chunk.get(usize::from(header_size)..).filter(|_| header_size == NODE_HEADER)?;
        let mut bytes = Bytes::new(body);
        let (_namespace, name) = (bytes.u32()?, bytes.u32()?);
        let (start, size, count) = (bytes.u16()?, bytes.u16()?, bytes.u16()?);
        if size < ATTRIBUTE {
            return None;
        }
        let mut bytes = Bytes::new(body.get(usize::from(start)..)?);
        let attribute = |_| Attribute::parse(bytes.take(usize::from(size))?);
        let attributes = (0..count).map(attribute).collect::<Option<_>>()?;
        Some(Element { strings: self.strings, resources: self.resources, name, attributes })
    }
}

impl Attribute {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut bytes = Bytes::new(bytes);
        let (namespace, name, _raw) = (bytes.u32()?, bytes.u32()?, bytes.u32()?);
        let (_size, _zero, kind, data) = (bytes.u16()?, bytes.u8()?, bytes.u8()?, bytes.u32()?);
        Some(Self { namespace, name, kind, data })
    }

    fn value(&self, strings: &Strings<'_>) -> Result<Value, Error> {
        Ok(match self.kind {
            0x03 => Value::Text(strings.get(self.data).ok_or(Error::Manifest("a string"))?),
            0x10 | 0x11 => Value::Number(self.data.cast_signed()),
            0x12 => Value::Boolean(self.data != 0),
            _ => Value::Other,
        })
    }
}

impl Element<'_> {
    /// Its name; one that cannot be read is none that we know.
    pub(super) fn tag(&self) -> String {
        self.strings.get(self.name).unwrap_or_default()
    }

    /// An attribute of Android's own, by its identifier.
    pub(super) fn android(&self, id: u32) -> Result<Option<Value>, Error> {
        let is = |a: &&Attribute| self.resource(a.name) == Some(id);
        self.attributes.iter().find(is).map(|a| a.value(&self.strings)).transpose()
    }

    /// An attribute without a namespace, by its name.
    pub(super) fn plain(&self, name: &str) -> Result<Option<Value>, Error> {
        let is = |a: &&Attribute| a.namespace == NONE && self.strings.get(a.name).as_deref() == Some(name);
        self.attributes.iter().find(is).map(|a| a.value(&self.strings)).transpose()
    }

    fn resource(&self, name: u32) -> Option<u32> {
        let at = usize::try_from(name).ok()?.checked_mul(4)?;
        Bytes::new(self.resources.get(at..)?).u32()
    }
}
