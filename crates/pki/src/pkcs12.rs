//! PKCS#12 (RFC 7292): a certificate with its key behind a password.
//!
//! Everything that costs time is counted: a file says itself how often a password is hashed, and how many parts of it
//! are to be opened.

mod kdf;
mod protection;
mod read;
mod write;

pub use read::{read, read_within};
pub use write::write;

use crate::{
    asn1::Malformed,
    ber::BerError,
    certificate::Certificate,
    key::{KeyError, SigningKey},
};

/// The largest file that is read, in bytes.
pub const MAX_SIZE: usize = 256 * 1024;
/// The most rounds of hashing in one file: a second or two.
pub const MAX_ROUNDS: u64 = 5_000_000;

/// Why a file was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Pkcs12Error {
    /// Not BER, or beyond the limits.
    #[error(transparent)]
    Ber(#[from] BerError),
    /// Not PKCS#12.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// It asks for more hashing than [`MAX_ROUNDS`].
    #[error("the file asks for more rounds of hashing than are taken")]
    Rounds,
    /// A way of encryption or authentication that is not taken.
    #[error("a way of encryption that is not taken")]
    Algorithm,
    /// The password is another one, or the file is damaged.
    #[error("the password is another one, or the file is damaged")]
    Password,
    /// There is not exactly one private key, or no certificate of it.
    #[error("not exactly one private key with its certificate")]
    NotOneIdentity,
    /// The key is of a kind that is not taken.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// A key, its certificate, and the other certificates of the file.
#[derive(Debug)]
pub struct Identity {
    /// The key.
    pub key: SigningKey,
    /// The certificate of that key.
    pub certificate: Certificate,
    /// What else was there, in the order of the file.
    pub others: Vec<Certificate>,
}

/// The rounds that are left.
struct Budget(u64);

impl Budget {
    /// Takes what hashing so often for that many octets costs, before it is done.
    fn spend(&mut self, iterations: u32, octets: usize, digest: usize) -> Result<(), Pkcs12Error> {
        let blocks = u64::try_from(octets.div_ceil(digest.max(1))).unwrap_or(u64::MAX);
        let cost = u64::from(iterations).checked_mul(blocks).ok_or(Pkcs12Error::Rounds)?;
        self.0 = self.0.checked_sub(cost).ok_or(Pkcs12Error::Rounds)?;
        if iterations == 0 { Err(Pkcs12Error::Rounds) } else { Ok(()) }
    }
}
