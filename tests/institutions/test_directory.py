"""定点医药机构: anybody looks up where the code can be used, before setting out."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from app.core import clock
from app.core.db import db, transaction
from app.institutions.business_types import BUSINESS_TYPES, SCENES
from app.institutions.models import Institution, InstitutionKind, InstitutionScene
from app.institutions.service import add_institution, change_institution, set_enabled
from app.regions.service import load_regions
from tests.kit.client import Browser


@pytest.fixture(autouse=True)
def places(app: Flask) -> None:
    load_regions()
    for code, name, region, scenes in (
        ("H51060000001", "示范市人民医院", "510603", ["01101", "01301"]),
        ("H51060000002", "示范市中医医院", "510604", ["01301"]),
        ("P51060000001", "人民路大药房", "510603", ["02121"]),
    ):
        add_institution(code, name, region_code=region, business_types=scenes)
    add_institution("H51060099999", "示范市联调沙箱", region_code="510603", business_types=["01301"], is_sandbox=True)


def _names(browser: Browser, query: str) -> list[str]:
    return [node.text for node in browser.get(f"/institutions{query}").all("h3")]


def test_places_are_found_by_the_beginning_of_a_name_or_code(browser: Browser) -> None:
    assert _names(browser, "") == ["示范市人民医院", "示范市中医医院", "人民路大药房"], "a sandbox is nobody's place to go"
    assert _names(browser, "?q=示范市人") == ["示范市人民医院"]
    assert _names(browser, "?q=p5106") == ["人民路大药房"]
    assert _names(browser, "?q=医院") == []
    assert _names(browser, "?q=%25") == _names(browser, "?q=示_市") == []


def test_places_are_found_by_region_and_by_what_is_to_be_done(browser: Browser) -> None:
    assert _names(browser, "?region=510603") == ["示范市人民医院", "人民路大药房"]
    assert _names(browser, "?scene=registration") == ["示范市人民医院"]
    assert _names(browser, "?scene=medicine&region=510604") == []
    assert len(_names(browser, "?scene=nonsense&region=nonsense&after=nonsense")) == 0
    assert len(_names(browser, "?scene=nonsense&region=nonsense")) == 3


def test_what_a_place_offers_is_said_in_plain_words_with_the_day(browser: Browser) -> None:
    page = browser.get("/institutions?q=示范市人")
    assert "挂号" in page.text and "付钱结算" in page.text and "01101" not in page.text

    clock.move(timedelta(days=40))
    change = {"name": "示范市人民医院", "region_code": "510603", "supports_challenge": False, "by": "staff:1"}
    change_institution("H51060000001", business_types=["02121"], **change)
    set_enabled("P51060000001", False)

    today = clock.today()
    page = browser.get("/institutions?q=示范市人")
    assert "买药" in page.text and "挂号" not in page.one("ul", class_="place-scenes").text
    assert f"{today.month} 月 {today.day} 日" in page.text
    assert _names(browser, "?scene=registration") == []
    assert "现在不能刷医保码" in browser.get("/institutions?q=人民路").text
    assert _names(browser, "?scene=medicine") == ["示范市人民医院"], "who is disabled offers nothing"


def test_one_page_costs_the_same_with_very_many_places(browser: Browser) -> None:
    statements: list[str] = []
    _fill(300)
    event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))

    first = browser.get("/institutions?scene=payment")
    few = len(statements)
    names = [node.text for node in first.all("h3")]
    onward = next(node.attrs["href"] for node in first.all("a") if "after=" in node.attrs.get("href", ""))
    second = [node.text for node in browser.get(onward).all("h3")]

    assert len(names) == len(second) == 20 and not set(names) & set(second)
    assert few <= 12, statements


def _fill(count: int) -> None:
    now = clock.now()
    with transaction():
        for n in range(count):
            one = Institution(
                fixmedins_code=f"H6101{n:07d}",
                name=f"第{n:05d}医院",
                kind=InstitutionKind.hospital,
                region_code="610102",
                business_types="01301",
                created_at=now,
                updated_at=now,
            )
            db.session.add(one)
            db.session.flush()
            db.session.add(InstitutionScene(business_type="01301", institution_id=one.id))


def test_every_business_type_stands_under_one_scene() -> None:
    """Under none it could be enabled at no institution, under two it would be offered twice."""
    assert sorted(code for codes in SCENES.values() for code in codes) == sorted(BUSINESS_TYPES)
