//! The certificate authority on keys of this server: made on first need, kept sealed in the database.
//!
//! Two keys: one signs certificates, revocation lists, profiles and answers; the other opens what clients encrypt, and
//! signs nothing (ABUSE A6). RSA alone, since that is all that Apple's SCEP payload knows, of 2048 bits: each enrolment
//! takes three signatures.

use async_trait::async_trait;
use muster_domain::{
    Timestamp, WorkspaceId,
    apple::{Authority, End, Fingerprint, Identity},
    ports::{AuthorityError, CertificateAuthority, IdentityRequest},
    time::DAY,
    usecase::Ports,
};
use muster_pki::{
    algorithm::Digest,
    certificate::{Certificate, ExtendedUsage, KeyUsage, Serial, Template, issue, self_signed},
    cms::{Content, Signature},
    crl::{self, Reason, Revoked},
    key::{DecryptingKey, PublicKey, RsaSize, SigningKey},
    name::{Attribute, Name},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// An identity holds for a year; the server has it renewed before.
pub const IDENTITY: i64 = 365 * DAY;
/// The authority itself holds for ten.
const AUTHORITY: i64 = 3650 * DAY;
/// A device's clock may be slow.
const SLOW_CLOCK: i64 = DAY;
/// A revocation list says that the next one comes within so long.
const NEXT_LIST: i64 = DAY;

const KEY: &str = "apple.authority.key";
const RECIPIENT_KEY: &str = "apple.authority.recipient";

/// A workspace's authority with its keys open.
pub struct Opened {
    /// Its certificate.
    pub certificate: Certificate,
    /// Its key.
    pub key: SigningKey,
    /// The certificate to which clients encrypt.
    pub recipient: Certificate,
    /// The key of that.
    pub recipient_key: DecryptingKey,
}

/// The authorities of all workspaces.
pub struct LocalAuthority {
    ports: Ports,
    opened: Mutex<HashMap<WorkspaceId, Arc<Opened>>>,
    /// Held while one is made or opened: a hundred phones at once want the first one made once.
    opening: tokio::sync::Mutex<()>,
}

fn failed(error: impl std::fmt::Display) -> AuthorityError {
    AuthorityError::Failed(error.to_string())
}

fn read(der: &[u8]) -> Result<Certificate, AuthorityError> {
    Certificate::from_der(der).map_err(failed)
}

/// What a new authority is made of; the parts that take time.
struct Made {
    certificate: Certificate,
    key: SigningKey,
    recipient: Certificate,
    recipient_key: DecryptingKey,
}

/// The name of an authority: the company's, cut to what a name may have.
fn named(company: &str, what: &str) -> Result<Name, AuthorityError> {
    let company: String = company.chars().take(muster_pki::name::MAX_VALUE).collect();
    let parts: &[(Attribute, &str)] = &[(Attribute::Organization, &company), (Attribute::CommonName, what)];
    Name::new(parts).map_err(failed)
}

fn make(company: &str, serials: [Serial; 2], now: Timestamp) -> Result<Made, AuthorityError> {
    let key = SigningKey::generate_rsa(RsaSize::Bits2048).map_err(failed)?;
    let recipient_key = DecryptingKey::generate(RsaSize::Bits2048).map_err(failed)?;
    let template = |subject, serial, usages: &[KeyUsage], authority| Template {
        subject,
        alternative_names: Vec::new(),
        serial,
        not_before: now.plus(-SLOW_CLOCK).seconds(),
        not_after: now.plus(AUTHORITY).seconds(),
        usages: usages.to_vec(),
        extended_usages: Vec::new(),
        revocation_list: None,
        authority,
    };
    let own = named(company, "Muster device authority")?;
    let usages = [KeyUsage::CertificateSign, KeyUsage::CrlSign, KeyUsage::DigitalSignature];
    let certificate = self_signed(&template(own, serials[0], &usages, true), &key).map_err(failed)?;
    let other = named(company, "Muster device authority, encryption")?;
    let usages = [KeyUsage::KeyEncipherment];
    let wanted = template(other, serials[1], &usages, false);
    let recipient = issue(&wanted, recipient_key.public(), &certificate, &key).map_err(failed)?;
    Ok(Made { certificate, key, recipient, recipient_key })
}

impl LocalAuthority {
    /// On these ports.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self { ports, opened: Mutex::default(), opening: tokio::sync::Mutex::default() }
    }

    fn serial(&self) -> Serial {
        let mut random = [0; 16];
        self.ports.secrets.fill(&mut random);
        Serial::from_random(random)
    }

    /// The authority of a workspace with its keys, made if there is none yet.
    ///
    /// # Errors
    /// [`AuthorityError`].
    pub async fn opened(&self, workspace: WorkspaceId) -> Result<Arc<Opened>, AuthorityError> {
        if let Some(known) = self.known(workspace) {
            return Ok(known);
        }
        let _one_at_a_time = self.opening.lock().await;
        if let Some(known) = self.known(workspace) {
            return Ok(known);
        }
        let kept = match self.ports.store.authority(workspace).await? {
            Some(kept) => kept,
            None => self.made(workspace).await?,
        };
        let opened = Arc::new(self.open(&kept)?);
        let mut all = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(all.entry(workspace).or_insert(opened).clone())
    }

    fn known(&self, workspace: WorkspaceId) -> Option<Arc<Opened>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).get(&workspace).cloned()
    }

    fn open(&self, kept: &Authority) -> Result<Opened, AuthorityError> {
        let open = |context, sealed| self.ports.secrets.open(context, sealed).ok_or(AuthorityError::Sealed);
        Ok(Opened {
            certificate: read(&kept.certificate)?,
            key: SigningKey::from_der(&open(KEY, &kept.key)?).map_err(failed)?,
            recipient: read(&kept.recipient)?,
            recipient_key: DecryptingKey::from_der(&open(RECIPIENT_KEY, &kept.recipient_key)?)
                .map_err(failed)?,
        })
    }

    /// Makes an authority. Two servers may do so at once: the first one that is kept is the one.
    async fn made(&self, workspace: WorkspaceId) -> Result<Authority, AuthorityError> {
        let company = self.ports.store.settings(workspace).await?.name.to_string();
        let (serials, now) = ([self.serial(), self.serial()], self.ports.clock.now());
        let made =
            tokio::task::spawn_blocking(move || make(&company, serials, now)).await.map_err(failed)??;
        let secrets = &self.ports.secrets;
        let authority = Authority {
            certificate: made.certificate.as_der().to_vec(),
            key: secrets.seal(KEY, &made.key.to_pkcs8().map_err(failed)?),
            recipient: made.recipient.as_der().to_vec(),
            recipient_key: secrets.seal(RECIPIENT_KEY, made.recipient_key.to_pkcs8()),
            made_at: now,
        };
        Ok(self.ports.store.add_authority(workspace, &authority).await?)
    }
}

/// The fingerprint of a certificate.
#[must_use]
pub fn fingerprint(certificate: &Certificate) -> Fingerprint {
    Fingerprint(certificate.fingerprint())
}

/// SHA-256 of a key as it stands in certificates and requests.
#[must_use]
pub fn key_hash(key: &PublicKey) -> [u8; 32] {
    Digest::Sha256.of(key.spki()).try_into().unwrap_or_default()
}

#[async_trait]
impl CertificateAuthority for LocalAuthority {
    async fn issue(
        &self,
        workspace: WorkspaceId,
        request: &IdentityRequest,
    ) -> Result<Identity, AuthorityError> {
        let own = self.opened(workspace).await?;
        let key = PublicKey::from_spki(&request.key).map_err(failed)?;
        key.fit_for_device().map_err(failed)?;
        let (from, until) = (request.now.plus(-SLOW_CLOCK), request.now.plus(IDENTITY));
        // It tells nothing about the person: only the server knows whose link it is.
        let subject = Name::new(&[
            (Attribute::OrganizationalUnit, "Muster"),
            (Attribute::CommonName, &request.invitation.to_string()),
        ])
        .map_err(failed)?;
        let template = Template {
            subject,
            alternative_names: Vec::new(),
            serial: self.serial(),
            not_before: from.seconds(),
            not_after: until.seconds().min(own.certificate.not_after()),
            usages: vec![KeyUsage::DigitalSignature, KeyUsage::KeyEncipherment],
            extended_usages: vec![ExtendedUsage::ClientAuth],
            revocation_list: Some(request.revocation_list.clone()),
            authority: false,
        };
        let certificate = issue(&template, &key, &own.certificate, &own.key).map_err(failed)?;
        Ok(Identity {
            fingerprint: fingerprint(&certificate),
            serial: certificate.serial().to_vec(),
            key: key_hash(&key),
            renews: request.renews,
            issued_at: request.now,
            not_after: Timestamp(certificate.not_after().saturating_mul(1_000_000)),
            certificate: certificate.as_der().to_vec(),
        })
    }

    async fn revocation_list(
        &self,
        workspace: WorkspaceId,
        now: Timestamp,
    ) -> Result<Vec<u8>, AuthorityError> {
        let own = self.opened(workspace).await?;
        let ended = self.ports.store.ended_identities(workspace, now).await?;
        let revoked = |e: muster_domain::ports::Ended| Revoked {
            serial: e.serial,
            at: e.at.seconds(),
            reason: match e.end {
                End::Superseded => Reason::Superseded,
                End::Left => Reason::CessationOfOperation,
                End::Withdrawn => Reason::PrivilegeWithdrawn,
            },
        };
        let ended: Vec<_> = ended.into_iter().map(revoked).collect();
        let next = now.plus(NEXT_LIST).seconds();
        crl::list(&ended, now.millis(), now.seconds(), next, &own.certificate, &own.key).map_err(failed)
    }

    async fn fingerprint(&self, workspace: WorkspaceId) -> Result<[u8; 32], AuthorityError> {
        Ok(self.opened(workspace).await?.certificate.fingerprint())
    }

    async fn sign_profile(
        &self,
        workspace: WorkspaceId,
        profile: &[u8],
        now: Timestamp,
    ) -> Result<Vec<u8>, AuthorityError> {
        let own = self.opened(workspace).await?;
        let signature = Signature {
            certificate: &own.certificate,
            key: &own.key,
            digest: Digest::Sha256,
            time: Some(now.seconds()),
            chain: &[],
            attributes: &[],
        };
        signature.sign(Content::Attached(profile)).map_err(failed)
    }
}
