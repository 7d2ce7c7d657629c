//! What people upload: certificates and keys in PEM, DER and PKCS#12, in one file or several.

use muster_domain::apple::CertificateProblem as Problem;
use muster_pki::{
    certificate::Certificate,
    key::{PemError, SigningKey, pem_blocks},
    pkcs12::{self, Pkcs12Error},
};
use std::fmt;

/// Files at most, and bytes of each.
pub const MOST_FILES: usize = 8;
/// Bytes of a file at most.
pub const MOST_BYTES: usize = 256 * 1024;

/// What was uploaded, as it came.
#[derive(Clone, Default)]
pub struct Files {
    /// The files.
    pub files: Vec<Vec<u8>>,
    /// The password of a PKCS#12 file.
    pub password: Option<String>,
}

impl fmt::Debug for Files {
    /// Never shows a key or a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Files({})", self.files.len())
    }
}

/// What was in the files.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) certificates: Vec<Certificate>,
    pub(super) keys: Vec<SigningKey>,
    pub(super) problems: Vec<Problem>,
}

impl Read {
    fn problem(&mut self, problem: Problem) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    fn certificate(&mut self, certificate: Certificate) {
        if !self.certificates.contains(&certificate) {
            self.certificates.push(certificate);
        }
    }

    fn key(&mut self, key: SigningKey) {
        if self.keys.iter().all(|known| known.public() != key.public()) {
            self.keys.push(key);
        }
    }

    fn pem(&mut self, text: &str) {
        let blocks = match pem_blocks(text) {
            Ok(blocks) => blocks,
            Err(PemError::Size) => return self.problem(Problem::Large),
            Err(PemError::Encrypted) => return self.problem(Problem::KeyEncrypted),
            Err(_) => return self.problem(Problem::Unreadable),
        };
        for (label, der) in blocks {
            match label.as_str() {
                "CERTIFICATE" | "X509 CERTIFICATE" => match Certificate::from_der(&der) {
                    Ok(certificate) => self.certificate(certificate),
                    Err(_) => self.problem(Problem::Unreadable),
                },
                "ENCRYPTED PRIVATE KEY" => self.problem(Problem::KeyEncrypted),
                "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => self.problem(Problem::Request),
                label if label.ends_with("PRIVATE KEY") => match SigningKey::from_der(&der) {
                    Ok(key) => self.key(key),
                    Err(_) => self.problem(Problem::KeyKind),
                },
                // Such as DH parameters, which some programs write beside.
                _ => {}
            }
        }
    }

    fn pkcs12(&mut self, bytes: &[u8], password: Option<&str>) {
        match pkcs12::read(bytes, password.unwrap_or_default()) {
            Ok(identity) => {
                self.key(identity.key);
                self.certificate(identity.certificate);
                identity.others.into_iter().for_each(|other| self.certificate(other));
            }
            Err(Pkcs12Error::Password) if password.is_none_or(str::is_empty) => {
                self.problem(Problem::PasswordMissing);
            }
            Err(Pkcs12Error::Password) => self.problem(Problem::PasswordWrong),
            Err(Pkcs12Error::Rounds | Pkcs12Error::Algorithm) => self.problem(Problem::Encryption),
            Err(Pkcs12Error::NotOneIdentity) => self.problem(Problem::KeyMissing),
            Err(Pkcs12Error::Key(_)) => self.problem(Problem::KeyKind),
            Err(Pkcs12Error::Ber(_) | Pkcs12Error::Malformed(_)) => {
                self.problem(Problem::Unreadable);
            }
        }
    }

    fn file(&mut self, bytes: &[u8], password: Option<&str>) {
        if bytes.len() > MOST_BYTES {
            return self.problem(Problem::Large);
        }
        let text = std::str::from_utf8(bytes).ok();
        if let Some(text) = text.filter(|text| text.contains("-----BEGIN ")) {
            return self.pem(text);
        }
        // What Muster makes for Apple's portal is the base64 of a property list.
        if text.is_some_and(|text| text.trim_start().starts_with("PD94bWwg") || text.contains("<plist")) {
            return self.problem(Problem::Request);
        }
        if let Ok(certificate) = Certificate::from_der(bytes) {
            return self.certificate(certificate);
        }
        if let Ok(key) = SigningKey::from_der(bytes) {
            return self.key(key);
        }
        match bytes.first() {
            Some(0x30) => self.pkcs12(bytes, password),
            _ => self.problem(Problem::Unreadable),
        }
    }
}

/// Reads all files. It takes a second or two where a file asks for much hashing: not on an async thread.
pub(super) fn read(uploaded: &Files) -> Read {
    let mut read = Read::default();
    if uploaded.files.len() > MOST_FILES {
        read.problem(Problem::Large);
        return read;
    }
    for file in &uploaded.files {
        read.file(file, uploaded.password.as_deref());
    }
    if read.keys.len() > 1 {
        read.problem(Problem::ManyKeys);
    }
    if read.certificates.is_empty() && read.problems.is_empty() {
        read.problem(Problem::NoCertificate);
    }
    read
}
