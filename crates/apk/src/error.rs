//! Why a file is refused, in words that say what to do.

use std::io;

/// Why a file is no package that can be given to phones.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file could not be read.
    #[error("the file could not be read")]
    Io(#[from] io::Error),
    /// Larger than [`MAX_SIZE`](crate::MAX_SIZE): so many bytes.
    #[error("the file has {0} bytes, more than is taken: build a smaller package")]
    TooLarge(u64),

    /// No ZIP.
    #[error("this is no ZIP file, and so no Android package: choose a file that ends in .apk")]
    NotZip,
    /// It begins like a ZIP and does not end like one.
    #[error("the file is cut off: download or copy it once more")]
    CutOff,
    /// So many bytes follow the ZIP's end.
    #[error(
        "there are {0} bytes after the end of the package: it was changed after it was signed, or the way here added something; get \
         it from its maker once more"
    )]
    After(u64),
    /// So many bytes stand before the ZIP's beginning.
    #[error(
        "there are {0} bytes before the beginning of the package: it was changed after it was signed, or the way here added \
         something; get it from its maker once more"
    )]
    Before(u64),
    /// ZIP64.
    #[error("the file is a ZIP64, which Android does not install: build a smaller package")]
    Zip64,
    /// The ZIP's structure contradicts itself; the word says where.
    #[error("the ZIP's structure is damaged ({0}): download or copy the file once more")]
    Zip(&'static str),
    /// An entry is encrypted.
    #[error("{0:?} is encrypted, which Android does not install: build the package without a password")]
    Encrypted(String),
    /// An entry is packed in another way than deflate.
    #[error("{0:?} is packed in a way that Android does not know: build the package with Android's tools")]
    Packing(String),
    /// An entry's name leads out of the package, or is none.
    #[error("the entry name {0:?} is not safe: build the package with Android's tools")]
    EntryName(String),
    /// Two entries have one name.
    #[error("{0:?} is in the package twice: build the package with Android's tools")]
    Twice(String),
    /// Two entries share bytes, or one reaches into what follows the entries.
    #[error("entries lie on top of each other, as in a ZIP bomb: build the package with Android's tools")]
    Overlap,
    /// What is said of an entry in one place differs from what is there.
    #[error("the sizes of {0:?} are not true: build the package with Android's tools")]
    Untrue(String),
    /// Unpacked, it would be larger than [`MAX_UNPACKED`](crate::MAX_UNPACKED), or its list of entries is too long.
    #[error("unpacked, the file would be larger than is taken, as a ZIP bomb is: build a smaller package")]
    Bomb,

    /// A ZIP of something else.
    #[error("this is no Android package: there is no AndroidManifest.xml in it")]
    NotAndroid,
    /// An Android App Bundle (.aab).
    #[error(
        "this is an app bundle (.aab) for Google Play: upload the universal APK that bundletool makes of it"
    )]
    AppBundle,
    /// A file of several packages (.xapk, .apks, .apkm).
    #[error("this is a set of packages (.xapk, .apks or .apkm): upload the one universal APK instead")]
    PackageSet,
    /// A part of an app that is delivered in parts.
    #[error("this is one part of an app that is split into several: upload the universal APK instead")]
    Split,

    /// The manifest cannot be read; the word says where.
    #[error("AndroidManifest.xml cannot be read ({0}): build the package with Android's tools")]
    Manifest(&'static str),
    /// Not a package name by Android's rules.
    #[error(
        "{0:?} is no package name: Android wants two or more words of letters, digits and _, with dots between"
    )]
    PackageName(String),
    /// A version's name that cannot be shown.
    #[error("the version's name {0:?} is too long or has control characters: give it another versionName")]
    VersionName(String),
    /// A receiver's class that is no name of a class.
    #[error("{0:?} is no name of a class: give the device administrator's receiver another name")]
    ReceiverName(String),

    /// There is no signature at all.
    #[error("the package is not signed: sign it with apksigner")]
    NotSigned,
    /// Only a JAR signature.
    #[error("signed with the JAR scheme alone: sign it with v2 or later (apksigner does so by itself)")]
    JarAlone,
    /// The signing block is damaged; the word says where.
    #[error("the package's signing block is damaged ({0}): download it once more, or sign it again")]
    SigningBlock(&'static str),
    /// Signatures of a newer scheme have been taken away.
    #[error("a signature of scheme {0} was taken out of the package: get it from its maker once more")]
    Stripped(&'static str),
    /// Signers beyond what Android takes.
    #[error("the package has more signers than Android takes in one scheme: sign it with one key")]
    Signers,
    /// DSA.
    #[error("the package is signed with DSA: sign it with RSA or ECDSA")]
    Dsa,
    /// No signature is of a kind that is known; the first one's number in Android's list.
    #[error("the package is signed in a way that is not known (0x{0:04x}): sign it with RSA or ECDSA")]
    Algorithm(u32),
    /// A key of another kind, or one too weak.
    #[error("the signer's key is not taken: use RSA of 2048 to 8192 bits, or ECDSA on P-256, P-384 or P-521")]
    Key,
    /// The certificate cannot be read.
    #[error("the signer's certificate cannot be read: sign the package again")]
    Certificate,
    /// The certificate is of another key than the one that signed.
    #[error("the certificate is not the signing key's: sign the package again")]
    OtherKey,
    /// The signature does not hold.
    #[error("the signature does not hold: the package was changed, or signed by another key than it says")]
    Signature,
    /// The digests are of other algorithms than the signatures.
    #[error("the digests do not match the signatures: sign the package again")]
    Digests,
    /// The contents are not what was signed.
    #[error("the package was changed after it was signed: get it from its maker once more")]
    Changed,
    /// Some versions of Android that the package is for have no signature.
    #[error("the signatures leave out versions of Android that the package is for: sign it again")]
    SdkRange,
    /// The schemes have signers that do not belong together.
    #[error("the schemes have different signers: sign the package again with all schemes at once")]
    SchemesDiffer,
    /// The lineage of rotated keys does not hold; the word says why.
    #[error("the lineage of signing keys does not hold ({0}): sign the package again with the right lineage")]
    Lineage(&'static str),
}
