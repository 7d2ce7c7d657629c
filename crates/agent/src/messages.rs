//! What an agent and the server say to each other, as JSON (RFC 8259). Times are RFC 3339 in UTC.
//!
//! A field that is not known is ignored, so that either side may learn new ones; an optional field that is not
//! there is no error.

use crate::{
    key::{InvalidKey, PublicKey},
    report::{InvalidField, Report, hardware_id, text},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a link is, for an agent: the answer to `GET` on it with `Accept: application/json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Descriptor {
    /// `muster-agent`.
    #[schema(example = "muster-agent")]
    pub protocol: String,
    /// The protocol's version: 1.
    #[schema(example = 1)]
    pub version: u32,
    /// Whose link it is, to be shown before the device is connected.
    #[schema(example = "Example Ltd")]
    pub organisation: String,
    /// Where to send the claim. It is signed for this very address.
    #[schema(example = "https://muster.example.org/0j3xk-8m2qv/claim")]
    pub claim_url: String,
    /// Until when a new device may claim it.
    #[schema(example = "2026-12-01T10:00:00Z")]
    pub expires_at: String,
    /// The server's time: an agent whose clock is off learns by how much.
    #[schema(example = "2026-11-24T10:00:00Z")]
    pub server_time: String,
}

/// Connects a device. Signed by the key that it carries, which proves that the agent has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClaimRequest {
    /// What stays the same when the agent is installed again on this device; whoever claimed with it may claim again.
    #[schema(
        example = "b7e1c0de-2f64-4f7b-9d0e-6d1f0c9f5a11",
        min_length = 8,
        max_length = 128,
        pattern = "^[A-Za-z0-9._:-]+$"
    )]
    pub hardware_id: String,
    /// The device's key: an uncompressed point on P-256 (SEC 1, section 2.3.3), 65 bytes in base64url without padding.
    #[schema(min_length = 87, max_length = 87)]
    pub public_key: String,
    /// The device as it is now.
    pub report: Report,
}

impl ClaimRequest {
    /// Checks the fields and reads the key.
    ///
    /// # Errors
    /// [`InvalidClaim`] names the field.
    pub fn validate(&self) -> Result<PublicKey, InvalidClaim> {
        hardware_id(&self.hardware_id)?;
        self.report.validate()?;
        Ok(PublicKey::from_base64url(&self.public_key)?)
    }
}

/// A claim whose fields are not in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidClaim {
    /// A field is too long, too short or has characters that it may not have.
    #[error(transparent)]
    Field(#[from] InvalidField),
    /// The key is no point on P-256.
    #[error("public_key: {0}")]
    Key(#[from] InvalidKey),
}

/// The device is connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClaimResponse {
    /// The device's id: in the paths and the `keyid` of everything that it sends from now on.
    #[schema(example = "019ab9d0-6c1e-7d43-8a55-0d3c1f3b9a10")]
    pub device_id: String,
    /// What `/agent/v1/devices/…` is appended to. The link is not needed any more.
    #[schema(example = "https://muster.example.org")]
    pub api_base: String,
    /// Whose device it is.
    #[schema(example = "Ada Example")]
    pub owner_name: String,
    /// Who manages it.
    #[schema(example = "Example Ltd")]
    pub organisation: String,
    /// Seconds between check-ins.
    #[schema(example = 900)]
    pub check_in_seconds: u32,
    /// The server's time.
    #[schema(example = "2026-11-24T10:00:00Z")]
    pub server_time: String,
}

/// The device is alive; asks for commands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckInRequest {
    /// The device as it is now, if something has changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
}

/// What there is to do, and when to come again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CheckInResponse {
    /// Commands that wait for this device, the oldest first. Each comes again until it is acknowledged.
    #[serde(default)]
    pub commands: Vec<Command>,
    /// Seconds until the next check-in.
    #[schema(example = 900)]
    pub check_in_seconds: u32,
    /// The server's time.
    #[schema(example = "2026-11-24T10:00:00Z")]
    pub server_time: String,
}

/// Something that the device is asked to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Command {
    /// To be named in the acknowledgement; a command that came twice is done once.
    #[schema(example = "019ab9d1-0000-7000-8000-000000000001")]
    pub id: String,
    /// What to do. An agent that does not know it acknowledges `failed`.
    #[schema(example = "report")]
    pub kind: String,
    /// When it was given.
    #[schema(example = "2026-11-24T10:00:00Z")]
    pub created_at: String,
    /// What belongs to this kind; often nothing.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub payload: serde_json::Value,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AckStatus {
    /// It was done.
    Done,
    /// It was not, and will not be tried again.
    Failed,
}

/// A command has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AckRequest {
    /// How.
    pub status: AckStatus,
    /// Why, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 128)]
    pub detail: Option<String>,
}

impl AckRequest {
    /// Checks the detail.
    ///
    /// # Errors
    /// [`InvalidField`].
    pub fn validate(&self) -> Result<(), InvalidField> {
        self.detail.as_deref().map_or(Ok(()), |d| text("detail", d))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{key::SigningKey, report::tests::report};

    #[test]
    fn a20_an_empty_object_and_nothing_optional_are_answers() {
        assert_eq!(serde_json::from_str::<CheckInRequest>("{}").unwrap(), CheckInRequest::default());
        assert_eq!(serde_json::from_str::<CheckInRequest>("{\"report\":null}").unwrap().report, None);
        let command = r#"{"id":"1","kind":"x","created_at":"now"}"#;
        assert!(serde_json::from_str::<Command>(command).unwrap().payload.is_null());
        assert_eq!(serde_json::from_str::<AckRequest>(r#"{"status":"failed"}"#).unwrap().detail, None);
        assert!(serde_json::from_str::<AckRequest>(r#"{"status":"maybe"}"#).is_err());
        assert!(serde_json::from_str::<AckRequest>("{}").is_err());
    }

    #[test]
    fn a18_a_claim_with_a_key_that_is_none_or_a_strange_hardware_id_is_refused() {
        let key = SigningKey::generate().unwrap().public().unwrap();
        let good = ClaimRequest {
            hardware_id: "hardware-1".into(),
            public_key: key.to_base64url(),
            report: report(),
        };
        assert!(good.validate().is_ok());
        let bad = ClaimRequest { public_key: "AAAA".into(), ..good.clone() };
        assert_eq!(bad.validate().err(), Some(InvalidClaim::Key(InvalidKey)));
        for id in ["short", "with a space", "sl/ash-id", "quote\"quote", "ünïcode-id", &"x".repeat(129)] {
            let bad = ClaimRequest { hardware_id: id.into(), ..good.clone() };
            assert!(matches!(bad.validate(), Err(InvalidClaim::Field(_))), "{id}");
        }
    }
}
