//! Whether what was uploaded can be the workspace's APNs certificate, or its vendor certificate. All that is wrong is named.

use super::files::Read;
use muster_apple_mdm::ids::Topic;
use muster_domain::{
    Timestamp,
    apple::{
        CertificateProblem as Problem, CertificateWarning as Warning, PushCertificate, VendorCertificate,
        check::may_follow,
    },
    time::SECOND,
};
use muster_pki::{
    algorithm::Scheme,
    certificate::Certificate,
    key::{PublicKey, SigningKey},
    name::{Attribute, Name},
};

/// Apple's roots, by the SHA-256 over them: Apple Root CA, G2 and G3 (https://www.apple.com/certificateauthority/).
const ROOTS: [&str; 3] = [
    "b0b1730ecbc7ff4505142c49f1295e6eda6bcaed7e2c68c5be91b5a11001f024",
    "c2b9b042dd57830e7d117dac55ac8ae19407d38e41d88f3215bc3a890444a050",
    "63343abfb89a6a03ebb57e9b3f5fa7be7c4f5c756f3017b3a8c488c3653e9179",
];
/// The longest chain that is followed.
const LONGEST: usize = 8;

/// Whose key a certificate was found to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// It came with the certificate, at this place among the keys.
    File(usize),
    /// It waits for the answer to the request.
    Request,
    /// It is the present certificate's: Apple was given the same request again.
    Present,
}

/// What is here already, for a certificate that comes.
pub(super) struct Here<'a> {
    pub(super) now: Timestamp,
    pub(super) present: Option<&'a PushCertificate>,
    /// The keys of the request and of the present certificate.
    pub(super) keys: Vec<(Owner, PublicKey)>,
    /// For which topics Apple devices are connected, and how many for each.
    pub(super) topics: Vec<(String, u64)>,
    /// The Apple account that is noted now.
    pub(super) account: Option<String>,
    /// How many devices may be cut off, as whoever decides typed it.
    pub(super) cut_off: Option<u64>,
}

/// A certificate that can be taken.
#[derive(Debug)]
pub(super) struct Accepted {
    pub(super) certificate: PushCertificate,
    pub(super) owner: Owner,
    pub(super) warnings: Vec<Warning>,
}

/// What a name is called by people: its common name, or all of it.
pub(super) fn called(name: &Name) -> String {
    name.values(Attribute::CommonName).into_iter().next().unwrap_or_else(|| name.to_string())
}

pub(super) fn topic(certificate: &Certificate) -> Option<Topic> {
    let values = certificate.subject().values(Attribute::UserId);
    values.iter().find_map(|value| Topic::parse(value).ok())
}

pub(super) fn moment(seconds: i64) -> Timestamp {
    Timestamp(seconds.saturating_mul(SECOND))
}

/// The serial number as people compare it: hexadecimal digits, without the octet that only keeps it positive.
fn serial(certificate: &Certificate) -> String {
    let octets = certificate.serial();
    let octets = octets.strip_prefix(&[0]).filter(|rest| !rest.is_empty()).unwrap_or(octets);
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// The certificate with those that issued it, one after the other, as far as they are there.
pub(super) fn chain(leaf: &Certificate, others: &[Certificate]) -> Vec<Certificate> {
    let mut chain = vec![leaf.clone()];
    while let Some(last) = chain.last()
        && chain.len() < LONGEST
        && last.issuer() != last.subject()
        && let Some(next) = others.iter().find(|other| !chain.contains(other) && last.issued_by(other))
    {
        chain.push(next.clone());
    }
    chain
}

fn is_apples_root(certificate: &Certificate) -> bool {
    let digits: String = certificate.fingerprint().iter().map(|octet| format!("{octet:02x}")).collect();
    ROOTS.contains(&digits.as_str())
}

/// Apple's portal gives the certificate alone. Then it is Apple's by what it says of its issuer; what comes with a chain must
/// lead to one of Apple's roots.
fn unknown(chain: &[Certificate]) -> Option<Warning> {
    let last = chain.last()?;
    let says_apple = last.issuer().values(Attribute::Organization).iter().any(|o| o == "Apple Inc.");
    let known = is_apples_root(last) || (says_apple && last.issuer() != last.subject());
    (!known).then(|| Warning::Chain { issuer: called(last.issuer()) })
}

fn dates(certificate: &Certificate, now: Timestamp) -> Option<Problem> {
    let (from, at) = (moment(certificate.not_before()), moment(certificate.not_after()));
    if now < from {
        return Some(Problem::NotYet { from });
    }
    (now > at).then_some(Problem::Expired { at })
}

pub(super) fn is_strong(key: &PublicKey) -> bool {
    key.scheme() == Some(Scheme::Rsa) && key.rsa_bits().is_some_and(|bits| bits >= 2048)
}

/// Whether a file could not be opened, or its key not be read: what seems to be missing may be in it.
pub(super) fn is_locked(problems: &[Problem]) -> bool {
    let locked = |problem: &Problem| {
        matches!(
            problem,
            Problem::KeyEncrypted
                | Problem::KeyKind
                | Problem::PasswordMissing
                | Problem::PasswordWrong
                | Problem::Encryption
        )
    };
    problems.iter().any(locked)
}

/// The certificate that is meant: among those for pushes the one whose key is here, and of several the newest.
fn leaf<'r>(read: &'r Read, keys: &[(Owner, &PublicKey)]) -> Option<&'r Certificate> {
    let ours = |c: &Certificate| keys.iter().any(|(_, key)| *key == c.key());
    let pushes = read.certificates.iter().filter(|c| topic(c).is_some());
    pushes.max_by_key(|c| (ours(c), c.not_after()))
}

/// How many connected devices a certificate for this topic cannot call.
pub(super) fn cut_off(topics: &[(String, u64)], new: &str) -> u64 {
    topics.iter().filter(|(topic, _)| topic != new).map(|(_, devices)| devices).sum()
}

/// Whether it can be the APNs certificate.
///
/// # Errors
/// All that is wrong.
pub(super) fn push(read: &Read, here: &Here<'_>) -> Result<Accepted, Vec<Problem>> {
    let mut problems = read.problems.clone();
    let mut keys: Vec<(Owner, &PublicKey)> =
        read.keys.iter().enumerate().map(|(n, key)| (Owner::File(n), key.public())).collect();
    keys.extend(here.keys.iter().map(|(owner, key)| (*owner, key)));
    let Some(leaf) = leaf(read, &keys) else {
        let other = read.certificates.iter().find(|c| !c.is_authority()).or(read.certificates.first());
        if let Some(other) = other.filter(|_| !is_locked(&problems)) {
            problems.push(Problem::NotForMdm { subject: other.subject().to_string() });
        }
        return Err(problems);
    };
    let Some(topic) = topic(leaf) else { return Err(problems) };
    let owner = keys.iter().find(|(_, key)| *key == leaf.key()).map(|(owner, _)| *owner);
    let said = is_locked(&problems);
    if owner.is_none() && !said {
        problems.push(if read.keys.is_empty() { Problem::KeyMissing } else { Problem::KeyOther });
    }
    if !is_strong(leaf.key()) && !problems.contains(&Problem::KeyKind) {
        problems.push(Problem::KeyKind);
    }
    problems.extend(dates(leaf, here.now));
    let present = here.present.map(|present| present.topic.as_str());
    let devices = cut_off(&here.topics, topic.as_str());
    let follows = may_follow(present, topic.as_str(), devices, here.cut_off);
    problems.extend(follows.err());
    let (Some(owner), true) = (owner, problems.is_empty()) else { return Err(problems) };

    let chain = chain(leaf, &read.certificates);
    let not_after = moment(leaf.not_after());
    let mut warnings: Vec<Warning> = unknown(&chain).into_iter().collect();
    if let Some(present) = here.present {
        if present.topic != topic.as_str() {
            warnings.extend((devices > 0).then_some(Warning::CutOff { devices }));
        } else if not_after <= present.not_after
            && present.chain.first().is_none_or(|before| before.as_slice() != leaf.as_der())
        {
            warnings.push(Warning::Older { at: not_after });
        }
        if let (Some(before), Some(now)) = (&present.account, &here.account)
            && !before.eq_ignore_ascii_case(now)
        {
            warnings.push(Warning::Account { before: before.clone() });
        }
    }
    let certificate = PushCertificate {
        chain: chain.iter().map(|c| c.as_der().to_vec()).collect(),
        topic: topic.as_str().to_owned(),
        serial: serial(leaf),
        not_before: moment(leaf.not_before()),
        not_after,
        account: here.account.clone().or_else(|| here.present.and_then(|present| present.account.clone())),
        uploaded_at: here.now,
    };
    Ok(Accepted { certificate, owner, warnings })
}

/// What a file has wrong, as it is said of a vendor certificate, which comes with its key and is no answer to a request.
fn of_vendor(problem: Problem) -> Problem {
    match problem {
        Problem::Request => Problem::VendorRequest,
        Problem::KeyMissing => Problem::VendorKeyMissing,
        Problem::Expired { at } => Problem::VendorEnded { at },
        other => other,
    }
}

/// Whether it can sign requests for Apple's portal: with its key, and with the chain to a root, which goes along. A root that
/// is none of Apple's is worth knowing: the portal takes no other.
///
/// # Errors
/// All that is wrong.
pub(super) fn vendor(
    read: Read,
    now: Timestamp,
) -> Result<(VendorCertificate, SigningKey, Vec<Warning>), Vec<Problem>> {
    look_at_vendor(read, now).map_err(|problems| problems.into_iter().map(of_vendor).collect())
}

fn look_at_vendor(
    mut read: Read,
    now: Timestamp,
) -> Result<(VendorCertificate, SigningKey, Vec<Warning>), Vec<Problem>> {
    let mut problems = std::mem::take(&mut read.problems);
    let key = read.keys.pop();
    let said = is_locked(&problems);
    let found = key.as_ref().and_then(|key| read.certificates.iter().find(|c| c.key() == key.public()));
    if found.is_none() && !read.certificates.is_empty() && !said {
        problems.push(if key.is_none() { Problem::KeyMissing } else { Problem::KeyOther });
    }
    let own = found.or_else(|| read.certificates.iter().find(|c| !c.is_authority()));
    let Some(own) = own else { return Err(problems) };
    if topic(own).is_some() {
        problems.push(Problem::NotVendor);
    }
    if !is_strong(own.key()) {
        problems.push(Problem::KeyKind);
    }
    problems.extend(dates(own, now));
    let chain = chain(own, &read.certificates);
    for issuer in chain.iter().skip(1).filter(|issuer| !issuer.holds_at(now.seconds())) {
        problems.push(Problem::ChainEnded { name: called(issuer.subject()) });
    }
    if let Some(last) = chain.last()
        && (last.issuer() != last.subject() || chain.len() == 1)
    {
        problems.push(Problem::ChainIncomplete { issuer: called(last.issuer()) });
    }
    let (Some(key), true) = (key, problems.is_empty()) else { return Err(problems) };
    let root = chain.last().filter(|last| !is_apples_root(last));
    let warnings = root.map(|root| Warning::Chain { issuer: called(root.subject()) }).into_iter().collect();
    let vendor = VendorCertificate {
        chain: chain.iter().map(|c| c.as_der().to_vec()).collect(),
        name: called(own.subject()),
        not_after: moment(own.not_after()),
        uploaded_at: now,
    };
    Ok((vendor, key, warnings))
}
