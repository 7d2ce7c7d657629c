//! What the server says at check-in, where there is anything to say: `Authenticate`, `TokenUpdate`, `CheckOut` and
//! `SetBootstrapToken` are answered with 200 and no body.

use crate::write::{self, dict};
use plist::Value;

/// The HTTP status that declines a user's management in answer to `UserAuthenticate` (Apple: "UserAuthenticate": "If
/// the server doesn't want to manage the user, respond with 410").
pub const DECLINED: u16 = 410;

/// The HTTP status for a device that the server does not know (any more): up to iOS 16 it removes its enrolment at
/// this.
pub const NOT_KNOWN: u16 = 401;

/// The HTTP status that since iOS 17 goes with [`unrecognized_device`].
pub const UNRECOGNIZED: u16 = 403;

/// The type of the bodies here, and of commands.
pub const CONTENT_TYPE: &str = "application/xml";

/// The body with which a device of iOS 17 or later removes its enrolment (`mdm/errors/unrecognized.device.yaml`).
/// `message` may be shown to the person.
#[must_use]
pub fn unrecognized_device(message: &str) -> Vec<u8> {
    write::document(&dict([
        ("code", "com.apple.unrecognized.device".into()),
        ("description", "This server does not manage this device.".into()),
        ("message", message.into()),
    ]))
}

/// The answer to `GetBootstrapToken`; without one the dictionary is empty.
#[must_use]
pub fn bootstrap_token(token: Option<&[u8]>) -> Vec<u8> {
    let answer = token.map(|t| ("BootstrapToken".to_owned(), Value::Data(t.to_vec())));
    write::document(&answer.into_iter().collect())
}

/// The answer to `GetToken`.
#[must_use]
pub fn token(data: &[u8]) -> Vec<u8> {
    write::document(&dict([("TokenData", Value::Data(data.to_vec()))]))
}
