//! What an issued certificate says: all of it is ours, none of it a request's.

use crate::{
    asn1::{BIT_STRING, oid, primitive, write},
    key::PublicKey,
    name::Name,
};
use der::asn1::ObjectIdentifier;

/// A serial number: positive, and of at most 20 octets (RFC 5280, section 4.1.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Serial([u8; 16]);

impl Serial {
    /// From 128 random bits, of which the first two are set so that it is positive and always of the same length.
    #[must_use]
    pub const fn from_random(mut octets: [u8; 16]) -> Self {
        octets[0] = (octets[0] & 0x3f) | 0x40;
        Self(octets)
    }

    /// Its octets: the same that [`super::Certificate::serial`] gives.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// What a key may be used for (RFC 5280, section 4.2.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyUsage {
    /// Signatures.
    DigitalSignature,
    /// Content keys are encrypted with it.
    KeyEncipherment,
    /// Certificates are signed with it.
    CertificateSign,
    /// Revocation lists are signed with it.
    CrlSign,
}

impl KeyUsage {
    /// Its bit in the first octet of the BIT STRING.
    pub(super) const fn bit(self) -> u8 {
        match self {
            Self::DigitalSignature => 0x80,
            Self::KeyEncipherment => 0x20,
            Self::CertificateSign => 0x04,
            Self::CrlSign => 0x02,
        }
    }
}

/// What a certificate may be used for (RFC 5280, section 4.2.1.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtendedUsage {
    /// Servers of TLS.
    ServerAuth,
    /// Clients of TLS.
    ClientAuth,
    /// Signed mail, which is what `openssl cms -verify` asks for.
    EmailProtection,
}

impl ExtendedUsage {
    pub(super) const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::ServerAuth => oid::SERVER_AUTH,
            Self::ClientAuth => oid::CLIENT_AUTH,
            Self::EmailProtection => oid::EMAIL_PROTECTION,
        }
    }
}

/// Another name of the subject (RFC 5280, section 4.2.1.6), in ASCII.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlternativeName {
    /// An e-mail address.
    Email(String),
    /// A host's name.
    Dns(String),
    /// A URI.
    Uri(String),
}

/// A certificate that is to be issued.
#[derive(Clone, Debug)]
pub struct Template {
    /// Whose it is.
    pub subject: Name,
    /// Other names of the subject.
    pub alternative_names: Vec<AlternativeName>,
    /// Its number.
    pub serial: Serial,
    /// From when it holds, in seconds since the Unix epoch.
    pub not_before: i64,
    /// Until when it holds, in seconds since the Unix epoch.
    pub not_after: i64,
    /// What its key may be used for.
    pub usages: Vec<KeyUsage>,
    /// What it may be used for; none is everything, and then there is no such extension.
    pub extended_usages: Vec<ExtendedUsage>,
    /// Where the revocation list is.
    pub revocation_list: Option<String>,
    /// Whether it is an authority's, which issues to devices alone and to no further authority.
    pub authority: bool,
}

impl Template {
    /// Extensions (RFC 5280, section 4.2); `None` when a text in them is not ASCII.
    pub(super) fn extensions(&self, key: &PublicKey, issuer_key: &[u8]) -> Option<Vec<u8>> {
        let mut list = Vec::new();
        let mut add = |kind, critical: bool, value: &[u8]| {
            let critical = if critical { write::yes() } else { Vec::new() };
            list.push(write::sequence(&[&write::oid(kind), &critical, &write::octets(value)]));
        };
        let constraints = if self.authority {
            write::sequence(&[&write::yes(), &write::small(0)])
        } else {
            write::sequence(&[])
        };
        add(oid::BASIC_CONSTRAINTS, true, &constraints);
        let bits = self.usages.iter().fold(0, |bits, usage| bits | usage.bit());
        if bits != 0 {
            // Named bits: those that are not set at the end are not counted (X.690, section 11.2.2).
            let unused = u8::try_from(bits.trailing_zeros()).unwrap_or_default();
            add(oid::KEY_USAGE, true, &write::element(BIT_STRING, &[&[unused, bits]]));
        }
        if !self.extended_usages.is_empty() {
            let usages: Vec<_> = self.extended_usages.iter().map(|u| write::oid(u.oid())).collect();
            add(oid::EXTENDED_KEY_USAGE, false, &write::sequence(&slices(&usages)));
        }
        add(oid::SUBJECT_KEY, false, &write::octets(&key.identifier()));
        let authority = write::sequence(&[&write::element(primitive(0), &[issuer_key])]);
        add(oid::AUTHORITY_KEY, false, &authority);
        if !self.alternative_names.is_empty() {
            let names = self.alternative_names.iter().map(general_name).collect::<Option<Vec<_>>>()?;
            add(oid::ALTERNATIVE_NAME, self.subject.is_empty(), &write::sequence(&slices(&names)));
        }
        if let Some(uri) = &self.revocation_list {
            let uri = general_name(&AlternativeName::Uri(uri.clone()))?;
            let point = write::explicit(0, &write::explicit(0, &uri));
            add(oid::CRL_POINTS, false, &write::sequence(&[&write::sequence(&[&point])]));
        }
        Some(write::explicit(3, &write::sequence(&slices(&list))))
    }
}

fn slices(list: &[Vec<u8>]) -> Vec<&[u8]> {
    list.iter().map(Vec::as_slice).collect()
}

/// GeneralName: IA5String under an implicit tag, so not empty, without control characters, and ASCII.
fn general_name(name: &AlternativeName) -> Option<Vec<u8>> {
    let (n, text) = match name {
        AlternativeName::Email(text) => (1, text),
        AlternativeName::Dns(text) => (2, text),
        AlternativeName::Uri(text) => (6, text),
    };
    let fits = !text.is_empty() && text.bytes().all(|b| (0x21..0x7f).contains(&b));
    fits.then(|| write::element(primitive(n), &[text.as_bytes()]))
}
