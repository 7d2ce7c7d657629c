//! ABUSE A18: what is unsigned, altered, stale, lied about or made with another key is refused.

#![expect(clippy::unwrap_used, reason = "a test that panics fails, as it should")]

use muster_agent_protocol::{
    key::{PublicKey, SigningKey},
    sign::{Signed, sign},
    verify::{Request, SignatureError, Verified, parse},
};

const NOW: i64 = 1_795_000_000;
const URL: &str = "https://muster.example.org/agent/v1/devices/1/check-in";
const NONCE: &str = "b3V0LW9mLXRoaW4tYWly";

fn signed(key: &SigningKey, body: &[u8]) -> Signed {
    sign(key, "POST", URL, body, NOW, NONCE, "device-1").unwrap()
}

fn check(key: &SigningKey, signed: &Signed, body: &[u8], now: i64) -> Result<Verified, SignatureError> {
    check_request(key, signed, "POST", URL, body, now)
}

fn check_request(
    key: &SigningKey,
    signed: &Signed,
    method: &str,
    target_uri: &str,
    body: &[u8],
    now: i64,
) -> Result<Verified, SignatureError> {
    let mut headers =
        vec![("signature-input", signed.signature_input.as_str()), ("signature", signed.signature.as_str())];
    headers.extend(signed.content_digest.iter().map(|d| ("content-digest", d.as_str())));
    let request = Request { method, target_uri, headers: &headers, body };
    parse(&request)?.verify(&key.public().unwrap(), &request, now)
}

fn malformed(result: Result<Verified, SignatureError>) -> bool {
    matches!(result, Err(SignatureError::Malformed(_)))
}

#[test]
fn a_signed_request_is_accepted_with_and_without_a_body() {
    let key = SigningKey::generate().unwrap();
    let again = SigningKey::from_pkcs8(&key.to_pkcs8().unwrap()).unwrap();
    for body in [b"".as_slice(), b"{}"] {
        let verified = check(&key, &signed(&again, body), body, NOW + 1).unwrap();
        assert_eq!(
            (verified.keyid.as_str(), verified.nonce.as_str(), verified.created),
            ("device-1", NONCE, NOW)
        );
    }
}

#[test]
fn a18_an_unsigned_request_is_refused() {
    let request = Request { method: "POST", target_uri: URL, headers: &[], body: b"{}" };
    assert_eq!(parse(&request).unwrap_err(), SignatureError::Missing);
}

#[test]
fn a18_another_key_another_method_another_address_or_another_body_is_refused() {
    let (key, other) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
    let signed = signed(&key, b"{}");
    assert_eq!(check(&other, &signed, b"{}", NOW), Err(SignatureError::Invalid));
    assert_eq!(check_request(&key, &signed, "PUT", URL, b"{}", NOW), Err(SignatureError::Invalid));
    assert_eq!(
        check_request(
            &key,
            &signed,
            "POST",
            "https://muster.example.org/agent/v1/devices/2/check-in",
            b"{}",
            NOW
        ),
        Err(SignatureError::Invalid)
    );
    assert_eq!(check(&key, &signed, b"{ }", NOW), Err(SignatureError::Digest));
    let without = Signed { content_digest: None, ..signed };
    assert_eq!(check(&key, &without, b"{}", NOW), Err(SignatureError::Digest));
}

#[test]
fn a18_a_device_cannot_say_that_it_is_another() {
    let key = SigningKey::generate().unwrap();
    let mut signed = signed(&key, b"");
    signed.signature_input = signed.signature_input.replace("device-1", "device-2");
    assert_eq!(check(&key, &signed, b"", NOW), Err(SignatureError::Invalid));
}

#[test]
fn a18_a_stale_or_future_signature_is_refused_at_the_very_second() {
    let key = SigningKey::generate().unwrap();
    let signed = signed(&key, b"");
    assert!(check(&key, &signed, b"", NOW + 300).is_ok());
    assert_eq!(check(&key, &signed, b"", NOW + 301), Err(SignatureError::Stale));
    assert!(check(&key, &signed, b"", NOW - 30).is_ok());
    assert_eq!(check(&key, &signed, b"", NOW - 31), Err(SignatureError::Future));
    for created in [i64::MAX, i64::MIN] {
        let mut wild = signed.clone();
        wild.signature_input = wild.signature_input.replace(&NOW.to_string(), &created.to_string());
        assert!(check(&key, &wild, b"", NOW).is_err(), "{created}");
    }
}

#[test]
fn a18_parameters_that_are_missing_wrong_or_unknown_are_refused() {
    let key = SigningKey::generate().unwrap();
    let good = signed(&key, b"{}");
    for (from, to) in [
        ("alg=\"ecdsa-p256-sha256\"", "alg=\"hmac-sha256\""),
        (";nonce=\"b3V0LW9mLXRoaW4tYWly\"", ""),
        ("b3V0LW9mLXRoaW4tYWly", "short"),
        ("tag=\"muster-agent\"", "tag=\"other\""),
        (";tag=\"muster-agent\"", ""),
        (";keyid=\"device-1\"", ""),
        (";created=1795000000", ""),
        (";created=1795000000", ";created=\"x\""),
        (";created=1795000000", ";created=1795000000;expires=x"),
        ("tag=", "extra=1;tag="),
        ("\"@method\" ", ""),
        ("\"@target-uri\" ", ""),
        (" \"content-digest\"", ""),
        ("\"@method\" ", "\"@method\" \"@method\" "),
        ("muster=", "a=(\"@method\");created=1, muster="),
        ("muster=", "other="),
        ("muster=(", "muster="),
    ] {
        let mut bad = good.clone();
        bad.signature_input = bad.signature_input.replace(from, to);
        assert_ne!(bad, good, "{from}");
        assert!(malformed(check(&key, &bad, b"{}", NOW)), "{from} -> {to}");
    }
    let mut bad = good.clone();
    bad.signature_input = bad.signature_input.replace("\"@method\"", "\"@authority\" \"@method\"");
    assert!(malformed(check(&key, &bad, b"{}", NOW)), "a component that this protocol does not know");
    let mut bad = good.clone();
    bad.signature_input.push_str(&" ".repeat(3000));
    assert!(malformed(check(&key, &bad, b"{}", NOW)), "too long");
    let two = format!("{}, b=:AAAA:", good.signature);
    assert!(malformed(check(&key, &Signed { signature: two, ..good }, b"{}", NOW)), "two signatures");
}

#[test]
fn a18_a_key_of_another_curve_or_no_point_at_all_is_refused() {
    let point = SigningKey::generate().unwrap().public().unwrap();
    assert!(PublicKey::from_base64url(&point.to_base64url()).is_ok());
    let mut off = point.point().to_vec();
    off[64] ^= 1;
    assert!(PublicKey::from_point(&off).is_err(), "not on the curve");
    assert!(PublicKey::from_point(&[4; 97]).is_err(), "the length of P-384");
    assert!(PublicKey::from_point(&point.point()[..33]).is_err());
    assert!(PublicKey::from_base64url("not base64!").is_err());
}
