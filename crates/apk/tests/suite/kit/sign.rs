//! A signer of packages that does what `apksigner` would not: blocks, signers and lineages in any shape.

use super::zip::Zip;
use aws_lc_rs::{
    digest::{SHA256, SHA512, digest},
    rand::SystemRandom,
    signature::{
        RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair,
    },
};
use muster_pki::{
    algorithm::Digest,
    certificate::{self, Certificate, Serial, Template},
    key::{RsaSize, SigningKey},
    name::{Attribute, Name},
};

pub const V2: u32 = 0x7109_871a;
pub const V3: u32 = 0xf053_68c0;
pub const V31: u32 = 0x1b93_ad61;
/// ECDSA with SHA-256.
pub const ECDSA: u32 = 0x0201;
pub const FOREVER: u32 = 0x7fff_ffff;

/// A key with its certificate: on P-256, or RSA.
pub struct Key {
    pub key: SigningKey,
    pub certificate: Certificate,
    rsa: Option<RsaKeyPair>,
}

impl Key {
    pub fn new() -> Self {
        Self::of(SigningKey::generate_p256().unwrap(), None)
    }

    pub fn rsa() -> Self {
        let key = SigningKey::generate_rsa(RsaSize::Bits2048).unwrap();
        let pair = RsaKeyPair::from_pkcs8(&key.to_pkcs8().unwrap()).unwrap();
        Self::of(key, Some(pair))
    }

    fn of(key: SigningKey, rsa: Option<RsaKeyPair>) -> Self {
        let mut serial = [0; 16];
        aws_lc_rs::rand::fill(&mut serial).unwrap();
        let template = Template {
            subject: Name::new(&[(Attribute::CommonName, "test")]).unwrap(),
            alternative_names: Vec::new(),
            serial: Serial::from_random(serial),
            not_before: 0,
            not_after: 4_000_000_000,
            usages: Vec::new(),
            extended_usages: Vec::new(),
            revocation_list: None,
            authority: false,
        };
        Self { certificate: certificate::self_signed(&template, &key).unwrap(), key, rsa }
    }

    /// By the algorithm of that number, if it is one of RSA's; else by ECDSA with SHA-256, whatever the number says.
    fn sign(&self, algorithm: u32, message: &[u8]) -> Vec<u8> {
        let Some(pair) = &self.rsa else { return self.key.sign(Digest::Sha256, message).unwrap() };
        let encoding: &'static dyn RsaEncoding = match algorithm {
            0x0101 => &RSA_PSS_SHA256,
            0x0102 => &RSA_PSS_SHA512,
            0x0104 => &RSA_PKCS1_SHA512,
            _ => &RSA_PKCS1_SHA256,
        };
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(encoding, &SystemRandom::new(), message, &mut signature).unwrap();
        signature
    }

    /// The lineage in which each key signs the next one's certificate.
    pub fn lineage(keys: &[&Self]) -> Vec<u8> {
        Self::lineage_by(keys, ECDSA)
    }

    /// The same, saying that it was signed by that algorithm.
    pub fn lineage_by(keys: &[&Self], said: u32) -> Vec<u8> {
        let mut all = 1_u32.to_le_bytes().to_vec();
        for (n, key) in keys.iter().enumerate() {
            // The first is signed by nobody.
            let before = n.checked_sub(1).map(|n| keys[n]);
            let algorithm = if before.is_some() { said } else { 0 };
            let signed = [prefixed(key.certificate.as_der()), algorithm.to_le_bytes().to_vec()].concat();
            let signature = before.map(|key| key.sign(ECDSA, &signed)).unwrap_or_default();
            let numbers = [0_u32.to_le_bytes(), ECDSA.to_le_bytes()].concat();
            all.extend(prefixed(&[prefixed(&signed), numbers, prefixed(&signature)].concat()));
        }
        all
    }
}

/// A signer; the fields may lie.
pub struct Signer<'k> {
    pub key: &'k Key,
    /// First and last API level, in v3.
    pub sdks: Option<(u32, u32)>,
    /// The same outside of what is signed, if they differ.
    pub outer_sdks: Option<(u32, u32)>,
    pub attributes: Vec<(u32, Vec<u8>)>,
    /// The algorithms of digests and of signatures.
    pub digests: Vec<u32>,
    pub signatures: Vec<u32>,
    pub certificates: Vec<Vec<u8>>,
    pub public_key: Vec<u8>,
}

impl<'k> Signer<'k> {
    pub fn v2(key: &'k Key) -> Self {
        Self {
            key,
            sdks: None,
            outer_sdks: None,
            attributes: Vec::new(),
            digests: vec![ECDSA],
            signatures: vec![ECDSA],
            certificates: vec![key.certificate.as_der().to_vec()],
            public_key: key.key.public().spki().to_vec(),
        }
    }

    /// With these algorithms, in that order.
    pub fn algorithms(mut self, ids: &[u32]) -> Self {
        (self.digests, self.signatures) = (ids.to_vec(), ids.to_vec());
        self
    }

    pub fn v3(key: &'k Key, from: u32, to: u32) -> Self {
        Self { sdks: Some((from, to)), outer_sdks: Some((from, to)), ..Self::v2(key) }
    }

    pub fn with(mut self, id: u32, value: &[u8]) -> Self {
        self.attributes.push((id, value.to_vec()));
        self
    }

    /// The signer over these contents.
    pub fn sign(&self, zip: &Zip) -> Vec<u8> {
        let list = |ids: &[u32], value: &dyn Fn(u32) -> Vec<u8>| -> Vec<u8> {
            let one = |id: &u32| prefixed(&[&id.to_le_bytes()[..], &prefixed(&value(*id))].concat());
            prefixed(&ids.iter().flat_map(one).collect::<Vec<_>>())
        };
        let sdks = |sdks: Option<(u32, u32)>| {
            sdks.map(|(a, b)| [a.to_le_bytes(), b.to_le_bytes()].concat()).unwrap_or_default()
        };
        let certificates: Vec<u8> = self.certificates.iter().flat_map(|c| prefixed(c)).collect();
        let attribute = |a: &(u32, Vec<u8>)| prefixed(&[&a.0.to_le_bytes()[..], &a.1].concat());
        let attributes: Vec<u8> = self.attributes.iter().flat_map(attribute).collect();
        let signed = [
            list(&self.digests, &|id| content_digest(zip, id)),
            prefixed(&certificates),
            sdks(self.sdks),
            prefixed(&attributes),
        ]
        .concat();
        let signatures = list(&self.signatures, &|id| self.key.sign(id, &signed));
        [prefixed(&signed), sdks(self.outer_sdks), signatures, prefixed(&self.public_key)].concat()
    }
}

/// A scheme's value: its signers.
pub fn scheme(zip: &Zip, signers: &[Signer<'_>]) -> Vec<u8> {
    prefixed(&signers.iter().flat_map(|s| prefixed(&s.sign(zip))).collect::<Vec<_>>())
}

/// A signing block.
pub fn block(parts: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let pair = |(id, value): &(u32, Vec<u8>)| {
        [&(value.len() as u64 + 4).to_le_bytes()[..], &id.to_le_bytes(), value].concat()
    };
    let pairs: Vec<u8> = parts.iter().flat_map(pair).collect();
    let size = (pairs.len() as u64 + 24).to_le_bytes();
    [&size[..], &pairs, &size, b"APK Sig Block 42"].concat()
}

/// The package with such schemes and signers.
pub fn signed(zip: &Zip, schemes: &[(u32, Vec<Signer<'_>>)]) -> Vec<u8> {
    let parts: Vec<_> = schemes.iter().map(|(id, signers)| (*id, scheme(zip, signers))).collect();
    zip.with_block(&block(&parts))
}

/// Digests of pieces of 1 MiB, and the digest over them, as the signature algorithm wants them.
fn content_digest(zip: &Zip, algorithm: u32) -> Vec<u8> {
    let kind = if matches!(algorithm, 0x0102 | 0x0104 | 0x0202) { &SHA512 } else { &SHA256 };
    let end = zip.end(zip.contents.len());
    let pieces: Vec<&[u8]> =
        [&zip.contents, &zip.directory, &end].iter().flat_map(|part| part.chunks(1 << 20)).collect();
    let mut all = [&[0x5a], &(pieces.len() as u32).to_le_bytes()[..]].concat();
    for piece in pieces {
        let whole = [&[0xa5], &(piece.len() as u32).to_le_bytes()[..], piece].concat();
        all.extend(digest(kind, &whole).as_ref());
    }
    digest(kind, &all).as_ref().to_vec()
}

fn prefixed(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u32).to_le_bytes()[..], bytes].concat()
}
