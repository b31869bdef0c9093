"""DATA_KEY rotates: what is stored goes over to the new key in the background, and is found and read under either meanwhile."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask
from sqlalchemy import func, select, text

from app import create_app
from app.accounts.models import Account
from app.accounts.queries import find_account_by_phone, phone_of
from app.accounts.service.find_or_create import find_or_create_account
from app.config import Mode
from app.core import blobs, clock, sealed_files
from app.core.crypto import ROOT, STANDING, Vault, number_of, vault
from app.core.db import db, transaction
from app.core.keys import sweeping
from app.core.keys.models import KeySweep
from app.core.keys.secrets_file import new_secret, read_secrets
from app.core.locks import exclusive
from app.core.settings import settings
from app.credentials.service import hash_display_pin
from app.documents import store
from app.key_lists import read_keys
from app.roster.models import InsuredPerson
from app.roster.queries import cert_no_of, find_person
from tests.core.key_files import keep_secrets, restart, run
from tests.kit.at_once import at_once
from tests.kit.people import make_person
from tests.kit.roster import Importing, many
from tests.kit.settings import SECRETS, make_settings
from tests.kit.staff import make_staff

PHONE = "13800000001"
NUMBER = "510600199003070017"


@pytest.fixture
def kept(app: Flask) -> Flask:
    """A bureau whose secrets lie in the instance folder."""
    keep_secrets()
    return app


def rotate(app: Flask) -> None:
    ended = run(app, "rotate", "--which", "data", "--begin-in", "0")
    assert ended.exit_code == 0, ended.output
    restart(app)


def fill(people: int = 0) -> None:
    """Something of every kind that is sealed."""
    make_person(NUMBER)
    rng = random.Random(7)
    with transaction():
        find_or_create_account(PHONE)
        for _n in range(people):
            find_or_create_account(f"139{rng.randrange(10**8):08d}")
    make_staff("reviewer")
    store.put("pages/one", b"a page")
    with sealed_files.SealedWriter("roster/file") as file:
        file.write(b"rows" * 10)
        file.finish()


def assert_readable() -> None:
    db.session.rollback()
    person, account = find_person("01", NUMBER), find_account_by_phone(PHONE)
    assert person is not None and cert_no_of(person) == NUMBER
    assert account is not None and phone_of(account) == PHONE
    assert store.get("pages/one") == b"a page"
    assert sealed_files.open_sealed("roster/file").read() == b"rows" * 10


def keys_in_use() -> set[int]:
    """The numbers of the keys that rows and files stand under."""
    db.session.rollback()
    found = set()
    for column in sweeping.marked_columns():
        found |= {number_of(sealed)[0] for sealed in db.session.scalars(select(column).where(column.is_not(None))) if sealed}
    found.add(number_of(blobs.get("pages/one")[len(store.MAGIC) :])[0])
    found.add(number_of(blobs.get("roster/file/head"))[0])
    return found


@pytest.mark.one_database
def test_under_its_first_key_everything_is_as_0_2_0_wrote_it() -> None:
    secret = SECRETS["DATA_KEY"]
    old = Vault(secret)

    for purpose in STANDING:
        derived = HKDF(hashes.SHA256(), 32, b"pingzheng", purpose.encode()).derive(secret.encode())
        assert old.subkey(purpose) == derived
    assert old.encrypt("phone", b"1")[:1] == b"\x01"
    assert old.keyed_hashes("phone", PHONE) == (old.keyed_hash("phone", PHONE),)
    assert old.subkey("a purpose of tomorrow") != HKDF(hashes.SHA256(), 32, b"pingzheng", b"a purpose of tomorrow").derive(
        secret.encode()
    )


@pytest.mark.one_database
def test_what_was_given_out_stays_good_when_the_first_key_is_gone() -> None:
    old = Vault(SECRETS["DATA_KEY"])

    new = Vault(read_keys(f"k2:{new_secret()}:5"), old.carry_on())

    for purpose in ("api-key", "session", "staff-session", "family-invitation", "specimen-handle", "a purpose of tomorrow"):
        assert new.keyed_hash(purpose, "x") == old.keyed_hash(purpose, "x")
    assert new.subkey("display-pin") == old.subkey("display-pin")
    assert new.keyed_hash("phone", PHONE) != old.keyed_hash("phone", PHONE)
    with pytest.raises(ValueError, match="a key that is not here"):
        new.decrypt("phone", old.encrypt("phone", b"1"))
    carried = old.carry_on()
    assert carried.keys() == STANDING | {ROOT} and not any(purpose.startswith("encrypt:") for purpose in carried)


def test_everything_is_found_and_read_before_while_and_after_it_goes_over(kept: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    fill()
    rotate(kept)
    assert_readable()
    assert keys_in_use() == {1}
    monkeypatch.setattr(sweeping, "BATCH_ROWS", 1)
    steps = 0

    while sweeping.Sweeper().take_turn(seconds=0.0001):
        assert_readable()
        steps += 1

    assert steps > 5 and keys_in_use() == {2}
    assert_readable()
    person = db.session.scalars(select(InsuredPerson)).one()
    assert person.cert_no_hash == vault.hash_under(2, "cert_no", f"01:{NUMBER}")
    said = run(kept, "status").output
    assert "account.phone_encrypted: 1 written anew, finished" in said and "not finished" not in said


def test_new_values_are_written_under_the_new_key_from_its_moment_on(kept: Flask) -> None:
    run(kept, "rotate", "--which", "data", "--begin-in", "15")
    restart(kept)

    with transaction():
        before = number_of(find_or_create_account(PHONE).phone_encrypted or b"")[0]
    clock.move(timedelta(minutes=16))
    with transaction():
        after = number_of(find_or_create_account("13800000002").phone_encrypted or b"")[0]
        again = find_or_create_account(PHONE)

    assert (before, after) == (1, 2)
    assert db.session.scalar(select(func.count()).select_from(Account)) == 2 and again.phone_encrypted is not None


def test_a_kill_in_between_harms_nothing_and_the_next_goes_on_there(kept: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(people=40)
    rotate(kept)
    monkeypatch.setattr(sweeping, "BATCH_ROWS", 7)
    real, calls = sweeping._leave, 0

    def die(*arguments: Any, **more: Any) -> None:
        nonlocal calls
        calls += 1
        real(*arguments, **more)
        if calls % 3 == 0:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sweeping, "_leave", die)
        for _life in range(4):
            with pytest.raises(KeyboardInterrupt):
                sweeping.Sweeper().take_turn(seconds=60)
            db.session.rollback()
            assert_readable()
    assert run(kept, "sweep").exit_code == 0

    done = dict(db.session.execute(select(KeySweep.step, KeySweep.done)).all())
    assert done["account.phone_encrypted"] == 41, "each was written anew once: what a kill took back was done again"
    assert keys_in_use() == {2} and sweeping.count_left(1) == 0
    again = run(kept, "sweep")
    assert again.exit_code == 0 and dict(db.session.execute(select(KeySweep.step, KeySweep.done)).all()) == done


def test_two_processes_that_write_anew_at_once_do_it_once(kept: Flask) -> None:
    fill(people=60)
    rotate(kept)

    at_once(kept, [lambda: sweeping.Sweeper().take_turn(seconds=30)] * 3)

    assert keys_in_use() == {2}
    assert db.session.scalars(select(KeySweep.done).where(KeySweep.step == "account.phone_encrypted")).one() == 61
    assert_readable()


@pytest.fixture
def late(kept: Flask) -> Iterator[Flask]:
    """A process of the same installation whose clock has not come to the new key's moment yet."""
    listed = read_secrets(settings.instance_path)["DATA_KEY"].split(",")
    newest, secret = listed[0].split(":")[0], listed[0].split(":")[1]
    keys = f"{newest}:{secret}:{int(clock.timestamp()) + 3600},{listed[1]}"
    other = create_app(make_settings(database_url=settings.database_url, instance_path=settings.instance_path, data_key=keys))
    yield other
    with other.app_context():
        db.engine.dispose()


def create_in(app: Flask, phone: str) -> int:
    with app.app_context(), transaction():
        made = find_or_create_account(phone).id
        db.session.flush()
        return made


def test_one_number_stays_one_account_in_the_moment_two_processes_write_under_different_keys(
    kept: Flask, request: pytest.FixtureRequest
) -> None:
    rotate(kept)
    late: Flask = request.getfixturevalue("late")
    for n in range(12):
        phone = f"1370000{n:04d}"

        ids = at_once(kept, [lambda p=phone: create_in(kept, p), lambda p=phone: create_in(late, p)] * 2)

        assert len(set(ids)) == 1
    assert db.session.scalar(select(func.count()).select_from(Account)) == 12


def test_an_import_finds_everybody_again_while_the_roster_goes_over(kept: Flask, tmp_path: Path) -> None:
    imported = Importing(kept, tmp_path)
    first = imported(many(30))
    rotate(kept)

    again = imported(many(30))

    assert (first.created, again.created, again.updated, again.unchanged) == (30, 0, 0, 30)
    assert db.session.scalar(select(func.count()).select_from(InsuredPerson)) == 30


def test_the_first_key_is_dropped_only_when_nothing_stands_under_it(kept: Flask) -> None:
    fill()
    pin, session = hash_display_pin("4711"), vault.keyed_hash("session", "token")
    rotate(kept)
    clock.move(timedelta(days=32))
    kept.config["SETTINGS"] = replace(kept.config["SETTINGS"], app_mode=Mode.production)  # a demo keeps it, for its own staff
    early = run(kept, "drop", "DATA_KEY", "k1")
    kept.config["SETTINGS"] = replace(kept.config["SETTINGS"], app_mode=Mode.demo)
    assert run(kept, "sweep").exit_code == 0
    stray = vault.hash_under(1, "phone", "13900000000")
    with transaction():  # by a process that nobody had restarted
        sealed = vault.encrypt("phone", b"13900000000", bound_to=stray, number=1)
        db.session.add(Account(phone_hash=stray, phone_encrypted=sealed, created_at=clock.now()))
    kept.config["SETTINGS"] = replace(kept.config["SETTINGS"], app_mode=Mode.production)
    behind = run(kept, "drop", "DATA_KEY", "k1")
    swept = run(kept, "sweep", "--again")
    dropped = run(kept, "drop", "DATA_KEY", "k1")
    kept.config["SETTINGS"] = replace(kept.config["SETTINGS"], app_mode=Mode.demo)
    restart(kept)

    assert early.exit_code == 1 and "steps of encrypting anew are not finished" in early.output
    assert behind.exit_code == 1 and "1 rows stand under it: run `flask keys sweep --again`" in behind.output
    assert swept.exit_code == 0 and dropped.exit_code == 0, dropped.output
    assert "k1:" not in read_secrets(settings.instance_path)["DATA_KEY"]
    assert SECRETS["DATA_KEY"] not in (settings.instance_path / "secrets.env").read_text()
    assert_readable()
    assert find_account_by_phone("13900000000") is not None
    assert vault.keyed_hash("session", "token") == session and pin
    assert kept.test_client().get("/readyz").status_code == 200


def test_a_spoilt_value_is_counted_and_keeps_nothing_up(kept: Flask) -> None:
    fill()
    with transaction():
        db.session.execute(text("UPDATE staff_member SET totp_secret = :spoilt"), {"spoilt": b"\x01" + bytes(40)})
    rotate(kept)

    ended = run(kept, "sweep")

    assert ended.exit_code == 0 and "staff_member.totp_secret: 0 written anew, 1 could not be, and stay as they are" in ended.output
    assert sweeping.count_left(1) == 0


@pytest.mark.one_database
def test_every_column_of_ciphertexts_is_written_anew_or_over_in_a_day() -> None:
    """A new column that ends with `_encrypted` has to say how it is sealed; what is short-lived is named here."""
    short = {"sms_code.phone_encrypted"}  # minutes
    marked = {str(column) for column in sweeping.marked_columns()}

    named = {str(column) for table in db.metadata.tables.values() for column in table.c if column.name.endswith("_encrypted")}

    assert named - marked == short


def test_a_rotation_does_not_begin_while_a_roster_is_imported(kept: Flask) -> None:
    with exclusive("roster-import"):
        ended = run(kept, "rotate", "--which", "data")

    assert ended.exit_code == 1 and "roster-import is under way" in ended.output
    assert read_secrets(settings.instance_path) == SECRETS
