//! One simulated iPhone or iPad, with or without a file behind it.

use super::{
    certificate::Certificate,
    checkin,
    cms::sign::{Content, Signer, sign},
    commands::Locked,
    enrolment::Mdm,
    error::AppleError,
    hardware::Hardware,
    http::{Program, Request},
    key::{Digest, Key},
    keys::Pool,
    state::{Phase, State},
};
use crate::error::AgentError;
use base64::{Engine, engine::general_purpose::STANDARD};
use plist::Dictionary;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// How a device goes about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// What `Mdm-Signature` is made over.
    pub digest: Digest,
    /// Whether `Mdm-Signature` has signed attributes.
    pub signed_attributes: bool,
    /// SCEP messages by GET.
    pub scep_get: bool,
    /// Whether the screen is locked: some commands are answered with `NotNow` then.
    pub locked: Locked,
    /// How many answers are lost.
    pub lose_answers: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            digest: Digest::Sha256,
            signed_attributes: true,
            scep_get: false,
            locked: Locked::No,
            lose_answers: 0,
        }
    }
}

/// A device.
#[derive(Debug)]
pub struct Device {
    /// All that it keeps.
    pub state: State,
    /// How it goes about it.
    pub options: Options,
    pub(super) keys: Pool,
    pub(super) identity: Option<Identity>,
    path: Option<PathBuf>,
}

/// An identity that is ready to sign.
#[derive(Debug)]
pub(super) struct Identity {
    pub key: Arc<Key>,
    pub certificate: Certificate,
}

impl Device {
    /// One in memory, out of the box. Without keys it makes its own.
    #[must_use]
    pub fn new(keys: Pool, hardware: Hardware, options: Options) -> Self {
        Self { state: State::new(hardware), options, keys, identity: None, path: None }
    }

    /// The one in a file; `make` makes one if there is none.
    ///
    /// # Errors
    /// [`AgentError::Local`].
    pub fn open(
        path: &Path,
        keys: Pool,
        options: Options,
        make: impl FnOnce() -> Result<State, AgentError>,
    ) -> Result<Self, AgentError> {
        let state = State::load(path)?.map_or_else(make, Ok)?;
        let mut device = Self { state, options, keys, identity: None, path: Some(path.to_owned()) };
        device.load_identity()?;
        Ok(device)
    }

    /// Takes key and certificate out of the state.
    pub(super) fn load_identity(&mut self) -> Result<(), AgentError> {
        self.identity = match &self.state.key {
            Some(place) if !self.state.identity.is_empty() => Some(Identity {
                key: self.keys.find(place)?,
                certificate: Certificate::from_der(&self.state.identity)?,
            }),
            _ => None,
        };
        Ok(())
    }

    /// Keeps the state, if there is a file.
    ///
    /// # Errors
    /// [`AgentError::Local`].
    pub fn save(&self) -> Result<(), AgentError> {
        self.path.as_deref().map_or(Ok(()), |path| self.state.save(path))
    }

    /// The certificate of its identity.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        self.identity.as_ref().map(|i| &i.certificate)
    }

    /// The MDM payload of a device that is enrolled.
    ///
    /// # Errors
    /// [`AppleError::NotEnrolled`].
    pub fn enrolled(&self) -> Result<&Mdm, AgentError> {
        match (&self.state.enrolment, self.state.phase) {
            (Some(enrolment), Phase::Enrolled) => Ok(&enrolment.mdm),
            (_, phase) => Err(AppleError::NotEnrolled(phase.words()).into()),
        }
    }

    /// `Idle`, signed now: a request for this client or for a load generator.
    ///
    /// # Errors
    /// [`AppleError::NotEnrolled`].
    pub fn idle_request(&self, now: i64) -> Result<Request, AgentError> {
        let body = checkin::status(&self.state.hardware, "Idle", None, Dictionary::new())?;
        self.command_request(body, now)
    }

    /// A request to `ServerURL`.
    pub(super) fn command_request(&self, body: Vec<u8>, now: i64) -> Result<Request, AgentError> {
        let mdm = self.enrolled()?;
        self.signed(&mdm.server_url, "application/x-apple-aspen-mdm; charset=UTF-8", body, now, mdm.sign)
    }

    /// A request to `CheckInURL`.
    pub(super) fn check_in_request(&self, mdm: &Mdm, body: Vec<u8>, now: i64) -> Result<Request, AgentError> {
        self.signed(&mdm.check_in_url, "application/x-apple-aspen-mdm-checkin", body, now, mdm.sign)
    }

    fn signed(
        &self,
        url: &str,
        content_type: &str,
        body: Vec<u8>,
        now: i64,
        with_signature: bool,
    ) -> Result<Request, AgentError> {
        let signature =
            if with_signature { Some(STANDARD.encode(self.signature(&body, now)?)) } else { None };
        let request = Request::with("PUT", url, Program::Mdm, body).header("content-type", content_type);
        Ok(match signature {
            Some(signature) => request.header("mdm-signature", signature),
            None => request,
        })
    }

    /// `Mdm-Signature` without its base64 (Apple: "Passing the client identity through proxies").
    ///
    /// # Errors
    /// [`AgentError::Local`] without an identity.
    pub fn signature(&self, body: &[u8], now: i64) -> Result<Vec<u8>, AgentError> {
        let identity = self.identity.as_ref();
        let identity =
            identity.ok_or_else(|| AgentError::Local("this device has no identity to sign with".into()))?;
        let signer = Signer {
            key: &identity.key,
            certificate: &identity.certificate,
            digest: self.options.digest,
            signing_time: self.options.signed_attributes.then_some(now),
        };
        sign(Content::Detached(body), signer, Vec::new())
    }
}
