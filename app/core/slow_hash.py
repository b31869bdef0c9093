"""Hashes of short human secrets (display PINs, passwords): Argon2id over a peppered secret, a bounded number at once.

OWASP's password storage sheet names 19 MiB, two passes, one lane as its least; stored as `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
Up to 0.2.0 it was scrypt (`[work$]salt$hash` in hex): still verified, and written anew at the next right secret
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

MEMORY_KIB, PASSES, LANES = 19_456, 2, 1  # fixed: OWASP's least for Argon2id (ADR 39); raised with a release
WAIT_SECONDS = 2.0  # fixed: for a place; whoever waits keeps a thread
_OLD_WORK = 14  # of scrypt, as a power of two


def slow_hash(secret: str, pepper: bytes) -> str:
    """About 35 ms and 19 MiB. A cheaper one (TEST_HASH_WORK, which production refuses) says so in its parameters, as all do."""
    memory, passes = _price()
    with hash_place():
        maker = Argon2id(salt=os.urandom(16), length=32, iterations=passes, lanes=LANES, memory_cost=memory)
        return maker.derive_phc_encoded(_peppered(secret, pepper))


def slow_hash_matches(stored: str, secret: str, pepper: bytes) -> bool:
    """At the price the hash was made at, also for one of before Argon2id."""
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
    """As slow for nobody (an empty `stored`) as for anybody, whichever way their hash was made, so that the time tells nothing.

    Argon2id and scrypt are both done each time, one of them in vain: as long as old hashes may be there, one alone would show
    by its time whose name is known.
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
    """Made at another price than today's: to be written anew once the secret is known to be right."""
    memory, passes = _price()
    return not stored.startswith(f"$argon2id$v=19$m={memory},t={passes},p={LANES}$")


@contextmanager
def hash_place(*, is_stranger: bool = False) -> Iterator[None]:
    """One of HASHES_AT_ONCE places of this process; inside it further hashes of the same thread need none.

    is_stranger: whoever asks is not signed in, nor has been in this browser. Strangers have half of the places at most and few
    may wait, so that a flood of them keeps neither the processor, the memory nor the threads from those who are known. Raises
    DomainError `busy` (503) when no place became free in time: then nothing was looked at, and no guess is to be counted.
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
