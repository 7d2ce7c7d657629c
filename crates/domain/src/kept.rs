//! Messages that are kept as files while a workspace has no mail server.

use crate::{Timestamp, query::Window};
use serde::{Deserialize, Serialize};

/// A page of kept messages, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeptQuery {
    /// Words that its subject or whom it is for has, each of them; any case.
    pub search: String,
    /// Which page.
    pub window: Window,
}

impl KeptQuery {
    /// Whether a message is one of those that are searched for.
    #[must_use]
    pub fn finds(&self, row: &KeptRow) -> bool {
        let text = folded(&format!("{} {}", row.to, row.subject));
        folded(&self.search).split_whitespace().all(|word| text.contains(word))
    }
}

/// In lower case; е stands for ё, too.
fn folded(text: &str) -> String {
    text.to_lowercase().replace('ё', "е")
}

/// A kept message in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptRow {
    /// Its name: letters, digits and hyphens.
    pub id: String,
    /// Whom it is for.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// When it was made.
    pub at: Timestamp,
}

/// A part of a kept message that is not its text: a picture, an attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPart {
    /// The file's name.
    pub name: String,
    /// The media type.
    pub kind: String,
    /// The name by which the HTML shows it, for pictures in the text.
    pub content_id: Option<String>,
    /// Whether it is an attachment.
    pub attached: bool,
    /// The content.
    pub bytes: Vec<u8>,
}

/// A kept message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptMail {
    /// Its row.
    pub row: KeptRow,
    /// The headers, in their order.
    pub headers: Vec<(String, String)>,
    /// The plain text.
    pub text: String,
    /// The HTML.
    pub html: String,
    /// Pictures and attachments.
    pub parts: Vec<KeptPart>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_found_by_words_of_its_subject_and_of_whom_it_is_for() {
        let row = KeptRow {
            id: "1".into(),
            to: "Алёна Орлова <alena@example.org>".into(),
            subject: "Connect your phone".into(),
            at: Timestamp(0),
        };
        let finds = |search: &str| KeptQuery { search: search.into(), ..KeptQuery::default() }.finds(&row);
        for search in ["", "  ", "алена", "АЛЁНА phone", "@example", "connect орл"] {
            assert!(finds(search), "{search}");
        }
        for search in ["boris", "алена boris"] {
            assert!(!finds(search), "{search}");
        }
    }
}
