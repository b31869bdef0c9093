"""Who cannot activate is told what happened, what to do and whom to call; what was typed stays."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.audit import AuditRow
from app.core.db import db
from app.credentials.queries import find_credential_of
from app.credentials.service import freeze_credential
from app.roster.models import InsuredStatus
from tests.activation.story import (
    HOTLINE,
    NUMBER,
    activate,
    arrive,
    at_pin,
    chosen,
    enrol,
    finish,
    numbers,
    path,
    person_of,
    say_who,
    value_of,
)

pytestmark = pytest.mark.one_database

GUANGHAN = "0838-5225856"


CHILD = "510600201912310022"


def outcomes() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditRow.outcome).where(AuditRow.tag == "activation:refused")))


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (InsuredStatus.suspended, "暂停"),
        (InsuredStatus.ended, "终止"),
        (InsuredStatus.moved, "转到别的地方"),
        (InsuredStatus.died, "离世"),
    ],
)
def test_a_status_that_forbids_it_is_said_plainly(app: Flask, status: InsuredStatus, sentence: str) -> None:
    enrol(status=status)

    page = say_who(arrive(app), expect=403)

    assert sentence in page.text and HOTLINE in page.text
    assert value_of(page, "cert_no") == NUMBER and chosen(page, "region") == "510603"


def test_an_unknown_number_and_a_wrong_name_get_the_same_answer(app: Flask) -> None:
    enrol()
    browser = arrive(app)

    wrong_name = say_who(browser, name="王芳", expect=422)
    unknown = say_who(browser, name="王芳", cert_no="510600199003070025", expect=422)

    sentence = "在参保名册里没有找到和您填的完全一致的人"
    assert sentence in wrong_name.text and sentence in unknown.text
    assert wrong_name.text.replace(NUMBER, "") == unknown.text.replace("510600199003070025", "")
    assert HOTLINE in unknown.text
    assert outcomes() == ["person_not_found"] * 2


def test_a_status_is_not_told_to_who_does_not_know_the_name(app: Flask) -> None:
    enrol(status=InsuredStatus.suspended)

    page = say_who(arrive(app), name="王芳", expect=422)

    assert "暂停" not in page.text


def test_a_specimen_is_nobody(app: Flask) -> None:
    enrol(is_specimen=True)

    say_who(arrive(app), expect=422)


def test_another_region_is_corrected_and_its_own_hotline_named(app: Flask) -> None:
    enrol(region="510681")
    browser = arrive(app)

    page = say_who(browser, expect=422)

    assert "广汉市" in page.text and GUANGHAN in page.text
    assert chosen(page, "region") == "510681"


def test_who_is_active_elsewhere_is_told_where_to_go(app: Flask) -> None:
    enrol()
    activate(app)

    page = say_who(arrive(app, "13800000002"), expect=409)

    assert "已经激活过" in page.text and "重新绑定" in page.text and HOTLINE in page.text


def test_a_number_with_which_somebody_has_activated_activates_nobody_else(app: Flask) -> None:
    enrol()
    enrol("510600199003070025", "王芳")
    browser = activate(app)

    page = say_who(browser, name="王芳", cert_no="510600199003070025", expect=409)

    assert "激活过另一位参保人" in page.text and "换您本人的手机号" in page.text
    assert outcomes() == ["account_taken"]
    assert find_credential_of(person_of("510600199003070025").id) is None


def test_who_is_frozen_is_told_how_to_restore(app: Flask) -> None:
    person = enrol()
    activate(app)
    credential = find_credential_of(person.id)
    assert credential
    freeze_credential(credential, "test")

    page = say_who(arrive(app, "13800000002"), expect=409)

    assert "已经挂失" in page.text and "恢复使用" in page.text and HOTLINE in page.text


def test_a_child_below_fourteen_needs_a_guardian(app: Flask) -> None:
    enrol(CHILD, "小宝")

    page = say_who(arrive(app), name="小宝", cert_no=CHILD, expect=403)

    assert "监护人" in page.text and HOTLINE in page.text


def test_who_becomes_suspended_on_the_way_is_refused_at_the_end(app: Flask) -> None:
    enrol()
    browser = at_pin(app)
    enrol(status=InsuredStatus.suspended)

    page = finish(browser, expect=403)

    assert "暂停" in page.text and HOTLINE in page.text
    assert find_credential_of(person_of().id) is None


def test_a_number_that_cannot_be_is_refused_at_its_field(subtests: pytest.Subtests, app: Flask) -> None:
    browser = arrive(app)

    for number, sentence in (
        ("510600199003070018", "最后一位对不上"),
        ("510600197002290019", "出生日期不存在"),
        ("510600900307001", "15 位"),
        ("51060019900307", "18 位"),
        ("abc", ""),
        ("", "请填写证件号码"),
    ):
        with subtests.test(number=number, sentence=sentence):
            page = say_who(browser, cert_no=number, expect=422)

            assert sentence in page.text
            field = page.one("input", name="cert_no")
            assert field.attrs["aria-invalid"] == "true" and field.attrs["value"] == number
            assert value_of(page, "name") == "李明"


def test_a_name_that_cannot_be_is_refused_at_its_field(subtests: pytest.Subtests, app: Flask) -> None:
    browser = arrive(app)

    for name in ("", "李" * 61, "123"):
        with subtests.test(name=name):
            page = say_who(browser, name=name, expect=422)

            assert page.one("input", name="name").attrs["aria-invalid"] == "true"


def test_a_name_with_a_middle_dot_is_found_however_the_dot_is_typed(app: Flask) -> None:
    enrol(name="阿依古丽·买买提")

    assert path(say_who(arrive(app), name="阿依古丽．买买提")) == "/activation/consent"


def test_what_no_page_offers_is_refused_without_a_trace(subtests: pytest.Subtests, app: Flask) -> None:
    enrol()
    browser = arrive(app)

    for data in ({"cert_type": "zz"}, {"region": "999999"}, {"name": "x" * 5000, "cert_no": "9" * 5000}):
        with subtests.test(data=data):
            say_who(browser, expect=422, **data)


@pytest.mark.both_databases
def test_trying_names_against_a_number_is_slowed_down(app: Flask) -> None:
    enrol()
    browser = arrive(app)
    for _ in range(30):
        say_who(browser, name="王芳", expect=422)

    page = say_who(browser, expect=429)

    assert "次数太多" in page.text and "0838-" in page.text


def test_header_body_and_footer_name_the_same_office(app: Flask) -> None:
    enrol(region="510681")
    browser = arrive(app)

    refused = say_who(browser, region="510603", expect=422)
    consent = say_who(browser, region="510681")
    home = browser.get("/")

    for page in (refused, consent, home):
        assert numbers(page) == {GUANGHAN}
