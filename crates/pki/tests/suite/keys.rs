//! Private and public keys, in the forms in which other programs write them.

use crate::foreign::{Bench, has};
use muster_pki::{
    algorithm::{Digest, Scheme},
    key::{DecryptingKey, PemError, PublicKey, RsaSize, SigningKey, private_key_from_pem, write_pem},
};

#[test]
fn keys_of_openssl_are_read_in_every_form() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    bench.run("openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out pkcs8.pem");
    bench.run("openssl rsa -in pkcs8.pem -traditional -out pkcs1.pem");
    bench.run("openssl ecparam -name prime256v1 -genkey -noout -out sec1.pem");
    bench.run("openssl pkcs8 -topk8 -nocrypt -in sec1.pem -out ec.pem");
    for (name, scheme) in [
        ("pkcs8.pem", Scheme::Rsa),
        ("pkcs1.pem", Scheme::Rsa),
        ("sec1.pem", Scheme::Ecdsa),
        ("ec.pem", Scheme::Ecdsa),
    ] {
        let key = private_key_from_pem(&String::from_utf8(bench.get(name)).unwrap())
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(key.scheme(), scheme, "{name}");
        let signature = key.sign(Digest::Sha256, b"message").unwrap();
        assert!(key.public().verifies(scheme, Digest::Sha256, b"message", &signature));
        assert!(!key.public().verifies(scheme, Digest::Sha256, b"other", &signature));
        bench.put("again.pem", write_pem("PRIVATE KEY", &key.to_pkcs8().unwrap()));
        bench.run("openssl pkey -in again.pem -check -noout");
    }
    bench.run("openssl genrsa -out small.pem 1024");
    let small = private_key_from_pem(&String::from_utf8(bench.get("small.pem")).unwrap());
    assert!(matches!(small, Err(PemError::Key(_))), "{small:?}");
    bench.run("openssl genpkey -algorithm ED25519 -out other.pem");
    let other = private_key_from_pem(&String::from_utf8(bench.get("other.pem")).unwrap());
    assert!(matches!(other, Err(PemError::Key(_))), "{other:?}");
}

#[test]
fn new_keys_come_in_three_lengths_and_are_read_again() {
    for (size, bits) in [(RsaSize::Bits2048, 2048), (RsaSize::Bits3072, 3072), (RsaSize::Bits4096, 4096)] {
        let key = SigningKey::generate_rsa(size).unwrap();
        assert_eq!(key.public().rsa_bits(), Some(bits));
        assert_eq!(key.public().fit_for_device(), Ok(()));
        let again = SigningKey::from_der(&key.to_pkcs8().unwrap()).unwrap();
        assert_eq!(again.public(), key.public());
    }
    let key = DecryptingKey::generate(RsaSize::Bits2048).unwrap();
    assert_eq!(DecryptingKey::from_der(key.to_pkcs8()).unwrap().public(), key.public());
}

#[test]
fn a_key_says_nothing_of_itself_in_a_log() {
    let key = SigningKey::generate_p256().unwrap();
    assert_eq!(format!("{key:?}"), "SigningKey { scheme: Some(Ecdsa), .. }");
}

#[test]
fn parameters_of_an_rsa_key_are_null_or_not_there() {
    let key = SigningKey::generate_rsa(RsaSize::Bits2048).unwrap();
    let spki = key.public().spki().to_vec();
    assert!(PublicKey::from_spki(&spki).is_ok());
    // After rsaEncryption (1.2.840.113549.1.1.1) stands NULL: an empty OCTET STRING is as long.
    let oid = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    let at = spki.windows(oid.len()).position(|part| part == oid).unwrap() + oid.len();
    assert_eq!(spki[at..at + 2], [0x05, 0x00]);
    let mut other = spki;
    other[at] = 0x04;
    assert!(PublicKey::from_spki(&other).is_err());
}
