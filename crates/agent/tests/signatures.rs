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

#[test]
fn a18_taking_the_body_away_is_noticed() {
    let key = SigningKey::generate().unwrap();
    let signed = signed(&key, b"{}");
    assert_eq!(check(&key, &signed, b"", NOW), Err(SignatureError::Digest));
    let without = Signed { content_digest: None, ..signed };
    assert!(check(&key, &without, b"", NOW).is_err());
}

#[test]
fn a18_what_is_said_twice_is_refused_not_taken_from_the_last() {
    let key = SigningKey::generate().unwrap();
    let good = signed(&key, b"{}");
    let mut bad = good.clone();
    bad.signature_input = bad.signature_input.replace(";created=", ";created=1;created=");
    assert!(malformed(check(&key, &bad, b"{}", NOW)), "a parameter");
    let mut bad = good.clone();
    bad.signature_input = format!("muster=(\"@method\");created=1, {}", good.signature_input);
    assert!(malformed(check(&key, &bad, b"{}", NOW)), "a label of the input");
    let mut bad = good.clone();
    bad.signature = format!("muster=:AAAA:, {}", good.signature);
    assert!(malformed(check(&key, &bad, b"{}", NOW)), "a label of the signature");
    let digest = good.content_digest.clone().unwrap();
    let headers = [
        ("content-digest", digest.as_str()),
        ("content-digest", digest.as_str()),
        ("signature-input", good.signature_input.as_str()),
        ("signature", good.signature.as_str()),
    ];
    let request = Request { method: "POST", target_uri: URL, headers: &headers, body: b"{}" };
    let result = parse(&request).and_then(|u| u.verify(&key.public().unwrap(), &request, NOW));
    assert_eq!(result, Err(SignatureError::Digest), "a header field");
}

#[test]
fn a18_expires_is_honoured_and_alg_may_be_left_out() {
    // Neither changes what was signed here, so what comes back says which rule was met first.
    let key = SigningKey::generate().unwrap();
    let good = signed(&key, b"");
    let with = |from: &str, to: &str| {
        let mut other = good.clone();
        other.signature_input = other.signature_input.replace(from, to);
        check(&key, &other, b"", NOW + 10)
    };
    assert_eq!(with(";nonce", &format!(";expires={};nonce", NOW + 10)), Err(SignatureError::Stale));
    assert_eq!(with(";nonce", &format!(";expires={};nonce", NOW + 11)), Err(SignatureError::Invalid));
    assert_eq!(with(";alg=\"ecdsa-p256-sha256\"", ""), Err(SignatureError::Invalid));
}

/// The order of P-256 (FIPS 186-5 by SP 800-186, section 3.2.1.3).
const N: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

#[test]
fn a18_the_other_form_of_a_signature_has_the_same_nonce_so_that_a_replay_is_known_by_it() {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let key = SigningKey::generate().unwrap();
    let good = signed(&key, b"");
    let text = good.signature.trim_start_matches("muster=:").trim_end_matches(':');
    let mut bytes = STANDARD.decode(text).unwrap();
    let mut borrow = 0;
    for (n, s) in N.iter().zip(&mut bytes[32..]).rev() {
        let difference = i16::from(*n) - i16::from(*s) - borrow;
        borrow = i16::from(difference < 0);
        *s = u8::try_from(difference + 256 * borrow).unwrap();
    }
    let twin = Signed { signature: format!("muster=:{}:", STANDARD.encode(bytes)), ..good.clone() };
    assert_ne!(twin, good);
    assert_eq!(check(&key, &twin, b"", NOW), check(&key, &good, b"", NOW), "(r, n-s) holds as well");
}
