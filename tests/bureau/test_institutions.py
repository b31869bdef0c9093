"""The register as a system administrator and a security administrator see it; keys pass between the two."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db, transaction
from app.core.locale import COOKIE
from app.institutions.queries import find_institution, get_institution, list_live_keys
from app.institutions.service import add_institution
from app.regions.models import Region
from app.staff.models import Role
from tests.kit.client import Browser, Page
from tests.kit.staff import staff_browser
from tests.scanning.desk import Desk, Telephone, make_telephone

pytestmark = pytest.mark.one_database

CODE = "H51060000001"


@pytest.fixture
def telephone(app: Flask) -> Telephone:
    return make_telephone()


@pytest.fixture
def system(app: Flask) -> Browser:
    return staff_browser(app, [Role.sysadmin], username="system")


@pytest.fixture
def safety(app: Flask) -> Browser:
    return staff_browser(app, [Role.secadmin], username="safety")


def register(system: Browser, expect: int = 200, **changes: object) -> Page:
    system.get("/bureau/institutions/new")
    fields = {"code": CODE, "name": "示范市人民医院", "region_code": "510603", "business_types": ["01101", "01301"], **changes}
    return system.post("/bureau/institutions", fields, expect=expect)


def give_key(system: Browser, safety: Browser, where: str, overlap: int = -1) -> str:
    """Asked, approved and taken; the secret as the page shows it."""
    system.get(where)
    system.post(f"{where}/key-requests", {"overlap_days": overlap})
    page = safety.get("/bureau/approvals")
    approval = next(n.attrs["action"] for n in page.all("form") if n.attrs["action"].endswith("/approval"))
    safety.post(approval)
    page = system.get(where)
    claim = next(n.attrs["action"] for n in page.all("form") if n.attrs["action"].endswith("/claim"))
    page = system.post(claim)
    secret = page.one("p", class_="key-secret").text
    system.post(claim, expect=409)
    assert secret not in system.get(where).html
    return secret


def test_an_institution_is_registered_changed_disabled_and_enabled(system: Browser, safety: Browser, telephone: Telephone) -> None:
    page = register(system)
    where = page.response.request.path
    desk = Desk(system._app, give_key(system, safety, where), CODE)
    assert desk.scan(telephone.draw(), businessType="01301").json["code"] == 0

    system.get(where)
    form = {"name": "示范市第一人民医院", "region_code": "510604", "business_types": ["01101"], "supports_challenge": "y"}
    page = system.post(f"{where}/details", form)
    assert "示范市第一人民医院" in page.text and "从下一次扫码起" in page.text
    clock.move(timedelta(seconds=2))
    assert desk.scan(telephone.draw(), businessType="01301").json["code"] == 1013
    assert "请先勾选" in system.post(f"{where}/disabling", expect=422).one("div", class_="error-summary").text
    assert desk.scan(telephone.draw(), businessType="01101").json["code"] == 0
    clock.move(timedelta(seconds=2))
    system.post(f"{where}/disabling", {"disabling-confirmed": "y"})
    assert desk.scan(telephone.draw(), businessType="01101").status_code == 403
    system.post(f"{where}/enabling")
    assert desk.scan(telephone.draw(), businessType="01101").json["code"] == 0

    tags = set(db.session.scalars(select(AuditRow.tag)))
    assert {"institution:added", "institution:changed", "institution:disabled", "institution:enabled"} <= tags
    assert "改了机构的名称" in system.get(where).text, "what was done stands on the page"


def test_what_will_not_do_is_said_where_it_was_typed_and_nothing_is_lost(system: Browser) -> None:
    for changes, words in (
        ({"code": "X1"}, "H 或 P"),
        ({"name": " "}, "名称要有"),
        ({"region_code": "610102"}, "您负责的地方"),
        ({"business_types": []}, "没有这个用码业务类型"),
        ({"business_types": ["09901", "01301"]}, "不能与别的同时开通"),
    ):
        page = register(system, expect=422, **changes)
        assert words in page.one("div", class_="error-summary").text, changes
        assert page.one("input", id="name").attrs["value"] == changes.get("name", "示范市人民医院")
    register(system)
    assert "登记过" in register(system, expect=409).text


def test_without_a_region_in_service_it_says_where_to_mend_it(system: Browser) -> None:
    where = register(system).response.request.path
    with transaction():
        db.session.execute(update(Region).where(Region.code.like("5106%")).values(retired_at=clock.now()))

    page = system.get("/bureau/institutions/new")

    assert "没有一个在用的参保地" in page.text and page.all("select") == []
    assert page.all("a", href="/bureau/content/regions")
    kept = system.get(f"{where}/details").all("option")
    assert [option.attrs["value"] for option in kept] == ["510603"]


def test_another_regions_institution_is_not_found(app: Flask, system: Browser) -> None:
    add_institution("H61010000001", "西安医院", region_code="610102", business_types=["01301"])
    elsewhere = get_institution("H61010000001").id

    assert "西安医院" not in system.get("/bureau/institutions").text
    system.get(f"/bureau/institutions/{elsewhere}", expect=404)
    system.post(f"/bureau/institutions/{elsewhere}/disabling", expect=404)
    assert find_institution("H61010000001").is_enabled


@pytest.mark.both_databases
def test_the_list_is_searched_filtered_and_turned_page_by_page(system: Browser) -> None:
    for n in range(60):
        add_institution(f"P510600{n:05d}", f"{n:02d}号药店", region_code="510603", business_types=["02121"])
    register(system)

    def codes(query: str) -> list[str]:
        page = system.get(f"/bureau/institutions{query}")
        return re.findall(r">([HP]\d{11})</a>", page.html)

    assert codes("?q=示范") == codes("?q=h5106") == codes("?kind=H") == [CODE]
    assert codes("?q=07号") == ["P51060000007"]
    assert codes("?state=off") == codes("?region=510604") == codes("?region=610102") == []
    first = system.get("/bureau/institutions?kind=P")
    onward = next(n.attrs["href"] for n in first.all("a") if "after=" in n.attrs.get("href", ""))
    assert codes(onward.removeprefix("/bureau/institutions")) == [f"P510600{n:05d}" for n in range(50, 60)]


def test_business_types_are_said_in_the_readers_language(system: Browser) -> None:
    where = register(system).response.request.path
    system.http.set_cookie(COOKIE, "en")

    shown, boxes = system.get(where).text, system.get("/bureau/institutions/new").text

    assert "Registration" in shown and "挂号" not in shown
    assert "Registration" in boxes and "挂号" not in boxes


def test_a_key_rolls_with_overlap_and_either_takes_one_away(system: Browser, safety: Browser, telephone: Telephone) -> None:
    where = register(system).response.request.path
    old = Desk(system._app, give_key(system, safety, where), CODE)
    new = Desk(system._app, give_key(system, safety, where, 14), CODE)
    assert old.scan(telephone.draw()).json["code"] == 0
    clock.move(timedelta(seconds=2))
    assert new.scan(telephone.draw()).json["code"] == 0
    page = system.get(where)
    assert "用到" in page.text and "已有两个密钥在用" in page.text

    tomorrow = clock.today() + timedelta(days=1)
    system.post(f"{where}/keys/{old.key.split('_')[1]}/end", {"ends_on": tomorrow.isoformat()})
    later = {"ends_on": (tomorrow + timedelta(days=9)).isoformat()}
    assert "只能提前" in system.post(f"{where}/keys/{old.key.split('_')[1]}/end", later, expect=422).text
    system.post(f"{where}/keys/{old.key.split('_')[1]}/end", {"ends_on": "soon"}, expect=422)
    safety.get(where)
    number = old.key.split("_")[1]
    unticked = safety.post(f"{where}/keys/{number}/revocation", expect=422)
    assert unticked.one("a", href=f"#key-{number}-confirmed").text == "请先勾选，再停用。"
    assert len(list_live_keys(get_institution(CODE).id)) == 2
    safety.post(f"{where}/keys/{number}/revocation", {f"key-{number}-confirmed": "y"})

    assert old.scan(telephone.draw()).status_code == 401
    assert [key.id for key in list_live_keys(get_institution(CODE).id)] == [int(new.key.split("_")[1])]


def test_what_a_security_administrator_refuses_gives_no_key(system: Browser, safety: Browser) -> None:
    where = register(system).response.request.path
    system.get(where)
    system.post(f"{where}/key-requests", {"overlap_days": -1})
    again = system.post(f"{where}/key-requests", {"overlap_days": -1}, expect=409)
    assert again.one("a", class_="button button-primary").attrs["href"] == "/bureau/approvals"
    assert "正在等复核" in (page := system.get(where)).text and f"{where}/key-requests" not in page.html
    page = safety.get("/bureau/approvals")
    assert "示范市人民医院" in page.text and CODE in page.text
    refusal = next(n.attrs["action"] for n in page.all("form") if n.attrs["action"].endswith("/refusal"))
    safety.post(refusal)
    late = safety.post(refusal, expect=409)
    assert "已经有结果了" in late.text and late.one("a", class_="button button-primary").text.strip() == "看复核"

    assert "领取密钥" not in system.get(where).text.replace("复核以后，您在这里领取密钥", "")
    assert list_live_keys(get_institution(CODE).id) == []


def test_an_operator_is_named_and_the_password_shown_once(app: Flask, system: Browser) -> None:
    where = register(system).response.request.path
    system.get(where)
    page = system.post(f"{where}/operators", {"operator_id": "D01", "name": "王芳", "username": "wang"})
    password = page.one("p", class_="key-secret").text
    page = system.get(where)
    assert "王芳" in page.text and password not in page.html
    bad = {"operator_id": "D02", "name": "赵云", "username": "wang"}
    assert "已经有人用" in system.post(f"{where}/operators", bad, expect=409).one("div", class_="error-summary").text

    at_desk = Browser(app)
    at_desk.get("/desk/sign-in")
    assert "设置新密码" in at_desk.post("/desk/sign-in", {"username": "wang", "password": password}).text
    system.get(where)
    system.post(f"{where}/operators/1/disabling")
    assert "经办人登录" in at_desk.get("/desk").text
    assert system.post(f"{where}/operators/1/reset").one("p", class_="key-secret").text != password
    system.post(f"{where}/operators/99/reset", expect=404)


@pytest.mark.both_databases
def test_pages_ask_a_fixed_number_of_questions(system: Browser) -> None:
    where = register(system).response.request.path
    for n in range(40):
        add_institution(f"P510600{n:05d}", f"{n:02d}号药店", region_code="510603", business_types=["02121"])
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))

    for path, most in (("/bureau/institutions", 16), (where, 20)):
        statements.clear()
        system.get(path)
        assert len(statements) <= most, statements


def test_a_trial_of_the_risk_rules_is_a_report(app: Flask, system: Browser, safety: Browser, telephone: Telephone) -> None:
    where = register(system).response.request.path
    desk = Desk(app, give_key(system, safety, where), CODE)
    assert desk.scan(telephone.draw()).json["code"] == 0

    page = safety.get("/bureau/risk-rules")
    assert "一条也没有开" in page.text and "RISK_FIRST_USE" in page.text
    trial = {
        "first_use": "y",
        "other_city_minutes": "0",
        "pharmacies_a_day": "0",
        "new_device_hours": "24",
        "min_rules": "2",
    }
    page = safety.post("/bureau/risk-rules/dry-runs", trial)

    assert "规则试算" in page.text and "会打扰到的本人" in page.text
    assert clock.today().isoformat() in page.text
    bad = safety.post("/bureau/risk-rules/dry-runs", {**trial, "pharmacies_a_day": "many"}, expect=422)
    assert "整数" in bad.one("div", class_="error-summary").text
