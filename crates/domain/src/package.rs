//! Android packages that a company gives to its phones: what is known of one, which may take its place, and when one can set up
//! a phone fresh from its box.

use crate::{PackageId, Timestamp, host::is_https, settings::Settings};
use serde::{Deserialize, Serialize};

/// Packages that a workspace keeps at most.
pub const MOST: usize = 50;

/// A package whose signatures were verified when it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppPackage {
    /// Its id; the next version of it has the same.
    pub id: PackageId,
    /// Its name, such as `com.hmdm.launcher`: one with the same takes its place.
    pub name: String,
    /// `versionCode`, by which Android compares versions.
    pub version_code: u64,
    /// `versionName`, where it says one.
    pub version_name: Option<String>,
    /// The first API level that it runs on.
    pub min_sdk: u32,
    /// Bytes.
    pub size: u64,
    /// SHA-256 over the file, in hexadecimal digits.
    pub sha256: String,
    /// SHA-256 of each signing certificate, in hexadecimal digits: of rotated keys from the oldest to the one that signs now.
    pub certificates: Vec<String>,
    /// Whether these are several signers at once, which scheme v2 allows, and no rotated keys.
    pub several: bool,
    /// `PROVISIONING_DEVICE_ADMIN_SIGNATURE_CHECKSUM`: 43 characters.
    pub checksum: String,
    /// The receiver that can be a device's administrator: `package/class`.
    pub receiver: Option<String>,
    /// When it came.
    pub uploaded_at: Timestamp,
    /// Who brought it.
    pub uploaded_by: Option<String>,
}

impl AppPackage {
    /// Whether Android lets it take the place of that one on phones: it is signed by the same key, or by one that the former has
    /// handed over to.
    #[must_use]
    pub fn may_follow(&self, former: &Self) -> bool {
        if self.several || former.several {
            let sorted = |p: &Self| {
                let mut all = p.certificates.clone();
                all.sort();
                all
            };
            return sorted(self) == sorted(former);
        }
        former.certificates.last().is_some_and(|signer| self.certificates.contains(signer))
    }

    /// What people call its version.
    #[must_use]
    pub fn version(&self) -> String {
        self.version_name.clone().unwrap_or_else(|| self.version_code.to_string())
    }

    /// What a browser calls the file.
    #[must_use]
    pub fn file_name(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
        let version: String = self.version().chars().take(40).map(plain).collect();
        format!("{}-{version}.apk", self.name)
    }
}

/// Why there is no code for phones fresh from their box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotReady {
    /// Nobody has switched it on.
    Off,
    /// Phones fetch the package over HTTPS alone.
    Address,
    /// The package is not here.
    Package,
    /// It has no receiver that can be a device's administrator.
    Receiver,
}

impl Settings {
    /// The name of the package that sets up phones fresh from their box: the agent's, unless another is named.
    #[must_use]
    pub fn set_up_package(&self) -> &str {
        self.headwind.set_up.package.as_deref().unwrap_or(&self.agent_package)
    }

    /// Whether there is a code for phones fresh from their box, with this package of [`Self::set_up_package`]'s name; phones reach this
    /// server at `base`.
    ///
    /// # Errors
    /// What is missing.
    pub fn set_up_ready(&self, base: &str, package: Option<&AppPackage>) -> Result<(), NotReady> {
        if !self.headwind.set_up.offered {
            return Err(NotReady::Off);
        }
        if !is_https(base) {
            return Err(NotReady::Address);
        }
        let package = package.filter(|p| p.name == self.set_up_package()).ok_or(NotReady::Package)?;
        if package.receiver.is_none() { Err(NotReady::Receiver) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(certificates: &[&str]) -> AppPackage {
        AppPackage {
            id: PackageId::from_bytes([1; 16]),
            name: "com.hmdm.launcher".into(),
            version_code: 63600,
            version_name: Some("6.36".into()),
            min_sdk: 26,
            size: 1,
            sha256: "00".repeat(32),
            certificates: certificates.iter().map(|c| (*c).to_owned()).collect(),
            several: false,
            checksum: String::new(),
            receiver: Some("com.hmdm.launcher/com.hmdm.launcher.AdminReceiver".into()),
            uploaded_at: Timestamp(0),
            uploaded_by: None,
        }
    }

    #[test]
    fn a_package_follows_one_of_the_same_key_or_of_a_key_that_handed_over() {
        let one = package(&["a"]);
        assert!(one.may_follow(&package(&["a"])));
        assert!(package(&["a", "b"]).may_follow(&one), "a has handed over to b");
        assert!(package(&["a", "b", "c"]).may_follow(&package(&["a", "b"])));
        assert!(!one.may_follow(&package(&["a", "b"])), "what b signs is not followed by what a signs alone");
        assert!(!package(&["b"]).may_follow(&one) && !package(&[]).may_follow(&package(&[])));
        let both = AppPackage { several: true, ..package(&["a", "b"]) };
        assert!(both.may_follow(&AppPackage { several: true, ..package(&["b", "a"]) }));
        assert!(!both.may_follow(&one) && !one.may_follow(&both), "of several signers none may be missing");
    }

    #[test]
    fn a_files_name_has_nothing_that_a_header_or_a_folder_would_read() {
        let odd = AppPackage { version_name: Some("1/..\"\r\n ж".into()), ..package(&[]) };
        assert_eq!(odd.file_name(), "com.hmdm.launcher-1-..-----.apk");
        assert_eq!(AppPackage { version_name: None, ..odd }.file_name(), "com.hmdm.launcher-63600.apk");
    }

    #[test]
    fn a_code_for_new_phones_wants_all_that_it_names() {
        let (mut settings, base, agent) = (Settings::default(), "https://m.example.org", package(&["a"]));
        assert_eq!(
            settings.set_up_ready(base, Some(&agent)),
            Err(NotReady::Off),
            "off until somebody says so"
        );
        settings.headwind.set_up.offered = true;
        assert_eq!(settings.set_up_ready(base, Some(&agent)), Ok(()));
        assert_eq!(settings.set_up_ready("http://m.example.org", Some(&agent)), Err(NotReady::Address));
        assert_eq!(settings.set_up_ready(base, None), Err(NotReady::Package));
        let none = AppPackage { receiver: None, ..agent.clone() };
        assert_eq!(settings.set_up_ready(base, Some(&none)), Err(NotReady::Receiver));
        settings.headwind.set_up.package = Some("com.example.launcher".into());
        assert_eq!(settings.set_up_ready(base, Some(&agent)), Err(NotReady::Package), "another one is named");
    }
}
