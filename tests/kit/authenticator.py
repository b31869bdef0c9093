"""A phone's fingerprint reader in software: makes one P-256 key and signs challenges as WebAuthn says."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Authenticator:
    """count: 0 never counts, as synchronised passkeys do."""

    origin: str = "http://localhost"
    domain: str = "localhost"
    count: int = 0
    flags: int = PRESENT | VERIFIED
    key_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any]) -> str:
        """Answers `navigator.credentials.create`."""
        point = self.key.public_key().public_numbers()
        public_key = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})
        attested = bytes(16) + len(self.key_id).to_bytes(2, "big") + self.key_id + public_key
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + attested})
        return self._answer({"clientDataJSON": self._client("create", options), "attestationObject": encode(statement)})

    def sign(self, options: dict[str, Any]) -> str:
        """Answers `navigator.credentials.get`."""
        self.count += bool(self.count)
        client, data = self._client("get", options), self._data()
        signed = data + hashlib.sha256(base64.urlsafe_b64decode(client + "==")).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {"clientDataJSON": client, "authenticatorData": encode(data), "signature": encode(signature), "userHandle": None}
        )

    def _client(self, act: str, options: dict[str, Any]) -> str:
        client = {"type": f"webauthn.{act}", "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return encode(json.dumps(client).encode())

    def _data(self, extra: int = 0) -> bytes:
        domain = hashlib.sha256(self.domain.encode()).digest()
        return domain + bytes([self.flags | extra]) + self.count.to_bytes(4, "big")

    def _answer(self, response: dict[str, Any]) -> str:
        name = encode(self.key_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "clientExtensionResults": {}, "response": response})
