//! A writer of Android's binary XML.

/// A value of an attribute.
#[derive(Clone)]
pub enum Value {
    Text(String),
    Number(u32),
    Boolean(bool),
    Reference(u32),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// What Android calls the attributes, and their identifiers; those without one are without a namespace, too.
const ATTRIBUTES: [(&str, u32); 12] = [
    ("name", 0x0101_0003),
    ("permission", 0x0101_0006),
    ("enabled", 0x0101_000e),
    ("minSdkVersion", 0x0101_020c),
    ("versionCode", 0x0101_021b),
    ("versionName", 0x0101_021c),
    ("targetSdkVersion", 0x0101_0270),
    ("versionCodeMajor", 0x0101_0576),
    ("isSplitRequired", 0x0101_0591),
    ("requiredSplitTypes", 0x0101_064e),
    ("package", 0),
    ("split", 0),
];
const NAMESPACE: &str = "http://schemas.android.com/apk/res/android";

/// An element with attributes and children.
#[derive(Clone)]
pub struct Element {
    pub tag: &'static str,
    pub attributes: Vec<(&'static str, Value)>,
    pub children: Vec<Element>,
}

pub fn element(tag: &'static str, attributes: &[(&'static str, Value)]) -> Element {
    Element { tag, attributes: attributes.to_vec(), children: Vec::new() }
}

impl Element {
    pub fn set(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.attributes.retain(|a| a.0 != name);
        self.attributes.push((name, value.into()));
        self
    }

    pub fn with(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    /// As Android's tools write it, with strings in UTF-16 or UTF-8.
    pub fn binary(&self, utf8: bool) -> Vec<u8> {
        let mut strings: Vec<String> = ATTRIBUTES.iter().map(|a| a.0.to_owned()).collect();
        let identified = ATTRIBUTES.iter().filter(|a| a.1 != 0);
        let map: Vec<u8> = identified.flat_map(|a| a.1.to_le_bytes()).collect();
        let mut nodes = Vec::new();
        self.write(&mut strings, &mut nodes);
        chunk(0x0003, &[], &[pool(&strings, utf8), chunk(0x0180, &[], &map), nodes].concat())
    }

    fn write(&self, strings: &mut Vec<String>, nodes: &mut Vec<u8>) {
        let mut words =
            vec![u32::MAX, intern(strings, self.tag), 0x0014_0014, self.attributes.len() as u32, 0];
        for (name, value) in &self.attributes {
            let number = ATTRIBUTES.iter().position(|a| a.0 == *name).unwrap();
            let namespace = if ATTRIBUTES[number].1 == 0 { u32::MAX } else { intern(strings, NAMESPACE) };
            let (kind, raw, data) = match value {
                Value::Text(text) => (0x03, intern(strings, text), intern(strings, text)),
                Value::Number(number) => (0x10, u32::MAX, *number),
                Value::Boolean(yes) => (0x12, u32::MAX, if *yes { u32::MAX } else { 0 }),
                Value::Reference(id) => (0x01, u32::MAX, *id),
            };
            words.extend([namespace, number as u32, raw, 8 | kind << 24, data]);
        }
        nodes.extend(node(0x0102, &words));
        self.children.iter().for_each(|child| child.write(strings, nodes));
        nodes.extend(node(0x0103, &[u32::MAX, intern(strings, self.tag)]));
    }
}

/// A manifest of which all can be read; it has a device administrator.
pub fn manifest() -> Element {
    let sdk = [("minSdkVersion", Value::Number(24)), ("targetSdkVersion", Value::Number(34))];
    element("manifest", &[("package", "com.example.agent".into()), ("versionCode", Value::Number(7))])
        .set("versionName", "1.2.3")
        .with(element("uses-sdk", &sdk))
        .with(element("application", &[]).with(receiver(".Admin")))
}

pub fn receiver(class: &str) -> Element {
    element(
        "receiver",
        &[("name", class.into()), ("permission", "android.permission.BIND_DEVICE_ADMIN".into())],
    )
}

fn intern(strings: &mut Vec<String>, text: &str) -> u32 {
    let found = strings.iter().position(|s| s == text);
    let at = found.unwrap_or_else(|| {
        strings.push(text.to_owned());
        strings.len() - 1
    });
    at as u32
}

fn node(kind: u16, words: &[u32]) -> Vec<u8> {
    let body: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
    // The line's number, and no comment.
    chunk(kind, &[1, 0, 0, 0, 255, 255, 255, 255], &body)
}

fn chunk(kind: u16, header: &[u8], body: &[u8]) -> Vec<u8> {
    let (header_size, size) = (8 + header.len() as u16, (8 + header.len() + body.len()) as u32);
    let start = [&kind.to_le_bytes()[..], &header_size.to_le_bytes(), &size.to_le_bytes()].concat();
    [&start[..], header, body].concat()
}

fn pool(strings: &[String], utf8: bool) -> Vec<u8> {
    let (mut offsets, mut data) = (Vec::new(), Vec::new());
    for string in strings {
        offsets.extend((data.len() as u32).to_le_bytes());
        let units: Vec<u16> = string.encode_utf16().collect();
        if utf8 {
            for length in [units.len(), string.len()] {
                if length > 127 {
                    data.push(0x80 | (length >> 8) as u8);
                }
                data.push(length as u8);
            }
            data.extend(string.bytes().chain([0]));
        } else {
            data.extend((units.len() as u16).to_le_bytes());
            data.extend(units.iter().chain(&[0]).flat_map(|u| u.to_le_bytes()));
        }
    }
    data.resize(data.len().next_multiple_of(4), 0);
    let flags = if utf8 { 1 << 8 } else { 0 };
    let header = [strings.len() as u32, 0, flags, 28 + offsets.len() as u32, 0];
    let header: Vec<u8> = header.iter().flat_map(|w| w.to_le_bytes()).collect();
    chunk(0x0001, &header, &[offsets, data].concat())
}
