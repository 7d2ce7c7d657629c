//! Pushes and the request for their certificate.

use base64::{Engine, engine::general_purpose::STANDARD};
use muster_apple_mdm::{
    document::{Limits, dictionary},
    ids::{PushMagic, Topic},
    push,
    push_request::{InvalidRequest, encoded},
};

#[test]
fn a_push_carries_its_magic_and_nothing_else() {
    let magic = PushMagic::parse("5C2A\"\\B7").unwrap();
    let body: serde_json::Value = serde_json::from_slice(&push::payload(&magic)).unwrap();
    assert_eq!(body, serde_json::json!({ "mdm": "5C2A\"\\B7" }));
    let plain = PushMagic::parse("5C2A").unwrap();
    assert_eq!(push::payload(&plain), br#"{"mdm":"5C2A"}"#);
    assert_eq!(push::path(&[0, 0xAB, 0xFF]), "/3/device/00abff");
}

#[test]
fn a17_another_topic_is_refused_and_both_are_named() {
    let topic = |end: &str| Topic::parse(&format!("com.apple.mgmt.External.{end}")).unwrap();
    assert!(push::same_topic(&topic("a"), &topic("a")).is_ok());
    let error = push::same_topic(&topic("a"), &topic("b")).unwrap_err().to_string();
    assert!(error.contains("External.a") && error.contains("External.b"));
    assert!(push::same_topic(&topic("a"), &topic("A")).is_err());
}

#[test]
fn the_request_is_the_base64_of_a_property_list_with_strings() {
    let chain = [vec![0x30; 100], vec![0x30; 48], vec![0x30; 1]];
    let request = encoded(&[0x30, 1], &chain, &[9, 8, 7]).unwrap();
    let document = dictionary(&STANDARD.decode(&request).unwrap(), Limits::UPLOAD).unwrap();
    assert_eq!(document.len(), 3);
    assert_eq!(document["PushCertRequestCSR"].as_string(), Some("MAE="));
    assert_eq!(document["PushCertSignature"].as_string(), Some("CQgH"));
    let pem = document["PushCertCertificateChain"].as_string().unwrap();
    let blocks: Vec<&str> = pem.split("-----BEGIN CERTIFICATE-----\n").skip(1).collect();
    assert_eq!(blocks.len(), 3);
    for (block, der) in blocks.iter().zip(&chain) {
        let lines: Vec<&str> = block.lines().collect();
        let (last, body) = lines.split_last().unwrap();
        assert_eq!(*last, "-----END CERTIFICATE-----");
        let (short, full) = body.split_last().unwrap();
        assert!(full.iter().all(|line| line.len() == 64) && (1..=64).contains(&short.len()));
        assert_eq!(STANDARD.decode(body.concat()).unwrap(), *der);
    }
}

#[test]
fn parts_of_the_request_that_are_missing_are_named() {
    let chain = [vec![0x30], vec![0x30]];
    assert_eq!(encoded(b"-----BEGIN", &chain, &[1]), Err(InvalidRequest::Csr));
    assert_eq!(encoded(&[], &chain, &[1]), Err(InvalidRequest::Csr));
    assert_eq!(encoded(&[0x30], &chain[..1], &[1]), Err(InvalidRequest::Chain));
    assert_eq!(encoded(&[0x30], &[vec![0x30], b"-".to_vec()], &[1]), Err(InvalidRequest::Chain));
    assert_eq!(encoded(&[0x30], &chain, &[]), Err(InvalidRequest::Signature));
}
