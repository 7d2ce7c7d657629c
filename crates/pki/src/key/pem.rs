//! PEM (RFC 7468): what people upload.

use super::{KeyError, SigningKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

/// The largest text that is read, in bytes.
const MAX_SIZE: usize = 256 * 1024;
/// The most blocks in one text.
const MAX_BLOCKS: usize = 64;

/// Why a text was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PemError {
    /// Too large, or too many blocks.
    #[error("larger than is taken")]
    Size,
    /// A block that does not end, or is not base64.
    #[error("not PEM (RFC 7468)")]
    Malformed,
    /// The key is behind a password, which is not read in PEM: PKCS#12 is.
    #[error("the private key in the PEM file is encrypted")]
    Encrypted,
    /// There is no private key, or there are several.
    #[error("not exactly one private key")]
    NotOneKey,
    /// The key is of a kind that is not taken.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// One block: its label, and its bytes.
pub type Block = (String, Zeroizing<Vec<u8>>);

/// The blocks of a text; what stands between them is passed over, as are headers in them (RFC 1421).
///
/// # Errors
/// [`PemError`].
pub fn pem_blocks(text: &str) -> Result<Vec<Block>, PemError> {
    if text.len() > MAX_SIZE {
        return Err(PemError::Size);
    }
    let mut blocks = Vec::new();
    // Editors of Windows put a byte order mark before a text.
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let label = line.strip_prefix("-----BEGIN ").and_then(|l| l.strip_suffix("-----"));
        let Some(label) = label else { continue };
        if blocks.len() == MAX_BLOCKS {
            return Err(PemError::Size);
        }
        let end = format!("-----END {label}-----");
        let mut body = Zeroizing::new(String::with_capacity(text.len()));
        loop {
            let line = lines.next().ok_or(PemError::Malformed)?;
            if line == end {
                break;
            }
            if line.starts_with("Proc-Type:") && line.contains("ENCRYPTED") {
                return Err(PemError::Encrypted);
            }
            if !line.contains(':') {
                body.push_str(line);
            }
        }
        let bytes = STANDARD.decode(body.as_bytes()).map_err(|_| PemError::Malformed)?;
        blocks.push((label.to_owned(), Zeroizing::new(bytes)));
    }
    Ok(blocks)
}

/// The one private key of a text: `PRIVATE KEY`, `RSA PRIVATE KEY` or `EC PRIVATE KEY`.
///
/// # Errors
/// [`PemError`].
pub fn private_key_from_pem(text: &str) -> Result<SigningKey, PemError> {
    let blocks = pem_blocks(text)?;
    if blocks.iter().any(|(label, _)| label == "ENCRYPTED PRIVATE KEY") {
        return Err(PemError::Encrypted);
    }
    let mut keys = blocks.iter().filter(|(label, _)| label.ends_with("PRIVATE KEY"));
    match (keys.next(), keys.next()) {
        (Some((_, der)), None) => Ok(SigningKey::from_der(der)?),
        _ => Err(PemError::NotOneKey),
    }
}

/// One block, in lines of 64 characters.
#[must_use]
pub fn write_pem(label: &str, der: &[u8]) -> String {
    let body = Zeroizing::new(STANDARD.encode(der));
    let mut out = String::with_capacity(body.len() + body.len() / 64 + 2 * label.len() + 40);
    out.push_str("-----BEGIN ");
    out.push_str(label);
    out.push_str("-----\n");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(64));
        out.push_str(line);
        out.push('\n');
        rest = more;
    }
    out.push_str(&format!("-----END {label}-----\n"));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_read_and_written() {
        let text = format!("Bag Attributes\n{}noise\n{}", write_pem("A", &[1; 100]), write_pem("B C", &[2]));
        let blocks = pem_blocks(&text.replace('\n', "\r\n")).unwrap();
        let labels: Vec<_> = blocks.iter().map(|(l, b)| (l.as_str(), b.len())).collect();
        assert_eq!(labels, [("A", 100), ("B C", 1)]);
    }

    #[test]
    fn what_does_not_end_or_is_encrypted_is_refused() {
        assert_eq!(pem_blocks("-----BEGIN A-----\nAAAA"), Err(PemError::Malformed));
        assert_eq!(pem_blocks("-----BEGIN A-----\n!\n-----END A-----"), Err(PemError::Malformed));
        assert_eq!(pem_blocks(&" ".repeat(MAX_SIZE + 1)), Err(PemError::Size));
        assert_eq!(pem_blocks(&write_pem("A", &[1]).repeat(MAX_BLOCKS + 1)), Err(PemError::Size));
        let old =
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----";
        assert!(matches!(private_key_from_pem(old), Err(PemError::Encrypted)));
        let new = write_pem("ENCRYPTED PRIVATE KEY", &[1]);
        assert!(matches!(private_key_from_pem(&new), Err(PemError::Encrypted)));
        assert!(matches!(private_key_from_pem(""), Err(PemError::NotOneKey)));
    }
}
