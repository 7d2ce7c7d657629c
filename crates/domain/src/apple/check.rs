//! What can be wrong with a certificate that was uploaded, and what is worth knowing about it; and the rule that a renewal
//! keeps the topic.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// Why a certificate is not taken. Each says what is wrong, so that a page can say what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum CertificateProblem {
    /// Larger than any certificate.
    #[error("the file is larger than a certificate can be")]
    Large,
    /// Neither PEM nor PKCS#12 nor a certificate in DER.
    #[error("this is no certificate: a .pem, .cer or .p12 file is expected")]
    Unreadable,
    /// A request where Apple's answer is expected.
    #[error(
        "this is the request, not Apple's answer to it: upload what identity.apple.com/pushcert gives for download"
    )]
    Request,
    /// PKCS#12, and no password was given.
    #[error("the file is protected by a password: give it too")]
    PasswordMissing,
    /// PKCS#12, and the password is another one.
    #[error("the password is another one, or the file is damaged")]
    PasswordWrong,
    /// PKCS#12 in a way that is not read.
    #[error("the file is encrypted in a way that is not read here")]
    Encryption,
    /// The key in the PEM file is behind a password.
    #[error("the key in the PEM file is encrypted: take the password off it, or upload a .p12 file")]
    KeyEncrypted,
    /// More than one key.
    #[error("there are several keys in the files: exactly one is expected")]
    ManyKeys,
    /// No certificate in the file.
    #[error("there is no certificate in the file")]
    NoCertificate,
    /// A certificate for something else.
    #[error(
        "this is no certificate for MDM pushes (its subject is \"{subject}\", and a UID that begins with com.apple.mgmt. is missing): upload the one \
         from identity.apple.com/pushcert"
    )]
    NotForMdm {
        /// Whose it is.
        subject: String,
    },
    /// A push certificate where the vendor's is expected.
    #[error("this is an APNs certificate: the MDM vendor certificate is another one")]
    NotVendor,
    /// Nobody here has its key.
    #[error(
        "the key of this certificate is not here: upload it too, or make the certificate with the request that Muster made"
    )]
    KeyMissing,
    /// The key belongs to another certificate.
    #[error("the key is not the one of this certificate")]
    KeyOther,
    /// Not an RSA key of at least 2048 bits.
    #[error("the key must be an RSA key of 2048 bits or more")]
    KeyKind,
    /// It does not hold yet.
    #[error("the certificate holds from {from} only: is the server's clock right?")]
    NotYet {
        /// From when.
        from: Timestamp,
    },
    /// It held until then.
    #[error("the certificate ended on {at}: renew it at identity.apple.com/pushcert")]
    Expired {
        /// When it ended.
        at: Timestamp,
    },
    /// A certificate of the chain has ended, or does not hold yet.
    #[error("a certificate of the chain does not hold now: {name}")]
    ChainEnded {
        /// Whose.
        name: String,
    },
    /// The chain does not lead to a root.
    #[error("the certificate of {issuer} is missing: upload the whole chain up to Apple's root")]
    ChainIncomplete {
        /// Who issued the last that is there.
        issuer: String,
    },
    /// For the vendor certificate: a request in its place.
    #[error("this is a request, not a certificate: upload the MDM vendor certificate with its key")]
    VendorRequest,
    /// For the vendor certificate: nobody here has its key.
    #[error("the key of this certificate is not in the files: upload it too")]
    VendorKeyMissing,
    /// For the vendor certificate: it held until then.
    #[error("the certificate ended on {at}: renew it with Apple's developer account")]
    VendorEnded {
        /// When it ended.
        at: Timestamp,
    },
    /// Another topic than that of the certificate that is there.
    #[error(
        "this certificate is for another topic ({new}) than the present one ({present}): it was not renewed but made anew, or with another Apple account. {devices} \
         connected Apple devices would be cut off for good"
    )]
    OtherTopic {
        /// The topic of the certificate that is there.
        present: String,
        /// The topic of the one that was uploaded.
        new: String,
        /// How many connected Apple devices would be cut off.
        devices: u64,
    },
    /// For signing profiles: nobody here has its key.
    #[error("the key of this certificate is not in the files: upload it too")]
    SigningKeyMissing,
    /// For signing profiles: a key that cannot sign here.
    #[error("the key must be an RSA key of 2048 bits or more, or one on the curve P-256 or P-384")]
    SigningKeyKind,
    /// For signing profiles: it held until then.
    #[error("the certificate ended on {at}: upload the renewed one")]
    SigningEnded {
        /// When it ended.
        at: Timestamp,
    },
    /// For signing profiles: the chain does not lead to a root.
    #[error(
        "the certificate of {issuer} is missing: upload the whole chain (often called fullchain), and where no public authority issued it, its root too"
    )]
    SigningChain {
        /// Who issued the last that is there.
        issuer: String,
    },
    /// For signing profiles: an authority's own certificate.
    #[error("this is the certificate of an authority ({subject}): upload one that it issued")]
    Authority {
        /// Whose it is.
        subject: String,
    },
    /// For signing profiles: it is not for signatures.
    #[error("this certificate is not for signatures ({subject}): its key usage lacks digitalSignature")]
    Usage {
        /// Whose it is.
        subject: String,
    },
    /// For signing profiles: the APNs certificate, which Apple issues for pushes alone.
    #[error(
        "this is an APNs certificate, which is for pushes alone: take another one, such as that of the server's TLS"
    )]
    NotForSigning,
}

/// What is worth knowing about a certificate that is taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum CertificateWarning {
    /// It could not be followed to a root that is known as Apple's.
    #[error("it could not be followed to a root of Apple's; it says that it was issued by {issuer}")]
    Chain {
        /// Who says to have issued it.
        issuer: String,
    },
    /// It ends no later than the one before.
    #[error("it ends no later than the one before, on {at}: is it the newest?")]
    Older {
        /// When it ends.
        at: Timestamp,
    },
    /// It was made with another Apple account than the one before, as was noted.
    #[error("another Apple account was noted before: {before}")]
    Account {
        /// The one before.
        before: String,
    },
    /// It is for another topic, as was confirmed.
    #[error("{devices} Apple devices were cut off: they have to connect again")]
    CutOff {
        /// How many connected Apple devices were cut off.
        devices: u64,
    },
    /// No authority that all devices know issued it.
    #[error(
        "no authority that all devices know issued it: \"Verified\" appears only on devices that trust {root}"
    )]
    Private {
        /// The root it leads to.
        root: String,
    },
}

/// Whether a certificate for a topic may come after the present one: it keeps the topic, or whoever decides has said how many
/// connected devices it cuts off, which are those of other topics (ABUSE A17).
///
/// # Errors
/// [`CertificateProblem::OtherTopic`].
pub fn may_follow(
    present: Option<&str>,
    new: &str,
    devices: u64,
    cut_off: Option<u64>,
) -> Result<(), CertificateProblem> {
    match present {
        Some(present) if present != new && cut_off != Some(devices) => {
            let (present, new) = (present.to_owned(), new.to_owned());
            Err(CertificateProblem::OtherTopic { present, new, devices })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a17_a_renewal_keeps_the_topic_or_says_how_many_devices_it_cuts_off() {
        let (a, b) = ("com.apple.mgmt.External.a", "com.apple.mgmt.External.b");
        assert_eq!(may_follow(None, a, 5, None), Ok(()), "the first one");
        assert_eq!(may_follow(Some(a), a, 5, None), Ok(()));
        assert_eq!(may_follow(Some(a), a, 5, Some(1)), Ok(()));
        for cut_off in [None, Some(0), Some(4), Some(6)] {
            let refused = may_follow(Some(a), b, 5, cut_off);
            let why = CertificateProblem::OtherTopic { present: a.into(), new: b.into(), devices: 5 };
            assert_eq!(refused, Err(why), "{cut_off:?}");
        }
        assert_eq!(may_follow(Some(a), b, 5, Some(5)), Ok(()));
        assert!(may_follow(Some(a), b, 0, None).is_err(), "also when nobody is connected");
        assert_eq!(may_follow(Some(a), b, 0, Some(0)), Ok(()));
        assert!(may_follow(Some(a), &a.to_uppercase(), 0, None).is_err(), "letter by letter");
    }
}
