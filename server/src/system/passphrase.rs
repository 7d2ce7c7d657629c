//! Keys under a passphrase: Argon2id (RFC 9106) makes an AES-256-GCM key of it. `docs/operating.md` has the format.

use anyhow::{Context, ensure};
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use muster_domain::ports::Secrets;
use muster_store::SealedKeys;

/// The shortest passphrase.
pub const SHORTEST: usize = 12;
const VERSION: u32 = 1;
/// The second recommended choice of RFC 9106, section 4: 64 MiB, three passes, four lanes.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 4;
/// What a file may ask for at most: it may come from anywhere.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;

/// Everything but the secret is bound to it, so that nothing can be exchanged.
fn context(keys: &SealedKeys) -> Vec<u8> {
    format!("muster backup keys v{} {} {} {}", keys.version, keys.memory_kib, keys.passes, keys.lanes)
        .into_bytes()
}

fn cipher(keys: &SealedKeys, passphrase: &str) -> anyhow::Result<LessSafeKey> {
    let params = Params::new(keys.memory_kib, keys.passes, keys.lanes, Some(32))
        .map_err(|e| anyhow::anyhow!("the passphrase's parameters: {e}"))?;
    let mut key = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), &keys.salt, &mut key)
        .map_err(|e| anyhow::anyhow!("the passphrase: {e}"))?;
    let key = UnboundKey::new(&AES_256_GCM, &key).map_err(|_| anyhow::anyhow!("no AES"))?;
    Ok(LessSafeKey::new(key))
}

/// Encrypts the content of the key file.
///
/// # Errors
/// When the passphrase is too short.
pub fn seal(content: &[u8], passphrase: &str, secrets: &dyn Secrets) -> anyhow::Result<SealedKeys> {
    ensure!(
        passphrase.chars().count() >= SHORTEST,
        "a passphrase has at least {SHORTEST} characters: whoever has it and the file can make every link"
    );
    let (mut salt, mut nonce) = (vec![0; 16], [0; NONCE_LEN]);
    secrets.fill(&mut salt);
    secrets.fill(&mut nonce);
    let mut keys = SealedKeys {
        version: VERSION,
        memory_kib: MEMORY_KIB,
        passes: PASSES,
        lanes: LANES,
        salt,
        nonce: nonce.to_vec(),
        sealed: content.to_vec(),
    };
    let (cipher, aad) = (cipher(&keys, passphrase)?, context(&keys));
    cipher
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), &mut keys.sealed)
        .map_err(|_| anyhow::anyhow!("the keys could not be encrypted"))?;
    Ok(keys)
}

/// Decrypts the content of a key file.
///
/// # Errors
/// When the passphrase is another, or the format is not known.
pub fn open(keys: &SealedKeys, passphrase: &str) -> anyhow::Result<Vec<u8>> {
    ensure!(
        keys.version == VERSION,
        "the keys in it are in format {}, and this program knows {VERSION}: install a newer Muster",
        keys.version
    );
    ensure!(
        keys.memory_kib <= MOST_MEMORY_KIB && keys.passes <= 20 && keys.lanes <= 16 && keys.salt.len() >= 8,
        "the keys in it ask for parameters that Muster never writes"
    );
    let nonce = Nonce::try_assume_unique_for_key(&keys.nonce).ok().context("the keys in it are damaged")?;
    let (cipher, aad) = (cipher(keys, passphrase)?, context(keys));
    let mut content = keys.sealed.clone();
    let content = cipher
        .open_in_place(nonce, Aad::from(aad), &mut content)
        .map_err(|_| anyhow::anyhow!("the passphrase is not the one that the backup was made with"))?;
    Ok(content.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::keys::Keys;

    const PASSPHRASE: &str = "correct horse battery";

    fn sealed() -> SealedKeys {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Keys::open(&folder.path().join("k"), false).unwrap();
        assert!(seal(b"x", "short", &secrets).is_err());
        seal(b"the key", PASSPHRASE, &secrets).unwrap()
    }

    #[test]
    fn keys_open_with_their_passphrase_alone() {
        let keys = sealed();
        assert!(!keys.sealed.windows(7).any(|w| w == b"the key"));
        assert_eq!(open(&keys, PASSPHRASE).unwrap(), b"the key");
        assert!(open(&keys, "correct horse batterx").unwrap_err().to_string().contains("not the one"));
    }

    #[test]
    fn keys_that_were_tampered_with_or_ask_for_too_much_do_not_open() {
        let keys = sealed();
        for spoil in [
            |k: &mut SealedKeys| k.sealed[0] ^= 1,
            |k: &mut SealedKeys| k.nonce[0] ^= 1,
            |k: &mut SealedKeys| k.salt[0] ^= 1,
            |k: &mut SealedKeys| k.passes = 1,
            |k: &mut SealedKeys| k.nonce.clear(),
            |k: &mut SealedKeys| k.salt.clear(),
            |k: &mut SealedKeys| k.memory_kib = u32::MAX,
            |k: &mut SealedKeys| k.version = 2,
        ] {
            let mut spoilt = keys.clone();
            spoil(&mut spoilt);
            assert!(open(&spoilt, PASSPHRASE).is_err());
        }
    }
}
