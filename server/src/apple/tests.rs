//! Certificates that OpenSSL made, and what is said to each.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics fails, as it should")]

#[path = "../../tests/suite/fake_apple.rs"]
pub(super) mod fake_apple;

use super::{
    check::{self, Accepted, Here, Owner},
    files::{self, Files},
};
use crate::system::SystemClock;
use fake_apple::{FakeApple, OTHER, TOPIC};
use muster_domain::{
    Timestamp,
    apple::{
        CertificateProblem::{self as Problem, *},
        CertificateWarning as Warning, PushCertificate,
    },
    ports::Clock,
};
use muster_pki::key::{PublicKey, RsaSize, SigningKey};

fn now() -> Timestamp {
    SystemClock.now()
}

fn year() -> (Timestamp, Timestamp) {
    (now().plus_days(0).plus(-1_000_000), now().plus_days(365))
}

fn uploaded(apple: &FakeApple, names: &[&str], password: Option<&str>) -> Files {
    Files { files: names.iter().map(|name| apple.bytes(name)).collect(), password: password.map(Into::into) }
}

fn nothing_here() -> Here<'static> {
    Here { now: now(), present: None, keys: Vec::new(), topics: Vec::new(), account: None, cut_off: None }
}

fn push(apple: &FakeApple, names: &[&str], here: &Here<'_>) -> Result<Accepted, Vec<Problem>> {
    check::push(&files::read(&uploaded(apple, names, None)), here)
}

fn problems(apple: &FakeApple, names: &[&str], here: &Here<'_>) -> Vec<Problem> {
    push(apple, names, here).unwrap_err()
}

fn public(apple: &FakeApple, key: &str) -> PublicKey {
    muster_pki::key::private_key_from_pem(&apple.text(key)).unwrap().public().clone()
}

#[test]
fn apples_answer_to_the_request_needs_nothing_else() {
    let apple = FakeApple::new(now());
    let holds = year();
    apple.push("a", TOPIC, holds);
    let keys = vec![(Owner::Request, public(&apple, "a.key"))];
    let accepted = push(&apple, &["a.pem"], &Here { keys, ..nothing_here() }).unwrap();
    assert_eq!((accepted.owner, &accepted.warnings[..]), (Owner::Request, &[][..]));
    let PushCertificate { topic, serial, chain, not_after, .. } = accepted.certificate;
    assert_eq!((topic.as_str(), chain.len()), (TOPIC, 1));
    let told = apple.openssl(&["x509", "-in", "a.pem", "-noout", "-serial"]);
    assert_eq!(told.trim().strip_prefix("serial=").unwrap().to_lowercase(), serial);
    assert_eq!(not_after.seconds(), holds.1.seconds());
}

#[test]
fn a_certificate_comes_with_its_key_in_one_file_in_two_or_in_pkcs12() {
    let apple = FakeApple::new(now());
    apple.push("a", TOPIC, year());
    apple.put("both.pem", [apple.text("a.key"), apple.text("a.pem")].concat());
    apple.openssl(&["x509", "-in", "a.pem", "-outform", "DER", "-out", "a.cer"]);
    for names in [&["both.pem"][..], &["a.pem", "a.key"], &["a.key", "a.cer"], &["both.pem", "a.key"]] {
        let accepted = push(&apple, names, &nothing_here()).unwrap();
        assert_eq!(accepted.owner, Owner::File(0), "{names:?}");
    }
    for legacy in [false, true] {
        apple.pkcs12("a", "geheim ü", legacy);
        let with = |password| {
            check::push(&files::read(&uploaded(&apple, &["a.p12"], password)), &nothing_here())
                .map(|a| a.owner)
        };
        assert_eq!(with(Some("geheim ü")), Ok(Owner::File(0)), "legacy: {legacy}");
        assert_eq!(with(Some("another")), Err(vec![PasswordWrong]));
        assert_eq!(with(None), Err(vec![PasswordMissing]));
    }
}

#[test]
fn a17_what_is_no_usable_push_certificate_is_refused_with_its_reason() {
    let apple = FakeApple::new(now());
    apple.push("a", TOPIC, year());
    apple.certificate("tls", "/CN=mail.example.org/O=Example", year());
    apple.certificate("app", "/UID=com.example.app/CN=Apple Push Services: com.example.app", year());
    apple.put("words.pem", "Dear Apple,\n");
    apple.put("pixels.p12", [0x89, b'P', b'N', b'G', 0, 1, 2]);
    apple.put("empty.pem", "");
    apple.put("half.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n");
    apple.put("large.pem", vec![b' '; files::MOST_BYTES + 1]);
    apple.put("request.txt", "PD94bWwgdmVyc2lvbj0iMS4wIiBlbmNvZGluZz0iVVRGLTgiPz4=");
    apple.openssl(&["rsa", "-in", "a.key", "-aes256", "-passout", "pass:secret", "-out", "locked.key"]);
    apple.openssl(&["pkcs8", "-topk8", "-in", "a.key", "-passout", "pass:secret", "-out", "locked8.key"]);
    let here = nothing_here();
    let subject = |subject: &str| vec![NotForMdm { subject: subject.into() }];
    assert_eq!(problems(&apple, &["a.pem"], &here), [KeyMissing]);
    assert_eq!(problems(&apple, &["a.pem", "tls.key"], &here), [KeyOther]);
    assert_eq!(problems(&apple, &["a.pem", "locked.key"], &here), [KeyEncrypted]);
    assert_eq!(problems(&apple, &["a.pem", "locked8.key"], &here), [KeyEncrypted]);
    assert_eq!(problems(&apple, &["a.pem", "a.key", "tls.key"], &here), [ManyKeys]);
    assert_eq!(problems(&apple, &["a.csr"], &here), [Request]);
    assert_eq!(problems(&apple, &["request.txt"], &here), [Request]);
    assert_eq!(problems(&apple, &["tls.pem", "tls.key"], &here), subject("O=Example,CN=mail.example.org"));
    let app = "CN=Apple Push Services: com.example.app,UID=com.example.app";
    assert_eq!(problems(&apple, &["app.pem", "app.key"], &here), subject(app));
    assert_eq!(problems(&apple, &["a.key"], &here), [NoCertificate]);
    assert_eq!(problems(&apple, &[], &here), [NoCertificate]);
    for file in ["words.pem", "pixels.p12", "empty.pem", "half.pem"] {
        assert_eq!(problems(&apple, &[file], &here), [Unreadable], "{file}");
    }
    assert_eq!(problems(&apple, &["large.pem"], &here), [Large]);
    assert_eq!(problems(&apple, &["a.pem"; 9], &here), [Large]);
}

#[test]
fn a17_a_certificate_that_does_not_hold_now_is_refused() {
    let apple = FakeApple::new(now());
    let (ended, later) = (now().plus(-1_000_000), now().plus_days(2));
    apple.push("old", TOPIC, (now().plus(-365 * muster_domain::time::DAY), ended));
    apple.push("new", TOPIC, (later, now().plus_days(365)));
    let second = |at: Timestamp| Timestamp(at.seconds() * 1_000_000);
    assert_eq!(problems(&apple, &["old.pem", "old.key"], &nothing_here()), [Expired { at: second(ended) }]);
    assert_eq!(problems(&apple, &["new.pem", "new.key"], &nothing_here()), [NotYet { from: second(later) }]);
}

#[test]
fn a17_all_that_is_wrong_is_named_at_once() {
    let apple = FakeApple::new(now());
    apple.push("a", TOPIC, year());
    apple.push("old", OTHER, (now().plus(-365 * muster_domain::time::DAY), now().plus(-1_000_000)));
    let present = push(&apple, &["a.pem", "a.key"], &nothing_here()).unwrap().certificate;
    let here = Here {
        present: Some(&present),
        topics: vec![(TOPIC.into(), 3), ("com.apple.mgmt.External.third".into(), 0)],
        ..nothing_here()
    };
    let all = problems(&apple, &["old.pem"], &here);
    assert!(matches!(&all[..], [KeyMissing, Expired { .. }, OtherTopic { devices: 3, .. }]), "{all:?}");
}

#[test]
fn a17_a_renewal_keeps_the_topic_unless_the_number_of_devices_is_named() {
    let apple = FakeApple::new(now());
    apple.push("a", TOPIC, year());
    apple.push("renewed", TOPIC, (year().0, now().plus_days(400)));
    apple.push("other", OTHER, year());
    let account = Some("it@example.org".to_owned());
    let first = push(&apple, &["a.pem", "a.key"], &Here { account, ..nothing_here() }).unwrap().certificate;
    let topics = || vec![(TOPIC.into(), 4), (OTHER.into(), 2)];
    let here = |cut_off| Here { present: Some(&first), topics: topics(), cut_off, ..nothing_here() };

    let renewed = push(&apple, &["renewed.pem", "renewed.key"], &here(None)).unwrap();
    assert_eq!(renewed.warnings, []);
    assert_eq!(renewed.certificate.account, first.account, "noted once, it stays noted");
    let other = Here { account: Some("other@example.org".into()), ..here(None) };
    let warned = push(&apple, &["renewed.pem", "renewed.key"], &other).unwrap().warnings;
    assert_eq!(warned, [Warning::Account { before: "it@example.org".into() }]);

    for cut_off in [None, Some(0), Some(3)] {
        let refused = problems(&apple, &["other.pem", "other.key"], &here(cut_off));
        assert_eq!(refused, [OtherTopic { present: TOPIC.into(), new: OTHER.into(), devices: 4 }]);
    }
    let taken = push(&apple, &["other.pem", "other.key"], &here(Some(4))).unwrap();
    assert_eq!(taken.warnings[0], Warning::CutOff { devices: 4 });
    // The one from before, by mistake.
    let present = Here { present: Some(&renewed.certificate), ..nothing_here() };
    let again = push(&apple, &["a.pem", "a.key"], &present).unwrap();
    assert!(matches!(again.warnings[..], [Warning::Older { .. }]), "{:?}", again.warnings);
}

#[test]
fn of_several_certificates_the_one_whose_key_is_here_is_meant_and_of_those_the_newest() {
    let apple = FakeApple::new(now());
    apple.push("a", TOPIC, year());
    apple.push("foreign", OTHER, (year().0, now().plus_days(800)));
    apple.put("newer.key", apple.bytes("a.key"));
    let end = now().plus_days(500);
    apple.push("newer", TOPIC, (year().0, end));
    let names = ["foreign.pem", "a.pem", "newer.pem", "a.key", "chain.pem"];
    let accepted = push(&apple, &names, &nothing_here()).unwrap().certificate;
    assert_eq!((accepted.topic.as_str(), accepted.not_after.seconds()), (TOPIC, end.seconds()));
    assert_eq!(accepted.chain.len(), 3, "with the chain that came along");
}

#[test]
fn an_unknown_chain_is_told_and_hinders_nothing() {
    let apple = FakeApple::new(now());
    apple.push("a", TOPIC, year());
    let root = push(&apple, &["a.pem", "a.key", "chain.pem"], &nothing_here()).unwrap();
    assert_eq!(root.warnings, [Warning::Chain { issuer: "Fake Root CA".into() }], "not Apple's root");
    let other = FakeApple::called("Example", now());
    other.push("a", TOPIC, year());
    let told = push(&other, &["a.pem", "a.key"], &nothing_here()).unwrap();
    assert_eq!(told.warnings, [Warning::Chain { issuer: "Fake Application Integration".into() }]);
}

fn vendor(apple: &FakeApple, names: &[&str], at: Timestamp) -> Result<usize, Vec<Problem>> {
    check::vendor(files::read(&uploaded(apple, names, None)), at).map(|(vendor, ..)| vendor.chain.len())
}

#[test]
fn a_vendor_certificate_has_its_key_and_its_chain_and_holds_now() {
    let apple = FakeApple::new(now());
    apple.vendor("v", year());
    apple.push("a", TOPIC, year());
    apple.put(
        "bundle.pem",
        [apple.text("root.pem"), apple.text("v.pem"), apple.text("authority.pem")].concat(),
    );
    assert_eq!(vendor(&apple, &["v-chain.pem", "v.key"], now()), Ok(3));
    assert_eq!(vendor(&apple, &["bundle.pem", "v.key"], now()), Ok(3), "in any order");
    assert_eq!(vendor(&apple, &["v-chain.pem"], now()), Err(vec![VendorKeyMissing]));
    assert_eq!(vendor(&apple, &["v-chain.pem", "a.key"], now()), Err(vec![KeyOther]));
    let missing = |issuer: &str| Err(vec![ChainIncomplete { issuer: issuer.into() }]);
    assert_eq!(vendor(&apple, &["v.pem", "v.key"], now()), missing("Fake Application Integration"));
    assert_eq!(vendor(&apple, &["v.pem", "authority.pem", "v.key"], now()), missing("Fake Root CA"));
    let all = vendor(&apple, &["a.pem", "chain.pem", "a.key"], now());
    assert_eq!(all, Err(vec![NotVendor]));
    let late = vendor(&apple, &["v-chain.pem", "v.key"], now().plus_days(366)).unwrap_err();
    assert!(matches!(late[..], [VendorEnded { .. }]), "{late:?}");
    let very_late = vendor(&apple, &["v-chain.pem", "v.key"], now().plus_days(7200)).unwrap_err();
    let name = "Fake Application Integration".to_owned();
    assert!(matches!(&very_late[..], [VendorEnded { .. }, ChainEnded { name: ended }] if *ended == name));
}

#[test]
fn a_key_that_apple_does_not_take_is_refused() {
    let apple = FakeApple::new(now());
    apple.openssl(&["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "ec.key"]);
    apple.push("ec", TOPIC, year());
    assert_eq!(problems(&apple, &["ec.pem", "ec.key"], &nothing_here()), [KeyKind]);
    apple.put("ecv.key", apple.bytes("ec.key"));
    apple.vendor("ecv", year());
    assert_eq!(vendor(&apple, &["ecv-chain.pem", "ecv.key"], now()), Err(vec![KeyKind]));
}

#[test]
fn what_is_printed_for_debugging_holds_no_key_and_no_password() {
    let key = SigningKey::generate_rsa(RsaSize::Bits2048).unwrap().to_pkcs8().unwrap().to_vec();
    let files = Files { files: vec![key], password: Some("geheim".into()) };
    assert_eq!(format!("{files:?}"), "Files(1)");
}

#[test]
fn what_a_locked_file_may_hold_is_not_called_missing() {
    let apple = FakeApple::new(now());
    apple.push("a", TOPIC, year());
    apple.pkcs12("a", "geheim", false);
    let said =
        |names: &[&str]| check::push(&files::read(&uploaded(&apple, names, Some("x"))), &nothing_here());
    assert_eq!(said(&["a.p12", "chain.pem"]).unwrap_err(), [PasswordWrong]);
    assert_eq!(said(&["a.p12", "a.pem"]).unwrap_err(), [PasswordWrong]);
    let files = files::read(&uploaded(&apple, &["a.p12", "chain.pem"], Some("x")));
    assert_eq!(check::vendor(files, now()).unwrap_err(), [PasswordWrong]);
}

proptest::proptest! {
    #[test]
    fn a8_whatever_is_uploaded_is_read_or_refused(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..600), text in "(-----BEGIN [A-Z ]{1,20}-----\n[A-Za-z0-9+/=\n]{0,80})?.{0,200}") {
        for file in [bytes, text.into_bytes()] {
            let uploaded = Files { files: vec![file], password: Some("x".into()) };
            assert!(check::push(&files::read(&uploaded), &nothing_here()).is_err());
            assert!(check::vendor(files::read(&uploaded), now()).is_err());
        }
    }
}
