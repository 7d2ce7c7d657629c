//! What the tests share.

pub mod foreign;
pub mod manifest;
#[path = "../../../pki/tests/suite/foreign.rs"]
mod programs;
pub mod sign;
pub mod zip;

use muster_apk::{Error, Package};
use std::io::Cursor;

pub fn read(bytes: &[u8]) -> Result<Package, Error> {
    muster_apk::read(&mut Cursor::new(bytes))
}

/// What is said of bytes that must be refused.
pub fn refused(bytes: impl AsRef<[u8]>) -> Error {
    match read(bytes.as_ref()) {
        Ok(package) => panic!("taken: {package:?}"),
        Err(error) => error,
    }
}

/// The bytes are refused with an error of that shape.
macro_rules! refuses {
    ($bytes:expr, $pattern:pat) => {
        let error = crate::kit::refused($bytes);
        assert!(matches!(error, $pattern), "{error:?} is not {}", stringify!($pattern));
    };
}
pub(crate) use refuses;
