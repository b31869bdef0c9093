from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.accounts.service import revoke_device
from app.core import clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.credentials import queries, service
from app.credentials.code_format import Code, is_luhn_valid, make_code, new_typed_number, parse_code
from app.credentials.keyring import key_of, keyring
from app.credentials.models import EndReason, Presentation, TypedCode
from app.credentials.service import drawing
from tests.credentials.holders import Holder, add_device, make_holder
from tests.kit.at_once import at_once


def _open(holder: Holder, holds: str | None = None, *, wants_key: bool = True) -> service.Opened:
    return service.open_presentation(holder.credential, holder.device, holds=holds, wants_key=wants_key)


def _use(handle: str, issued_at: int) -> None:
    """What accepting a code does to the row."""
    with transaction():
        db.session.execute(
            update(Presentation)
            .where(Presentation.handle == handle, Presentation.last_used < issued_at)
            .values(last_used=issued_at, uses_since_seen=Presentation.uses_since_seen + 1)
        )


def test_the_key_is_handed_out_once_and_draws_what_the_server_verifies(app: Flask) -> None:
    holder = make_holder()

    opened = _open(holder)
    again = _open(holder, opened.presentation.handle)

    assert opened.key is not None
    assert again.key is None
    assert again.presentation.handle == opened.presentation.handle
    code = parse_code(make_code(opened.key, opened.presentation.handle, int(clock.timestamp())))
    assert isinstance(code, Code)
    assert keyring.is_genuine(code, clock.timestamp())


def test_a_handle_is_sixty_three_bits_in_twenty_digits(app: Flask) -> None:
    handle = _open(make_holder()).presentation.handle

    assert len(handle) == 20
    assert int(handle) < 2**63


def test_a_browser_without_script_keeps_its_handle_and_leaves_the_key(app: Flask) -> None:
    holder = make_holder()
    first = _open(holder, wants_key=False)

    again = _open(holder, wants_key=False)
    with_script = _open(holder, wants_key=True)

    assert first.key is again.key is None
    assert again.presentation.handle == with_script.presentation.handle == first.presentation.handle
    assert with_script.key == key_of(keyring.newest, first.presentation.handle)


@pytest.mark.parametrize("holds", [None, "", "00000000000000000001"])
def test_a_device_that_holds_no_key_gets_a_new_handle_and_the_old_one_ends(app: Flask, holds: str | None) -> None:
    holder = make_holder()
    old = _open(holder).presentation

    new = _open(holder, holds)

    assert new.presentation.handle != old.handle
    assert new.key is not None
    assert old.end_reason is EndReason.replaced
    assert old.ends_at is not None
    assert old.ends_at <= clock.now()


def test_a_presentation_of_yesterday_is_renewed_and_lives_a_day_more(app: Flask) -> None:
    holder = make_holder()
    old = _open(holder).presentation
    clock.move(timedelta(hours=24, seconds=1))

    new = _open(holder, old.handle)

    assert new.presentation.handle != old.handle
    assert new.key is not None
    assert old.ends_at is not None
    assert timedelta(hours=23, minutes=59) < old.ends_at - clock.now() <= timedelta(hours=24)
    assert queries.find_presentation(holder.device.id, holder.credential.id) is new.presentation


def test_each_device_has_its_own_handle(app: Flask) -> None:
    holder = make_holder()
    tablet, _, _ = add_device(holder)

    phone_shows = _open(holder).presentation
    tablet_shows = service.open_presentation(holder.credential, tablet, holds=None, wants_key=True).presentation

    assert phone_shows.handle != tablet_shows.handle
    assert phone_shows.ends_at is tablet_shows.ends_at is None


def test_parallel_unlocks_of_one_device_leave_one_presentation(app: Flask) -> None:
    holder = make_holder()
    device_id, person_id = holder.device.id, holder.person.id
    db.session.rollback()

    def unlock() -> None:
        credential = queries.find_credential_of(person_id)
        assert credential is not None
        service.open_presentation(credential, db.session.get(type(holder.device), device_id), holds=None, wants_key=True)

    at_once(app, [unlock] * 6)

    living = select(func.count()).select_from(Presentation).where(Presentation.ends_at.is_(None))
    assert db.session.scalar(living) == 1


def test_a_frozen_credential_is_not_opened(app: Flask) -> None:
    holder = make_holder()
    service.freeze_credential(holder.credential, by="staff:1")

    with pytest.raises(DomainError) as refused:
        _open(holder)

    assert refused.value.code == "credential_frozen"


def test_a_revoked_device_shows_nothing_any_more(app: Flask) -> None:
    holder = make_holder()
    shown = _open(holder).presentation

    revoke_device(holder.device)

    assert shown.end_reason is EndReason.device_removed
    assert queries.find_presentation(holder.device.id, holder.credential.id) is None


def test_the_next_code_is_later_than_the_last_used_one(app: Flask) -> None:
    shown = _open(make_holder()).presentation
    now = int(clock.timestamp())
    _use(shown.handle, now + 20)

    drawn = parse_code(service.draw_code(db.session.get_one(Presentation, shown.handle)))

    assert isinstance(drawn, Code)
    assert drawn.issued_at == now + 21


def test_a_challenge_makes_sixty_three_digits(app: Flask) -> None:
    shown = _open(make_holder()).presentation

    drawn = service.draw_code(shown, "47")

    assert len(drawn) == 63
    assert drawn[32:34] == "47"


def test_a_typed_number_lives_two_minutes_and_ends_the_older_one(app: Flask) -> None:
    shown = _open(make_holder()).presentation
    first = service.issue_typed_code(shown)
    clock.move(timedelta(seconds=30))

    second = service.issue_typed_code(shown)

    assert is_luhn_valid(first.number)
    assert first.number != second.number
    assert first.expires_at <= clock.timestamp()
    assert second.expires_at - second.issued_at == 120


def test_the_page_keeps_its_number_for_ninety_seconds_or_until_it_is_used(app: Flask) -> None:
    shown = _open(make_holder()).presentation
    handle = shown.handle
    first = service.keep_typed_code(handle, 0).number

    assert service.keep_typed_code(handle, 0).number == first
    clock.move(timedelta(seconds=91))
    second = service.keep_typed_code(handle, 0).number
    assert second != first

    now = int(clock.timestamp())
    _use(handle, now)
    third = service.keep_typed_code(handle, now)
    assert third.number != second
    assert third.issued_at > now


def test_tabs_that_ask_at_once_are_given_the_same_number(app: Flask) -> None:
    handle = _open(make_holder()).presentation.handle
    db.session.rollback()

    numbers = at_once(app, [lambda: service.keep_typed_code(handle, 0).number] * 4)

    assert len(set(numbers)) == 1
    assert db.session.scalar(select(func.count()).select_from(TypedCode)) == 1


def test_a_number_that_somebody_else_has_is_drawn_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = service.issue_typed_code(_open(make_holder()).presentation)
    number, handle, fresh = theirs.number, theirs.handle, new_typed_number()
    db.session.remove()
    mine = _open(make_holder(stem="51060019850307003")).presentation
    drawn = iter([number, number, fresh])
    monkeypatch.setattr(drawing, "new_typed_number", lambda: next(drawn))

    issued = service.issue_typed_code(mine)

    assert (issued.number, issued.handle) == (fresh, mine.handle)
    assert db.session.get_one(TypedCode, number).handle == handle


def test_a_phone_whose_master_is_gone_is_renewed_by_the_next_unlock(app: Flask) -> None:
    holder = make_holder()
    shown = _open(holder).presentation
    with transaction():
        db.session.get_one(Presentation, shown.handle).master_id = "gone"

    with pytest.raises(DomainError, match="code_renew") as refused:
        service.draw_code(db.session.get_one(Presentation, shown.handle))

    assert refused.value.status == 409
    renewed = _open(holder, shown.handle).presentation
    assert renewed.handle != shown.handle and len(service.draw_code(renewed)) == 61


def test_old_numbers_are_forgotten_after_a_day(app: Flask) -> None:
    shown = _open(make_holder()).presentation
    service.issue_typed_code(shown)

    clock.move(timedelta(hours=23))
    assert service.drop_old_typed_codes() == 0
    clock.move(timedelta(hours=1, minutes=3))
    assert service.drop_old_typed_codes() == 1
    assert db.session.scalar(select(func.count()).select_from(TypedCode)) == 0


def test_the_offline_count_starts_anew_when_the_device_speaks(app: Flask) -> None:
    shown = _open(make_holder()).presentation
    _use(shown.handle, int(clock.timestamp()))
    shown = db.session.get_one(Presentation, shown.handle)
    assert shown.uses_since_seen == 1

    service.hear_from_device(shown.handle, shown.uses_since_seen, shown.seen_at)

    assert db.session.get_one(Presentation, shown.handle).uses_since_seen == 0
