//! The secret in a link: 26 characters of Crockford's base32, written in groups, 130 bits.
//!
//! It is derived, not stored (DESIGN, rule 5): HMAC-SHA-256 over the invitation's id and generation
//! with a key that lives outside the database, which has the token's SHA-256 alone.

use crate::{InvitationId, PackageId};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Characters of a token without its hyphens.
pub const TOKEN_LENGTH: usize = 26;

/// The secret part of an invitation's link. Its `Debug` hides it (ABUSE A26).
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationToken([u8; TOKEN_LENGTH]);

/// SHA-256 of a token in its canonical form: what the database keeps and looks up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

/// The text is not shaped like a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not shaped like a link's token")]
pub struct NotAToken;

/// 130 bits of HMAC-SHA-256 as characters: for this purpose, of this generation of what has this id.
fn derived(purpose: &[u8], key: &[u8; 32], id: &[u8; 16], generation: u32) -> [u8; TOKEN_LENGTH] {
    // HMAC pads a shorter key with zeros to the block of 64 bytes (RFC 2104, section 2).
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    let bytes = mac
        .chain_update(purpose)
        .chain_update(id)
        .chain_update(generation.to_be_bytes())
        .finalize()
        .into_bytes();
    let mut out = [0; TOKEN_LENGTH];
    let (mut bits, mut held, mut next) = (0_u32, 0_u32, bytes.iter());
    for slot in &mut out {
        if held < 5 {
            bits = (bits << 8) | u32::from(*next.next().unwrap_or(&0));
            held += 8;
        }
        held -= 5;
        *slot = ALPHABET[(bits >> held & 31) as usize];
    }
    out
}

impl InvitationToken {
    /// The token of this generation of this invitation under `key`.
    #[must_use]
    pub fn derive(key: &[u8; 32], id: InvitationId, generation: u32) -> Self {
        Self(derived(b"muster link v1", key, id.as_bytes(), generation))
    }

    /// What the database knows of it. Looking up by a hash of 130 random bits leaks no timing about the token.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).into())
    }

    /// The token as it stands in links: lower case, in groups of five.
    #[must_use]
    pub fn reveal(&self) -> String {
        let mut text = String::with_capacity(TOKEN_LENGTH + 5);
        for (i, c) in self.0.iter().enumerate() {
            if i > 0 && i % 5 == 0 {
                text.push('-');
            }
            text.push(char::from(*c));
        }
        text
    }
}

impl FromStr for InvitationToken {
    type Err = NotAToken;

    /// Any case, hyphens and blanks anywhere, and the look-alikes `o`, `i`, `l` as Crockford reads them.
    fn from_str(text: &str) -> Result<Self, NotAToken> {
        if text.len() > 64 {
            return Err(NotAToken);
        }
        let mut out = [0; TOKEN_LENGTH];
        let mut count = 0;
        for c in text.bytes() {
            let c = match c.to_ascii_lowercase() {
                b'-' | b' ' => continue,
                b'o' => b'0',
                b'i' | b'l' => b'1',
                c => c,
            };
            if count == TOKEN_LENGTH || !ALPHABET.contains(&c) {
                return Err(NotAToken);
            }
            out[count] = c;
            count += 1;
        }
        if count == TOKEN_LENGTH { Ok(Self(out)) } else { Err(NotAToken) }
    }
}

impl fmt::Debug for InvitationToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationToken(…)")
    }
}

/// The secret in the address of a device with the Headwind agent: derived as a link's token is, and another one. The agent
/// compares addresses without their case, so it has lower case alone; and it begins with a letter that no base32 of ours has,
/// so that it is never taken for a link.
#[derive(Clone, PartialEq, Eq)]
pub struct AgentAddress([u8; TOKEN_LENGTH]);

impl AgentAddress {
    /// How it begins.
    const MARK: &'static str = "u";

    /// The address of the device of this invitation under `key`: always the same, as an agent whose answer was lost asks again.
    #[must_use]
    pub fn derive(key: &[u8; 32], id: InvitationId) -> Self {
        Self(derived(b"muster agent address v1", key, id.as_bytes(), 1))
    }

    /// What the database knows of it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).into())
    }

    /// As it stands in the address.
    #[must_use]
    pub fn reveal(&self) -> String {
        let letters = self.0.iter().map(|c| char::from(*c));
        Self::MARK.chars().chain(letters).collect()
    }
}

impl FromStr for AgentAddress {
    type Err = NotAToken;

    /// Just as it was written: nobody types it.
    fn from_str(text: &str) -> Result<Self, NotAToken> {
        let letters = text.strip_prefix(Self::MARK).ok_or(NotAToken)?;
        let letters: [u8; TOKEN_LENGTH] = letters.as_bytes().try_into().map_err(|_| NotAToken)?;
        if letters.iter().all(|c| ALPHABET.contains(c)) { Ok(Self(letters)) } else { Err(NotAToken) }
    }
}

/// The secret in the address at which phones fetch an Android package: derived as a link's token is, and another one (ABUSE A28).
#[derive(Clone, PartialEq, Eq)]
pub struct PackageAddress([u8; TOKEN_LENGTH]);

impl PackageAddress {
    /// The address of this package under `key`: the same for each version that takes the place of the one before.
    #[must_use]
    pub fn derive(key: &[u8; 32], id: PackageId) -> Self {
        Self(derived(b"muster package address v1", key, id.as_bytes(), 1))
    }

    /// What the database knows of it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).into())
    }

    /// As it stands in the address.
    #[must_use]
    pub fn reveal(&self) -> String {
        self.0.iter().map(|c| char::from(*c)).collect()
    }

    /// Its path on this server.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/apk/{}", self.reveal())
    }
}

impl FromStr for PackageAddress {
    type Err = NotAToken;

    /// Just as it was written: nobody types it.
    fn from_str(text: &str) -> Result<Self, NotAToken> {
        let letters: [u8; TOKEN_LENGTH] = text.as_bytes().try_into().map_err(|_| NotAToken)?;
        if letters.iter().all(|c| ALPHABET.contains(c)) { Ok(Self(letters)) } else { Err(NotAToken) }
    }
}

impl fmt::Debug for PackageAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PackageAddress(…)")
    }
}

impl fmt::Debug for AgentAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AgentAddress(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id() -> InvitationId {
        "01935c3e-7b1a-7c3d-9e4f-0a1b2c3d4e5f".parse().unwrap()
    }

    #[test]
    fn another_generation_or_key_gives_another_token() {
        let token = InvitationToken::derive(&[7; 32], id(), 1);
        assert_eq!(token, InvitationToken::derive(&[7; 32], id(), 1));
        assert_ne!(token, InvitationToken::derive(&[7; 32], id(), 2));
        assert_ne!(token, InvitationToken::derive(&[8; 32], id(), 1));
    }

    #[test]
    fn a26_debug_does_not_show_the_token() {
        let token = InvitationToken::derive(&[7; 32], id(), 1);
        assert!(!format!("{token:?}").contains(&token.reveal()[..5]));
    }

    #[test]
    fn an_agents_address_is_no_link_and_a_link_is_no_address() {
        let address = AgentAddress::derive(&[7; 32], id());
        let text = address.reveal();
        assert_eq!(text.parse(), Ok(address.clone()));
        assert_eq!(text, text.to_lowercase());
        assert_eq!(text.parse::<InvitationToken>(), Err(NotAToken));
        let token = InvitationToken::derive(&[7; 32], id(), 1);
        assert_eq!(token.reveal().parse::<AgentAddress>(), Err(NotAToken));
        assert!(
            !token.reveal().replace('-', "").contains(&text[1..9]),
            "they are derived for a purpose each"
        );
        for other in
            [text.to_uppercase(), format!("{text}0"), format!("u-{}", &text[1..]), text[1..].to_owned()]
        {
            assert_eq!(other.parse::<AgentAddress>(), Err(NotAToken), "{other}");
        }
        assert!(!format!("{address:?}").contains(&text[1..6]), "a26");
        assert_ne!(AgentAddress::derive(&[8; 32], id()), address);
    }

    #[test]
    fn a_packages_address_is_of_its_own_and_read_as_it_was_written() {
        let of = |key: u8, id: u8| PackageAddress::derive(&[key; 32], PackageId::from_bytes([id; 16]));
        let text = of(7, 1).reveal();
        assert_eq!((text.parse(), text.len()), (Ok(of(7, 1)), TOKEN_LENGTH));
        assert!(of(7, 1) != of(7, 2) && of(7, 1) != of(8, 1));
        let link = InvitationToken::derive(&[7; 32], InvitationId::from_bytes([1; 16]), 1);
        assert_ne!(link.reveal().replace('-', ""), text, "they are derived for a purpose each");
        for other in
            [text.to_uppercase(), format!("{text}0"), text[1..].to_owned(), "../../muster.key".into()]
        {
            assert_eq!(other.parse::<PackageAddress>(), Err(NotAToken), "{other}");
        }
        assert!(!format!("{:?}", of(7, 1)).contains(&text[1..6]), "a26");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_in_any_case(key: [u8; 32], generation: u32) {
            let token = InvitationToken::derive(&key, id(), generation);
            let text = token.reveal();
            prop_assert_eq!(text.len(), TOKEN_LENGTH + 5);
            prop_assert_eq!(&text.parse::<InvitationToken>().unwrap(), &token);
            prop_assert_eq!(&text.to_uppercase().replace('-', "").replace('0', "O").parse::<InvitationToken>().unwrap(), &token);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,80}") {
            let _ = text.parse::<InvitationToken>();
        }
    }
}
