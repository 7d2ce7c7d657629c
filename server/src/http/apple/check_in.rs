//! `PUT /apple/checkin`: a device begins, says how it can be called, leaves, and asks for declarations.

use super::{body, refused, unavailable};
use crate::{
    apple::{orders::UNLOCK_TOKEN, paths, told},
    http::{
        Shared, Site,
        apple::proof::{self, NoProof},
        client::Peer,
    },
    metrics::metrics,
};
use axum::{
    body::Bytes,
    extract::{FromRequestParts, Request, State},
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use muster_apple_mdm::{
    checkin::{self, Authenticate, CheckIn, Endpoint, Enrolled, InvalidMessage, Sender, TokenUpdate},
    declarative::{self, Declarations, StatusReport},
    document::Limits,
    ids::Udid,
    replies,
};
use muster_domain::{
    CommandId, DeviceId, Timestamp,
    apple::{End, NotTrusted, Signer, Step, Voice},
    audit::{Act, By},
    command::CommandKind,
    device::Platform,
    ports::{Begin, Begun, Store, StoreError, Taken, Tokens},
};
use std::sync::Arc;

/// Why a device is not answered as it would like.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// Nobody knows who speaks.
    #[error(transparent)]
    Proof(#[from] NoProof),
    /// The message cannot be read.
    #[error(transparent)]
    Message(#[from] InvalidMessage),
    /// Whoever signed does not speak for that device.
    #[error(transparent)]
    Signer(#[from] NotTrusted),
    /// The device was managed once, and is not any more.
    #[error("the device is not managed any more")]
    Gone,
    /// The link does not take it.
    #[error("the link does not take the device: {0}")]
    Link(&'static str),
    /// Nothing that Muster does.
    #[error("nothing that this server does")]
    Declined,
    /// It could not be read, by no fault of the device.
    #[error("reading it did not come to its end")]
    Unread,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NotTaken {
    /// As the device is told. 401 makes a device remove its enrolment (Apple: "MDM"): it is for those alone whose own
    /// certificate is genuine and whose management has ended here, never for a proof that is missing, since a proxy may have
    /// lost it, nor for a certificate that is not known, since a backup may be older than it.
    #[must_use]
    pub fn response(self) -> Response {
        let status = match &self {
            Self::Store(error) | Self::Proof(NoProof::Store(error)) => return unavailable(error),
            Self::Unread => return unavailable(&self),
            Self::Proof(NoProof::Unknown) | Self::Signer(_) | Self::Link(_) => StatusCode::FORBIDDEN,
            Self::Proof(_) | Self::Message(_) => StatusCode::BAD_REQUEST,
            Self::Gone => StatusCode::from_u16(replies::NOT_KNOWN).unwrap_or(StatusCode::UNAUTHORIZED),
            Self::Declined => StatusCode::from_u16(replies::DECLINED).unwrap_or(StatusCode::GONE),
        };
        tracing::info!(error = %self, status = status.as_u16(), "apple");
        refused(status, "This is not taken.\n")
    }
}

/// Whom the signer speaks for, for messages of devices that have begun.
///
/// # Errors
/// [`NotTaken`].
pub async fn speaks(site: &Site, signer: &Signer, udid: &Udid, now: Timestamp) -> Result<(), NotTaken> {
    match signer.speaks_for(udid.as_str(), now) {
        Ok(Voice::Own) => Ok(()),
        Ok(Voice::Renewed) => {
            let store = &site.ports.store;
            store.repin(signer.workspace, signer.invitation, signer.fingerprint, now).await?;
            Ok(())
        }
        Err(NotTrusted::Left) => Err(NotTaken::Gone),
        Err(NotTrusted::Ended) if matches!(signer.ended, Some(End::Left | End::Withdrawn)) => {
            Err(NotTaken::Gone)
        }
        Err(error) => Err(error.into()),
    }
}

/// The device of a sender; its user channel and user enrolments are not managed.
///
/// # Errors
/// [`NotTaken::Declined`].
pub fn device(sender: &Sender) -> Result<&Udid, NotTaken> {
    match (&sender.enrolled, &sender.user) {
        (Enrolled::Device(udid), None) => Ok(udid),
        _ => Err(NotTaken::Declined),
    }
}

/// A message whose signer is known.
struct Heard<'h> {
    site: &'h Site,
    signer: Signer,
    peer: String,
    now: Timestamp,
}

/// `PUT /apple/checkin`.
pub async fn take(State(site): Shared, request: Request) -> Response {
    let (mut parts, sent) = request.into_parts();
    let claimed = match proof::claimed(&site, &parts.headers, &parts.extensions).await {
        Ok(claimed) => claimed,
        Err(error) => return NotTaken::from(error).response(),
    };
    let (sent, _turn) =
        match site.load.taken_of((claimed.device(), paths::CHECK_IN), sent, Limits::CHECK_IN.bytes).await {
            Ok(taken) => taken,
            Err(answer) => return super::not_taken_in(answer),
        };
    let Ok(Peer(peer)) = Peer::from_request_parts(&mut parts, &site).await;
    let heard = async {
        let signer = claimed.proven(&sent.bytes)?;
        let message = checkin::read(&sent.bytes)?;
        let now = site.ports.clock.now();
        Heard { site: &site, signer, peer, now }.answer(message).await
    };
    heard.await.unwrap_or_else(NotTaken::response)
}

fn done() -> Response {
    ([(header::CONTENT_TYPE, replies::CONTENT_TYPE)], Bytes::new()).into_response()
}

impl Heard<'_> {
    /// The store for what the device does itself.
    fn acting(&self) -> Arc<dyn Store> {
        let act = Act { by: By::Device, from: Some(self.peer.clone()), at: self.now };
        self.site.ports.store.acting(act)
    }

    async fn speaks(&self, sender: &Sender) -> Result<(), NotTaken> {
        speaks(self.site, &self.signer, device(sender)?, self.now).await
    }

    async fn answer(self, message: CheckIn) -> Result<Response, NotTaken> {
        match message {
            CheckIn::Authenticate(message) => self.begin(message).await,
            CheckIn::TokenUpdate(message) => self.take_tokens(message).await,
            CheckIn::CheckOut(sender) => {
                self.speaks(&sender).await?;
                self.acting().check_out(self.signer.workspace, self.signer.invitation, self.now).await?;
                Ok(done())
            }
            CheckIn::DeclarativeManagement(sender, endpoint) => {
                self.speaks(&sender).await?;
                self.declares(endpoint).await
            }
            CheckIn::UserAuthenticate(_) => Err(NotTaken::Declined),
            CheckIn::GetBootstrapToken(sender) => {
                self.speaks(&sender).await?;
                Ok(body(replies::CONTENT_TYPE, replies::bootstrap_token(None)))
            }
            // Macs alone send it, and the profile does not offer it.
            CheckIn::SetBootstrapToken(sender, _) => {
                self.speaks(&sender).await?;
                Ok(refused(StatusCode::NOT_FOUND, "Not offered.\n"))
            }
            // "If the server doesn't recognize the service type, it needs to return a 400" (Apple: "Get Token"). No service is
            // offered, and the profile says so by lacking com.apple.mdm.token.
            CheckIn::GetToken(sender, _) => {
                self.speaks(&sender).await?;
                Ok(refused(StatusCode::BAD_REQUEST, "No such service is offered.\n"))
            }
        }
    }

    async fn begin(self, message: Authenticate) -> Result<Response, NotTaken> {
        self.signer.holds(self.now).map_err(|error| match self.signer.ended {
            Some(End::Withdrawn) => NotTaken::Gone,
            _ => error.into(),
        })?;
        let udid = device(&message.sender)?;
        let store = self.acting();
        let rights = store.settings(self.signer.workspace).await?.apple.rights;
        let platform = told::platform(&message.device);
        let begin = Begin {
            invitation: self.signer.invitation,
            identity: self.signer.fingerprint,
            udid: udid.as_str().to_owned(),
            platform,
            facts: told::at_begin(&message.device, rights),
            topic: message.topic.as_str().to_owned(),
            now: self.now,
        };
        let begun = store.begin(self.signer.workspace, begin).await?;
        let result = match begun {
            Begun::Bound => "began",
            Begun::Refused(_) => "link",
            Begun::Elsewhere => "elsewhere",
            Begun::OtherDevice => "other_device",
        };
        metrics().enrolment(result, platform.name());
        match begun {
            Begun::Bound => Ok(done()),
            Begun::Refused(_) => Err(NotTaken::Link("it is not for this device")),
            Begun::Elsewhere => Err(NotTaken::Link("the device is enrolled by another link")),
            Begun::OtherDevice => Err(NotTrusted::OtherDevice.into()),
        }
    }

    async fn take_tokens(self, message: TokenUpdate) -> Result<Response, NotTaken> {
        // The token of a user channel must not take the place of the device's.
        let udid = device(&message.sender)?;
        speaks(self.site, &self.signer, udid, self.now).await?;
        let ports = &self.site.ports;
        let first = CommandId::new(self.now, &*ports.secrets);
        let asked = CommandKind::QUESTIONS.into_iter().chain([CommandKind::Declarations]);
        let tokens = Tokens {
            invitation: self.signer.invitation,
            device: DeviceId::new(self.now, &*ports.secrets),
            token: message.token.0,
            magic: message.push_magic.as_str().to_owned(),
            topic: message.topic.as_str().to_owned(),
            unlock: message.unlock_token.map(|token| ports.secrets.seal(UNLOCK_TOKEN, &token.0)),
            questions: asked.enumerate().map(|(n, kind)| (first.nth(n), kind)).collect(),
            now: self.now,
        };
        match self.acting().take_tokens(self.signer.workspace, tokens).await? {
            Taken::Connected(_) => {
                metrics().enrolment("connected", Platform::Ios.name());
                Ok(done())
            }
            Taken::Updated(_) => Ok(done()),
            Taken::Refused => {
                let why = Some("the link was withdrawn".to_owned());
                let (workspace, link) = (self.signer.workspace, self.signer.invitation);
                ports.store.note_step(workspace, link, Step::Refused, why, self.now).await?;
                Err(NotTaken::Link("it was withdrawn"))
            }
        }
    }

    async fn declares(self, endpoint: Endpoint) -> Result<Response, NotTaken> {
        let declared = Declarations::status_subscription();
        let answer = match endpoint {
            Endpoint::Tokens => declared.tokens(&self.now.rfc3339()),
            Endpoint::DeclarationItems => declared.items(),
            Endpoint::Declaration { kind, identifier } => match declared.declaration(&kind, &identifier) {
                Some(declaration) => declaration,
                None => return Ok(refused(StatusCode::NOT_FOUND, "No such declaration.\n")),
            },
            Endpoint::Status(report) => {
                let report = StatusReport::read(&report).map_err(|_| InvalidMessage::Field("Data"))?;
                let device = self.signer.pinned.as_ref().and_then(|p| p.device);
                if let Some(device) = device {
                    let facts = told::status(&report);
                    self.site.ports.store.told(self.signer.workspace, device, &facts, self.now).await?;
                }
                return Ok(done());
            }
        };
        Ok(body(declarative::CONTENT_TYPE, answer))
    }
}
