"""How PINs and passwords are hashed: what guessing costs is fixed, and tests alone may pay less."""

import hashlib
import hmac
from dataclasses import replace

import pytest
from flask import Flask

from app.core.db import transaction
from app.core.slow_hash import is_outdated, matches_somebody, slow_hash, slow_hash_matches

PEPPER = b"pepper" * 6


def at_full_price(app: Flask) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], test_hash_work=0)


def made_by_scrypt(secret: str, work: int = 14) -> str:
    """As 0.2.0 stored it."""
    salt = bytes(range(16))
    peppered = hmac.digest(PEPPER, secret.encode(), hashlib.sha256)
    marked = "" if work == 14 else f"{work}$"
    return f"{marked}{salt.hex()}${hashlib.scrypt(peppered, salt=salt, n=2**work, r=8, p=1, dklen=32).hex()}"


def test_a_hash_costs_what_owasp_asks_unless_a_test_says_otherwise(app: Flask) -> None:
    at_full_price(app)

    stored = slow_hash("739154", PEPPER)

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$") and len(stored) <= 120
    assert slow_hash_matches(stored, "739154", PEPPER)
    assert not slow_hash_matches(stored, "739155", PEPPER)
    assert not slow_hash_matches(stored, "739154", b"another pepper")
    assert not is_outdated(stored)


def test_a_cheap_hash_says_so_and_is_checked_at_its_own_price(app: Flask) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], test_hash_work=4)
    stored = slow_hash("739154", PEPPER)

    at_full_price(app)

    assert stored.startswith("$argon2id$v=19$m=16,t=1,p=1$")
    assert slow_hash_matches(stored, "739154", PEPPER)
    assert not slow_hash_matches(stored, "739155", PEPPER)
    assert is_outdated(stored)


def test_a_hash_of_an_earlier_release_still_says_yes_and_no(subtests: pytest.Subtests, app: Flask) -> None:
    for work in (14, 4):
        with subtests.test(work=work):
            stored = made_by_scrypt("739154", work)

            assert slow_hash_matches(stored, "739154", PEPPER)
            assert not slow_hash_matches(stored, "739155", PEPPER)
            assert is_outdated(stored)


def test_nobodys_hash_costs_both_ways_as_everybodys_does(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def noting(stored: str, secret: str, pepper: bytes) -> bool:
        done.append("argon2id" if stored.startswith("$argon2id$") else "scrypt")
        return slow_hash_matches(stored, secret, pepper)

    monkeypatch.setattr("app.core.slow_hash.slow_hash_matches", noting)

    answers = [
        matches_somebody(stored, "739154", PEPPER) for stored in ("", slow_hash("739154", PEPPER), made_by_scrypt("739154", 4))
    ]

    assert answers == [False, True, True]
    assert done == ["argon2id", "scrypt"] * 3


def test_nothing_is_hashed_while_a_transaction_holds_rows(app: Flask) -> None:
    with transaction(), pytest.raises(RuntimeError, match="does not belong into a transaction"):
        slow_hash("739154", PEPPER)
