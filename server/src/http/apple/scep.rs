//! SCEP (RFC 8894) over HTTP: a device gets its identity, and another one before that ends. What is decided here: whether
//! a challenge or a signature gives a right to a certificate. Whoever has none is told nothing more (ABUSE A6).

use super::{body, reached, refused, unavailable};
use crate::{
    adapters::authority::{Opened, fingerprint, key_hash},
    apple::paths,
    http::{Shared, Site},
    metrics::metrics,
};
use axum::{
    extract::{Path, RawQuery, State},
    response::Response,
};
use bytes::Bytes;
use http::{Method, StatusCode};
use muster_domain::{
    InvitationId, Timestamp, WorkspaceId,
    apple::{Challenge, Identity, NotTrusted, Purpose, Step},
    invitation::Refusal,
    ports::{AuthorityError, CertificateAuthority, IdentityRequest, Issue, Issued, StoreError},
};
use muster_pki::{certificate::Certificate, request::CertificateRequest};
use muster_scep::{
    FailInfo,
    answer::{AnswerError, Answerer},
    authority,
    message::{self, Exchange, Request},
    transport::{self, Operation, TransportError},
};

/// Why no certificate was issued; for the log and the console. A device is told that it failed.
#[derive(Debug, thiserror::Error)]
enum NotIssued {
    #[error("no challenge, or none of this server")]
    NoChallenge,
    #[error("the challenge is of another workspace")]
    OtherWorkspace,
    #[error("the challenge is too old")]
    TooOld,
    #[error("the challenge was spent for another key")]
    Spent,
    #[error("the link: {0}")]
    Link(Refusal),
    #[error("what signed is no identity of this workspace")]
    NotOurs,
    #[error("what signed: {0}")]
    Signer(#[from] NotTrusted),
    #[error("what is to be renewed is not the identity of a connected device")]
    NothingToRenew,
    #[error("the link got too many certificates in a day")]
    TooMany,
    #[error("no such transaction")]
    NoTransaction,
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NotIssued {
    /// Whether this server failed, and the device did nothing wrong: it comes again, and nothing has stopped it.
    const fn is_ours(&self) -> bool {
        matches!(self, Self::Store(_) | Self::Authority(AuthorityError::Store(_) | AuthorityError::Sealed))
    }
}

/// `GET` and `POST /apple/scep/{workspace}`.
pub async fn operation(
    State(site): Shared,
    Path(workspace): Path<String>,
    RawQuery(query): RawQuery,
    method: Method,
    sent: Bytes,
) -> Response {
    let nothing = || refused(StatusCode::NOT_FOUND, "There is nothing here.\n");
    let Ok(workspace) = workspace.parse::<WorkspaceId>() else { return nothing() };
    let sent = (method == Method::POST).then_some(&*sent);
    let operation = match transport::operation(query.as_deref().unwrap_or_default(), sent) {
        Ok(operation) => operation,
        Err(TransportError::Size) => {
            return refused(StatusCode::PAYLOAD_TOO_LARGE, "Too large for SCEP.\n");
        }
        Err(error) => {
            tracing::info!(%error, "scep");
            return refused(StatusCode::BAD_REQUEST, "This is none of SCEP's operations.\n");
        }
    };
    if operation == Operation::Capabilities {
        return body(authority::CAPABILITIES_TYPE, authority::CAPABILITIES.as_bytes().to_vec());
    }
    // An authority is made for a workspace that is there.
    match site.ports.store.settings(workspace).await {
        Ok(_) => {}
        Err(StoreError::NotFound) => return nothing(),
        Err(error) => return unavailable(&error),
    }
    let own = match site.apple.authority.opened(workspace).await {
        Ok(own) => own,
        Err(error) => return closed(&error),
    };
    match operation {
        Operation::Message(bytes) => {
            let asked = Asked { site: &site, workspace, own: &own, now: site.ports.clock.now() };
            asked.answer(&bytes).await
        }
        _ => match authority::certificates(&[own.certificate.clone(), own.recipient.clone()]) {
            Some((kind, bytes)) => body(kind, bytes),
            None => nothing(),
        },
    }
}

/// Nothing can be issued now: the device comes again.
fn closed(error: &impl std::error::Error) -> Response {
    tracing::error!(%error, "scep");
    refused(StatusCode::SERVICE_UNAVAILABLE, "Not now. Come again.\n")
}

/// A message to the authority of a workspace.
struct Asked<'a> {
    site: &'a Site,
    workspace: WorkspaceId,
    own: &'a Opened,
    now: Timestamp,
}

impl Asked<'_> {
    fn answerer(&self) -> Answerer<'_> {
        Answerer { certificate: &self.own.certificate, key: &self.own.key }
    }

    async fn answer(&self, bytes: &[u8]) -> Response {
        let secrets = &self.site.ports.secrets;
        let mut random = |out: &mut [u8]| secrets.fill(out);
        let recipients = [(&self.own.recipient, &self.own.recipient_key)];
        let received = match message::open(bytes, &recipients, &mut random) {
            Ok(received) => received,
            Err(refusal) => {
                tracing::info!(reason = %refusal.reason, "scep");
                metrics().scep("refused");
                return match refusal.exchange {
                    Some(exchange) => self.failure(&exchange, refusal.info),
                    None => refused(StatusCode::BAD_REQUEST, "This is no message of SCEP.\n"),
                };
            }
        };
        let exchange = &received.exchange;
        let decided = match &received.request {
            Request::Enrol(request) => self.enrol(request).await,
            Request::Renew(request) => self.renew(request, exchange.signer()).await,
            Request::Poll { .. } => Err(NotIssued::NoTransaction),
        };
        match decided {
            Ok(identity) => {
                metrics().scep("issued");
                self.success(exchange, &identity)
            }
            Err(error) if error.is_ours() => closed(&error),
            Err(error) => {
                tracing::info!(%error, transaction = exchange.transaction().as_str(), "scep: no certificate");
                metrics().scep("refused");
                // A poll has no secret in it: the answer to it may name what is wrong (RFC 8894, section 3.2.1.4).
                let unknown = matches!(error, NotIssued::NoTransaction);
                self.failure(exchange, if unknown { FailInfo::BadCertId } else { FailInfo::BadRequest })
            }
        }
    }

    /// A first certificate, by the challenge of a link; or one that takes the place of another, by a challenge that was
    /// sent to the device.
    async fn enrol(&self, request: &CertificateRequest) -> Result<Identity, NotIssued> {
        let store = &self.site.ports.store;
        let challenge = request.challenge().and_then(|text| Challenge::open(text, &*self.site.ports.secrets));
        let challenge = challenge.ok_or(NotIssued::NoChallenge)?;
        if challenge.workspace != self.workspace {
            return Err(NotIssued::OtherWorkspace);
        }
        let link = challenge.invitation;
        let decided = self.by_challenge(request, &challenge).await;
        if challenge.purpose == Purpose::Connect {
            match &decided {
                Ok(_) => store.note_step(self.workspace, link, Step::Scep, None, self.now).await?,
                Err(error) if error.is_ours() => {}
                // Another profile has another challenge: the person is to download it again, and the console says why.
                Err(error @ (NotIssued::Spent | NotIssued::TooOld)) => {
                    store
                        .note_step(self.workspace, link, Step::Scep, Some(error.to_string()), self.now)
                        .await?;
                }
                Err(error) => {
                    let why = Some(error.to_string());
                    store.note_step(self.workspace, link, Step::Refused, why, self.now).await?;
                }
            }
        }
        decided
    }

    async fn by_challenge(
        &self,
        request: &CertificateRequest,
        challenge: &Challenge,
    ) -> Result<Identity, NotIssued> {
        let store = &self.site.ports.store;
        let before = store.identity(self.workspace, challenge.invitation, challenge.number).await?;
        // What was spent with this key is answered again, also when its time is over by now.
        match before {
            Some(before) if before.key == key_hash(request.key()) => return Ok(before),
            Some(_) => return Err(NotIssued::Spent),
            None if !challenge.holds(self.now) => return Err(NotIssued::TooOld),
            None => {}
        }
        let number = (Some(challenge.generation), Some(challenge.number));
        self.issue(request, challenge.invitation, number, challenge.purpose).await
    }

    /// Another certificate, by the signature of the one that is pinned (RFC 8894, section 2.3).
    async fn renew(&self, request: &CertificateRequest, signer: &Certificate) -> Result<Identity, NotIssued> {
        let own = fingerprint(signer);
        let known = self.site.ports.store.find_signer(own).await?;
        // ABUSE A5: of another authority or workspace, expired, ended, or another device's.
        let known = known.filter(|k| k.workspace == self.workspace).ok_or(NotIssued::NotOurs)?;
        known.holds(self.now)?;
        if known.pinned.as_ref().is_some_and(|p| p.left) {
            return Err(NotTrusted::Left.into());
        }
        self.issue(request, known.invitation, (None, None), Purpose::Renew(own)).await
    }

    async fn issue(
        &self,
        request: &CertificateRequest,
        invitation: InvitationId,
        (generation, number): (Option<u32>, Option<u32>),
        purpose: Purpose,
    ) -> Result<Identity, NotIssued> {
        let (_, base) = reached(self.site, self.workspace).await?;
        let wanted = IdentityRequest {
            invitation,
            key: request.key().spki().to_vec(),
            renews: match purpose {
                Purpose::Connect => None,
                Purpose::Renew(of) => Some(of),
            },
            revocation_list: format!("{base}{}", paths::revoked(self.workspace)),
            now: self.now,
        };
        let identity = self.site.apple.authority.issue(self.workspace, &wanted).await?;
        let issue = Issue { invitation, generation, number, purpose, identity, now: self.now };
        match self.site.ports.store.issue(self.workspace, issue).await? {
            Issued::Certificate(identity) => Ok(*identity),
            Issued::Spent => Err(NotIssued::Spent),
            Issued::Refused(refusal) => Err(NotIssued::Link(refusal)),
            Issued::NothingToRenew => Err(NotIssued::NothingToRenew),
            Issued::TooMany => Err(NotIssued::TooMany),
        }
    }

    fn success(&self, exchange: &Exchange, identity: &Identity) -> Response {
        let Ok(certificate) = Certificate::from_der(&identity.certificate) else {
            tracing::error!("an identity in the database is no certificate");
            return refused(StatusCode::INTERNAL_SERVER_ERROR, "Not now.\n");
        };
        let secrets = &self.site.ports.secrets;
        let mut random = |out: &mut [u8]| secrets.fill(out);
        let above = [self.own.certificate.clone()];
        written(exchange.success(&certificate, &above, self.answerer(), self.now.seconds(), &mut random))
    }

    fn failure(&self, exchange: &Exchange, info: FailInfo) -> Response {
        let secrets = &self.site.ports.secrets;
        let mut random = |out: &mut [u8]| secrets.fill(out);
        written(exchange.failure(info, self.answerer(), self.now.seconds(), &mut random))
    }
}

fn written(answer: Result<Vec<u8>, AnswerError>) -> Response {
    match answer {
        Ok(bytes) => body(authority::MESSAGE_TYPE, bytes),
        Err(error) => {
            tracing::error!(%error, "scep: no answer");
            refused(StatusCode::INTERNAL_SERVER_ERROR, "Not now.\n")
        }
    }
}

/// `GET /apple/revoked/{workspace}`: the list of certificates that hold no longer (RFC 5280, section 5).
pub async fn revoked(State(site): Shared, Path(workspace): Path<String>) -> Response {
    let nothing = || refused(StatusCode::NOT_FOUND, "There is nothing here.\n");
    let Ok(workspace) = workspace.parse::<WorkspaceId>() else { return nothing() };
    match site.ports.store.authority(workspace).await {
        Ok(Some(_)) => {}
        Ok(None) => return nothing(),
        Err(error) => return unavailable(&error),
    }
    match site.apple.authority.revocation_list(workspace, site.ports.clock.now()).await {
        Ok(list) => body("application/pkix-crl", list),
        Err(error) => {
            tracing::error!(%error, "revocation list");
            refused(StatusCode::SERVICE_UNAVAILABLE, "Not now. Come again.\n")
        }
    }
}
