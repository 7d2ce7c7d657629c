//! The signed attributes of SCEP (RFC 8894, section 3.2.1).

use der::asn1::ObjectIdentifier;

/// messageType (section 3.2.1.2).
pub(crate) const MESSAGE_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.113733.1.9.2");
/// pkiStatus (section 3.2.1.3).
pub(crate) const PKI_STATUS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.113733.1.9.3");
/// failInfo (section 3.2.1.4).
pub(crate) const FAIL_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.113733.1.9.4");
/// senderNonce (section 3.2.1.5).
pub(crate) const SENDER_NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.113733.1.9.5");
/// recipientNonce (section 3.2.1.5).
pub(crate) const RECIPIENT_NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.113733.1.9.6");
/// transactionID (section 3.2.1.1).
pub(crate) const TRANSACTION_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.113733.1.9.7");
