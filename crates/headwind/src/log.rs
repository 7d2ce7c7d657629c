//! The agent's log: which entries are wanted, and the entries.

use crate::{
    Malformed,
    fields::{Fields, body, object},
    values::PackageName,
};
use serde::{Serialize, Serializer};

/// Entries in a body at most; the agent sends ten.
pub const MAX_ITEMS: usize = 1000;

/// How much an entry matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something failed.
    Error = 1,
    /// Something may fail.
    Warning = 2,
    /// Something was done.
    Info = 3,
    /// How.
    Debug = 4,
    /// In all detail.
    Verbose = 5,
}

impl Level {
    const ALL: [Self; 5] = [Self::Error, Self::Warning, Self::Info, Self::Debug, Self::Verbose];
}

impl Serialize for Level {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(*self as u8)
    }
}

/// Which entries are wanted of an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogRule {
    /// Which app; the agent is one too.
    pub package_id: PackageName,
    /// Those that matter as much or more.
    #[serde(rename = "logLevel")]
    pub level: Level,
    /// Those alone that have this in them, in the sense of SQLite's `LIKE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogItem {
    /// When, in milliseconds since the Unix epoch, by the phone's clock.
    pub timestamp: Option<i64>,
    /// How much it matters.
    pub level: Option<Level>,
    /// Which app wrote it.
    pub package_id: Option<String>,
    /// What; cut to 512 characters, without line breaks.
    pub message: Option<String>,
}

/// Reads the body of [`crate::request::Call::Logs`].
///
/// # Errors
/// [`Malformed`] names the field.
pub fn items(bytes: &[u8]) -> Result<Vec<LogItem>, Malformed> {
    let value = body(bytes)?;
    let list = value.as_array().filter(|l| l.len() <= MAX_ITEMS).ok_or(Malformed("body"))?;
    list.iter().map(item).collect()
}

fn item(value: &serde_json::Value) -> Result<LogItem, Malformed> {
    let fields = object(value, "body")?;
    let level = fields.integer("logLevel")?;
    Ok(LogItem {
        timestamp: fields.integer("timestamp")?.filter(|t| *t >= 0),
        level: level.and_then(|n| Level::ALL.into_iter().find(|l| i64::from(*l as u8) == n)),
        package_id: fields.id("packageId")?,
        message: fields.words("message")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn entries_are_read_as_the_agent_writes_them() {
        let sent =
            json!([{"timestamp": 5, "logLevel": 2, "packageId": "com.hmdm.launcher", "message": "a\nb"}]);
        let wanted = LogItem {
            timestamp: Some(5),
            level: Some(Level::Warning),
            package_id: Some("com.hmdm.launcher".into()),
            message: Some("ab".into()),
        };
        assert_eq!(items(sent.to_string().as_bytes()), Ok(vec![wanted]));
    }

    #[test]
    fn a20_an_entry_may_lack_anything_and_a_list_has_bounds() {
        let nothing = LogItem { timestamp: None, level: None, package_id: None, message: None };
        assert_eq!(items(br#"[{"logLevel":9,"timestamp":-1}, {}]"#), Ok(vec![nothing.clone(), nothing]));
        for (bad, field) in [
            (json!({}), "body"),
            (json!([1]), "body"),
            (json!(vec![json!({}); MAX_ITEMS + 1]), "body"),
            (json!([{"message": 1}]), "message"),
        ] {
            assert_eq!(items(bad.to_string().as_bytes()), Err(Malformed(field)), "{field}");
        }
    }
}
