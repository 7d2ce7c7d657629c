//! What the fuzzers do with the bytes that they make, and the tests with those that were kept: the same functions, so that the
//! two cannot drift apart.
//!
//! Each target reads the bytes as they are, or takes them as a list of changes to a message that is right, which is then
//! signed anew: bytes alone do not get past a signature. A target panics when something does not hold.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a target that panics has found something, as it should"
)]

mod certificate;
mod cms;
mod csr;
mod edit;
mod mobileconfig;
#[path = "../../../xtask/src/fuzz/pack.rs"]
pub mod pack;
mod pkcs12;
mod plist;
mod scep;
mod scep_transport;
pub mod world;

pub use certificate::certificate;
pub use cms::cms;
pub use csr::csr;
pub use mobileconfig::mobileconfig;
pub use pkcs12::pkcs12;
pub use plist::plist;
pub use scep::scep;
pub use scep_transport::scep_transport;

/// What a target does with the fuzzer's bytes.
pub type Target = fn(&[u8]);

/// All of them, by name.
pub const TARGETS: [(&str, Target); 8] = [
    ("scep", scep),
    ("scep_transport", scep_transport),
    ("cms", cms),
    ("csr", csr),
    ("certificate", certificate),
    ("pkcs12", pkcs12),
    ("plist", plist),
    ("mobileconfig", mobileconfig),
];

/// Gives a target everything that was kept for it: its corpus, and what once made it fail. Says how many inputs that were.
///
/// # Panics
/// When one of them makes the target fail, when the corpus is empty, or when a file cannot be read.
#[must_use]
pub fn replay(name: &str) -> usize {
    let (_, target) = TARGETS.iter().find(|(n, _)| *n == name).unwrap();
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz"));
    let corpus = std::fs::read(folder.join("corpus").join(format!("{name}.pack"))).unwrap_or_default();
    let mut inputs = pack::unpack(&corpus).unwrap();
    assert!(!inputs.is_empty(), "there is no corpus of {name}");
    for file in std::fs::read_dir(folder.join("found").join(name)).into_iter().flatten() {
        inputs.push(std::fs::read(file.unwrap().path()).unwrap());
    }
    inputs.iter().for_each(|input| target(input));
    inputs.len()
}
