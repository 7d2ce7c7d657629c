//! Who speaks: the certificate that signed the message (`Mdm-Signature`), or that a trusted proxy saw in the TLS handshake.
//! Without one, nobody does (ABUSE A9).

use crate::{
    adapters::authority::fingerprint,
    http::{Site, client::through_proxy},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{Extensions, HeaderMap};
use muster_domain::{
    apple::{Fingerprint, Signer},
    ports::StoreError,
};
use muster_pki::{
    certificate::Certificate,
    cms::{SignedData, SignedError},
    key::pem_blocks,
};

/// The header in which a device signs its message (Apple: "MDM", `SignMessage`).
const SIGNATURE: &str = "mdm-signature";

/// Why nobody is believed to speak.
#[derive(Debug, thiserror::Error)]
pub enum NoProof {
    /// There is no signature and no certificate.
    #[error("no Mdm-Signature and no certificate from a trusted proxy")]
    Absent,
    /// It is there, and cannot be read.
    #[error("the proof cannot be read")]
    Malformed,
    /// The signature is not over this body.
    #[error("the signature: {0}")]
    Signature(#[from] SignedError),
    /// The certificate is none that was issued here.
    #[error("the certificate was not issued here")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The one value of a header; two are none, since nobody knows which one counts.
fn one<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, NoProof> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| NoProof::Malformed),
        (Some(_), Some(_)) => Err(NoProof::Malformed),
    }
}

/// The certificate as proxies pass it on: PEM, escaped for an address (nginx `$ssl_client_escaped_cert`), with its lines
/// run together (Traefik), or the base64 of its DER alone (RFC 9440 puts colons around it).
fn passed_on(value: &str) -> Result<Certificate, NoProof> {
    let text = percent(value).ok_or(NoProof::Malformed)?;
    let der = match pem_blocks(&text) {
        Ok(blocks) if !blocks.is_empty() => blocks.into_iter().next().map(|(_, der)| der.to_vec()),
        _ => {
            let bare: String = text
                .replace("-----BEGIN CERTIFICATE-----", "")
                .replace("-----END CERTIFICATE-----", "")
                .chars()
                .filter(|c| !c.is_ascii_whitespace() && *c != ':')
                .collect();
            STANDARD.decode(bare).ok()
        }
    };
    let read = der.and_then(|der| Certificate::from_der(&der).ok());
    read.ok_or(NoProof::Malformed)
}

/// Percent-encoding taken away; a plus stays one.
fn percent(value: &str) -> Option<String> {
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if first == b'%' {
            let (digits, after) = after.split_at_checked(2)?;
            let digits =
                std::str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
            out.push(u8::from_str_radix(digits, 16).ok()?);
            rest = after;
        } else {
            out.push(first);
            rest = after;
        }
    }
    String::from_utf8(out).ok()
}

/// Who is said to speak, before the body has come: whoever is not known need not send one.
pub struct Claimed {
    signer: Signer,
    /// The signature that is still to be verified; a proxy has done that with a certificate of TLS.
    signature: Option<SignedData>,
}

/// Reads who is said to speak, and looks for the certificate.
///
/// # Errors
/// [`NoProof`].
pub async fn claimed(site: &Site, headers: &HeaderMap, extensions: &Extensions) -> Result<Claimed, NoProof> {
    let (certificate, signature) = match (one(headers, SIGNATURE)?, &site.apple.certificate_header) {
        (Some(text), _) => {
            let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
            let signature = SignedData::parse(&STANDARD.decode(text).map_err(|_| NoProof::Malformed)?)?;
            (signature.named().ok_or(SignedError::UnknownSigner)?.clone(), Some(signature))
        }
        (None, Some(name)) if through_proxy(extensions, &site.proxies) => {
            let value = one(headers, name.as_str())?.filter(|v| !v.is_empty()).ok_or(NoProof::Absent)?;
            (passed_on(value)?, None)
        }
        _ => return Err(NoProof::Absent),
    };
    let signer = site.ports.store.find_signer(fingerprint(&certificate)).await?.ok_or(NoProof::Unknown)?;
    Ok(Claimed { signer, signature })
}

impl Claimed {
    /// Whose certificate it is that was sent, whether or not the sender has its key.
    pub fn device(&self) -> Fingerprint {
        self.signer.fingerprint
    }

    /// Who it is, once the body is here. Whether it may say what it says is [`Signer`]'s to decide.
    ///
    /// # Errors
    /// [`NoProof::Signature`].
    pub fn proven(self, body: &[u8]) -> Result<Signer, NoProof> {
        if let Some(signature) = &self.signature {
            let verified = signature.verify(Some(body), &[])?;
            if fingerprint(verified.signer) != self.signer.fingerprint {
                return Err(NoProof::Unknown);
            }
        }
        Ok(self.signer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_pki::{
        certificate::{Serial, Template, self_signed},
        key::{SigningKey, write_pem},
        name::{Attribute, Name},
    };

    fn certificate() -> Certificate {
        let key = SigningKey::generate_p256().unwrap();
        let template = Template {
            subject: Name::new(&[(Attribute::CommonName, "a phone")]).unwrap(),
            alternative_names: Vec::new(),
            serial: Serial::from_random([7; 16]),
            not_before: 0,
            not_after: 4_000_000_000,
            usages: Vec::new(),
            extended_usages: Vec::new(),
            revocation_list: None,
            authority: false,
        };
        self_signed(&template, &key).unwrap()
    }

    #[test]
    fn a_certificate_is_read_in_each_form_in_which_proxies_pass_it_on() {
        let certificate = certificate();
        let pem = write_pem("CERTIFICATE", certificate.as_der());
        let escaped: String = pem
            .bytes()
            .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
            .collect();
        let bare = STANDARD.encode(certificate.as_der());
        for form in [escaped, pem.replace('\n', " "), bare.clone(), format!(":{bare}:")] {
            assert_eq!(passed_on(&form).unwrap().as_der(), certificate.as_der(), "{form}");
        }
        for bad in ["", "%", "%zz", "x", "-----BEGIN CERTIFICATE-----", &bare[..20]] {
            assert!(passed_on(bad).is_err(), "{bad}");
        }
    }
}
