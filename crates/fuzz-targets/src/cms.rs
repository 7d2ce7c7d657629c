//! Messages of CMS: signed with the content in it or beside it, certificates alone, enveloped.

use crate::{
    edit::{Tape, edited, smashed},
    world::{CONTENT, WORLD, random, signed},
};
use muster_pki::{
    algorithm::{Cipher, Digest},
    asn1::{oid, write},
    ber::{Limits, to_der},
    cms::{self as messages, Content, Signature, SignedData},
};
use std::sync::LazyLock;

static MESSAGES: LazyLock<[Vec<u8>; 5]> = LazyLock::new(|| {
    let world = &*WORLD;
    let rsa = Signature {
        certificate: &world.client,
        key: &world.client_key,
        digest: Digest::Sha384,
        time: Some(crate::world::NOW),
        chain: std::slice::from_ref(&world.authority),
        attributes: &[],
    };
    let ecdsa = Signature { certificate: &world.device, key: &world.device_key, ..rsa };
    [
        rsa.sign(Content::Attached(CONTENT)).unwrap(),
        ecdsa.sign(Content::Detached(CONTENT)).unwrap(),
        messages::certificates_only(&[world.client.clone(), world.authority.clone()]),
        messages::encrypt(CONTENT, &world.recipient, Cipher::Aes128, &mut random).unwrap(),
        signed(None, CONTENT, true, world.device.as_der()),
    ]
});

/// The signed attributes as they must be.
fn attributes() -> Vec<u8> {
    let one = |kind, value: Vec<u8>| write::sequence(&[&write::oid(kind), &write::set_of(vec![value])]);
    write::set_of(vec![
        one(oid::CONTENT_TYPE, write::oid(oid::DATA)),
        one(oid::MESSAGE_DIGEST, write::octets(&Digest::Sha256.of(CONTENT))),
        one(oid::SIGNING_TIME, write::time(crate::world::NOW).unwrap()),
    ])
}

/// BER becomes DER once and for all, and no more of it than there was.
fn ber(bytes: &[u8]) {
    if let Ok(der) = to_der(bytes, Limits::MESSAGE) {
        // A definite length may need more octets than an indefinite one.
        assert!(der.len() <= 2 * bytes.len());
        assert_eq!(to_der(&der, Limits::MESSAGE).unwrap(), der);
    }
}

fn read(message: &[u8], ours_alone: bool) {
    let world = &*WORLD;
    ber(message);
    if let Ok(certificates) = messages::certificates(message) {
        let again = messages::certificates(&messages::certificates_only(&certificates)).unwrap();
        assert_eq!(again, certificates);
    }
    let recipients = [(&world.recipient, &world.opens)];
    if let Ok(opened) = messages::decrypt(message, &recipients, &mut random) {
        assert!(opened.content.len() <= message.len());
    }
    let Ok(signed) = SignedData::parse(message) else { return };
    let known = [world.client.clone(), world.device.clone()];
    for beside in [None, Some(CONTENT)] {
        let Ok(verified) = signed.verify(beside, &known) else { continue };
        let keys = [world.client_key.public(), world.device_key.public()];
        // A certificate is not under the signature, so that the key alone says who signed.
        if ours_alone && keys.contains(&verified.signer.key()) {
            assert_eq!(verified.content, CONTENT);
        }
    }
}

/// Any bytes, messages with changes, signed attributes that are changed and signed, and any content in an envelope.
pub fn cms(bytes: &[u8]) {
    let (world, mut tape) = (&*WORLD, Tape(bytes));
    let kind = tape.byte();
    let message = &MESSAGES[usize::from(kind >> 3) % MESSAGES.len()];
    match kind % 8 {
        0 => read(tape.rest(), true),
        1 | 2 => read(&edited(message, &mut tape), true),
        3 => read(&smashed(message, &mut tape), true),
        4 | 5 => {
            let certificates = edited(world.device.as_der(), &mut Tape(tape.some()));
            let attributes = edited(&attributes(), &mut tape);
            read(&signed(Some(&attributes), CONTENT, kind & 8 == 0, &certificates), true);
        }
        6 => {
            let content = tape.rest();
            read(&signed(None, content, true, world.device.as_der()), false);
            let message = signed(None, content, false, world.device.as_der());
            let beside = SignedData::parse(&message).unwrap();
            // The attributes name the digest of one content alone.
            let other = signed(Some(&attributes()), content, true, world.device.as_der());
            let other = SignedData::parse(&other).unwrap();
            assert_eq!(other.verify(None, &[]).is_ok(), content == CONTENT);
            // What looks like attributes must not be taken for a content.
            assert_eq!(beside.verify(Some(content), &[]).is_ok(), content.first() != Some(&0x31));
        }
        _ => {
            let cipher = [Cipher::TripleDes, Cipher::Aes128, Cipher::Aes192, Cipher::Aes256]
                [usize::from(kind >> 3) % 4];
            let message = messages::encrypt(tape.0, &world.recipient, cipher, &mut random).unwrap();
            let recipients = [(&world.recipient, &world.opens)];
            let opened = messages::decrypt(&message, &recipients, &mut random).unwrap();
            assert_eq!((opened.content.as_slice(), opened.cipher), (tape.0, cipher));
        }
    }
}
