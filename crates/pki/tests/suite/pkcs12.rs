//! PKCS#12 files of OpenSSL, old and new, and ours read by it (RFC 7292).

use crate::{
    foreign::{Bench, has},
    make::{foreign_identity, random},
};
use muster_pki::{
    key::private_key_from_pem,
    pkcs12::{self, Pkcs12Error},
};

#[test]
fn files_of_openssl_are_read_in_every_way_of_encryption() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    let other = foreign_identity(&bench, "other", "rsa");
    for kind in ["rsa", "ec"] {
        let certificate = foreign_identity(&bench, kind, kind);
        for form in [
            "",
            "-legacy",
            "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1",
            "-keypbe PBE-SHA1-RC2-40 -certpbe PBE-SHA1-RC2-40 -provider legacy -provider default",
            "-keypbe PBE-SHA1-RC2-128 -certpbe PBE-SHA1-RC2-128 -provider legacy -provider default",
            "-keypbe aes-128-cbc -certpbe aes-192-cbc -macalg sha512",
            "-macalg sha384",
            "-nomac",
            "-keypbe NONE -certpbe NONE",
            "-name aName -caname another",
        ] {
            for password in ["s3cret", "", "пароль🔑"] {
                bench.run(&format!(
                    "openssl pkcs12 -export -in {kind}.pem -inkey {kind}.key -certfile other.pem {form} -passout pass:{password} -out file.p12"
                ));
                let file = bench.get("file.p12");
                let what = format!("{kind} {form} {password}");
                let read = pkcs12::read(&file, password).unwrap_or_else(|e| panic!("{what}: {e}"));
                assert_eq!(
                    (&read.certificate, read.others.as_slice()),
                    (&certificate, &[other.clone()][..]),
                    "{what}"
                );
                assert_eq!(read.key.public(), certificate.key(), "{what}");
                let wrong = pkcs12::read(&file, "another").map(|_| ());
                if form.contains("NONE") && form.contains("-nomac") {
                    assert!(wrong.is_ok());
                } else {
                    assert_eq!(wrong, Err(Pkcs12Error::Password), "{what}");
                }
            }
        }
    }
}

#[test]
fn a8_a_file_that_asks_for_too_much_hashing_is_refused_before_it_is_done() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    foreign_identity(&bench, "one", "rsa");
    bench.run("openssl pkcs12 -export -in one.pem -inkey one.key -passout pass:x -iter 70000 -out file.p12");
    let file = bench.get("file.p12");
    assert!(pkcs12::read(&file, "x").is_ok());
    // 70,000 as an INTEGER of three octets; the last is the one of the authentication, which comes first.
    let at = file.windows(5).rposition(|w| w == [0x02, 0x03, 0x01, 0x11, 0x70]).unwrap();
    let mut changed = file;
    changed[at + 2] = 0x7f;
    assert_eq!(pkcs12::read(&changed, "x").map(|_| ()), Err(Pkcs12Error::Rounds));
    assert!(matches!(pkcs12::read(&vec![0x30; pkcs12::MAX_SIZE + 1], "x"), Err(Pkcs12Error::Ber(_))));
}

#[test]
fn a_file_without_a_key_or_without_its_certificate_is_refused() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    foreign_identity(&bench, "one", "rsa");
    bench.run("openssl pkcs12 -export -nokeys -in one.pem -passout pass:x -out file.p12");
    assert_eq!(pkcs12::read(&bench.get("file.p12"), "x").map(|_| ()), Err(Pkcs12Error::NotOneIdentity));
    bench.run("openssl pkcs12 -export -nocerts -inkey one.key -passout pass:x -out file.p12");
    assert_eq!(pkcs12::read(&bench.get("file.p12"), "x").map(|_| ()), Err(Pkcs12Error::NotOneIdentity));
}

#[test]
fn what_we_write_is_read_by_openssl() {
    if !has("openssl") {
        return;
    }
    let bench = Bench::new();
    let (other, certificate) =
        (foreign_identity(&bench, "other", "rsa"), foreign_identity(&bench, "one", "rsa"));
    let key = private_key_from_pem(&String::from_utf8(bench.get("one.key")).unwrap()).unwrap();
    for password in ["s3cret", "пароль"] {
        let file =
            pkcs12::write(&key, &certificate, std::slice::from_ref(&other), password, &mut random).unwrap();
        bench.put("file.p12", &file);
        let text = bench.run(&format!("openssl pkcs12 -in file.p12 -passin pass:{password} -nodes"));
        assert_eq!(text.matches("BEGIN CERTIFICATE").count(), 2, "{text}");
        assert_eq!(text.matches("BEGIN PRIVATE KEY").count(), 1, "{text}");
        assert_eq!(text.matches("localKeyID").count(), 2, "{text}");
        let read = pkcs12::read(&file, password).unwrap();
        assert_eq!((read.certificate, read.others), (certificate.clone(), vec![other.clone()]));
    }
}
