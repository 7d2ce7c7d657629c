//! The request for a push certificate that Apple's portal takes (Apple: "Setting up push notifications for your MDM
//! customers"): the base64 of a property list with the CSR, the vendor's chain and the vendor's signature.

use crate::write::{self, dict};
use base64::{Engine, engine::general_purpose::STANDARD};

/// The request cannot be made of these parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRequest {
    /// The CSR is empty or not DER.
    #[error("the certificate signing request is not in DER")]
    Csr,
    /// Fewer than two certificates: the vendor's own and the root are needed at least, in fact three.
    #[error("the chain must go from the vendor's certificate to Apple's root")]
    Chain,
    /// The signature is empty.
    #[error("the vendor's signature is missing")]
    Signature,
}

/// What is uploaded: `csr` in DER, `chain` in DER from the vendor's certificate to the root inclusive, and the
/// vendor's signature (SHA256WithRSA over the CSR's DER).
///
/// # Errors
/// [`InvalidRequest`] names the part.
pub fn encoded(csr: &[u8], chain: &[Vec<u8>], signature: &[u8]) -> Result<String, InvalidRequest> {
    if csr.first() != Some(&0x30) {
        return Err(InvalidRequest::Csr);
    }
    if chain.len() < 2 || chain.iter().any(|c| c.first() != Some(&0x30)) {
        return Err(InvalidRequest::Chain);
    }
    if signature.is_empty() {
        return Err(InvalidRequest::Signature);
    }
    let chain: String = chain.iter().map(|certificate| pem(certificate)).collect();
    let request = write::document(&dict([
        ("PushCertRequestCSR", STANDARD.encode(csr).into()),
        ("PushCertCertificateChain", chain.into()),
        ("PushCertSignature", STANDARD.encode(signature).into()),
    ]));
    Ok(STANDARD.encode(request))
}

/// A certificate in PEM with lines of 64 characters (RFC 7468, section 5.1), as Apple demands of the chain.
fn pem(der: &[u8]) -> String {
    let encoded = STANDARD.encode(der);
    let mut text = "-----BEGIN CERTIFICATE-----\n".to_owned();
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(64).unwrap_or((rest, ""));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str("-----END CERTIFICATE-----\n");
    text
}
