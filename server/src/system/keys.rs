//! The key file: one random key outside the database, from which all others are derived.

use anyhow::{Context, bail};
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
    rand::{SecureRandom, SystemRandom},
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use muster_domain::{
    InvitationId, PackageId,
    ports::Secrets,
    token::{AgentAddress, InvitationToken, PackageAddress},
};
use std::{
    fs::OpenOptions,
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

/// The name of the sealed value by which a database knows its key.
pub const CHECK: &str = "key.check";

const HEADER: &str = "muster-key-v1 ";

/// Keys derived from the key file, and the system's randomness.
pub struct Keys {
    links: [u8; 32],
    sealing: LessSafeKey,
    random: SystemRandom,
}

impl Keys {
    /// Reads the key file; makes it when there is neither a key nor a database yet.
    ///
    /// # Errors
    /// When a database is there without its key, or the file is damaged: the links in people's mails would
    /// all be dead, so nothing starts until the file is put back.
    pub fn open(file: &Path, database_exists: bool) -> anyhow::Result<Self> {
        match std::fs::read_to_string(file) {
            Ok(text) => Self::from_content(&text).with_context(|| {
                format!("{} is damaged: put the key file back from a backup", file.display())
            }),
            Err(e) if e.kind() == ErrorKind::NotFound && database_exists => bail!(
                "the key file {} is missing, but there is a database that was made with it. \
                 Put the key file back from a backup; without it the links that people have received cannot work",
                file.display()
            ),
            Err(e) if e.kind() == ErrorKind::NotFound => {
                let mut key = [0; 32];
                fill(&SystemRandom::new(), &mut key);
                let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
                writeln!(out, "{HEADER}{}", STANDARD_NO_PAD.encode(key))?;
                out.sync_all()?;
                Self::derive(&key)
            }
            Err(e) => Err(e).with_context(|| format!("cannot read the key file {}", file.display())),
        }
    }

    /// Keys from the content of a key file.
    ///
    /// # Errors
    /// When it is none.
    pub fn from_content(text: &str) -> anyhow::Result<Self> {
        let key = text.trim().strip_prefix(HEADER).and_then(|k| STANDARD_NO_PAD.decode(k).ok());
        let key: Option<[u8; 32]> = key.and_then(|k| k.try_into().ok());
        Self::derive(&key.context("this is not a key file")?)
    }

    /// What is kept in the database to tell its key from another.
    #[must_use]
    pub fn check_value(&self) -> Vec<u8> {
        self.seal(CHECK, b"muster")
    }

    /// Whether a check value was made with this key.
    #[must_use]
    pub fn matches(&self, check: &[u8]) -> bool {
        Secrets::open(self, CHECK, check).is_some()
    }

    fn derive(key: &[u8; 32]) -> anyhow::Result<Self> {
        let master = hmac::Key::new(hmac::HMAC_SHA256, key);
        let sub = |label: &str| -> anyhow::Result<[u8; 32]> {
            Ok(hmac::sign(&master, label.as_bytes()).as_ref().try_into()?)
        };
        let sealing = UnboundKey::new(&AES_256_GCM, &sub("muster sealing v1")?)
            .map_err(|_| anyhow::anyhow!("no AES"))?;
        Ok(Self {
            links: sub("muster links v1")?,
            sealing: LessSafeKey::new(sealing),
            random: SystemRandom::new(),
        })
    }
}

/// Randomness is never weaker than asked for: without it the process ends.
fn fill(random: &SystemRandom, out: &mut [u8]) {
    if random.fill(out).is_err() {
        eprintln!("muster: the system gives no randomness");
        std::process::abort();
    }
}

impl Secrets for Keys {
    fn fill(&self, out: &mut [u8]) {
        fill(&self.random, out);
    }

    fn link_token(&self, id: InvitationId, generation: u32) -> InvitationToken {
        InvitationToken::derive(&self.links, id, generation)
    }
    fn agent_address(&self, id: InvitationId) -> AgentAddress {
        AgentAddress::derive(&self.links, id)
    }
    fn package_address(&self, id: PackageId) -> PackageAddress {
        PackageAddress::derive(&self.links, id)
    }

    fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        self.fill(&mut nonce);
        let mut sealed = plain.to_vec();
        let done = self.sealing.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(context.as_bytes()),
            &mut sealed,
        );
        // AES-GCM only fails for messages of gigabytes; an empty result opens to nothing.
        if done.is_err() {
            return Vec::new();
        }
        [nonce.as_slice(), &sealed].concat()
    }

    fn open(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let plain = self.sealing.open_in_place(nonce, Aad::from(context.as_bytes()), &mut sealed).ok()?;
        Some(plain.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_again_in_its_own_context_alone() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open(&folder.path().join("k"), false).unwrap();
        let sealed = keys.seal("a", b"secret");
        assert_eq!(keys.open("a", &sealed).as_deref(), Some(b"secret".as_slice()));
        assert_eq!(keys.open("b", &sealed), None);
        assert_eq!(keys.open("a", &sealed[..sealed.len() - 1]), None);
        assert_eq!(keys.open("a", b""), None);
    }

    #[test]
    fn a_check_value_tells_its_key_from_another() {
        let folder = tempfile::tempdir().unwrap();
        let one = Keys::open(&folder.path().join("one"), false).unwrap();
        let other = Keys::open(&folder.path().join("other"), false).unwrap();
        let text = std::fs::read_to_string(folder.path().join("one")).unwrap();
        assert!(Keys::from_content(&text).unwrap().matches(&one.check_value()));
        assert!(!other.matches(&one.check_value()));
        assert!(Keys::from_content("muster-key-v1 short").is_err());
    }

    #[test]
    fn a_database_without_its_key_does_not_start() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("k");
        assert!(Keys::open(&file, true).is_err_and(|e| e.to_string().contains("is missing")));
        let first = Keys::open(&file, false).unwrap();
        let again = Keys::open(&file, true).unwrap();
        assert_eq!(first.links, again.links);
    }
}
