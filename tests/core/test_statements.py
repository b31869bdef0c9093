from flask import Flask
from sqlalchemy import delete, update

from app.core import clock
from app.core.db import bare_transaction, begin_writing, db, transaction, upsert
from app.core.statements import changed, won, write
from app.messages.models import DemoSms


def _row(n: int) -> DemoSms:
    return DemoSms(phone_hash=n.to_bytes(32, "big"), text="0", sent_at=clock.now())


def _three_rows() -> list[DemoSms]:
    rows = [_row(n) for n in range(3)]
    with transaction():
        db.session.add_all(rows)
    return rows


def test_the_first_of_two_wins(app: Flask) -> None:
    first = _three_rows()[0]
    use = update(DemoSms).where(DemoSms.phone_hash == first.phone_hash, DemoSms.text == "0").values(text="used")

    with transaction():
        assert [won(use), won(use)] == [True, False]


def test_what_changed_many_has_not_won(app: Flask) -> None:
    _three_rows()

    with transaction():
        assert not won(update(DemoSms).values(text="1"))
        assert changed(update(DemoSms).values(text="2")) == 3
        assert changed(delete(DemoSms)) == 3


def test_rows_that_are_there_already_are_not_counted_as_inserted(app: Flask) -> None:
    known = _three_rows()[0].phone_hash
    values = {"text": "0", "sent_at": clock.now()}

    with transaction():
        assert not won(upsert(DemoSms).values(phone_hash=known, **values).on_conflict_do_nothing())
        assert won(upsert(DemoSms).values(phone_hash=b"9" * 32, **values).on_conflict_do_nothing())


def test_the_driver_s_connection_counts_as_the_session_does(app: Flask) -> None:
    first = _three_rows()[0].phone_hash

    with bare_transaction() as connection:
        begin_writing(connection)
        assert won(update(DemoSms).where(DemoSms.phone_hash == first).values(text="bare"), on=connection)
        assert changed(update(DemoSms).values(text="all"), on=connection) == 3


def test_objects_in_hand_stay_as_they_were_unless_asked_for(app: Flask) -> None:
    _three_rows()

    with transaction():
        row = db.session.query(DemoSms).first()
        assert row is not None and row.text == "0"
        write(update(DemoSms).where(DemoSms.phone_hash == row.phone_hash).values(text="1"))
        assert row.text == "0"
        changed(update(DemoSms).where(DemoSms.phone_hash == row.phone_hash).values(text="2"), in_session=True)
        assert row.text == "2"
