//! Property lists as a device reads and writes them.

use crate::error::AgentError;
use plist::{Dictionary, Value};

/// A document with this dictionary.
///
/// # Errors
/// [`AgentError::Local`].
pub fn write(dictionary: &Dictionary) -> Result<Vec<u8>, AgentError> {
    let mut out = Vec::with_capacity(2048);
    let written = Value::Dictionary(dictionary.clone()).to_writer_xml(&mut out);
    written.map_err(|e| AgentError::Local(format!("a property list: {e}")))?;
    Ok(out)
}

/// The dictionary of a document.
///
/// # Errors
/// Words for what is wrong.
pub fn read(bytes: &[u8]) -> Result<Dictionary, String> {
    let value = Value::from_reader_xml(bytes).map_err(|e| format!("no property list: {e}"))?;
    value.into_dictionary().ok_or_else(|| "no dictionary".into())
}

/// A dictionary of these.
#[must_use]
pub fn dict<const N: usize>(items: [(&str, Value); N]) -> Dictionary {
    items.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// Reads a dictionary's items.
pub trait Items {
    /// A text.
    fn text(&self, key: &str) -> Option<&str>;
    /// A number.
    fn number(&self, key: &str) -> Option<u64>;
    /// A boolean; without one, false.
    fn yes(&self, key: &str) -> bool;
    /// Bytes.
    fn data(&self, key: &str) -> Option<&[u8]>;
    /// What an array has; nothing without one.
    fn list(&self, key: &str) -> &[Value];
}

impl Items for Dictionary {
    fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_string()
    }

    fn number(&self, key: &str) -> Option<u64> {
        self.get(key)?.as_unsigned_integer()
    }

    fn yes(&self, key: &str) -> bool {
        self.get(key).and_then(Value::as_boolean).unwrap_or_default()
    }

    fn data(&self, key: &str) -> Option<&[u8]> {
        self.get(key)?.as_data()
    }

    fn list(&self, key: &str) -> &[Value] {
        self.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }
}
