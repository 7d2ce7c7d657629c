"""Verifies our request, given as JSON, with the PyPI package http-message-signatures; prints true or false."""

import base64
import datetime
import json
import sys

from cryptography.hazmat.primitives.asymmetric import ec
from http_message_signatures import (
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)

given = json.loads(sys.argv[1])
point = base64.urlsafe_b64decode(given["point"] + "=")


class Request:
    method, url, headers = given["method"], given["url"], given["headers"]


class Keys(HTTPSignatureKeyResolver):
    def resolve_public_key(self, key_id):
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point) if key_id == "device-1" else None

    def resolve_private_key(self, key_id):
        raise NotImplementedError


try:
    results = HTTPMessageVerifier(signature_algorithm=algorithms.ECDSA_P256_SHA256, key_resolver=Keys()).verify(
        Request,
        max_age=datetime.timedelta(minutes=5),
        expect_tag="muster-agent",
        require_components=("@method", "@target-uri", "content-digest"),
        body=given["body"].encode(),
    )
    print("true" if len(results) == 1 else "false")
except InvalidSignature as error:
    print(f"false: {error}")
