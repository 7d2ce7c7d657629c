//! Verifying of requests (RFC 9421, section 3.2), with this protocol's own, narrow rules.
//!
//! One signature, known parameters, the components that matter, a pinned algorithm and a short life. Whether a
//! nonce was seen before is for the caller to know: `(keyid, nonce)` is the key of that memory, never the
//! signature's bytes, since for a valid `(r, s)` the pair `(r, n-s)` is valid too.

pub use crate::base::Request;
use crate::{ALGORITHM, OLDEST, SKEW, TAG, key::PublicKey};
use aws_lc_rs::digest::{SHA256, SHA512, digest};
use sfv::{BareItem, Dictionary, FieldType, InnerList, ListEntry, Parser};

/// Why a request was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There is no signature.
    #[error("the request is not signed")]
    Missing,
    /// The header fields are not of the form that this protocol asks for.
    #[error("the signature is not of the form that this protocol asks for: {0}")]
    Malformed(&'static str),
    /// It was made too long ago, or has expired.
    #[error("the signature is too old")]
    Stale,
    /// It was made in the future: the agent's clock is ahead.
    #[error("the signature was made in the future: the clock is ahead")]
    Future,
    /// The body is not the one that was signed.
    #[error("the body is not the one that was signed")]
    Digest,
    /// It was made with another key or for another request.
    #[error("the signature was made with another key or for another request")]
    Invalid,
}

/// A signature that was read but not verified: just enough to look up the key.
#[derive(Clone, Debug)]
pub struct Unverified {
    covered: InnerList,
    /// The parameters as they are signed: what was read, written again (RFC 9421, section 2.3).
    parameters: String,
    signature: Vec<u8>,
    keyid: String,
    nonce: String,
    created: i64,
    expires: Option<i64>,
}

/// A signature that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Whose key.
    pub keyid: String,
    /// To be taken once for this key.
    pub nonce: String,
    /// When it was made, in seconds since the Unix epoch.
    pub created: i64,
}

pub(crate) fn inner_list(text: &str) -> Option<InnerList> {
    let mut list = Parser::new(text).parse::<sfv::List>().ok()?;
    match (list.pop(), list.is_empty()) {
        (Some(ListEntry::InnerList(inner)), true) => Some(inner),
        _ => None,
    }
}

/// The one header field of that name: what it says, and the same written again.
fn one(request: &Request<'_>, name: &str) -> Result<(Dictionary, String), SignatureError> {
    let mut values = request.headers.iter().filter(|(n, _)| *n == name);
    let (_, value) = values.next().ok_or(SignatureError::Missing)?;
    if values.next().is_some() || value.len() > 2048 {
        return Err(SignatureError::Malformed("one header field of at most 2,048 bytes each"));
    }
    let dictionary = Parser::new(value).parse::<Dictionary>();
    let dictionary =
        dictionary.map_err(|_| SignatureError::Malformed("not a structured field (RFC 9651)"))?;
    let written = dictionary.serialize().filter(|written| says_nothing_twice(written, value));
    let written = written.ok_or(SignatureError::Malformed("a label or a parameter is there twice"))?;
    Ok((dictionary, written))
}

/// Of a key that is there twice a parser keeps the last (RFC 9651, section 4.2), where others may have read the first.
/// What was read, written again, is then shorter than what came; spaces aside, it is the same otherwise.
fn says_nothing_twice(written: &str, came: &str) -> bool {
    let packed = |text: &str| text.replace([' ', '\t'], "");
    written == came || packed(written) == packed(came)
}

/// Reads the signature of a request.
///
/// # Errors
/// [`SignatureError::Missing`] or [`SignatureError::Malformed`].
pub fn parse(request: &Request<'_>) -> Result<Unverified, SignatureError> {
    use SignatureError::Malformed;
    let (mut inputs, parameters) = one(request, "signature-input")?;
    let (signatures, _) = one(request, "signature")?;
    let (Some((label, ListEntry::InnerList(covered))), true) = (inputs.pop(), inputs.is_empty()) else {
        return Err(Malformed("exactly one signature"));
    };
    let parameters = parameters.get(label.as_str().len() + 1..).unwrap_or_default().to_owned();
    let signature = match (signatures.get(&label), signatures.len()) {
        (Some(ListEntry::Item(item)), 1) => item.bare_item.as_byte_sequence(),
        _ => None,
    };
    let signature = signature
        .filter(|s| s.len() == 64)
        .ok_or(Malformed("one signature of 64 bytes under the same label"))?;
    let mut names = Vec::new();
    for item in &covered.items {
        let name = item.bare_item.as_string().map(|s| s.as_str()).unwrap_or_default();
        if names.contains(&name) {
            return Err(Malformed("a component is covered twice"));
        }
        names.push(name);
    }
    let needed =
        ["@method", "@target-uri"].into_iter().chain((!request.body.is_empty()).then_some("content-digest"));
    for name in needed {
        if !names.contains(&name) {
            return Err(Malformed("@method, @target-uri and, with a body, content-digest must be covered"));
        }
    }
    let (mut keyid, mut nonce, mut created, mut expires, mut tag) = (None, None, None, None, None);
    let text = |value: &BareItem| value.as_string().map(|s| s.as_str().to_owned());
    let seconds = |value: &BareItem| value.as_integer().map(i64::from);
    for (name, value) in &covered.params {
        match name.as_str() {
            "keyid" => keyid = text(value),
            "nonce" => nonce = text(value),
            "tag" => tag = text(value),
            "created" => created = seconds(value),
            "expires" => expires = Some(seconds(value).ok_or(Malformed("expires is a number of seconds"))?),
            "alg" if text(value).as_deref() == Some(ALGORITHM) => {}
            "alg" => return Err(Malformed("alg must be ecdsa-p256-sha256")),
            _ => return Err(Malformed("a parameter that this protocol does not know")),
        }
    }
    if tag.as_deref() != Some(TAG) {
        return Err(Malformed("tag must be \"muster-agent\""));
    }
    let keyid =
        keyid.filter(|k| (1..=128).contains(&k.len())).ok_or(Malformed("keyid of 1 to 128 characters"))?;
    let nonce =
        nonce.filter(|n| (16..=128).contains(&n.len())).ok_or(Malformed("nonce of 16 to 128 characters"))?;
    let created = created.ok_or(Malformed("created is a number of seconds"))?;
    let signature = signature.to_vec();
    Ok(Unverified { covered, parameters, signature, keyid, nonce, created, expires })
}

/// Whether the digest of the body is there and right, by SHA-256 or SHA-512 (RFC 9530, section 5).
fn digest_matches(request: &Request<'_>) -> bool {
    let Some(Ok(digests)) = request.header("content-digest").map(|h| Parser::new(h).parse::<Dictionary>())
    else {
        return false;
    };
    let mut right = false;
    for (name, value) in &digests {
        let actual = match name.as_str() {
            "sha-256" => digest(&SHA256, request.body),
            "sha-512" => digest(&SHA512, request.body),
            _ => continue,
        };
        let ListEntry::Item(item) = value else { return false };
        if item.bare_item.as_byte_sequence() != Some(actual.as_ref()) {
            return false;
        }
        right = true;
    }
    right
}

impl Unverified {
    /// Whose key the signature claims to be made with. Nothing is proven yet.
    #[must_use]
    pub fn keyid(&self) -> &str {
        &self.keyid
    }

    /// Verifies the signature with the pinned key; `now` is in seconds since the Unix epoch.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify(
        self,
        key: &PublicKey,
        request: &Request<'_>,
        now: i64,
    ) -> Result<Verified, SignatureError> {
        if self.created > now.saturating_add(SKEW) {
            return Err(SignatureError::Future);
        }
        if now.saturating_sub(self.created) > OLDEST || self.expires.is_some_and(|e| e <= now) {
            return Err(SignatureError::Stale);
        }
        // Also without a body: somebody may have taken it away.
        let has_digest = request.headers.iter().any(|(name, _)| *name == "content-digest");
        if (has_digest || !request.body.is_empty()) && !digest_matches(request) {
            return Err(SignatureError::Digest);
        }
        let base = request
            .signature_base(&self.covered, &self.parameters)
            .ok_or(SignatureError::Malformed("a component that is not there once"))?;
        if !key.verifies(base.as_bytes(), &self.signature) {
            return Err(SignatureError::Invalid);
        }
        Ok(Verified { keyid: self.keyid, nonce: self.nonce, created: self.created })
    }
}
