//! EnvelopedData, with OpenSSL on the other side (RFC 5652, section 6).

use crate::{
    foreign::{Bench, has},
    make::{foreign_identity, random},
};
use muster_pki::{
    algorithm::Cipher,
    certificate::Certificate,
    cms::{self, DecryptError, EncryptError},
    key::{DecryptingKey, RsaSize, pem_blocks},
};

const CONTENT: &[u8] = b"a request, or whatever else is secret";

fn decrypting(bench: &Bench, name: &str) -> DecryptingKey {
    let text = String::from_utf8(bench.get(name)).unwrap();
    DecryptingKey::from_der(&pem_blocks(&text).unwrap()[0].1).unwrap()
}

fn open(bytes: &[u8], certificate: &Certificate, key: &DecryptingKey) -> Result<Vec<u8>, DecryptError> {
    cms::decrypt(bytes, &[(certificate, key)], &mut random).map(|opened| opened.content.to_vec())
}

#[test]
fn what_openssl_encrypts_is_opened_with_every_cipher() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    bench.put("content", CONTENT);
    let certificate = foreign_identity(&bench, "one", "rsa");
    let other = foreign_identity(&bench, "two", "rsa");
    let (key, other_key) = (decrypting(&bench, "one.key"), decrypting(&bench, "two.key"));
    for (name, cipher) in [
        ("aes-128-cbc", Cipher::Aes128),
        ("aes-192-cbc", Cipher::Aes192),
        ("aes-256-cbc", Cipher::Aes256),
        ("des-ede3-cbc", Cipher::TripleDes),
        ("des-cbc", Cipher::Des),
    ] {
        for form in ["", "-keyid", "-stream"] {
            bench.run(&format!(
                "openssl cms -encrypt -provider legacy -provider default -binary -in content -{name} {form} -outform DER -out enveloped one.pem"
            ));
            let bytes = bench.get("enveloped");
            let opened = cms::decrypt(&bytes, &[(&other, &other_key), (&certificate, &key)], &mut random)
                .unwrap_or_else(|e| panic!("{name} {form}: {e}"));
            assert_eq!((opened.cipher, opened.content.as_slice()), (cipher, CONTENT), "{name} {form}");
            assert_eq!(open(&bytes, &other, &other_key), Err(DecryptError::NotForUs), "{name} {form}");
        }
    }
}

#[test]
fn what_we_encrypt_is_opened_by_openssl() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    let certificate = foreign_identity(&bench, "one", "rsa");
    for cipher in [Cipher::Aes128, Cipher::Aes192, Cipher::Aes256, Cipher::TripleDes] {
        bench.put("enveloped", cms::encrypt(CONTENT, &certificate, cipher, &mut random).unwrap());
        bench.run(
            "openssl cms -decrypt -binary -inform DER -in enveloped -recip one.pem -inkey one.key -out read",
        );
        assert_eq!(bench.get("read"), CONTENT, "{cipher:?}");
    }
    let weak = cms::encrypt(CONTENT, &certificate, Cipher::Des, &mut random);
    assert_eq!(weak, Err(EncryptError::Weak));
}

#[test]
fn encrypted_content_in_pieces_is_joined_even_where_all_else_is_der() {
    if !has("openssl") {
        return;
    }
    use muster_pki::asn1::{Reader, SEQUENCE, write};
    let bench = Bench::new();
    let certificate = foreign_identity(&bench, "one", "rsa");
    let key = decrypting(&bench, "one.key");
    let der = cms::encrypt(CONTENT, &certificate, Cipher::Aes128, &mut random).unwrap();
    // As Go's pkcs7 writes it: [0] constructed, in it one OCTET STRING.
    let mut info = Reader::whole(&der, "x").unwrap();
    let kind = info.any("x").unwrap();
    let enveloped = info.any("x").unwrap().inside().any("x").unwrap();
    let mut parts = enveloped.inside();
    let (version, infos) = (parts.any("x").unwrap(), parts.any("x").unwrap());
    let mut content = parts.sequence("x").unwrap();
    let (data, cipher) = (content.any("x").unwrap(), content.any("x").unwrap());
    let encrypted = content.any("x").unwrap().content;
    let (first, second) = encrypted.split_at(5);
    let pieces = write::element(0xa0, &[&write::octets(first), &write::octets(second)]);
    let content = write::element(SEQUENCE, &[data.raw, cipher.raw, &pieces]);
    let enveloped = write::sequence(&[version.raw, infos.raw, &content]);
    let other = write::sequence(&[kind.raw, &write::explicit(0, &enveloped)]);
    assert_eq!(open(&other, &certificate, &key).unwrap(), CONTENT);
}

#[test]
fn a6_wrong_padding_wrong_length_and_a_wrong_key_are_one_failure() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    let certificate = foreign_identity(&bench, "one", "rsa");
    let key = DecryptingKey::generate(RsaSize::Bits2048).unwrap();
    let right = decrypting(&bench, "one.key");
    let message = cms::encrypt(&[7; 4096], &certificate, Cipher::Aes128, &mut random).unwrap();
    // Another key: the padding is wrong, the content key is random.
    assert_eq!(open(&message, &certificate, &key).unwrap_err(), DecryptError::Failed);
    // A content key of another length, rightly padded: as another message's, under this message's cipher.
    let short = certificate.key().encrypt(&[1; 8]).unwrap();
    let at = message.windows(4).position(|w| w == [0x04, 0x82, 0x01, 0x00]).unwrap() + 4;
    let mut other = message.clone();
    other[at..at + 256].copy_from_slice(&short);
    assert_eq!(open(&other, &certificate, &right).unwrap_err(), DecryptError::Failed);
    // The caller's randomness is asked for every time, so that nothing tells a wrong padding from a right one.
    let mut asked = 0;
    for (bytes, key) in [(&message, &right), (&message, &key), (&other, &right)] {
        let _ = cms::decrypt(bytes, &[(&certificate, key)], &mut |octets| {
            asked += 1;
            random(octets);
        });
    }
    assert_eq!(asked, 3);
}
