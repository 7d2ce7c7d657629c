//! SCEP in HTTP (RFC 8894, section 4.1).

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// The largest message that is taken, in bytes: the body of a POST, or what the query's base64 stands for.
pub const MAX_MESSAGE: usize = 64 * 1024;
/// The longest query that is read: base64 with each character escaped.
const MAX_QUERY: usize = 4 * MAX_MESSAGE;

/// Padding as it comes; the bits that are left over must be zero.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a request wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// GetCACaps (section 3.5.1).
    Capabilities,
    /// GetCACert (section 4.2).
    Certificates,
    /// PKIOperation (section 4.3) with its message.
    Message(Vec<u8>),
}

/// Why a request is none of SCEP; each is a 400 (or 413) of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No operation, another one, or one twice.
    #[error("the operation must be GetCACaps, GetCACert or PKIOperation, once")]
    Operation,
    /// No message, or it is not base64.
    #[error("the message is not there or not base64")]
    Message,
    /// The message is too large.
    #[error("the message is too large")]
    Size,
}

/// Takes a request apart: the query as it stands in the address, and the body of a POST. A message in the query is
/// taken in a POST without a body, too.
///
/// # Errors
/// [`TransportError`].
pub fn operation(query: &str, body: Option<&[u8]>) -> Result<Operation, TransportError> {
    if query.len() > MAX_QUERY {
        return Err(TransportError::Size);
    }
    let (mut operation, mut message) = (None, None);
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let slot = match name {
            "operation" => &mut operation,
            "message" => &mut message,
            _ => continue,
        };
        if slot.replace(value).is_some() {
            return Err(TransportError::Operation);
        }
    }
    match operation {
        Some("GetCACaps") => Ok(Operation::Capabilities),
        Some("GetCACert") => Ok(Operation::Certificates),
        Some("PKIOperation") => match body.filter(|body| !body.is_empty()) {
            Some(body) if body.len() > MAX_MESSAGE => Err(TransportError::Size),
            Some(body) => Ok(Operation::Message(body.to_vec())),
            None => decoded(message.unwrap_or_default()).map(Operation::Message),
        },
        _ => Err(TransportError::Operation),
    }
}

/// Base64, the usual or the URL-safe one, escaped or not. What is not escaped may have lost its `+` to a space.
fn decoded(value: &str) -> Result<Vec<u8>, TransportError> {
    let text = unescaped(value).ok_or(TransportError::Message)?;
    let text: Vec<u8> = text
        .into_iter()
        .filter(|b| !matches!(b, b'\r' | b'\n'))
        .map(|b| match b {
            b'-' | b' ' => b'+',
            b'_' => b'/',
            other => other,
        })
        .collect();
    let message = BASE64.decode(text).map_err(|_| TransportError::Message)?;
    match message.len() {
        0 => Err(TransportError::Message),
        1..=MAX_MESSAGE => Ok(message),
        _ => Err(TransportError::Size),
    }
}

/// Percent-encoding (RFC 3986, section 2.1).
fn unescaped(value: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if first != b'%' {
            out.push(first);
            rest = after;
            continue;
        }
        let (digits, after) = after.split_at_checked(2)?;
        let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
        out.push(digit(digits[0])? << 4 | digit(digits[1])?);
        rest = after;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_three_operations_are_known_and_no_other() {
        assert_eq!(operation("operation=GetCACaps", None), Ok(Operation::Capabilities));
        assert_eq!(operation("operation=GetCACert&message=0", None), Ok(Operation::Certificates));
        assert_eq!(operation("operation=PKIOperation", Some(b"x")), Ok(Operation::Message(b"x".to_vec())));
        for query in ["", "operation", "operation=GetNextCACert", "operation=getcacaps"] {
            assert_eq!(operation(query, None), Err(TransportError::Operation), "{query}");
        }
        let twice = "operation=GetCACaps&operation=PKIOperation";
        assert_eq!(operation(twice, Some(b"x")), Err(TransportError::Operation));
    }

    #[test]
    fn a_post_may_carry_its_message_in_the_query() {
        let query = "operation=PKIOperation&message=%2B%2F8%3D";
        assert_eq!(operation(query, Some(b"")), Ok(Operation::Message(vec![0xfb, 0xff])));
        assert_eq!(operation(query, Some(b"body")), Ok(Operation::Message(b"body".to_vec())));
    }

    #[test]
    fn every_way_to_write_base64_in_a_query_is_read() {
        for text in ["+/8=", "+/8", "-_8=", "-_8", " /8=", "%2b%2F8%3D", "%2D%5f8", "%0A+/8=%0D%0A"] {
            let query = format!("operation=PKIOperation&message={text}");
            assert_eq!(operation(&query, None), Ok(Operation::Message(vec![0xfb, 0xff])), "{text}");
        }
    }

    #[test]
    fn a8_messages_that_are_missing_broken_or_too_large_are_refused() {
        for text in ["", "!", "%", "%4", "%zz", "A", "+/9="] {
            let query = format!("operation=PKIOperation&message={text}");
            assert_eq!(operation(&query, None), Err(TransportError::Message), "{text}");
        }
        let large = vec![0; MAX_MESSAGE + 1];
        assert_eq!(operation("operation=PKIOperation", Some(&large)), Err(TransportError::Size));
        let query = format!("operation=PKIOperation&message={}", "AAAA".repeat(MAX_MESSAGE / 3 + 1));
        assert_eq!(operation(&query, None), Err(TransportError::Size));
        assert_eq!(operation(&"a".repeat(MAX_QUERY + 1), None), Err(TransportError::Size));
    }

    proptest! {
        #[test]
        fn any_query_ends_in_an_answer(query in ".{0,200}", message in "[ -~]{0,80}") {
            let _ = operation(&query, None);
            let _ = operation(&format!("operation=PKIOperation&message={message}"), None);
        }

        #[test]
        fn what_is_written_in_base64_is_read(bytes in proptest::collection::vec(any::<u8>(), 1..200)) {
            let text = base64::engine::general_purpose::URL_SAFE.encode(&bytes);
            let query = format!("message={text}&operation=PKIOperation");
            prop_assert_eq!(operation(&query, None), Ok(Operation::Message(bytes)));
        }
    }
}
