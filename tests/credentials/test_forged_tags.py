"""Five wrong tags under a known handle within a day end what the phone shows: somebody guesses at the PIN that wraps its key."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.service import revoke_device
from app.core import clock
from app.core.db import bare_read, bare_transaction, begin_writing, db
from app.credentials.code_format import Code, make_code, parse_code
from app.credentials.models import EndReason, ForgedTag, Presentation
from app.credentials.queries.redeem import find_shown
from app.credentials.service import drop_old_forged_tags, open_presentation
from app.credentials.service.forged_tags import count_forged_tag
from app.institutions.queries import get_institution
from app.messages.models import Message
from tests.scanning.desk import Desk, Telephone, assert_refused, make_desk, make_telephone

WRONG_KEY = bytes(32)


@pytest.fixture
def desks(app: Flask) -> list[Desk]:
    return [make_desk(app, f"H510600000{n}") for n in (11, 12, 13)]


@pytest.fixture
def telephone(app: Flask) -> Telephone:
    return make_telephone()


def _guess(desk: Desk, telephone: Telephone) -> None:
    assert_refused(desk.scan(make_code(WRONG_KEY, telephone.handle, int(clock.timestamp()))), 1002)


def _shown(telephone: Telephone) -> Presentation:
    db.session.rollback()
    return db.session.get_one(Presentation, telephone.handle)


def test_the_fifth_ends_it_and_tells_the_holder(desks: list[Desk], telephone: Telephone) -> None:
    for desk in (desks[0], desks[0], desks[1], desks[1]):
        _guess(desk, telephone)
    assert _shown(telephone).ends_at is None

    _guess(desks[2], telephone)

    ended = _shown(telephone)
    assert (ended.end_reason, ended.ends_at) == (EndReason.forged_tags, clock.now())
    assert_refused(desks[0].scan(telephone.draw()), 1007)
    letters = db.session.scalars(select(Message).where(Message.account_id == telephone.holder.account.id)).all()
    assert len(letters) == 1
    assert "测试手机" in letters[0].body
    assert "手机丢失" in letters[0].body


def test_one_desk_alone_ends_nothing(desks: list[Desk], telephone: Telephone) -> None:
    for _ in range(8):
        _guess(desks[0], telephone)

    assert _shown(telephone).ends_at is None
    assert db.session.scalar(select(func.count()).select_from(ForgedTag)) == 2
    assert desks[0].scan(telephone.draw()).json["code"] == 0


def test_yesterdays_count_no_more(desks: list[Desk], telephone: Telephone) -> None:
    for desk in (desks[0], desks[0], desks[1], desks[1]):
        _guess(desk, telephone)
    clock.move(timedelta(hours=24, seconds=1))

    _guess(desks[2], telephone)

    assert _shown(telephone).ends_at is None
    assert drop_old_forged_tags() == 4


def test_the_next_unlock_makes_a_new_handle(desks: list[Desk], telephone: Telephone) -> None:
    for desk in (desks[0], desks[0], desks[1], desks[1], desks[2]):
        _guess(desk, telephone)

    holder = telephone.holder
    opened = open_presentation(holder.credential, holder.device, holds=telephone.handle, wants_key=True)

    assert opened.presentation.handle != telephone.handle
    assert opened.key is not None


def test_an_accepted_code_asks_nothing_more_of_the_database(app: Flask, desks: list[Desk], telephone: Telephone) -> None:
    assert desks[0].scan(telephone.draw()).json["code"] == 0

    assert db.session.scalar(select(func.count()).select_from(ForgedTag)) == 0


def test_what_has_ended_already_is_counted_and_told_no_more(desks: list[Desk], telephone: Telephone) -> None:
    revoke_device(telephone.holder.device)

    for desk in (desks[0], desks[0], desks[1], desks[1], desks[2]):
        _guess(desk, telephone)

    assert _shown(telephone).end_reason is EndReason.device_removed
    assert db.session.scalar(select(func.count()).select_from(ForgedTag)) == 0


def test_a_fifth_that_comes_after_another_end_ends_nothing_again(desks: list[Desk], telephone: Telephone) -> None:
    for desk in (desks[0], desks[0], desks[1], desks[1]):
        _guess(desk, telephone)
    with bare_read() as connection:
        seen = find_shown(connection, telephone.handle)
    assert seen is not None
    revoke_device(telephone.holder.device)
    institution_id = get_institution(desks[2].org).id
    db.session.rollback()

    with bare_transaction() as connection:
        begin_writing(connection)
        has_ended = count_forged_tag(connection, seen, institution_id, clock.now())

    assert not has_ended and _shown(telephone).end_reason is EndReason.device_removed
    assert "手机丢失" not in "".join(db.session.scalars(select(Message.body)))


def test_a_sandbox_counts_neither_its_specimens_nor_a_real_code(app: Flask, telephone: Telephone) -> None:
    sandbox = make_desk(app, "H51060099999", is_sandbox=True)
    drawn = parse_code(sandbox.sandbox_code().json["ecQrCode"])
    assert isinstance(drawn, Code)

    for handle in (drawn.handle, telephone.handle):
        assert_refused(sandbox.scan(make_code(WRONG_KEY, handle, int(clock.timestamp()))), 1002)

    assert db.session.scalar(select(func.count()).select_from(ForgedTag)) == 0
