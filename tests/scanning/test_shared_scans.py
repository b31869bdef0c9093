"""On SQLite ordinary scans that arrive together are written in one transaction: each is answered as if it were alone."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app.core import engines
from app.core.db import bare_transaction, db
from app.core.engines import begin_immediate
from app.scanning.models import Scan
from app.scanning.service import Call, ordinary_scans, shared_scans
from app.scanning.service.ec_query import redeem_code
from tests.kit.at_once import at_once
from tests.scanning.desk import Desk, Telephone, make_telephone

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _noted(desk: Desk, telephone: Telephone) -> None:
    """The day's first call of a key notes that it was used, and is no ordinary one."""
    assert desk.scan(telephone.draw(40)).json["code"] == 0


def call_of(desk: Desk, code: str, **changes: Any) -> Call:
    body = desk.request(code, **changes)
    return Call(f"Bearer {desk.key}", body, "", hashlib.sha256(json.dumps(body).encode()).digest(), 0)


def accept_all(calls: Sequence[Call]) -> list[int | None]:
    """The code of each answer; None where nothing was written for a call."""
    answers = shared_scans._accept_all(calls)
    return [None if answer is None else json.loads(answer.body)["code"] for answer in answers]


def count_scans() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Scan)) or 0


def test_several_are_written_at_once(desk: Desk, telephone: Telephone) -> None:
    before = count_scans()

    assert accept_all([call_of(desk, telephone.draw(ago)) for ago in (3, 2, 1)]) == [0, 0, 0]

    assert count_scans() == before + 3


def test_one_that_is_not_ordinary_does_not_keep_the_others_up(desk: Desk, telephone: Telephone) -> None:
    calls = [call_of(desk, telephone.draw(3)), call_of(desk, "no code at all"), call_of(desk, telephone.draw(1))]
    stranger = Call("Bearer pz_999_unknown", calls[0].body, "", b"x" * 32, 0)

    assert accept_all([*calls, stranger]) == [0, None, 0, None]


@pytest.mark.parametrize("twin", [{"outBizNo": "another"}, {}])
def test_a_code_or_a_number_twice_in_one_transaction_undoes_it_and_each_is_judged_alone(
    twin: dict[str, str], app: Flask, desk: Desk, telephone: Telephone
) -> None:
    used = telephone.draw(2)
    second = used if twin else telephone.draw(1)
    calls = [call_of(desk, telephone.draw(5), outBizNo="first"), call_of(desk, used, outBizNo="same")]
    calls.append(call_of(desk, second, outBizNo="same", **twin) if not twin else call_of(desk, second, **twin))
    before = count_scans()

    assert accept_all(calls) == [None, None, None]
    assert count_scans() == before
    codes = [json.loads(redeem_code(call).body)["code"] for call in calls]

    assert codes[:2] == [0, 0] and codes[2] == (1006 if twin else 2006)


def test_what_is_wrong_with_one_concerns_it_alone(desk: Desk, telephone: Telephone, monkeypatch: pytest.MonkeyPatch) -> None:
    def prepare(connection: Any, caller: Any, call: Call, *others: Any) -> Any:
        if call.body["data"]["outBizNo"] == "broken":
            raise RuntimeError("a fault of ours")
        return ordinary_scans.prepare(connection, caller, call, *others)

    monkeypatch.setattr(shared_scans, "prepare", prepare)
    calls = [call_of(desk, telephone.draw(2)), call_of(desk, telephone.draw(1), outBizNo="broken")]

    assert accept_all(calls) == [0, None]


def test_those_that_wait_are_written_together(
    app: Flask, desk: Desk, telephone: Telephone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one writes when the others wait for it."""
    sizes: list[int] = []

    def accept(connection: Any, several: Sequence[Any]) -> bool:
        sizes.append(len(several))
        if len(sizes) == 1:
            combiner = current_app.extensions["shared_scans"]
            while combiner.waiting < 3:
                pass
        return ordinary_scans.accept_all_prepared(connection, several)

    monkeypatch.setattr(shared_scans, "accept_all_prepared", accept)
    telephones = [telephone, *(make_telephone(stem=f"5106001985030700{number}") for number in (2, 3, 4))]
    calls = [call_of(desk, each.draw()) for each in telephones]

    answers = at_once(app, [lambda call=call: redeem_code(call) for call in calls])

    assert [json.loads(answer.body)["code"] for answer in answers] == [0, 0, 0, 0]
    assert sizes == [1, 3]


def test_a_writer_who_takes_too_long_leaves_nothing_half_done(
    app: Flask, desk: Desk, telephone: Telephone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_BUSY_SECONDS", 0.05)
    before = count_scans()
    with bare_transaction() as connection:
        other = begin_immediate(connection)
        with pytest.raises(OperationalError):
            at_once(app, [lambda ago=ago: redeem_code(call_of(desk, telephone.draw(ago))) for ago in (2, 1)])
        other.rollback()

    assert count_scans() == before
    assert desk.scan(telephone.draw()).json["code"] == 0
