//! PKIOperation, from the message to its answer and what the client reads in that.

use crate::{
    csr,
    edit::{Tape, edited, smashed},
    world::{NOW, WORLD, random, template},
};
use der::asn1::ObjectIdentifier;
use muster_pki::{
    algorithm::{Cipher, Digest},
    asn1::{PRINTABLE_STRING, write},
    certificate,
    cms::{self, Content, Signature, SignedData},
};
use muster_scep::{
    FailInfo,
    answer::Answerer,
    message::{Exchange, Request, open},
};
use std::sync::LazyLock;

/// A signed attribute of SCEP by the last number of its identifier.
fn attribute(last: u32) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap("2.16.840.1.113733.1.9").push_arc(last).unwrap()
}

/// What a message was signed with.
struct Sent {
    message: Vec<u8>,
    kind: Vec<u8>,
    /// Whether its attributes are as they are here.
    signed_as_said: bool,
    transaction: Vec<u8>,
    nonce: Vec<u8>,
}

/// A message that the client really signed, whatever is in it.
fn sent(tape: &mut Tape<'_>) -> Sent {
    let (world, choice) = (&*WORLD, tape.byte());
    let kind = match choice & 7 {
        0 => tape.take(2),
        1 | 2 => b"17",
        3 => b"20",
        _ => b"19",
    };
    let transaction = if choice & 0x18 == 0 { tape.some() } else { b"A/b+c=" };
    let nonce = if choice & 0x60 == 0 { tape.some() } else { &[9; 16] };
    let way = tape.byte();
    let digest = Digest::ALL[usize::from(way & 3)];
    let cipher =
        [Cipher::TripleDes, Cipher::Aes128, Cipher::Aes192, Cipher::Aes256][usize::from(way >> 2 & 3)];
    let content = match (way >> 4 & 3, kind) {
        (0, _) => tape.some().to_vec(),
        (_, b"20") => {
            let names =
                write::sequence(&[world.authority.subject().as_der(), world.client.subject().as_der()]);
            edited(&names, tape)
        }
        _ => csr::changed(tape),
    };
    let mut envelope = cms::encrypt(&content, &world.recipient, cipher, &mut random).unwrap();
    match way >> 6 {
        1 => envelope = edited(&envelope, tape),
        2 => envelope = smashed(&envelope, tape),
        _ => {}
    }
    let mut attributes = vec![
        (attribute(2), write::element(PRINTABLE_STRING, &[kind])),
        (attribute(7), write::element(PRINTABLE_STRING, &[transaction])),
        (attribute(5), write::octets(nonce)),
    ];
    if choice & 0x80 != 0 {
        let which = usize::from(tape.byte()) % attributes.len();
        attributes[which].1 = edited(&attributes[which].1, tape);
    }
    let signature = Signature {
        certificate: &world.client,
        key: &world.client_key,
        digest,
        time: Some(NOW),
        chain: &[],
        attributes: &attributes,
    };
    let message = signature.sign(Content::Attached(&envelope)).unwrap();
    Sent {
        message,
        kind: kind.to_vec(),
        signed_as_said: choice & 0x80 == 0,
        transaction: transaction.to_vec(),
        nonce: nonce.to_vec(),
    }
}

/// Reads an answer as the client does.
fn answered(
    exchange: &Exchange,
    answer: &[u8],
    sent: Option<&Sent>,
) -> Option<Vec<certificate::Certificate>> {
    let world = &*WORLD;
    let signed = SignedData::parse(answer).unwrap();
    let verified = signed.verify((!signed.is_attached()).then_some(&[][..]), &[]).unwrap();
    assert_eq!(verified.signer, &world.authority);
    let value = |last| verified.attributes.one(attribute(last)).unwrap();
    assert_eq!(value(7).content, exchange.transaction().as_str().as_bytes());
    if let Some(sent) = sent.filter(|s| s.signed_as_said) {
        assert_eq!(value(6).content, sent.nonce);
        assert_eq!(value(7).content, sent.transaction);
    }
    if !signed.is_attached() {
        return None;
    }
    let recipients = [(exchange.signer(), &world.client_opens)];
    let opened = cms::decrypt(verified.content, &recipients, &mut random).unwrap();
    Some(cms::certificates(&opened.content).unwrap())
}

/// An enrolment as it should be.
static ENROLMENT: LazyLock<Sent> = LazyLock::new(|| sent(&mut Tape(&[0x7f, 0x15, 0])));

/// What the client sends when nothing is changed is taken: a renewal, a poll, an enrolment.
static UNCHANGED: LazyLock<()> = LazyLock::new(|| {
    for kind in [1, 3, 7] {
        let sent = sent(&mut Tape(&[0x78 | kind, 0x15, 0]));
        assert!(serve(&sent.message, Some(&sent)));
    }
});

/// The server's part: whether the message was taken.
fn serve(message: &[u8], sent: Option<&Sent>) -> bool {
    let world = &*WORLD;
    let answerer = Answerer { certificate: &world.authority, key: &world.authority_key };
    let received = match open(message, &[(&world.recipient, &world.opens)], &mut random) {
        Ok(received) => received,
        Err(refused) => {
            if let Some(exchange) = refused.exchange {
                let answer = exchange.failure(refused.info, answerer, NOW, &mut random).unwrap();
                assert!(answer.len() < 8 * 1024);
                assert_eq!(answered(&exchange, &answer, sent), None);
            }
            return false;
        }
    };
    let exchange = received.exchange;
    // No key but the client's has ever signed a message of this world.
    let ours = exchange.signer().key() == world.client_key.public();
    assert!(ours || sent.is_none());
    let kind: &[u8] = match &received.request {
        Request::Enrol(_) => b"19",
        Request::Renew(_) => b"17",
        Request::Poll { .. } => b"20",
    };
    assert!(sent.is_none_or(|sent| sent.kind == kind || !sent.signed_as_said));
    match received.request {
        Request::Enrol(request) | Request::Renew(request) if ours => {
            let issued = template("Device", 9);
            let issued =
                certificate::issue(&issued, request.key(), &world.authority, &world.authority_key).unwrap();
            assert_eq!(issued.subject(), &template("Device", 9).subject);
            let answer = exchange.success(&issued, &[], answerer, NOW, &mut random).unwrap();
            assert_eq!(answered(&exchange, &answer, sent).unwrap(), [issued]);
        }
        Request::Enrol(request) => assert_eq!(request.key(), exchange.signer().key()),
        Request::Renew(_) | Request::Poll { .. } => {
            let answer = exchange.failure(FailInfo::BadCertId, answerer, NOW, &mut random).unwrap();
            assert_eq!(answered(&exchange, &answer, sent), None);
        }
    }
    true
}

/// Any bytes; a message that is changed after it was signed; one that is changed before.
pub fn scep(bytes: &[u8]) {
    LazyLock::force(&UNCHANGED);
    let mut tape = Tape(bytes);
    match tape.byte() % 8 {
        0 => serve(tape.rest(), None),
        1 => serve(&edited(&ENROLMENT.message, &mut tape), Some(&ENROLMENT)),
        2 => serve(&smashed(&ENROLMENT.message, &mut tape), Some(&ENROLMENT)),
        _ => {
            let sent = sent(&mut tape);
            serve(&sent.message, Some(&sent))
        }
    };
}
