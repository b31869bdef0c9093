"""The short way of `/code/state` says "nothing new" and nothing else: whatever happens, the phone hears what the long way says."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, request_started
from sqlalchemy import update

from app.accounts.service import revoke_device, sign_out_everywhere
from app.core import clock
from app.core.db import db, transaction
from app.credentials import service
from app.credentials.models import EndReason, Presentation
from tests.scanning.desk import Desk, Telephone

Happening = Callable[[Desk, Telephone], object]


@pytest.fixture
def phone(app: Flask, telephone: Telephone) -> Any:
    """The browser's client, unlocked, which has asked once; and the answer's ETag."""
    client = app.test_client()
    telephone.holder.sign_in(client)
    service.unlock_code(telephone.holder.session, telephone.holder.credential)
    address = f"/code/state?of={telephone.holder.credential.id}"
    etag = client.get(address).headers["ETag"]
    return lambda: client.get(address, headers={"If-None-Match": etag})


@contextmanager
def counted(app: Flask) -> Iterator[list[int]]:
    """One entry for each request that went the long way."""
    seen: list[int] = []

    def note(_sender: Flask) -> None:
        seen.append(1)

    with request_started.connected_to(note, app):
        yield seen


def _rows(telephone: Telephone, **values: object) -> None:
    with transaction():
        db.session.execute(update(Presentation).where(Presentation.handle == telephone.handle).values(**values))


def _freeze(_desk: Desk, phone: Telephone) -> None:
    service.freeze_credential(phone.holder.credential, by="system")


HAPPENINGS: dict[str, Happening] = {
    "scanned": lambda desk, phone: desk.scan(phone.draw()),
    "frozen": _freeze,
    "five minutes went by": lambda _desk, _phone: clock.move(timedelta(minutes=5)),
    "the number grew old": lambda _desk, _phone: clock.move(timedelta(seconds=100)),
    "a handle ended": lambda _desk, phone: service.end_presentations(phone.holder.device.id, EndReason.device_removed),
    "the device was removed": lambda _desk, phone: revoke_device(phone.holder.device),
    "signed out everywhere": lambda _desk, phone: sign_out_everywhere(phone.holder.account),
    "used without a network": lambda _desk, phone: _rows(phone, uses_since_seen=3),
    "its master was removed": lambda _desk, phone: _rows(phone, master_id="gone"),
    "a desk waits for digits": lambda _desk, phone: _rows(phone, challenge_until=int(clock.timestamp()) + 60),
}


def test_nothing_new_is_said_the_short_way(app: Flask, phone: Any) -> None:
    clock.move(timedelta(seconds=2))

    with counted(app) as long_ways:
        answer = phone()

    assert (answer.status_code, answer.data, long_ways) == (304, b"", [])
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert int(answer.headers["X-Pz-Time"]) == int(clock.timestamp() * 1000)


@pytest.mark.parametrize("happening", HAPPENINGS.values(), ids=HAPPENINGS)
def test_whatever_happens_is_said_the_long_way(
    app: Flask, desk: Desk, telephone: Telephone, phone: Any, happening: Happening
) -> None:
    happening(desk, telephone)
    db.session.rollback()

    with counted(app) as long_ways:
        phone()

    assert len(long_ways) == 1


def test_a_spoilt_address_goes_the_long_way(subtests: pytest.Subtests, app: Flask, telephone: Telephone) -> None:
    client = app.test_client()
    telephone.holder.sign_in(client)

    for query in ("", "?of=", "?of=x", "?of=-1", f"?of={10**30}", "?of=²"):
        with subtests.test(query=query):
            with counted(app) as long_ways:
                client.get(f"/code/state{query}", headers={"If-None-Match": '"12345678"'})

            assert len(long_ways) == 1


def test_a_forged_cookie_is_told_nothing(subtests: pytest.Subtests, app: Flask, telephone: Telephone) -> None:
    for cookie in ("", "x", "eyJfdXNlcl9pZCI6IngifQ.aaaa.bbbb"):
        with subtests.test(cookie=cookie):
            client = app.test_client()
            client.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie)

            answer = client.get(f"/code/state?of={telephone.holder.credential.id}", headers={"If-None-Match": '"12345678"'})

            assert answer.status_code == 303
