from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core import clock
from app.core.audit.models import AuditRow
from app.core.db import db, transaction
from app.credentials.models import EndReason
from app.credentials.service import end_credential, end_presentations, freeze_credential
from app.institutions.models import Scan
from app.institutions.reasons import REASONS
from app.institutions.service import revoke_keys, set_enabled
from app.roster.models import InsuredPerson, InsuredStatus
from tests.institutions.desk import Desk, Telephone, change_settings, make_desk, make_telephone


def _refused(answer: Any, code: int) -> None:
    """Every refusal has the same body."""
    reason = REASONS[code]
    assert (answer.status_code, answer.json["code"]) == (reason.status, code), answer.text
    assert answer.json["reason"] == reason.name
    assert answer.json["message"] == reason.message
    assert answer.json["next"] == reason.next
    assert answer.json["helpCode"].startswith(f"P-{reason.help_number}-")
    assert "orgId" in answer.json
    assert answer.content_type == "application/json"


def _set_person(telephone: Telephone, **values: Any) -> None:
    with transaction():
        db.session.execute(update(InsuredPerson).values(**values))


@pytest.mark.parametrize(
    "key", ["", "Bearer", "Bearer x", "Bearer pz_1_wrong", "Bearer pz_99_{secret}", "Basic {key}", "Bearer pz_1_{secret}x", "{key}"]
)
def test_a_wrong_key_comes_before_everything(desk: Desk, key: str) -> None:
    header = key.format(key=desk.key, secret=desk.key.split("_")[2])

    answer = desk.send(b"\xff" * 70_000, headers={"Authorization": header}, content_type="text/plain")

    _refused(answer, 2001)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    row = db.session.scalars(select(AuditRow).where(AuditRow.tag == "scan:attempted")).one()
    assert (row.actor, row.outcome) == ("unknown", "key_invalid")


def test_a_revoked_key_is_wrong_at_once(desk: Desk, telephone: Telephone) -> None:
    revoke_keys(desk.org)

    _refused(desk.scan(telephone.draw()), 2001)


def test_a_disabled_institution_comes_before_its_body(desk: Desk) -> None:
    set_enabled(desk.org, False)

    _refused(desk.send(b"{"), 2002)


@pytest.mark.parametrize(
    ("raw", "content_type", "code"),
    [
        (b"{", "application/json", 2007),
        (b"", "application/json", 2007),
        ('{"orgId": "张"}'.encode("gbk"), "application/json", 2007),
        (b'{"orgId": NaN}', "application/json", 2007),
        (b"[" * 60_000, "application/json", 2007),
        (b"9" * 60_000, "application/json", 2007),
        (b"{}", "text/plain", 2008),
        (b"{}", "", 2008),
        (b"{}", "application/json; charset=gbk", 2008),
        (b"{}", "application/jsonx", 2008),
        (b" " * 65_537, "application/json", 2009),
        (b"x" * 10_000_000, "application/json", 2009),
    ],
)
def test_a_body_that_cannot_be_read(desk: Desk, raw: bytes, content_type: str, code: int) -> None:
    _refused(desk.send(raw, content_type=content_type), code)


def test_the_largest_body_is_read(desk: Desk, telephone: Telephone) -> None:
    request = desk.request(telephone.draw(), more="x" * 65_000)

    assert desk.send(request, content_type="application/json; charset=UTF-8").json["code"] == 0


def test_another_institution_comes_before_a_bad_field(desk: Desk) -> None:
    answer = desk.send({"orgId": "H99999999999", "transType": 7})

    _refused(answer, 2003)
    assert answer.json["orgId"] == "H99999999999"


@pytest.mark.parametrize("sent", [["orgId"], 7, None, "text", {}, {"orgId": 7}, {"orgId": None}])
def test_a_body_without_its_first_field_names_it(desk: Desk, sent: Any) -> None:
    answer = desk.send(sent)

    _refused(answer, 2004)
    assert answer.json["field"] == "orgId"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ecQrCode", None),
        ("ecQrCode", 8009223372036854763462),
        ("ecQrCode", ["80"]),
        ("businessType", "99999"),
        ("businessType", ""),
        ("businessType", 1301),
        ("operatorId", ""),
        ("operatorId", "x" * 65),
        ("operatorId", "a\x00b"),
        ("operatorId", "\ud800"),
        ("operatorName", None),
        ("operatorName", "李" * 65),
        ("outBizNo", ""),
        ("outBizNo", "x" * 65),
        ("outBizNo", "a b"),
        ("outBizNo", "流水"),
        ("outBizNo", "abc\n"),
        ("officeId", "x" * 21),
        ("officeName", "科" * 31),
        ("officeName", 7),
    ],
)
def test_a_field_that_does_not_fit_is_named(desk: Desk, telephone: Telephone, name: str, value: Any) -> None:
    answer = desk.scan(telephone.draw(), **{name: value})

    _refused(answer, 2004)
    assert answer.json["field"] == f"data.{name}"


def test_fields_at_their_limits_and_unknown_fields_fit(desk: Desk, telephone: Telephone) -> None:
    answer = desk.scan(
        telephone.draw(),
        operatorId="x" * 64,
        operatorName="李" * 64,
        outBizNo="Aa0_-" + "x" * 59,
        officeId="x" * 20,
        officeName="科" * 30,
        deviceType=None,
        orgId="H51060000001",
        somethingNew={"a": [1]},
    )

    assert answer.json["code"] == 0


def test_too_many_requests_come_before_a_reused_number(app: Flask, desk: Desk, telephone: Telephone) -> None:
    change_settings(app, ec_query_per_second=0.001, ec_query_burst=1)
    desk.scan(telephone.draw(), outBizNo="same")

    answer = desk.scan(telephone.draw(), outBizNo="same")

    _refused(answer, 2005)
    assert int(answer.headers["Retry-After"]) >= 1


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
        _refused(desk.scan(text), 1001)


def test_what_this_bureau_did_not_make_is_forged(desk: Desk, telephone: Telephone) -> None:
    code, other = telephone.draw(), make_telephone(stem="51060019850307002").draw()

    unknown = "80" + f"{2**63 - 1:020d}" + code[22:]
    for text in (_flip(code, 31), _flip(code, 45), unknown, code[:22] + other[22:], code[:32] + other[32:]):
        _refused(desk.scan(text), 1002)
    assert desk.scan(code).json["code"] == 0


def test_forged_comes_before_expired_and_expired_before_used(desk: Desk, telephone: Telephone) -> None:
    old = telephone.draw(61)

    _refused(desk.scan(_flip(old, 60)), 1002)
    telephone.change(last_used=int(clock.timestamp()))
    _refused(desk.scan(old), 1004)


def test_a_removed_master_asks_for_a_renewal(desk: Desk, telephone: Telephone) -> None:
    telephone.change(master_id="m0")

    _refused(desk.scan(telephone.draw(61)), 1003)


def test_a_code_from_the_future_is_early(desk: Desk, telephone: Telephone) -> None:
    _refused(desk.scan(telephone.draw(-40)), 1005)


def test_used_comes_before_what_ended_it(desk: Desk, telephone: Telephone) -> None:
    code = telephone.draw()
    desk.scan(code)
    freeze_credential(telephone.holder.credential, "account:1")

    _refused(desk.scan(code), 1006)


def test_an_ended_presentation_says_why(desk: Desk, telephone: Telephone) -> None:
    end_presentations(telephone.holder.device.id, EndReason.device_removed)

    _refused(desk.scan(telephone.draw()), 1007)


def test_a_presentation_in_its_last_day_is_good(desk: Desk, telephone: Telephone) -> None:
    telephone.change(ends_at=clock.now() + timedelta(hours=1), end_reason=EndReason.replaced)

    assert desk.scan(telephone.draw()).json["code"] == 0


def test_a_frozen_credential_is_refused_at_once(desk: Desk, telephone: Telephone) -> None:
    freeze_credential(telephone.holder.credential, "account:1")

    _refused(desk.scan(telephone.draw()), 1008)


def test_an_ended_credential_is_inactive(desk: Desk, telephone: Telephone) -> None:
    end_credential(telephone.holder.credential, "account:1")

    _refused(desk.scan(telephone.draw()), 1009)


@pytest.mark.parametrize("status", [s for s in InsuredStatus if s is not InsuredStatus.normal])
def test_who_is_not_insured_now_is_refused(desk: Desk, telephone: Telephone, status: InsuredStatus) -> None:
    _set_person(telephone, status=status)

    _refused(desk.scan(telephone.draw()), 1010)


def test_the_eleventh_use_without_network_is_refused(desk: Desk, telephone: Telephone) -> None:
    for i in range(10):
        assert desk.scan(telephone.draw(10 - i)).json["code"] == 0

    _refused(desk.scan(telephone.draw(0)), 1011)


def test_thirty_silent_days_are_too_many(desk: Desk, telephone: Telephone) -> None:
    clock.move(timedelta(days=29, hours=23))
    assert desk.scan(telephone.draw()).json["code"] == 0

    clock.move(timedelta(hours=1))

    _refused(desk.scan(telephone.draw()), 1011)


def test_a_slip_is_good_in_the_city_of_its_holder_only(app: Flask, desk: Desk, telephone: Telephone) -> None:
    telephone.change(shown_by="slip", device_id=None)
    elsewhere = make_desk(app, "H61010000001", region="610100")

    _refused(elsewhere.scan(telephone.draw(1)), 1012)
    assert desk.scan(telephone.draw()).json["data"]["extData"]["shownBy"] == "slip"


def test_a_scene_that_is_not_enabled_uses_nothing_up(app: Flask, telephone: Telephone) -> None:
    desk = make_desk(app, scenes=["01101"])
    code = telephone.draw()

    _refused(desk.scan(code, businessType="01301"), 1013)
    _refused(desk.scan(code, businessType="09901"), 1013)
    assert desk.scan(code, businessType="01101").json["code"] == 0


def test_a_specimen_is_refused_where_real_people_are_treated(desk: Desk) -> None:
    specimen = make_telephone(is_specimen=True)
    code = specimen.draw()

    _refused(desk.scan(code), 1016)
    _refused(desk.scan(code), 1016)
    _refused(desk.scan(specimen.draw(61)), 1004)


def test_refusals_use_no_code_up_and_leave_their_rows(desk: Desk, telephone: Telephone) -> None:
    code = telephone.draw()
    _refused(desk.scan(_flip(code, 60)), 1002)
    _set_person(telephone, status=InsuredStatus.suspended)
    _refused(desk.scan(code), 1010)
    _set_person(telephone, status=InsuredStatus.normal)

    assert desk.scan(code).json["code"] == 0

    assert db.session.scalars(select(Scan.outcome).order_by(Scan.id)).all() == [1002, 1010, 0]
    outcomes = db.session.scalars(select(AuditRow.outcome).where(AuditRow.tag == "scan:attempted").order_by(AuditRow.id)).all()
    assert outcomes == ["code_forged", "insured_suspended", "ok"]


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/api/v1/ec/query", 2012),
        ("DELETE", "/api/v1/sandbox/codes", 2012),
        ("GET", "/api/v1/nothing", 2011),
        ("POST", "/api/x", 2011),
    ],
)
def test_an_address_that_is_none_answers_in_the_same_body(app: Flask, method: str, path: str, code: int) -> None:
    answer = app.test_client().open(path, method=method)

    _refused(answer, code)
    if code == 2012:
        assert "POST" in answer.headers["Allow"]


def test_help_numbers_follow_the_contract() -> None:
    assert {REASONS[code].help_number for code in (1001, 1016)} == {"01", "16"}
    assert {REASONS[code].help_number for code in (2001, 2010)} == {"51", "60"}
    assert all(reason.message and reason.next and reason.title for reason in REASONS.values())
