import pytest
from flask import Flask
from sqlalchemy import select

from app.core.audit.models import AuditRow
from app.core.db import db
from app.institutions.service import revoke_keys, set_enabled
from tests.scanning.desk import Desk, Telephone, assert_refused, change_settings

pytestmark = pytest.mark.one_database


def test_a_wrong_key_comes_before_everything(subtests: pytest.Subtests, desk: Desk) -> None:
    keys = (
        "",
        "Bearer",
        "Bearer x",
        "Bearer pz_1_wrong",
        "Bearer pz_99_{secret}",
        "Basic {key}",
        "Bearer pz_1_{secret}x",
        "{key}",
    )
    for tried, key in enumerate(keys, 1):
        with subtests.test(key=key):
            header = key.format(key=desk.key, secret=desk.key.split("_")[2])

            answer = desk.send(b"\xff" * 70_000, headers={"Authorization": header}, content_type="text/plain")

            assert_refused(answer, 2001)
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            rows = db.session.scalars(select(AuditRow).where(AuditRow.tag == "scan:attempted").order_by(AuditRow.id)).all()
            assert len(rows) == tried
            assert (rows[-1].actor, rows[-1].outcome) == ("unknown", "key_invalid")


def test_a_revoked_key_is_wrong_at_once(desk: Desk, telephone: Telephone) -> None:
    revoke_keys(desk.org)

    assert_refused(desk.scan(telephone.draw()), 2001)


def test_a_disabled_institution_comes_before_its_body(desk: Desk) -> None:
    set_enabled(desk.org, False)

    assert_refused(desk.send(b"{"), 2002)


def test_a_body_that_cannot_be_read(subtests: pytest.Subtests, desk: Desk) -> None:
    for raw, content_type, code in (
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
    ):
        with subtests.test(raw=raw, content_type=content_type, code=code):
            assert_refused(desk.send(raw, content_type=content_type), code)


def test_the_largest_body_is_read(desk: Desk, telephone: Telephone) -> None:
    request = desk.request(telephone.draw(), more="x" * 65_000)

    assert desk.send(request, content_type="application/json; charset=UTF-8").json["code"] == 0


def test_another_institution_comes_before_a_bad_field(desk: Desk) -> None:
    answer = desk.send({"orgId": "H99999999999", "transType": 7})

    assert_refused(answer, 2003)
    assert answer.json["orgId"] == "H99999999999"


def test_a_body_without_its_first_field_names_it(subtests: pytest.Subtests, desk: Desk) -> None:
    for sent in (["orgId"], 7, None, "text", {}, {"orgId": 7}, {"orgId": None}):
        with subtests.test(sent=sent):
            answer = desk.send(sent)

            assert_refused(answer, 2004)
            assert answer.json["field"] == "orgId"


def test_a_field_that_does_not_fit_is_named(subtests: pytest.Subtests, desk: Desk, telephone: Telephone) -> None:
    for name, value in (
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
    ):
        with subtests.test(name=name, value=value):
            answer = desk.scan(telephone.draw(), **{name: value})

            assert_refused(answer, 2004)
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


@pytest.mark.both_databases
def test_too_many_requests_come_before_a_reused_number(app: Flask, desk: Desk, telephone: Telephone) -> None:
    change_settings(app, ec_query_per_second=0.001, ec_query_burst=1)
    desk.scan(telephone.draw(), outBizNo="same")

    answer = desk.scan(telephone.draw(), outBizNo="same")

    assert_refused(answer, 2005)
    assert int(answer.headers["Retry-After"]) >= 1
