//! Messages that are kept as files while a workspace has no mail server.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

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
