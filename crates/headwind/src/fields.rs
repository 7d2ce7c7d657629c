//! Taking fields out of what an agent sent: missing ones are an answer, others have bounds.

use crate::MAX_BODY;
use muster_legible::line;
use serde_json::{Map, Value};

/// The longest text that is kept, in characters; a longer one is cut.
pub(crate) const LONGEST: usize = 512;
/// The longest text that tells things apart, in characters. It is never cut: two could become the same.
pub(crate) const LONGEST_ID: usize = 255;

/// A field is of another kind than the agent's, or larger than anything that it sends. Its name is in the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not in order")]
pub struct Malformed(pub &'static str);

/// One line of text without what acts; nothing if there is nothing to be seen.
fn clean(text: &str) -> Option<String> {
    line(text, LONGEST)
}

/// A body that has to be JSON; its size is looked at first.
pub(crate) fn body(bytes: &[u8]) -> Result<Value, Malformed> {
    if bytes.len() > MAX_BODY {
        return Err(Malformed("body"));
    }
    serde_json::from_slice(bytes).map_err(|_| Malformed("body"))
}

/// The members of an object.
pub(crate) fn object<'a>(value: &'a Value, name: &'static str) -> Result<&'a Map<String, Value>, Malformed> {
    value.as_object().ok_or(Malformed(name))
}

/// A text that tells things apart, by itself.
pub(crate) fn id(value: &Value, name: &'static str) -> Result<Option<String>, Malformed> {
    let text = value.as_str().filter(|t| t.chars().count() <= LONGEST_ID);
    Ok(clean(text.ok_or(Malformed(name))?))
}

/// Members by name. `null` is as good as none: the agent writes both.
pub(crate) trait Fields {
    fn field(&self, name: &str) -> Option<&Value>;

    /// Words for people.
    fn words(&self, name: &'static str) -> Result<Option<String>, Malformed> {
        let Some(value) = self.field(name) else { return Ok(None) };
        Ok(clean(value.as_str().ok_or(Malformed(name))?))
    }

    /// A text that tells things apart.
    fn id(&self, name: &'static str) -> Result<Option<String>, Malformed> {
        self.field(name).map_or(Ok(None), |value| id(value, name))
    }

    fn flag(&self, name: &'static str) -> Result<Option<bool>, Malformed> {
        self.field(name).map(|v| v.as_bool().ok_or(Malformed(name))).transpose()
    }

    fn integer(&self, name: &'static str) -> Result<Option<i64>, Malformed> {
        self.field(name).map(|v| v.as_i64().ok_or(Malformed(name))).transpose()
    }

    fn number(&self, name: &'static str) -> Result<Option<f64>, Malformed> {
        self.field(name).map(|v| v.as_f64().ok_or(Malformed(name))).transpose()
    }

    /// A list of at most so many; an empty one if there is none.
    fn list(&self, name: &'static str, most: usize) -> Result<&[Value], Malformed> {
        let Some(value) = self.field(name) else { return Ok(&[]) };
        value.as_array().filter(|l| l.len() <= most).map(Vec::as_slice).ok_or(Malformed(name))
    }
}

impl Fields for Map<String, Value> {
    fn field(&self, name: &str) -> Option<&Value> {
        self.get(name).filter(|v| !v.is_null())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a13_words_have_nothing_that_hides_or_turns_the_words_around_them() {
        let said = map(
            json!({"model": " Pi\u{202E}xel\n\u{200B} 9 ", "serial": "\u{FEFF}\u{200D}", "long": "x".repeat(999)}),
        );
        assert_eq!(said.words("model").unwrap().as_deref(), Some("Pixel 9"));
        assert_eq!(said.id("serial").unwrap(), None);
        assert_eq!(said.words("long").unwrap().unwrap().len(), LONGEST);
        assert_eq!(said.id("long"), Err(Malformed("long")));
    }

    #[test]
    fn a20_missing_and_null_are_the_same_and_another_kind_is_named() {
        let said = map(json!({"a": null, "b": [1], "c": "yes"}));
        assert_eq!((said.words("a"), said.flag("z"), said.list("a", 0)), (Ok(None), Ok(None), Ok(&[][..])));
        assert_eq!(said.words("b"), Err(Malformed("b")));
        assert_eq!(said.list("b", 0), Err(Malformed("b")));
        assert_eq!(said.flag("c"), Err(Malformed("c")));
        assert_eq!(Malformed("c").to_string(), "c is not in order");
    }
}
