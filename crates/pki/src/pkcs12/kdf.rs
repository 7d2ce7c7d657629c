//! The key derivation of PKCS#12 (RFC 7292, appendix B.2), which its old ciphers and its authentication use.

use crate::algorithm::Digest;
use zeroize::Zeroizing;

/// What the derived octets are for (appendix B.3).
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Key = 1,
    Iv = 2,
    Mac = 3,
}

/// The password as BMPString with its terminator (appendix B.1).
pub(super) fn bmp(password: &str) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(2 * password.len() + 2));
    for unit in password.encode_utf16().chain([0]) {
        out.extend_from_slice(&unit.to_be_bytes());
    }
    out
}

/// Derives `length` octets.
pub(super) fn derive(
    digest: Digest,
    purpose: Purpose,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let block = if matches!(digest, Digest::Sha1 | Digest::Sha256) { 64 } else { 128 };
    let diversifier = vec![purpose as u8; block];
    let stretch = |bytes: &[u8]| -> Vec<u8> {
        bytes.iter().copied().cycle().take(bytes.len().div_ceil(block) * block).collect()
    };
    let mut input = Zeroizing::new([stretch(salt), stretch(password)].concat());
    let mut out = Zeroizing::new(Vec::new());
    while out.len() < length {
        let mut a = Zeroizing::new(digest.of(&[diversifier.as_slice(), &input].concat()));
        for _ in 1..iterations {
            a = Zeroizing::new(digest.of(&a));
        }
        out.extend_from_slice(&a);
        // I_j := (I_j + B + 1) mod 2^v.
        let b: Vec<u8> = a.iter().copied().cycle().take(block).collect();
        for chunk in input.chunks_mut(block) {
            let mut carry = 1_u16;
            for (x, y) in chunk.iter_mut().zip(&b).rev() {
                let sum = u16::from(*x) + u16::from(*y) + carry;
                [_, *x] = sum.to_be_bytes();
                carry = sum >> 8;
            }
        }
    }
    out.truncate(length);
    out
}
