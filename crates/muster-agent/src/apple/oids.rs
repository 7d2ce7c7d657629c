//! Object identifiers of CMS (RFC 5652), SCEP (RFC 8894), PKCS#9 and the algorithms.

use der::asn1::ObjectIdentifier as Oid;

const fn oid(text: &str) -> Oid {
    Oid::new_unwrap(text)
}

/// id-data.
pub const DATA: Oid = oid("1.2.840.113549.1.7.1");
/// id-signedData.
pub const SIGNED_DATA: Oid = oid("1.2.840.113549.1.7.2");
/// id-envelopedData.
pub const ENVELOPED_DATA: Oid = oid("1.2.840.113549.1.7.3");

/// contentType.
pub const CONTENT_TYPE: Oid = oid("1.2.840.113549.1.9.3");
/// messageDigest.
pub const MESSAGE_DIGEST: Oid = oid("1.2.840.113549.1.9.4");
/// signingTime.
pub const SIGNING_TIME: Oid = oid("1.2.840.113549.1.9.5");
/// challengePassword.
pub const CHALLENGE_PASSWORD: Oid = oid("1.2.840.113549.1.9.7");
/// extensionRequest.
pub const EXTENSION_REQUEST: Oid = oid("1.2.840.113549.1.9.14");

/// keyUsage.
pub const KEY_USAGE: Oid = oid("2.5.29.15");
/// subjectAltName.
pub const SUBJECT_ALT_NAME: Oid = oid("2.5.29.17");
/// The name form of a user in Active Directory.
pub const NT_PRINCIPAL_NAME: Oid = oid("1.3.6.1.4.1.311.20.2.3");

/// SHA-1.
pub const SHA1: Oid = oid("1.3.14.3.2.26");
/// SHA-256.
pub const SHA256: Oid = oid("2.16.840.1.101.3.4.2.1");
/// SHA-384.
pub const SHA384: Oid = oid("2.16.840.1.101.3.4.2.2");
/// SHA-512.
pub const SHA512: Oid = oid("2.16.840.1.101.3.4.2.3");
/// rsaEncryption.
pub const RSA: Oid = oid("1.2.840.113549.1.1.1");
/// sha1WithRSAEncryption.
pub const RSA_SHA1: Oid = oid("1.2.840.113549.1.1.5");
/// sha256WithRSAEncryption.
pub const RSA_SHA256: Oid = oid("1.2.840.113549.1.1.11");
/// sha384WithRSAEncryption.
pub const RSA_SHA384: Oid = oid("1.2.840.113549.1.1.12");
/// sha512WithRSAEncryption.
pub const RSA_SHA512: Oid = oid("1.2.840.113549.1.1.13");
/// id-ecPublicKey.
pub const EC: Oid = oid("1.2.840.10045.2.1");
/// ecdsa-with-SHA256.
pub const ECDSA_SHA256: Oid = oid("1.2.840.10045.4.3.2");
/// ecdsa-with-SHA384.
pub const ECDSA_SHA384: Oid = oid("1.2.840.10045.4.3.3");

/// AES-128 in CBC.
pub const AES_128_CBC: Oid = oid("2.16.840.1.101.3.4.1.2");
/// AES-256 in CBC.
pub const AES_256_CBC: Oid = oid("2.16.840.1.101.3.4.1.42");
/// Triple DES in CBC.
pub const DES_EDE3_CBC: Oid = oid("1.2.840.113549.3.7");
/// Single DES in CBC.
pub const DES_CBC: Oid = oid("1.3.14.3.2.7");

/// messageType.
pub const SCEP_MESSAGE_TYPE: Oid = oid("2.16.840.1.113733.1.9.2");
/// pkiStatus.
pub const SCEP_PKI_STATUS: Oid = oid("2.16.840.1.113733.1.9.3");
/// failInfo.
pub const SCEP_FAIL_INFO: Oid = oid("2.16.840.1.113733.1.9.4");
/// senderNonce.
pub const SCEP_SENDER_NONCE: Oid = oid("2.16.840.1.113733.1.9.5");
/// recipientNonce.
pub const SCEP_RECIPIENT_NONCE: Oid = oid("2.16.840.1.113733.1.9.6");
/// transactionID.
pub const SCEP_TRANSACTION_ID: Oid = oid("2.16.840.1.113733.1.9.7");
