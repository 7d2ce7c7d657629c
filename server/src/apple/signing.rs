//! The workspace's own certificate for signing profiles: whether one can be it, taking it, and signing by it.

use super::{
    certificates::{Checked, Files, aside, failed},
    check::{called, chain, is_locked, is_strong, moment, topic},
    files::{self, Read},
    roots::{Leads, Roots},
};
use muster_domain::{
    Timestamp, WorkspaceId,
    apple::{
        CertificateProblem as Problem, CertificateWarning as Warning, SigningCertificate,
        signing::KEY_CONTEXT,
    },
    ports::Stored,
    usecase::Ports,
};
use muster_pki::{
    algorithm::{Digest, Scheme},
    certificate::{Certificate, KeyUsage},
    cms::{Content, Signature},
    key::{PublicKey, SigningKey},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// What can be taken.
#[derive(Debug)]
pub(super) struct Accepted {
    pub(super) certificate: SigningCertificate,
    pub(super) key: SigningKey,
    pub(super) warnings: Vec<Warning>,
}

/// What is said of a file, in words that fit here: nobody waits for Apple's answer to a request.
fn fitting(problem: Problem) -> Problem {
    match problem {
        Problem::KeyMissing => Problem::SigningKeyMissing,
        Problem::KeyKind => Problem::SigningKeyKind,
        Problem::Request => Problem::NoCertificate,
        other => other,
    }
}

fn can_sign(key: &PublicKey) -> bool {
    key.scheme() == Some(Scheme::Ecdsa) || is_strong(key)
}

fn dates(certificate: &Certificate, now: Timestamp) -> Option<Problem> {
    let (from, at) = (moment(certificate.not_before()), moment(certificate.not_after()));
    if now < from {
        return Some(Problem::NotYet { from });
    }
    (now > at).then_some(Problem::SigningEnded { at })
}

/// The certificate that is meant: the one whose key is here; without one the first that is no authority's.
fn leaf<'r>(read: &'r Read, key: Option<&SigningKey>) -> Option<&'r Certificate> {
    let ours = read.certificates.iter().filter(|c| key.is_some_and(|key| c.key() == key.public()));
    let others = || read.certificates.iter().find(|c| !c.is_authority());
    ours.max_by_key(|c| c.not_after()).or_else(others).or_else(|| read.certificates.first())
}

/// Whether it can sign profiles.
///
/// # Errors
/// All that is wrong.
pub(super) fn check(mut read: Read, roots: &Roots, now: Timestamp) -> Result<Accepted, Vec<Problem>> {
    // What a locked file may hold is not called missing.
    let locked = is_locked(&read.problems);
    let mut problems: Vec<Problem> = std::mem::take(&mut read.problems).into_iter().map(fitting).collect();
    let key = read.keys.pop();
    let own = leaf(&read, key.as_ref()).filter(|own| !(locked && own.is_authority()));
    let Some(own) = own else { return Err(problems) };
    let fits = key.as_ref().is_some_and(|key| own.key() == key.public());
    if !fits && !locked && !problems.contains(&Problem::SigningKeyMissing) {
        problems.push(if key.is_none() { Problem::SigningKeyMissing } else { Problem::KeyOther });
    }
    if !can_sign(own.key()) && !problems.contains(&Problem::SigningKeyKind) {
        problems.push(Problem::SigningKeyKind);
    }
    problems.extend(dates(own, now));
    let subject = called(own.subject());
    if topic(own).is_some() {
        problems.push(Problem::NotForSigning);
    }
    if own.is_authority() {
        problems.push(Problem::Authority { subject: subject.clone() });
    } else if !own.allows(KeyUsage::DigitalSignature) {
        problems.push(Problem::Usage { subject: subject.clone() });
    }
    let mut chain = chain(own, &read.certificates);
    for issuer in chain.iter().skip(1).filter(|issuer| !issuer.holds_at(now.seconds())) {
        problems.push(Problem::ChainEnded { name: called(issuer.subject()) });
    }
    let last = chain.last().unwrap_or(own).clone();
    let mut warnings = Vec::new();
    match roots.leads(&last) {
        Leads::Nowhere => problems.push(Problem::SigningChain { issuer: called(last.issuer()) }),
        Leads::Private => warnings.push(Warning::Private { root: called(last.issuer()) }),
        Leads::Public => {}
    }
    // A device looks for the root among its own.
    if chain.len() > 1 && last.issuer() == last.subject() {
        chain.pop();
    }
    let (Some(key), true) = (key, problems.is_empty()) else { return Err(problems) };
    let certificate = SigningCertificate {
        not_before: moment(chain.iter().map(Certificate::not_before).max().unwrap_or_default()),
        not_after: moment(chain.iter().map(Certificate::not_after).min().unwrap_or_default()),
        chain: chain.iter().map(|c| c.as_der().to_vec()).collect(),
        subject,
        issuer: called(own.issuer()),
        uploaded_at: now,
    };
    Ok(Accepted { certificate, key, warnings })
}

/// Takes a certificate with its key and chain, or names all that is wrong. `trust` is what the profile has phones trust.
///
/// # Errors
/// [`StoreError`](muster_domain::ports::StoreError).
pub async fn upload(
    ports: &Ports,
    workspace: WorkspaceId,
    uploaded: Files,
    trust: Vec<Vec<u8>>,
) -> Stored<Checked<Vec<Warning>>> {
    let now = ports.clock.now();
    let checked = aside(move || check(files::read(&uploaded), &Roots::read(&trust), now)).await?;
    let Accepted { certificate, key, warnings } = match checked {
        Ok(accepted) => accepted,
        Err(problems) => return Ok(Err(problems)),
    };
    let sealed = ports.secrets.seal(KEY_CONTEXT, &key.to_pkcs8().map_err(failed)?);
    ports.store.set_signing_certificate(workspace, Some((certificate, sealed))).await?;
    Ok(Ok(warnings))
}

/// A certificate with its key open.
#[derive(Debug)]
pub struct Signer {
    chain: Vec<Certificate>,
    key: SigningKey,
}

impl Signer {
    /// Opens what is kept.
    ///
    /// # Errors
    /// [`StoreError`](muster_domain::ports::StoreError) where key or chain cannot be read.
    pub fn open(ports: &Ports, certificate: &SigningCertificate, sealed: &[u8]) -> Stored<Self> {
        let chain = certificate.chain.iter().map(|der| Certificate::from_der(der));
        let chain = chain.collect::<Result<_, _>>().map_err(failed)?;
        Ok(Self { chain, key: super::certificates::opened(ports, KEY_CONTEXT, sealed)? })
    }

    /// CMS with the document in it, and the whole chain without its root.
    ///
    /// # Errors
    /// [`StoreError`](muster_domain::ports::StoreError) where the key and the certificate do not fit.
    pub fn sign(&self, document: &[u8], now: Timestamp) -> Stored<Vec<u8>> {
        let (own, others) = self.chain.split_first().ok_or_else(|| failed("no certificate"))?;
        let signature = Signature {
            certificate: own,
            key: &self.key,
            digest: Digest::Sha256,
            time: Some(now.seconds()),
            chain: others,
            attributes: &[],
        };
        signature.sign(Content::Attached(document)).map_err(failed)
    }
}

/// The signers of all workspaces: to open a key takes longer than to sign by it.
#[derive(Debug, Default)]
pub struct Signers(Mutex<HashMap<WorkspaceId, Known>>);

/// An opened key, beside its sealed form.
type Known = (Vec<u8>, Arc<Signer>);

impl Signers {
    /// Who signs now in a workspace's name; `None` is Muster's own authority. A key that cannot be opened hinders nobody:
    /// `muster doctor` says so.
    ///
    /// # Errors
    /// [`StoreError`](muster_domain::ports::StoreError).
    pub async fn of(
        &self,
        ports: &Ports,
        workspace: WorkspaceId,
        now: Timestamp,
    ) -> Stored<Option<Arc<Signer>>> {
        let kept = ports.store.signing_certificate(workspace).await?;
        let Some((certificate, sealed)) = kept.filter(|(certificate, _)| certificate.holds_at(now)) else {
            return Ok(None);
        };
        let all = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all().get(&workspace).filter(|(of, _)| *of == sealed).map(|(_, signer)| signer.clone());
        if known.is_some() {
            return Ok(known);
        }
        match Signer::open(ports, &certificate, &sealed) {
            Ok(signer) => {
                let signer = Arc::new(signer);
                all().insert(workspace, (sealed, signer.clone()));
                Ok(Some(signer))
            }
            Err(error) => {
                tracing::error!(%workspace, %error, "the certificate that signs profiles");
                Ok(None)
            }
        }
    }
}

#[cfg(test)]
mod tests;
