//! Why a package is not taken: a name for the console's words, and words that say what to do.

use muster_apk::Error;
use muster_domain::{package::AppPackage, ports::StoreError};
use serde::Serialize;
use std::io;

/// What is wrong, as the console words it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// No Android package at all.
    NoPackage,
    /// Cut off, or damaged on its way.
    Damaged,
    /// Larger than is taken.
    Large,
    /// Made to be larger than it looks.
    Bomb,
    /// A bundle, a set of packages, or one part of several.
    Bundle,
    /// Built in a way that Android does not install.
    Built,
    /// Not signed by scheme v2 or later.
    Unsigned,
    /// Signed with a kind of key, or in a way, that is not taken.
    Signer,
    /// Changed after it was signed.
    Changed,
    /// Something stands before or after it.
    Surplus,
    /// The agent cannot be a device's administrator.
    NoReceiver,
    /// Signed by another key than the version that is here.
    OtherSigner,
    /// Older than the version that is here.
    Older,
    /// As many as may be are here.
    Full,
    /// The server's disk is full.
    NoRoom,
    /// The server cannot do it now.
    Failed,
}

/// Why a package is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It is not what it should be.
    #[error(transparent)]
    Package(#[from] Error),
    /// It has more bytes than are taken.
    #[error("the file has more than {} MB: build a smaller package", super::FILE >> 20)]
    Large,
    /// The agent has no receiver that can be a device's administrator.
    #[error(
        "{0} has no receiver that can be a device's administrator (BIND_DEVICE_ADMIN), so it cannot manage a phone: upload the \
         agent's own package"
    )]
    NoReceiver(String),
    /// It is signed by another key than this one.
    #[error(
        "it is signed by another key than version {} of {}, which is here: phones that have that one refuse it as an update, and \
         codes for new phones that are out already stop working. Get it from the same maker, or say that this is meant",
        .0.version(), .0.name
    )]
    OtherSigner(Box<AppPackage>),
    /// It is older than this one.
    #[error(
        "it is older than version {} of {}, which is here: phones that have that one stay on it. Upload a newer one, or say that this \
         is meant",
        .0.version(), .0.name
    )]
    Older(Box<AppPackage>),
    /// There are as many as may be.
    #[error("there are {} packages already: delete one first", muster_domain::package::MOST)]
    Full,
    /// It would fill the disk.
    #[error("it has {} MB, and {} MB are free on the server's disk, some of which the database needs: make room first", .0 >> 20, .1 >> 20)]
    NoRoom(u64, u64),
    /// The disk became full while it came.
    #[error(
        "the server's disk became full while the file came, and nothing of it was kept: make room there, then upload it again"
    )]
    DiskFull,
    /// It cannot be kept.
    #[error("the file could not be kept: {0}")]
    Io(io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io(error),
        }
    }
}

impl Refused {
    /// Its name.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Package(error) => kind(error),
            Self::Large => Kind::Large,
            Self::NoReceiver(_) => Kind::NoReceiver,
            Self::OtherSigner(_) => Kind::OtherSigner,
            Self::Older(_) => Kind::Older,
            Self::Full => Kind::Full,
            Self::NoRoom(..) | Self::DiskFull => Kind::NoRoom,
            Self::Io(_) | Self::Store(_) => Kind::Failed,
        }
    }
}

fn kind(error: &Error) -> Kind {
    match error {
        Error::Io(_) => Kind::Failed,
        Error::TooLarge(_) => Kind::Large,
        Error::NotZip | Error::NotAndroid => Kind::NoPackage,
        Error::CutOff | Error::Zip(_) | Error::SigningBlock(_) => Kind::Damaged,
        Error::Overlap | Error::Untrue(_) | Error::Bomb => Kind::Bomb,
        Error::AppBundle | Error::PackageSet | Error::Split => Kind::Bundle,
        Error::Zip64
        | Error::Encrypted(_)
        | Error::Packing(_)
        | Error::EntryName(_)
        | Error::Twice(_)
        | Error::Manifest(_)
        | Error::PackageName(_)
        | Error::VersionName(_)
        | Error::ReceiverName(_) => Kind::Built,
        Error::NotSigned | Error::JarAlone => Kind::Unsigned,
        Error::Signers
        | Error::Dsa
        | Error::Algorithm(_)
        | Error::Key
        | Error::Certificate
        | Error::OtherKey
        | Error::Digests
        | Error::SdkRange
        | Error::SchemesDiffer
        | Error::Lineage(_) => Kind::Signer,
        Error::Stripped(_) | Error::Signature | Error::Changed => Kind::Changed,
        Error::After(_) | Error::Before(_) => Kind::Surplus,
    }
}
