//! What must be refused (ABUSE.md), and what answers say (RFC 8894, sections 3.2.1 and 3.3.2).

use crate::{
    authority::{Authority, now, random, template},
    client::Client,
};
use muster_pki::{
    algorithm::{Cipher, Digest},
    asn1::write,
    certificate,
    cms::{self, SignedError},
    key::{RsaSize, SigningKey},
    request,
};
use muster_scep::{
    FailInfo,
    message::{Reason, Received, Refused, Request, open},
};

fn received(bytes: &[u8], authority: &Authority) -> Result<Received, Box<Refused>> {
    open(bytes, &[(&authority.recipient, &authority.opens)], &mut random)
}

#[test]
fn answers_carry_what_the_request_said_in_its_digest_and_cipher() {
    let authority = Authority::new();
    let mut client = Client::new();
    for cipher in [Cipher::Aes128, Cipher::Aes192, Cipher::Aes256, Cipher::TripleDes] {
        for digest in [Digest::Sha256, Digest::Sha384, Digest::Sha512] {
            (client.cipher, client.digest) = (cipher, digest);
            let message = client.message(Some("19"), &client.request("s3cret"), &authority);
            let Received { request, exchange } = received(&message, &authority).unwrap();
            let Request::Enrol(csr) = request else { panic!("{request:?}") };
            assert_eq!((csr.challenge(), csr.key()), (Some("s3cret"), client.key.public()));
            assert_eq!((exchange.digest(), exchange.cipher()), (digest, cipher));
            assert_eq!(exchange.signer(), &client.certificate);
            let issued = authority.issue(csr.key());
            let answer = exchange.success(&issued, &[], authority.answerer(), now(), &mut random).unwrap();
            assert_eq!(client.read(&answer, &authority), ("0".into(), None, vec![issued.clone()]));
            let above = [authority.certificate.clone()];
            let answer = exchange.success(&issued, &above, authority.answerer(), now(), &mut random).unwrap();
            assert_eq!(client.read(&answer, &authority).2, [issued, authority.certificate.clone()]);
            let answer = exchange.pending(authority.answerer(), now(), &mut random).unwrap();
            assert_eq!(client.read(&answer, &authority), ("3".into(), None, Vec::new()));
            for (info, code) in [
                (FailInfo::BadAlg, "0"),
                (FailInfo::BadMessageCheck, "1"),
                (FailInfo::BadRequest, "2"),
                (FailInfo::BadTime, "3"),
                (FailInfo::BadCertId, "4"),
            ] {
                let answer = exchange.failure(info, authority.answerer(), now(), &mut random).unwrap();
                assert_eq!(client.read(&answer, &authority), ("2".into(), Some(code.into()), Vec::new()));
            }
        }
    }
}

#[test]
fn a1_message_types_outside_the_list_are_refused_before_their_content_is_read() {
    let authority = Authority::new();
    let client = Client::new();
    let content = client.request("s3cret");
    for kind in ["0", "3", "18", "21", "22", "", "019", "19 ", "1", "-19", "PKCSReq"] {
        // What stands for the envelope is none, and nobody finds out: it is not read.
        for message in [client.message(Some(kind), &content, &authority), client.signed(Some(kind), b"junk")]
        {
            let refused = received(&message, &authority).unwrap_err();
            assert_eq!((refused.reason, refused.info), (Reason::MessageType, FailInfo::BadRequest), "{kind}");
        }
    }
    let refused = received(&client.message(None, &content, &authority), &authority).unwrap_err();
    assert_eq!(refused.reason, Reason::MessageType);
}

#[test]
fn a6_whatever_is_wrong_in_an_envelope_is_one_failure() {
    let (authority, other) = (Authority::new(), Authority::new());
    let client = Client::new();
    let small = SigningKey::generate_p256().unwrap();
    let mut torn = client.request("s3cret");
    let last = torn.len() - 1;
    torn[last] ^= 1;
    let envelope = cms::encrypt(&torn, &authority.recipient, Cipher::Aes128, &mut random).unwrap();
    let at = envelope.windows(4).position(|w| w == [0x04, 0x82, 0x01, 0x00]).unwrap() + 4;
    // Encrypted with another key, in the name of ours: the padding is wrong.
    let mut wrong_padding = envelope.clone();
    let foreign = other.recipient.key().encrypt(&[7; 16]).unwrap();
    wrong_padding[at..at + 256].copy_from_slice(&foreign);
    let mut wrong_key = envelope.clone();
    let another = authority.recipient.key().encrypt(&[7; 16]).unwrap();
    wrong_key[at..at + 256].copy_from_slice(&another);
    let mut wrong_length = envelope;
    let short = authority.recipient.key().encrypt(&[7; 5]).unwrap();
    wrong_length[at..at + 256].copy_from_slice(&short);
    let ec = request::make(client.certificate.subject(), &small, None).unwrap();
    let messages = [
        client.signed(Some("19"), &wrong_padding),
        client.signed(Some("19"), &wrong_key),
        client.signed(Some("19"), &wrong_length),
        client.message(Some("19"), b"no request", &authority),
        client.message(Some("19"), &torn, &authority),
        client.message(Some("19"), &ec, &authority),
        client.message(Some("20"), b"no name", &authority),
        client.message(Some("19"), &Client::new().request("s3cret"), &authority),
    ];
    for (i, message) in messages.iter().enumerate() {
        let refused = received(message, &authority).unwrap_err();
        assert_eq!(refused.info, FailInfo::BadRequest, "{i}: {}", refused.reason);
        let exchange = refused.exchange.unwrap();
        let answer = exchange.failure(refused.info, authority.answerer(), now(), &mut random).unwrap();
        let read = client.read(&answer, &authority);
        assert_eq!(read, ("2".into(), Some("2".into()), Vec::new()), "{i}");
    }
}

#[test]
fn a7_the_first_request_is_signed_with_its_own_key_and_a_renewal_tells_who_signed() {
    let authority = Authority::new();
    let (client, new) = (Client::new(), Client::new());
    let foreign = new.request("s3cret");
    let refused = received(&client.message(Some("19"), &foreign, &authority), &authority).unwrap_err();
    assert_eq!(refused.reason, Reason::OtherKey);
    let renewal = received(&client.message(Some("17"), &foreign, &authority), &authority).unwrap();
    assert_eq!(renewal.exchange.signer(), &client.certificate);
    assert!(matches!(renewal.request, Request::Renew(csr) if csr.key() == new.key.public()));
}

#[test]
fn a7_a_message_without_a_signer_or_with_a_broken_signature_has_no_answer() {
    let authority = Authority::new();
    let client = Client::new();
    let message = client.message(Some("19"), &client.request("s3cret"), &authority);
    let mut torn = message.clone();
    let last = torn.len() - 1;
    torn[last] ^= 1;
    for (bytes, reason) in [
        (torn, Reason::Signed(SignedError::Signature)),
        (cms::certificates_only(&[]), Reason::Signed(SignedError::NotOneSigner)),
    ] {
        let refused = received(&bytes, &authority).unwrap_err();
        assert_eq!(refused.reason, reason);
        assert!(refused.exchange.is_none());
    }
}

#[test]
fn a_transaction_without_its_name_or_its_nonce_is_refused() {
    let authority = Authority::new();
    let mut client = Client::new();
    let content = client.request("s3cret");
    for (transaction, nonce, missing) in [
        (None, Some(16), "transactionID"),
        (Some(""), Some(16), "transactionID"),
        (Some("a_b"), Some(16), "transactionID"),
        (Some("a"), None, "senderNonce"),
        (Some("a"), Some(15), "senderNonce"),
        (Some("a"), Some(65), "senderNonce"),
    ] {
        client.transaction = transaction;
        client.nonce = nonce.map(|length| vec![1; length]);
        let refused = received(&client.message(Some("19"), &content, &authority), &authority).unwrap_err();
        assert_eq!(refused.reason, Reason::Attribute(missing));
        assert!(refused.exchange.is_none());
    }
}

#[test]
fn a_signer_for_whom_nothing_can_be_encrypted_is_told_that_the_algorithm_is_not_taken() {
    let authority = Authority::new();
    let mut client = Client::new();
    let content = client.request("s3cret");
    client.key = SigningKey::generate_p256().unwrap();
    client.certificate = certificate::self_signed(&template("client"), &client.key).unwrap();
    let refused = received(&client.message(Some("19"), &content, &authority), &authority).unwrap_err();
    assert_eq!((refused.reason, refused.info), (Reason::SignerKey, FailInfo::BadAlg));
    assert!(refused.exchange.is_some());
}

#[test]
fn an_envelope_for_another_authority_is_refused() {
    let (authority, other) = (Authority::new(), Authority::new());
    let client = Client::new();
    let message = client.message(Some("19"), &client.request("s3cret"), &other);
    let refused = received(&message, &authority).unwrap_err();
    assert_eq!(
        (refused.reason, refused.info),
        (Reason::Envelope(cms::DecryptError::NotForUs), FailInfo::BadRequest)
    );
}

#[test]
fn a_poll_names_authority_and_subject() {
    let authority = Authority::new();
    let client = Client::new();
    let (issuer, subject) = (authority.certificate.subject(), client.certificate.subject());
    let content = write::sequence(&[issuer.as_der(), subject.as_der()]);
    let received = received(&client.message(Some("20"), &content, &authority), &authority).unwrap();
    let Request::Poll { issuer: asked, subject: of } = received.request else { panic!() };
    assert_eq!((&asked, &of), (issuer, subject));
}

#[test]
fn a_device_may_have_4096_bits() {
    let authority = Authority::new();
    let mut client = Client::new();
    client.key = SigningKey::generate_rsa(RsaSize::Bits4096).unwrap();
    client.certificate = certificate::self_signed(&template("client"), &client.key).unwrap();
    let message = client.message(Some("19"), &client.request("s3cret"), &authority);
    let Received { exchange, .. } = received(&message, &authority).unwrap();
    let issued = authority.issue(client.key.public());
    let answer = exchange.success(&issued, &[], authority.answerer(), now(), &mut random).unwrap();
    assert_eq!(client.read(&answer, &authority).2, [issued]);
}
