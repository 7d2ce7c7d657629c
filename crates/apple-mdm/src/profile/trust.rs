//! The certificates of a profile that a device is to trust, and the addresses that are pinned to them.

use super::{EnrolmentProfile, InvalidProfile};
use crate::write::dict;
use plist::{Dictionary, Value};

/// A certificate that the device is to trust, or to know on the way to one that it trusts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrustCertificate {
    /// A root, `com.apple.security.root`, in DER.
    Root(Vec<u8>),
    /// An intermediate one, `com.apple.security.pkcs1`, in DER.
    Intermediate(Vec<u8>),
}

impl TrustCertificate {
    /// The certificate, in DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        match self {
            Self::Root(der) | Self::Intermediate(der) => der,
        }
    }

    /// What its payload is called, from which its identifier and UUID are made.
    fn part(&self, index: usize) -> String {
        match self {
            Self::Root(_) => format!("root{index}"),
            Self::Intermediate(_) => format!("intermediate{index}"),
        }
    }
}

impl EnrolmentProfile {
    /// The payload of one.
    pub(super) fn certificate(
        &self,
        index: usize,
        certificate: &TrustCertificate,
    ) -> Result<Dictionary, InvalidProfile> {
        let kind = match certificate {
            TrustCertificate::Root(_) => "com.apple.security.root",
            TrustCertificate::Intermediate(_) => "com.apple.security.pkcs1",
        };
        let (part, der) = (certificate.part(index), certificate.der());
        if der.first() != Some(&0x30) {
            return Err(InvalidProfile::Certificate);
        }
        let mut payload = self.payload(&part, kind, &self.shown.organization)?;
        payload.insert("PayloadCertificateFileName".to_owned(), format!("{part}.cer").into());
        payload.insert("PayloadContent".to_owned(), Value::Data(der.to_vec()));
        Ok(payload)
    }

    /// By which certificates alone the addresses are trusted.
    pub(super) fn pins(&self) -> Dictionary {
        let uuid =
            |(index, trust): (usize, &TrustCertificate)| Value::from(self.ids.uuid(&trust.part(index)));
        let uuids = Value::Array(self.certificates.iter().enumerate().map(uuid).collect());
        let mut pins = dict([
            ("ServerURLPinningCertificateUUIDs", uuids.clone()),
            // A company's own authority seldom has a revocation service that phones reach.
            ("PinningRevocationCheckRequired", false.into()),
        ]);
        if self.mdm.check_in_url.is_some() {
            pins.insert("CheckInURLPinningCertificateUUIDs".to_owned(), uuids);
        }
        pins
    }
}
