//! What a client learns first (RFC 8894, sections 3.5 and 4.2), and what OpenSSL reads in it.

use crate::{
    authority::Authority,
    foreign::{Bench, has},
};
use muster_scep::authority::{CAPABILITIES, certificates};

#[test]
fn get_ca_cert_is_one_certificate_or_a_chain() {
    let authority = Authority::new();
    assert_eq!(certificates(&[]), None);
    let (kind, bytes) = certificates(std::slice::from_ref(&authority.certificate)).unwrap();
    assert_eq!((kind, bytes.as_slice()), ("application/x-x509-ca-cert", authority.certificate.as_der()));
    let both = [authority.certificate.clone(), authority.recipient.clone()];
    let (kind, bytes) = certificates(&both).unwrap();
    assert_eq!(kind, "application/x-x509-ca-ra-cert");
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    bench.put("chain.p7b", bytes);
    let text = bench.run("openssl pkcs7 -inform DER -in chain.p7b -print_certs -noout");
    assert!(text.find("Acme CA") < text.find("Acme SCEP envelopes"), "{text}");
}

#[test]
fn capabilities_are_keywords_one_a_line() {
    for keyword in
        ["AES", "DES3", "POSTPKIOperation", "Renewal", "SHA-1", "SHA-256", "SHA-512", "SCEPStandard"]
    {
        assert!(CAPABILITIES.lines().any(|line| line == keyword), "{keyword}");
    }
    assert!(CAPABILITIES.is_ascii() && CAPABILITIES.ends_with('\n'));
}
