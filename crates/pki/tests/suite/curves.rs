//! P-384 and RSASSA-PSS, with OpenSSL on the other side: authorities of companies and of the web have both.

use crate::{
    foreign::{Bench, has},
    make::{Authority, authority_template, pem, random, template},
};
use muster_pki::{
    algorithm::{Digest, Scheme},
    certificate::{self, Certificate},
    cms::{Content, Signature, SignedData, SignedError},
    key::{SigningKey, private_key_from_pem, write_pem},
    pkcs12, request,
};

const CONTENT: &[u8] = b"what is signed";

/// An authority and a certificate of it, by OpenSSL: `ca.key`, `ca.pem`, `leaf.key`, `leaf.pem`.
fn chain(bench: &Bench, kind: &str, signing: &str) -> (Certificate, Certificate) {
    bench.run(&format!(
        "openssl req -x509 -newkey {kind} -nodes -keyout ca.key -out ca.pem {signing} -days 9 -subj /CN=CA"
    ));
    bench.run(&format!("openssl req -newkey {kind} -nodes -keyout leaf.key -out leaf.csr -subj /CN=leaf"));
    bench.run(&format!(
        "openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -set_serial 2 {signing} -out leaf.pem"
    ));
    let read = |name: &str| {
        bench.run(&format!("openssl x509 -in {name}.pem -outform DER -out {name}.der"));
        Certificate::from_der(&bench.get(&format!("{name}.der"))).unwrap()
    };
    (read("ca"), read("leaf"))
}

#[test]
fn certificates_and_messages_of_openssl_on_p384_are_verified() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    bench.put("content", CONTENT);
    for digest in ["sha256", "sha384", "sha512"] {
        let (authority, leaf) = chain(&bench, "ec -pkeyopt ec_paramgen_curve:P-384", &format!("-{digest}"));
        assert!(leaf.issued_by(&authority) && authority.issued_by(&authority), "{digest}");
        assert!(!authority.issued_by(&leaf));
        for form in ["-nodetach", "-nodetach -noattr"] {
            bench.run(&format!("openssl cms -sign -binary -in content -signer leaf.pem -inkey leaf.key -md {digest} {form} -outform DER -out signed"));
            let signed = SignedData::parse(&bench.get("signed")).unwrap();
            assert_eq!(signed.verify(None, &[]).unwrap().content, CONTENT, "{digest} {form}");
        }
    }
}

#[test]
fn openssl_verifies_what_is_signed_on_p384() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    bench.put("content", CONTENT);
    let key = SigningKey::generate_p384().unwrap();
    let authority =
        Authority { certificate: certificate::self_signed(&authority_template(), &key).unwrap(), key };
    let key = SigningKey::generate_p384().unwrap();
    let leaf = authority.issue(&template("leaf"), &key);
    assert!(leaf.issued_by(&authority.certificate));
    bench.put("ca.pem", pem(&authority.certificate));
    bench.put("leaf.pem", pem(&leaf));
    bench.run("openssl verify -x509_strict -CAfile ca.pem leaf.pem");
    let text = bench.run("openssl x509 -in leaf.pem -noout -text");
    assert!(text.contains("ecdsa-with-SHA384") && text.contains("P-384"), "{text}");
    for wanted in Digest::ALL {
        let signature = Signature {
            certificate: &leaf,
            key: &key,
            digest: wanted,
            time: None,
            chain: &[],
            attributes: &[],
        };
        bench.put("signed", signature.sign(Content::Attached(CONTENT)).unwrap());
        bench.run("openssl cms -verify -binary -in signed -inform DER -CAfile ca.pem -purpose any -out out");
        assert_eq!(bench.get("out"), CONTENT);
    }
    bench.put("csr", request::make(leaf.subject(), &key, None).unwrap());
    bench.run("openssl req -in csr -inform DER -verify -noout");
}

#[test]
fn keys_on_p384_are_read_and_written_in_every_form() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    bench.run("openssl ecparam -name secp384r1 -genkey -noout -out sec1.pem");
    bench.run("openssl pkcs8 -topk8 -nocrypt -in sec1.pem -out pkcs8.pem");
    let read = |name: &str| private_key_from_pem(&String::from_utf8(bench.get(name)).unwrap()).unwrap();
    let key = read("sec1.pem");
    assert_eq!((key.scheme(), key.public()), (Scheme::Ecdsa, read("pkcs8.pem").public()));
    bench.put("again.pem", write_pem("PRIVATE KEY", &key.to_pkcs8().unwrap()));
    bench.run("openssl pkey -in again.pem -check -noout");
    bench.run("openssl req -x509 -key sec1.pem -out own.pem -days 9 -subj /CN=own");
    bench.run("openssl pkcs12 -export -inkey sec1.pem -in own.pem -out file.p12 -passout pass:x");
    let identity = pkcs12::read(&bench.get("file.p12"), "x").unwrap();
    assert_eq!(identity.key.public(), key.public());
    bench.put("ours.p12", pkcs12::write(&key, &identity.certificate, &[], "x", &mut random).unwrap());
    bench.run("openssl pkcs12 -in ours.p12 -passin pass:x -noenc -out out.pem");
    bench.run("openssl pkey -in out.pem -check -noout");
}

#[test]
fn pss_of_openssl_is_verified_and_nothing_that_is_not_as_its_digest_asks_for() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    bench.put("content", CONTENT);
    for (digest, salt) in [("sha256", 32), ("sha384", 48), ("sha512", 64)] {
        let signing = |salt: usize, mask: &str| {
            format!(
                "-{digest} -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:{salt} -sigopt rsa_mgf1_md:{mask}"
            )
        };
        let (authority, leaf) = chain(&bench, "rsa:2048", &signing(salt, digest));
        assert!(leaf.issued_by(&authority), "{digest}");
        let mut changed = leaf.as_der().to_vec();
        *changed.last_mut().unwrap() ^= 1;
        assert!(!Certificate::from_der(&changed).unwrap().issued_by(&authority));
        for form in ["-nodetach", "-nodetach -noattr"] {
            let line = format!(
                "openssl cms -sign -binary -in content -signer leaf.pem -inkey leaf.key -md {digest} {form} -keyopt rsa_padding_mode:pss -outform DER -out signed"
            );
            bench.run(&format!("{line} -keyopt rsa_pss_saltlen:{salt}"));
            let signed = SignedData::parse(&bench.get("signed")).unwrap();
            let verified = signed.verify(None, &[]).unwrap();
            assert_eq!((verified.content, verified.signer), (CONTENT, &leaf));
            bench.run(&format!("{line} -keyopt rsa_pss_saltlen:20"));
            let refused = SignedData::parse(&bench.get("signed")).unwrap_err();
            assert!(matches!(refused, SignedError::Algorithm(_)), "{refused}");
        }
        for other in [signing(20, digest), signing(salt, "sha1")] {
            let (authority, leaf) = chain(&bench, "rsa:2048", &other);
            assert!(!leaf.issued_by(&authority), "{other}");
        }
    }
}
