//! Pushes through APNs: the one way to make an iPhone or iPad come and ask for its commands.

use super::Call;
use async_trait::async_trait;

/// What became of a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// APNs has it: it will tell the device as soon as it can.
    Done,
    /// APNs knows no device by this token (any more).
    Gone(String),
    /// It did not go out, and may another time.
    Again {
        /// Why, in words for people.
        reason: String,
        /// Not before so many microseconds have passed; zero where that is not said.
        after: i64,
    },
    /// It would be refused again, until somebody has changed what the reason names.
    Refused(String),
}

/// The way to devices.
#[async_trait]
pub trait Push: Send + Sync {
    /// Pushes to one device, by the certificate that its workspace has now. It ends within half a minute, whatever
    /// happens on the way.
    async fn push(&self, call: &Call) -> Pushed;
}
