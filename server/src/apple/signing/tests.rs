//! Certificates that OpenSSL made, and what is said to each.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics fails, as it should")]

use super::{
    super::{
        files::{self, Files},
        roots::Roots,
        tests::fake_apple::{FakeApple, TOPIC},
    },
    Accepted, Signer, check, moment,
};
use crate::system::SystemClock;
use muster_domain::{
    Timestamp,
    apple::{
        CertificateProblem::{self as Problem, *},
        CertificateWarning as Warning,
    },
    ports::Clock,
};
use muster_pki::certificate::Certificate;

fn now() -> Timestamp {
    SystemClock.now()
}

fn year() -> (Timestamp, Timestamp) {
    (now().plus(-1_000_000), now().plus_days(365))
}

fn read(ca: &FakeApple, names: &[&str], password: Option<&str>) -> files::Read {
    let files = names.iter().map(|name| ca.bytes(name)).collect();
    files::read(&Files { files, password: password.map(Into::into) })
}

/// With a root that devices know, or that the profile brings.
fn told(ca: &FakeApple, names: &[&str], public: bool) -> Result<Accepted, Vec<Problem>> {
    let root = ca.der("root");
    let roots = if public {
        Roots::of([root.as_slice()].into_iter(), &[])
    } else {
        Roots::of(std::iter::empty(), &[root])
    };
    check(read(ca, names, None), &roots, now())
}

fn problems(ca: &FakeApple, names: &[&str]) -> Vec<Problem> {
    told(ca, names, true).unwrap_err()
}

#[test]
fn the_servers_tls_certificate_signs_with_its_chain_and_without_the_root() {
    let ca = FakeApple::called("Example", now());
    ca.certificate("tls", "/CN=muster.example.org", year());
    ca.put("full.pem", [ca.text("tls.pem"), ca.text("authority.pem")].concat());
    ca.put(
        "all.pem",
        [ca.text("root.pem"), ca.text("tls.key"), ca.text("authority.pem"), ca.text("tls.pem")].concat(),
    );
    for names in [&["full.pem", "tls.key"][..], &["all.pem"], &["chain.pem", "tls.key", "tls.pem"]] {
        let accepted = told(&ca, names, true).unwrap();
        assert_eq!(accepted.warnings, [], "{names:?}");
        assert_eq!(accepted.certificate.chain.len(), 2, "{names:?}");
        assert_eq!(accepted.certificate.subject, "muster.example.org");
        assert_eq!(accepted.certificate.issuer, "Fake Application Integration");
    }
    for legacy in [false, true] {
        ca.openssl(&["x509", "-in", "tls.pem", "-out", "tls.pem"]);
        ca.pkcs12("tls", "geheim", legacy);
        let roots = Roots::of([ca.der("root").as_slice()].into_iter(), &[]);
        let with = |password| {
            check(read(&ca, &["tls.p12", "chain.pem"], password), &roots, now())
                .map(|a| a.certificate.chain.len())
        };
        assert_eq!(with(Some("geheim")), Ok(2), "legacy: {legacy}");
        assert_eq!(with(Some("x")), Err(vec![PasswordWrong]));
        assert_eq!(with(None), Err(vec![PasswordMissing]));
    }
}

#[test]
fn a_key_on_a_curve_signs_too_and_a_short_one_does_not() {
    let ca = FakeApple::called("Example", now());
    for curve in ["prime256v1", "secp384r1"] {
        let (key, pem) = (format!("{curve}.key"), format!("{curve}.pem"));
        ca.openssl(&["ecparam", "-name", curve, "-genkey", "-noout", "-out", &key]);
        ca.certificate(curve, "/CN=muster.example.org", year());
        let told = told(&ca, &[&pem, &key, "authority.pem"], true).unwrap();
        let chain = told.certificate.chain.iter().map(|der| Certificate::from_der(der).unwrap()).collect();
        let signer = Signer { chain, key: told.key };
        assert!(signer.sign(b"a profile", now()).is_ok(), "{curve}");
    }
    ca.openssl(&["ecparam", "-name", "secp521r1", "-genkey", "-noout", "-out", "other.key"]);
    ca.certificate("other", "/CN=muster.example.org", year());
    assert!(told(&ca, &["other.pem", "other.key", "authority.pem"], true).is_err());
    ca.openssl(&["genrsa", "-out", "short.key", "1024"]);
    ca.certificate("short", "/CN=muster.example.org", year());
    assert_eq!(problems(&ca, &["short.pem", "short.key", "authority.pem"]), [SigningKeyKind]);
}

#[test]
fn it_signs_no_longer_than_the_authority_that_issued_it_holds() {
    let ca = FakeApple::called("Example", now());
    ca.certificate("tls", "/CN=muster.example.org", (now().plus(-1_000_000), now().plus_days(9_000)));
    let certificate = told(&ca, &["tls.pem", "tls.key", "authority.pem"], true).unwrap().certificate;
    let ends = |der: &[u8]| moment(Certificate::from_der(der).unwrap().not_after());
    let [own, authority] = [0, 1].map(|n| ends(&certificate.chain[n]));
    assert!(authority < own && certificate.not_after == authority, "{authority:?} {own:?}");
}

#[test]
fn what_cannot_sign_is_refused_with_all_that_is_wrong() {
    let ca = FakeApple::called("Example", now());
    ca.certificate("tls", "/CN=muster.example.org", year());
    ca.push("push", TOPIC, year());
    ca.extended("encrypts", "/CN=mail.example.org", year(), "encryption");
    let early = (now().plus_days(2), now().plus_days(9));
    ca.certificate("early", "/CN=early.example.org", early);
    let chain = "chain.pem";
    let ended = problems_at(&ca, &["tls.pem", "tls.key", chain], now().plus_days(366));
    assert!(matches!(ended[..], [SigningEnded { .. }]), "{ended:?}");
    let all = problems_at(&ca, &["tls.pem", chain], now().plus_days(7001));
    assert!(
        matches!(all[..], [SigningKeyMissing, SigningEnded { .. }, ChainEnded { .. }]),
        "all at once: {all:?}"
    );
    assert!(matches!(problems(&ca, &["early.pem", "early.key", chain])[..], [NotYet { .. }]));
    assert_eq!(problems(&ca, &["tls.pem", chain]), [SigningKeyMissing]);
    assert_eq!(problems(&ca, &["tls.pem", "push.key", chain]), [KeyOther]);
    assert_eq!(problems(&ca, &["push.pem", "push.key", chain]), [NotForSigning]);
    let subject = |subject: &str| subject.to_owned();
    let authority = problems(&ca, &["authority.pem", "authority.key"]);
    assert_eq!(authority, [Authority { subject: subject("Fake Application Integration") }]);
    let usage = problems(&ca, &["encrypts.pem", "encrypts.key", chain]);
    assert_eq!(usage, [Usage { subject: subject("mail.example.org") }]);
    let missing = problems(&ca, &["tls.pem", "tls.key"]);
    assert_eq!(missing, [SigningChain { issuer: subject("Fake Application Integration") }]);
    assert_eq!(problems(&ca, &["tls.csr"]), [NoCertificate]);
    assert_eq!(problems(&ca, &["tls.key"]), [NoCertificate]);
}

fn problems_at(ca: &FakeApple, names: &[&str], at: Timestamp) -> Vec<Problem> {
    let roots = Roots::of([ca.der("root").as_slice()].into_iter(), &[]);
    check(read(ca, names, None), &roots, at).unwrap_err()
}

#[test]
fn a_root_that_not_all_devices_know_is_remarked_and_hinders_nothing() {
    let ca = FakeApple::called("Example", now());
    ca.certificate("tls", "/CN=muster.example.org", year());
    let remark = vec![Warning::Private { root: "Fake Root CA".into() }];
    let brought = told(&ca, &["tls.pem", "tls.key", "authority.pem"], false).unwrap();
    assert_eq!(
        (brought.warnings, brought.certificate.chain.len()),
        (remark.clone(), 2),
        "the profile brings it"
    );
    let unknown =
        check(read(&ca, &["tls.pem", "tls.key", "chain.pem"], None), &Roots::default(), now()).unwrap();
    assert_eq!((unknown.warnings, unknown.certificate.chain.len()), (remark, 2), "it came along");
    let nowhere = check(read(&ca, &["tls.pem", "tls.key", "authority.pem"], None), &Roots::default(), now());
    assert_eq!(nowhere.unwrap_err(), [SigningChain { issuer: "Fake Root CA".into() }]);
}

#[test]
fn a_machine_has_a_list_of_roots() {
    let roots = Roots::read(&[]);
    assert!(format!("{roots:?}").len() > 1000, "the package ca-certificates is there");
}

proptest::proptest! {
    #[test]
    fn a8_whatever_is_uploaded_is_read_or_refused(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..600)) {
        let read = files::read(&Files { files: vec![bytes], password: Some("x".into()) });
        assert!(check(read, &Roots::default(), now()).is_err());
    }
}
