//! Certificate requests.

use crate::{
    edit::{Tape, edited, smashed},
    world::WORLD,
};
use muster_pki::{
    algorithm::Digest,
    asn1::{Reader, oid, write},
    request::{self, CertificateRequest, MAX_CHALLENGE},
};
use std::sync::LazyLock;

static REQUEST: LazyLock<Vec<u8>> =
    LazyLock::new(|| request::make(WORLD.client.subject(), &WORLD.client_key, Some("s3cret")).unwrap());

/// CertificationRequestInfo with the tape's changes, signed anew by the key that was in it.
pub fn changed(tape: &mut Tape<'_>) -> Vec<u8> {
    let info = Reader::whole(&REQUEST, "a request").unwrap().any("its info").unwrap().raw;
    let info = edited(info, tape);
    let signature = WORLD.client_key.sign(Digest::Sha256, &info).unwrap();
    write::sequence(&[&info, &write::algorithm(oid::RSA_SHA256, write::NULL), &write::bits(&signature)])
}

/// Any bytes, a request with changes, and one that is signed anew after them.
pub fn csr(bytes: &[u8]) {
    let mut tape = Tape(bytes);
    let (kind, mut known) = (tape.byte() % 4, false);
    let request = match kind {
        0 => tape.rest().to_vec(),
        1 => edited(&REQUEST, &mut tape),
        2 => smashed(&REQUEST, &mut tape),
        _ => {
            known = true;
            changed(&mut tape)
        }
    };
    let Ok(read) = CertificateRequest::from_device(&request) else { return };
    assert!(read.key().fit_for_device().is_ok());
    if read.key() != WORLD.client_key.public() {
        return;
    }
    // Whatever our key signed and we did not change after it says what it said. What OpenSSL asked for with it is in the
    // seeds.
    if !known {
        assert!(matches!(read.challenge(), Some("s3cret") | None));
    }
    let challenge = read.challenge().filter(|c| !c.is_empty());
    assert!(challenge.is_none_or(|c| c.chars().count() <= MAX_CHALLENGE));
    let again = request::make(read.subject(), &WORLD.client_key, challenge).unwrap();
    let again = CertificateRequest::from_device(&again).unwrap();
    assert_eq!((again.subject(), again.challenge()), (read.subject(), challenge));
}
