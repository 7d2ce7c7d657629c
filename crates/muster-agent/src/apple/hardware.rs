//! A phone's or tablet's hardware: the numbers that Apple gives it.

use super::random;
use crate::error::AgentError;
use serde::{Deserialize, Serialize};

/// What a device is and is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hardware {
    /// Chip and a number, such as `00008120-001A2B3C4D5E6F78`.
    pub udid: String,
    /// Ten characters since 2021.
    pub serial: String,
    /// Such as `iPhone15,2`.
    pub product: String,
    /// `iPhone` or `iPad`.
    pub model_name: String,
    /// What the marketing calls it.
    pub marketing_name: String,
    /// The part number.
    pub model: String,
    /// The model's number, as it is printed on the back.
    pub model_number: String,
    /// Such as `18.1.1`.
    pub os_version: String,
    /// Such as `22B91`.
    pub build: String,
    /// What its owner calls it.
    pub name: String,
    /// Fifteen digits; none without a modem.
    pub imei: Option<String>,
    /// Fourteen digits.
    pub meid: Option<String>,
    /// Of the wireless network.
    pub wifi_mac: String,
    /// Of Bluetooth.
    pub bluetooth_mac: String,
    /// The SIM's number, if there is one.
    pub phone_number: Option<String>,
    /// Gigabytes.
    pub capacity: u32,
}

/// The alphabet of serial numbers that are drawn at random.
const SERIAL: &[u8] = b"0123456789CDFGHJKLMNPQRTVWXY";

impl Hardware {
    /// An iPhone 14 Pro with iOS 18.
    ///
    /// # Errors
    /// [`AgentError::Local`] without randomness.
    pub fn iphone() -> Result<Self, AgentError> {
        let imei = imei()?;
        Ok(Self {
            udid: format!("00008120-{}", random::hex(&random::bytes(8)?)),
            serial: random::word(SERIAL, 10)?,
            product: "iPhone15,2".into(),
            model_name: "iPhone".into(),
            marketing_name: "iPhone 14 Pro".into(),
            model: "MQ0G3LL/A".into(),
            model_number: "A2650".into(),
            os_version: "18.1.1".into(),
            build: "22B91".into(),
            name: "iPhone".into(),
            meid: Some(imei[..14].to_owned()),
            imei: Some(imei),
            wifi_mac: mac()?,
            bluetooth_mac: mac()?,
            phone_number: Some(format!("+1415555{}", random::word(b"0123456789", 4)?)),
            capacity: 256,
        })
    }

    /// An iPad (10th generation) without a modem, with iPadOS 18.
    ///
    /// # Errors
    /// [`AgentError::Local`] without randomness.
    pub fn ipad() -> Result<Self, AgentError> {
        Ok(Self {
            udid: format!("00008101-{}", random::hex(&random::bytes(8)?)),
            product: "iPad13,18".into(),
            model_name: "iPad".into(),
            marketing_name: "iPad (10th generation)".into(),
            model: "MPQ03LL/A".into(),
            model_number: "A2696".into(),
            name: "iPad".into(),
            imei: None,
            meid: None,
            phone_number: None,
            capacity: 64,
            ..Self::iphone()?
        })
    }

    /// Whether it is a tablet.
    #[must_use]
    pub fn is_ipad(&self) -> bool {
        self.model_name == "iPad"
    }
}

/// Fifteen digits, the last of which is right (3GPP TS 23.003, annex B).
fn imei() -> Result<String, AgentError> {
    let digits = format!("35{}", random::word(b"0123456789", 12)?);
    let sum: u32 = digits.bytes().enumerate().fold(0, |sum, (n, digit)| {
        let digit = u32::from(digit - b'0') * if n % 2 == 1 { 2 } else { 1 };
        sum + digit / 10 + digit % 10
    });
    Ok(format!("{digits}{}", (10 - sum % 10) % 10))
}

fn mac() -> Result<String, AgentError> {
    let mut bytes = random::bytes(6)?;
    // One device's own address, given by its maker.
    bytes[0] &= 0xfc;
    let octets: Vec<String> = bytes.iter().map(|b| format!("{b:02x}")).collect();
    Ok(octets.join(":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_form_that_real_ones_have() {
        for device in [Hardware::iphone().unwrap(), Hardware::ipad().unwrap()] {
            assert_eq!((device.udid.len(), device.serial.len()), (25, 10));
            assert_eq!(device.udid.as_bytes()[8], b'-');
            assert_eq!(device.imei.is_none(), device.is_ipad());
            if let Some(imei) = device.imei {
                assert_eq!(imei.len(), 15);
                let doubled = |(n, d): (usize, u8)| {
                    let d = u32::from(d - b'0') * (1 + n as u32 % 2);
                    d / 10 + d % 10
                };
                assert_eq!(imei.bytes().enumerate().map(doubled).sum::<u32>() % 10, 0);
            }
        }
        assert_ne!(Hardware::iphone().unwrap().udid, Hardware::iphone().unwrap().udid);
    }
}
