//! Random words: nonces and hardware ids.

use crate::error::AgentError;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// 128 bits in 22 characters of base64url.
///
/// # Errors
/// [`AgentError::Local`] when the system gives no randomness.
pub fn word() -> Result<String, AgentError> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| AgentError::Local("the system gives no randomness".into()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
