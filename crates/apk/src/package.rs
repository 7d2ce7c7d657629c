//! A package: what is known of it once everything that can be checked has been.

use crate::{
    Error, MAX_SIZE,
    manifest::Manifest,
    signature::{self, Block},
    zip::{Archive, Kind},
};
use aws_lc_rs::digest::{Context, SHA256};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use std::io::{Read, Seek, SeekFrom};

/// The bytes that are read at once.
const PIECE: usize = 64 * 1024;

/// The newest of the schemes by which a package is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// APK Signature Scheme v2: Android 7 and later.
    V2,
    /// APK Signature Scheme v3: Android 9 and later, with keys that may be rotated.
    V3,
    /// APK Signature Scheme v3.1: keys rotated for Android 13 and later alone.
    V31,
}

/// An Android package whose signatures hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its name, such as `com.hmdm.launcher`.
    pub name: String,
    /// `versionCode`, with `versionCodeMajor` in the upper 32 bits, as Android compares them.
    pub version_code: u64,
    /// `versionName`; `None` where it has none, or where it stands in the resources.
    pub version_name: Option<String>,
    /// The first API level that it runs on.
    pub min_sdk: u32,
    /// The API level that it was made for.
    pub target_sdk: u32,
    /// The first receiver in the manifest that may be a device's administrator: `package/class`.
    pub admin_receiver: Option<String>,
    /// The newest scheme by which it is signed.
    pub signed: Scheme,
    /// SHA-256 over the DER of each signing certificate. With rotated keys the lineage, from the oldest to the one that signs
    /// now; with several signers, which v2 alone allows, one for each, as they come.
    pub certificates: Vec<[u8; 32]>,
    /// SHA-256 over the file.
    pub sha256: [u8; 32],
    /// The file's size, in bytes.
    pub size: u64,
}

impl Package {
    /// `PROVISIONING_DEVICE_ADMIN_SIGNATURE_CHECKSUM`: SHA-256 over the first certificate in base64url, 43 characters.
    ///
    /// The first is right for rotated keys, too: Android's set-up asks for a package's `signatures`, which are then the oldest
    /// certificate of the lineage; and of several signers any one may be named.
    #[must_use]
    pub fn signature_checksum(&self) -> String {
        self.certificates.first().map(|sha256| URL_SAFE_NO_PAD.encode(sha256)).unwrap_or_default()
    }

    /// `PROVISIONING_DEVICE_ADMIN_PACKAGE_CHECKSUM`: SHA-256 over the file in base64url, 43 characters.
    #[must_use]
    pub fn package_checksum(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.sha256)
    }
}

/// Reads a package and verifies its signatures. The work is in proportion to the file's size; call it from a thread that may wait.
///
/// # Errors
/// [`Error`]: what is wrong, and what to do.
pub fn read(file: &mut (impl Read + Seek)) -> Result<Package, Error> {
    let size = file.seek(SeekFrom::End(0))?;
    if size > MAX_SIZE {
        return Err(Error::TooLarge(size));
    }
    let archive = Archive::open(file, size)?;
    match archive.kind() {
        Kind::Package => {}
        Kind::AppBundle => return Err(Error::AppBundle),
        Kind::PackageSet => return Err(Error::PackageSet),
        Kind::Other => return Err(Error::NotAndroid),
    }
    let block = Block::find(file, archive.directory_start())?;
    archive.check_entries(file, block.as_ref().map_or(archive.directory_start(), Block::start))?;
    let manifest = Manifest::read(&archive.manifest(file)?)?;
    let Some(block) = block else {
        return Err(if archive.has_jar_signature() { Error::JarAlone } else { Error::NotSigned });
    };
    let signers = signature::verify(file, &archive, &block, manifest.min_sdk)?;
    Ok(Package {
        name: manifest.name,
        version_code: manifest.version_code,
        version_name: manifest.version_name,
        min_sdk: manifest.min_sdk,
        target_sdk: manifest.target_sdk,
        admin_receiver: manifest.admin_receiver,
        signed: signers.scheme,
        certificates: signers.certificates,
        sha256: sha256(file)?,
        size,
    })
}

/// Over all of the file.
fn sha256(file: &mut (impl Read + Seek)) -> Result<[u8; 32], Error> {
    file.seek(SeekFrom::Start(0))?;
    let (mut context, mut piece) = (Context::new(&SHA256), vec![0; PIECE]);
    loop {
        match file.read(&mut piece)? {
            0 => break,
            count => context.update(piece.get(..count).unwrap_or_default()),
        }
    }
    Ok(signature::sha256_of(context))
}
