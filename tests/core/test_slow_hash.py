"""How PINs and passwords are hashed: what guessing costs is fixed, and tests alone may pay less."""

from dataclasses import replace

from flask import Flask

from app.core.crypto import slow_hash, slow_hash_matches

PEPPER = b"pepper" * 6


def test_a_hash_costs_its_full_work_unless_a_test_says_otherwise(app: Flask) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], test_hash_work=0)

    stored = slow_hash("739154", PEPPER)

    assert [len(part) for part in stored.split("$")] == [32, 64]
    assert slow_hash_matches(stored, "739154", PEPPER)
    assert not slow_hash_matches(stored, "739155", PEPPER)


def test_a_cheap_hash_says_so_and_is_checked_at_its_own_price(app: Flask) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], test_hash_work=4)
    stored = slow_hash("739154", PEPPER)

    app.config["SETTINGS"] = replace(app.config["SETTINGS"], test_hash_work=0)

    assert stored.startswith("4$")
    assert slow_hash_matches(stored, "739154", PEPPER)
    assert not slow_hash_matches(stored, "739155", PEPPER)
