//! Values that are one of a few names.

use super::cell::{Choice, choice};

choice! {
    /// What the screen lock has to be.
    PasswordQuality {
        /// One digit at least.
        Present = "present",
        /// Six digits at least.
        Easy = "easy",
        /// Eight letters and digits at least.
        Moderate = "moderate",
        /// Eight with letters of both cases, digits and signs.
        Strong = "strong",
    }
}
choice! {
    /// What becomes of permissions that apps ask for.
    AppPermissions {
        /// The person decides about the location, all others are given.
        AskLocation = "ask_location",
        /// The location is refused, all others are given.
        DenyLocation = "deny_location",
        /// The person decides about all.
        AskAll = "ask_all",
    }
}
choice! {
    /// Over which networks packages come.
    Downloads {
        /// Over a mobile network no more than a few attempts.
        Limited = "limited",
        /// Never over a mobile network.
        Wifi = "wifi",
    }
}
choice! {
    /// Which way up the agent's screen stands.
    Orientation {
        /// As the phone is held.
        Any = "any",
        /// Upright.
        Portrait = "portrait",
        /// On its side.
        Landscape = "landscape",
    }
}
choice! {
    /// The size of icons on the agent's screen.
    IconSize {
        /// As they are.
        Small = "small",
        /// A little larger.
        Medium = "medium",
        /// Larger.
        Large = "large",
    }
}
choice! {
    /// By what the agent tells where the phone is.
    Locating {
        /// By the networks around it.
        Network = "network",
        /// By satellites.
        Gps = "gps",
    }
}
choice! {
    /// How much an entry of the log matters.
    LogLevel {
        /// Something failed.
        Error = "error",
        /// Something may fail.
        Warning = "warning",
        /// Something was done.
        Info = "info",
        /// How.
        Debug = "debug",
        /// In all detail.
        Verbose = "verbose",
    }
}

impl LogLevel {
    /// The agent's number, 1 to 5: the larger, the less it matters.
    #[must_use]
    pub fn number(self) -> u8 {
        1 + u8::try_from(Self::NAMES.iter().position(|name| *name == self.name()).unwrap_or_default())
            .unwrap_or_default()
    }
}
