//! Android packages: what one is and who signed it, or why it is refused. No network, no clock.
//!
//! [`read`] takes a file apart without trusting anything in it:
//!
//! - the ZIP (PKWARE's APPNOTE 6.3, without ZIP64), more strictly than Android does;
//! - `AndroidManifest.xml` in Android's binary form (AOSP, `ResourceTypes.h`): the package's name and versions, its SDKs, and
//!   the receiver that may be a device's administrator;
//! - the APK Signature Schemes v2, v3 and v3.1 (source.android.com, "Application signing"): every signature, the digests of the
//!   contents, the certificates' lineage.
//!
//! A file of any size is read in pieces. Memory: at most [`MAX_DIRECTORY`] for the list of entries and four times that for what is
//! noted about them, [`MAX_MANIFEST`] twice, [`MAX_SIGNING_BLOCK`] twice, and 1 MiB for a piece. The file is read twice, so it must
//! not change meanwhile: give a file that nobody else can write.
//!
//! Not checked: the JAR signature (v1), which Android 7 and later look at only where there is no other; digests of the kind "verity",
//! beside which `apksigner` always writes another; whether entries other than the manifest can be unpacked (the signature
//! is over them as they are); v4, which is a file of its own; what the certificates say about themselves, since Android does not ask
//! either. The table of refusals is in `docs/apk.md`.

mod bytes;
mod error;
mod manifest;
mod package;
mod signature;
mod zip;

pub use error::Error;
pub use package::{Package, Scheme, read};

/// The largest file that is taken, in bytes.
pub const MAX_SIZE: u64 = 512 * 1024 * 1024;

/// The largest central directory of the ZIP, in bytes.
pub const MAX_DIRECTORY: u64 = 8 * 1024 * 1024;

/// The most that all entries may claim to be when unpacked, in bytes.
pub const MAX_UNPACKED: u64 = 2 * 1024 * 1024 * 1024;

/// The largest manifest, unpacked, in bytes.
pub const MAX_MANIFEST: u64 = 4 * 1024 * 1024;

/// The largest APK Signing Block, in bytes.
pub const MAX_SIGNING_BLOCK: u64 = 1024 * 1024;
