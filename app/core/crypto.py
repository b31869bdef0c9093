"""Keys that never enter the database: encryption at rest, keyed look-up.

One `DATA_KEY`, a subkey per purpose by HKDF-SHA256. Ciphertexts open with an algorithm byte, so that SM4-GCM can be added beside
AES-256-GCM without touching stored rows.
"""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from werkzeug.local import LocalProxy

AES_256_GCM = b"\x01"
NONCE_BYTES = 12


class MissingSecret(RuntimeError):
    """A secret of this installation is not set; the message names it."""


class Vault:
    def __init__(self, data_key: str) -> None:
        self._root = data_key.encode()
        self._subkeys: dict[str, bytes] = {}
        self._ciphers: dict[str, AESGCM] = {}

    def subkey(self, purpose: str) -> bytes:
        """32 bytes that belong to this purpose alone."""
        key = self._subkeys.get(purpose)
        if key is None:
            if not self._root:
                raise MissingSecret("DATA_KEY is missing")
            key = HKDF(hashes.SHA256(), 32, b"pingzheng", purpose.encode()).derive(self._root)
            self._subkeys[purpose] = key
        return key

    def keyed_hash(self, purpose: str, value: str) -> bytes:
        """32 bytes by which a value is found without being readable: identity numbers, telephone numbers, tokens."""
        return hmac.digest(self.subkey("hash:" + purpose), value.encode(), hashlib.sha256)

    def encrypt(self, purpose: str, plain: bytes, *, bound_to: bytes = b"") -> bytes:
        """AES-256-GCM; `bound_to` ties the ciphertext to its row, so that it cannot be moved to another."""
        nonce = os.urandom(NONCE_BYTES)
        return AES_256_GCM + nonce + self._cipher(purpose).encrypt(nonce, plain, bound_to)

    def decrypt(self, purpose: str, sealed: bytes, *, bound_to: bytes = b"") -> bytes:
        """Raises ValueError when the text was changed, moved or written under another key."""
        if sealed[:1] != AES_256_GCM:
            raise ValueError("unknown algorithm")
        try:
            return self._cipher(purpose).decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], bound_to)
        except InvalidTag:
            raise ValueError("the stored value does not belong here") from None

    def _cipher(self, purpose: str) -> AESGCM:
        cipher = self._ciphers.get(purpose)
        if cipher is None:
            cipher = self._ciphers[purpose] = AESGCM(self.subkey("encrypt:" + purpose))
        return cipher


vault: Vault = LocalProxy(lambda: current_app.extensions["vault"])  # type: ignore[assignment]
