//! The network over which a new phone gets its package.

use crate::values::{InvalidValue, hidden, text};
use std::str::FromStr;

text! {
    /// A network's name: 1 to 32 bytes (IEEE 802.11).
    Ssid, "a network's name of 1 to 32 bytes", |text| {
        (1..=32).contains(&text.len()) && !text.chars().any(char::is_control)
    }
}

/// A network's password: 8 to 63 visible ASCII characters (IEEE 802.11, a WPA passphrase).
#[derive(Clone, PartialEq, Eq)]
pub struct WifiPassword(String);

hidden!(WifiPassword);

impl WifiPassword {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for WifiPassword {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let visible = text.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
        match (8..=63).contains(&text.len()) && visible {
            true => Ok(Self(text.to_owned())),
            false => Err(InvalidValue("a network's password of 8 to 63 Latin letters, digits and signs")),
        }
    }
}

/// A network. Whoever sees the QR code can read it, with the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wifi {
    /// Its name.
    pub ssid: Ssid,
    /// How one gets in.
    pub security: Security,
}

/// How one gets into a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Security {
    /// It is open.
    None,
    /// With a password (WPA, WPA2, WPA3 in their personal forms).
    Wpa(WifiPassword),
}

impl Security {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Wpa(_) => "WPA",
        }
    }

    pub(crate) const fn password(&self) -> Option<&WifiPassword> {
        match self {
            Self::None => None,
            Self::Wpa(password) => Some(password),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_passwords_of_networks_are_as_long_as_networks_take_them() {
        for good in ["a", &"x".repeat(32)] {
            assert!(good.parse::<Ssid>().is_ok());
        }
        for bad in ["", "a\nb", &"x".repeat(33), &"ü".repeat(17)] {
            assert!(bad.parse::<Ssid>().is_err(), "{bad:?}");
        }
        for good in ["12345678", &"x".repeat(63), "with a space"] {
            assert!(good.parse::<WifiPassword>().is_ok());
        }
        for bad in ["", "1234567", "größer als 8", "12345678\n", &"x".repeat(64)] {
            assert!(bad.parse::<WifiPassword>().is_err(), "{bad:?}");
        }
    }
}
