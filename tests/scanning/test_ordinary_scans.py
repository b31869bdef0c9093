"""The ordinary scan goes past Flask and is written in one step: it says and leaves what every other does, or nothing at all."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, request_started
from sqlalchemy import func, select, text, update

from app.core import clock
from app.core.audit import AuditRow
from app.core.db import Base, bare_transaction, db, transaction
from app.credentials import service
from app.credentials.models import Presentation
from app.roster.models import InsuredPerson, InsuredStatus
from app.scanning.calls import EC_QUERY, read_request
from app.scanning.models import EcToken, Scan, StoredAnswer
from app.scanning.queries.scan import find_desk
from app.scanning.service import Call
from app.scanning.service.gate import find_refusal
from app.scanning.service.ordinary_scans import accept_prepared, prepare
from tests.kit.at_once import is_somebody_waiting
from tests.scanning.desk import Desk, Telephone, assert_refused, change_settings

TABLES: tuple[type[Base], ...] = (Scan, EcToken, StoredAnswer, AuditRow)


@contextmanager
def flask_asked(app: Flask) -> Iterator[list[int]]:
    """One entry for each request that Flask saw."""
    seen: list[int] = []

    def note(_sender: Flask) -> None:
        seen.append(1)

    with request_started.connected_to(note, app):
        yield seen


@pytest.fixture(autouse=True)
def _noted(desk: Desk, telephone: Telephone) -> None:
    """The day's first call of a key notes that it was used, and is no ordinary one."""
    assert desk.scan(telephone.draw(20)).json["code"] == 0


def _last(table: type[Base]) -> dict[str, Any]:
    """The newest row but for what differs from scan to scan."""
    newest = db.session.execute(select(table.__table__).order_by(table.__table__.c["id"].desc()).limit(1)).mappings().one()
    return {name: value for name, value in newest.items() if name not in ("id", "created_at", "issued_at", "row_mac", "out_biz_no")}


def _counts() -> list[int]:
    db.session.rollback()
    return [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


def test_it_goes_past_flask_and_leaves_what_the_long_way_leaves(app: Flask, desk: Desk, telephone: Telephone) -> None:
    long_way, before = [_last(Scan), _last(AuditRow)], _counts()

    with flask_asked(app) as seen:
        answer = desk.scan(telephone.draw())

    assert (answer.status_code, answer.json["code"], seen) == (200, 0, [])
    assert answer.headers["Cache-Control"] == "no-store"
    assert _counts() == [count + 1 for count in before]
    short_way = [_last(Scan), _last(AuditRow)]
    for row in (*long_way, *short_way):
        row.pop("detail", None)
    assert short_way == long_way
    token = db.session.scalars(select(EcToken).order_by(EcToken.scan_id.desc())).first()
    assert token is not None and str(token.scan_id) == answer.json["data"]["extData"]["scanId"]
    assert db.session.scalar(select(AuditRow.id).where(AuditRow.id == token.scan_id)) == token.scan_id


def test_its_answer_is_kept_for_a_twin(desk: Desk, telephone: Telephone) -> None:
    body = desk.request(telephone.draw())

    first, again = desk.send(body), desk.send(body)

    assert first.json["code"] == 0
    assert again.data == first.data


def test_a_number_that_was_answered_long_ago_is_free_again(app: Flask, desk: Desk, telephone: Telephone) -> None:
    desk.scan(telephone.draw(10), outBizNo="again")
    clock.move(timedelta(minutes=11))

    with flask_asked(app) as seen:
        assert desk.scan(telephone.draw(), outBizNo="again").json["code"] == 0

    assert seen == []


Happening = Callable[[Telephone], object]


def _rows(phone: Telephone, **values: object) -> None:
    phone.change(**values)


def _suspend(phone: Telephone) -> None:
    with transaction():
        db.session.execute(update(InsuredPerson).values(status=InsuredStatus.suspended))


MEANWHILE: dict[str, tuple[Happening, int]] = {
    "used by another": (lambda phone: _rows(phone, last_used=int(clock.timestamp())), 1006),
    "its link ended": (lambda phone: _rows(phone, ends_at=clock.now() - timedelta(seconds=1)), 1007),
    "frozen": (lambda phone: service.freeze_credential(phone.holder.credential, by="system"), 1008),
    "suspended": (_suspend, 1010),
}


def _prepared(desk: Desk, code: str, number: str) -> Any:
    """As the scan had looked and judged; what it would write is not written yet."""
    body = desk.request(code, outBizNo=number)
    call = Call("", body, "", b"x" * 32, 0)
    with bare_transaction() as connection:
        caller = find_desk(connection, 1)
        assert caller is not None and find_refusal(caller, call, EC_QUERY) is None
        return prepare(connection, caller, call, read_request(body), clock.now())


def _write(step: Any) -> object:
    with bare_transaction() as connection:
        return accept_prepared(connection, step)


@pytest.mark.parametrize("happening", MEANWHILE)
def test_what_happens_between_looking_and_writing_is_not_overlooked(happening: str, desk: Desk, telephone: Telephone) -> None:
    act, code = MEANWHILE[happening]
    digits = telephone.draw()
    prepared = _prepared(desk, digits, "meanwhile")
    act(telephone)
    before = _counts()

    assert _write(prepared) is None

    assert _counts() == before
    assert_refused(desk.scan(digits), code)


def test_a_number_answered_meanwhile_is_not_answered_twice(desk: Desk, telephone: Telephone) -> None:
    prepared = _prepared(desk, telephone.draw(), "number")
    desk.scan(telephone.draw(5), outBizNo="number")
    before = _counts()

    assert _write(prepared) is None
    assert _counts() == before


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_number_taken_in_the_same_moment_stops_the_step(app: Flask, desk: Desk, telephone: Telephone) -> None:
    """The other one has its row, but has not committed it: the step waits, and then undoes all it has done."""
    prepared = _prepared(desk, telephone.draw(), "number")
    before = _counts()

    def write() -> object:
        with app.app_context():
            return _write(prepared)

    with ThreadPoolExecutor(1) as pool, db.engine.connect() as other:
        other.execution_options(isolation_level="AUTOCOMMIT")
        other.execute(text("BEGIN"))
        taken = "INSERT INTO stored_answer VALUES (1, 'number', decode('00', 'hex'), :now, NULL)"
        other.execute(text(taken), {"now": int(clock.timestamp())})
        waiting = pool.submit(write)
        while not is_somebody_waiting():
            assert not waiting.done()
        other.execute(text("COMMIT"))
        assert waiting.result(30) is None

    counts = _counts()
    assert counts == [before[0], before[1], before[2] + 1, before[3]]
    assert db.session.scalar(select(Presentation.last_used)) < int(clock.timestamp())


NOT_ORDINARY: dict[str, Callable[[Desk, Telephone], dict[str, Any]]] = {
    "a query in the address": lambda desk, phone: {"path": "/api/v1/ec/query?a=1"},
    "another type": lambda desk, phone: {"content_type": "text/plain"},
    "refused by the proxy": lambda desk, phone: {"headers": {"X-Proxy-Refusal": "413"}},
}


@pytest.mark.one_database
@pytest.mark.parametrize("kind", NOT_ORDINARY)
def test_what_comes_otherwise_goes_the_whole_way(kind: str, app: Flask, desk: Desk, telephone: Telephone) -> None:
    with flask_asked(app) as seen:
        desk.send(desk.request(telephone.draw()), **NOT_ORDINARY[kind](desk, telephone))

    assert seen == [1]


def test_a_failure_is_told_by_the_whole_way_and_counts_as_one_call(app: Flask, desk: Desk, telephone: Telephone) -> None:
    change_settings(app, ec_query_per_second=1, ec_query_burst=2)
    with transaction():
        db.session.execute(text("ALTER TABLE ec_token RENAME TO gone"))
    try:
        failed = desk.scan(telephone.draw(3))
    finally:
        db.session.rollback()
        with transaction():
            db.session.execute(text("ALTER TABLE gone RENAME TO ec_token"))

    assert (failed.status_code, failed.json["code"] > 2000) in ((500, True), (503, True))
    assert desk.scan(telephone.draw(3)).json["code"] == 0
    assert_refused(desk.scan(telephone.draw(2)), 2005)
