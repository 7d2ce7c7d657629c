//! The worked example in `docs/agent-protocol.md` verifies as it stands there.

#![expect(clippy::unwrap_used, reason = "a test that panics fails, as it should")]

use muster_agent_protocol::{
    key::PublicKey,
    problem::ProblemCode,
    verify::{Request, SignatureError, parse},
};

const PAGE: &str = include_str!("../../../docs/agent-protocol.md");
const NOW: i64 = 1_795_514_400;

fn block(language: &str) -> &str {
    PAGE.split_once(&format!("```{language}\n")).unwrap().1.split_once("\n```").unwrap().0
}

#[test]
fn the_worked_example_verifies() {
    let (head, body) = block("http").split_once("\n\n").unwrap();
    let (line, fields) = head.split_once('\n').unwrap();
    let fields: Vec<_> = fields
        .lines()
        .map(|l| l.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_lowercase(), value))
        .collect();
    let headers: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let words: Vec<_> = line.split(' ').collect();
    let target_uri = format!("https://{}{}", headers[0].1, words[1]);
    let request =
        Request { method: words[0], target_uri: &target_uri, headers: &headers, body: body.as_bytes() };
    let key = PublicKey::from_base64url(block("key")).unwrap();
    let verified = parse(&request).unwrap().verify(&key, &request, NOW).unwrap();
    assert_eq!(verified.created, NOW);
    let other = Request { body: b"[]", ..request };
    assert_eq!(parse(&other).unwrap().verify(&key, &other, NOW), Err(SignatureError::Digest));
    // The base that the page shows is made of what the request has.
    let base: Vec<_> = block("base").lines().collect();
    assert_eq!(base[1], format!("\"@target-uri\": {target_uri}"));
    let input = headers.iter().find(|(name, _)| *name == "signature-input").unwrap().1;
    assert_eq!(base[3].strip_prefix("\"@signature-params\": "), input.strip_prefix("muster="));
}

#[test]
fn the_page_has_every_refusal_with_its_status() {
    for code in ProblemCode::ALL {
        let row =
            format!("| `{}` | {} |", serde_json::to_value(code).unwrap().as_str().unwrap(), code.status());
        assert!(PAGE.contains(&row), "{row}");
    }
}

#[test]
fn the_openapi_document_names_every_refusal_with_its_status() {
    let document: serde_json::Value =
        serde_json::from_str(&muster_agent_protocol::openapi::openapi_json()).unwrap();
    let refused = |path: &str, method: &str, code: ProblemCode| {
        let answer = &document["paths"][path][method]["responses"]["4XX"]["description"];
        let words = answer.as_str().unwrap().to_owned();
        let behind =
            words.split(code.name()).nth(1).unwrap_or_else(|| panic!("{code:?} in {words}")).to_owned();
        let status = behind.split_once('(').unwrap().1;
        assert!(status.starts_with(&code.status().to_string()), "{code:?} in {words}");
    };
    use ProblemCode::*;
    for code in [LinkUnknown, LinkExpired, LinkRevoked] {
        refused("/{token}", "get", code);
        refused("/{token}/claim", "post", code);
    }
    for code in [LinkUsed, OtherEmm, Replayed, SignatureMissing, SignatureInvalid, SignatureStale, ClockSkew]
    {
        refused("/{token}/claim", "post", code);
    }
    for call in ["check-in", "report", "leave", "commands/{command_id}/ack"] {
        for code in
            [DeviceLeft, DeviceUnknown, Replayed, SignatureMissing, SignatureInvalid, Malformed, TooLarge]
        {
            refused(&format!("/agent/v1/devices/{{device_id}}/{call}"), "post", code);
        }
    }
}
