//! What an agent says about its device, and the limits of what it may say.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Characters of a text at most.
pub const MAX_TEXT: usize = 128;
/// Bytes of storage at most: 1 PiB. It keeps sums far from the ends of 64-bit integers.
pub const MAX_STORAGE: u64 = 1 << 50;

/// The platform that the agent runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// Android.
    Android,
}

/// Whether the agent has what it needs to protect the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Protection {
    /// It is on.
    Enabled,
    /// It is off, or a permission was taken away.
    Disabled,
}

/// The device as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "platform": "android", "manufacturer": "Google", "model": "Pixel 9", "os_version": "16",
    "agent_version": "1.0.0", "battery_percent": 81, "battery_charging": false, "protection": "enabled"
}))]
pub struct Report {
    /// The platform.
    pub platform: Platform,
    /// Who made the device.
    #[schema(min_length = 1, max_length = 128)]
    pub manufacturer: String,
    /// Its model.
    #[schema(min_length = 1, max_length = 128)]
    pub model: String,
    /// The version of Android.
    #[schema(min_length = 1, max_length = 128)]
    pub os_version: String,
    /// The agent's own version.
    #[schema(min_length = 1, max_length = 128)]
    pub agent_version: String,
    /// The serial number, where the agent may read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 128)]
    pub serial: Option<String>,
    /// Charge of the battery in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 100)]
    pub battery_percent: Option<u8>,
    /// Whether it is being charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub battery_charging: Option<bool>,
    /// Storage in all, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage_total_bytes: Option<u64>,
    /// Storage that is free, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage_free_bytes: Option<u64>,
    /// Whether the protection is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protection: Option<Protection>,
    /// Who else manages the device: `KNOX`, or another device owner's package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 128)]
    pub managed_by: Option<String>,
    /// The name that its owner gave to the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 128)]
    pub name: Option<String>,
}

/// A field is not in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {rule}")]
pub struct InvalidField {
    /// Its name.
    pub field: &'static str,
    /// What it has to be.
    pub rule: &'static str,
}

impl Report {
    /// Checks lengths, characters and ranges.
    ///
    /// # Errors
    /// [`InvalidField`] names the first field that is not in order.
    pub fn validate(&self) -> Result<(), InvalidField> {
        text("manufacturer", &self.manufacturer)?;
        text("model", &self.model)?;
        text("os_version", &self.os_version)?;
        text("agent_version", &self.agent_version)?;
        for (field, value) in
            [("serial", &self.serial), ("managed_by", &self.managed_by), ("name", &self.name)]
        {
            value.as_deref().map_or(Ok(()), |v| text(field, v))?;
        }
        if self.battery_percent.is_some_and(|p| p > 100) {
            return Err(InvalidField { field: "battery_percent", rule: "is 0 to 100" });
        }
        let (total, free) = (self.storage_total_bytes, self.storage_free_bytes);
        for (field, value) in [("storage_total_bytes", total), ("storage_free_bytes", free)] {
            if value.is_some_and(|v| v > MAX_STORAGE) {
                return Err(InvalidField { field, rule: "is at most 1 PiB" });
            }
        }
        if let (Some(total), Some(free)) = (total, free)
            && free > total
        {
            return Err(InvalidField { field: "storage_free_bytes", rule: "is at most storage_total_bytes" });
        }
        Ok(())
    }
}

/// Of 1 to 128 characters, none of which controls how other text is shown: no control characters, line or paragraph
/// separators, marks that turn the direction (Unicode TR 36, section 2.9), or byte order mark.
pub(crate) fn text(field: &'static str, value: &str) -> Result<(), InvalidField> {
    let controls = |c: char| {
        c.is_control()
            || matches!(c, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
    };
    if value.trim().is_empty() || value.chars().count() > MAX_TEXT {
        return Err(InvalidField { field, rule: "has 1 to 128 characters" });
    }
    if value.chars().any(controls) {
        return Err(InvalidField { field, rule: "has no control characters" });
    }
    Ok(())
}

/// Of 8 to 128 letters, digits, `.`, `_`, `:` and `-`, all ASCII.
pub(crate) fn hardware_id(value: &str) -> Result<(), InvalidField> {
    let plain = value.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:-".contains(&b));
    match (8..=128).contains(&value.len()) && plain {
        true => Ok(()),
        false => Err(InvalidField { field: "hardware_id", rule: "is 8 to 128 of A-Z a-z 0-9 . _ : -" }),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn report() -> Report {
        let least = r#"{"platform":"android","manufacturer":"Google","model":"Pixel 9","os_version":"16","agent_version":"1"}"#;
        serde_json::from_str(least).unwrap()
    }

    #[test]
    fn a20_a_report_of_the_least_is_valid_and_one_without_it_is_an_error_not_a_panic() {
        assert_eq!(report().validate(), Ok(()));
        for bad in [
            "",
            "{}",
            "[]",
            "null",
            r#"{"platform":"android"}"#,
            r#"{"platform":"ios","manufacturer":"a","model":"b","os_version":"c","agent_version":"d"}"#,
        ] {
            assert!(serde_json::from_str::<Report>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_report_that_is_too_long_empty_or_controls_the_terminal_is_refused() {
        let field = |report: Report| report.validate().map_err(|e| e.field);
        for bad in ["", "  ", "a\nb", "a\0", "\u{1b}[2J", "abc\u{202E}cba", &"x".repeat(129)] {
            assert_eq!(field(Report { model: bad.into(), ..report() }), Err("model"), "{bad:?}");
            assert_eq!(field(Report { name: Some(bad.into()), ..report() }), Err("name"), "{bad:?}");
        }
        assert_eq!(field(Report { name: Some("ü".repeat(128)), ..report() }), Ok(()));
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        let field = |report: Report| report.validate().map_err(|e| e.field);
        assert_eq!(field(Report { battery_percent: Some(100), ..report() }), Ok(()));
        assert_eq!(field(Report { battery_percent: Some(101), ..report() }), Err("battery_percent"));
        assert!(serde_json::from_str::<Report>(r#"{"battery_percent":-1}"#).is_err());
        let free = |total, free| Report { storage_total_bytes: total, storage_free_bytes: free, ..report() };
        assert_eq!(field(free(Some(2), Some(3))), Err("storage_free_bytes"));
        assert_eq!(field(free(None, Some(u64::MAX))), Err("storage_free_bytes"));
        assert_eq!(field(free(Some(MAX_STORAGE), Some(3))), Ok(()));
    }
}
