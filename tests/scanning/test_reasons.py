from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core import clock
from app.core.audit.models import AuditRow
from app.core.db import db, transaction
from app.credentials.code_format import derive_key
from app.credentials.models import EndReason
from app.credentials.service import end_credential, end_presentations, freeze_credential
from app.roster.models import InsuredPerson, InsuredStatus
from app.scanning.models import Scan
from app.scanning.reasons import REASONS
from tests.scanning.desk import Desk, Telephone, assert_refused, change_settings, make_desk, make_telephone


def _set_person(telephone: Telephone, **values: Any) -> None:
    with transaction():
        db.session.execute(update(InsuredPerson).values(**values))


def _flip(digits: str, place: int) -> str:
    return digits[:place] + str((int(digits[place]) + 1) % 10) + digits[place + 1 :]


def test_what_is_no_code_is_malformed(desk: Desk, telephone: Telephone) -> None:
    code = telephone.draw()

    for text in (
        "",
        code[:-1],
        code + "0",
        "82" + code[2:],
        "81" + code[2:],
        code[:30] + "x" + code[31:],
        "123456789012",
        "80" + f"{2**64:020d}" + code[22:],
        "80" + f"{2**63:020d}" + code[22:],
        code[:32] + f"{2**96:029d}",
        "https://example.org/" + code,
        "\u0660" * 61,
        "\ud800",
        "①" * 61,
    ):
        assert_refused(desk.scan(text), 1001)


def test_what_this_bureau_did_not_make_is_forged(desk: Desk, telephone: Telephone) -> None:
    code, other = telephone.draw(), make_telephone(stem="51060019850307002").draw()

    unknown = "80" + f"{2**63 - 1:020d}" + code[22:]
    for text in (_flip(code, 31), _flip(code, 45), unknown, code[:22] + other[22:], code[:32] + other[32:]):
        assert_refused(desk.scan(text), 1002)
    assert desk.scan(code).json["code"] == 0


def test_forged_comes_before_expired_and_expired_before_used(desk: Desk, telephone: Telephone) -> None:
    old = telephone.draw(61)

    assert_refused(desk.scan(_flip(old, 60)), 1002)
    telephone.change(last_used=int(clock.timestamp()))
    assert_refused(desk.scan(old), 1004)


def test_a_removed_master_asks_for_a_renewal(desk: Desk, telephone: Telephone) -> None:
    telephone.change(master_id="m0")
    telephone.key = derive_key(b"\x5a" * 32, telephone.handle)

    assert_refused(desk.scan(telephone.draw(61)), 1003)


def test_every_living_master_verifies(app: Flask, desk: Desk, telephone: Telephone) -> None:
    stamp, newest = int(clock.timestamp()), bytes(range(7, 39))
    masters = f"m9:sha256:{newest.hex()},{app.config['SETTINGS'].code_masters}:{stamp}"
    change_settings(app, code_masters=masters)

    retired = desk.scan(telephone.draw(2))
    telephone.key = derive_key(newest, telephone.handle)
    drawn_by_the_newest = desk.scan(telephone.draw(1))
    telephone.change(master_id="m0")
    without_its_own = desk.scan(telephone.draw())

    assert [answer.json["code"] for answer in (retired, drawn_by_the_newest, without_its_own)] == [0, 0, 0]
    assert_refused(desk.scan(_flip(telephone.draw(), 60)), 1003)
    clock.move(timedelta(days=31))
    assert_refused(desk.scan(telephone.draw(61)), 1004)


def test_a_code_from_the_future_is_early(desk: Desk, telephone: Telephone) -> None:
    assert_refused(desk.scan(telephone.draw(-40)), 1005)


def test_used_comes_before_what_ended_it(desk: Desk, telephone: Telephone) -> None:
    code = telephone.draw()
    desk.scan(code)
    freeze_credential(telephone.holder.credential, "account:1")

    assert_refused(desk.scan(code), 1006)


def test_an_ended_presentation_says_why(desk: Desk, telephone: Telephone) -> None:
    end_presentations(telephone.holder.device.id, EndReason.device_removed)

    assert_refused(desk.scan(telephone.draw()), 1007)


def test_a_presentation_in_its_last_day_is_good(desk: Desk, telephone: Telephone) -> None:
    telephone.change(ends_at=clock.now() + timedelta(hours=1), end_reason=EndReason.replaced)

    assert desk.scan(telephone.draw()).json["code"] == 0


def test_a_frozen_credential_is_refused_at_once(desk: Desk, telephone: Telephone) -> None:
    freeze_credential(telephone.holder.credential, "account:1")

    assert_refused(desk.scan(telephone.draw()), 1008)


def test_an_ended_credential_is_inactive(desk: Desk, telephone: Telephone) -> None:
    end_credential(telephone.holder.credential, "account:1")

    assert_refused(desk.scan(telephone.draw()), 1009)


def test_who_is_not_insured_now_is_refused(subtests: pytest.Subtests, desk: Desk, telephone: Telephone) -> None:
    for status in [s for s in InsuredStatus if s is not InsuredStatus.normal]:
        with subtests.test(status=status):
            _set_person(telephone, status=status)

            assert_refused(desk.scan(telephone.draw()), 1010)


def test_the_eleventh_use_without_network_is_refused(desk: Desk, telephone: Telephone) -> None:
    for i in range(10):
        assert desk.scan(telephone.draw(10 - i)).json["code"] == 0

    assert_refused(desk.scan(telephone.draw(0)), 1011)


def test_thirty_silent_days_are_too_many(desk: Desk, telephone: Telephone) -> None:
    clock.move(timedelta(days=29, hours=23))
    assert desk.scan(telephone.draw()).json["code"] == 0

    clock.move(timedelta(hours=1))

    assert_refused(desk.scan(telephone.draw()), 1011)


def test_a_scene_that_is_not_enabled_uses_nothing_up(app: Flask, telephone: Telephone) -> None:
    desk = make_desk(app, scenes=["01101"])
    code = telephone.draw()

    assert_refused(desk.scan(code, businessType="01301"), 1013)
    assert_refused(desk.scan(code, businessType="09901"), 1013)
    assert desk.scan(code, businessType="01101").json["code"] == 0


def test_a_specimen_is_refused_where_real_people_are_treated(desk: Desk) -> None:
    specimen = make_telephone(is_specimen=True)
    code = specimen.draw()

    assert_refused(desk.scan(code), 1016)
    assert_refused(desk.scan(code), 1016)
    assert_refused(desk.scan(specimen.draw(61)), 1004)


def test_refusals_use_no_code_up_and_leave_their_rows(desk: Desk, telephone: Telephone) -> None:
    code = telephone.draw()
    assert_refused(desk.scan(_flip(code, 60)), 1002)
    _set_person(telephone, status=InsuredStatus.suspended)
    assert_refused(desk.scan(code), 1010)
    _set_person(telephone, status=InsuredStatus.normal)

    assert desk.scan(code).json["code"] == 0

    assert db.session.scalars(select(Scan.outcome).order_by(Scan.id)).all() == [1002, 1010, 0]
    outcomes = db.session.scalars(select(AuditRow.outcome).where(AuditRow.tag == "scan:attempted").order_by(AuditRow.id)).all()
    assert outcomes == ["code_forged", "insured_suspended", "ok"]


def test_an_address_that_is_none_answers_in_the_same_body(subtests: pytest.Subtests, app: Flask) -> None:
    for method, path, code in (
        ("GET", "/api/v1/ec/query", 2012),
        ("DELETE", "/api/v1/sandbox/codes", 2012),
        ("OPTIONS", "/api/v1/ec/query", 2012),
        ("GET", "/api", 2011),
        ("POST", "/api//v1/ec/query", 2011),
        ("GET", "/api/v1/nothing", 2011),
        ("POST", "/api/x", 2011),
    ):
        with subtests.test(method=method, path=path, code=code):
            answer = app.test_client().open(path, method=method)

            assert_refused(answer, code)
            if code == 2012:
                assert answer.headers["Allow"] == "POST"


def test_help_numbers_follow_the_contract() -> None:
    assert {REASONS[code].help_number for code in (1001, 1016)} == {"01", "16"}
    assert {REASONS[code].help_number for code in (2001, 2010)} == {"51", "60"}
    assert all(reason.message and reason.next and reason.title for reason in REASONS.values())
