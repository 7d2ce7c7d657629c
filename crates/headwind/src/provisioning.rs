//! What a phone is given before it knows its server: the text of a QR code.
//!
//! A phone fresh from its box reads [`DeviceOwner`] and makes the agent its owner; an agent that is there already
//! reads [`AdminExtras`], alone or inside of the former, with the button beside its fields for server and number.

mod extras;
mod owner;
mod wifi;

pub use extras::{AdminExtras, DeviceIdSource, Retries};
pub use owner::{Component, DeviceOwner, Locale, PackageUrl, SignatureChecksum, TimeZone};
pub use wifi::{Security, Ssid, Wifi, WifiPassword};

use serde_json::{Map, Value};

/// Bytes of a QR code's text at most: version 25 at the lowest error correction, 117 modules a side. Codes hold up to
/// 2,953; that phones read this many from a screen and from paper is a judgement, and was not measured.
pub const MOST: usize = 1273;

/// The text would be larger than a QR code that phones read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("has {0} bytes; a QR code that phones read has {MOST} at most")]
pub struct TooLarge(pub usize);

const EXTRA: &str = "android.app.extra.PROVISIONING_";

/// The QR code for an agent that is there already.
///
/// # Errors
/// [`TooLarge`].
pub fn for_agent(extras: &AdminExtras) -> Result<String, TooLarge> {
    text(Map::from_iter([(format!("{EXTRA}ADMIN_EXTRAS_BUNDLE"), Value::Object(extras.bundle()))]))
}

/// The QR code for a phone fresh from its box.
///
/// # Errors
/// [`TooLarge`].
pub fn for_new_phone(owner: &DeviceOwner) -> Result<String, TooLarge> {
    text(owner.members())
}

/// In ASCII alone: a QR code does not say in which letters its bytes are, and readers guess. (zbar takes `Büro` for Big5.)
fn text(members: Map<String, Value>) -> Result<String, TooLarge> {
    let mut text = String::new();
    for c in Value::Object(members).to_string().chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            // Only within quotation marks is there anything else (RFC 8259, section 7).
            let units =
                c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
            text.push_str(&units);
        }
    }
    if text.len() > MOST { Err(TooLarge(text.len())) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Link, values::CommaList};
    use qrcode::{EcLevel, QrCode, Version};
    use serde_json::json;

    fn extras() -> AdminExtras {
        AdminExtras::new("https://m.example.org/0j3xk-8m2qv-4a7hd-1rtwz-9pc6e".parse::<Link>().unwrap())
    }

    fn owner() -> DeviceOwner {
        DeviceOwner {
            component: Component::agent(),
            package_url: "https://m.example.org/packages/launcher.apk".parse().unwrap(),
            signature_checksum: SignatureChecksum::of(&[251; 32]),
            extras: extras(),
            wifi: None,
            locale: None,
            time_zone: None,
            leave_all_system_apps: true,
            skip_encryption: false,
        }
    }

    fn parsed(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn an_agent_that_is_there_already_learns_server_and_number() {
        let given = AdminExtras { device_id: DeviceIdSource::Given("h1".parse().unwrap()), ..extras() };
        let wanted = json!({"android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE": {
            "com.hmdm.BASE_URL": "https://m.example.org",
            "com.hmdm.SERVER_PROJECT": "0j3xk-8m2qv-4a7hd-1rtwz-9pc6e",
            "com.hmdm.DEVICE_ID": "h1",
        }});
        assert_eq!(parsed(&for_agent(&given).unwrap()), wanted);
    }

    #[test]
    fn a_server_without_a_project_says_so() {
        let bundle = AdminExtras::new("https://m.example.org".parse().unwrap()).bundle();
        assert_eq!(bundle["com.hmdm.SERVER_PROJECT"], "");
    }

    #[test]
    fn what_else_an_agent_learns_is_of_the_kinds_that_it_reads() {
        let all = AdminExtras {
            device_id: DeviceIdSource::Serial,
            customer: Some("c".into()),
            configuration: Some("k".into()),
            groups: Some(CommaList::new(["a", "b"]).unwrap()),
            retries: Some(Retries { count: 3, delay: 20 }),
            skip_intro: true,
            ..extras()
        };
        let bundle = Value::Object(all.bundle());
        for (key, value) in [
            ("DEVICE_ID_USE", json!("serial")),
            ("CUSTOMER", json!("c")),
            ("CONFIG", json!("k")),
            ("GROUP", json!("a,b")),
            ("CONN_RETRY_COUNT", json!(3)),
            ("CONN_RETRY_DELAY", json!(20)),
            ("SKIP_INTRO", json!(true)),
        ] {
            assert_eq!(bundle[format!("com.hmdm.{key}")], value, "{key}");
        }
    }

    #[test]
    fn a_new_phone_learns_which_package_becomes_its_owner() {
        let password = "correct horse".parse().unwrap();
        let wifi = Wifi { ssid: "Büro".parse().unwrap(), security: Security::Wpa(password) };
        let all = DeviceOwner {
            wifi: Some(wifi),
            locale: Some("de_DE".parse().unwrap()),
            time_zone: Some("Europe/Berlin".parse().unwrap()),
            ..owner()
        };
        let text = for_new_phone(&all).unwrap();
        assert!(text.is_ascii(), "{text}");
        let sent = parsed(&text);
        for (key, value) in [
            ("DEVICE_ADMIN_COMPONENT_NAME", json!("com.hmdm.launcher/com.hmdm.launcher.AdminReceiver")),
            ("DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION", json!("https://m.example.org/packages/launcher.apk")),
            ("DEVICE_ADMIN_SIGNATURE_CHECKSUM", json!("-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s")),
            ("LEAVE_ALL_SYSTEM_APPS_ENABLED", json!(true)),
            ("SKIP_ENCRYPTION", json!(false)),
            ("WIFI_SSID", json!("Büro")),
            ("WIFI_SECURITY_TYPE", json!("WPA")),
            ("WIFI_PASSWORD", json!("correct horse")),
            ("LOCALE", json!("de_DE")),
            ("TIME_ZONE", json!("Europe/Berlin")),
        ] {
            assert_eq!(sent[format!("{EXTRA}{key}")], value, "{key}");
        }
        assert_eq!(sent.as_object().unwrap().len(), 11);
        assert!(!format!("{all:?}").contains("horse"));
        assert!(!for_new_phone(&owner()).unwrap().contains("WIFI"));
    }

    #[test]
    fn letters_beyond_ascii_come_back_as_they_were() {
        let wifi = |ssid: &str| Some(Wifi { ssid: ssid.parse().unwrap(), security: Security::None });
        for ssid in ["Büro", "Кафе", "会議室", "\u{1F600}\"\\"] {
            let text = for_new_phone(&DeviceOwner { wifi: wifi(ssid), ..owner() }).unwrap();
            assert!(text.is_ascii(), "{text}");
            assert_eq!(parsed(&text)[format!("{EXTRA}WIFI_SSID")], ssid);
        }
    }

    #[test]
    fn a_text_of_the_most_bytes_is_a_code_of_version_25_and_a_larger_one_is_refused() {
        let code = |bytes: usize| QrCode::with_error_correction_level(vec![b'{'; bytes], EcLevel::L).unwrap();
        assert_eq!(code(MOST).version(), Version::Normal(25));
        assert_eq!(code(MOST + 1).version(), Version::Normal(26));
        let large = AdminExtras { customer: Some("x".repeat(MOST)), ..extras() };
        assert!(matches!(for_agent(&large), Err(TooLarge(bytes)) if bytes > MOST));
        let least = for_agent(&AdminExtras { customer: Some(String::new()), ..extras() }).unwrap().len();
        let fits = AdminExtras { customer: Some("x".repeat(MOST - least)), ..extras() };
        assert_eq!(for_agent(&fits).unwrap().len(), MOST);
    }
}
