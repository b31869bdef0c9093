"""The sealed store: every file has a data key of its own, wrapped by a key outside the store; the file's name is bound to both.

A file that was copied to another name, or truncated, does not open. Other features keep files here under their own prefixes.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.core import blobs, store_mark
from app.core.crypto import AES_256_GCM, NONCE_BYTES, length_of, number_of, vault

MAGIC = b"PZD1"
_KEY_BYTES = 32
_PURPOSE = "document-key"


class Unreadable(RuntimeError):
    """The file under this name was changed, moved or sealed under another key."""


def put(name: str, data: bytes) -> None:
    """Seals and stores; replaces an existing file. Raises blobs.StoreUnavailable, also if the store is not this installation's."""
    store_mark.require_ours()
    blobs.put(name, seal(name, data))


def get(name: str) -> bytes:
    """Raises blobs.NoSuchBlob, blobs.StoreUnavailable, Unreadable. In a store that is not mounted no file counts as gone."""
    try:
        sealed = blobs.get(name)
    except blobs.NoSuchBlob:
        if store_mark.problems():
            raise blobs.StoreUnavailable("the store of the documents is not this installation's") from None
        raise
    return unseal(name, sealed)


def is_own(name: str) -> bool:
    """Whether the file under this name was sealed by this installation. Raises blobs.StoreUnavailable."""
    try:
        return opens(name, blobs.get(name))
    except blobs.NoSuchBlob:
        return False


def delete(name: str) -> None:
    blobs.delete(name)


def opens(name: str, sealed: bytes) -> bool:
    """Whether the bytes are unchanged and can be opened with the current secrets."""
    try:
        unseal(name, sealed)
    except Unreadable:
        return False
    return True


def seal(name: str, data: bytes) -> bytes:
    """`PZD1`, the wrapped key, the algorithm, the nonce, the ciphertext with its tag (NIST SP 800-38D)."""
    key, nonce = os.urandom(_KEY_BYTES), os.urandom(NONCE_BYTES)
    wrapped = vault.encrypt(_PURPOSE, key, bound_to=name.encode())
    return b"".join((MAGIC, wrapped, AES_256_GCM, nonce, AESGCM(key).encrypt(nonce, data, name.encode())))


def unseal(name: str, sealed: bytes) -> bytes:
    try:
        body = _body(sealed)
        start = body + 1 + NONCE_BYTES
        key = vault.decrypt(_PURPOSE, sealed[len(MAGIC) : body], bound_to=name.encode())
        return AESGCM(key).decrypt(sealed[body + 1 : start], sealed[start:], name.encode())
    except (ValueError, InvalidTag):
        raise Unreadable(name) from None


def reseal(name: str, sealed: bytes) -> bytes | None:
    """The same file with its key wrapped by the current DATA_KEY; None when it already is. Raises ValueError."""
    body = _body(sealed)
    if number_of(sealed[len(MAGIC) :])[0] == vault.writer:
        return None
    key = vault.decrypt(_PURPOSE, sealed[len(MAGIC) : body], bound_to=name.encode())
    return b"".join((MAGIC, vault.encrypt(_PURPOSE, key, bound_to=name.encode()), sealed[body:]))


def _body(sealed: bytes) -> int:
    """Where the wrapped key ends. Raises ValueError."""
    body = len(MAGIC) + length_of(_KEY_BYTES, sealed[len(MAGIC) :])
    if sealed[: len(MAGIC)] != MAGIC or sealed[body : body + 1] != AES_256_GCM:
        raise ValueError("no file of the sealed store")
    return body
