"""Hashes of short human secrets (display PINs, passwords): Argon2id over a peppered secret, a limited number at the same time.

The minimum in OWASP's password storage sheet is 19 MiB, two passes, one lane; stored as `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
Up to 0.2.0 it was scrypt (`[work$]salt$hash` in hex): still verified, and replaced when the right secret is next entered
([ADR 39](../../docs/adr/0039-argon2id-and-places-for-hashing.md)).
"""

import hashlib
import hmac
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from flask_babel import gettext as _

from app.core.db import is_writing
from app.core.errors import DomainError
from app.core.settings import settings

MEMORY_KIB, PASSES, LANES = 19_456, 2, 1  # fixed: OWASP's minimum for Argon2id (ADR 39); raised with a release
WAIT_SECONDS = 2.0  # fixed: for a place; waiting occupies a thread
_OLD_WORK = 14  # of scrypt, as a power of two


def slow_hash(secret: str, pepper: bytes) -> str:
    """Takes about 35 ms and 19 MiB. A cheaper hash (TEST_HASH_WORK, which production refuses) is known by its parameters."""
    memory, passes = _price()
    with hash_place():
        maker = Argon2id(salt=os.urandom(16), length=32, iterations=passes, lanes=LANES, memory_cost=memory)
        return maker.derive_phc_encoded(_peppered(secret, pepper))


def slow_hash_matches(stored: str, secret: str, pepper: bytes) -> bool:
    """Costs as much as making the hash did. Also verifies hashes from before Argon2id."""
    with hash_place():
        if not _is_argon2id(stored):
            *marked, salt, digest = stored.split("$")
            made = _scrypt(_peppered(secret, pepper), bytes.fromhex(salt), int(marked[0]) if marked else _OLD_WORK)
            return hmac.compare_digest(bytes.fromhex(digest), made)
        try:
            Argon2id.verify_phc_encoded(_peppered(secret, pepper), stored)
        except InvalidKey:
            return False
        return True


def matches_somebody(stored: str, secret: str, pepper: bytes) -> bool:
    """Takes as long for nobody (an empty `stored`) as for anybody, however their hash was made, so that the time tells nothing.

    Argon2id and scrypt are both computed each time, one of them in vain: while there may be old hashes, the time of one alone would
    show which names are known.
    """
    memory, passes = _price()
    nobodys_new = f"$argon2id$v=19$m={memory},t={passes},p={LANES}${'A' * 22}${'A' * 43}"
    nobodys_old = f"{settings.test_hash_work or _OLD_WORK}${'00' * 16}${'00' * 32}"
    is_new = _is_argon2id(stored)
    with hash_place():
        by_new = slow_hash_matches(stored if is_new else nobodys_new, secret, pepper)
        by_old = slow_hash_matches(stored if stored and not is_new else nobodys_old, secret, pepper)
    return bool(stored) and (by_new if is_new else by_old)


def is_outdated(stored: str) -> bool:
    """Whether it was made at another price than today's, and has to be replaced once the secret is known to be right."""
    memory, passes = _price()
    return not stored.startswith(f"$argon2id$v=19$m={memory},t={passes},p={LANES}$")


@contextmanager
def hash_place(*, is_stranger: bool = False) -> Iterator[None]:
    """Takes one of HASHES_AT_ONCE places of this process; further hashes of the same thread inside it need no place.

    is_stranger: the visitor is not signed in, and has never been in this browser. Strangers get at most half of the places and only
    a few may wait, so that a flood of them leaves processor, memory and threads for known visitors. Raises DomainError `busy` (503)
    when no place becomes free in time: then nothing was compared, and no guess may be counted.
    """
    if is_writing():
        raise RuntimeError("a password hash does not belong into a transaction")
    if getattr(_held, "is_held", False):
        yield
        return
    if not _places.take(settings.hashes_at_once, is_stranger=is_stranger):
        raise DomainError(
            "busy", str(_("现在登录的人太多，系统忙不过来。")), str(_("请过几秒再试，刚才那次不算。")), status=503, retry_after=3
        )
    _held.is_held = True
    try:
        yield
    finally:
        _held.is_held = False
        _places.leave(is_stranger=is_stranger)


class _Places:
    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._all = self._strangers = self._waiting_strangers = 0

    def take(self, places: int, *, is_stranger: bool) -> bool:
        for_strangers = max(1, places // 2)
        until = time.monotonic() + WAIT_SECONDS
        with self._changed:
            if is_stranger and self._waiting_strangers >= 2 * for_strangers:
                return False
            self._waiting_strangers += is_stranger
            try:
                while self._all >= places or (is_stranger and self._strangers >= for_strangers):
                    if not self._changed.wait(until - time.monotonic()):
                        return False
            finally:
                self._waiting_strangers -= is_stranger
            self._all += 1
            self._strangers += is_stranger
            return True

    def leave(self, *, is_stranger: bool) -> None:
        with self._changed:
            self._all -= 1
            self._strangers -= is_stranger
            self._changed.notify_all()


_places = _Places()
_held = threading.local()


def _price() -> tuple[int, int]:
    """KiB and passes."""
    work = settings.test_hash_work
    return (max(8, 2**work), 1) if work else (MEMORY_KIB, PASSES)


def _is_argon2id(stored: str) -> bool:
    return stored.startswith("$argon2id$")


def _peppered(secret: str, pepper: bytes) -> bytes:
    return hmac.digest(pepper, secret.encode(), hashlib.sha256)


def _scrypt(peppered: bytes, salt: bytes, work: int) -> bytes:
    return hashlib.scrypt(peppered, salt=salt, n=2**work, r=8, p=1, dklen=32)
