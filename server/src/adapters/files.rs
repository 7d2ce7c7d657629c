//! Mail as files, for a Muster without a mail server: the console shows them.

use crate::adapters::mail::lettre_message;
use async_trait::async_trait;
use muster_domain::{
    ports::{Mail, MailError, Mailer},
    settings::Settings,
};
use std::{io, path::PathBuf};

/// Writes every message as `{date}-{id}.eml` into a directory.
#[derive(Clone, Debug)]
pub struct FileMailer {
    /// Where the files are. It is made when it is missing.
    pub dir: PathBuf,
}

impl FileMailer {
    /// The ids of all messages, newest first.
    ///
    /// # Errors
    /// If the directory cannot be read; one that is missing is empty.
    pub async fn list(&self) -> io::Result<Vec<String>> {
        let mut entries = match tokio::fs::read_dir(&self.dir).await {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(e),
        };
        let mut ids = Vec::new();
        while let Some(entry) = entries.next_entry().await? {
            let name = entry.file_name();
            if let Some(id) = name.to_str().and_then(|n| n.strip_suffix(".eml")).filter(|id| is_id(id)) {
                ids.push(id.to_owned());
            }
        }
        ids.sort_unstable_by(|a, b| b.cmp(a));
        Ok(ids)
    }

    /// A message; `None` if there is none of that id, or the id is not shaped like one (ABUSE A43).
    ///
    /// # Errors
    /// If the file cannot be read.
    pub async fn read(&self, id: &str) -> io::Result<Option<Vec<u8>>> {
        if !is_id(id) {
            return Ok(None);
        }
        match tokio::fs::read(self.dir.join(format!("{id}.eml"))).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    async fn write(&self, id: &str, bytes: &[u8]) -> io::Result<()> {
        tokio::fs::create_dir_all(&self.dir).await?;
        let half = self.dir.join(format!("{id}.part"));
        tokio::fs::write(&half, bytes).await?;
        tokio::fs::rename(&half, self.dir.join(format!("{id}.eml"))).await
    }
}

#[async_trait]
impl Mailer for FileMailer {
    async fn send(&self, settings: &Settings, _: Option<&str>, mail: &Mail) -> Result<(), MailError> {
        let message = lettre_message(settings, mail)?;
        self.write(&id(mail), &message.formatted())
            .await
            .map_err(|e| MailError::Transient(format!("the message could not be written to a file: {e}")))
    }
}

/// The same for every attempt at the same message.
fn id(mail: &Mail) -> String {
    let c = mail.date.civil();
    let name: String =
        mail.message_id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(100).collect();
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z-{}",
        c.year,
        c.month,
        c.day,
        c.hour,
        c.minute,
        c.second,
        name.trim_matches('-')
    )
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= 200 && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::mail::tests::{mail, settings};

    #[tokio::test]
    async fn what_is_sent_is_listed_and_read_once() {
        let dir = tempfile::tempdir().unwrap();
        let mailer = FileMailer { dir: dir.path().join("mail") };
        assert!(mailer.list().await.unwrap().is_empty());
        for _ in 0..2 {
            mailer.send(&settings(), None, &mail("anna@example.org")).await.unwrap();
        }
        let ids = mailer.list().await.unwrap();
        assert_eq!(ids, ["20260921T141320Z-01935c3e-1-muster-example-org"]);
        let text = String::from_utf8(mailer.read(&ids[0]).await.unwrap().unwrap()).unwrap();
        assert!(text.contains("anna@example.org"));
    }

    #[tokio::test]
    async fn a43_ids_lead_nowhere_else() {
        let dir = tempfile::tempdir().unwrap();
        tokio::fs::write(dir.path().join("secret.eml"), "x").await.unwrap();
        let mailer = FileMailer { dir: dir.path().join("mail") };
        for id in ["../secret", "..%2fsecret", "/etc/passwd", "a/../../secret", "", "a\0b", "a.eml"] {
            assert_eq!(mailer.read(id).await.unwrap(), None, "{id:?}");
        }
    }
}
