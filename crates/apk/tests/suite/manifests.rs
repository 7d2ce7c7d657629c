//! Manifests: what is read of them, and what is refused.

use crate::kit::{
    manifest::{Element, Value, element, manifest, receiver},
    read, refuses,
    sign::{self, Key, Signer, V2},
    zip::{Entry, Zip},
};
use muster_apk::{Error, Package};

/// A signed package with that manifest.
fn signed(xml: &[u8]) -> Vec<u8> {
    let (zip, key) = (Zip::new(&[Entry::new("AndroidManifest.xml", xml)]), Key::new());
    sign::signed(&zip, &[(V2, vec![Signer::v2(&key)])])
}

fn with(manifest: &Element) -> Vec<u8> {
    signed(&manifest.binary(false))
}

fn package(manifest: &Element) -> Package {
    read(&with(manifest)).unwrap()
}

#[test]
fn a_manifest_is_read_in_both_kinds_of_strings() {
    for utf8 in [false, true] {
        let package = read(&signed(&manifest().set("versionName", "Версия 1.2").binary(utf8))).unwrap();
        assert_eq!(package.name, "com.example.agent");
        assert_eq!((package.version_code, package.version_name.as_deref()), (7, Some("Версия 1.2")));
        assert_eq!((package.min_sdk, package.target_sdk), (24, 34));
        assert_eq!(package.admin_receiver.as_deref(), Some("com.example.agent/com.example.agent.Admin"));
    }
}

#[test]
fn what_a_manifest_leaves_out_is_as_android_takes_it() {
    let bare = package(&element("manifest", &[("package", "a.b".into())]));
    assert_eq!((bare.version_code, bare.version_name), (0, None));
    assert_eq!((bare.min_sdk, bare.target_sdk, bare.admin_receiver), (1, 1, None));
    let sdk = element("uses-sdk", &[("minSdkVersion", Value::Number(26))]);
    let package = package(&element("manifest", &[("package", "a.b".into())]).with(sdk));
    assert_eq!((package.min_sdk, package.target_sdk), (26, 26));
}

#[test]
fn a_version_code_has_64_bits_and_a_name_in_the_resources_is_none() {
    let manifest = manifest().set("versionCodeMajor", Value::Number(2));
    let package = package(&manifest.set("versionName", Value::Reference(0x7f01_0000)));
    assert_eq!((package.version_code, package.version_name), ((2 << 32) + 7, None));
}

#[test]
fn the_administrator_is_the_first_receiver_that_android_guards() {
    let with = |receivers: &[Element]| {
        let application = receivers.iter().cloned().fold(element("application", &[]), Element::with);
        package(&element("manifest", &[("package", "a.b".into())]).with(application)).admin_receiver
    };
    let other = receiver(".Other").set("permission", "android.permission.BIND_NOTIFICATION");
    let off = receiver(".Off").set("enabled", Value::Boolean(false));
    let found = with(&[other, off, receiver("c.d.Admin"), receiver(".Second")]);
    assert_eq!(found.as_deref(), Some("a.b/c.d.Admin"));
    let elsewhere = element("manifest", &[("package", "a.b".into())]);
    let elsewhere = elsewhere.with(element("queries", &[]).with(receiver(".Admin")));
    assert_eq!(package(&elsewhere).admin_receiver, None);
    let after = element("manifest", &[("package", "a.b".into())]).with(element("application", &[]));
    let after = after.with(element("uses-sdk", &[]).with(receiver(".Admin")));
    assert_eq!(package(&after).admin_receiver, None);
    let bad = element("manifest", &[("package", "a.b".into())]);
    let bad = bad.with(element("application", &[]).with(receiver("a b/c")));
    refuses!(super::manifests::with(&bad), Error::ReceiverName(_));
}

#[test]
fn parts_of_an_app_that_is_split_are_refused() {
    refuses!(with(&manifest().set("split", "config.xxhdpi")), Error::Split);
    refuses!(with(&manifest().set("isSplitRequired", Value::Boolean(true))), Error::Split);
    refuses!(with(&manifest().set("requiredSplitTypes", "base__abi")), Error::Split);
    package(&manifest().set("isSplitRequired", Value::Boolean(false)));
}

#[test]
fn names_and_versions_that_android_would_not_take_are_refused() {
    refuses!(with(&manifest().set("package", "../etc")), Error::PackageName(_));
    refuses!(with(&manifest().set("package", "agent")), Error::PackageName(_));
    refuses!(with(&manifest().set("versionName", "1.0\n2")), Error::VersionName(_));
    refuses!(with(&manifest().set("versionCode", Value::Number(u32::MAX))), Error::Manifest(_));
    refuses!(with(&manifest().set("versionCode", Value::Reference(0x7f01_0000))), Error::Manifest(_));
    let preview = element("uses-sdk", &[("minSdkVersion", "Baklava".into())]);
    refuses!(with(&manifest().with(preview)), Error::Manifest(_));
}

#[test]
fn what_is_no_manifest_is_refused() {
    refuses!(signed(b""), Error::Manifest(_));
    refuses!(signed(b"<manifest package='a.b'/>"), Error::Manifest(_));
    refuses!(with(&element("application", &[])), Error::Manifest(_));
    refuses!(with(&element("manifest", &[])), Error::Manifest(_));
    let good = manifest().binary(true);
    for length in 0..good.len() {
        refuses!(signed(&good[..length]), Error::Manifest(_));
    }
    refuses!(signed(&[&good[..], b"more"].concat()), Error::Manifest(_));
}

#[test]
fn a_manifest_that_unpacks_to_something_else_than_it_says_is_refused() {
    let entry = || Entry::new("AndroidManifest.xml", &manifest().binary(false));
    for lie in
        [entry().both(|h| h.crc ^= 1), entry().both(|h| h.unpacked -= 1), entry().both(|h| h.unpacked += 1)]
    {
        refuses!(Zip::new(&[lie]).bytes(), Error::Untrue(_));
    }
    let garbage = Entry { data: vec![0xff; 50], ..entry().both(|h| h.packed = 50) };
    refuses!(Zip::new(&[garbage]).bytes(), Error::Untrue(_));
}
