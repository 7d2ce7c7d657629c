//! Devices with the Headwind agent: what they are told, what they say, and their questions that are held.

pub mod compared;
pub mod held;
pub mod owner;
pub mod sheet;
pub mod told;
pub mod wanted;

use held::Held;
use std::time::Duration;

/// What the Headwind agent's routes need.
pub struct Headwind {
    /// Questions that are held until there is news.
    pub held: Held,
    /// How long one is held at most. The agent itself waits 300 seconds; proxies give up earlier, nginx after 60.
    pub hold: Duration,
}

/// How long a question is held unless the operator says otherwise.
pub const HOLD: Duration = Duration::from_secs(50);
