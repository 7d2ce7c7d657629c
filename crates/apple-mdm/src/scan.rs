//! A look at a property list before it is parsed: the subset of XML that property lists need, and nothing else.
//!
//! No recursion, and no more memory than the keys of the open dictionaries.

use crate::document::{Limits, Unreadable};
use std::collections::BTreeSet;

/// A container that has been opened and not closed yet.
enum Open<'t> {
    Array,
    Dictionary { keys: BTreeSet<std::borrow::Cow<'t, str>>, wants_value: bool },
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    limits: Limits,
    elements: usize,
    open: Vec<Open<'t>>,
}

/// Refuses what must not reach the parser.
pub(crate) fn check(text: &str, limits: Limits) -> Result<(), Unreadable> {
    let mut scan = Scan { text, at: 0, limits, elements: 0, open: Vec::new() };
    scan.prolog()?;
    scan.root()
}

impl<'t> Scan<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn wrong<T>(&self, what: &'static str) -> Result<T, Unreadable> {
        Err(Unreadable::Structure { what, at: self.at })
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    /// Space and comments between elements.
    fn skip_nothing(&mut self) -> Result<(), Unreadable> {
        loop {
            self.skip_space();
            let Some(comment) = self.rest().strip_prefix("<!--") else { return Ok(()) };
            match comment.find("-->") {
                Some(end) => self.at += 4 + end + 3,
                None => return self.wrong("an open comment"),
            }
        }
    }

    fn prolog(&mut self) -> Result<(), Unreadable> {
        if let Some(declaration) = self.rest().strip_prefix("<?xml") {
            let Some(end) = declaration.find("?>") else { return self.wrong("an open declaration") };
            let declared = declaration.get(..end).unwrap_or_default();
            // An end that is missing must not be found somewhere below, or all between is read by some and passed over by others.
            if !declared.starts_with([' ', '\t', '\r', '\n']) || !is_plain(declared) {
                return self.wrong("a declaration with something else in it");
            }
            if !is_utf8_declaration(declared) {
                return self.wrong("another encoding than UTF-8");
            }
            self.at += 5 + end + 2;
        }
        self.skip_nothing()?;
        if !self.rest().starts_with('<') {
            return Err(Unreadable::NotXml);
        }
        if let Some(doctype) = self.rest().strip_prefix("<!DOCTYPE") {
            let end = doctype.find(['>', '[']).unwrap_or(0);
            if !doctype[end..].starts_with('>') || !doctype.trim_start().starts_with("plist") {
                return Err(Unreadable::DocumentType { at: self.at });
            }
            if !is_plain(doctype.get(..end).unwrap_or_default()) {
                return self.wrong("a document type with something else in it");
            }
            self.at += 9 + end + 1;
            self.skip_nothing()?;
        }
        Ok(())
    }

    fn root(&mut self) -> Result<(), Unreadable> {
        if !self.rest().starts_with("<plist") {
            return self.wrong("something else than <plist>");
        }
        let Some(end) = self.rest().find('>') else { return self.wrong("an open tag") };
        let attributes = self.rest().get(6..end).unwrap_or_default().trim();
        if !matches!(attributes, "" | "version=\"1.0\"" | "version='1.0'") {
            return self.wrong("attributes");
        }
        self.at += end + 1;
        self.skip_nothing()?;
        self.element()?;
        while !self.open.is_empty() {
            self.skip_nothing()?;
            self.element()?;
        }
        self.skip_nothing()?;
        if self.tag()? != ("plist", Tag::End) {
            return self.wrong("more than one value");
        }
        self.skip_nothing()?;
        if self.rest().is_empty() { Ok(()) } else { self.wrong("something after the end") }
    }

    /// One tag; for a key or a simple value, its content and end too.
    fn element(&mut self) -> Result<(), Unreadable> {
        let start = self.at;
        let (name, tag) = self.tag()?;
        if tag == Tag::End {
            return self.close(name, start);
        }
        self.elements += 1;
        if self.elements > self.limits.elements {
            return Err(Unreadable::TooMany { limit: self.limits.elements });
        }
        match (self.open.last_mut(), name) {
            (Some(Open::Dictionary { wants_value: wants_value @ false, .. }), "key") => *wants_value = true,
            (Some(Open::Dictionary { wants_value: false, .. }), _) => {
                return Err(Unreadable::Structure { what: "a value without its key", at: start });
            }
            (_, "key") => return Err(Unreadable::Structure { what: "a key out of place", at: start }),
            (Some(Open::Dictionary { wants_value, .. }), _) => *wants_value = false,
            (Some(Open::Array) | None, _) => {}
        }
        match name {
            "dict" | "array" if tag == Tag::Empty => Ok(()),
            "dict" => self.enter(Open::Dictionary { keys: BTreeSet::new(), wants_value: false }, start),
            "array" => self.enter(Open::Array, start),
            "true" | "false" => match tag {
                Tag::Empty => Ok(()),
                _ if self.tag()? == (name, Tag::End) => Ok(()),
                _ => Err(Unreadable::Structure { what: "content in a boolean", at: start }),
            },
            "key" => {
                let key = if tag == Tag::Empty { "".into() } else { self.content(name)? };
                self.name_once(key, start)
            }
            "string" | "data" | "date" | "integer" | "real" if tag == Tag::Empty => Ok(()),
            "string" | "data" | "date" | "integer" | "real" => self.content(name).map(drop),
            _ => Err(Unreadable::Structure { what: "an unknown element", at: start }),
        }
    }

    fn enter(&mut self, container: Open<'t>, at: usize) -> Result<(), Unreadable> {
        if self.open.len() >= self.limits.depth {
            return Err(Unreadable::TooDeep { limit: self.limits.depth, at });
        }
        self.open.push(container);
        Ok(())
    }

    fn close(&mut self, name: &str, at: usize) -> Result<(), Unreadable> {
        match (self.open.pop(), name) {
            (Some(Open::Array), "array") => Ok(()),
            (Some(Open::Dictionary { wants_value: false, .. }), "dict") => Ok(()),
            (Some(Open::Dictionary { wants_value: true, .. }), "dict") => {
                Err(Unreadable::Structure { what: "a key without its value", at })
            }
            _ => Err(Unreadable::Structure { what: "an end without its beginning", at }),
        }
    }

    fn name_once(&mut self, key: std::borrow::Cow<'t, str>, at: usize) -> Result<(), Unreadable> {
        let Some(Open::Dictionary { keys, .. }) = self.open.last_mut() else { return Ok(()) };
        if keys.contains(&key) {
            return Err(Unreadable::DuplicateKey { key: key.chars().take(64).collect(), at });
        }
        keys.insert(key);
        Ok(())
    }

    /// Reads a tag without attributes.
    fn tag(&mut self) -> Result<(&'t str, Tag), Unreadable> {
        let Some(inside) = self.rest().strip_prefix('<') else { return self.wrong("text between elements") };
        if inside.starts_with("![CDATA[") {
            return self.wrong("CDATA");
        }
        if inside.starts_with("!DOCTYPE") {
            return Err(Unreadable::DocumentType { at: self.at });
        }
        let Some(end) = inside.find('>') else { return self.wrong("an open tag") };
        let inside = inside.get(..end).unwrap_or_default();
        let (name, tag) = if let Some(name) = inside.strip_prefix('/') {
            (name, Tag::End)
        } else if let Some(name) = inside.strip_suffix('/') {
            (name, Tag::Empty)
        } else {
            (inside, Tag::Start)
        };
        let name = name.trim_end_matches([' ', '\t', '\r', '\n']);
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return self.wrong("attributes or a name that property lists do not have");
        }
        self.at += end + 2;
        Ok((name, tag))
    }

    /// The text up to the end of `name`, with its references resolved.
    fn content(&mut self, name: &str) -> Result<std::borrow::Cow<'t, str>, Unreadable> {
        let Some(end) = self.rest().find('<') else { return self.wrong("an open element") };
        let raw = self.rest().get(..end).unwrap_or_default();
        let text = resolve(raw, self.at)?;
        self.at += end;
        if self.tag()? != (name, Tag::End) {
            return self.wrong("an element inside a value");
        }
        Ok(text)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    Start,
    End,
    Empty,
}

/// Whether neither markup nor control characters are in it.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| is_xml(c) && !matches!(c, '<' | '>' | '&'))
}

/// Whether an XML declaration, if it names an encoding, names UTF-8 (or its subset ASCII).
fn is_utf8_declaration(declaration: &str) -> bool {
    let Some((_, encoding)) = declaration.split_once("encoding") else { return true };
    let encoding = encoding.trim_start_matches([' ', '=', '\t', '\r', '\n', '"', '\'']);
    let name = encoding.split(['"', '\'']).next().unwrap_or_default();
    ["utf-8", "utf8", "us-ascii"].contains(&name.to_ascii_lowercase().as_str())
}

/// The five references that XML has, and characters by number (XML 1.0, section 4.1 and production 2).
fn resolve(raw: &str, at: usize) -> Result<std::borrow::Cow<'_, str>, Unreadable> {
    if let Some(bad) = raw.find(|c| !is_xml(c)) {
        return Err(Unreadable::Structure { what: "a control character", at: at + bad });
    }
    if !raw.contains('&') {
        return Ok(raw.into());
    }
    let mut text = String::with_capacity(raw.len());
    let mut parts = raw.split('&');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (character, after) = part
            .split_once(';')
            .and_then(|(name, after)| Some((referred(name)?, after)))
            .ok_or(Unreadable::Reference { at: at + (part.as_ptr() as usize - raw.as_ptr() as usize) - 1 })?;
        text.push(character);
        text.push_str(after);
    }
    Ok(text.into())
}

fn referred(name: &str) -> Option<char> {
    let number = match name {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => name.strip_prefix('#')?,
    };
    let code = match number.strip_prefix('x') {
        Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16).ok()?,
        None if number.bytes().all(|b| b.is_ascii_digit()) => number.parse().ok()?,
        _ => return None,
    };
    char::from_u32(code).filter(|c| is_xml(*c))
}

/// Characters that XML 1.0 can carry (production 2).
pub(crate) fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}
