//! Certificates and revocation lists, with OpenSSL on the other side (RFC 5280).

use crate::{
    foreign::{Bench, has},
    make::{Authority, authority_template, foreign_identity, now, pem, template},
};
use muster_pki::{
    algorithm::Digest,
    certificate::{self, AlternativeName, Certificate, IssueError, KeyUsage, Template},
    crl::{self, Reason, Revoked},
    key::{RsaSize, SigningKey},
    name::Attribute,
};

#[test]
fn what_we_issue_is_verified_by_openssl_and_says_what_the_template_says() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    let authority = Authority::new();
    bench.put("ca.pem", pem(&authority.certificate));
    let mut wanted = template("iPhone of Ann");
    wanted.alternative_names = vec![
        AlternativeName::Email("ann@example.com".into()),
        AlternativeName::Dns("phone.example.com".into()),
        AlternativeName::Uri("urn:uuid:1".into()),
    ];
    wanted.revocation_list = Some("https://mdm.example.com/crl/1".into());
    for key in [SigningKey::generate_rsa(RsaSize::Bits2048).unwrap(), SigningKey::generate_p256().unwrap()] {
        let issued = authority.issue(&wanted, &key);
        assert!(issued.issued_by(&authority.certificate));
        assert_eq!((issued.serial(), issued.subject()), (wanted.serial.as_bytes(), &wanted.subject));
        assert!(issued.holds_at(wanted.not_after) && !issued.holds_at(wanted.not_after + 1));
        assert!(issued.holds_at(wanted.not_before) && !issued.holds_at(wanted.not_before - 1));
        assert!(issued.allows(KeyUsage::DigitalSignature) && !issued.allows(KeyUsage::CrlSign));
        bench.put("issued.pem", pem(&issued));
        bench.run("openssl verify -x509_strict -check_ss_sig -CAfile ca.pem issued.pem");
        let text = bench.run("openssl x509 -in issued.pem -noout -text -nameopt utf8,sname");
        for part in [
            "Version: 3",
            "CN=iPhone of Ann",
            "O=Müller, Söhne",
            "CA:FALSE",
            "Digital Signature, Key Encipherment",
            "TLS Web Client Authentication",
            "email:ann@example.com, DNS:phone.example.com, URI:urn:uuid:1",
            "URI:https://mdm.example.com/crl/1",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let fingerprint = bench.run("openssl x509 -in issued.pem -noout -fingerprint -sha256");
        let ours: String = issued.fingerprint().iter().map(|b| format!("{b:02X}:")).collect();
        assert!(fingerprint.contains(ours.trim_end_matches(':')), "{fingerprint}");
    }
    let text = bench.run("openssl x509 -in ca.pem -noout -text");
    for part in ["CA:TRUE, pathlen:0", "Digital Signature, Certificate Sign, CRL Sign"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a8_no_extended_usage_is_no_extension() {
    let authority = Authority::new();
    let key = SigningKey::generate_p256().unwrap();
    let mut wanted = template("one");
    wanted.extended_usages.clear();
    wanted.usages.clear();
    let issued = authority.issue(&wanted, &key);
    assert_eq!(issued.extension(muster_pki::asn1::oid::EXTENDED_KEY_USAGE), None);
    assert_eq!(issued.extension(muster_pki::asn1::oid::KEY_USAGE), None);
}

#[test]
fn what_must_not_be_issued_is_not() {
    let authority = Authority::new();
    let key = SigningKey::generate_p256().unwrap();
    let issue = |template: &_, by: &Certificate, with: &SigningKey| {
        certificate::issue(template, key.public(), by, with).map(|_| ())
    };
    let ca = &authority.certificate;
    assert_eq!(issue(&template("one"), ca, &key), Err(IssueError::OtherKey));
    let other = authority.issue(&template("one"), &key);
    assert_eq!(issue(&template("two"), &other, &key), Err(IssueError::NotAuthority));
    let mut late = template("one");
    late.not_after = ca.not_after() + 1;
    assert_eq!(issue(&late, ca, &authority.key), Err(IssueError::Validity));
    let mut backwards = template("one");
    backwards.not_after = backwards.not_before - 1;
    assert_eq!(issue(&backwards, ca, &authority.key), Err(IssueError::Validity));
    for text in ["", "a\0b", "ä@example.com", "a b"] {
        let mut odd = template("one");
        odd.alternative_names = vec![AlternativeName::Email(text.into())];
        assert_eq!(issue(&odd, ca, &authority.key), Err(IssueError::Name), "{text}");
    }
}

#[test]
fn who_issued_is_told_by_the_signature_over_what_came() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    let (one, two) = (Authority::new(), Authority::new());
    let key = SigningKey::generate_rsa(RsaSize::Bits2048).unwrap();
    let issued = one.issue(&template("one"), &key);
    // The same name, another key.
    assert!(!issued.issued_by(&two.certificate));
    // A certificate issues nothing that is no authority's, or an authority's whose key is for something else.
    for (authority, usages) in [(false, vec![KeyUsage::CertificateSign]), (true, vec![KeyUsage::CrlSign])] {
        let odd = Template { authority, usages, ..template("odd") };
        let own = certificate::self_signed(&odd, &key).unwrap();
        assert!(own.signature_by(own.key()) && !own.issued_by(&own), "{authority}");
    }
    // Any byte of what is signed.
    let start = issued.as_der().windows(issued.tbs().len()).position(|w| w == issued.tbs()).unwrap();
    for at in start..start + issued.tbs().len() {
        let mut changed = issued.as_der().to_vec();
        changed[at] ^= 1;
        let taken = Certificate::from_der(&changed).is_ok_and(|c| c.issued_by(&one.certificate));
        assert!(!taken, "at {at}");
    }
    // What OpenSSL issues, with its own digests.
    let ca = foreign_identity(&bench, "ca", "ec");
    bench.run("openssl req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj /CN=leaf/UID=com.apple.mgmt.External.1");
    for digest in ["sha256", "sha384", "sha512"] {
        bench.run(&format!("openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -{digest} -outform DER -out leaf.der"));
        let leaf = Certificate::from_der(&bench.get("leaf.der")).unwrap();
        assert!(leaf.issued_by(&ca), "{digest}");
        assert_eq!(leaf.subject().values(Attribute::UserId), ["com.apple.mgmt.External.1"]);
    }
}

#[test]
fn an_authority_may_have_up_to_4096_bits() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    let key = SigningKey::generate_rsa(RsaSize::Bits4096).unwrap();
    let certificate = certificate::self_signed(&authority_template(), &key).unwrap();
    assert!(certificate.issued_by(&certificate));
    bench.put("ca.pem", pem(&certificate));
    bench.run("openssl verify -x509_strict -check_ss_sig -CAfile ca.pem ca.pem");
}

#[test]
fn revoked_certificates_are_refused_by_openssl_with_our_list() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    let authority = Authority::new();
    let key = SigningKey::generate_p256().unwrap();
    let (good, bad) = (authority.issue(&template("good"), &key), authority.issue(&template("bad"), &key));
    bench.put("ca.pem", pem(&authority.certificate));
    bench.put("good.pem", pem(&good));
    bench.put("bad.pem", pem(&bad));
    let revoked = [
        Revoked { serial: bad.serial().to_vec(), at: now() - 60, reason: Reason::CessationOfOperation },
        Revoked { serial: vec![1], at: now() - 60, reason: Reason::Unspecified },
    ];
    for entries in [&revoked[..], &[]] {
        let list =
            crl::list(entries, 7, now() - 30, now() + 3600, &authority.certificate, &authority.key).unwrap();
        bench.put("crl.der", &list);
        let text = bench.run("openssl crl -inform DER -in crl.der -CAfile ca.pem -noout -text");
        assert!(
            text.contains("verify OK") && text.contains("X509v3 CRL Number: \n                7"),
            "{text}"
        );
        bench.run("openssl crl -inform DER -in crl.der -out crl.pem");
        let verify = "openssl verify -x509_strict -crl_check -CRLfile crl.pem -CAfile ca.pem";
        bench.run(&format!("{verify} good.pem"));
        let (accepted, said) = bench.attempt(&format!("{verify} bad.pem"));
        assert_eq!(accepted, entries.is_empty(), "{said}");
        assert_eq!(text.contains("Cessation Of Operation"), !entries.is_empty());
    }
    assert_eq!(crl::list(&[], 1, 0, 1, &authority.certificate, &key), Err(IssueError::OtherKey));
    assert_eq!(crl::list(&[], 1, 0, 1, &good, &key), Err(IssueError::NotAuthority));
}

#[test]
fn a_key_identifier_is_the_one_that_openssl_writes() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    let certificate = foreign_identity(&bench, "one", "rsa");
    assert_eq!(certificate.subject_key(), Some(certificate.key().identifier().as_slice()));
    assert_eq!(certificate.key().identifier().len(), Digest::Sha1.of(&[]).len());
}
