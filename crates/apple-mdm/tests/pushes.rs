//! Pushes and the request for their certificate.

use base64::{Engine, engine::general_purpose::STANDARD};
use muster_apple_mdm::{
    document::{Limits, dictionary},
    ids::{PushMagic, Topic},
    push,
    push_answer::{AFTER_FAILURE, Verdict, judge},
    push_request::{InvalidRequest, encoded},
};
use std::time::Duration;

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

/// Apple's table, "Handling notification responses from APNs", as of 2026.
#[test]
fn each_line_of_apples_table_has_its_verdict() {
    let (now, later) = (Verdict::Later(Duration::ZERO), Verdict::Later(AFTER_FAILURE));
    let table = [
        (400, "BadCollapseId", Verdict::Never),
        (400, "BadDeviceToken", Verdict::Gone),
        (400, "BadExpirationDate", Verdict::Never),
        (400, "BadMessageId", Verdict::Never),
        (400, "BadPriority", Verdict::Never),
        (400, "BadTopic", Verdict::Never),
        (400, "DeviceTokenNotForTopic", Verdict::Gone),
        (400, "DuplicateHeaders", Verdict::Never),
        (400, "IdleTimeout", now),
        (400, "InvalidPushType", Verdict::Never),
        (400, "MissingDeviceToken", Verdict::Never),
        (400, "MissingTopic", Verdict::Never),
        (400, "PayloadEmpty", Verdict::Never),
        (400, "TopicDisallowed", Verdict::Never),
        (403, "BadCertificate", Verdict::Never),
        (403, "BadCertificateEnvironment", Verdict::Never),
        (403, "BadEnvironmentKeyIdInToken", now),
        (403, "ExpiredProviderToken", now),
        (403, "Forbidden", Verdict::Never),
        (403, "InvalidProviderToken", now),
        (403, "MissingProviderToken", now),
        (403, "UnrelatedKeyIdInToken", now),
        (404, "BadPath", Verdict::Never),
        (405, "MethodNotAllowed", Verdict::Never),
        (410, "ExpiredToken", Verdict::Gone),
        (410, "Unregistered", Verdict::Gone),
        (413, "PayloadTooLarge", Verdict::Never),
        (429, "TooManyProviderTokenUpdates", now),
        (429, "TooManyRequests", now),
        (500, "InternalServerError", later),
        (503, "ServiceUnavailable", later),
        (503, "Shutdown", now),
    ];
    for (status, reason, verdict) in table {
        let body = format!("{{\"reason\":\"{reason}\",\"timestamp\":1732700000000}}");
        assert_eq!(judge(status, body.as_bytes()), (verdict, format!("{status} {reason}")));
    }
    assert_eq!(judge(200, b""), (Verdict::Taken, "200".into()));
}

#[test]
fn an_answer_that_is_not_apples_is_tried_again_and_its_words_are_not_repeated() {
    let now = Verdict::Later(Duration::ZERO);
    for body in ["", "<html>blocked</html>", "{}", r#"{"reason":7}"#, r#"{"reason":"<b>go away</b>"}"#] {
        assert_eq!(judge(403, body.as_bytes()), (now, "403".into()), "{body}");
    }
    assert_eq!(judge(403, format!("{{\"reason\":\"{}\"}}", "x".repeat(65)).as_bytes()).0, now);
    assert_eq!(judge(302, b"").0, now);
    assert_eq!(judge(502, b"").0, Verdict::Later(AFTER_FAILURE));
    assert_eq!(judge(410, b"").0, Verdict::Gone, "the status says it");
    assert_eq!(judge(400, br#"{"reason":"SomethingNew"}"#), (Verdict::Never, "400 SomethingNew".into()));
}
