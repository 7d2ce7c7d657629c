//! The agent's proof of a request: a hash over a secret and the device's number ([`crate::REQUEST_SIGNATURE`]).
//!
//! It is no MAC, its secret is the same for all devices of a build, and it covers neither body nor time: whoever
//! saw one request can repeat it. What proves a device is the secret in its project.

use crate::Number;
use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest::{SHA1_FOR_LEGACY_USE_ONLY, digest},
};
use std::fmt::Write as _;

/// The secret of the agent as it is built and published. **It proves nothing**: it stands in the agent's source.
pub const PUBLIC_SECRET: &str = "changeme-C3z9vi54";

/// What the agent sends with its requests for a configuration: the SHA-1 of secret and number, in upper-case hex.
#[must_use]
pub fn expected(secret: &str, number: &Number) -> String {
    sha1_hex(&format!("{secret}{number}"))
}

/// What it sends when it asks for pushes: there the whole path is signed, with the project as it was typed (slashes
/// are slashes) and the number encoded as a form's field.
#[must_use]
pub fn expected_poll(secret: &str, project: &str, number: &Number) -> String {
    sha1_hex(&format!("{secret}{project}/rest/notification/polling/{}", form_encoded(number.as_str())))
}

/// Whether the header field says what was expected; its letters may be of any case. In constant time.
#[must_use]
pub fn holds(expected: &str, given: &str) -> bool {
    verify_slices_are_equal(expected.as_bytes(), given.to_ascii_uppercase().as_bytes()).is_ok()
}

/// SHA-1 (FIPS 180-4) of a text in UTF-8, as 40 upper-case hex digits.
pub(crate) fn sha1_hex(text: &str) -> String {
    upper_hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes()).as_ref())
}

pub(crate) fn upper_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        let _ = write!(hex, "{byte:02X}");
        hex
    })
}

/// As `java.net.URLEncoder` does it: a space is `+`, and of the signs only `.`, `-`, `*` and `_` stay.
fn form_encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        match byte {
            b' ' => encoded.push('+'),
            b if b.is_ascii_alphanumeric() || b".-*_".contains(&b) => encoded.push(char::from(b)),
            b => {
                let _ = write!(encoded, "%{b:02X}");
            }
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    // The sums were made with Python's hashlib.
    #[test]
    fn a_request_is_signed_with_secret_and_number() {
        let sum = "617EDA077EE8DD58BB18C88FE95A8659491646DF";
        assert_eq!(expected(PUBLIC_SECRET, &number("h0001")), sum);
        assert!(holds(sum, sum) && holds(sum, &sum.to_lowercase()));
        assert!(
            !holds(sum, "") && !holds(sum, &sum[..39]) && !holds(sum, &expected("other", &number("h0001")))
        );
    }

    #[test]
    fn a_poll_is_signed_with_the_whole_path() {
        assert_eq!(
            expected_poll(PUBLIC_SECRET, "e/TOKEN", &number("Phone #5")),
            "244CF526C09D9D293172E9CB73F439DE431A2F0D"
        );
        assert_eq!(expected_poll("s", "", &number("ü*~")), "98FA4F16A3AD0C3C819BECDC68555D126ED139B5");
    }

    #[test]
    fn a_number_is_encoded_as_java_encodes_a_field_of_a_form() {
        assert_eq!(form_encoded("aZ9 .-*_~ü+é\u{1F4F1}"), "aZ9+.-*_%7E%C3%BC%2B%C3%A9%F0%9F%93%B1");
    }
}
