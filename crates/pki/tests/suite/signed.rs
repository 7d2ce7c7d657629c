//! SignedData, with OpenSSL on the other side (RFC 5652, section 5).

use crate::{
    foreign::{Bench, has},
    make::{Authority, foreign_identity, now, pem, template},
};
use muster_pki::{
    algorithm::Digest,
    asn1::{oid, write},
    certificate::ExtendedUsage,
    cms::{self, Content, Signature, SignedData, SignedError},
    key::{RsaSize, SigningKey},
};

const CONTENT: &[u8] = b"<plist><dict/></plist>\r\nwith a line\n";

const DIGESTS: [(&str, Digest); 4] = [
    ("sha1", Digest::Sha1),
    ("sha256", Digest::Sha256),
    ("sha384", Digest::Sha384),
    ("sha512", Digest::Sha512),
];

#[test]
fn what_openssl_signs_is_verified_in_every_form() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    bench.put("content", CONTENT);
    for kind in ["rsa", "ec"] {
        let signer = foreign_identity(&bench, kind, kind);
        for (name, digest) in DIGESTS {
            for form in [
                "",
                "-noattr",
                "-keyid",
                "-nodetach",
                "-nodetach -noattr",
                "-nodetach -stream",
                "-nodetach -stream -keyid",
            ] {
                bench.run(&format!(
                    "openssl cms -sign -binary -in content -signer {kind}.pem -inkey {kind}.key -md {name} {form} -outform DER -out signed"
                ));
                let what = format!("{kind} {name} {form}");
                let signed =
                    SignedData::parse(&bench.get("signed")).unwrap_or_else(|e| panic!("{what}: {e}"));
                let attached = form.contains("-nodetach");
                assert_eq!(signed.is_attached(), attached, "{what}");
                let beside = (!attached).then_some(CONTENT);
                let verified = signed.verify(beside, &[]).unwrap_or_else(|e| panic!("{what}: {e}"));
                assert_eq!((verified.signer, verified.digest, verified.content), (&signer, digest, CONTENT));
                if !attached {
                    let other = signed.verify(Some(b"another body"), &[]).unwrap_err();
                    let expected =
                        if form == "-noattr" { SignedError::Signature } else { SignedError::Digest };
                    assert_eq!(other, expected, "{what}");
                    assert_eq!(signed.verify(None, &[]).unwrap_err(), SignedError::Content);
                } else {
                    assert_eq!(signed.verify(Some(CONTENT), &[]).unwrap_err(), SignedError::Content);
                }
            }
        }
    }
}

#[test]
fn a7_two_signers_and_none_are_refused() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    bench.put("content", CONTENT);
    let one = foreign_identity(&bench, "one", "rsa");
    foreign_identity(&bench, "two", "rsa");
    bench.run("openssl cms -sign -binary -nodetach -in content -signer one.pem -inkey one.key -signer two.pem -inkey two.key -outform DER -out signed");
    assert_eq!(SignedData::parse(&bench.get("signed")).unwrap_err(), SignedError::NotOneSigner);
    let none = cms::certificates_only(&[one]);
    assert_eq!(SignedData::parse(&none).unwrap_err(), SignedError::NotOneSigner);
}

#[test]
fn a_signers_certificate_that_is_not_in_the_message_is_found_among_the_known() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    bench.put("content", CONTENT);
    let signer = foreign_identity(&bench, "one", "rsa");
    let other = foreign_identity(&bench, "two", "rsa");
    bench.run("openssl cms -sign -binary -nocerts -in content -signer one.pem -inkey one.key -outform DER -out signed");
    let signed = SignedData::parse(&bench.get("signed")).unwrap();
    assert_eq!(
        signed.verify(Some(CONTENT), std::slice::from_ref(&other)).unwrap_err(),
        SignedError::UnknownSigner
    );
    assert_eq!(signed.verify(Some(CONTENT), &[other, signer.clone()]).unwrap().signer, &signer);
}

#[test]
fn other_content_than_data_and_content_that_looks_like_attributes_need_signed_attributes() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    foreign_identity(&bench, "one", "rsa");
    bench.put("content", CONTENT);
    bench.run("openssl cms -sign -binary -in content -signer one.pem -inkey one.key -outform DER -out with");
    // The attributes of a signature, signed as they are, without attributes of their own.
    bench.put("attributes", [0x31, 0x02, 0x05, 0x00]);
    bench.run("openssl cms -sign -binary -noattr -in attributes -signer one.pem -inkey one.key -outform DER -out signed");
    let signed = SignedData::parse(&bench.get("signed")).unwrap();
    let refusal = signed.verify(Some(&[0x31, 0x02, 0x05, 0x00]), &[]).unwrap_err();
    assert!(matches!(refusal, SignedError::Attributes(_)), "{refusal}");
    // pkcs7-encryptedData as the type of the content, of the same length as pkcs7-data.
    let mut other = bench.get("with");
    let data = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
    let at = other.windows(data.len()).position(|w| w == data).unwrap();
    other[at + 8] = 6;
    let refusal = SignedData::parse(&other).unwrap().verify(Some(CONTENT), &[]).unwrap_err();
    assert!(matches!(refusal, SignedError::Attributes(_)), "{refusal}");
}

#[test]
fn what_we_sign_is_verified_by_openssl() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    let authority = Authority::new();
    bench.put("ca.pem", pem(&authority.certificate));
    bench.put("content", CONTENT);
    let keys = [SigningKey::generate_rsa(RsaSize::Bits2048).unwrap(), SigningKey::generate_p256().unwrap()];
    for key in keys {
        let mut template = template("Profiles");
        template.extended_usages = vec![ExtendedUsage::EmailProtection];
        let certificate = authority.issue(&template, &key);
        for (_, digest) in DIGESTS {
            let chain = [authority.certificate.clone()];
            let attributes = [];
            let signature = Signature {
                certificate: &certificate,
                key: &key,
                digest,
                time: Some(now()),
                chain: &chain,
                attributes: &attributes,
            };
            let attached = signature.sign(Content::Attached(CONTENT)).unwrap();
            bench.put("attached", &attached);
            bench.run("openssl cms -verify -binary -inform DER -in attached -CAfile ca.pem -out read");
            assert_eq!(bench.get("read"), CONTENT);
            bench.put("detached", signature.sign(Content::Detached(CONTENT)).unwrap());
            bench.run("openssl cms -verify -binary -inform DER -in detached -content content -CAfile ca.pem -out read");
            let signed = SignedData::parse(&attached).unwrap();
            let verified = signed.verify(None, &[]).unwrap();
            assert_eq!(verified.signer, &certificate);
            assert_eq!(verified.digest, key.digest(digest));
            assert_ne!(verified.digest, Digest::Sha1);
            assert_eq!(signed.certificates(), [certificate.clone(), authority.certificate.clone()]);
        }
    }
}

#[test]
fn a7_an_attribute_twice_and_a_missing_digest_are_refused() {
    let authority = Authority::new();
    let chain = [];
    let mut signature = Signature {
        certificate: &authority.certificate,
        key: &authority.key,
        digest: Digest::Sha256,
        time: None,
        chain: &chain,
        attributes: &[],
    };
    let refusal = |message: &[u8]| SignedData::parse(message).unwrap().verify(None, &[]).map(|_| ());
    let message = signature.sign(Content::Attached(CONTENT)).unwrap();
    assert_eq!(refusal(&message), Ok(()));
    // messageDigest and contentType under another name.
    for (last, what) in [(4, "no digest"), (3, "the type of the content")] {
        let name = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, last];
        let at = message.windows(name.len()).position(|w| w == name).unwrap();
        let mut changed = message.clone();
        changed[at + 8] = 0x55;
        assert_eq!(refusal(&changed), Err(SignedError::Attributes(what)));
    }
    let twice = [(oid::CONTENT_TYPE, write::oid(oid::DATA))];
    signature.attributes = &twice;
    let message = signature.sign(Content::Attached(CONTENT)).unwrap();
    assert_eq!(refusal(&message), Err(SignedError::Attributes("one is there twice")));
}

#[test]
fn nobody_signs_with_a_key_that_is_not_the_certificates() {
    let authority = Authority::new();
    let key = SigningKey::generate_p256().unwrap();
    let (chain, attributes) = ([], []);
    let signature = Signature {
        certificate: &authority.certificate,
        key: &key,
        digest: Digest::Sha256,
        time: None,
        chain: &chain,
        attributes: &attributes,
    };
    assert!(signature.sign(Content::Attached(CONTENT)).is_err());
}

#[test]
fn certificates_alone_go_both_ways() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    let certificates = [foreign_identity(&bench, "one", "rsa"), foreign_identity(&bench, "two", "ec")];
    bench.run("openssl crl2pkcs7 -nocrl -certfile one.pem -certfile two.pem -outform DER -out both.p7b");
    assert_eq!(cms::certificates(&bench.get("both.p7b")).unwrap(), certificates);
    bench.put("ours.p7b", cms::certificates_only(&certificates));
    let text = bench.run("openssl pkcs7 -inform DER -in ours.p7b -print_certs");
    assert_eq!(text.matches("BEGIN CERTIFICATE").count(), 2, "{text}");
}
