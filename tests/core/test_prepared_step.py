"""A step: its change and its rows all together or not at all, on either database."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.exc import IntegrityError

from app.core.db import bare_transaction, begin_writing, db, table_of, transaction
from app.core.installation import BureauProfile
from app.core.prepared_step import Insertion, PreparedStep
from app.scanning.models import WrongTyped

_CHANGE = update(BureauProfile).where(BureauProfile.name == bindparam("known_as")).values(icp_number="now")
_COLUMNS = ("institution_id", "minute", "count")


def _count_on(insertion: Any) -> Any:
    return insertion.on_conflict_do_update(
        index_elements=["institution_id", "minute"],
        set_={"count": insertion.excluded["count"]},
        where=WrongTyped.count < bindparam("most"),
    )


STEP = PreparedStep(_CHANGE, Insertion(table_of(WrongTyped), _COLUMNS, _count_on))
ROW = {"institution_id": 1, "minute": 1, "count": 5}


@pytest.fixture(autouse=True)
def _profile(app: Flask) -> None:
    with transaction():
        db.session.add(BureauProfile(name="示范市医疗保障局", icp_number="before"))


def _take(name: str = "示范市医疗保障局", most: int = 10, row: dict[str, object] | None = None) -> bool:
    with bare_transaction() as connection:
        return STEP.won(connection, {"known_as": name, "most": most}, row or ROW)


def _left() -> tuple[str | None, list[int]]:
    db.session.rollback()
    return db.session.scalar(select(BureauProfile.icp_number)), list(db.session.scalars(select(WrongTyped.count)))


def test_all_of_it_happens() -> None:
    assert _take()

    assert _left() == ("now", [5])


def test_where_the_change_finds_no_row_nothing_happens() -> None:
    assert not _take(name="somebody else's")

    assert _left() == ("before", [])


def test_a_row_that_is_there_is_taken_over_or_stops_the_step() -> None:
    _take()
    assert _take(row={**ROW, "count": 20})
    with transaction():
        db.session.execute(update(BureauProfile).values(icp_number="before"))

    assert not _take(row={**ROW, "count": 30}, most=20)

    assert _left() == ("before", [20])


def test_an_error_undoes_it_and_is_sqlalchemys_own() -> None:
    with pytest.raises(IntegrityError):
        _take(row={**ROW, "count": None})

    assert _left() == ("before", [])
    assert _take()  # nobody's turn to write is left over


def test_a_transaction_may_begin_after_a_step_that_failed() -> None:
    with bare_transaction() as connection:
        assert not STEP.won(connection, {"known_as": "nobody", "most": 1}, ROW)
        begin_writing(connection)
        connection.execute(update(BureauProfile).values(icp_number="after"))

    assert _left() == ("after", [])


def test_a_step_stands_for_itself() -> None:
    def within(connection: Connection) -> bool:
        return STEP.won(connection, {"known_as": "nobody", "most": 1}, ROW)

    with bare_transaction() as connection:
        begin_writing(connection)
        with pytest.raises(RuntimeError, match="stands for itself"):
            within(connection)
