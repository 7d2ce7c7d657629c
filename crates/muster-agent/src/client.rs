//! The calls of the protocol over HTTP. One [`Client`] serves any number of devices.

use crate::{
    error::AgentError,
    link::Link,
    random,
    state::{Connection, State},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use muster_agent_protocol::{
    CLAIM_KEYID, PROTOCOL, VERSION,
    key::SigningKey,
    messages::{AckRequest, CheckInRequest, CheckInResponse, ClaimRequest, ClaimResponse, Descriptor},
    paths,
    problem::ProblemResponse,
    report::Report,
    sign::sign,
};
use reqwest::{Method, Url, redirect};
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;

/// Bytes of an answer at most.
const MAX_ANSWER: usize = 1 << 20;

/// Speaks the protocol.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    now: fn() -> i64,
}

/// Who signs a request.
struct Signer<'s> {
    key: &'s SigningKey,
    keyid: &'s str,
}

impl Client {
    /// With a clock in seconds since the Unix epoch.
    ///
    /// # Errors
    /// [`AgentError::Local`] when TLS cannot be set up.
    pub fn new(now: fn() -> i64) -> Result<Self, AgentError> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("muster-agent/", env!("CARGO_PKG_VERSION")))
            // A signature covers the address: following elsewhere would not hold anyway.
            .redirect(redirect::Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(30))
            .build();
        Ok(Self { http: http.map_err(|e| AgentError::Local(chain(&e)))?, now })
    }

    /// What a link is. Uses up nothing.
    ///
    /// # Errors
    /// [`AgentError`].
    pub async fn describe(&self, link: &Link) -> Result<Descriptor, AgentError> {
        let descriptor: Descriptor = parse(&self.send(Method::GET, link.as_str(), None, None).await?)?;
        if descriptor.protocol != PROTOCOL || descriptor.version != VERSION {
            return Err(AgentError::Answer("it speaks another protocol, or another version of it".into()));
        }
        Ok(descriptor)
    }

    /// Claims a link with a new key. The state is not changed: the caller saves the connection.
    ///
    /// # Errors
    /// [`AgentError`].
    pub async fn claim(&self, link: &Link, state: &State) -> Result<Connection, AgentError> {
        let local = |_| AgentError::Local("no key could be made".into());
        let descriptor = self.describe(link).await?;
        let here = url(link.as_str())?;
        let claim_url = trusted(&descriptor.claim_url, &here)?;
        if claim_url.origin() != here.origin() {
            return Err(AgentError::Answer("the claim would go to another server than the link".into()));
        }
        let key = SigningKey::generate().map_err(local)?;
        let request = ClaimRequest {
            hardware_id: state.hardware_id.clone(),
            public_key: key.public().map_err(local)?.to_base64url(),
            report: state.report.clone(),
        };
        if let Err(e) = request.validate() {
            return Err(AgentError::Usage(e.to_string()));
        }
        let signer = Signer { key: &key, keyid: CLAIM_KEYID };
        let response: ClaimResponse = parse(&self.post(claim_url.as_str(), Some(&request), signer).await?)?;
        trusted(&response.api_base, &here)?;
        if !paths::is_id(&response.device_id) {
            return Err(AgentError::Answer("the device's id is none".into()));
        }
        Ok(Connection {
            device_id: response.device_id,
            api_base: response.api_base,
            key: STANDARD.encode(key.to_pkcs8().map_err(local)?),
            owner_name: response.owner_name,
            organisation: response.organisation,
            check_in_seconds: response.check_in_seconds,
        })
    }

    /// Checks in.
    ///
    /// # Errors
    /// [`AgentError`].
    pub async fn check_in(
        &self,
        at: &Connection,
        report: Option<Report>,
    ) -> Result<CheckInResponse, AgentError> {
        let url = paths::check_in(&at.api_base, &at.device_id);
        parse(&self.post_as(&url, Some(&CheckInRequest { report }), at).await?)
    }

    /// Sends a report.
    ///
    /// # Errors
    /// [`AgentError`].
    pub async fn report(&self, at: &Connection, report: &Report) -> Result<(), AgentError> {
        if let Err(e) = report.validate() {
            return Err(AgentError::Usage(e.to_string()));
        }
        self.post_as(&paths::report(&at.api_base, &at.device_id), Some(report), at).await.map(drop)
    }

    /// Acknowledges a command.
    ///
    /// # Errors
    /// [`AgentError`].
    pub async fn ack(&self, at: &Connection, command: &str, ack: &AckRequest) -> Result<(), AgentError> {
        if !paths::is_id(command) {
            return Err(AgentError::Answer("the command's id is none".into()));
        }
        self.post_as(&paths::ack(&at.api_base, &at.device_id, command), Some(ack), at).await.map(drop)
    }

    /// Leaves.
    ///
    /// # Errors
    /// [`AgentError`].
    pub async fn leave(&self, at: &Connection) -> Result<(), AgentError> {
        self.post_as::<()>(&paths::leave(&at.api_base, &at.device_id), None, at).await.map(drop)
    }

    async fn post_as<T: Serialize>(
        &self,
        url: &str,
        body: Option<&T>,
        at: &Connection,
    ) -> Result<Vec<u8>, AgentError> {
        let key = at.signing_key()?;
        self.post(url, body, Signer { key: &key, keyid: &at.device_id }).await
    }

    async fn post<T: Serialize>(
        &self,
        url: &str,
        body: Option<&T>,
        signer: Signer<'_>,
    ) -> Result<Vec<u8>, AgentError> {
        let body = body.map(serde_json::to_vec).transpose().map_err(|e| AgentError::Local(e.to_string()))?;
        self.send(Method::POST, url, body, Some(signer)).await
    }

    async fn send(
        &self,
        method: Method,
        target: &str,
        body: Option<Vec<u8>>,
        signer: Option<Signer<'_>>,
    ) -> Result<Vec<u8>, AgentError> {
        let target = url(target)?;
        let body = body.unwrap_or_default();
        let mut request =
            self.http.request(method.clone(), target.clone()).header("accept", "application/json");
        if let Some(Signer { key, keyid }) = signer {
            let signed =
                sign(key, method.as_str(), target.as_str(), &body, (self.now)(), &random::word()?, keyid)
                    .map_err(|_| AgentError::Local("the request could not be signed".into()))?;
            request = request
                .header("signature-input", signed.signature_input)
                .header("signature", signed.signature);
            if let Some(digest) = signed.content_digest {
                request = request.header("content-digest", digest).header("content-type", "application/json");
            }
        }
        let response = request.body(body).send().await.map_err(unreachable)?;
        let status = response.status();
        let answer = read(response).await?;
        if status.is_success() {
            return Ok(answer);
        }
        match serde_json::from_slice::<ProblemResponse>(&answer) {
            Ok(problem) => Err(AgentError::Refused(problem)),
            // A proxy that answers for a server that is down.
            Err(_) if matches!(status.as_u16(), 502..=504) => {
                Err(AgentError::Unreachable(status.to_string()))
            }
            Err(_) => Err(AgentError::Answer(status.to_string())),
        }
    }
}

async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, AgentError> {
    let mut answer = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if answer.len() + chunk.len() > MAX_ANSWER {
            return Err(AgentError::Answer("it is longer than 1 MiB".into()));
        }
        answer.extend_from_slice(&chunk);
    }
    Ok(answer)
}

fn parse<T: DeserializeOwned>(answer: &[u8]) -> Result<T, AgentError> {
    serde_json::from_slice(answer).map_err(|e| AgentError::Answer(e.to_string()))
}

fn url(text: &str) -> Result<Url, AgentError> {
    Url::parse(text).map_err(|e| AgentError::Answer(e.to_string()))
}

/// An address that the server named: never less protected than the link.
fn trusted(text: &str, link: &Url) -> Result<Url, AgentError> {
    let url = url(text)?;
    if url.scheme() != "https" && url.scheme() != link.scheme() {
        return Err(AgentError::Answer("it leads away from https".into()));
    }
    Ok(url)
}

/// The error with its causes, without the address, which may have the link's secret in it.
fn unreachable(error: reqwest::Error) -> AgentError {
    AgentError::Unreachable(chain(&error.without_url()))
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |e| e.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
