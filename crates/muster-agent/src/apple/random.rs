//! Randomness: bytes, UUIDs, and words from an alphabet.

use crate::error::AgentError;

/// Fills with random bytes.
///
/// # Errors
/// [`AgentError::Local`] when the system gives no randomness.
pub fn fill(bytes: &mut [u8]) -> Result<(), AgentError> {
    aws_lc_rs::rand::fill(bytes).map_err(|_| AgentError::Local("the system gives no randomness".into()))
}

/// So many random bytes.
///
/// # Errors
/// As [`fill`].
pub fn bytes(count: usize) -> Result<Vec<u8>, AgentError> {
    let mut out = vec![0; count];
    fill(&mut out)?;
    Ok(out)
}

/// A random UUID (RFC 9562, version 4) in capitals, as Apple's systems write them.
///
/// # Errors
/// As [`fill`].
pub fn uuid() -> Result<String, AgentError> {
    let mut b = [0; 16];
    fill(&mut b)?;
    b[6] = b[6] & 0x0f | 0x40;
    b[8] = b[8] & 0x3f | 0x80;
    let hex = hex(&b);
    Ok(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]))
}

/// Capital hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02X}")).collect()
}

/// So many characters out of an alphabet.
///
/// # Errors
/// As [`fill`].
pub fn word(alphabet: &[u8], count: usize) -> Result<String, AgentError> {
    Ok(bytes(count)?.iter().map(|b| char::from(alphabet[usize::from(*b) % alphabet.len()])).collect())
}
