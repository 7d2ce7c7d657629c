//! Identifiers of the protocol, parsed once at the border: strict alphabets and lengths, since later jobs, pages and
//! files use them (`A13`).

/// The text is no identifier of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not in the form of {0}")]
pub struct InvalidId(pub &'static str);

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $parse:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Parses it.
            ///
            /// # Errors
            /// [`InvalidId`] for another form.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                let parse: fn(&str) -> Option<String> = $parse;
                parse(text).map(Self).ok_or(InvalidId(stringify!($name)))
            }

            /// As text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identifier! {
    /// A device's UDID: 40 hexadecimal digits, or 8 and 16 with a hyphen (since the A12 processor), or a UUID (Mac,
    /// simulator); any other 24 to 64 hexadecimal digits and hyphens too, for what is still to come. Written in one
    /// way: 40 digits in lower case, all others in upper case, so that no device can be there twice.
    Udid, |text| {
        let lower = text.len() == 40 && !text.contains('-');
        hexadecimal(text, 24..=64).then(|| if lower { text.to_ascii_lowercase() } else { text.to_ascii_uppercase() })
    }
}

identifier! {
    /// The identifier of a user enrolment, which hides the device's own.
    EnrollmentId, |text| word(text, 8..=64, b"-").then(|| text.to_ascii_uppercase())
}

identifier! {
    /// The topic of an MDM push certificate, `com.apple.mgmt.…`, up to 255 characters.
    Topic, |text| {
        (text.starts_with("com.apple.mgmt.") && text.len() > 15 && word(text, 1..=255, b".-"))
            .then(|| text.to_owned())
    }
}

identifier! {
    /// What a push has to carry for the device to accept it. Printable ASCII, up to 128 characters.
    PushMagic, |text| {
        ((1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())).then(|| text.to_owned())
    }
}

identifier! {
    /// The identifier of one command. A new one is a random UUID (`A16`), which the caller draws.
    CommandUuid, |text| word(text, 1..=64, b"-").then(|| text.to_owned())
}

identifier! {
    /// The `PayloadIdentifier` of a profile: usually like `com.example.profile`, up to 255 characters.
    PayloadIdentifier, |text| {
        let plain = text.bytes().all(|b| b.is_ascii_graphic() || b == b' ') && text.trim() == text;
        (plain && (1..=255).contains(&text.len()) && !text.contains(['<', '>', '&', '"'])).then(|| text.to_owned())
    }
}

impl CommandUuid {
    /// From 16 random bytes: a UUID of version 4 (RFC 9562, section 5.4).
    #[must_use]
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string().to_ascii_uppercase())
    }
}

fn word(text: &str, length: std::ops::RangeInclusive<usize>, besides: &[u8]) -> bool {
    length.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || besides.contains(&b))
}

fn hexadecimal(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
        && text.bytes().filter(|b| *b == b'-').count() <= 4
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_udid_has_one_spelling() {
        let phone = "663B07bb783e9ade1dae4fbb92ea12afc0ce5b69";
        assert_eq!(Udid::parse(phone).unwrap().as_str(), phone.to_ascii_lowercase());
        assert_eq!(Udid::parse("00008030-001a2b3c4d5e6f70").unwrap().as_str(), "00008030-001A2B3C4D5E6F70");
        assert_eq!(
            Udid::parse("66ade930-5fdf-5ec4-8429-15640684c489").unwrap().as_str(),
            "66ADE930-5FDF-5EC4-8429-15640684C489"
        );
    }

    #[test]
    fn a13_a_udid_outside_its_alphabet_or_length_is_refused() {
        for bad in [
            "",
            "abc",
            "../../../../etc/passwd-00000000",
            "663b07bb783e9ade1dae4fbb92ea12afc0ce5b6g",
            "663b07bb783e9ade1dae4fbb92ea12afc0ce5b69\n",
            "663b07bb 783e9ade1dae4fbb92ea12afc0ce5b69",
            "------------------------",
            "00008030--001a2b3c4d5e6f70",
            &"a".repeat(65),
            "６６３b07bb783e9ade1dae4fbb92ea12afc0ce5b69",
        ] {
            assert!(Udid::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_topic_begins_as_apple_says() {
        assert!(Topic::parse("com.apple.mgmt.External.e0bd1eac-1f17-4c8e-8a63-dd17d3dd35d9").is_ok());
        for bad in ["com.apple.mgmt.", "com.apple.mgmt", "com.example.app", "com.apple.mgmt.a b", ""] {
            assert!(Topic::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a16_a_command_id_is_a_random_uuid() {
        let id = CommandUuid::from_random([0xAB; 16]);
        assert_eq!(id.as_str(), "ABABABAB-ABAB-4BAB-ABAB-ABABABABABAB");
        assert!(CommandUuid::parse("../x").is_err());
    }
}
