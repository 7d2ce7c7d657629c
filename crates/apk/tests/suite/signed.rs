//! Packages that Debian's `apksigner` signs with OpenSSL's keys: both give the same verdict and the same certificates.

use crate::kit::{
    foreign::{Bench, has, hex, npm},
    read, refused, zip,
};
use muster_apk::{Error, Scheme};

const PROGRAMS: &[&str] = &["apksigner", "openssl"];
/// Which schemes it signs with.
pub const V1: &str = "--v1-signing-enabled true --v2-signing-enabled false --v3-signing-enabled false";
const V2: &str = "--v1-signing-enabled false --v2-signing-enabled true --v3-signing-enabled false";
const V3: &str = "--v1-signing-enabled false --v2-signing-enabled false --v3-signing-enabled true";
const V23: &str = "--v1-signing-enabled false --v2-signing-enabled true --v3-signing-enabled true";
const ALL: &str = "--v1-signing-enabled true --v2-signing-enabled true --v3-signing-enabled true";
/// Kinds of keys, as OpenSSL makes them.
const RSA_2048: &str = "-algorithm RSA -pkeyopt rsa_keygen_bits:2048";
const RSA_4096: &str = "-algorithm RSA -pkeyopt rsa_keygen_bits:4096";
pub const P256: &str = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256";
const P384: &str = "-algorithm EC -pkeyopt ec_paramgen_curve:P-384";
const P521: &str = "-algorithm EC -pkeyopt ec_paramgen_curve:P-521";

/// A bench with an unsigned package.
pub fn bench() -> Bench {
    let bench = Bench::new();
    bench.put("in.apk", zip::Zip::new(&zip::entries()).bytes());
    bench
}

pub fn by(name: &str) -> String {
    format!("--key {name}.pk8 --cert {name}.pem")
}

#[test]
fn every_kind_of_key_is_verified_in_every_scheme() {
    if !has(PROGRAMS) {
        return;
    }
    // RSA of 4096 bits and the larger curves go with SHA-512.
    let keys = [("rsa2048", RSA_2048), ("rsa4096", RSA_4096), ("p256", P256), ("p384", P384), ("p521", P521)];
    for (name, how) in keys {
        let bench = bench();
        bench.key(name, how);
        let expected = bench.fingerprint(name);
        for (schemes, scheme) in [(V2, Scheme::V2), (V3, Scheme::V3), (ALL, Scheme::V3)] {
            // Without v2 it refuses to sign for older phones.
            let since = if schemes == V3 { "--min-sdk-version 28" } else { "" };
            let signed = bench.apksigner(&format!("{schemes} {since} {}", by(name)));
            let package = read(&signed).unwrap_or_else(|e| panic!("{name}, {schemes}: {e}"));
            assert_eq!((package.signed, package.certificates.len()), (scheme, 1), "{name}, {schemes}");
            assert_eq!(hex(&package.certificates[0]), expected);
            assert_eq!(package.admin_receiver.as_deref(), Some("com.example.agent/com.example.agent.Admin"));
        }
    }
}

#[test]
fn the_jar_scheme_alone_is_refused_and_so_is_no_signature() {
    if !has(PROGRAMS) {
        return;
    }
    let bench = bench();
    bench.key("old", RSA_2048);
    let signed = bench.apksigner(&format!("{V1} --min-sdk-version 21 {}", by("old")));
    let said = refused(&signed);
    assert!(matches!(said, Error::JarAlone), "{said:?}");
    assert!(said.to_string().contains("sign it with v2 or later"));
    assert!(matches!(refused(bench.get("in.apk")), Error::NotSigned));
}

#[test]
fn a_key_that_is_too_short_is_refused_though_android_takes_it() {
    if !has(PROGRAMS) {
        return;
    }
    let bench = bench();
    bench.key("short", "-algorithm RSA -pkeyopt rsa_keygen_bits:1024");
    let signed = bench.apksigner(&format!("{V2} {}", by("short")));
    let said = refused(&signed);
    assert!(matches!(said, Error::Key), "{said:?}");
}

#[test]
fn two_signers_are_taken_in_v2_as_android_does() {
    if !has(PROGRAMS) {
        return;
    }
    let bench = bench();
    bench.key("one", P256);
    bench.key("two", RSA_2048);
    // Two keys in v3 would be a rotation without a lineage.
    let signed = bench.apksigner(&format!("{V2} {} --next-signer {}", by("one"), by("two")));
    let package = read(&signed).unwrap();
    let expected = [bench.fingerprint("one"), bench.fingerprint("two")];
    assert_eq!(package.certificates.iter().map(|c| hex(c)).collect::<Vec<_>>(), expected);
    let (taken, said) = bench.verify(&signed, "");
    assert!(taken && expected.iter().all(|one| said.contains(one)), "{said}");
}

#[test]
fn a_rotated_key_is_known_by_its_whole_lineage() {
    if !has(PROGRAMS) {
        return;
    }
    let bench = bench();
    for name in ["first", "second", "third"] {
        bench.key(name, P256);
    }
    let old_and_new = |old, new| format!("--old-signer {} --new-signer {}", by(old), by(new));
    bench.run(&format!("apksigner rotate --out one.bin {}", old_and_new("first", "second")));
    bench.run(&format!("apksigner rotate --in one.bin --out two.bin {}", old_and_new("second", "third")));
    let signers = format!("{} --next-signer {} --next-signer {}", by("first"), by("second"), by("third"));
    let signed = bench.apksigner(&format!("{V23} --lineage two.bin {signers}"));
    let package = read(&signed).unwrap();
    assert_eq!(package.signed, Scheme::V3);
    let expected = ["first", "second", "third"].map(|name| bench.fingerprint(name));
    assert_eq!(package.certificates.iter().map(|c| hex(c)).collect::<Vec<_>>(), expected);
    // What Android's set-up compares with is the oldest, whatever the phone's version.
    let (taken, said) = bench.verify(&signed, "--max-sdk-version 27");
    assert!(taken && said.contains(&expected[0]), "{said}");
    let (taken, said) = bench.verify(&signed, "--min-sdk-version 28");
    assert!(taken && said.contains(&expected[2]), "{said}");
}

#[test]
fn a_real_package_signed_anew_has_the_new_certificate() {
    if !has(PROGRAMS) {
        return;
    }
    let Some(path) = npm(crate::real::SERVER_TEST) else { return };
    let bench = Bench::new();
    bench.put("in.apk", std::fs::read(path).unwrap());
    bench.key("new", RSA_2048);
    let package = read(&bench.apksigner(&by("new"))).unwrap();
    assert_eq!(package.certificates.iter().map(|c| hex(c)).collect::<Vec<_>>(), [bench.fingerprint("new")]);
    assert_eq!(package.name, "io.appium.uiautomator2.server.test");
}
