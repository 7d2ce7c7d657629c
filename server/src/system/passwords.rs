//! Passwords by Argon2id (RFC 9106) with 19 MiB, two passes, one lane, two at a time.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use async_trait::async_trait;
use muster_domain::ports::Passwords;
use tokio::sync::Semaphore;

/// Hashes on threads of their own, at most two at once, so that a flood of sign-ins cannot take all memory.
pub struct Argon2id {
    permits: Semaphore,
    /// The hash of a password that nobody has: unknown names take as long as known ones (ABUSE A33).
    nobody: String,
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19_456, 2, 1, None).unwrap_or_default())
}

fn hash(password: &str) -> String {
    argon2().hash_password(password.as_bytes()).map(|h| h.to_string()).unwrap_or_default()
}

impl Argon2id {
    /// Ready to hash.
    #[must_use]
    pub fn new() -> Self {
        Self { permits: Semaphore::new(2), nobody: hash("nobody has this password") }
    }
}

impl Default for Argon2id {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Passwords for Argon2id {
    async fn hash(&self, password: &str) -> String {
        let _permit = self.permits.acquire().await;
        let password = password.to_owned();
        tokio::task::spawn_blocking(move || hash(&password)).await.unwrap_or_default()
    }

    async fn verify(&self, password: &str, hash: Option<&str>) -> bool {
        let _permit = self.permits.acquire().await;
        let known = hash.is_some();
        let (password, hash) = (password.to_owned(), hash.unwrap_or(&self.nobody).to_owned());
        let right = tokio::task::spawn_blocking(move || {
            PasswordHash::new(&hash).is_ok_and(|h| argon2().verify_password(password.as_bytes(), &h).is_ok())
        });
        right.await.unwrap_or(false) && known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_for_a_known_name_is_taken() {
        let passwords = Argon2id::new();
        let hash = passwords.hash("correct horse").await;
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify("correct horse", Some(&hash)).await);
        assert!(!passwords.verify("wrong", Some(&hash)).await);
        assert!(!passwords.verify("nobody has this password", None).await);
        assert!(!passwords.verify("x", Some("not a hash")).await);
    }
}
