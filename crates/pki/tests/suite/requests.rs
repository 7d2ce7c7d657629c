//! Certificate requests of other programs (RFC 2986).

use crate::{
    foreign::{Bench, has},
    make::name,
};
use muster_pki::{
    key::{RsaSize, SigningKey, WeakKey},
    request::{self, CertificateRequest, RequestError},
};

const CONFIGURATION: &str = "
[req]
prompt = no
distinguished_name = dn
attributes = attributes
req_extensions = extensions
[dn]
CN = administrator
[attributes]
challengePassword = s3cret/ü
unstructuredName = something else
[extensions]
basicConstraints = critical,CA:TRUE
keyUsage = keyCertSign
subjectAltName = DNS:mail.example.com,otherName:1.2.3.4;UTF8:odd
1.2.3.4.5 = ASN1:NULL
";

#[test]
fn a3_what_a_request_asks_for_is_read_past_and_its_challenge_is_found() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    bench.put("openssl.cnf", CONFIGURATION);
    for digest in ["sha1", "sha256", "sha384", "sha512"] {
        bench.run(&format!(
            "openssl req -new -newkey rsa:2048 -nodes -keyout key.pem -config openssl.cnf -utf8 -{digest} -outform DER -out request"
        ));
        let request = CertificateRequest::from_device(&bench.get("request")).unwrap();
        assert_eq!(request.challenge(), Some("s3cret/ü"), "{digest}");
        assert_eq!(request.subject().to_string(), "CN=administrator");
        assert_eq!(request.key().rsa_bits(), Some(2048));
    }
}

#[test]
fn a8_keys_outside_the_list_are_refused() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    for (make, refusal) in [
        ("genrsa -out key.pem 1024", WeakKey::Bits(1024)),
        ("genrsa -out key.pem 2040", WeakKey::Bits(2040)),
        ("genrsa -out key.pem 4104", WeakKey::Bits(4104)),
        ("genrsa -3 -out key.pem 2048", WeakKey::Exponent),
        ("ecparam -name prime256v1 -genkey -noout -out key.pem", WeakKey::NotRsa),
        ("genpkey -algorithm ED25519 -out key.pem", WeakKey::NotRsa),
    ] {
        bench.run(&format!("openssl {make}"));
        bench.run("openssl req -new -key key.pem -subj /CN=x -outform DER -out request");
        let refused = CertificateRequest::from_device(&bench.get("request")).map(|_| ());
        let unknown = matches!(refused, Err(RequestError::Algorithm(_))) && make.contains("ED25519");
        assert!(refused == Err(RequestError::Key(refusal)) || unknown, "{make}: {refused:?}");
    }
    bench.run("openssl genrsa -out key.pem 4096");
    bench.run("openssl req -new -key key.pem -subj /CN=x -outform DER -out request");
    assert!(CertificateRequest::from_device(&bench.get("request")).is_ok());
}

#[test]
fn attributes_in_the_order_in_which_strongswan_signs_them_are_accepted() {
    if !has("pki") || !has("openssl") {
        return;
    }
    let bench = Bench::new();
    bench.run("openssl genrsa -traditional -out key.pem 2048");
    bench.run("openssl rsa -in key.pem -outform DER -out key.der -traditional");
    let out = std::process::Command::new("pki")
        .args(["--req", "--in", "key.der", "--type", "rsa", "--dn", "CN=phone", "--san", "a@example.com"])
        .args(["--password", "s3cret", "--outform", "der"])
        .current_dir(bench.folder())
        .output()
        .unwrap();
    let request = CertificateRequest::from_device(&out.stdout).unwrap();
    assert_eq!(request.challenge(), Some("s3cret"));
}

#[test]
fn what_we_ask_for_is_verified_by_openssl() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    for key in [SigningKey::generate_rsa(RsaSize::Bits2048).unwrap(), SigningKey::generate_p256().unwrap()] {
        for challenge in [None, Some("plain"), Some("ü_@")] {
            bench.put("request", request::make(&name("push"), &key, challenge).unwrap());
            let text = bench.run("openssl req -verify -inform DER -in request -noout -text -nameopt utf8");
            assert!(text.contains("verify OK"), "{text}");
        }
    }
}

#[test]
fn a_request_that_another_key_signed_is_refused() {
    let (one, two) = (
        SigningKey::generate_rsa(RsaSize::Bits2048).unwrap(),
        SigningKey::generate_rsa(RsaSize::Bits2048).unwrap(),
    );
    let own = request::make(&name("x"), &one, Some("s3cret")).unwrap();
    let other = request::make(&name("x"), &two, Some("s3cret")).unwrap();
    let request = CertificateRequest::from_device(&own).unwrap();
    assert_eq!(request.challenge(), Some("s3cret"));
    // The one's request with the other's signature.
    let mut mixed = own.clone();
    let start = mixed.len() - 256;
    mixed[start..].copy_from_slice(&other[other.len() - 256..]);
    assert_eq!(CertificateRequest::from_device(&mixed).unwrap_err(), RequestError::Signature);
    // Another challenge under the same signature.
    let at = own.windows(6).position(|w| w == b"s3cret").unwrap();
    let mut changed = own;
    changed[at] = b'S';
    assert_eq!(CertificateRequest::from_device(&changed).unwrap_err(), RequestError::Signature);
}
