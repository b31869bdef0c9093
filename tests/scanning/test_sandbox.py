from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from app.credentials.models import Presentation
from app.roster.models import InsuredPerson
from app.scanning.service import drop_old_specimen_codes, ensure_specimens
from tests.scanning.desk import Desk, Telephone, make_desk


@pytest.fixture
def sandbox(app: Flask) -> Desk:
    ensure_specimens()
    return make_desk(app, "H51060099999", is_sandbox=True, supports_challenge=True)


def _code(sandbox: Desk, **body: Any) -> str:
    answer = sandbox.sandbox_code(**body)
    assert answer.status_code == 200, answer.text
    return str(answer.json["ecQrCode"])


def test_an_integrator_starts_without_a_telephone(subtests: pytest.Subtests, sandbox: Desk) -> None:
    for specimen, region in (("adult", "510699"), ("child", "510699")):
        for kind, digits in (("80", 61), ("12", 12)):
            with subtests.test(specimen=specimen, region=region, kind=kind, digits=digits):
                drawn = sandbox.sandbox_code(specimen=specimen, kind=kind).json

                assert len(drawn["ecQrCode"]) == digits
                assert timedelta(seconds=30) < datetime.fromisoformat(drawn["expiresAt"]) - clock.now() <= timedelta(seconds=121)
                answer = sandbox.scan(drawn["ecQrCode"])
                assert answer.json["code"] == 0
                assert answer.json["data"]["extData"]["specimen"] is True
                assert answer.json["data"]["insuOrg"] == region


def test_what_goes_wrong_can_be_tried_out(sandbox: Desk) -> None:
    assert sandbox.scan(_code(sandbox, specimen="suspended")).json["code"] == 1010
    assert sandbox.scan(_code(sandbox, specimen="frozen")).json["code"] == 1008


def test_a_challenge_can_be_tried_out(sandbox: Desk) -> None:
    asked = sandbox.scan(_code(sandbox, specimen="challenged"))
    assert asked.json["code"] == 1014
    digits = asked.json["challenge"]
    wrong = f"{(int(digits) + 1) % 100:02d}"

    assert sandbox.scan(_code(sandbox, specimen="challenged", kind="81", challenge=wrong)).json["code"] == 1015
    assert sandbox.scan(_code(sandbox, specimen="challenged", kind="81", challenge=digits)).json["code"] == 0


def test_codes_drawn_fast_do_not_kill_each_other(sandbox: Desk) -> None:
    codes = [_code(sandbox) for _ in range(4)]

    assert [sandbox.scan(code).json["code"] for code in reversed(codes)] == [0, 0, 0, 0]


def test_a_code_drawn_later_kills_the_one_before(sandbox: Desk) -> None:
    clock.move(timedelta(seconds=5))
    first = _code(sandbox)
    clock.move(timedelta(seconds=2))
    second = _code(sandbox)

    assert sandbox.scan(second).json["code"] == 0
    assert sandbox.scan(first).json["code"] == 1006


def test_a_real_code_is_forged_there(sandbox: Desk, telephone: Telephone) -> None:
    assert sandbox.scan(telephone.draw()).json["code"] == 1002
    assert sandbox.scan(telephone.typed()).json["code"] == 1002


def test_a_specimen_is_a_specimen_elsewhere(sandbox: Desk, desk: Desk) -> None:
    assert desk.scan(_code(sandbox)).json["code"] == 1016


def test_real_institutions_draw_no_specimens(desk: Desk) -> None:
    answer = desk.sandbox_code()

    assert (answer.status_code, answer.json["reason"]) == (403, "sandbox_only")


def test_without_a_key_no_specimen_is_drawn_and_only_so_many_tries_are_kept(app: Flask, sandbox: Desk) -> None:
    stranger = Desk(app, "pz_99_wrong", sandbox.org)

    answers = [stranger.sandbox_code() for _ in range(62)]

    assert {(answer.status_code, answer.json["reason"]) for answer in answers} == {(401, "key_invalid")}
    kept = db.session.scalars(select(AuditRow).where(AuditRow.tag == "sandbox:code_drawn")).all()
    assert len(kept) == 60 and {(row.actor, row.outcome) for row in kept} == {("unknown", "key_invalid")}


def test_the_first_call_makes_the_specimens_that_are_missing(app: Flask) -> None:
    fresh = make_desk(app, "H51060099999", is_sandbox=True)

    assert fresh.scan(_code(fresh)).json["code"] == 0
    assert db.session.scalar(select(func.count()).select_from(InsuredPerson).where(InsuredPerson.is_specimen)) == 5


def test_a_field_that_does_not_fit_is_named(subtests: pytest.Subtests, sandbox: Desk) -> None:
    for body, field in (
        ({"specimen": "nobody"}, "specimen"),
        ({"kind": "82"}, "kind"),
        ({"kind": "81", "challenge": "4"}, "challenge"),
        ({"kind": None}, "kind"),
    ):
        with subtests.test(body=body, field=field):
            answer = sandbox.sandbox_code(**body)

            assert (answer.status_code, answer.json["code"], answer.json["field"]) == (422, 2004, field)


def test_specimens_are_made_once(sandbox: Desk) -> None:
    ensure_specimens()

    assert db.session.scalar(select(func.count()).select_from(InsuredPerson).where(InsuredPerson.is_specimen)) == 5
    assert db.session.scalar(select(func.count()).select_from(Presentation)) == 5


def test_what_load_tests_left_is_forgotten(sandbox: Desk) -> None:
    for _ in range(3):
        _code(sandbox)
    clock.move(timedelta(days=1, minutes=1))

    assert drop_old_specimen_codes() >= 2

    assert sandbox.scan(_code(sandbox)).json["code"] == 0
