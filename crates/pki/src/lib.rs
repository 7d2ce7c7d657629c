//! Keys, certificates, requests, revocation lists, PKCS#12 and CMS; no I/O, no clock.
//!
//! What signatures are over is kept as it came. Times are given, in seconds since the Unix epoch. Randomness is given,
//! too, except inside aws-lc-rs: key generation, ECDSA, and the padding of RSAES-PKCS1-v1_5.

pub mod algorithm;
pub mod asn1;
pub mod ber;
pub mod certificate;
pub mod cms;
pub mod crl;
pub mod key;
pub mod name;
pub mod pkcs12;
pub mod request;

/// Fills octets with randomness.
pub type Random<'a> = &'a mut dyn FnMut(&mut [u8]);
