//! Certificates, names, keys in PEM, and the lists of what is revoked.

use crate::{
    edit::{Tape, edited, smashed},
    world::{NOW, WORLD},
};
use muster_pki::{
    algorithm::Digest,
    asn1::{Reader, oid, write},
    certificate::{Certificate, IssuerAndSerial, KeyUsage},
    crl::{self, Reason, Revoked},
    key::{PublicKey, pem_blocks, private_key_from_pem, write_pem},
    name::{Attribute, Name},
};

fn name(name: &Name) {
    assert_eq!(&Name::from_der(name.as_der()).unwrap(), name);
    assert!(!name.to_string().chars().any(char::is_control));
    let _ = name.values(Attribute::CommonName);
}

fn read(bytes: &[u8], ours_alone: bool) {
    let world = &*WORLD;
    let _ = Name::from_der(bytes).map(|n| name(&n));
    let _ = PublicKey::from_spki(bytes).map(|k| assert_eq!(PublicKey::from_spki(k.spki()).unwrap(), k));
    let Ok(certificate) = Certificate::from_der(bytes) else { return };
    assert_eq!(certificate.as_der(), bytes);
    name(certificate.subject());
    name(certificate.issuer());
    let id = IssuerAndSerial::of(&certificate);
    assert_eq!(IssuerAndSerial::from_der(&id.to_der()).as_ref(), Ok(&id));
    assert!(id.names(&certificate));
    let _ = (
        certificate.subject_key(),
        certificate.allows(KeyUsage::CrlSign),
        certificate.key().fit_for_device(),
    );
    let _ = (certificate.key().rsa_bits(), certificate.issued_by(&certificate));
    if certificate.issued_by(&world.authority) && ours_alone {
        assert_eq!(certificate.tbs(), world.client.tbs());
    }
    let text = write_pem("CERTIFICATE", bytes);
    assert_eq!(pem_blocks(&text).unwrap()[0].1.as_slice(), bytes);
}

/// Our authority's signature over whatever stands for TBSCertificate.
fn issued(tape: &mut Tape<'_>) -> Vec<u8> {
    let tbs = edited(WORLD.client.tbs(), tape);
    let signature = WORLD.authority_key.sign(Digest::Sha256, &tbs).unwrap();
    write::sequence(&[&tbs, &write::algorithm(oid::RSA_SHA256, write::NULL), &write::bits(&signature)])
}

/// A list of whatever serial numbers and times.
fn list(tape: &mut Tape<'_>) {
    let world = &*WORLD;
    let mut revoked = Vec::new();
    while !tape.0.is_empty() && revoked.len() < 50 {
        let serial = tape.some().to_vec();
        let at = NOW + i64::try_from(tape.number()).unwrap();
        revoked.push(Revoked { serial, at, reason: Reason::Superseded });
    }
    let list = crl::list(&revoked, 7, NOW, NOW + 86_400, &world.authority, &world.authority_key).unwrap();
    let mut outer = Reader::whole(&list, "a list").unwrap();
    let tbs = outer.any("what is signed").unwrap();
    outer.any("the algorithm").unwrap();
    let signature = outer.bits("the signature").unwrap();
    let key = world.authority.key();
    assert!(key.verifies(muster_pki::algorithm::Scheme::Rsa, Digest::Sha256, tbs.raw, signature));
    if revoked.is_empty() {
        return;
    }
    let mut inner = tbs.inside();
    for _ in 0..5 {
        inner.any("a field").unwrap();
    }
    let mut entries = inner.sequence("the entries").unwrap();
    for entry in &revoked {
        let mut read = entries.sequence("an entry").unwrap();
        assert_eq!(read.any("the serial number").unwrap().content, entry.serial);
        assert_eq!(read.time("the time"), Ok(entry.at));
    }
    assert!(entries.is_empty());
}

/// Any bytes, certificates with changes, such as are signed anew after them, texts in PEM, and lists.
pub fn certificate(bytes: &[u8]) {
    let mut tape = Tape(bytes);
    match tape.byte() % 8 {
        0 => read(tape.rest(), true),
        1 | 2 => read(&edited(WORLD.client.as_der(), &mut tape), true),
        3 => read(&smashed(WORLD.client.as_der(), &mut tape), true),
        4 | 5 => read(&issued(&mut tape), false),
        6 => {
            let text = String::from_utf8_lossy(tape.rest());
            for (label, block) in pem_blocks(&text).into_iter().flatten() {
                assert!(block.len() <= text.len());
                assert_eq!(pem_blocks(&write_pem(&label, &block)).unwrap(), [(label, block)]);
            }
            if let Ok(key) = private_key_from_pem(&text) {
                let again =
                    private_key_from_pem(&write_pem("PRIVATE KEY", &key.to_pkcs8().unwrap())).unwrap();
                assert_eq!(again.public(), key.public());
            }
        }
        _ => list(&mut tape),
    }
}
