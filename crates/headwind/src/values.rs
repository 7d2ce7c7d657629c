//! Texts that the agent takes apart itself, so that what it would misread cannot be written.

use crate::signature::upper_hex;
use md5::{Digest, Md5};
use serde::{Serialize, Serializer};
use std::{fmt, str::FromStr};

/// A text is not of the form that the agent reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not {0}")]
pub struct InvalidValue(pub(crate) &'static str);

/// A text of its own type, which cannot be made but from one that is checked.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $what:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::values::InvalidValue;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let check: fn(&str) -> bool = $check;
                check(text).then(|| Self(text.to_owned())).ok_or($crate::values::InvalidValue($what))
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(crate) use text;

/// What is written of a secret in a log: that there is one.
macro_rules! hidden {
    ($name:ident) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}
pub(crate) use hidden;

text! {
    /// The name of a package such as `com.example.app`: 1 to 255 letters, digits and `_`, in parts with dots between.
    PackageName, "the name of a package", |text| {
        let part = |p: &str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        text.len() <= 255 && text.split('.').all(part)
    }
}
text! {
    /// A path below the phone's shared storage: one part at least, none of them `.` or `..`, so that nothing outside
    /// of the storage and never the whole of it is meant. Two slashes in front would be the root of the phone.
    StoragePath, "a path below the shared storage", |text| {
        let parts = text.strip_prefix('/').unwrap_or(text);
        let parts = parts.strip_suffix('/').unwrap_or(parts);
        let part = |p: &str| !p.trim().is_empty() && !matches!(p, "." | "..") && !p.chars().any(char::is_control);
        text.chars().count() <= 512 && parts.split('/').all(part)
    }
}
text! {
    /// A colour as `#rrggbb`.
    Colour, "a colour of the form #rrggbb", |text| {
        text.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
    }
}
text! {
    /// A time of the day on the phone's clock, `hh:mm`, with both noughts in front: the agent cuts it by position.
    TimeOfDay, "a time of the form hh:mm", |text| {
        let below = |part: &str, end: u8| {
            part.len() == 2
                && part.bytes().all(|b| b.is_ascii_digit())
                && part.parse::<u8>().is_ok_and(|n| n < end)
        };
        text.split_once(':').is_some_and(|(hour, minute)| below(hour, 24) && below(minute, 60))
    }
}

/// A list that the agent splits at its commas: of actions' hosts, of names of restrictions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommaList(Vec<String>);

impl CommaList {
    /// One part at least, none of them empty or with a comma, a blank or a control character.
    ///
    /// # Errors
    /// [`InvalidValue`].
    pub fn new<T: Into<String>>(parts: impl IntoIterator<Item = T>) -> Result<Self, InvalidValue> {
        let parts: Vec<String> = parts.into_iter().map(Into::into).collect();
        let part = |p: &String| {
            !p.is_empty() && !p.contains(|c: char| c == ',' || c.is_whitespace() || c.is_control())
        };
        match !parts.is_empty() && parts.iter().all(part) {
            true => Ok(Self(parts)),
            false => Err(InvalidValue("a list without commas and blanks in its parts")),
        }
    }
}

impl fmt::Display for CommaList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(","))
    }
}

impl Serialize for CommaList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A number from 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Percent(u8);

impl Percent {
    /// The number, if it is one.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        if number <= 100 { Some(Self(number)) } else { None }
    }
}

/// The PIN of the agent's own settings, as the agent compares it: MD5 in upper-case hex. That is no protection of a
/// secret (a short PIN is found in a moment), so it should be nobody's password elsewhere.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct AdminPassword(String);

hidden!(AdminPassword);

impl AdminPassword {
    /// Of what is typed on the phone.
    ///
    /// # Errors
    /// [`InvalidValue`] unless it has 4 to 64 characters: none means the agent's own default, which is public.
    pub fn of(pin: &str) -> Result<Self, InvalidValue> {
        if !(4..=64).contains(&pin.chars().count()) {
            return Err(InvalidValue("a PIN of 4 to 64 characters"));
        }
        Ok(Self(upper_hex(&Md5::digest(pin))))
    }
}

/// A new screen password. Never an empty one: the agent would try to take the lock away, at each synchronisation.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct NewPassword(String);

hidden!(NewPassword);

impl FromStr for NewPassword {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let length = (4..=64).contains(&text.chars().count());
        match length && !text.chars().any(char::is_control) {
            true => Ok(Self(text.to_owned())),
            false => Err(InvalidValue("a password of 4 to 64 characters")),
        }
    }
}

/// The MD5 of a file, in lower-case hex as the agent writes it. The agent keeps it and reports it, and never compares:
/// it is no protection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checksum(String);

impl Checksum {
    /// Of a file's bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(upper_hex(&Md5::digest(bytes)).to_ascii_lowercase())
    }
}

impl FromStr for Checksum {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        match text.len() == 32 && text.bytes().all(digit) {
            true => Ok(Self(text.to_owned())),
            false => Err(InvalidValue("an MD5 of 32 lower-case hexadecimal digits")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken<T: FromStr>(text: &str) -> bool {
        text.parse::<T>().is_ok()
    }

    #[test]
    fn a43_a_path_never_leaves_the_shared_storage_and_never_is_the_whole_of_it() {
        for good in ["Download/a.pdf", "/Download", "Download/", "My files/a b.txt", "a"] {
            assert!(taken::<StoragePath>(good), "{good}");
        }
        for bad in ["", "/", "//system", "..", "a/../..", "./a", "a//b", "a/ /b", "a\0b", &"x/".repeat(300)] {
            assert!(!taken::<StoragePath>(bad), "{bad:?}");
        }
    }

    #[test]
    fn names_of_packages_colours_and_times_are_of_their_forms() {
        for (good, bad) in
            [("com.hmdm.launcher", "com..x"), ("Android_1.b", "a b"), ("a", "../a"), ("a.b", "")]
        {
            assert!(taken::<PackageName>(good) && !taken::<PackageName>(bad), "{good} {bad}");
        }
        for (good, bad) in [("#00ffAA", "00ffaa"), ("#123456", "#12345"), ("#ffffff", "#gggggg")] {
            assert!(taken::<Colour>(good) && !taken::<Colour>(bad), "{good} {bad}");
        }
        for (good, bad) in [("00:00", "24:00"), ("23:59", "23:60"), ("09:05", "9:05"), ("12:00", "+1:00")] {
            assert!(taken::<TimeOfDay>(good) && !taken::<TimeOfDay>(bad), "{good} {bad}");
        }
        assert_eq!((Percent::new(100).map(|p| p.0), Percent::new(101)), (Some(100), None));
    }

    #[test]
    fn a_list_has_parts_and_no_part_has_a_comma() {
        assert_eq!(CommaList::new(["a", "b"]).unwrap().to_string(), "a,b");
        for bad in [vec![], vec![""], vec!["a,b"], vec!["a b"], vec!["a", "b\n"]] {
            assert!(CommaList::new(bad).is_err());
        }
    }

    #[test]
    fn a35_there_is_no_pin_without_characters_and_a_pin_is_not_written_as_it_is() {
        assert!(AdminPassword::of("").is_err() && AdminPassword::of("123").is_err());
        assert_eq!(AdminPassword::of("1234").unwrap().0, "81DC9BDB52D04DC20036DBD8313ED055");
    }

    #[test]
    fn a26_a_new_password_is_never_empty_and_no_secret_is_in_a_log() {
        for bad in ["", "123", "12\n45", &"x".repeat(65)] {
            assert!(!taken::<NewPassword>(bad), "{bad:?}");
        }
        assert_eq!(format!("{:?}", "hunter22".parse::<NewPassword>().unwrap()), "NewPassword(..)");
        assert_eq!(format!("{:?}", AdminPassword::of("1234").unwrap()), "AdminPassword(..)");
    }

    #[test]
    fn a_checksum_is_written_as_the_agent_writes_its_own() {
        assert_eq!(Checksum::of(b"1234").0, "81dc9bdb52d04dc20036dbd8313ed055");
        assert_eq!("81dc9bdb52d04dc20036dbd8313ed055".parse(), Ok(Checksum::of(b"1234")));
        assert!(!taken::<Checksum>("81DC9BDB52D04DC20036DBD8313ED055") && !taken::<Checksum>("81"));
    }
}
