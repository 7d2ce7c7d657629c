"""Signs a request with the PyPI package http-message-signatures; prints what a server would receive, as JSON."""

import base64
import datetime
import json
import sys

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

METHOD, URL, BODY, CREATED = "POST", "https://muster.example.org/agent/v1/devices/1/check-in", b'{"report":null}', int(sys.argv[1])


class Request:
    method, url = METHOD, URL

    def __init__(self, headers):
        self.headers = headers


private = ec.generate_private_key(ec.SECP256R1())
point = private.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
pem = private.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)


class Keys(HTTPSignatureKeyResolver):
    def resolve_private_key(self, key_id):
        return pem

    def resolve_public_key(self, key_id):
        raise NotImplementedError


# The package makes the Content-Digest itself.
request = Request({"Content-Type": "application/json"})
HTTPMessageSigner(signature_algorithm=algorithms.ECDSA_P256_SHA256, key_resolver=Keys()).sign(
    request,
    key_id="device-1",
    created=datetime.datetime.fromtimestamp(CREATED, tz=datetime.timezone.utc),
    nonce="c29tZS1ub25jZS0xMjM0",
    tag="muster-agent",
    body=BODY,
    covered_component_ids=("@target-uri", "content-type", "content-digest", "@method"),
)
print(
    json.dumps(
        {
            "point": base64.urlsafe_b64encode(point).decode().rstrip("="),
            "method": METHOD,
            "url": URL,
            "body": BODY.decode(),
            "headers": {name.lower(): value for name, value in request.headers.items()},
        }
    )
)
