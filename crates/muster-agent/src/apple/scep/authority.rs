//! What a certificate authority can do and who it is: GetCACaps and GetCACert (RFC 8894, 3.5 and 4.2).

use crate::{
    apple::{
        certificate::Certificate,
        cms::{envelope::Cipher, verify},
        http::{Client, Program, Request},
        key::Digest,
    },
    error::AgentError,
};

/// What it can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Takes messages by POST.
    pub post: bool,
    /// Takes RenewalReq.
    pub renewal: bool,
    /// The best digest that both sides have.
    pub digest: Digest,
    /// The best cipher that both sides have.
    pub cipher: Cipher,
}

impl Capabilities {
    /// Reads the lines of GetCACaps.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let has = |word: &str| text.lines().any(|line| line.trim().eq_ignore_ascii_case(word));
        // SCEPStandard stands for AES, SHA-256 and POST (RFC 8894, 3.5.2).
        let standard = has("SCEPStandard");
        Self {
            post: standard || has("POSTPKIOperation"),
            renewal: has("Renewal"),
            digest: if standard || has("SHA-256") {
                Digest::Sha256
            } else if has("SHA-512") {
                Digest::Sha512
            } else {
                Digest::Sha1
            },
            cipher: if standard || has("AES") {
                Cipher::Aes128
            } else if has("DES3") {
                Cipher::Des3
            } else {
                Cipher::Des
            },
        }
    }
}

/// A certificate authority.
#[derive(Clone, Debug)]
pub struct Authority {
    /// Where it is.
    pub url: String,
    /// What it can do.
    pub capabilities: Capabilities,
    /// Who issues.
    pub ca: Certificate,
    /// Who messages are encrypted for: the authority itself, or its registration authority.
    pub recipient: Certificate,
    /// Whose signature an answer may have.
    pub signers: Vec<Certificate>,
}

impl Authority {
    /// Asks. `fingerprint` is the profile's `CAFingerprint`.
    ///
    /// # Errors
    /// [`AgentError`].
    pub async fn ask(
        client: &Client,
        url: &str,
        name: &str,
        fingerprint: Option<&[u8]>,
    ) -> Result<Self, AgentError> {
        let caps = client.send(Request::get(operation(url, "GetCACaps", name), Program::Profiles)).await?;
        let caps = caps.ok("SCEP GetCACaps")?;
        let capabilities = Capabilities::read(&String::from_utf8_lossy(&caps.body));
        let certificates = Request::get(operation(url, "GetCACert", name), Program::Profiles);
        let certificates = client.send(certificates).await?.ok("SCEP GetCACert")?;
        let all = match certificates.content_type.as_str() {
            "application/x-x509-ca-cert" => vec![Certificate::from_der(&certificates.body)?],
            "application/x-x509-ca-ra-cert" => verify::certificates(&certificates.body)?,
            other => return Err(AgentError::Answer(format!("GetCACert has the type {other:?}"))),
        };
        let ca = authority_of(&all, fingerprint)?;
        let recipient = recipient_of(&all, &ca)?;
        let mut signers = vec![ca.clone()];
        for certificate in all.into_iter().filter(|c| *c != ca) {
            // Chains have the authority's own issuers too, which sign nothing here.
            if ca.issued(&certificate).is_ok() {
                signers.push(certificate);
            }
        }
        Ok(Self { url: url.to_owned(), capabilities, ca, recipient, signers })
    }

    /// The request that carries a message.
    #[must_use]
    pub fn carry(&self, message: Vec<u8>, get: bool) -> Request {
        if self.capabilities.post && !get {
            let url = operation(&self.url, "PKIOperation", "");
            return Request::with("POST", url, Program::Profiles, message)
                .header("content-type", "application/x-pki-message");
        }
        use base64::{Engine, engine::general_purpose::STANDARD};
        Request::get(operation(&self.url, "PKIOperation", &STANDARD.encode(message)), Program::Profiles)
    }
}

/// The one with the fingerprint, or the one that has issued the others.
fn authority_of(all: &[Certificate], fingerprint: Option<&[u8]>) -> Result<Certificate, AgentError> {
    if let Some(wanted) = fingerprint {
        let digest = match wanted.len() {
            20 => Digest::Sha1,
            32 => Digest::Sha256,
            64 => Digest::Sha512,
            n => return Err(AgentError::Answer(format!("a CAFingerprint of {n} bytes cannot be checked"))),
        };
        let found = all.iter().find(|c| digest.of(c.der()) == wanted);
        return found.cloned().ok_or_else(|| {
            AgentError::Answer("the certificate authority is another one than the profile says".into())
        });
    }
    // In a chain with registration authorities it is who issued those; in one of authorities alone the lowest.
    let (issuing, others): (Vec<&Certificate>, Vec<&Certificate>) =
        all.iter().partition(|c| all.len() == 1 || c.key_usage().is_some_and(|u| u.key_cert_sign()));
    let issued = |c: &Certificate, among: &[&Certificate]| {
        among.iter().any(|other| **other != *c && c.issued(other).is_ok())
    };
    let above = issuing.iter().find(|c| issued(c, &others));
    let lowest = issuing.iter().find(|c| !issued(c, &issuing));
    let found = above.or(lowest).copied().or(all.first());
    found.cloned().ok_or_else(|| AgentError::Answer("GetCACert has no certificate".into()))
}

/// A registration authority's certificate for encryption if there is one, else the authority's own.
fn recipient_of(all: &[Certificate], ca: &Certificate) -> Result<Certificate, AgentError> {
    let encrypts = |c: &&Certificate| {
        *c != ca && c.key_usage().is_some_and(|u| u.key_encipherment()) && ca.issued(c).is_ok()
    };
    Ok(all.iter().find(encrypts).unwrap_or(ca).clone())
}

/// The address of an operation (RFC 8894, 4.1).
fn operation(url: &str, operation: &str, message: &str) -> String {
    let joint = if url.contains('?') { '&' } else { '?' };
    let mut address = format!("{url}{joint}operation={operation}");
    if !message.is_empty() {
        let escaped = message.bytes().map(|b| match b {
            b if b.is_ascii_alphanumeric() || b"-._~".contains(&b) => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        });
        address.push_str("&message=");
        address.extend(escaped);
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_that_both_have_is_chosen() {
        let all = Capabilities::read("AES\r\nSHA-512\nsha-256\nPOSTPKIOperation\nRenewal\n");
        assert_eq!(
            all,
            Capabilities { post: true, renewal: true, digest: Digest::Sha256, cipher: Cipher::Aes128 }
        );
        let standard = Capabilities::read("SCEPStandard");
        assert!(standard.post && !standard.renewal && standard.cipher == Cipher::Aes128);
        let old = Capabilities::read("");
        assert_eq!(
            old,
            Capabilities { post: false, renewal: false, digest: Digest::Sha1, cipher: Cipher::Des }
        );
        assert_eq!(Capabilities::read("DES3").cipher, Cipher::Des3);
    }

    #[test]
    fn addresses_with_and_without_a_query_and_escaped_messages() {
        assert_eq!(
            operation("https://a/scep", "GetCACert", "My CA"),
            "https://a/scep?operation=GetCACert&message=My%20CA"
        );
        assert_eq!(
            operation("https://a/?x=1", "PKIOperation", "a+/="),
            "https://a/?x=1&operation=PKIOperation&message=a%2B%2F%3D"
        );
    }
}
