//! The ports: what the rules need of the world. Time and randomness are injected, so that tests can set them.

mod authority;
mod figures;
mod push;
mod roles;
mod store;

pub use authority::*;
pub use figures::*;
pub use push::*;
pub use roles::*;
pub use store::*;

use crate::{
    EmailAddress, InvitationId, Language, PackageId, Timestamp, WorkspaceId,
    kept::{KeptMail, KeptQuery, KeptRow},
    query::Page,
    settings::Settings,
    token::{AgentAddress, InvitationToken, PackageAddress},
    trial::Stepped,
};
use async_trait::async_trait;

/// The time of day.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Randomness and the keys that live outside the database.
pub trait Secrets: Send + Sync {
    /// Fills `out` with unpredictable bytes.
    fn fill(&self, out: &mut [u8]);
    /// The token of an invitation's link.
    fn link_token(&self, id: InvitationId, generation: u32) -> InvitationToken;
    /// The address of the device of an invitation that has the Headwind agent.
    fn agent_address(&self, id: InvitationId) -> AgentAddress;
    /// The address at which phones fetch an Android package.
    fn package_address(&self, id: PackageId) -> PackageAddress;
    /// Encrypts what the database may not show, bound to `context`.
    fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8>;
    /// Decrypts what [`Secrets::seal`] made; `None` if it is not genuine or the key is another.
    fn open(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>>;
}

/// Hashing of passwords, which takes time and memory on purpose.
#[async_trait]
pub trait Passwords: Send + Sync {
    /// The PHC string of a password.
    async fn hash(&self, password: &str) -> String;
    /// Whether it is this password. With `None` it takes the same time and answers no (ABUSE A33).
    async fn verify(&self, password: &str, hash: Option<&str>) -> bool;
}

/// A message ready to be sent.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The same for every attempt at the same message, so that receivers can tell a repetition.
    pub message_id: String,
    /// Whom it is for.
    pub to: (String, String),
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML; it shows the picture as `cid:qr`.
    pub html: String,
    /// The QR code as a PNG, shown inline and attached.
    pub qr_png: Option<Vec<u8>>,
    /// Further pictures, each a PNG that the HTML shows as `cid:` and its name.
    pub pictures: Vec<(&'static str, Vec<u8>)>,
    /// The company's logo as a PNG, shown as `cid:logo`.
    pub logo_png: Option<Vec<u8>>,
    /// When it was made.
    pub date: Timestamp,
}

/// Why a message did not go out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Not now: try again later.
    #[error("{0}")]
    Transient(String),
    /// Never: the server's words.
    #[error("{0}")]
    Permanent(String),
}

/// The way of mails.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends one message with the workspace's settings. It counts as sent only after the server's `250`.
    async fn send(&self, settings: &Settings, password: Option<&str>, mail: &Mail) -> Result<(), MailError>;
}

/// Messages that were kept as files. They hold working links: whoever may see no link may not see them either.
#[async_trait]
pub trait KeptMails: Send + Sync {
    /// A page of a workspace's messages, newest first.
    async fn list(&self, workspace: WorkspaceId, query: &KeptQuery) -> Stored<Page<KeptRow>>;
    /// One of them; `None` if it is not there, or not this workspace's, or the id is not shaped like one (ABUSE A43).
    async fn read(&self, workspace: WorkspaceId, id: &str) -> Stored<Option<KeptMail>>;
}

/// A test mail, sent step by step.
#[async_trait]
pub trait MailTrial: Send + Sync {
    /// Sends a test mail with these settings, saved or not, and tells what the server said at each step.
    async fn try_out(
        &self,
        settings: &Settings,
        password: Option<&str>,
        to: &EmailAddress,
        language: Language,
    ) -> Vec<Stepped>;
}
