//! Signing of requests, as the reference agent does it.

use crate::{
    ALGORITHM, TAG,
    base::Request,
    key::{InvalidKey, SigningKey},
};
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};

/// The header fields that sign a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// `Content-Digest` (RFC 9530, section 2), if there is a body.
    pub content_digest: Option<String>,
    /// `Signature-Input` (RFC 9421, section 4.1).
    pub signature_input: String,
    /// `Signature` (RFC 9421, section 4.2).
    pub signature: String,
}

/// Signs a request.
///
/// `created` is in seconds since the Unix epoch; `nonce` and `keyid` are letters, digits, `-` and `_`.
///
/// # Errors
/// [`InvalidKey`] when the key cannot sign or the words are not of that form.
pub fn sign(
    key: &SigningKey,
    method: &str,
    target_uri: &str,
    body: &[u8],
    created: i64,
    nonce: &str,
    keyid: &str,
) -> Result<Signed, InvalidKey> {
    let word =
        |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if !word(nonce) || !word(keyid) {
        return Err(InvalidKey);
    }
    let content_digest =
        (!body.is_empty()).then(|| format!("sha-256=:{}:", STANDARD.encode(digest(&SHA256, body).as_ref())));
    let covered = if content_digest.is_some() {
        "(\"@method\" \"@target-uri\" \"content-digest\")"
    } else {
        "(\"@method\" \"@target-uri\")"
    };
    let parameters = format!(
        "{covered};created={created};nonce=\"{nonce}\";keyid=\"{keyid}\";alg=\"{ALGORITHM}\";tag=\"{TAG}\""
    );
    let inner = crate::verify::inner_list(&parameters).ok_or(InvalidKey)?;
    let headers: Vec<_> = content_digest.iter().map(|d| ("content-digest", d.as_str())).collect();
    let request = Request { method, target_uri, headers: &headers, body };
    let base = request.signature_base(&inner, &parameters).ok_or(InvalidKey)?;
    let signature = STANDARD.encode(key.sign(base.as_bytes())?);
    Ok(Signed {
        content_digest,
        signature_input: format!("muster={parameters}"),
        signature: format!("muster=:{signature}:"),
    })
}
