//! What the server hands to every request of the app.

use crate::{
    AppError,
    api::{
        apple::Upload,
        imports::{How, Look, Part, Refusal, Writing},
        wording::Tried,
    },
};
use async_trait::async_trait;
use leptos::prelude::use_context;
use muster_domain::{
    AccountId, Language, PackageId, SessionId, Timestamp, WorkspaceId,
    account::{Permission, Who},
    apple::{CertificateProblem, CertificateWarning},
    audit::{Act, Action, Note, Subject},
    kept::KeptMail,
    look::Brand,
    ports::{KeptMails, MailError, MailTrial, Offer, Store, Stored},
    settings::Settings,
    usecase::Ports,
    wording::Wording,
};
use std::{collections::BTreeMap, sync::Arc};

/// The names of the files that the browser loads; they change with their content.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// The glue.
    pub js: String,
    /// The WebAssembly.
    pub wasm: String,
    /// The style sheet.
    pub css: String,
    /// The files of each part of the WebAssembly.
    pub parts: BTreeMap<String, Vec<String>>,
    /// The texts of each language, by its tag.
    pub texts: BTreeMap<String, String>,
    /// The font that is loaded ahead.
    pub fonts: String,
}

/// What a preview of the message is made of.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The workspace's name.
    pub company: String,
    /// The address before links.
    pub address: String,
    /// The name of the person it is for.
    pub person: String,
    /// The sender's note.
    pub note: Option<String>,
    /// Until when the link works.
    pub expires_at: Timestamp,
    /// Whom to ask.
    pub help: Option<String>,
    /// The language of the message.
    pub language: Language,
    /// Whether the code goes along that an Android agent scans.
    pub agent: bool,
    /// Whether the code goes along that a phone fresh from its box scans.
    pub owner: bool,
    /// Words, colour and logo of the company's own.
    pub brand: Arc<Brand>,
}

/// The message as it will look.
#[derive(Clone, Debug)]
pub struct PreviewHtml {
    /// The subject.
    pub subject: String,
    /// The body.
    pub html: String,
}

/// Makes the preview of a message.
pub type PreviewFn = Arc<dyn Fn(&Preview) -> PreviewHtml + Send + Sync>;

/// The message that is being worded, sent to whoever words it.
#[async_trait]
pub trait Drafts: Send + Sync {
    /// Sends it to who asks, as it would go to a person; its link leads nowhere.
    async fn send(&self, who: &Who, language: Language, wording: &Wording) -> Stored<Tried>;
}

/// Files of people that were uploaded, until they are imported or an hour is over.
#[async_trait]
pub trait Imports: Send + Sync {
    /// What a file says, read like this, with a part of its rows; [`muster_domain::ports::StoreError::NotFound`] if who asks has not uploaded it.
    async fn look(&self, who: &Who, upload: &str, how: How, part: Part) -> Stored<Result<Look, Refusal>>;
    /// Begins to write its people through this store; [`muster_domain::ports::StoreError::State`] if rows of it have to be mended, or it is being written.
    async fn write(&self, who: &Who, store: Arc<dyn Store>, upload: &str, how: How) -> Stored<()>;
    /// How far it is.
    fn state(&self, who: &Who, upload: &str) -> Stored<Writing>;
}

/// What the mail of an account's invitation says.
#[derive(Clone, Debug)]
pub struct Colleague {
    /// Where they are invited to.
    pub workspace: WorkspaceId,
    /// The invitation.
    pub offer: Offer,
    /// The link in full.
    pub link: String,
}

/// Mails to colleagues.
#[async_trait]
pub trait Letters: Send + Sync {
    /// Sends an invitation by the workspace's mail server, at once.
    async fn invite(&self, settings: &Settings, colleague: &Colleague) -> Stored<Result<(), MailError>>;
}

/// What a configuration profile says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedProfile {
    /// Its `PayloadIdentifier`.
    pub identifier: String,
    /// Its `PayloadDisplayName`.
    pub name: String,
    /// The types of its payloads.
    pub payloads: Vec<String>,
    /// What an administrator should know.
    pub remarks: Vec<String>,
}

/// Reads configuration profiles.
pub trait Profiles: Send + Sync {
    /// What the file says, or why it cannot be sent to devices.
    ///
    /// # Errors
    /// Why, in English.
    fn check(&self, bytes: &[u8]) -> Result<CheckedProfile, String>;
}

/// Android packages, whose files lie beside the database.
#[async_trait]
pub trait Packages: Send + Sync {
    /// Deletes one, with its file.
    async fn remove(&self, store: &Arc<dyn Store>, workspace: WorkspaceId, id: PackageId) -> Stored<()>;
}

/// The APNs certificate: what needs keys and certificates to be read.
#[async_trait]
pub trait Certificates: Send + Sync {
    /// Makes a key and a request with it, in the place of an earlier one.
    async fn request(&self, store: &Arc<dyn Store>, workspace: WorkspaceId) -> Stored<()>;
    /// Takes the workspace's own vendor certificate, with what is worth knowing of it; or says all that is wrong with it.
    async fn vendor(
        &self,
        store: &Arc<dyn Store>,
        workspace: WorkspaceId,
        upload: Upload,
    ) -> Stored<Result<Vec<CertificateWarning>, Vec<CertificateProblem>>>;
    /// Takes the certificate that signs profiles, with what is worth knowing of it; or says all that is wrong with it.
    async fn signing(
        &self,
        store: &Arc<dyn Store>,
        workspace: WorkspaceId,
        upload: Upload,
    ) -> Stored<Result<Vec<CertificateWarning>, Vec<CertificateProblem>>>;
    /// Takes a certificate, with what is worth knowing of it; or says all that is wrong with it.
    async fn upload(
        &self,
        store: &Arc<dyn Store>,
        workspace: WorkspaceId,
        upload: Upload,
        account: Option<String>,
        cut_off: Option<u64>,
    ) -> Stored<Result<Vec<CertificateWarning>, Vec<CertificateProblem>>>;
}

/// Counts guesses of the password of who is signed in; `false` if it is one too many (ABUSE A32).
pub type Guesses = Arc<dyn Fn(AccountId) -> bool + Send + Sync>;

/// Whether an account begins to read a kept message now: its page asks for it in pieces.
pub type Sight = Arc<dyn Fn(AccountId, &str, Timestamp) -> bool + Send + Sync>;

/// The world of the app, the same for every request.
#[derive(Clone)]
pub struct Services {
    /// The ports.
    pub ports: Ports,
    /// The address of links while the workspace sets none; without a slash at the end.
    pub public_url: String,
    /// What the browser loads.
    pub assets: Assets,
    /// Makes the preview of a message.
    pub preview: PreviewFn,
    /// Messages that were kept as files.
    pub kept: Arc<dyn KeptMails>,
    /// Sends test mails.
    pub trial: Arc<dyn MailTrial>,
    /// Files of people.
    pub imports: Arc<dyn Imports>,
    /// Sends messages that are being worded.
    pub drafts: Arc<dyn Drafts>,
    /// Mails to colleagues.
    pub letters: Arc<dyn Letters>,
    /// The APNs certificate.
    pub certificates: Arc<dyn Certificates>,
    /// Reads configuration profiles.
    pub profiles: Arc<dyn Profiles>,
    /// Android packages.
    pub packages: Arc<dyn Packages>,
    /// Guesses of passwords.
    pub guesses: Guesses,
    /// Readings of kept messages.
    pub sight: Sight,
}

impl Services {
    /// A kept message for who may see links; the log of this store's act tells that its link was seen.
    ///
    /// # Errors
    /// [`StoreError`](muster_domain::ports::StoreError).
    pub async fn kept_message(&self, store: &dyn Store, who: &Who, id: &str) -> Stored<Option<KeptMail>> {
        let Some(mail) = self.kept.read(who.workspace, id).await? else { return Ok(None) };
        if (self.sight)(who.account.id, id, self.ports.clock.now()) {
            store.note(who.workspace, Note::new(Action::LinkShown, Subject::named(&mail.row.to))).await?;
        }
        Ok(Some(mail))
    }
}

/// The id of the request, as it stands in the log.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

/// Who visits, and how they want the console.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The account; none without a session.
    pub who: Option<Who>,
    /// The session itself.
    pub session: Option<SessionId>,
    /// The language of the console.
    pub language: Language,
    /// `light` or `dark`; the system's if unset.
    pub theme: Option<String>,
    /// The network address that the request came from.
    pub from: Option<String>,
}

/// The first line of every server function: who asks, if they may. What they do is written in their name (audit log).
///
/// # Errors
/// [`AppError::SignedOut`] without a session, [`AppError::Forbidden`] if the role does not allow it.
pub fn allowed(permission: Permission) -> Result<(Services, Who), AppError> {
    let visit = use_context::<Visit>();
    let from = visit.as_ref().and_then(|v| v.from.clone());
    let who = visit.and_then(|v| v.who).ok_or_else(|| AppError::SignedOut.told())?;
    if !who.role.may(permission) {
        return Err(AppError::Forbidden.told());
    }
    let mut services =
        use_context::<Services>().ok_or_else(|| AppError::failed("services are not provided"))?;
    let act = Act::of(&who, from, services.ports.clock.now());
    services.ports.store = services.ports.store.acting(act);
    Ok((services, who))
}
