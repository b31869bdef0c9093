"""Keys that never enter the database: encryption at rest and keyed look-up.

`DATA_KEY` is one key or a list of them (`app.key_lists`); each purpose has a subkey by HKDF-SHA256. A ciphertext begins with an
algorithm byte, so that SM4-GCM can be added beside AES-256-GCM without touching stored rows; after the byte `AES_256_GCM_KEYED`
comes the number of the key.

Encrypted columns, and hashes by which a person is found (`FOUND_BY`), move to a new key: they are re-encrypted in the background.
Everything else that is derived (hashes of random tokens, peppers, pseudonyms) we cannot make again, so it stays with the first key,
whose subkeys for it are kept when that key is dropped (ADR 38).
"""

import hashlib
import hmac
import os
from collections.abc import Mapping
from types import MappingProxyType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from app.core import clock
from app.core.flask_types import standing_for
from app.key_lists import Key, read_keys, writing_key

AES_256_GCM = b"\x01"  # under the first key
AES_256_GCM_KEYED = b"\x02"  # two bytes with the number of the key follow
NONCE_BYTES = 12
FOUND_BY = frozenset({"cert_no", "phone"})  # purposes whose hashes are made again when their value is re-encrypted
_TAG_BYTES = 16
ROOT = "root"  # of the subkeys for purposes that came after 0.2.0
_HASHED = (
    "address api-key backup-manifest browser counter-code desk-number document-proof document-store ec-index ec-token "
    "family-invitation first-run lost_code operator-name operator-session passkey-user proof-nonce session sms_code "
    "specimen-handle staff-name staff-passkey-user staff-session upload"
)
# What 0.2.0 derived from the first key itself. Nothing is ever added: new purposes derive from ROOT.
STANDING = frozenset({f"hash:{one}" for one in _HASHED.split()} | {"display-pin", "staff-password", "face-stub", "jobs"})


class MissingSecret(RuntimeError):
    """A secret of this installation is not set; the message names it."""


class Vault:
    """carried: subkeys of a first key that was dropped, by purpose."""

    def __init__(self, data_keys: str | tuple[Key, ...], carried: Mapping[str, bytes] = MappingProxyType({})) -> None:
        self._keys = read_keys(data_keys) if isinstance(data_keys, str) else data_keys
        self._roots = {key.number: key.secret.encode() for key in self._keys}
        self._carried = carried
        self._subkeys: dict[tuple[int, str], bytes] = {}
        self._ciphers: dict[tuple[int, str], AESGCM] = {}

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the keys: first the one that writes, then the others, newest first."""
        if len(self._keys) < 2:
            return tuple(key.number for key in self._keys)
        writer = self.writer
        return (writer, *(key.number for key in self._keys if key.number != writer))

    @property
    def writer(self) -> int:
        """The number of the key that writes now."""
        if len(self._keys) == 1:
            return self._keys[0].number
        if not self._keys:
            raise MissingSecret("DATA_KEY is missing")
        return writing_key(self._keys, clock.timestamp()).number

    def subkey(self, purpose: str) -> bytes:
        """32 bytes for this purpose alone, which stay the same through every rotation."""
        key = self._subkeys.get((0, purpose))
        if key is None:
            key = self._subkeys[0, purpose] = self._standing(purpose)
        return key

    def carry_on(self) -> dict[str, bytes]:
        """The subkeys that have to be kept when the first key is dropped, by purpose."""
        return {purpose: self._standing(purpose) for purpose in sorted({*STANDING, ROOT})}

    def keyed_hash(self, purpose: str, value: str) -> bytes:
        """32 bytes by which a value can be found but not read: identity numbers, telephone numbers, tokens."""
        if purpose in FOUND_BY:
            return self.hash_under(self.writer, purpose, value)
        return hmac.digest(self.subkey("hash:" + purpose), value.encode(), hashlib.sha256)

    def keyed_hashes(self, purpose: str, value: str) -> tuple[bytes, ...]:
        """All hashes a row may have been stored with, for looking it up; the present one first. purpose: of `FOUND_BY`."""
        return tuple(self.hash_under(number, purpose, value) for number in self.numbers)

    def hash_under(self, number: int, purpose: str, value: str) -> bytes:
        return hmac.digest(self._subkey(number, "hash:" + purpose), value.encode(), hashlib.sha256)

    def encrypt(self, purpose: str, plain: bytes, *, bound_to: bytes = b"", number: int = 0) -> bytes:
        """AES-256-GCM. `bound_to` ties the ciphertext to its row, so that it cannot be moved to another. number: of a key other
        than the one that writes."""
        number = number or self.writer
        nonce = os.urandom(NONCE_BYTES)
        return prefix_of(number) + nonce + self._cipher(number, purpose).encrypt(nonce, plain, bound_to)

    def decrypt(self, purpose: str, sealed: bytes, *, bound_to: bytes = b"") -> bytes:
        """Raises ValueError when the text was changed, moved or written under another key."""
        number, start = number_of(sealed)
        if number not in self._roots:
            if not self._roots:
                raise MissingSecret("DATA_KEY is missing")
            raise ValueError("the stored value was written under a key that is not here")
        try:
            cipher = self._cipher(number, purpose)
            return cipher.decrypt(sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :], bound_to)
        except InvalidTag:
            raise ValueError("the stored value does not belong here") from None

    def _standing(self, purpose: str) -> bytes:
        if purpose in self._carried:
            return self._carried[purpose]
        if purpose in STANDING or purpose == ROOT or purpose.startswith("demo-"):
            return self._subkey(1, purpose)
        return _derive(self._standing(ROOT), purpose)

    def _subkey(self, number: int, purpose: str) -> bytes:
        key = self._subkeys.get((number, purpose))
        if key is None:
            if number not in self._roots:
                raise MissingSecret("DATA_KEY is missing" if not self._roots else f"DATA_KEY lacks its key k{number}")
            key = self._subkeys[number, purpose] = _derive(self._roots[number], purpose)
        return key

    def _cipher(self, number: int, purpose: str) -> AESGCM:
        cipher = self._ciphers.get((number, purpose))
        if cipher is None:
            cipher = self._ciphers[number, purpose] = AESGCM(self._subkey(number, "encrypt:" + purpose))
        return cipher


def _derive(root: bytes, purpose: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, b"pingzheng", purpose.encode()).derive(root)


def prefix_of(number: int) -> bytes:
    """The bytes with which a ciphertext of this key begins."""
    return AES_256_GCM if number == 1 else AES_256_GCM_KEYED + number.to_bytes(2, "big")


def number_of(sealed: bytes) -> tuple[int, int]:
    """(the number of the key, where the nonce begins). Raises ValueError for no ciphertext of ours."""
    if sealed[:1] == AES_256_GCM:
        return 1, 1
    if sealed[:1] == AES_256_GCM_KEYED and len(sealed) > 3:
        return int.from_bytes(sealed[1:3], "big"), 3
    raise ValueError("unknown algorithm")


def length_of(plain: int, sealed: bytes) -> int:
    """The length of a ciphertext that stands at the start of `sealed` and holds `plain` bytes. Raises ValueError."""
    return number_of(sealed)[1] + NONCE_BYTES + plain + _TAG_BYTES


vault: Vault = standing_for(lambda: current_app.extensions["vault"])
