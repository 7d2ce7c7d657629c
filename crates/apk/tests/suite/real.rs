//! Packages from npm, which other people made: what we read is what apk-info, `apksigner` and OpenSSL read.

use crate::kit::{
    foreign::{Bench, has, hex, npm},
    refuses,
};
use muster_apk::{Error, Package, Scheme};
use std::{fs::File, path::Path};

const API_DEMOS: &str = "android-apidemos/apks/ApiDemos-debug.apk";
const SETTINGS: &str = "io.appium.settings/apks/settings_apk-debug.apk";
const SERVER: &str = "appium-uiautomator2-server/apks/appium-uiautomator2-server-v10.6.6.apk";
pub const SERVER_TEST: &str =
    "appium-uiautomator2-server/apks/appium-uiautomator2-server-debug-androidTest.apk";

fn package(path: &Path) -> Package {
    muster_apk::read(&mut File::open(path).unwrap()).unwrap()
}

#[test]
fn real_packages_are_read_as_apk_info_reads_them() {
    let expected = [
        (API_DEMOS, "io.appium.android.apis", Scheme::V2),
        (SETTINGS, "io.appium.settings", Scheme::V2),
        (SERVER, "io.appium.uiautomator2.server", Scheme::V3),
        (SERVER_TEST, "io.appium.uiautomator2.server.test", Scheme::V3),
    ];
    for (file, name, scheme) in expected {
        let Some(path) = npm(file) else { return };
        let (ours, theirs) = (package(&path), apk_info::Apk::new(&path).unwrap());
        assert_eq!((ours.name.as_str(), ours.signed), (name, scheme), "{file}");
        assert_eq!(theirs.get_package_name().as_deref(), Some(name));
        // A package of tests has no version.
        let version = theirs.get_version_code().unwrap_or_else(|| "0".into());
        assert_eq!(version, ours.version_code.to_string());
        assert_eq!(theirs.get_version_name(), ours.version_name);
        assert_eq!(theirs.get_min_sdk_version(), Some(ours.min_sdk.to_string()));
        assert_eq!(theirs.get_target_sdk_version(), ours.target_sdk);
        // ApiDemos has an example of a device administrator.
        let guarded =
            |r: &apk_info::models::Receiver<'_>| r.permission == Some("android.permission.BIND_DEVICE_ADMIN");
        let admin = theirs.get_receivers().find(guarded).map(|r| format!("{name}/{}", r.name.unwrap()));
        assert_eq!(ours.admin_receiver, admin);
        assert_eq!(admin.is_some(), file == API_DEMOS);
        assert_eq!(ours.size, path.metadata().unwrap().len());
    }
}

#[test]
fn real_certificates_and_digests_are_those_that_apksigner_and_openssl_print() {
    if !has(&["apksigner", "openssl", "keytool"]) {
        return;
    }
    let bench = Bench::new();
    for file in [API_DEMOS, SETTINGS, SERVER, SERVER_TEST] {
        let Some(path) = npm(file) else { return };
        let (ours, path) = (package(&path), path.display());
        let said = bench.run(&format!("apksigner verify --verbose --print-certs {path}"));
        assert_eq!(ours.certificates.len(), 1);
        let certificate = hex(&ours.certificates[0]);
        assert!(said.contains(&format!("certificate SHA-256 digest: {certificate}")), "{file}: {said}");
        let v3 = said.contains("(APK Signature Scheme v3): true");
        assert_eq!(ours.signed, if v3 { Scheme::V3 } else { Scheme::V2 });
        let digest = bench.run(&format!("openssl dgst -sha256 -r {path}"));
        assert!(digest.starts_with(&hex(&ours.sha256)));
        // keytool knows the JAR scheme alone.
        let printed =
            bench.run(&format!("keytool -printcert -jarfile {path}")).replace(':', "").to_lowercase();
        assert!(printed.contains("not a signed jar") || printed.contains(&certificate), "{printed}");
    }
}

#[test]
fn checksums_are_43_characters_of_base64url() {
    let Some(path) = npm(SERVER_TEST) else { return };
    let ours = package(&path);
    for sum in [ours.signature_checksum(), ours.package_checksum()] {
        assert_eq!(sum.len(), 43);
        assert!(sum.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)), "{sum}");
    }
    assert_ne!(ours.signature_checksum(), ours.package_checksum());
}

#[test]
fn a_changed_byte_that_apk_info_does_not_see_is_seen() {
    let Some(path) = npm(SERVER_TEST) else { return };
    let mut bytes = std::fs::read(&path).unwrap();
    // In the middle of the contents.
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    refuses!(bytes, Error::Changed);
}
