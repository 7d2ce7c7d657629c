//! What APNs answers to a push (Apple: "Handling notification responses from APNs"), and what is to be done then.

use std::time::Duration;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing: APNs has the push.
    Taken,
    /// The device cannot be reached by this token; only another one helps, which it hands over by itself (`TokenUpdate`).
    Gone,
    /// The same push again, after so long at the least.
    Later(Duration),
    /// Nothing: the same push would be answered in the same way, until a person has changed something.
    Never,
}

/// Apple: "After 15 minutes, you can retry" what was answered with a status of 5XX.
pub const AFTER_FAILURE: Duration = Duration::from_secs(15 * 60);

/// The longest reason that is repeated.
const LONGEST: usize = 64;

/// `reason` of an answer's body, if it looks like one of Apple's.
fn reason(body: &[u8]) -> Option<String> {
    let document: serde_json::Value = serde_json::from_slice(body).ok()?;
    let reason = document.get("reason")?.as_str()?;
    let word = (1..=LONGEST).contains(&reason.len()) && reason.bytes().all(|b| b.is_ascii_alphanumeric());
    word.then(|| reason.to_owned())
}

/// Judges an answer by its status and body. The text is the status with Apple's own word for the reason, for people.
#[must_use]
pub fn judge(status: u16, body: &[u8]) -> (Verdict, String) {
    let reason = reason(body);
    let verdict = match (status, reason.as_deref()) {
        (200, _) => Verdict::Taken,
        // About this connection, not about the push: another one may take it at once.
        (_, Some("IdleTimeout" | "Shutdown")) => Verdict::Later(Duration::ZERO),
        // About the token. Apple names these among what is not to be tried again.
        (410, _)
        | (_, Some("BadDeviceToken" | "DeviceTokenNotForTopic" | "ExpiredToken" | "Unregistered")) => {
            Verdict::Gone
        }
        // Of provider tokens, which nobody sends here: the certificate did not arrive, so something stands in between.
        (
            _,
            Some(
                "BadEnvironmentKeyIdInToken"
                | "ExpiredProviderToken"
                | "InvalidProviderToken"
                | "MissingProviderToken"
                | "UnrelatedKeyIdInToken",
            ),
        )
        | (429, _) => Verdict::Later(Duration::ZERO),
        (500.., _) => Verdict::Later(AFTER_FAILURE),
        // About the certificate, the topic or the request: all of them stay as they are.
        (400..=499, Some(_)) => Verdict::Never,
        // Not in Apple's table, or without its word: whoever answered, it may have been something else than APNs.
        _ => Verdict::Later(Duration::ZERO),
    };
    let text = reason.map_or_else(|| status.to_string(), |reason| format!("{status} {reason}"));
    (verdict, text)
}
