//! Writing XML property lists: keys sorted, so that the same values are always the same bytes.

use crate::scan::is_xml;
use base64::{Engine, engine::general_purpose::STANDARD};
use plist::{Dictionary, Value};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n";

/// The document for a dictionary.
///
/// Text stays text, whatever markup it holds; characters that XML cannot carry (most control characters) are left out,
/// since a device refuses the whole document for one of them. Numbers that are not finite become 0.
#[must_use]
pub fn document(dictionary: &Dictionary) -> Vec<u8> {
    let mut out = String::with_capacity(1024);
    out.push_str(HEAD);
    write_dictionary(&mut out, dictionary, 0);
    out.push_str("</plist>\n");
    out.into_bytes()
}

fn indent(out: &mut String, depth: usize) {
    for _ in 0..depth {
        out.push('\t');
    }
}

fn element(out: &mut String, name: &str, text: &str) {
    out.push('<');
    out.push_str(name);
    out.push('>');
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#13;"),
            c if is_xml(c) => out.push(c),
            _ => {}
        }
    }
    out.push_str("</");
    out.push_str(name);
    out.push_str(">\n");
}

fn write_dictionary(out: &mut String, dictionary: &Dictionary, depth: usize) {
    if dictionary.is_empty() {
        indent(out, depth);
        out.push_str("<dict/>\n");
        return;
    }
    indent(out, depth);
    out.push_str("<dict>\n");
    let mut entries: Vec<_> = dictionary.iter().collect();
    entries.sort_by_key(|(key, _)| key.as_str());
    for (key, value) in entries {
        indent(out, depth + 1);
        element(out, "key", key);
        write_value(out, value, depth + 1);
    }
    indent(out, depth);
    out.push_str("</dict>\n");
}

fn write_value(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Dictionary(dictionary) => return write_dictionary(out, dictionary, depth),
        Value::Array(values) if !values.is_empty() => {
            indent(out, depth);
            out.push_str("<array>\n");
            for value in values {
                write_value(out, value, depth + 1);
            }
            indent(out, depth);
            out.push_str("</array>\n");
            return;
        }
        _ => indent(out, depth),
    }
    match value {
        Value::Array(_) => out.push_str("<array/>\n"),
        Value::Boolean(true) => out.push_str("<true/>\n"),
        Value::Boolean(false) => out.push_str("<false/>\n"),
        Value::Data(bytes) => element(out, "data", &STANDARD.encode(bytes)),
        Value::Date(date) => element(out, "date", &date.to_xml_format()),
        Value::Real(number) if number.is_finite() => element(out, "real", &format!("{number:?}")),
        Value::Real(_) => element(out, "real", "0.0"),
        Value::Integer(number) => element(out, "integer", &number.to_string()),
        Value::String(text) => element(out, "string", text),
        // `Uid` is a kind of binary property lists alone; nothing here makes one.
        _ => element(out, "string", ""),
    }
}

/// Builds dictionaries: `dict([("Key", "value".into())])`.
pub(crate) fn dict<const N: usize>(entries: [(&str, Value); N]) -> Dictionary {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
