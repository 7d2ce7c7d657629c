//! The protocol as an OpenAPI 3.1 document, made from the types themselves.

use crate::{
    messages::{
        AckRequest, AckStatus, CheckInRequest, CheckInResponse, ClaimRequest, ClaimResponse, Command,
        Descriptor,
    },
    problem::{ProblemCode, ProblemResponse},
    report::{Platform, Protection, Report},
};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, SecurityScheme},
};

const SIGNED: &str = "HTTP Message Signatures (RFC 9421): the header fields `Signature-Input` and `Signature`, and \
with a body `Content-Digest` (RFC 9530, sha-256 or sha-512). Exactly one signature, algorithm ecdsa-p256-sha256. It covers \
at least \"@method\", \"@target-uri\" and, with a body, \"content-digest\". Parameters: created (at most 300 s ago and 30 s \
ahead), nonce (16 to 128 characters, never used twice), keyid (the device's id, in a claim \"claim\"), \
tag=\"muster-agent\", and if wanted expires and alg.";

/// What a link is refused with.
const LINK: &str = "Refused: link_unknown (404), link_expired or link_revoked (410)";
/// What a claim is refused with.
const CLAIM: &str = "Refused: link_unknown (404), link_expired or link_revoked (410), link_used, other_emm or replayed (409), \
signature_missing, signature_invalid, signature_stale or clock_skew (401), malformed (400), too_large (413)";
/// What a device is refused with.
const DEVICE: &str = "Refused: device_left after it has left (410), device_unknown or command_unknown (404), replayed (409), \
signature_missing, signature_invalid, signature_stale or clock_skew (401), malformed (400), too_large (413)";

struct Signature;

impl Modify for Signature {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let scheme = ApiKey::Header(ApiKeyValue::with_description("Signature", SIGNED));
        api.components
            .get_or_insert_default()
            .add_security_scheme("signature", SecurityScheme::ApiKey(scheme));
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Muster agent protocol",
        version = "1",
        description = "How an Android agent connects a device to Muster and keeps it connected.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(describe, claim, check_in, report, ack, leave),
    components(schemas(
        AckRequest, AckStatus, CheckInRequest, CheckInResponse, ClaimRequest, ClaimResponse, Command, Descriptor,
        Platform, ProblemCode, ProblemResponse, Protection, Report
    )),
    modifiers(&Signature)
)]
struct Document;

/// The document, as JSON. Empty only if the types could not be serialized, which a test rules out.
#[must_use]
pub fn openapi_json() -> String {
    Document::openapi().to_pretty_json().unwrap_or_default()
}

#[utoipa::path(
    get, path = "/{token}", operation_id = "describe",
    description = "What the link is. Uses up nothing. With `Accept: application/json`; a browser gets a page.",
    params(("token" = String, Path, description = "The link's secret")),
    responses(
        (status = 200, description = "The link", body = Descriptor),
        (status = "4XX", description = LINK, body = ProblemResponse)
    )
)]
#[expect(dead_code, reason = "described, not called")]
fn describe() {}

#[utoipa::path(
    post, path = "/{token}/claim", operation_id = "claim", request_body = ClaimRequest,
    description = "Connects the device. The first device binds the link to itself; the same `hardware_id` may claim \
again, with a new key that replaces the old one. Signed with the key in the body, keyid \"claim\".",
    params(("token" = String, Path, description = "The link's secret")),
    responses(
        (status = 200, description = "Connected", body = ClaimResponse),
        (status = "4XX", description = CLAIM, body = ProblemResponse),
        (status = 503, description = "Not now", body = ProblemResponse)
    ),
    security(("signature" = []))
)]
#[expect(dead_code, reason = "described, not called")]
fn claim() {}

#[utoipa::path(
    post, path = "/agent/v1/devices/{device_id}/check-in", operation_id = "check_in",
    request_body = CheckInRequest,
    description = "Says that the device is there, and asks for commands.",
    params(("device_id" = String, Path, description = "The device's id")),
    responses(
        (status = 200, description = "What to do and when to come again", body = CheckInResponse),
        (status = "4XX", description = DEVICE, body = ProblemResponse),
        (status = 503, description = "Not now", body = ProblemResponse)
    ),
    security(("signature" = []))
)]
#[expect(dead_code, reason = "described, not called")]
fn check_in() {}

#[utoipa::path(
    post, path = "/agent/v1/devices/{device_id}/report", operation_id = "report", request_body = Report,
    description = "The device as it is now.",
    params(("device_id" = String, Path, description = "The device's id")),
    responses(
        (status = 204, description = "Noted"),
        (status = "4XX", description = DEVICE, body = ProblemResponse),
        (status = 503, description = "Not now", body = ProblemResponse)
    ),
    security(("signature" = []))
)]
#[expect(dead_code, reason = "described, not called")]
fn report() {}

#[utoipa::path(
    post, path = "/agent/v1/devices/{device_id}/commands/{command_id}/ack", operation_id = "ack",
    request_body = AckRequest,
    description = "Says how a command ended. The first answer counts: a later one is accepted and changes nothing.",
    params(
        ("device_id" = String, Path, description = "The device's id"),
        ("command_id" = String, Path, description = "The command's id")
    ),
    responses(
        (status = 204, description = "Noted"),
        (status = "4XX", description = DEVICE, body = ProblemResponse),
        (status = 503, description = "Not now", body = ProblemResponse)
    ),
    security(("signature" = []))
)]
#[expect(dead_code, reason = "described, not called")]
fn ack() {}

#[utoipa::path(
    post, path = "/agent/v1/devices/{device_id}/leave", operation_id = "leave",
    description = "Ends the management of this device. Without a body.",
    params(("device_id" = String, Path, description = "The device's id")),
    responses(
        (status = 204, description = "Left"),
        (status = "4XX", description = DEVICE, body = ProblemResponse),
        (status = 503, description = "Not now", body = ProblemResponse)
    ),
    security(("signature" = []))
)]
#[expect(dead_code, reason = "described, not called")]
fn leave() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_has_every_call_and_every_call_but_the_first_is_signed() {
        let document: serde_json::Value = serde_json::from_str(&openapi_json()).unwrap();
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
        let paths = document["paths"].as_object().unwrap();
        assert_eq!(paths.len(), 6);
        for (path, operations) in paths {
            let signed = operations["post"]["security"][0]["signature"].is_array();
            assert_eq!(signed, path != "/{token}", "{path}");
        }
        assert!(document["components"]["securitySchemes"]["signature"].is_object());
        let codes = &document["components"]["schemas"]["ProblemCode"];
        assert!(codes.to_string().contains("link_revoked"), "{codes}");
    }
}
