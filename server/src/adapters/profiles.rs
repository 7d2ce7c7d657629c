//! Looks at configuration profiles that somebody uploads, signed or not.

use crate::apple::profile::is_enrolment;
use app::services::{CheckedProfile, Profiles};
use muster_apple_mdm::upload;
use muster_pki::cms::SignedData;

/// The check of `crates/apple-mdm`, through a signature if there is one. Whose signature it is, is the device's to judge.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProfileCheck;

impl Profiles for ProfileCheck {
    fn check(&self, bytes: &[u8]) -> Result<CheckedProfile, String> {
        // A document begins with "<"; CMS with a SEQUENCE (RFC 5652, section 3).
        let summary = if bytes.first() == Some(&0x30) {
            let signed = SignedData::parse(bytes).map_err(|e| e.to_string())?;
            let verified = signed.verify(None, &[]).map_err(|e| e.to_string())?;
            upload::check(verified.content, is_enrolment)
        } else {
            upload::check(bytes, is_enrolment)
        };
        let summary = summary.map_err(|e| e.to_string())?;
        Ok(CheckedProfile {
            identifier: summary.identifier.as_str().to_owned(),
            name: summary.name,
            payloads: summary.payload_types,
            remarks: summary.remarks.iter().map(ToString::to_string).collect(),
        })
    }
}
