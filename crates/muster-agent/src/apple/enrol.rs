//! From a link to a device under management, in the order of iOS: page, profile, SCEP, `Authenticate`, `TokenUpdate`.

use super::{
    checkin,
    cms::verify,
    device::{Device, Identity},
    enrolment::{self, Enrolment},
    error::AppleError,
    http::{Client, Program, Request},
    key::Key,
    random,
    scep::{
        authority::Authority,
        enrol::{Manner, enrol},
    },
    state::{KeyPlace, Phase, Secrets},
};
use crate::{apple::certificate::Wanted, error::AgentError, link::Link};
use std::{sync::Arc, time::Duration};

/// The type of a profile.
const PROFILE: &str = "application/x-apple-aspen-config";

impl Device {
    /// Opens the link, installs its profile and checks in. An enrolment that was interrupted goes on where it stopped,
    /// if the profile is still the same; otherwise it begins anew, as when a person installs a profile once more.
    ///
    /// # Errors
    /// [`AgentError`].
    pub async fn enrol(&mut self, client: &Client, link: &Link) -> Result<(), AgentError> {
        let profile = self.download(client, link).await?;
        let enrolment = read(&profile, client)?;
        let interrupted =
            matches!(self.state.phase, Phase::Downloaded | Phase::Identity | Phase::Authenticated)
                && self.state.enrolment.as_ref() == Some(&enrolment);
        if !interrupted {
            self.state.forget(Phase::Downloaded);
            self.state.enrolment = Some(enrolment.clone());
            self.identity = None;
            self.save()?;
        }
        if self.identity.is_none() {
            let key = self.new_key(enrolment.scep.key_size).await?;
            let certificate = self.certify(client, &enrolment, &key, false).await?;
            self.state.identity = certificate.der().to_vec();
            self.state.phase = Phase::Identity;
            self.identity = Some(Identity { key, certificate });
            self.save()?;
        }
        if self.state.phase != Phase::Authenticated {
            let body = checkin::authenticate(&self.state.hardware, &enrolment.mdm)?;
            self.check_in(client, &enrolment, body, "Authenticate").await?;
            self.state.phase = Phase::Authenticated;
            self.state.secrets = Some(Secrets {
                token: random::bytes(32)?,
                magic: random::uuid()?,
                unlock: random::bytes(1_472)?,
            });
            self.save()?;
        }
        self.token_update(client, &enrolment).await?;
        self.state.phase = Phase::Enrolled;
        self.save()
    }

    /// What Safari does: the page, then the profile that it offers.
    async fn download(&self, client: &Client, link: &Link) -> Result<Vec<u8>, AgentError> {
        let safari = if self.state.hardware.is_ipad() { Program::SafariPad } else { Program::SafariPhone };
        let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        let page = Request::get(link.as_str(), safari).header("accept", accept);
        client.send(page.header("accept-language", "en-GB,en;q=0.9")).await?.ok("the link's page")?;
        let profile = Request::get(format!("{}/profile", link.as_str()), safari).header("accept", accept);
        let profile = client.send(profile).await?.ok("the profile")?;
        if profile.content_type != PROFILE {
            let why = format!("Safari would show it, not install it: its type is {:?}", profile.content_type);
            return Err(AppleError::Profile(why).into());
        }
        Ok(profile.body)
    }

    /// The key for an identity: the one of an interrupted attempt, so that the authority sees the same request again.
    async fn new_key(&mut self, bits: u64) -> Result<Arc<Key>, AgentError> {
        if let Some(place) = &self.state.key {
            return self.keys.find(place);
        }
        let (place, key) = self.keys.fresh(bits, None).await?;
        self.state.key = Some(place);
        self.save()?;
        Ok(key)
    }

    /// SCEP as the payload says.
    async fn certify(
        &self,
        client: &Client,
        enrolment: &Enrolment,
        key: &Key,
        renewal: bool,
    ) -> Result<super::certificate::Certificate, AgentError> {
        let scep = &enrolment.scep;
        let fingerprint = Some(scep.fingerprint.as_slice()).filter(|f| !f.is_empty());
        let authority = Authority::ask(client, &scep.url, &scep.name, fingerprint).await?;
        let wanted = Wanted {
            subject: scep.subject.clone(),
            // Spent by the first; a renewal is known by its signature.
            challenge: scep.challenge.clone().filter(|_| !renewal),
            key_usage: scep.key_usage,
            alternative: scep.alternative.clone(),
        };
        let manner = Manner {
            get: self.options.scep_get,
            retries: scep.retries,
            delay: Duration::from_secs(scep.retry_delay),
        };
        let old = self.identity.as_ref().filter(|_| renewal).map(|i| (&*i.key, &i.certificate));
        enrol(client, &authority, key, &wanted, old, manner).await
    }

    async fn token_update(&mut self, client: &Client, enrolment: &Enrolment) -> Result<(), AgentError> {
        let secrets = self.state.secrets.as_ref();
        let secrets = secrets.ok_or_else(|| AgentError::Local("the push token is missing".into()))?;
        let body = checkin::token_update(&self.state.hardware, &enrolment.mdm, secrets)?;
        self.check_in(client, enrolment, body, "TokenUpdate").await
    }

    /// A check-in message while the profile is being installed. A clear no means that nothing is installed.
    async fn check_in(
        &mut self,
        client: &Client,
        enrolment: &Enrolment,
        body: Vec<u8>,
        step: &'static str,
    ) -> Result<(), AgentError> {
        let request = self.check_in_request(&enrolment.mdm, body, client.now())?;
        let answer = client.send(request).await?;
        let refused = matches!(answer.status, 400..=499) && answer.status != 429;
        let outcome = answer.ok(step).map(drop);
        if refused {
            self.state.forget(Phase::New);
            self.identity = None;
            self.save()?;
        }
        outcome
    }

    /// A new certificate for a new key, by the old identity.
    ///
    /// # Errors
    /// [`AgentError`].
    pub async fn renew(&mut self, client: &Client) -> Result<(), AgentError> {
        self.enrolled()?;
        let enrolment = self.state.enrolment.clone();
        let enrolment = enrolment.ok_or(AppleError::NotEnrolled(self.state.phase.words()))?;
        let (place, key) = match self.state.next_key.clone() {
            Some(place) => (place.clone(), self.keys.find(&place)?),
            None => self.next_key(enrolment.scep.key_size).await?,
        };
        let certificate = self.certify(client, &enrolment, &key, true).await?;
        self.state.key = Some(place);
        self.state.next_key = None;
        self.state.identity = certificate.der().to_vec();
        self.identity = Some(Identity { key, certificate });
        self.save()
    }

    async fn next_key(&mut self, bits: u64) -> Result<(KeyPlace, Arc<Key>), AgentError> {
        let made = self.keys.fresh(bits, self.state.key.as_ref()).await?;
        self.state.next_key = Some(made.0.clone());
        self.save()?;
        Ok(made)
    }
}

/// Checks the signature, takes the profile out and checks it. iOS installs a profile without a signature too, so that
/// is no error; a wrong one is.
fn read(bytes: &[u8], client: &Client) -> Result<Enrolment, AgentError> {
    let (content, signer) = if bytes.first() == Some(&0x30) {
        let signed = verify::verify(bytes, &[]).map_err(|e| AppleError::Profile(e.to_string()))?;
        (signed.content, signed.signer.der().to_vec())
    } else {
        (bytes.to_vec(), Vec::new())
    };
    let mut enrolment = enrolment::read(&content, |url| client.takes(url)).map_err(AppleError::Profile)?;
    enrolment.profile.signer = signer;
    Ok(enrolment)
}
