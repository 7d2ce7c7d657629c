//! Refusals: the body of every answer that is not a success.

use crate::verify::SignatureError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a request was refused, for programs. A code that this version does not know reads as `unknown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// There is no such link, or none any more: a newer one replaced it, or its person was deleted.
    LinkUnknown,
    /// The link's time is over, and this device never claimed it.
    LinkExpired,
    /// The link was taken back, with the device that it had connected if there is one.
    LinkRevoked,
    /// Another device has claimed it.
    LinkUsed,
    /// The device is managed by another EMM.
    OtherEmm,
    /// The request is not signed.
    SignatureMissing,
    /// The signature is malformed, made with another key, or for another request or body.
    SignatureInvalid,
    /// The signature was made too long ago, or has expired.
    SignatureStale,
    /// This nonce was taken before.
    Replayed,
    /// The signature was made in the future: the device's clock is ahead.
    ClockSkew,
    /// There is no such device, or none any more, or the signature's `keyid` is not the device of the path.
    DeviceUnknown,
    /// The device has left. Its own link connects it again.
    DeviceLeft,
    /// The device was never given such a command.
    CommandUnknown,
    /// The body is not what this call takes.
    Malformed,
    /// The body is longer than 16 KiB.
    TooLarge,
    /// Not now; the same request, signed anew, may succeed later.
    Unavailable,
    /// A code of a later version.
    #[serde(other)]
    Unknown,
}

/// The body of a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "code": "link_used", "message": "Another device has already connected with this link.",
    "advice": "Each link connects one device. Ask your administrator for another one."
}))]
pub struct ProblemResponse {
    /// For programs.
    pub code: ProblemCode,
    /// What went wrong, for people.
    #[serde(default)]
    pub message: String,
    /// What to do next, for people.
    #[serde(default)]
    pub advice: String,
}

impl ProblemCode {
    /// Every code that a server may send.
    pub const ALL: [Self; 16] = [
        Self::LinkUnknown,
        Self::LinkExpired,
        Self::LinkRevoked,
        Self::LinkUsed,
        Self::OtherEmm,
        Self::SignatureMissing,
        Self::SignatureInvalid,
        Self::SignatureStale,
        Self::Replayed,
        Self::ClockSkew,
        Self::DeviceUnknown,
        Self::DeviceLeft,
        Self::CommandUnknown,
        Self::Malformed,
        Self::TooLarge,
        Self::Unavailable,
    ];

    /// The status that goes with it (RFC 9110, section 15).
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::LinkUnknown | Self::DeviceUnknown | Self::CommandUnknown => 404,
            Self::LinkExpired | Self::LinkRevoked | Self::DeviceLeft => 410,
            Self::LinkUsed | Self::OtherEmm | Self::Replayed => 409,
            Self::SignatureMissing | Self::SignatureInvalid | Self::SignatureStale | Self::ClockSkew => 401,
            Self::Malformed | Self::Unknown => 400,
            Self::TooLarge => 413,
            Self::Unavailable => 503,
        }
    }

    /// The code as it stands in the body.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LinkUnknown => "link_unknown",
            Self::LinkExpired => "link_expired",
            Self::LinkRevoked => "link_revoked",
            Self::LinkUsed => "link_used",
            Self::OtherEmm => "other_emm",
            Self::SignatureMissing => "signature_missing",
            Self::SignatureInvalid => "signature_invalid",
            Self::SignatureStale => "signature_stale",
            Self::Replayed => "replayed",
            Self::ClockSkew => "clock_skew",
            Self::DeviceUnknown => "device_unknown",
            Self::CommandUnknown => "command_unknown",
            Self::DeviceLeft => "device_left",
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::Unavailable => "unavailable",
            Self::Unknown => "unknown",
        }
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::LinkUnknown => {
                ("This link is not known here.", "Copy the whole link from the newest message.")
            }
            Self::LinkExpired => ("This link has expired.", "Ask your administrator for a new one."),
            Self::LinkRevoked => (
                "This link was withdrawn and is no longer valid.",
                "If this device is still to be connected, ask your administrator for a new link.",
            ),
            Self::LinkUsed => (
                "Another device has already connected with this link.",
                "Each link connects one device. Ask your administrator for another one.",
            ),
            Self::OtherEmm => (
                "This device is managed by KNOX or by another company.",
                "Uninstall this app, install it again with the button on the link's page, and open it from Google Play. \
                 If this shows up again, have the other management removed, or ask your administrator for help.",
            ),
            Self::SignatureMissing => ("The request is not signed.", "Update the agent."),
            Self::SignatureInvalid => (
                "The signature does not match the request.",
                "Connect the device again with the link from the message.",
            ),
            Self::SignatureStale => {
                ("The request is too old.", "Set the device's clock to automatic, then try again.")
            }
            Self::Replayed => ("This request has already been received.", "Nothing needs to be done."),
            Self::ClockSkew => {
                ("The device's clock is ahead.", "Set the device's clock to automatic, then try again.")
            }
            Self::DeviceUnknown => (
                "This device is not known here.",
                "Ask for a new message: the link of a device that was deleted is withdrawn.",
            ),
            Self::DeviceLeft => {
                ("This device has left.", "To connect it again, open the link in its message once more.")
            }
            Self::CommandUnknown => ("This command is not known here.", "Nothing needs to be done."),
            Self::Malformed => ("The request could not be read.", "Update the agent."),
            Self::TooLarge => ("The request is too long.", "Update the agent."),
            Self::Unavailable => ("The server cannot answer just now.", "Try again in a few minutes."),
            Self::Unknown => ("The request was refused.", "Update the agent."),
        }
    }
}

impl From<ProblemCode> for ProblemResponse {
    fn from(code: ProblemCode) -> Self {
        let (message, advice) = code.words();
        Self { code, message: message.into(), advice: advice.into() }
    }
}

impl From<SignatureError> for ProblemCode {
    fn from(error: SignatureError) -> Self {
        match error {
            SignatureError::Missing => Self::SignatureMissing,
            SignatureError::Stale => Self::SignatureStale,
            SignatureError::Future => Self::ClockSkew,
            SignatureError::Malformed(_) | SignatureError::Digest | SignatureError::Invalid => {
                Self::SignatureInvalid
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_words_a_status_of_refusal_and_reads_back() {
        for code in ProblemCode::ALL {
            let problem = ProblemResponse::from(code);
            assert!(problem.message.ends_with('.') && problem.advice.ends_with('.'), "{code:?}");
            assert!((400..600).contains(&code.status()), "{code:?}");
            let json = serde_json::to_string(&problem).unwrap();
            assert!(json.contains(&format!("\"code\":\"{}\"", code.name())), "{json}");
            assert_eq!(serde_json::from_str::<ProblemResponse>(&json).unwrap(), problem);
        }
    }

    #[test]
    fn a_code_of_a_later_version_is_read_as_unknown() {
        let problem: ProblemResponse = serde_json::from_str(r#"{"code":"too_tired"}"#).unwrap();
        assert_eq!(problem.code, ProblemCode::Unknown);
    }
}
