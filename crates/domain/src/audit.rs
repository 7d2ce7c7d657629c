//! The audit log: who did what to whom, when, from where, before and after. Each entry is chained to the one before it, so
//! that none can be changed, taken out or put between without every later hash telling.

mod action;

pub use action::{Action, Area};

use crate::{
    AccountId, Timestamp,
    account::{Account, Who},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Characters of a value that are kept; what is longer ends with an ellipsis.
const LONGEST: usize = 500;
/// People of a selection who are named; the others are counted.
pub const NAMED: usize = 20;

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Someone who is signed in, as they were called then.
    Account {
        /// The account.
        id: AccountId,
        /// The person's name.
        name: String,
        /// What they sign in with.
        email: String,
    },
    /// Someone at the server's command line, by the name that the operating system knows.
    CommandLine {
        /// The user of the operating system.
        user: String,
    },
    /// A device, or whoever has its link.
    Device,
    /// Someone who is not signed in: with a one-time link, or with a wrong password.
    Visitor,
}

impl By {
    /// The account as the author of an entry.
    #[must_use]
    pub fn account(account: &Account) -> Self {
        Self::Account {
            id: account.id,
            name: account.name.to_string(),
            email: account.email.as_str().to_owned(),
        }
    }

    /// By which entries of one author are found.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Account { id, .. } => id.to_string(),
            Self::CommandLine { .. } => "command_line".into(),
            Self::Device => "device".into(),
            Self::Visitor => "visitor".into(),
        }
    }
}

/// In whose name a store writes: everything that one request does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Who.
    pub by: By,
    /// The network address that it came from.
    pub from: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl Act {
    /// What the account of a session does.
    #[must_use]
    pub fn of(who: &Who, from: Option<String>, at: Timestamp) -> Self {
        Self { by: By::account(&who.account), from, at }
    }
}

/// To what it was done: its id, and what it was called then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The id, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name.
    pub name: String,
}

impl Subject {
    /// What has an id.
    pub fn new(id: impl ToString, name: impl Into<String>) -> Self {
        Self { id: Some(id.to_string()), name: name.into() }
    }

    /// What is known by its name alone.
    pub fn named(name: impl Into<String>) -> Self {
        Self { id: None, name: name.into() }
    }
}

/// A value before and after. Secrets are never among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What it is the value of.
    pub field: String,
    /// Before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// After.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// What an operation says of itself, for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What was done.
    pub action: Action,
    /// To what.
    pub subject: Subject,
    /// What differs.
    pub changes: Vec<Difference>,
}

impl Note {
    /// A note without differences.
    #[must_use]
    pub fn new(action: Action, subject: Subject) -> Self {
        Self { action, subject, changes: Vec::new() }
    }

    /// With a value, if it differs.
    #[must_use]
    pub fn with(mut self, field: &str, before: Option<&str>, after: Option<&str>) -> Self {
        let kept = |value: Option<&str>| value.filter(|v| !v.is_empty()).map(shortened);
        if before.unwrap_or_default() != after.unwrap_or_default() {
            self.changes.push(Difference {
                field: field.to_owned(),
                before: kept(before),
                after: kept(after),
            });
        }
        self
    }

    /// With what it has now.
    #[must_use]
    pub fn now(self, field: &str, value: &str) -> Self {
        self.with(field, None, Some(value))
    }

    /// With what it had.
    #[must_use]
    pub fn was(self, field: &str, value: &str) -> Self {
        self.with(field, Some(value), None)
    }

    /// With every value of two JSON objects that differs, by its path.
    #[must_use]
    pub fn differing(self, before: &serde_json::Value, after: &serde_json::Value) -> Self {
        let (mut old, mut new) = (Vec::new(), Vec::new());
        leaves(before, String::new(), &mut old);
        leaves(after, String::new(), &mut new);
        let value = |list: &[(String, String)], path: &str| {
            list.iter().find(|(p, _)| p == path).map(|(_, value)| value.clone())
        };
        let mut paths: Vec<&String> = new.iter().map(|(path, _)| path).collect();
        paths.extend(old.iter().map(|(path, _)| path).filter(|path| value(&new, path).is_none()));
        paths.into_iter().fold(self, |note, path| {
            note.with(path, value(&old, path).as_deref(), value(&new, path).as_deref())
        })
    }
}

/// The values of a JSON value with their paths, such as `smtp.host`.
fn leaves(value: &serde_json::Value, path: String, out: &mut Vec<(String, String)>) {
    match value {
        serde_json::Value::Null => {}
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                let dot = if path.is_empty() { "" } else { "." };
                leaves(value, format!("{path}{dot}{name}"), out);
            }
        }
        serde_json::Value::String(text) => out.push((path, text.clone())),
        other => out.push((path, other.to_string())),
    }
}

fn shortened(value: &str) -> String {
    match value.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value.to_owned(),
    }
}

/// An entry of a workspace's log. What is hashed is its JSON, byte for byte as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// From 1, without gaps.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: By,
    /// From which network address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What was done.
    pub action: Action,
    /// To what.
    pub subject: Subject,
    /// What differs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Difference>,
}

/// The hash of an entry in the chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Link(pub [u8; 32]);

impl Link {
    /// What the next entry's hash is: SHA-256 over this hash and the entry's JSON. Before the first entry stand 32 zeros.
    #[must_use]
    pub fn next(self, record: &str) -> Self {
        Self(Sha256::new().chain_update(self.0).chain_update(record).finalize().into())
    }

    /// In hexadecimal digits.
    #[must_use]
    pub fn hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The end of a log: what one writes down elsewhere to be able to tell later that nothing is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Entries.
    pub seq: u64,
    /// The hash of the last one, in hexadecimal digits; zeros without any.
    pub hash: String,
}

/// What is wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Fault {
    /// An entry is missing.
    #[error("entry {0} is missing")]
    Missing(u64),
    /// The hash is not that of the entry and the one before.
    #[error("entry {0} is not what was written, or does not follow the one before it")]
    Hash(u64),
    /// The columns by which it is found say something else than the entry.
    #[error("entry {0} is filed under something that it does not say")]
    Filed(u64),
    /// The log ends before the entry that was noted.
    #[error("the log ends at {0}, before the entry that was noted")]
    Short(u64),
    /// The entry that was noted has another hash.
    #[error("entry {0} has another hash than was noted")]
    Other(u64),
}

/// What a check of a log found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Where it ends.
    pub head: Head,
    /// The first thing that is wrong.
    pub fault: Option<Fault>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_noted_by_its_path() {
        let before = json!({"name": "A", "smtp": {"host": "a", "port": 25}, "help": "x", "days": 7});
        let after = json!({"name": "A", "smtp": {"host": "b", "port": 25}, "sender": "s", "days": 8});
        let note = Note::new(Action::SettingsChanged, Subject::default()).differing(&before, &after);
        let mut all: Vec<_> = note
            .changes
            .iter()
            .map(|c| (c.field.as_str(), c.before.as_deref(), c.after.as_deref()))
            .collect();
        all.sort_unstable();
        assert_eq!(
            all,
            [
                ("days", Some("7"), Some("8")),
                ("help", Some("x"), None),
                ("sender", None, Some("s")),
                ("smtp.host", Some("a"), Some("b"))
            ]
        );
    }

    #[test]
    fn a_long_value_is_cut_between_characters() {
        let note = Note::new(Action::UserChanged, Subject::default()).now("name", &"ж".repeat(600));
        let kept = note.changes[0].after.as_deref().unwrap();
        assert_eq!(kept.chars().count(), LONGEST + 1);
        assert!(kept.ends_with('…'));
    }

    #[test]
    fn each_hash_depends_on_all_entries_before() {
        let chain = |records: &[&str]| records.iter().fold(Link::default(), |link, record| link.next(record));
        assert_eq!(chain(&["a", "b"]), chain(&["a", "b"]));
        assert_ne!(chain(&["a", "b"]), chain(&["b", "a"]));
        assert_ne!(chain(&["a", "b"]), chain(&["ab"]));
        // sha256sum over 32 zeros and "a".
        assert_eq!(chain(&["a"]).hex(), "41a0370c3d9f42773a59e8e01651911cf43b1e3f66944cbb690029debc4eb647");
    }
}
