//! An HTTP request of SCEP: the query, and the body of a POST.

use crate::edit::Tape;
use base64::{Engine, engine::general_purpose::URL_SAFE};
use muster_scep::transport::{MAX_MESSAGE, Operation, operation};

/// Any query and body; what is read as a message is the body, or can be written as a query and read again.
pub fn scep_transport(bytes: &[u8]) {
    let mut tape = Tape(bytes);
    let kind = tape.byte();
    let body = (kind & 1 == 1).then(|| tape.some());
    let text = String::from_utf8_lossy(tape.rest());
    let query = match kind >> 1 & 3 {
        0 => text.into_owned(),
        1 => format!("operation=PKIOperation&message={text}"),
        2 => format!("operation=PKIOperation&message={}", URL_SAFE.encode(text.as_bytes())),
        _ => format!("operation=GetCACert&{text}"),
    };
    let Ok(read) = operation(&query, body) else { return };
    let Operation::Message(message) = read else { return };
    assert!((1..=MAX_MESSAGE).contains(&message.len()));
    match body.filter(|b| !b.is_empty()) {
        Some(body) => assert_eq!(message, body),
        None => {
            assert!(message.len() <= query.len());
            let again = format!("message={}&operation=PKIOperation", URL_SAFE.encode(&message));
            assert_eq!(operation(&again, None), Ok(Operation::Message(message)));
        }
    }
}
