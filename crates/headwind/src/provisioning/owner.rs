//! What a phone fresh from its box reads: which package becomes its owner, and how it gets there (Android Enterprise,
//! `DevicePolicyManager.EXTRA_PROVISIONING_*`).

use super::{AdminExtras, EXTRA, Wifi};
use crate::values::{PackageName, text};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

/// A phone that belongs to the company.
///
/// Google lets its Play Protect refuse packages in this that it has not approved, whatever stands in the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceOwner {
    /// Which receiver of which package becomes the owner.
    pub component: Component,
    /// Where the package is fetched.
    pub package_url: PackageUrl,
    /// Who has to have signed it.
    pub signature_checksum: SignatureChecksum,
    /// What the agent learns.
    pub extras: AdminExtras,
    /// The network over which the package comes, if the person should not have to choose one.
    pub wifi: Option<Wifi>,
    /// A language and country such as `de_DE`.
    pub locale: Option<Locale>,
    /// The name of a time zone such as `Europe/Berlin`.
    pub time_zone: Option<TimeZone>,
    /// Whether the apps that came with the phone stay.
    pub leave_all_system_apps: bool,
    /// Whether a phone that is not encrypted may stay so.
    pub skip_encryption: bool,
}

text! {
    /// `package/receiver`, both by their full names. A class inside of another has a `$` in its name.
    Component, "a component of the form package/package.Receiver", |text| {
        let part = |p: &str| !p.is_empty() && p.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'));
        let class = |t: &str| t.contains('.') && t.len() <= 255 && t.split('.').all(part);
        let package = |t: &str| t.contains('.') && t.parse::<PackageName>().is_ok();
        text.split_once('/').is_some_and(|(p, receiver)| package(p) && class(receiver))
    }
}
text! {
    /// An address under `https`, as phones fetch the package without asking anyone.
    PackageUrl, "an address of the form https://host/path", |text| {
        let visible = text.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b));
        text.len() <= 512 && visible && text.strip_prefix("https://").is_some_and(|rest| !rest.starts_with('/') && rest.contains('/'))
    }
}
text! {
    /// The SHA-256 of the certificate that signed the package, in base64url without padding: 43 characters. It stays
    /// the same when the package gets a new version.
    SignatureChecksum, "a SHA-256 in base64url: 43 characters", |text| {
        BASE64_URL_SAFE_NO_PAD.decode(text).is_ok_and(|hash| hash.len() == 32)
    }
}
text! {
    /// A language and a country such as `de_DE`.
    Locale, "a locale of the form de_DE", |text| {
        let letters = |t: &str, case: fn(&u8) -> bool, most: usize| (2..=most).contains(&t.len()) && t.bytes().all(|b| case(&b));
        text.split_once('_').is_some_and(|(language, country)| {
            letters(language, u8::is_ascii_lowercase, 3) && letters(country, u8::is_ascii_uppercase, 2)
        })
    }
}
text! {
    /// The name of a time zone in the IANA's database such as `Europe/Berlin`.
    TimeZone, "the name of a time zone", |text| {
        (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b))
    }
}

impl Component {
    /// The agent as it is published.
    #[must_use]
    pub fn agent() -> Self {
        Self("com.hmdm.launcher/com.hmdm.launcher.AdminReceiver".to_owned())
    }
}

impl SignatureChecksum {
    /// Of a SHA-256.
    #[must_use]
    pub fn of(sha256: &[u8; 32]) -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(sha256))
    }
}

impl DeviceOwner {
    pub(crate) fn members(&self) -> Map<String, Value> {
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| members.insert(format!("{EXTRA}{name}"), value);
        put("DEVICE_ADMIN_COMPONENT_NAME", self.component.as_str().into());
        put("DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION", self.package_url.as_str().into());
        put("DEVICE_ADMIN_SIGNATURE_CHECKSUM", self.signature_checksum.as_str().into());
        put("LEAVE_ALL_SYSTEM_APPS_ENABLED", self.leave_all_system_apps.into());
        put("SKIP_ENCRYPTION", self.skip_encryption.into());
        put("ADMIN_EXTRAS_BUNDLE", Value::Object(self.extras.bundle()));
        if let Some(locale) = &self.locale {
            put("LOCALE", locale.as_str().into());
        }
        if let Some(time_zone) = &self.time_zone {
            put("TIME_ZONE", time_zone.as_str().into());
        }
        if let Some(wifi) = &self.wifi {
            put("WIFI_SSID", wifi.ssid.as_str().into());
            put("WIFI_SECURITY_TYPE", wifi.security.name().into());
            if let Some(password) = wifi.security.password() {
                put("WIFI_PASSWORD", password.as_str().into());
            }
        }
        members
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::str::FromStr;

    fn refused<T: FromStr>(texts: &[&str]) {
        for text in texts {
            assert!(text.parse::<T>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_checksum_is_in_base64url_without_padding() {
        let good = "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s";
        assert_eq!(good.parse::<SignatureChecksum>().unwrap(), SignatureChecksum::of(&[251; 32]));
        refused::<SignatureChecksum>(&["", &good[1..], &format!("{good}="), &good.replace('-', "+"), "-_v7"]);
    }

    #[test]
    fn addresses_and_names_are_of_their_forms() {
        assert!("https://m.example/a.apk?v=1".parse::<PackageUrl>().is_ok());
        refused::<PackageUrl>(&[
            "",
            "http://m.example/a",
            "https:///a",
            "https://m.example",
            "https://m.example/a b",
            "https://m.example/\"",
            &format!("https://m.example/{}", "x".repeat(512)),
        ]);
        assert_eq!(Component::agent().as_str().parse(), Ok(Component::agent()));
        // As ApiDemos of Android has it.
        assert!("a.b/a.b.app.Sample$SampleReceiver".parse::<Component>().is_ok());
        refused::<Component>(&[
            "",
            "a.b",
            "a.b/",
            "a.b/c",
            "a.b/.C",
            "a.b/c.d/e.f",
            "a$.b/c.d",
            "a.b/c d.e",
            "a.b/c.\"d",
        ]);
        assert!("de_DE".parse::<Locale>().is_ok());
        refused::<Locale>(&["de", "de-DE", "DE_de", "de_DEU", "_DE"]);
        assert!("Etc/GMT+1".parse::<TimeZone>().is_ok());
        refused::<TimeZone>(&["", "Europe Berlin", &"x".repeat(65)]);
    }
}
