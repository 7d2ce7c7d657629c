//! Real messages with bytes changed, cut off, put in: every reader answers, and nothing false is taken for true.

use crate::make::{Authority, random, template};
use muster_pki::{
    algorithm::{Cipher, Digest},
    asn1::{OCTET_STRING, Reader, write},
    certificate::Certificate,
    cms::{self, Content, Signature, SignedData},
    key::{DecryptingKey, RsaSize, SigningKey},
    name::Name,
    pkcs12,
    request::{self, CertificateRequest},
};
use proptest::prelude::*;
use std::sync::LazyLock;

struct World {
    recipient: Certificate,
    opens: DecryptingKey,
    signed: Vec<u8>,
    detached: Vec<u8>,
    enveloped: Vec<u8>,
    request: Vec<u8>,
    identity: Vec<u8>,
}

const CONTENT: &[u8] = b"what was signed";

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let authority = Authority::new();
    let key = SigningKey::generate_rsa(RsaSize::Bits2048).unwrap();
    let certificate = authority.issue(&template("device"), &key);
    let (chain, attributes) = ([], []);
    let signature = Signature {
        certificate: &certificate,
        key: &key,
        digest: Digest::Sha256,
        time: Some(1_795_000_000),
        chain: &chain,
        attributes: &attributes,
    };
    let opens = DecryptingKey::from_der(&key.to_pkcs8().unwrap()).unwrap();
    World {
        signed: signature.sign(Content::Attached(CONTENT)).unwrap(),
        detached: signature.sign(Content::Detached(CONTENT)).unwrap(),
        enveloped: cms::encrypt(CONTENT, &certificate, Cipher::Aes128, &mut random).unwrap(),
        request: request::make(certificate.subject(), &key, Some("s3cret")).unwrap(),
        identity: pkcs12::write(&key, &certificate, &[], "x", &mut random).unwrap(),
        recipient: certificate,
        opens,
    }
});

/// Every reader on the same bytes.
fn read_all(bytes: &[u8]) {
    let world = &*WORLD;
    let certificate = &world.recipient;
    if let Ok(signed) = SignedData::parse(bytes) {
        // Without a signed attribute the content alone may be what it was; whoever signed is told by their very bytes.
        for beside in [None, Some(CONTENT)] {
            if let Ok(verified) = signed.verify(beside, &[])
                && verified.signer == certificate
            {
                assert_eq!(verified.content, CONTENT);
            }
        }
    }
    let _ = cms::certificates(bytes);
    let _ = Certificate::from_der(bytes)
        .map(|c| (c.issued_by(certificate), c.is_authority(), c.to_string_of_all()));
    let _ = CertificateRequest::from_device(bytes);
    let _ = Name::from_der(bytes).map(|n| n.to_string());
    let _ = cms::decrypt(bytes, &[(certificate, &world.opens)], &mut random);
}

trait Told {
    fn to_string_of_all(&self) -> String;
}

impl Told for Certificate {
    fn to_string_of_all(&self) -> String {
        format!("{self:?} {:?}", self.subject_key())
    }
}

#[test]
fn a8_every_byte_changed_and_every_length_cut() {
    let world = &*WORLD;
    let certificate = world.recipient.as_der();
    for message in [&world.signed, &world.detached, &world.enveloped, &world.request, certificate] {
        for at in 0..message.len() {
            read_all(&message[..at]);
            let mut changed = message.to_vec();
            for value in [0, 0x80, 0xff, changed[at] ^ 1, changed[at] ^ 0x20] {
                changed[at] = value;
                read_all(&changed);
            }
        }
    }
}

/// The same in BER: lengths indefinite or longer than needed, each OCTET STRING in pieces.
fn in_ber(mut elements: Reader<'_>, out: &mut Vec<u8>, indefinite: bool) {
    while !elements.is_empty() {
        let element = elements.any("an element").unwrap();
        let mut inner = Vec::new();
        let mut tag = element.tag;
        match tag {
            OCTET_STRING => {
                tag |= 0x20;
                let (first, second) = element.content.split_at(element.content.len() / 2);
                inner.extend(write::octets(first));
                inner.extend(write::element(OCTET_STRING | 0x20, &[&write::octets(second)]));
            }
            _ if tag & 0x20 != 0 => in_ber(element.inside(), &mut inner, indefinite),
            _ => inner.extend_from_slice(element.content),
        }
        if tag & 0x20 != 0 && indefinite {
            out.extend([tag, 0x80]);
            out.extend(inner);
            out.extend([0, 0]);
        } else {
            let length = u32::try_from(inner.len()).unwrap().to_be_bytes();
            out.extend([tag, 0x84]);
            out.extend(length);
            out.extend(inner);
        }
    }
}

#[test]
fn every_message_in_ber_becomes_the_same_der() {
    let world = &*WORLD;
    for message in [&world.signed, &world.detached, &world.enveloped, &world.identity] {
        for indefinite in [true, false] {
            let mut ber = Vec::new();
            in_ber(Reader::new(message), &mut ber, indefinite);
            assert_ne!(&ber, message);
            let der = muster_pki::ber::to_der(&ber, muster_pki::ber::Limits::MESSAGE).unwrap();
            assert_eq!(&*der, message.as_slice());
            for at in (0..ber.len()).step_by(3) {
                let mut changed = ber.clone();
                changed[at] ^= 0x81;
                read_all(&changed);
            }
        }
    }
}

#[test]
fn a8_a_changed_request_is_never_taken_for_a_request() {
    let request = &WORLD.request;
    assert!(CertificateRequest::from_device(request).is_ok());
    for at in 0..request.len() {
        let mut changed = request.clone();
        changed[at] ^= 1;
        // Parameters of the signature's algorithm are outside the signature, and say nothing.
        if let Ok(read) = CertificateRequest::from_device(&changed) {
            assert_eq!(read.challenge(), Some("s3cret"), "at {at}");
        }
    }
}

#[test]
fn a8_a_pkcs12_file_cut_short_or_changed_at_the_outside_is_refused() {
    let file = &WORLD.identity;
    for at in (0..file.len()).step_by(7) {
        assert!(pkcs12::read(&file[..at], "x").is_err());
    }
    for at in 0..40 {
        let mut changed = file.clone();
        changed[at] ^= 1;
        assert!(pkcs12::read(&changed, "x").is_err(), "at {at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a8_any_bytes_end_in_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read_all(&bytes);
        let _ = pkcs12::read(&bytes, "x");
    }

    #[test]
    fn a8_pieces_put_in_taken_out_and_doubled_end_in_an_answer(
        which in 0_usize..4, from in any::<prop::sample::Index>(), length in 0_usize..64, to in any::<prop::sample::Index>(),
    ) {
        let world = &*WORLD;
        let message = [&world.signed, &world.detached, &world.enveloped, &world.request][which];
        let start = from.index(message.len());
        let piece = message[start..message.len().min(start + length)].to_vec();
        let mut changed = message.clone();
        let at = to.index(message.len());
        changed.splice(at..at, piece);
        read_all(&changed);
        changed.drain(start..changed.len().min(start + length));
        read_all(&changed);
    }
}
