//! The enrolment profile of a link, from the settings, the authority and the APNs certificate.

use super::{Apple, paths};
use muster_apple_mdm::{
    ids::{InvalidId, PayloadIdentifier, Topic},
    profile::{EnrolmentProfile, HttpsUrl, InvalidProfile, Mdm, Scep, Shown},
    rights::AccessRights,
    stable::StableIds,
};
use muster_domain::{
    InvitationId, Language, Timestamp,
    apple::{Challenge, Purpose, challenge},
    command::ENROLMENT_PROFILE,
    invitation::Invitation,
    ports::{AuthorityError, CertificateAuthority, StoreError},
    settings::Settings,
    usecase::Ports,
};
use std::collections::BTreeMap;

/// The identifiers of Muster's profiles begin with it.
const PREFIX: &str = "muster";
/// What the SCEP payload calls the authority.
const AUTHORITY: &str = "Muster";

/// Why there is no profile.
#[derive(Debug, thiserror::Error)]
pub enum NoProfile {
    /// The workspace has no APNs certificate that holds.
    #[error("the workspace has no APNs certificate that holds")]
    NoCertificate,
    /// The public address is no HTTPS address: a phone takes no other.
    #[error("the public address must begin with https:// for iPhones and iPads")]
    Address,
    /// The settings and the certificate do not make one.
    #[error(transparent)]
    Parts(#[from] InvalidProfile),
    /// The topic is none.
    #[error(transparent)]
    Topic(#[from] InvalidId),
    /// The authority failed.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The identifiers of a link's profile.
///
/// # Errors
/// [`InvalidId`], which the constant prefix is not.
pub fn ids(invitation: InvitationId) -> Result<StableIds, InvalidId> {
    StableIds::new(PREFIX, invitation.as_bytes())
}

/// The `PayloadIdentifier` of a link's profile.
///
/// # Errors
/// [`InvalidId`], which the constant prefix is not.
pub fn identifier(invitation: InvitationId) -> Result<PayloadIdentifier, InvalidId> {
    ids(invitation)?.identifier("")
}

/// The rights that the workspace's profiles ask for.
#[must_use]
pub fn rights(settings: &Settings) -> AccessRights {
    let rights = u16::try_from(settings.apple.rights).ok().and_then(|bits| AccessRights::new(bits).ok());
    rights.unwrap_or(AccessRights::ALL)
}

/// Whether an identifier is that of an enrolment profile, which no other profile may take the place of.
#[must_use]
pub fn is_enrolment(identifier: &PayloadIdentifier) -> bool {
    identifier.as_str().starts_with(ENROLMENT_PROFILE)
}

fn shown(settings: &Settings, language: Language) -> Shown {
    let company = settings.name.to_string();
    let consent = |language| app::text::t::apple_consent(language, &company);
    Shown {
        name: app::text::t::apple_profile_name(language, &company),
        description: app::text::t::apple_profile_text(language, &company),
        organization: company.clone(),
        consent: BTreeMap::from([
            ("default".to_owned(), consent(language)),
            ("en".to_owned(), consent(Language::En)),
            ("ru".to_owned(), consent(Language::Ru)),
        ]),
    }
}

/// Where a link's phones reach this server, and why they come.
#[derive(Clone, Copy, Debug)]
pub struct Way<'w> {
    /// The address, without a slash at the end.
    pub base: &'w str,
    /// What the certificate is for.
    pub purpose: Purpose,
    /// The language of what the person reads.
    pub language: Language,
}

/// The signed profile of a link, with a new challenge in it.
///
/// # Errors
/// [`NoProfile`].
pub async fn signed(
    ports: &Ports,
    apple: &Apple,
    invitation: &Invitation,
    settings: &Settings,
    way: Way<'_>,
) -> Result<Vec<u8>, NoProfile> {
    let (workspace, now) = (invitation.workspace, ports.clock.now());
    let certificate = ports.store.push_certificate(workspace).await?;
    let certificate = certificate.filter(|c| c.holds_at(now)).ok_or(NoProfile::NoCertificate)?;
    let url = |path: &str| HttpsUrl::parse(&format!("{}{path}", way.base)).map_err(|_| NoProfile::Address);
    let challenge = Challenge {
        workspace,
        invitation: invitation.id,
        generation: invitation.generation,
        number: ports.store.next_identity(workspace, invitation.id).await?,
        expires_at: expires(way.purpose, now),
        purpose: way.purpose,
    };
    let profile = EnrolmentProfile {
        ids: ids(invitation.id)?,
        shown: shown(settings, way.language),
        certificates: apple.trust.clone(),
        scep: Scep {
            url: url(&paths::scep(workspace))?,
            name: AUTHORITY.to_owned(),
            challenge: challenge.seal(&*ports.secrets),
            // The server writes its own: this is what a device puts into its request.
            subject: vec![("CN".to_owned(), invitation.id.to_string())],
            key_size: 2048,
            ca_fingerprint: Some(apple.authority.fingerprint(workspace).await?.to_vec()),
            retries: 3,
            retry_delay: 5,
        },
        mdm: Mdm {
            topic: Topic::parse(&certificate.topic)?,
            server_url: url(paths::COMMANDS)?,
            check_in_url: Some(url(paths::CHECK_IN)?),
            rights: rights(settings),
            tokens: false,
            pin: apple.pin,
            development_apns: false,
        },
    };
    let document = profile.document()?;
    if let Some(signer) = apple.signers.of(ports, workspace, now).await? {
        return Ok(signer.sign(&document, now)?);
    }
    Ok(apple.authority.sign_profile(workspace, &document, now).await?)
}

fn expires(purpose: Purpose, now: Timestamp) -> Timestamp {
    now.plus(match purpose {
        Purpose::Connect => challenge::LIFETIME,
        Purpose::Renew(_) => challenge::RENEWAL_LIFETIME,
    })
}
