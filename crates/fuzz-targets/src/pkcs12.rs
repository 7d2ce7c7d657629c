//! PKCS#12 files, as an administrator uploads them.

use crate::{
    edit::{Tape, edited, smashed},
    world::{WORLD, random},
};
use muster_pki::{
    asn1::{oid, write},
    certificate::Certificate,
    pkcs12::{read_within, write as write_file},
};
use std::sync::LazyLock;

/// Enough for one file of ours twice over; many would take seconds.
const ROUNDS: u64 = 3_000;

static PLAIN: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let world = &*WORLD;
    let key = world.device_key.to_pkcs8().unwrap();
    let certificate = |one: &Certificate| {
        let value = write::explicit(0, &write::octets(one.as_der()));
        write::sequence(&[&write::oid(oid::X509_CERTIFICATE), &value])
    };
    let bag = |kind, value: &[u8]| write::sequence(&[&write::oid(kind), &write::explicit(0, value)]);
    // The key's certificate comes last.
    let (other, own) = (certificate(&world.authority), certificate(&world.device));
    write::sequence(&[
        &bag(oid::KEY_BAG, &key),
        &bag(oid::CERTIFICATE_BAG, &other),
        &bag(oid::CERTIFICATE_BAG, &own),
    ])
});

/// A file without encryption and authentication around SafeContents.
fn file(contents: &[u8]) -> Vec<u8> {
    let data =
        |inner: &[u8]| write::sequence(&[&write::oid(oid::DATA), &write::explicit(0, &write::octets(inner))]);
    write::sequence(&[&write::small(3), &data(&write::sequence(&[&data(contents)]))])
}

/// Any bytes with a password or none, and plain files whose contents are changed; what is read can be written and read.
pub fn pkcs12(bytes: &[u8]) {
    let mut tape = Tape(bytes);
    let kind = tape.byte();
    let password = if kind & 1 == 0 { "" } else { "s3cret" };
    let input = match kind >> 1 & 3 {
        0 => tape.rest().to_vec(),
        1 => file(&edited(&PLAIN, &mut tape)),
        2 => smashed(&file(&PLAIN), &mut tape),
        _ => edited(tape.some(), &mut Tape(tape.0)),
    };
    let Ok(identity) = read_within(&input, password, ROUNDS) else { return };
    assert_eq!(identity.certificate.key(), identity.key.public());
    // Writing hashes a hundred thousand times: once in a while.
    if kind >> 3 == 31 {
        let again =
            write_file(&identity.key, &identity.certificate, &identity.others, "x", &mut random).unwrap();
        let again = read_within(&again, "x", 5_000_000).unwrap();
        assert_eq!((again.certificate, again.others), (identity.certificate, identity.others));
    }
}
